package store

import (
	"bytes"
	"context"
	"encoding/json"
	"time"

	"go.etcd.io/bbolt"
)

// A SnapshotLine is one line of a job as Jobber tells it.
type SnapshotLine struct {
	Remote      string // Jobber's id of the line
	Name        string
	Description string
	Qty         Qty
	Category    Category
	Product     string // Jobber's id of the linked product; "" for none
	ProductName string
	ProductSKU  string // from the product's custom field, if it has one
	UnitPrice   Money
}

// A JobSnapshot is a job as Jobber tells it. Of a visit-billed job the quantities are the visits', added up for each line.
type JobSnapshot struct {
	Account, Remote                                 string // Jobber's ids of the account and the job
	Number                                          int
	Title, Instructions, Status, Type, Billing, URL string
	Client                                          Client
	Address                                         Address
	StartAt, EndAt, CompletedAt                     time.Time // zero: none
	CreatedAt, UpdatedAt                            time.Time
	Closed                                          bool
	Lines                                           []SnapshotLine
	Visits                                          []Visit
}

// Applied says what became of a snapshot.
type Applied struct {
	Job     JobID
	Created bool
	Changed bool // or created
	Told    bool // of its changes there is one that Jobber sends a webhook of for certain
}

// jobberName is who acts when Jobber's facts change ours.
const jobberName = "Jobber"

// ApplyJobs takes over what Jobber says of some jobs, in one commit. What the warehouse did for them stays
// as it is. A snapshot that says nothing new is not written, but noted in the job's timeline if it was asked for.
//
// What follows here from what the office does at Jobber:
//
//	a job is closed        it needs nothing more and holds nothing back; what is out can come back
//	re-opened              it needs again what its lines ask for, less what was taken
//	deleted                as closed, and marked deleted; what was issued on it stays issued. No sweep lists what is
//	                       gone: a webhook tells of it, the daily look at all jobs, or whoever asks for the job
//	rescheduled            it stands on its new days, and holds stock back by the new date
//	its client renamed     open jobs bear the new name; closed ones keep the name they were done under. Jobber does not
//	                       count them as changed: without a webhook each has it at its next change
//	its address changed    likewise
//	a line is removed      the line is marked removed and asks for nothing; what was issued on it stays issued
//	a line is replaced     the old is removed, the new asks; of the same item, what was issued counts for the new
//	a quantity is changed  the job needs that much; 0 and less than nothing are no demand, and none of a kind is 1
//	a line of text         it waits for an answer, and is no demand until there is one
//	lines of visits        of a visit-billed job they alone are demand, added up for each line of the job
func (db *DB) ApplyJobs(ctx context.Context, cause SyncCause, snaps []JobSnapshot) ([]Applied, error) {
	applied := make([]Applied, len(snaps))
	news := false
	err := db.view(ctx, func(tx *bbolt.Tx) error { // most sweeps bring no news; they need no commit
		for i, s := range snaps {
			id, old, r, err := merge(tx, s)
			if err != nil {
				return err
			}
			same, err := sameJob(old, r)
			if err != nil {
				return err
			}
			applied[i] = Applied{Job: id}
			news = news || id == 0 || !same || cause.asked()
		}
		return nil
	})
	if err != nil || !news {
		return applied, err
	}
	err = db.update(ctx, func(tx *bbolt.Tx) error {
		for i, s := range snaps {
			var err error
			if applied[i], err = db.applyJob(tx, cause, s); err != nil {
				return err
			}
		}
		return nil
	})
	return applied, err
}

func (db *DB) applyJob(tx *bbolt.Tx, cause SyncCause, s JobSnapshot) (Applied, error) {
	id, old, r, err := merge(tx, s)
	if err != nil {
		return Applied{}, err
	}
	created := id == 0
	if same, err := sameJob(old, r); err != nil || same && !created {
		if err == nil && cause.asked() {
			err = db.noteSync(tx, id, old, r, cause)
		}
		return Applied{Job: id}, err
	}
	if created {
		if id, err = next[JobID](tx.Bucket(jobBucket)); err != nil {
			return Applied{}, err
		}
	}
	for i := range r.Lines {
		if r.Lines[i].ID != 0 {
			continue
		}
		if r.Lines[i].ID, err = next[LineID](tx.Bucket(lineBucket)); err != nil {
			return Applied{}, err
		}
	}
	if err := db.saveJob(tx, id, old, r, cause.cause(), jobberName); err != nil {
		return Applied{}, err
	}
	return Applied{Job: id, Created: created, Changed: true, Told: created || told(old, r)}, db.noteSync(tx, id, old, r, cause)
}

// told reports whether the change from old to r is one that Jobber sends a job's webhook of for certain. Of
// an edit of lines, of visits and of the client's name it is not known.
func told(old, r jobRecord) bool {
	return old.State != r.State || old.Title != r.Title || old.Instructions != r.Instructions
}

