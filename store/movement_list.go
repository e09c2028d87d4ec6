package store

import (
	"iter"
	"slices"

	"go.etcd.io/bbolt"
)

// The movements of an item are listed in runs. The one that is not full yet is in the item's row in stock; only every
// sixteenth movement writes a row of movements.older.

// runLength is how many movements a row of movements.older has.
const runLength = 16

// listMovement adds id, which is newer than all of them, to the movements of an item.
func listMovement(tx *bbolt.Tx, item ItemID, id MovementID) error {
	stock := tx.Bucket(stockBucket)
	level, newest := standOf(stock.Get(idKey(item)))
	newest = append(newest, id)
	if len(newest) == runLength {
		older := tx.Bucket(movementOlder)
		if err := older.Put(pairKey(item, newest[0]), appendRun(nil, newest)); err != nil {
			return err
		}
		newest = nil
	}
	return stock.Put(idKey(item), standRow(level, newest))
}

// allMovements yields the movements that are older than before, the newest first; 0 is all of them.
func allMovements(tx *bbolt.Tx, before MovementID) iter.Seq[MovementID] {
	if before == 0 {
		before = ^MovementID(0)
	}
	return lastIDs[MovementID](backFrom(tx.Bucket(movementBucket), nil, idKey(before)))
}

// jobMovements yields the movements of a job, the newest first.
func jobMovements(tx *bbolt.Tx, job JobID) iter.Seq[MovementID] {
	return lastIDs[MovementID](backFrom(tx.Bucket(movementJob), idKey(job), idKey(job+1)))
}

// movementsOf yields the movements of an item that are older than before, the newest first; 0 is all of them.
// They must not change meanwhile.
func movementsOf(tx *bbolt.Tx, item ItemID, before MovementID) iter.Seq[MovementID] {
	if before == 0 {
		before = ^MovementID(0)
	}
	return func(yield func(MovementID) bool) {
		back := func(run []MovementID) bool {
			for _, id := range slices.Backward(run) {
				if id < before && !yield(id) {
					return false
				}
			}
			return true
		}
		_, newest := standOf(tx.Bucket(stockBucket).Get(idKey(item)))
		if !back(newest) {
			return
		}
		for _, v := range backFrom(tx.Bucket(movementOlder), idKey(item), pairKey(item, before)) {
			if !back(runIn(v)) {
				return
			}
		}
	}
}

// hasMovements reports whether anything was ever booked of an item.
func hasMovements(tx *bbolt.Tx, id ItemID) bool {
	for range movementsOf(tx, id, 0) {
		return true
	}
	return false
}
