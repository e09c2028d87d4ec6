package store

import (
	"context"
	"time"

	"go.etcd.io/bbolt"
)

// A CountTally is what somebody counted of an item at a place and what is not booked yet.
//
// It holds for the moment it was counted: goods that move before it is booked move on top of it. What corrects
// the books themselves (a count, an adjustment, the undo of something older) makes it void, and the
// item is asked for again.
type CountTally struct {
	Counted Qty
	Was     Qty // what the books said at that moment
	By      Actor
	At      time.Time
	Waits   bool // its count is finished, and a manager must look at the difference
}

// Differs is what the count would change.
func (t CountTally) Differs() Qty { return t.Counted - t.Was }

type tallyRecord struct {
	Counted Qty        `json:"counted"`
	Was     Qty        `json:"was"`
	Mark    MovementID `json:"mark"` // the newest movement of all when it was counted
	By      Actor      `json:"by"`
	At      time.Time  `json:"at"`
	Waits   bool       `json:"waits,omitempty"`
}

func (r tallyRecord) tally() CountTally {
	return CountTally{Counted: r.Counted, Was: r.Was, By: r.By, At: r.At, Waits: r.Waits}
}

// A CountAnswer is one line of a count: a person says how much of an item is at a place.
type CountAnswer struct {
	Item    ItemID
	Place   PlaceID
	Counted Qty
	Pack    Pack       // as in [Entry]
	Right   bool       // as much as the books say; Counted does not matter
	Seen    MovementID // the newest movement when the person was shown the line
	By      Actor
}

// TallyCount notes what was counted, durably, and books nothing: [DB.FinishCount] does. Counting again replaces it.
// It fails with [Invalid], with [NotFound], and with [Conflict] when some of it moved since the person looked: nobody
// can tell whether that was before or after they counted.
func (db *DB) TallyCount(ctx context.Context, c CountAnswer) error {
	return db.update(ctx, func(tx *bbolt.Tx) error {
		it, err := getItem(tx, c.Item)
		if err != nil {
			return err
		}
		p, err := getPlace(tx, c.Place)
		if err != nil {
			return err
		}
		if p.Archived {
			return Errorf(Conflict, "%s is archived. Nobody counts there.", p.Name)
		}
		books := onHandAt(tx, c.Item, c.Place)
		if err := unmovedSince(tx, it, p, books, c.Seen); err != nil {
			return err
		}
		counted, _, err := it.Amount(c.Counted, c.Pack)
		if c.Right {
			counted, err = books, nil
		}
		if err != nil {
			return err
		}
		t := tallyRecord{Counted: counted, Was: books, Mark: newestMovement(tx), By: c.By, At: db.Now()}
		if t.Counted < 0 {
			return invalidField("quantity", "A shelf holds 0 or more. Write how many there are.")
		}
		if t.Counted > maxQty {
			return invalidField("quantity", "That is too much.")
		}
		return put(tx.Bucket(tallyBucket), pairKey(c.Place, c.Item), t)
	})
}

// newestMovement is the number of the newest movement of all.
func newestMovement(tx *bbolt.Tx) MovementID { return MovementID(tx.Bucket(movementBucket).Sequence()) }

// unmovedSince fails with [Conflict] when a movement newer than seen touched the item at the place.
func unmovedSince(tx *bbolt.Tx, it Item, p Place, books Qty, seen MovementID) error {
	for id := range movementsOf(tx, it.ID, 0) {
		if id <= seen {
			return nil
		}
		m, err := getMovement(tx, id)
		if err != nil {
			return err
		}
		if m.From == p.ID || m.To == p.ID {
			return Errorf(Conflict, "%s booked %s of %s at %s since you looked. The books now say %s: count it again.",
				m.By.Name, m.Qty.String()+" "+it.Unit, it.Name, p.Name, minus(books)+" "+it.Unit)
		}
	}
	return nil
}

// ThrowCount throws away what was counted in a scope and not finished, and returns how many lines that were.
// It fails as [DB.CountSheet] does.
func (db *DB) ThrowCount(ctx context.Context, by Actor, scope CountScope) (int, error) {
	var n int
	err := db.update(ctx, func(tx *bbolt.Tx) error {
		open, err := openTallies(tx, scope, db.Now())
		n = len(open)
		if err != nil {
			return err
		}
		for _, at := range open {
			if err := tx.Bucket(tallyBucket).Delete(pairKey(at.Place, at.Item)); err != nil {
				return err
			}
		}
		return nil
	})
	return n, err
}

// tallyAt returns what was counted of an item at a place and not booked yet, and whether there is such.
func tallyAt(tx *bbolt.Tx, item ItemID, place PlaceID) (tallyRecord, bool, error) {
	var t tallyRecord
	ok, err := get(tx.Bucket(tallyBucket), pairKey(place, item), &t)
	return t, ok, err
}

// allTallies returns all that was counted and not booked yet.
func allTallies(tx *bbolt.Tx) (map[CountSpot]tallyRecord, error) {
	all := map[CountSpot]tallyRecord{}
	for k := range withPrefix(tx.Bucket(tallyBucket), nil) {
		at := CountSpot{firstID[PlaceID](k), secondID[ItemID](k)}
		t, _, err := tallyAt(tx, at.Item, at.Place)
		if err != nil {
			return nil, err
		}
		all[at] = t
	}
	return all, nil
}

// voidTally drops what was counted at an end of m when m corrects the books themselves. Its item is asked for
// again, unless m is the count that takes its place.
func (db *DB) voidTally(tx *bbolt.Tx, m Movement, end PlaceID) error {
	t, ok, err := tallyAt(tx, m.Item, end)
	if err != nil || !ok {
		return err
	}
	older := m.Reverses != 0 && m.Reverses <= t.Mark
	if m.Kind != Count && m.Kind != Adjust && !older {
		return nil // goods that move, move on top of the count
	}
	if err := tx.Bucket(tallyBucket).Delete(pairKey(end, m.Item)); err != nil {
		return err
	}
	if m.Kind == Count && m.Reverses == 0 {
		return nil
	}
	return db.queueCount(tx, m.Item, end, "The books were corrected after it was counted")
}
