package store

import (
	"bytes"
	"context"
	"iter"
	"slices"
	"time"

	"go.etcd.io/bbolt"
)

// A State says how an item stands against its minimum.
type State string

const (
	StateOK  State = "ok"
	StateLow State = "low" // available is below the minimum
	StateOut State = "out" // nothing is available, and there is a minimum
)

// A Level is how much there is of an item, all places together.
type Level struct {
	OnHand    Qty `json:"on_hand,omitempty"`
	Allocated Qty `json:"allocated,omitempty"` // held back for open jobs with a date
}

// Available is what can be taken without robbing a job.
func (l Level) Available() Qty { return l.OnHand - l.Allocated }

// state judges the level against a minimum. Without a minimum nothing is ever low.
func (l Level) state(minimum Qty) State {
	switch {
	case minimum <= 0 || l.Available() >= minimum:
		return StateOK
	case l.Available() <= 0:
		return StateOut
	default:
		return StateLow
	}
}

// A Balance is how much of an item is in one place.
type Balance struct {
	Place  Place
	OnHand Qty
}

// A Stock is an item with what there is of it.
type Stock struct {
	Item
	Level   Level
	State   State
	At      []Balance // where it stands, most first; the default place always
	Counted time.Time // the last count of any of its places; zero: never
}

// Stock returns what there is of an item. It fails with [NotFound].
func (db *DB) Stock(ctx context.Context, id ItemID) (Stock, error) {
	var s Stock
	err := db.view(ctx, func(tx *bbolt.Tx) (err error) {
		s, err = stockOf(tx, id)
		return err
	})
	return s, err
}

// Stocks returns what there is of the items, in the order of ids. Items that are gone are left out.
func (db *DB) Stocks(ctx context.Context, ids []ItemID) ([]Stock, error) {
	all := make([]Stock, 0, len(ids))
	err := db.view(ctx, func(tx *bbolt.Tx) error {
		for _, id := range ids {
			s, err := stockOf(tx, id)
			if CodeOf(err) == NotFound {
				continue
			}
			if err != nil {
				return err
			}
			all = append(all, s)
		}
		return nil
	})
	return all, err
}

func stockOf(tx *bbolt.Tx, id ItemID) (Stock, error) {
	it, err := getItem(tx, id)
	if err != nil {
		return Stock{}, err
	}
	s := Stock{Item: it, Level: levelOf(tx, id), State: stateOf(tx, id)}
	if s.At, err = balances(tx, it); err != nil {
		return Stock{}, err
	}
	for _, v := range withPrefix(tx.Bucket(countedBucket), idKey(id)) {
		if t := time.Unix(int64(qtyOf(v)), 0).UTC(); t.After(s.Counted) {
			s.Counted = t
		}
	}
	return s, nil
}

// balances returns where it stands, most first. Places that hold nothing are left out, but for its default place.
func balances(tx *bbolt.Tx, it Item) ([]Balance, error) {
	var at []Balance
	home := false
	for k, q := range onHandIn(tx, idKey(it.ID)) {
		id := secondID[PlaceID](k)
		if q == 0 && id != it.Place {
			continue
		}
		p, err := getPlace(tx, id)
		if err != nil {
			return nil, err
		}
		home = home || id == it.Place
		at = append(at, Balance{p, q})
	}
	if !home {
		p, err := getPlace(tx, it.Place)
		if err != nil {
			return nil, err
		}
		at = append(at, Balance{Place: p})
	}
	slices.SortStableFunc(at, func(a, b Balance) int { return int(min(max(b.OnHand-a.OnHand, -1), 1)) })
	return at, nil
}

// levelOf reads the cached level of an item.
func levelOf(tx *bbolt.Tx, id ItemID) Level { return levelIn(tx.Bucket(stockBucket), id) }

// levelIn is levelOf for one who asks for many.
func levelIn(stock *bbolt.Bucket, id ItemID) Level {
	var l Level
	intsOf(stock.Get(idKey(id)), (*int64)(&l.OnHand), (*int64)(&l.Allocated))
	return l
}

// onHandIn yields how much of an item is at a place, sorted by item, then by place: the key is the two of them, as pairKey makes
// it. prefix is the key of one item, or nil for all.
func onHandIn(tx *bbolt.Tx, prefix []byte) iter.Seq2[[]byte, Qty] {
	return func(yield func([]byte, Qty) bool) {
		for k, v := range withPrefix(tx.Bucket(stockBucket), prefix) {
			if len(k) == spotKeySize && !yield(k, qtyOf(v)) {
				return
			}
		}
	}
}

