package store

import (
	"bytes"
	"encoding/binary"
	"iter"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"

	"go.etcd.io/bbolt"
)

// Ids of records. Later records have larger ids; zero is none.
type (
	ItemID     uint64
	PlaceID    uint64 // a place, or one of the virtual ends below
	MovementID uint64
	JobID      uint64
	LineID     uint64
	UserID     uint64
	EventID    uint64
	MailID     uint64
	DeliveryID uint64
	KitID      uint64
	AnswerID   uint64
	SyncID     uint64
	StationID  uint64
	AuditID    uint64
	NewsID     uint64
	PushID     uint64
)

// The virtual ends of movements: where stock comes from and goes to when it is in no place of ours.
const (
	Supplier   PlaceID = math.MaxUint64 - iota // a receive comes from here
	JobEnd                                     // issued to a job
	Adjustment                                 // found, or missing
	Scrap                                      // thrown away
)

var endNames = map[PlaceID]string{Supplier: "supplier", JobEnd: "job", Adjustment: "adjustment", Scrap: "scrap"}

// Virtual reports whether p is an end outside our places. Nobody counts what is there.
func (p PlaceID) Virtual() bool { return p >= Scrap }

// String returns the name of a virtual end, or the place's number.
func (p PlaceID) String() string {
	if name, ok := endNames[p]; ok {
		return name
	}
	return strconv.FormatUint(uint64(p), 10)
}

// MarshalText and UnmarshalText keep virtual ends readable in stored records.
func (p PlaceID) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (p *PlaceID) UnmarshalText(text []byte) error {
	end, err := ParseEnd(string(text))
	*p = end
	return err
}

// ParseEnd reads one end of a movement from a form: a virtual end's name, or a place's number.
// "" is zero: the movement's kind and the item's default place decide. It fails with [NotFound].
func ParseEnd(s string) (PlaceID, error) {
	if s == "" || s == "0" {
		return 0, nil
	}
	for id, name := range endNames {
		if s == name {
			return id, nil
		}
	}
	id, err := ParseID[PlaceID](s)
	if err != nil || id.Virtual() {
		return 0, Errorf(NotFound, "There is no place %s.", quoted(s))
	}
	return id, nil
}

// ParseID reads an id as it stands in a URL or a form. It fails with [NotFound].
func ParseID[T ~uint64](s string) (T, error) {
	n, err := strconv.ParseUint(s, 10, 64)
	if err != nil || n == 0 || s[0] == '+' || s[0] == '0' {
		return 0, Errorf(NotFound, "There is nothing with the number %s.", quoted(s))
	}
	return T(n), nil
}

// String returns the id as it stands in addresses.
func (id ItemID) String() string { return strconv.FormatUint(uint64(id), 10) }

// String returns the id as it stands in addresses.
func (id MovementID) String() string { return strconv.FormatUint(uint64(id), 10) }

// String returns the id as it stands in addresses.
func (id JobID) String() string { return strconv.FormatUint(uint64(id), 10) }

// String returns the id as it stands in addresses.
func (id LineID) String() string { return strconv.FormatUint(uint64(id), 10) }

// String returns the id as it stands in addresses.
func (id UserID) String() string { return strconv.FormatUint(uint64(id), 10) }

// String returns the id as it stands in addresses.
func (id EventID) String() string { return strconv.FormatUint(uint64(id), 10) }

// String returns the id as it stands in addresses.
func (id MailID) String() string { return strconv.FormatUint(uint64(id), 10) }

// String returns the id as it stands in addresses.
func (id DeliveryID) String() string { return strconv.FormatUint(uint64(id), 10) }

// String returns the id as it stands in addresses.
func (id KitID) String() string { return strconv.FormatUint(uint64(id), 10) }

// String returns the id as it stands in addresses.
func (id AnswerID) String() string { return strconv.FormatUint(uint64(id), 10) }

// String returns the id as it stands in addresses.
func (id SyncID) String() string { return strconv.FormatUint(uint64(id), 10) }

// String returns the number.
func (id StationID) String() string { return strconv.FormatUint(uint64(id), 10) }

// String returns the id as it stands in addresses.
func (id AuditID) String() string { return strconv.FormatUint(uint64(id), 10) }

// String returns the id as it stands in addresses.
func (id NewsID) String() string { return strconv.FormatUint(uint64(id), 10) }

