package store

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"time"

	"go.etcd.io/bbolt"
)

// A DeliveryStatus says what became of a webhook.
type DeliveryStatus string

const (
	DeliveryPending DeliveryStatus = "pending"
	DeliveryOK      DeliveryStatus = "done"
	DeliveryIgnored DeliveryStatus = "ignored" // a topic or an account that is not ours
	DeliveryParked  DeliveryStatus = "parked"  // failed too often; a person must look
)

// A Delivery is one webhook: Jobber says that something happened to one of its records.
type Delivery struct {
	ID         DeliveryID     `json:"-"`
	Topic      string         `json:"topic"`
	Account    string         `json:"account"`
	App        string         `json:"app,omitempty"`
	Item       string         `json:"item"` // Jobber's id of the record
	OccurredAt time.Time      `json:"occurred_at"`
	ReceivedAt time.Time      `json:"received_at"`
	Status     DeliveryStatus `json:"status"`
	Tries      int            `json:"tries,omitempty"`
	NextAt     time.Time      `json:"next_at,omitzero"`
	Note       string         `json:"note,omitempty"` // what came of it
}

// dedupeKey is the same for the same webhook sent again: Jobber gives deliveries no id of their own.
// It is a hash, for what a webhook says may be longer than a key.
func (d Delivery) dedupeKey() []byte {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %q %q %d %d", d.Topic, d.Account, d.Item, d.OccurredAt.Unix(), d.OccurredAt.Nanosecond()))
	return sum[:]
}

// sameSecond is how long a webhook that looks like an earlier one may be news all the same: Jobber tells
// times in whole seconds, and two changes in one second are told by identical webhooks.
const sameSecond = 2 * time.Second

// Receive keeps a webhook until it is worked off, durably, before it returns. It reports whether it is
// fresh: one that was delivered before is not kept again; if it comes right after the first and that is
// worked off, the first is worked off once more. A delivery without a status is pending.
func (db *DB) Receive(ctx context.Context, d Delivery) (fresh bool, err error) {
	if d.Status == "" {
		d.Status = DeliveryPending
	}
	err = db.update(ctx, func(tx *bbolt.Tx) error {
		fresh = false
		if err := db.hear(tx, d); err != nil {
			return err
		}
		keys := tx.Bucket(deliveryKey)
		if k := keys.Get(d.dedupeKey()); k != nil {
			old, err := getDelivery(tx, firstID[DeliveryID](k))
			if err != nil || old.Status != DeliveryOK || db.Now().Sub(old.ReceivedAt) > sameSecond {
				return err
			}
			return changeDelivery(tx, old, func(d *Delivery) { d.Status = DeliveryPending })
		}
		id, err := next[DeliveryID](tx.Bucket(deliveryBucket))
		if err != nil {
			return err
		}
		fresh = true
		d := d
		d.ID, d.ReceivedAt = id, db.Now()
		if err := keys.Put(d.dedupeKey(), idKey(id)); err != nil {
			return err
		}
		return putDelivery(tx, d)
	})
	return fresh, err
}

// statusKey sorts deliveries by their status, then by when they came.
func statusKey(status DeliveryStatus, id DeliveryID) []byte {
	return binary.BigEndian.AppendUint64(statusPrefix(status), uint64(id))
}

func statusPrefix(status DeliveryStatus) []byte { return append([]byte(status), 0) }

// putDelivery writes a delivery that is new.
func putDelivery(tx *bbolt.Tx, d Delivery) error {
	if err := tx.Bucket(deliveryStatus).Put(statusKey(d.Status, d.ID), nil); err != nil {
		return err
	}
	return put(tx.Bucket(deliveryBucket), idKey(d.ID), d)
}

// changeDelivery writes a delivery as change makes it.
func changeDelivery(tx *bbolt.Tx, d Delivery, change func(*Delivery)) error {
	if err := tx.Bucket(deliveryStatus).Delete(statusKey(d.Status, d.ID)); err != nil {
		return err
	}
	change(&d)
	return putDelivery(tx, d)
}

func getDelivery(tx *bbolt.Tx, id DeliveryID) (Delivery, error) {
	var d Delivery
	ok, err := get(tx.Bucket(deliveryBucket), idKey(id), &d)
	if err == nil && !ok {
		err = Errorf(NotFound, "There is no webhook with the number %v any more.", id)
	}
	d.ID = id
	return d, err
}

// What is kept of deliveries that nothing waits for any more.
const (
	keepDeliveries = 20_000 // the newest
	keepDelivery   = 30 * 24 * time.Hour
	dropAtOnce     = 500 // in one commit
)

// DropDeliveries forgets some of the deliveries that are older than thirty days or not among the newest
// 20,000, and reports whether there are more of them. Those that wait stay, and those that were given up
// stay for the thirty days. A webhook that is sent again after that is taken for a new one.
func (db *DB) DropDeliveries(ctx context.Context) (more bool, err error) {
	var old []Delivery
	err = db.view(ctx, func(tx *bbolt.Tx) (err error) {
		old, more, err = oldDeliveries(tx, db.Now().Add(-keepDelivery))
		return err
	})
	if err != nil || len(old) == 0 {
		return false, err
	}
	return more, db.update(ctx, func(tx *bbolt.Tx) error {
		for _, d := range old {
			now, err := getDelivery(tx, d.ID)
			if CodeOf(err) == NotFound || err == nil && now.Status != d.Status {
				continue // changed since it was looked at
			}
			if err != nil {
				return err
			}
			for bucket, key := range map[*bbolt.Bucket][]byte{tx.Bucket(deliveryBucket): idKey(d.ID),
				tx.Bucket(deliveryKey): d.dedupeKey(), tx.Bucket(deliveryStatus): statusKey(d.Status, d.ID)} {
				if err := bucket.Delete(key); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// oldDeliveries returns the first deliveries that need not be kept, and whether there are more.
func oldDeliveries(tx *bbolt.Tx, before time.Time) (old []Delivery, more bool, err error) {
	b := tx.Bucket(deliveryBucket)
	newest := b.Sequence()
	for k := range withPrefix(b, nil) {
		d, err := getDelivery(tx, firstID[DeliveryID](k))
		if err != nil {
			return nil, false, err
		}
		aged, many := d.ReceivedAt.Before(before), uint64(d.ID)+keepDeliveries <= newest
		switch {
		case !aged && !many:
			return old, false, nil
		case d.Status == DeliveryPending, d.Status == DeliveryParked && !aged:
			continue
		case len(old) == dropAtOnce:
			return old, true, nil
		}
		old = append(old, d)
	}
	return old, false, nil
}
