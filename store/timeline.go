package store

import (
	"context"
	"strings"
	"time"

	"go.etcd.io/bbolt"
)

// A SyncSource is what a line of a job's timeline came from.
type SyncSource string

const (
	SourceFirstSync SyncSource = "first_sync"
	SourceSweep     SyncSource = "sweep"
	SourceWebhook   SyncSource = "webhook"
	SourceManual    SyncSource = "manual" // somebody asked for this one job
	SourceMatch     SyncSource = "match"  // not Jobber: an answer or an item here settled what a line is
)

// A SyncResult says what came of it.
type SyncResult string

const (
	SyncCreated SyncResult = "created"
	SyncChanged SyncResult = "changed"
	SyncSame    SyncResult = "same"    // nothing that counts here was new
	SyncGone    SyncResult = "gone"    // Jobber does not have the job
	SyncRefused SyncResult = "refused" // what Jobber said could not be taken over; Note says why
)

// A SyncEntry is one line of a job's timeline: what came, what Jobber said, and what it changed here.
// It is written in the transaction of the change. What came several times in a row and brought nothing
// new is one entry with a count.
type SyncEntry struct {
	ID     SyncID         `json:"-"`
	Job    JobID          `json:"job"`
	At     time.Time      `json:"at"` // UTC; of several the last
	From   SyncCause      `json:"from"`
	Result SyncResult     `json:"result"`
	Times  int            `json:"times,omitempty"` // how often in a row; 0 and 1 mean once
	Since  time.Time      `json:"since,omitzero"`  // the first of several
	Note   string         `json:"note,omitempty"`
	Said   Said           `json:"said,omitzero"`
	Fields []FieldChange  `json:"fields,omitempty"`
	Lines  []LineChange   `json:"lines,omitempty"`
	Demand []DemandChange `json:"demand,omitempty"`
	More   int            `json:"more,omitempty"` // changes that are left out
}

// Said is what Jobber said of the job, in short.
type Said struct {
	Status    string    `json:"status,omitempty"` // its own word
	StartAt   time.Time `json:"start_at,omitzero"`
	UpdatedAt time.Time `json:"updated_at,omitzero"`
	Lines     int       `json:"lines,omitempty"`
	Visits    int       `json:"visits,omitempty"`
}

const (
	jobEntries = 40     // of one job; the oldest go
	allEntries = 20_000 // of all jobs; the oldest go
)

// noteSync adds to a job's timeline what led from old to r.
func (db *DB) noteSync(tx *bbolt.Tx, id JobID, old, r jobRecord, from SyncCause) error {
	e := SyncEntry{Job: id, At: db.Now(), From: from, Result: SyncChanged, Said: r.said()}
	e.compare(old, r)
	switch {
	case old.Remote == "":
		e.Result = SyncCreated
	case r.State == JobDeleted && old.State != JobDeleted:
		e.Result = SyncGone
	case len(e.Fields)+len(e.Lines)+len(e.Demand) == 0:
		e.Result = SyncSame
	}
	return addEntry(tx, e)
}

func (r jobRecord) said() Said {
	s := Said{Status: r.Status, StartAt: r.StartAt, UpdatedAt: r.UpdatedAt, Visits: len(r.Visits)}
	for _, l := range r.Lines {
		if !l.Removed {
			s.Lines++
		}
	}
	return s
}

// JobRefused notes in a job's timeline that what Jobber said of it could not be taken over; why is a
// sentence. The job stays as it was. One that is not here has no timeline, and that is no error.
func (db *DB) JobRefused(ctx context.Context, cause SyncCause, account, remote, why string) error {
	return db.update(ctx, func(tx *bbolt.Tx) error {
		v := tx.Bucket(jobRemote).Get(remoteKey(account, remote))
		if v == nil {
			return nil
		}
		return addEntry(tx, SyncEntry{Job: firstID[JobID](v), At: db.Now(), From: cause, Result: SyncRefused, Note: why})
	})
}

