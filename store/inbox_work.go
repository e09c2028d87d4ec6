package store

import (
	"context"
	"time"

	"go.etcd.io/bbolt"
)

// maxTries is how often a delivery is tried before it is parked.
const maxTries = 10

// PendingDeliveries returns the webhooks that are still to be worked off, oldest first. One whose NextAt
// is in the future failed before and is not due yet.
func (db *DB) PendingDeliveries(ctx context.Context) ([]Delivery, error) {
	var ds []Delivery
	err := db.view(ctx, func(tx *bbolt.Tx) error {
		for k := range withPrefix(tx.Bucket(deliveryStatus), statusPrefix(DeliveryPending)) {
			d, err := getDelivery(tx, lastID[DeliveryID](k))
			if err != nil {
				return err
			}
			ds = append(ds, d)
		}
		return nil
	})
	return ds, err
}

// DeliveryDone notes what came of webhooks that were worked off. Earlier ones of the same records that were
// given up are settled too when the status is [DeliveryOK]: what they told of was read now.
func (db *DB) DeliveryDone(ctx context.Context, ids []DeliveryID, status DeliveryStatus, note string) error {
	return db.update(ctx, func(tx *bbolt.Tx) error {
		type record struct{ account, item string }
		read := map[record]bool{}
		for _, id := range ids {
			d, err := getDelivery(tx, id)
			if err != nil {
				return err
			}
			read[record{d.Account, d.Item}] = status == DeliveryOK
			err = changeDelivery(tx, d, func(d *Delivery) { d.Status, d.Note, d.NextAt = status, note, time.Time{} })
			if err != nil {
				return err
			}
		}
		parked, err := parkedDeliveries(tx)
		if err != nil {
			return err
		}
		for _, d := range parked {
			if !read[record{d.Account, d.Item}] {
				continue
			}
			err := changeDelivery(tx, d, func(d *Delivery) { d.Status, d.Note = DeliveryOK, "Read with a later one." })
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func parkedDeliveries(tx *bbolt.Tx) ([]Delivery, error) {
	var ds []Delivery
	for k := range withPrefix(tx.Bucket(deliveryStatus), statusPrefix(DeliveryParked)) {
		d, err := getDelivery(tx, lastID[DeliveryID](k))
		if err != nil {
			return nil, err
		}
		ds = append(ds, d)
	}
	return ds, nil
}

// DeliveryFailed puts webhooks that were worked off together off until next. They share their tries, so
// that a record is not tried the oftener the more webhooks tell of it; after ten they are parked.
func (db *DB) DeliveryFailed(ctx context.Context, ids []DeliveryID, next time.Time, note string) error {
	return db.update(ctx, func(tx *bbolt.Tx) error {
		ds := make([]Delivery, len(ids))
		tries := 0
		for i, id := range ids {
			var err error
			if ds[i], err = getDelivery(tx, id); err != nil {
				return err
			}
			tries = max(tries, ds[i].Tries)
		}
		for _, d := range ds {
			err := changeDelivery(tx, d, func(d *Delivery) {
				d.Tries, d.NextAt, d.Note = tries+1, next.UTC(), note
				if d.Tries >= maxTries {
					d.Status, d.NextAt = DeliveryParked, time.Time{}
				}
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// RetryDelivery lets a webhook that was given up be tried anew. One that waits already stays as it is.
// It fails with [NotFound], and with [Conflict] for one that needs nothing more.
func (db *DB) RetryDelivery(ctx context.Context, id DeliveryID) error {
	return db.update(ctx, func(tx *bbolt.Tx) error {
		d, err := getDelivery(tx, id)
		if err != nil || d.Status == DeliveryPending {
			return err
		}
		if d.Status != DeliveryParked {
			return Errorf(Conflict, "This webhook needs no other try.")
		}
		return retry(tx, d)
	})
}

// RetryDeliveries is RetryDelivery for all that were given up. It returns how many there were.
func (db *DB) RetryDeliveries(ctx context.Context) (n int, err error) {
	err = db.update(ctx, func(tx *bbolt.Tx) error {
		parked, err := parkedDeliveries(tx)
		if err != nil {
			return err
		}
		n = len(parked)
		for _, d := range parked {
			if err := retry(tx, d); err != nil {
				return err
			}
		}
		return nil
	})
	return n, err
}

func retry(tx *bbolt.Tx, d Delivery) error {
	return changeDelivery(tx, d, func(d *Delivery) { d.Status, d.Tries, d.NextAt = DeliveryPending, 0, time.Time{} })
}