// stockedAt yields the items of which a place has something, or less than nothing, by number.
func stockedAt(tx *bbolt.Tx, place PlaceID) iter.Seq[ItemID] {
	return func(yield func(ItemID) bool) {
		books := tx.Bucket(stockBucket).Cursor()
		at, q := books.First()
		var wanted []byte
		for k := range withPrefix(tx.Bucket(stockPlace), idKey(place)) {
			id := secondID[ItemID](k)
			wanted = appendIDs(wanted[:0], uint64(id), uint64(place))
			for step := 0; at != nil && bytes.Compare(at, wanted) < 0; step++ {
				if step < nearby {
					at, q = books.Next()
				} else {
					at, q = books.Seek(wanted)
				}
			}
			if bytes.Equal(at, wanted) && qtyOf(q) != 0 && !yield(id) {
				return
			}
		}
	}
}

// nearby is how many records to pass on the way to one that may be close, before it is looked for.
const nearby = 8

// stateOf reads the cached state of an item.
func stateOf(tx *bbolt.Tx, id ItemID) State {
	if v := tx.Bucket(lowBucket).Get(idKey(id)); v != nil {
		return State(v)
	}
	return StateOK
}

// foldLevel adds an item's places and its jobs' demand up again.
func foldLevel(tx *bbolt.Tx, id ItemID) Level {
	var l Level
	for _, q := range onHandIn(tx, idKey(id)) {
		l.OnHand += q
	}
	for _, v := range withPrefix(tx.Bucket(demandBucket), idKey(id)) {
		if d := demandOf(v); d.When != 0 {
			l.Allocated += d.remaining()
		}
	}
	return l
}

// A levelCause says why a level may have changed.
type levelCause struct {
	At       time.Time
	Cause    Cause
	By       string
	Job      JobID
	Movement MovementID
}

// judgeLevel brings the cached level and state of an item up to date. It tells those who follow events
// when either changed, unless there was enough and still is: nobody does anything with that, and most acts leave it so.
func (db *DB) judgeLevel(tx *bbolt.Tx, it Item, why levelCause) (err error) {
	id := it.ID
	before, was := levelOf(tx, id), stateOf(tx, id)
	after := foldLevel(tx, id)
	is := after.state(it.Minimum)
	if it.Archived {
		is = StateOK
	}
	stock := tx.Bucket(stockBucket)
	row := stock.Get(idKey(id))
	if before == after && was == is && row != nil {
		return nil
	}
	_, newest := standOf(row)
	if err := stock.Put(idKey(id), standRow(after, newest)); err != nil {
		return err
	}
	switch {
	case is == was: // what stands there already costs a page to write again
	case is == StateOK:
		err = tx.Bucket(lowBucket).Delete(idKey(id))
	default:
		err = tx.Bucket(lowBucket).Put(idKey(id), []byte(is))
	}
	if err != nil || was == StateOK && is == StateOK {
		return err
	}
	minimum := it.Minimum
	if it.Archived {
		minimum = 0 // nobody is to be told of it
	}
	return emit(tx, Event{Kind: LevelChanged, At: why.At, Item: id, Job: why.Job, Movement: why.Movement,
		Cause: why.Cause, By: why.By, Before: before, After: after, Minimum: minimum})
}

// addStock changes how much of an item is in a place. At virtual ends nobody counts.
func addStock(tx *bbolt.Tx, item ItemID, place PlaceID, q Qty) error {
	if place == 0 || place.Virtual() {
		return nil
	}
	if err := revivePlace(tx, place); err != nil { // an undo can put stock back where nobody goes any more
		return err
	}
	b, k := tx.Bucket(stockBucket), pairKey(item, place)
	old := b.Get(k)
	if old == nil { // it never stood there: what is listed already is not written again, a page less to sync
		if err := tx.Bucket(stockPlace).Put(pairKey(place, item), nil); err != nil {
			return err
		}
	}
	return b.Put(k, ints(int64(qtyOf(old)+q)))
}

// onHandAt returns how much of an item is in a place.
func onHandAt(tx *bbolt.Tx, item ItemID, place PlaceID) Qty {
	return qtyOf(tx.Bucket(stockBucket).Get(pairKey(item, place)))
}

// Counts are the catalogue in numbers.
type Counts struct {
	Items    int // active
	Archived int
	Low      int // low and not out
	Out      int
}

// Counts returns how many items there are, and how many are low and out.
func (db *DB) Counts(ctx context.Context) (Counts, error) {
	var n Counts
	err := db.view(ctx, func(tx *bbolt.Tx) error {
		n = countsOf(tx)
		return nil
	})
	return n, err
}

func countsOf(tx *bbolt.Tx) Counts {
	n := Counts{Items: int(tx.Bucket(itemName).Sequence()), Archived: int(tx.Bucket(itemArchived).Sequence())}
	for _, v := range withPrefix(tx.Bucket(lowBucket), nil) {
		if State(v) == StateOut {
			n.Out++
		} else {
			n.Low++
		}
	}
	return n
}