// addEntry writes an entry, or counts it in the newest of its job, and drops what is too old. A request
// that is noted already is not noted again.
func addEntry(tx *bbolt.Tx, e SyncEntry) error {
	if _, noted, err := requestedEntry(tx, e.Job, e.From.Request); err != nil || noted {
		return err
	}
	last, ok, err := lastEntry(tx, e.Job)
	if err != nil {
		return err
	}
	if ok && last.Result == e.Result && last.Note == e.Note && (e.Result == SyncSame || e.Result == SyncRefused) {
		e.ID, e.Times, e.Since = last.ID, max(last.Times, 1)+1, last.Since
		if e.Since.IsZero() {
			e.Since = last.At
		}
	} else if e.ID, err = next[SyncID](tx.Bucket(timelineBucket)); err != nil {
		return err
	}
	e.clip()
	if err := put(tx.Bucket(timelineBucket), idKey(e.ID), e); err != nil {
		return err
	}
	if err := addKey(tx.Bucket(timelineJob), pairKey(e.Job, e.ID), nil); err != nil {
		return err
	}
	return trimTimeline(tx, e.Job)
}

// lastEntry returns the newest entry of a job, and whether there is one.
func lastEntry(tx *bbolt.Tx, job JobID) (SyncEntry, bool, error) {
	for k := range backFrom(tx.Bucket(timelineJob), idKey(job), idKey(job+1)) {
		e, err := getEntry(tx, secondID[SyncID](k))
		return e, err == nil, err
	}
	return SyncEntry{}, false, nil
}

func getEntry(tx *bbolt.Tx, id SyncID) (SyncEntry, error) {
	var e SyncEntry
	ok, err := get(tx.Bucket(timelineBucket), idKey(id), &e)
	if err == nil && !ok {
		err = Errorf(NotFound, "This line of the timeline is gone.")
	}
	e.ID = id
	return e, err
}

// trimTimeline drops the oldest entries of a job that has too many, and the oldest of all.
func trimTimeline(tx *bbolt.Tx, job JobID) error {
	all, byJob := tx.Bucket(timelineBucket), tx.Bucket(timelineJob)
	var mine []SyncID
	for k := range withPrefix(byJob, idKey(job)) {
		mine = append(mine, secondID[SyncID](k))
	}
	for _, id := range mine[:max(0, len(mine)-jobEntries)] {
		if err := dropEntry(tx, job, id); err != nil {
			return err
		}
	}
	for byJob.Sequence() > allEntries {
		k, _ := all.Cursor().First()
		e, err := getEntry(tx, firstID[SyncID](k))
		if err == nil {
			err = dropEntry(tx, e.Job, e.ID)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func dropEntry(tx *bbolt.Tx, job JobID, id SyncID) error {
	if err := dropKey(tx.Bucket(timelineJob), pairKey(job, id)); err != nil {
		return err
	}
	return tx.Bucket(timelineBucket).Delete(idKey(id))
}

const (
	entryChanges = 30  // of each sort in one entry
	entryText    = 160 // bytes of one text in it
)

// clip bounds the entry: a job with a thousand lines is no entry of a megabyte.
func (e *SyncEntry) clip() {
	cut := func(n int) int { return min(n, entryChanges) }
	e.More += len(e.Fields) + len(e.Lines) + len(e.Demand)
	e.Fields, e.Lines, e.Demand = e.Fields[:cut(len(e.Fields))], e.Lines[:cut(len(e.Lines))], e.Demand[:cut(len(e.Demand))]
	e.More -= len(e.Fields) + len(e.Lines) + len(e.Demand)
	for i := range e.Fields {
		e.Fields[i].Old, e.Fields[i].New = shorten(e.Fields[i].Old), shorten(e.Fields[i].New)
	}
	for i := range e.Lines {
		e.Lines[i].Name, e.Lines[i].Was = shorten(e.Lines[i].Name), shorten(e.Lines[i].Was)
	}
	e.Said.Status, e.Note = shorten(e.Said.Status), shorten(e.Note)
	e.From.Topic, e.From.By = shorten(e.From.Topic), shorten(e.From.By)
}

// shorten is s on one line, cut to what an entry holds of a text.
func shorten(s string) string {
	if s = oneLine(s); len(s) <= entryText {
		return s
	}
	return strings.ToValidUTF8(s[:entryText], "") + "…"
}
