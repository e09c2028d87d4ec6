package store

import (
	"context"
	"time"

	"go.etcd.io/bbolt"
)

// An EventKind says what happened.
type EventKind string

const (
	ItemChanged  EventKind = "item_changed"  // an item was made, changed or archived
	JobChanged   EventKind = "job_changed"   // a job came, changed or went
	LevelChanged EventKind = "level_changed" // how much there is of an item that was or is low, or how that is judged
	SpotChanged  EventKind = "spot_changed"  // the same of an item at one place that has a minimum of its own
	ItemsCame    EventKind = "items_came"    // a file of items was imported
)

// A Cause says what sort of thing changed a level; it decides whether people are told.
type Cause string

const (
	CauseAct     Cause = "act"     // someone moved stock
	CauseSync    Cause = "sync"    // Jobber, or a match, changed what is allocated
	CauseOpening Cause = "opening" // new items, imports, first stock, changed minimums, the first sync: no crossing
)

// An Event is a fact other parts of the program act on. It is written in the transaction
// that made it true, so an event exists exactly when its change does.
type Event struct {
	ID       EventID    `json:"-"`
	Kind     EventKind  `json:"kind"`
	At       time.Time  `json:"at"`
	Item     ItemID     `json:"item,omitempty"`
	Job      JobID      `json:"job,omitempty"`
	Movement MovementID `json:"movement,omitempty"`
	Cause    Cause      `json:"cause,omitempty"` // with LevelChanged and SpotChanged, as all below
	By       string     `json:"by,omitempty"`    // with ItemsCame too
	Before   Level      `json:"before,omitzero"`
	After    Level      `json:"after,omitzero"`
	Minimum  Qty        `json:"minimum,omitempty"` // when it happened; 0 for what is archived
	Place    PlaceID    `json:"place,omitempty"`   // with SpotChanged: where; nothing is allocated there

	Imported []ImportTally `json:"imported,omitempty"` // with ItemsCame
}

// Scope is what the event's level is of.
func (ev Event) Scope() Scope { return Scope{ev.Item, ev.Place} }

// An ImportTally is the imported items of one category in numbers.
type ImportTally struct {
	Category string `json:"category,omitempty"`
	Items    int    `json:"items"`
	Out      int    `json:"out,omitempty"`
	Low      int    `json:"low,omitempty"` // and not out
}

// emit adds ev to the outbox.
func emit(tx *bbolt.Tx, ev Event) error {
	b := tx.Bucket(eventBucket)
	b.FillPercent = growing
	id, err := next[EventID](b)
	if err != nil {
		return err
	}
	return put(b, idKey(id), ev)
}

// EventsAfter returns up to limit events with ids above last, oldest first. Of those that were dropped it knows nothing.
func (db *DB) EventsAfter(ctx context.Context, last EventID, limit int) ([]Event, error) {
	var evs []Event
	err := db.view(ctx, func(tx *bbolt.Tx) (err error) {
		evs, err = eventsAfter(tx, last, limit)
		return err
	})
	return evs, err
}

func eventsAfter(tx *bbolt.Tx, last EventID, limit int) (evs []Event, err error) {
	c := tx.Bucket(eventBucket).Cursor()
	for k, v := c.Seek(idKey(last + 1)); k != nil && len(evs) < limit; k, v = c.Next() {
		var ev Event
		if err := decode(v, &ev); err != nil {
			return nil, err
		}
		ev.ID = firstID[EventID](k)
		evs = append(evs, ev)
	}
	return evs, nil
}

// Events are dropped once all who follow them are past: the judge of alerts, whose step drops them, and the search index. The
// newest stay, since a machine that loses its power can set the index back a little; an index that misses more is made anew.
const (
	eventsKept   = 1000
	eventsAtOnce = 5000 // one step drops no more: it holds up those who write
)

// dropEvents drops what the judge has judged and the index has taken in, the oldest first.
func (db *DB) dropEvents(tx *bbolt.Tx, judged EventID) error {
	past := min(judged, EventID(db.indexed.Load()))
	b := tx.Bucket(eventBucket)
	var gone [][]byte
	for k := range withPrefix(b, nil) {
		if firstID[EventID](k)+eventsKept > past || len(gone) == eventsAtOnce {
			break
		}
		gone = append(gone, k)
	}
	for _, k := range gone {
		if err := b.Delete(k); err != nil {
			return err
		}
	}
	return nil
}

// LastEvent returns the id of the newest event, zero if there never was one.
func (db *DB) LastEvent(ctx context.Context) (EventID, error) {
	var id EventID
	err := db.view(ctx, func(tx *bbolt.Tx) error {
		id = EventID(tx.Bucket(eventBucket).Sequence())
		return nil
	})
	return id, err
}
