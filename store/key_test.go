package store

import (
	"bytes"
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// Key order is the order of what the keys say, and what they say can be read back.
func TestKeyOrder(t *testing.T) {
	seed := rand.Uint64()
	random := rand.New(rand.NewPCG(seed, 2))
	id := func() uint64 { return random.Uint64() >> random.IntN(64) }
	word := func() string {
		letters := []rune("ab Z-9é½")
		var b strings.Builder
		for range random.IntN(5) {
			b.WriteRune(letters[random.IntN(len(letters))])
		}
		return b.String()
	}
	for range 5000 {
		a, b := [3]uint64{id(), id(), id()}, [3]uint64{id(), id(), id()}
		if random.IntN(2) == 0 {
			b[0] = a[0]
		}
		if got, want := bytes.Compare(tripleKey(a[0], a[1], a[2]), tripleKey(b[0], b[1], b[2])), slices.Compare(a[:], b[:]); got != want {
			t.Errorf("seed %d: %v and %v compare as %d, want %d", seed, a, b, got, want)
		}
		if k := pairKey(ItemID(a[0]), PlaceID(a[1])); firstID[ItemID](k) != ItemID(a[0]) || secondID[PlaceID](k) != PlaceID(a[1]) || lastID[PlaceID](k) != PlaceID(a[1]) {
			t.Errorf("seed %d: %v is not read back", seed, a)
		}
		x, y := word(), word()
		want := cmp.Or(strings.Compare(fold(x), fold(y)), cmp.Compare(a[0], b[0]))
		if got := bytes.Compare(wordKey(a[0], x), wordKey(b[0], y)); got != want {
			t.Errorf("seed %d: %q %d and %q %d compare as %d, want %d", seed, x, a[0], y, b[0], got, want)
		}
		if k := wordKey(ItemID(a[0]), x, y); lastID[ItemID](k) != ItemID(a[0]) {
			t.Errorf("seed %d: the id behind %q %q is not read back", seed, x, y)
		}
		s, u := random.Int64N(1<<40), random.Int64N(1<<40)
		if got, want := bytes.Compare(timeKey(time.Unix(s, 0), a[0]), timeKey(time.Unix(u, 0), b[0])), cmp.Or(cmp.Compare(s, u), cmp.Compare(a[0], b[0])); got != want {
			t.Errorf("seed %d: times %d and %d compare as %d, want %d", seed, s, u, got, want)
		}
	}
}

func TestTimesBefore1970SortFirst(t *testing.T) {
	old := timeKey(time.Unix(-5, 0), JobID(2))
	if bytes.Compare(old, timeKey(time.Unix(0, 0), JobID(3))) >= 0 || bytes.Compare(old, timeKey(time.Time{}, JobID(1))) <= 0 {
		t.Error("they do not")
	}
}

func TestIntsAreReadBack(t *testing.T) {
	for _, want := range [][]int64{{}, {0}, {-1, 1}, {math.MaxInt64, math.MinInt64, 63, 64}} {
		got := make([]int64, len(want))
		into := make([]*int64, len(want))
		for i := range got {
			into[i] = &got[i]
		}
		if intsOf(ints(want...), into...); !slices.Equal(got, want) {
			t.Errorf("%v is read back as %v", want, got)
		}
	}
	a, b := int64(1), int64(2)
	if intsOf(nil, &a, &b); a != 0 || b != 0 {
		t.Errorf("what is missing is %d, %d", a, b)
	}
}

func TestIDsFromForms(t *testing.T) {
	for s, want := range map[string]ItemID{"1": 1, "18446744073709551615": math.MaxUint64, "": 0, "0": 0, "-1": 0, "+1": 0, "01": 0,
		"1.0": 0, "1 ": 0, "18446744073709551616": 0, "x": 0, "1\x00": 0, strings.Repeat("9", 1<<16): 0} {
		got, err := ParseID[ItemID](s)
		if got != want || (err == nil) != (want != 0) || err != nil && CodeOf(err) != NotFound {
			t.Errorf("ParseID(%.20q) = %v, %v", s, got, err)
		}
	}
	for s, want := range map[string]PlaceID{"": 0, "0": 0, "7": 7, "supplier": Supplier, "job": JobEnd, "adjustment": Adjustment, "scrap": Scrap} {
		if got, err := ParseEnd(s); got != want || err != nil {
			t.Errorf("ParseEnd(%q) = %v, %v", s, got, err)
		}
	}
	for _, s := range []string{"Supplier", "18446744073709551615", "18446744073709551612", "moon", "-1"} {
		if got, err := ParseEnd(s); got != 0 && !got.Virtual() || CodeOf(err) != NotFound {
			t.Errorf("ParseEnd(%q) = %v, %v", s, got, err)
		}
	}
	for _, p := range []PlaceID{0, 1, Supplier, JobEnd, Adjustment, Scrap} {
		text, err := p.MarshalText()
		var back PlaceID
		if err == nil {
			err = back.UnmarshalText(text)
		}
		if err != nil || back != p {
			t.Errorf("%v is written %s and read as %v, %v", p, text, back, err)
		}
	}
}

// Folding twice is folding once: what is stored is found.
func TestFold(t *testing.T) {
	for _, s := range []string{"AB-1", "  a\t B\n", "İstanbul", "STRAẞE", "ΣΑΣ", "ǅ", "½ in", "\u00a0x\u2003y", "K\u212a", "e\u0301"} {
		if f := fold(s); fold(f) != f || strings.ContainsAny(f, "\t\n\x00") {
			t.Errorf("%q folds to %q and that to %q", s, f, fold(f))
		}
	}
	if fold(" Ab\t c ") != "ab c" {
		t.Errorf("it folds to %q", fold(" Ab\t c "))
	}
	for in, want := range map[string]string{"a\x00b": "a b", "\xffa\xfe": "a", " x \r\n y ": "x y", "\u0085": "", "\x7f": ""} {
		if got := oneLine(in); got != want {
			t.Errorf("oneLine(%q) = %q, want %q", in, got, want)
		}
	}
}