// saveJob writes a job over its old record, with its indexes, its demand, its event and the levels it moves.
func (db *DB) saveJob(tx *bbolt.Tx, id JobID, old, r jobRecord, cause Cause, by string) error {
	r.SyncedAt = db.Now()
	for _, e := range jobKeys(id, old) {
		if err := tx.Bucket(e[0]).Delete(e[1]); err != nil {
			return err
		}
	}
	for _, e := range jobKeys(id, r) {
		if err := tx.Bucket(e[0]).Put(e[1], e[2]); err != nil {
			return err
		}
	}
	if err := put(tx.Bucket(jobBucket), idKey(id), r); err != nil {
		return err
	}
	if err := emit(tx, Event{Kind: JobChanged, At: r.SyncedAt, Job: id}); err != nil {
		return err
	}
	if old.Foreign == r.Foreign { // put aside is not closed: nobody comes back from it
		if err := db.foldCloseout(tx, id, old.State, r.State); err != nil {
			return err
		}
	}
	for _, item := range union(old.items(), r.items()) {
		if err := foldDemand(tx, id, r, item); err != nil {
			return err
		}
		why := levelCause{At: r.SyncedAt, Cause: cause, By: by, Job: id}
		it, err := getItem(tx, item)
		if err != nil {
			return err
		}
		if err := db.judgeLevel(tx, it, why); err != nil {
			return err
		}
	}
	return nil
}

// sameJob reports whether two records say the same. When they were written does not count.
func sameJob(a, b jobRecord) (bool, error) {
	a.SyncedAt, b.SyncedAt = time.Time{}, time.Time{}
	x, err := json.Marshal(a)
	if err != nil {
		return false, err
	}
	y, err := json.Marshal(b)
	return bytes.Equal(x, y), err
}

// merge lays a snapshot over what is here: the job's id (0: it is new), the record as it was,
// and as it is to be. New lines have no id yet.
func merge(tx *bbolt.Tx, s JobSnapshot) (JobID, jobRecord, jobRecord, error) {
	var id JobID
	var old jobRecord
	if v := tx.Bucket(jobRemote).Get(remoteKey(s.Account, s.Remote)); v != nil {
		id = firstID[JobID](v)
		var err error
		if old, err = getJob(tx, id); err != nil {
			return 0, old, old, err
		}
	}
	r := jobRecord{Account: s.Account, Remote: s.Remote, Number: s.Number, Title: s.Title,
		Instructions: s.Instructions, Status: s.Status, Type: s.Type, Billing: s.Billing, URL: s.URL,
		State: JobOpen, Client: s.Client, Address: s.Address, StartAt: utc(s.StartAt), EndAt: utc(s.EndAt),
		CompletedAt: utc(s.CompletedAt), CreatedAt: utc(s.CreatedAt), UpdatedAt: utc(s.UpdatedAt), SyncedAt: old.SyncedAt}
	if s.Closed {
		r.State = JobClosed
	}
	if old.Foreign != "" { // nobody is connected who could say so; it stays aside
		r.State, r.Foreign = JobClosed, r.State
	}
	for _, v := range s.Visits {
		v.StartAt, v.EndAt = utc(v.StartAt), utc(v.EndAt)
		r.Visits = append(r.Visits, v)
	}
	lines, err := mergeLines(tx, old.Lines, s)
	r.Lines = lines
	return id, old, r, err
}

// utc is t as it is stored: in UTC, to the second, as Jobber tells times. A year that JSON cannot
// hold is no date.
func utc(t time.Time) time.Time {
	if t = t.UTC(); t.IsZero() || t.Year() < 0 || t.Year() > 9999 {
		return time.Time{}
	}
	return t.Truncate(time.Second)
}

// mergeLines keeps the ids of lines that are still there and marks those that are not as removed.
func mergeLines(tx *bbolt.Tx, old []lineRecord, s JobSnapshot) ([]lineRecord, error) {
	ids := map[string]LineID{}
	for _, l := range old {
		ids[l.Remote] = l.ID
	}
	var ls []lineRecord
	here := map[string]bool{}
	for _, sl := range s.Lines {
		if here[sl.Remote] {
			continue // the same line twice would be demand twice
		}
		here[sl.Remote] = true
		l := lineRecord{ID: ids[sl.Remote], Remote: sl.Remote, Name: sl.Name, Description: sl.Description, Qty: sl.Qty,
			Category: sl.Category, Product: sl.Product, ProductName: sl.ProductName, ProductSKU: sl.ProductSKU,
			UnitPrice: sl.UnitPrice}
		if err := l.match(tx); err != nil {
			return nil, err
		}
		ls = append(ls, l)
	}
	for _, l := range old {
		if !here[l.Remote] {
			l.Removed = true
			ls = append(ls, l)
		}
	}
	return ls, nil
}

func union(a, b []ItemID) []ItemID {
	all := append([]ItemID(nil), a...)
	for _, id := range b {
		if !containsItem(all, id) {
			all = append(all, id)
		}
	}
	return all
}

// JobDeleted marks the job Jobber no longer has. What was issued to it stays issued; nothing more is
// held back for it. A job that never was here is no error.
func (db *DB) JobDeleted(ctx context.Context, cause SyncCause, account, remote string) error {
	return db.update(ctx, func(tx *bbolt.Tx) error {
		v := tx.Bucket(jobRemote).Get(remoteKey(account, remote))
		if v == nil {
			return nil
		}
		id := firstID[JobID](v)
		old, err := getJob(tx, id)
		if err != nil {
			return err
		}
		r := old
		r.State, r.Foreign = JobDeleted, ""
		if old.State != JobDeleted {
			err = db.saveJob(tx, id, old, r, cause.cause(), jobberName)
		} else if !cause.asked() {
			return nil
		}
		if err != nil {
			return err
		}
		return db.noteSync(tx, id, old, r, cause)
	})
}
