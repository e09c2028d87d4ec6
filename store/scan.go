package store

import (
	"context"
	"strconv"
	"strings"
	"time"

	"go.etcd.io/bbolt"
)

// A Scanned is what a code stands for: one of its fields is set, the ids of the others are 0.
type Scanned struct {
	Item  Stock
	Place Place
	Job   JobHead
}

// Scan returns what stands behind a code as it is printed on things or typed: the SKU or a barcode of an item,
// the name of a place, or the number of a job with a # before it. It fails with [NotFound].
func (db *DB) Scan(ctx context.Context, code string) (Scanned, error) {
	var s Scanned
	err := db.view(ctx, func(tx *bbolt.Tx) (err error) {
		if id, ok := itemOfCode(tx, code); ok {
			s.Item, err = stockOf(tx, id)
			return err
		}
		if v := tx.Bucket(placeName).Get([]byte(fold(code))); v != nil {
			s.Place, err = getPlace(tx, firstID[PlaceID](v))
			return err
		}
		if digits, ok := strings.CutPrefix(fold(code), "#"); ok {
			if n, err := strconv.Atoi(digits); err == nil && n > 0 {
				s.Job, err = jobNumbered(tx, n)
				return err
			}
		}
		return Errorf(NotFound, "Nothing has the code %s.", quoted(code))
	})
	return s, err
}

// itemOfCode returns the item with this very SKU or barcode.
func itemOfCode(tx *bbolt.Tx, code string) (ItemID, bool) {
	v := tx.Bucket(itemSKU).Get([]byte(fold(code)))
	if v == nil {
		v = tx.Bucket(itemCode).Get([]byte(codeKey(code)))
	}
	if v == nil {
		return 0, false
	}
	return firstID[ItemID](v), true
}

// JobHead returns the job named id, without its lines. It fails with [NotFound].
func (db *DB) JobHead(ctx context.Context, id JobID) (JobHead, error) {
	var h JobHead
	err := db.view(ctx, func(tx *bbolt.Tx) error {
		r, err := getJob(tx, id)
		h = r.head(id)
		return err
	})
	return h, err
}

// JobNumbered returns the job with Jobber's number; of several, from several accounts, the newest here.
// It fails with [NotFound].
func (db *DB) JobNumbered(ctx context.Context, number int) (JobHead, error) {
	var h JobHead
	err := db.view(ctx, func(tx *bbolt.Tx) (err error) {
		h, err = jobNumbered(tx, number)
		return err
	})
	return h, err
}

func jobNumbered(tx *bbolt.Tx, number int) (JobHead, error) {
	n := uint64(number)
	for k := range backFrom(tx.Bucket(jobNumber), idKey(n), idKey(n+1)) {
		id := secondID[JobID](k)
		r, err := getJob(tx, id)
		return r.head(id), err
	}
	return JobHead{}, Errorf(NotFound, "There is no job #%d.", number)
}

// recentLook is how many of the newest movements [DB.Recent] looks through: a busy company's hour, and not the import of a
// whole catalogue that somebody else did meanwhile.
const recentLook = 500

// Recent returns up to limit movements that the user booked since then, newest first, of the newest 500 that anybody
// did. What only undid another is left out.
func (db *DB) Recent(ctx context.Context, by UserID, since time.Time, limit int) ([]HistoryEntry, error) {
	var all []HistoryEntry
	err := db.view(ctx, func(tx *bbolt.Tx) error {
		looked := 0
		for k := range backFrom(tx.Bucket(movementBucket), nil, idKey(^MovementID(0))) {
			m, err := getMovement(tx, firstID[MovementID](k))
			if err != nil {
				return err
			}
			if looked++; looked > recentLook || len(all) == limit || m.At.Before(since) {
				break
			}
			if m.By.ID != by || m.Reverses != 0 {
				continue
			}
			e, err := entryOf(tx, m.ID)
			if err != nil {
				return err
			}
			all = append(all, e)
		}
		return nil
	})
	return all, err
}

// Entry returns one movement with all that a page says of it. It fails with [NotFound].
func (db *DB) Entry(ctx context.Context, id MovementID) (HistoryEntry, error) {
	var e HistoryEntry
	err := db.view(ctx, func(tx *bbolt.Tx) (err error) {
		e, err = entryOf(tx, id)
		return err
	})
	return e, err
}
