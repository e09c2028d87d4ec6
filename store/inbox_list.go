package store

import (
	"context"
	"iter"
	"time"

	"go.etcd.io/bbolt"
)

// A DeliveryRow is a webhook with the job it is about.
type DeliveryRow struct {
	Delivery
	Job    JobID // 0: of no job here
	Number int   // of that job, at Jobber
}

// Deliveries returns up to limit webhooks of a status, "" for any, the newest first, from the one before
// an id on; 0 begins with the newest. It reports whether there are more.
func (db *DB) Deliveries(ctx context.Context, status DeliveryStatus, before DeliveryID, limit int) (rows []DeliveryRow, more bool, err error) {
	if before == 0 {
		before = ^DeliveryID(0)
	}
	err = db.view(ctx, func(tx *bbolt.Tx) error {
		for id := range deliveriesBack(tx, status, before) {
			if more = len(rows) == limit; more {
				return nil
			}
			d, err := getDelivery(tx, id)
			if err != nil {
				return err
			}
			row := DeliveryRow{Delivery: d, Job: jobOfRecord(tx, d.Account, d.Item)}
			if row.Job != 0 {
				r, err := getJob(tx, row.Job)
				if err != nil {
					return err
				}
				row.Number = r.Number
			}
			rows = append(rows, row)
		}
		return nil
	})
	return rows, more, err
}

func deliveriesBack(tx *bbolt.Tx, status DeliveryStatus, before DeliveryID) iter.Seq[DeliveryID] {
	pairs := backFrom(tx.Bucket(deliveryBucket), nil, idKey(before))
	if status != "" {
		pairs = backFrom(tx.Bucket(deliveryStatus), statusPrefix(status), statusKey(status, before))
	}
	return func(yield func(DeliveryID) bool) {
		for k := range pairs {
			if !yield(lastID[DeliveryID](k)) {
				return
			}
		}
	}
}

// WebhookStats are the webhooks in numbers.
type WebhookStats struct {
	Pending int
	Parked  int
	Today   int       // received since
	Last    time.Time // when the newest was received; zero: none yet
}

// WebhookStats returns how many webhooks wait or were given up, and what came since a moment.
func (db *DB) WebhookStats(ctx context.Context, since time.Time) (WebhookStats, error) {
	var s WebhookStats
	err := db.view(ctx, func(tx *bbolt.Tx) error {
		s.Pending, s.Parked = countDeliveries(tx, DeliveryPending), countDeliveries(tx, DeliveryParked)
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
		}
		return nil
	})
	return s, err
}

func countDeliveries(tx *bbolt.Tx, status DeliveryStatus) int {
	n := 0
	for range withPrefix(tx.Bucket(deliveryStatus), statusPrefix(status)) {
		n++
	}
	return n
}
