package store

import (
	"context"
	"time"

	"go.etcd.io/bbolt"
)

// alertsConsumer is the name of the low-stock judge among the cursors.
const alertsConsumer = "alerts"

// A Severity says how bad a crossing is.
type Severity string

const (
	Low Severity = "low"
	Out Severity = "out"
)

// A Crossing is an item falling below its minimum, or to nothing, as it was when it did.
type Crossing struct {
	Item      ItemID     `json:"item"`
	Severity  Severity   `json:"severity"`
	Event     EventID    `json:"event"` // that crossed
	At        time.Time  `json:"at"`
	Due       time.Time  `json:"due"` // when people are to be told
	Available Qty        `json:"available"`
	OnHand    Qty        `json:"on_hand"`
	Allocated Qty        `json:"allocated"`
	Minimum   Qty        `json:"minimum"`
	By        string     `json:"by"`
	Job       JobID      `json:"job,omitempty"`
	Movement  MovementID `json:"movement,omitempty"`
}

// An Episode is the time from an item's falling below its minimum until it is back.
type Episode struct {
	Item     ItemID    `json:"item"`
	Severity Severity  `json:"severity"` // the worst that was told, or waits to be told
	OpenedAt time.Time `json:"opened_at"`
	Crossing *Crossing `json:"crossing,omitempty"` // waits to be told
}

// AlertCursor returns the last event the low-stock judge has finished.
func (db *DB) AlertCursor(ctx context.Context) (EventID, error) {
	var id EventID
	err := db.view(ctx, func(tx *bbolt.Tx) error {
		if v := tx.Bucket(cursorBucket).Get([]byte(alertsConsumer)); v != nil {
			id = firstID[EventID](v)
		}
		return nil
	})
	return id, err
}

// Episode returns the open episode of an item; the zero Episode if there is none.
func (db *DB) Episode(ctx context.Context, id ItemID) (Episode, error) {
	var e Episode
	err := db.view(ctx, func(tx *bbolt.Tx) error {
		_, err := get(tx.Bucket(episodeBucket), idKey(id), &e)
		return err
	})
	return e, err
}

// WaitingCrossings returns the episodes of which people are still to be told, by item.
func (db *DB) WaitingCrossings(ctx context.Context) ([]Episode, error) {
	var all []Episode
	err := db.view(ctx, func(tx *bbolt.Tx) error {
		b := tx.Bucket(episodeBucket)
		for k := range withPrefix(b, nil) {
			var e Episode
			if _, err := get(b, k, &e); err != nil {
				return err
			}
			if e.Crossing != nil {
				all = append(all, e)
			}
		}
		return nil
	})
	return all, err
}

// waitingCrossings is 1 if anything waits for its window: it will be one mail.
func waitingCrossings(tx *bbolt.Tx) (int, error) {
	b := tx.Bucket(episodeBucket)
	for k := range withPrefix(b, nil) {
		var e Episode
		if _, err := get(b, k, &e); err != nil {
			return 0, err
		}
		if e.Crossing != nil {
			return 1, nil
		}
	}
	return 0, nil
}

// An AlertStep is one step of the low-stock judge.
type AlertStep struct {
	Cursor   EventID   // the last event that was judged; 0 leaves the cursor
	Episodes []Episode // as they are now; one without a severity is closed
	Mails    []Mail    // to queue
}

// FinishAlerts commits a step of the judge: the cursor, the episodes and the mails together, so that dying
// at any moment neither repeats nor loses one. A mail whose key was queued before is not queued again.
func (db *DB) FinishAlerts(ctx context.Context, s AlertStep) error {
	return db.update(ctx, func(tx *bbolt.Tx) error {
		if s.Cursor != 0 {
			if err := tx.Bucket(cursorBucket).Put([]byte(alertsConsumer), idKey(s.Cursor)); err != nil {
				return err
			}
		}
		for _, e := range s.Episodes {
			b, key := tx.Bucket(episodeBucket), idKey(e.Item)
			var err error
			if e.Severity == "" {
				err = b.Delete(key)
			} else {
				err = put(b, key, e)
			}
			if err != nil {
				return err
			}
		}
		for _, m := range s.Mails {
			if err := db.queueMail(tx, m); err != nil {
				return err
			}
		}
		return nil
	})
}
