package store

import (
	"context"

	"go.etcd.io/bbolt"
)

// A Timeline is what is known of how a job came to be as it is here.
type Timeline struct {
	Job
	Lines   []LineReason
	Entries []SyncEntry // newest first, at most 40
	Items   map[ItemID]Item
}

// A LineReason says of a line what it asks of the stock, and why.
type LineReason struct {
	ID      LineID
	Name    string // as Jobber says
	Asked   Qty    // Jobber's quantity
	Removed bool
	Kit     string     // the kit that it is; "" for none
	Needs   []LineNeed // each item that it is; none while the job is not open
	Why     string     // a sentence
}

// A LineNeed is how much of an item is needed, in the item's unit.
type LineNeed struct {
	Item ItemID
	Qty  Qty
}

// Timeline returns a job's timeline, with the items that it names. It fails with [NotFound].
func (db *DB) Timeline(ctx context.Context, id JobID) (Timeline, error) {
	var t Timeline
	err := db.view(ctx, func(tx *bbolt.Tx) error {
		r, err := getJob(tx, id)
		if err != nil {
			return err
		}
		t = Timeline{Job: r.job(id), Items: map[ItemID]Item{}}
		for _, l := range r.Lines {
			reason := LineReason{ID: l.ID, Name: l.Name, Asked: l.Qty, Removed: l.Removed, Kit: l.KitName, Why: r.why(l)}
			for _, p := range l.parts() {
				if q := l.required(p.Item); r.State == JobOpen && q > 0 {
					reason.Needs = append(reason.Needs, LineNeed{p.Item, q})
				}
				if err := addItem(tx, t.Items, p.Item); err != nil {
					return err
				}
			}
			t.Lines = append(t.Lines, reason)
		}
		for k := range backFrom(tx.Bucket(timelineJob), idKey(id), idKey(id+1)) {
			e, err := getEntry(tx, secondID[SyncID](k))
			if err != nil {
				return err
			}
			t.Entries = append(t.Entries, e)
			if err := itemsOf(tx, t.Items, e); err != nil {
				return err
			}
		}
		return nil
	})
	return t, err
}

// A SyncLog is a page of the timelines of all jobs.
type SyncLog struct {
	Entries []SyncEntry // newest first
	Jobs    map[JobID]JobHead
	Items   map[ItemID]Item
	More    bool // there are older ones
}

// SyncLog returns up to limit entries of all jobs' timelines that are older than before; 0 is the newest on.
func (db *DB) SyncLog(ctx context.Context, before SyncID, limit int) (SyncLog, error) {
	if before == 0 {
		before = ^SyncID(0)
	}
	var s SyncLog
	err := db.view(ctx, func(tx *bbolt.Tx) error {
		s = SyncLog{Jobs: map[JobID]JobHead{}, Items: map[ItemID]Item{}}
		for k := range backFrom(tx.Bucket(timelineBucket), nil, idKey(before)) {
			if len(s.Entries) == limit {
				s.More = true
				break
			}
			e, err := getEntry(tx, firstID[SyncID](k))
			if err != nil {
				return err
			}
			r, err := getJob(tx, e.Job)
			if err != nil {
				return err
			}
			s.Entries, s.Jobs[e.Job] = append(s.Entries, e), r.head(e.Job)
			if err := itemsOf(tx, s.Items, e); err != nil {
				return err
			}
		}
		return nil
	})
	return s, err
}

// SyncOf returns the entry of a job that a request of somebody's led to, and whether there is one.
func (db *DB) SyncOf(ctx context.Context, job JobID, request string) (e SyncEntry, ok bool, err error) {
	err = db.view(ctx, func(tx *bbolt.Tx) (err error) {
		e, ok, err = requestedEntry(tx, job, request)
		return err
	})
	return e, ok, err
}

func requestedEntry(tx *bbolt.Tx, job JobID, request string) (SyncEntry, bool, error) {
	if request == "" {
		return SyncEntry{}, false, nil
	}
	for k := range backFrom(tx.Bucket(timelineJob), idKey(job), idKey(job+1)) {
		e, err := getEntry(tx, secondID[SyncID](k))
		if err != nil || e.From.Request == request {
			return e, err == nil, err
		}
	}
	return SyncEntry{}, false, nil
}

func itemsOf(tx *bbolt.Tx, items map[ItemID]Item, e SyncEntry) error {
	for _, d := range e.Demand {
		if err := addItem(tx, items, d.Item); err != nil {
			return err
		}
	}
	return nil
}

func addItem(tx *bbolt.Tx, items map[ItemID]Item, id ItemID) (err error) {
	if _, seen := items[id]; id != 0 && !seen {
		items[id], err = getItem(tx, id)
	}
	return err
}
