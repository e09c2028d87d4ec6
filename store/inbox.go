package store

import (
	"context"
	"crypto/sha256"
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

// maxTries is how often a delivery is tried before it is parked.
const maxTries = 10

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
	err = db.update(ctx, func(tx *bbolt.Tx) error {
		fresh = false
		keys := tx.Bucket(deliveryKey)
		if k := keys.Get(d.dedupeKey()); k != nil {
			old, err := getDelivery(tx, firstID[DeliveryID](k))
			if err != nil || old.Status != DeliveryOK || db.Now().Sub(old.ReceivedAt) > sameSecond {
				return err
			}
			old.Status = DeliveryPending
			return putDelivery(tx, old)
		}
		id, err := next[DeliveryID](tx.Bucket(deliveryBucket))
		if err != nil {
			return err
		}
		fresh = true
		d := d
		d.ID, d.ReceivedAt = id, db.Now()
		if d.Status == "" {
			d.Status = DeliveryPending
		}
		if err := keys.Put(d.dedupeKey(), idKey(id)); err != nil {
			return err
		}
		return putDelivery(tx, d)
	})
	return fresh, err
}

func putDelivery(tx *bbolt.Tx, d Delivery) error {
	waits, key := tx.Bucket(deliveryWaits), idKey(d.ID)
	var err error
	if d.Status == DeliveryPending {
		err = waits.Put(key, nil)
	} else {
		err = waits.Delete(key)
	}
	if err != nil {
		return err
	}
	return put(tx.Bucket(deliveryBucket), key, d)
}

func getDelivery(tx *bbolt.Tx, id DeliveryID) (Delivery, error) {
	var d Delivery
	ok, err := get(tx.Bucket(deliveryBucket), idKey(id), &d)
	if err == nil && !ok {
		err = Errorf(NotFound, "There is no webhook with the number %v.", id)
	}
	d.ID = id
	return d, err
}

// PendingDeliveries returns up to limit webhooks that are due at now, oldest first, and the time
// when the next of the others is due; zero if there is none.
func (db *DB) PendingDeliveries(ctx context.Context, now time.Time, limit int) (due []Delivery, next time.Time, err error) {
	err = db.view(ctx, func(tx *bbolt.Tx) error {
		for k := range withPrefix(tx.Bucket(deliveryWaits), nil) {
			d, err := getDelivery(tx, firstID[DeliveryID](k))
			if err != nil {
				return err
			}
			switch {
			case d.NextAt.After(now):
				if next.IsZero() || d.NextAt.Before(next) {
					next = d.NextAt
				}
			case len(due) < limit:
				due = append(due, d)
			}
		}
		return nil
	})
	return due, next, err
}

// DeliveryDone notes what came of webhooks that were worked off.
func (db *DB) DeliveryDone(ctx context.Context, ids []DeliveryID, status DeliveryStatus, note string) error {
	return db.changeDeliveries(ctx, ids, func(d *Delivery) {
		d.Status, d.Note, d.NextAt = status, note, time.Time{}
	})
}

// DeliveryFailed puts webhooks off until next. One that failed ten times is parked.
func (db *DB) DeliveryFailed(ctx context.Context, ids []DeliveryID, next time.Time, note string) error {
	return db.changeDeliveries(ctx, ids, func(d *Delivery) {
		d.Tries, d.NextAt, d.Note = d.Tries+1, next.UTC(), note
		if d.Tries >= maxTries {
			d.Status = DeliveryParked
		}
	})
}

func (db *DB) changeDeliveries(ctx context.Context, ids []DeliveryID, change func(*Delivery)) error {
	return db.update(ctx, func(tx *bbolt.Tx) error {
		for _, id := range ids {
			d, err := getDelivery(tx, id)
			if err != nil {
				return err
			}
			change(&d)
			if err := putDelivery(tx, d); err != nil {
				return err
			}
		}
		return nil
	})
}

// WebhookStats are the webhooks in numbers.
type WebhookStats struct {
	Pending int
	Parked  int // of those received since
	Today   int // received since
	Last    time.Time
}

// WebhookStats returns how many webhooks wait, and what came since a moment.
func (db *DB) WebhookStats(ctx context.Context, since time.Time) (WebhookStats, error) {
	var s WebhookStats
	err := db.view(ctx, func(tx *bbolt.Tx) error {
		s.Pending = countKeys(tx.Bucket(deliveryWaits))
		for k := range backFrom(tx.Bucket(deliveryBucket), nil, idKey(^DeliveryID(0))) {
			d, err := getDelivery(tx, firstID[DeliveryID](k))
			if err != nil {
				return err
			}
			if s.Last.IsZero() {
				s.Last = d.ReceivedAt
			}
			if d.ReceivedAt.Before(since) {
				break
			}
			s.Today++
			if d.Status == DeliveryParked {
				s.Parked++
			}
		}
		return nil
	})
	return s, err
}
