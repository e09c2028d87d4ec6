package store

import (
	"context"
	"slices"
	"time"

	"go.etcd.io/bbolt"
)

// A CloseoutState says whether anybody said what came back from a job that was closed.
type CloseoutState string

const (
	CloseoutOpen    CloseoutState = "open"
	CloseoutSettled CloseoutState = "settled"
)

// A Closeout is the question what came back from a closed job.
type Closeout struct {
	State    CloseoutState // "": the job was never closed with something out
	Since    time.Time     // when it was asked
	Reopened bool          // the job goes on at Jobber
	At       time.Time     // when it was settled
	By       Actor
}

type closeoutRecord struct {
	State    CloseoutState `json:"state"`
	Since    time.Time     `json:"since"`
	Reopened bool          `json:"reopened,omitempty"`
	At       time.Time     `json:"at,omitzero"`
	By       Actor         `json:"by,omitzero"`
	Request  string        `json:"request,omitempty"` // the act that settled it
}

func (r closeoutRecord) closeout() Closeout {
	return Closeout{State: r.State, Since: r.Since, Reopened: r.Reopened, At: r.At, By: r.By}
}

func getCloseout(tx *bbolt.Tx, job JobID) (closeoutRecord, error) {
	var r closeoutRecord
	_, err := get(tx.Bucket(closeoutBucket), idKey(job), &r)
	return r, err
}

func putCloseout(tx *bbolt.Tx, job JobID, r closeoutRecord) error {
	old, err := getCloseout(tx, job)
	if err != nil {
		return err
	}
	if old.State == CloseoutOpen {
		if err := tx.Bucket(closeoutOpen).Delete(timeKey(old.Since, job)); err != nil {
			return err
		}
	}
	if r.State == CloseoutOpen {
		if err := tx.Bucket(closeoutOpen).Put(timeKey(r.Since, job), nil); err != nil {
			return err
		}
	}
	return put(tx.Bucket(closeoutBucket), idKey(job), r)
}

// foldCloseout asks what came back when a job is closed, and asks again when it goes on.
func (db *DB) foldCloseout(tx *bbolt.Tx, job JobID, was, is JobState) error {
	r, err := getCloseout(tx, job)
	switch {
	case err != nil || was == is:
		return err
	case was == JobClosed && is == JobOpen && r.State != "":
		r.State, r.Reopened, r.At, r.By, r.Request = CloseoutOpen, true, time.Time{}, Actor{}, ""
		if r.Since.IsZero() {
			r.Since = db.Now()
		}
		return putCloseout(tx, job, r)
	case is != JobClosed || !anythingOut(tx, job):
		return nil
	}
	now := closeoutRecord{State: CloseoutOpen, Since: db.Now()}
	switch closeoutMode(tx) {
	case CloseoutIgnore:
		return nil
	case CloseoutUsed:
		now.State, now.At, now.By = CloseoutSettled, now.Since, Actor{Name: jobberName}
	}
	return putCloseout(tx, job, now)
}

// anythingOut reports whether a job has something that did not come back.
func anythingOut(tx *bbolt.Tx, job JobID) bool {
	for _, v := range withPrefix(tx.Bucket(issuedBucket), idKey(job)) {
		if qtyOf(v) > 0 {
			return true
		}
	}
	return false
}

// settleCloseout notes who said what came back.
func (db *DB) settleCloseout(tx *bbolt.Tx, job JobID, by Actor, request string) error {
	r, err := getCloseout(tx, job)
	if err != nil || r.State != CloseoutOpen {
		return err
	}
	r.State, r.At, r.By, r.Request = CloseoutSettled, db.Now(), by, request
	return putCloseout(tx, job, r)
}

// unsettleCloseout asks again when the act that settled it is undone.
func unsettleCloseout(tx *bbolt.Tx, job JobID, request string) error {
	r, err := getCloseout(tx, job)
	if err != nil || r.State != CloseoutSettled || r.Request != request || request == "" {
		return err
	}
	r.State, r.At, r.By, r.Request = CloseoutOpen, time.Time{}, Actor{}, ""
	return putCloseout(tx, job, r)
}

// AskAgain opens the question what came back from a job once more. It fails with [NotFound], and with
// [Conflict] when it was never asked.
func (db *DB) AskAgain(ctx context.Context, job JobID) error {
	return db.update(ctx, func(tx *bbolt.Tx) error {
		j, err := getJob(tx, job)
		if err != nil {
			return err
		}
		r, err := getCloseout(tx, job)
		if err != nil {
			return err
		}
		if r.State == "" {
			return Errorf(Conflict, "Job #%d was never closed with something out.", j.Number)
		}
		return putCloseout(tx, job, closeoutRecord{State: CloseoutOpen, Since: r.Since, Reopened: r.Reopened})
	})
}

// A CloseoutCard is a job of which nobody said yet what came back.
type CloseoutCard struct {
	Job JobHead
	Closeout
	Lines int // materials that are out
}

// A CloseoutPage is one page of the cards, and how many there are.
type CloseoutPage struct {
	Cards []CloseoutCard
	Total int
	Page  int
	Pages int // at least 1
}

// Closeouts returns a page of the cards, the newest first. A page past the end is the last one.
func (db *DB) Closeouts(ctx context.Context, page, size int) (CloseoutPage, error) {
	var all CloseoutPage
	err := db.view(ctx, func(tx *bbolt.Tx) (err error) {
		all, err = closeoutsOf(tx, page, size)
		return err
	})
	return all, err
}

func closeoutsOf(tx *bbolt.Tx, page, size int) (CloseoutPage, error) {
	var all CloseoutPage
	ids := jobIDs(withPrefix(tx.Bucket(closeoutOpen), nil))
	slices.Reverse(ids)
	from, to := pageOf(page, size, len(ids), &all.Page, &all.Pages)
	all.Total = len(ids)
	for _, id := range ids[from:to] {
		j, err := getJob(tx, id)
		if err != nil {
			return all, err
		}
		r, err := getCloseout(tx, id)
		if err != nil {
			return all, err
		}
		all.Cards = append(all.Cards, CloseoutCard{Job: j.head(id), Closeout: r.closeout(), Lines: outLines(tx, id)})
	}
	return all, nil
}

// outLines counts the items that are out on a job.
func outLines(tx *bbolt.Tx, job JobID) int {
	out := map[ItemID]Qty{}
	for k, v := range withPrefix(tx.Bucket(issuedBucket), idKey(job)) {
		out[secondID[ItemID](k)] += qtyOf(v)
	}
	n := 0
	for _, q := range out {
		if q > 0 {
			n++
		}
	}
	return n
}

// closeouts expects the cards that are open.
func (c *checker) closeouts() error {
	for k := range withPrefix(c.tx.Bucket(closeoutBucket), nil) {
		id := firstID[JobID](k)
		r, err := getCloseout(c.tx, id)
		if err != nil {
			return err
		}
		if _, err := getJob(c.tx, id); err != nil {
			c.bad("closeouts: job %v is gone", id)
		}
		if r.State == CloseoutOpen {
			c.expect(closeoutOpen, timeKey(r.Since, id), nil)
		}
	}
	return nil
}
