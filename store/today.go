package store

import (
	"context"
	"time"

	"go.etcd.io/bbolt"
)

// A Day is one day's jobs.
type Day struct {
	Date time.Time // its first moment, in the location asked for
	Jobs []JobRow
}

// Today is all that the first page shows.
type Today struct {
	Counts          Counts
	Counting        CountTodo
	ShortJobs       int // open jobs in the next 7 days that need more of an item than there is
	Unmatched       int // lines of open jobs that are no item yet
	PendingWebhooks int
	ParkedWebhooks  int // given up
	UnsentMails     int
	Days            []Day // today and tomorrow; and the next day with jobs, when both are empty
	Low             []Stock
	Acts            []HistoryEntry
	Closeouts       CloseoutPage // the newest cards
}

// Today returns the state of things at now, whose location decides when a day begins.
func (db *DB) Today(ctx context.Context, now time.Time) (Today, error) {
	var t Today
	err := db.view(ctx, func(tx *bbolt.Tx) (err error) {
		t.Counts = countsOf(tx)
		if t.Counting, err = countTodo(tx); err != nil {
			return err
		}
		t.Unmatched = countKeys(tx.Bucket(lineWaiting))
		t.PendingWebhooks, t.ParkedWebhooks = countDeliveries(tx, DeliveryPending), countDeliveries(tx, DeliveryParked)
		waiting, err := waitingCrossings(tx)
		if err != nil {
			return err
		}
		if t.UnsentMails, err = unsentMails(tx); err != nil {
			return err
		}
		t.UnsentMails += waiting
		t.ShortJobs = len(lacking(tx, jobsBetween(tx, dayStart(now, 0), dayStart(now, 8))))
		if t.Days, err = nextDays(tx, now); err != nil {
			return err
		}
		if t.Low, err = lowest(tx, 8); err != nil {
			return err
		}
		if t.Closeouts, err = closeoutsOf(tx, 1, 3); err != nil {
			return err
		}
		t.Acts, err = entries(tx, allMovements(tx, 0), 8)
		return err
	})
	return t, err
}

// dayStart returns the first moment of the day n days after now's.
func dayStart(now time.Time, n int) time.Time {
	y, m, d := now.Date()
	return time.Date(y, m, d+n, 0, 0, 0, 0, now.Location())
}

func countKeys(b *bbolt.Bucket) int {
	n := 0
	for range withPrefix(b, nil) {
		n++
	}
	return n
}

func nextDays(tx *bbolt.Tx, now time.Time) ([]Day, error) {
	var days []Day
	found := false
	for n := range 2 {
		rows, err := rowsOf(tx, jobsBetween(tx, dayStart(now, n), dayStart(now, n+1)))
		if err != nil {
			return nil, err
		}
		found = found || len(rows) > 0
		days = append(days, Day{dayStart(now, n), rows})
	}
	if found {
		return days, nil
	}
	c := tx.Bucket(jobDated).Cursor()
	k, _ := c.Seek(timeKey(dayStart(now, 2), JobID(0)))
	if k == nil {
		return days, nil
	}
	first := time.Unix(int64(firstID[uint64](k)), 0).In(now.Location())
	rows, err := rowsOf(tx, jobsBetween(tx, dayStart(first, 0), dayStart(first, 1)))
	return append(days, Day{dayStart(first, 0), rows}), err
}

// lowest returns at most n items that are out or low: out first, then by name.
func lowest(tx *bbolt.Tx, n int) ([]Stock, error) {
	ids, err := activeByName(tx).of(tx, lowItems(tx, StateLow))
	if err != nil {
		return nil, err
	}
	states := tx.Bucket(lowBucket)
	var out, low []ItemID
	for _, id := range ids {
		if State(states.Get(idKey(id))) == StateOut {
			out = append(out, id)
		} else {
			low = append(low, id)
		}
	}
	ids = append(out, low...)
	var all []Stock
	for _, id := range ids[:min(n, len(ids))] {
		s, err := stockOf(tx, id)
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}
