package store

import (
	"context"
	"slices"
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

// A Scope is what is judged: an item in total, or at one place that has a minimum of its own.
type Scope struct {
	Item  ItemID  `json:"item"`
	Place PlaceID `json:"place,omitempty"` // 0: in total
}

func (s Scope) key() []byte {
	if s.Place == 0 {
		return idKey(s.Item)
	}
	return pairKey(s.Item, s.Place)
}

// A Crossing is an item falling below its minimum, or to nothing, as it was when it did.
type Crossing struct {
	Item      ItemID     `json:"item"`
	Place     PlaceID    `json:"place,omitempty"` // that has a minimum of its own; 0: the item in total
	Severity  Severity   `json:"severity"`
	Was       Severity   `json:"was,omitempty"` // when it was queued, once its figures are newer than that
	Event     EventID    `json:"event"`         // that crossed
	At        time.Time  `json:"at"`
	Due       time.Time  `json:"due"` // when people are to be told
	Available Qty        `json:"available"`
	OnHand    Qty        `json:"on_hand"`
	Allocated Qty        `json:"allocated"`
	Held      Qty        `json:"held,omitempty"` // by how much more jobs held after it; 0: nobody knows
	Minimum   Qty        `json:"minimum"`
	Par       Qty        `json:"par,omitempty"` // with Place: the place's own
	OnOrder   Qty        `json:"on_order,omitempty"`
	Expected  time.Time  `json:"expected,omitzero"` // what is on order; zero: nobody knows
	Back      bool       `json:"back,omitempty"`    // at its minimum again by the time it was told
	New       bool       `json:"new,omitempty"`     // in a digest: it was not in the one before
	By        string     `json:"by"`
	Job       JobID      `json:"job,omitempty"`
	Movement  MovementID `json:"movement,omitempty"`
}

// Scope is what crossed.
func (c Crossing) Scope() Scope { return Scope{c.Item, c.Place} }

// An Episode is the time from an item's falling below its minimum until it is back. What stays of one that is over
// is when people last heard of it.
type Episode struct {
	Item     ItemID    `json:"item"`
	Place    PlaceID   `json:"place,omitempty"`    // 0: the item in total
	Severity Severity  `json:"severity,omitempty"` // the worst that was dealt with, or waits to be; "": it is over
	OpenedAt time.Time `json:"opened_at,omitzero"`
	Crossing *Crossing `json:"crossing,omitempty"` // waits to be told
	ToldAt   time.Time `json:"told_at,omitzero"`   // the last message at once, of this episode or an earlier one
	Posted   bool      `json:"posted,omitempty"`   // the inbox in the app has this episode
}

// Scope is what the episode is of.
func (e Episode) Scope() Scope { return Scope{e.Item, e.Place} }

// over reports whether nothing is left to know of it.
func (e Episode) over() bool { return e.Severity == "" && e.ToldAt.IsZero() }

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

// Episode returns the episode of an item, or of an item at a place; the zero Episode of it if there never was one.
func (db *DB) Episode(ctx context.Context, of Scope) (Episode, error) {
	e := Episode{Item: of.Item, Place: of.Place}
	err := db.view(ctx, func(tx *bbolt.Tx) error {
		_, err := get(tx.Bucket(episodeBucket), of.key(), &e)
		return err
	})
	return e, err
}

// Episodes returns every episode, those that are over too, by item and then by place.
func (db *DB) Episodes(ctx context.Context) ([]Episode, error) {
	var all []Episode
	err := db.view(ctx, func(tx *bbolt.Tx) (err error) {
		all, err = episodes(tx)
		return err
	})
	return all, err
}

func episodes(tx *bbolt.Tx) ([]Episode, error) {
	var all []Episode
	b := tx.Bucket(episodeBucket)
	for k := range withPrefix(b, nil) {
		var e Episode
		if _, err := get(b, k, &e); err != nil {
			return nil, err
		}
		all = append(all, e)
	}
	return all, nil
}

// WaitingCrossings returns the episodes of which people are still to be told, by item and then by place.
func (db *DB) WaitingCrossings(ctx context.Context) ([]Episode, error) {
	all, err := db.Episodes(ctx)
	return slices.DeleteFunc(all, func(e Episode) bool { return e.Crossing == nil }), err
}

// waitingCrossings is 1 if anything waits for its window: it will be one mail.
func waitingCrossings(tx *bbolt.Tx) (int, error) {
	b := tx.Bucket(episodeBucket)
	for k := range withPrefix(b, nil) {
		var e Episode
		if _, err := get(b, k, &e); err != nil || e.Crossing != nil {
			return 1, err
		}
	}
	return 0, nil
}

// An AlertStep is one step of the low-stock judge.
type AlertStep struct {
	Cursor   EventID     // the last event that was judged; 0 leaves the cursor
	Episodes []Episode   // as they are now; one of which nothing is left to know goes
	Mails    []Mail      // to queue
	News     []News      // for the inbox in the app; their ids and times are given here
	Digest   *DigestMark // nil leaves it
}

// FinishAlerts commits a step of the judge: the cursor, the episodes, the mails and the mark of the digest together, so that dying
// at any moment neither repeats nor loses one. A mail whose key was queued before is not queued again.
func (db *DB) FinishAlerts(ctx context.Context, s AlertStep) error {
	return db.update(ctx, func(tx *bbolt.Tx) error {
		if s.Cursor != 0 {
			if err := tx.Bucket(cursorBucket).Put([]byte(alertsConsumer), idKey(s.Cursor)); err != nil {
				return err
			}
			if err := db.dropEvents(tx, s.Cursor); err != nil {
				return err
			}
		}
		for _, e := range s.Episodes {
			b, key := tx.Bucket(episodeBucket), e.Scope().key()
			var err error
			if e.over() {
				err = b.Delete(key)
			} else {
				err = put(b, key, e)
			}
			if err != nil {
				return err
			}
		}
		if err := db.postNews(tx, s.News); err != nil {
			return err
		}
		for _, m := range s.Mails {
			if err := db.queueMail(tx, m); err != nil {
				return err
			}
		}
		if s.Digest == nil {
			return nil
		}
		return put(tx.Bucket(settingBucket), []byte(digestKey), *s.Digest)
	})
}