// String returns the id as it stands in addresses.
func (id PushID) String() string { return strconv.FormatUint(uint64(id), 10) }

// The functions below are the only ones that know how ids, times and words lie in keys.

func idKey[T ~uint64](id T) []byte { return binary.BigEndian.AppendUint64(nil, uint64(id)) }

func pairKey[A, B ~uint64](a A, b B) []byte {
	return appendIDs(make([]byte, 0, 16), uint64(a), uint64(b))
}

func tripleKey[A, B, C ~uint64](a A, b B, c C) []byte {
	return appendIDs(make([]byte, 0, 24), uint64(a), uint64(b), uint64(c))
}

func appendIDs(k []byte, ids ...uint64) []byte {
	for _, id := range ids {
		k = binary.BigEndian.AppendUint64(k, id)
	}
	return k
}

// timeKey sorts by time, to the second, then by id. Times before 1970 sort first of all.
func timeKey[T ~uint64](t time.Time, id T) []byte { return pairKey(uint64(max(t.Unix(), 0)), id) }

// wordKey sorts by words, folded, then by id.
func wordKey[T ~uint64](id T, words ...string) []byte {
	var k []byte
	for _, w := range words {
		k = append(append(k, fold(w)...), 0)
	}
	return binary.BigEndian.AppendUint64(k, uint64(id))
}

func firstID[T ~uint64](k []byte) T { return T(binary.BigEndian.Uint64(k)) }

func secondID[T ~uint64](k []byte) T { return T(binary.BigEndian.Uint64(k[8:])) }

func lastID[T ~uint64](k []byte) T { return T(binary.BigEndian.Uint64(k[len(k)-8:])) }

// fold makes spellings that are the same to people the same key: case and spacing do not count.
func fold(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }

// oneLine is s as a name: valid text without control characters and without what nobody sees, its words
// one space apart.
func oneLine(s string) string {
	const joiner = '\u200d' // in the middle of many emoji
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r):
			return ' '
		case unicode.Is(unicode.Cf, r) && r != joiner:
			return -1 // marks of direction and of no width: two names would look the same
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	return strings.Join(strings.Fields(s), " ")
}

// clip cuts what others wrote to what fits a key: bbolt refuses keys over 32 KiB, and a zero byte ends
// words in keys. Nobody writes a longer name twice.
func clip(s string) string {
	return strings.ReplaceAll(s[:min(len(s), 500)], "\x00", " ")
}

// ints and intsOf pack small records of numbers.
func ints(ns ...int64) []byte {
	var b []byte
	for _, n := range ns {
		b = binary.AppendVarint(b, n)
	}
	return b
}

// intsOf fills ns from b; what b lacks is 0.
func intsOf(b []byte, ns ...*int64) {
	for _, n := range ns {
		v, size := binary.Varint(b)
		*n = v
		b = b[max(size, 0):]
	}
}

func qtyOf(b []byte) Qty {
	n, _ := binary.Varint(b)
	return Qty(n)
}

// withPrefix yields the pairs of b whose key begins with prefix, in key order.
// b must not be changed meanwhile.
func withPrefix(b *bbolt.Bucket, prefix []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(k, v []byte) bool) {
		c := b.Cursor()
		for k, v := c.Seek(prefix); k != nil && bytes.HasPrefix(k, prefix); k, v = c.Next() {
			if !yield(k, v) {
				return
			}
		}
	}
}

// backFrom yields the pairs of b whose key begins with prefix and is below limit, last first.
// b must not be changed meanwhile.
func backFrom(b *bbolt.Bucket, prefix, limit []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(k, v []byte) bool) {
		c := b.Cursor()
		var v []byte
		k, _ := c.Seek(limit)
		if k == nil {
			k, v = c.Last()
		} else {
			k, v = c.Prev()
		}
		for ; k != nil && bytes.HasPrefix(k, prefix); k, v = c.Prev() {
			if !yield(k, v) {
				return
			}
		}
	}
}

// lastIDs yields the ids that the keys end with.
func lastIDs[T ~uint64](pairs iter.Seq2[[]byte, []byte]) iter.Seq[T] {
	return func(yield func(T) bool) {
		for k := range pairs {
			if !yield(lastID[T](k)) {
				return
			}
		}
	}
}
