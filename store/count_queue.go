package store

import (
	"cmp"
	"context"
	"slices"
	"time"

	"go.etcd.io/bbolt"
)

// whyNegative is why what the books put below zero is to be counted.
const whyNegative = "Below 0 in the books"

// dueRecord is why somebody should count an item at a place.
type dueRecord struct {
	Why string    `json:"why"` // a sentence without its full stop
	At  time.Time `json:"at,omitzero"`
}

// queueCount asks for a count of an item at a place; why is a sentence without its full stop. What waits for one already
// keeps its first reason. Nobody counts at virtual ends. The next count there answers it.
func (db *DB) queueCount(tx *bbolt.Tx, item ItemID, place PlaceID, why string) error {
	return askCount(tx, item, place, dueRecord{why, db.Now()})
}

func askCount(tx *bbolt.Tx, item ItemID, place PlaceID, d dueRecord) error {
	b, key := tx.Bucket(countDue), pairKey(place, item)
	if place == 0 || place.Virtual() || b.Get(key) != nil {
		return nil
	}
	return put(b, key, d)
}

// dueOf returns why an item is to be counted at a place; "" if nobody asked.
func dueOf(tx *bbolt.Tx, item ItemID, place PlaceID) (dueRecord, error) {
	var d dueRecord
	_, err := get(tx.Bucket(countDue), pairKey(place, item), &d)
	return d, err
}

// followCount keeps the queue of counts, and what was counted and not booked, in step with a movement that was just
// booked: a count answers what was asked, the undo of one asks again, and what is below zero is always asked for.
func (db *DB) followCount(tx *bbolt.Tx, m Movement) error {
	if m.Kind == Count {
		key := pairKey(m.counted(), m.Item)
		if err := tx.Bucket(countDue).Delete(key); err != nil {
			return err
		}
		if m.Reverses != 0 {
			if err := db.queueCount(tx, m.Item, m.counted(), "Its last count was undone"); err != nil {
				return err
			}
		}
	}
	for _, end := range []PlaceID{m.From, m.To} {
		if end.Virtual() {
			continue
		}
		if err := db.voidTally(tx, m, end); err != nil {
			return err
		}
		if onHandAt(tx, m.Item, end) < 0 {
			if err := db.queueCount(tx, m.Item, end, whyNegative); err != nil {
				return err
			}
			continue
		}
		d, err := dueOf(tx, m.Item, end)
		if err != nil {
			return err
		}
		if m.Reverses != 0 && d.Why == whyNegative { // the mistake that put it there was taken back
			if err := tx.Bucket(countDue).Delete(pairKey(end, m.Item)); err != nil {
				return err
			}
		}
	}
	return nil
}

// dropPrefix deletes every key of b that begins with prefix.
func dropPrefix(b *bbolt.Bucket, prefix []byte) error {
	var keys [][]byte
	for k := range withPrefix(b, prefix) {
		keys = append(keys, append([]byte(nil), k...))
	}
	for _, k := range keys {
		if err := b.Delete(k); err != nil {
			return err
		}
	}
	return nil
}

// queueNegative asks for a count of all that a file from before the queue has below zero.
func queueNegative(tx *bbolt.Tx) error {
	for k, q := range onHandIn(tx, nil) {
		if q >= 0 {
			continue
		}
		if err := askCount(tx, firstID[ItemID](k), secondID[PlaceID](k), dueRecord{Why: whyNegative}); err != nil {
			return err
		}
	}
	return nil
}

// A DueCount is an item that somebody should count at a place.
type DueCount struct {
	Item   Item
	Place  Place
	OnHand Qty
	Why    string    // a sentence without its full stop
	Since  time.Time // zero: longer than we know
}

// DueCounts returns what is asked to be counted, as one walks past it, then by name.
func (db *DB) DueCounts(ctx context.Context) ([]DueCount, error) {
	var due []DueCount
	err := db.view(ctx, func(tx *bbolt.Tx) error {
		ranks, err := walkRanks(tx)
		if err != nil {
			return err
		}
		for k := range withPrefix(tx.Bucket(countDue), nil) {
			place, item := firstID[PlaceID](k), secondID[ItemID](k)
			d := DueCount{OnHand: onHandAt(tx, item, place)}
			if d.Item, err = getItem(tx, item); err != nil {
				return err
			}
			if d.Place, err = getPlace(tx, place); err != nil {
				return err
			}
			why, err := dueOf(tx, item, place)
			if err != nil {
				return err
			}
			d.Why, d.Since = why.Why, why.At
			due = append(due, d)
		}
		slices.SortStableFunc(due, func(a, b DueCount) int {
			return cmp.Or(cmp.Compare(ranks[a.Place.ID], ranks[b.Place.ID]), cmp.Compare(fold(a.Item.Name), fold(b.Item.Name)))
		})
		return nil
	})
	return due, err
}
