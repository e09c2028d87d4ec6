package store

import (
	"bytes"
	"context"
	"iter"
	"slices"
	"time"

	"go.etcd.io/bbolt"
)

// A JobRow is a job in a list, with how its materials stand.
type JobRow struct {
	JobHead
	Tally  Tally
	Cells  []LineState // one for each stock line: issued, open, short, unmatched, in this order
	Shorts []Short
}

// A Short is what a job lacks of an item.
type Short struct {
	Item ItemID
	Name string
	Unit string
	Qty  Qty
}

// A JobFilter says which jobs to list. The first of Undated, Done, Deleted and All that is set decides;
// without any, it is open jobs that are on in [From, To).
type JobFilter struct {
	From, To time.Time // zero: without a bound
	Undated  bool      // open jobs without a date, by number
	Done     bool      // closed jobs, the latest first
	Deleted  bool      // jobs that Jobber deleted, the newest first
	All      bool      // every job but deleted ones, the highest number first
	Page     int       // from 1
	Size     int       // rows a page; 0 means 25
}

// A JobPage is one page of a list of jobs, and how long the list is.
type JobPage struct {
	Rows  []JobRow
	Total int
	Page  int
	Pages int // at least 1
}

// ListJobs returns a page of jobs. A page past the end is the last one.
func (db *DB) ListJobs(ctx context.Context, f JobFilter) (JobPage, error) {
	var page JobPage
	err := db.view(ctx, func(tx *bbolt.Tx) error {
		ids, err := f.pick(tx)
		if err != nil {
			return err
		}
		from, to := pageOf(f.Page, f.Size, len(ids), &page.Page, &page.Pages)
		page.Total = len(ids)
		page.Rows, err = rowsOf(tx, ids[from:to])
		return err
	})
	return page, err
}

// JobRows returns the jobs in the order of ids. Jobs that are gone are left out.
func (db *DB) JobRows(ctx context.Context, ids []JobID) ([]JobRow, error) {
	var rows []JobRow
	err := db.view(ctx, func(tx *bbolt.Tx) (err error) {
		rows, err = rowsOf(tx, ids)
		return err
	})
	return rows, err
}

// pick returns the jobs that pass, in the list's order.
func (f JobFilter) pick(tx *bbolt.Tx) ([]JobID, error) {
	switch {
	case f.Undated:
		return jobIDs(withPrefix(tx.Bucket(jobUndated), nil)), nil
	case f.Done:
		return backwards(jobIDs(withPrefix(tx.Bucket(jobDone), nil))), nil
	case f.Deleted:
		return deletedJobs(tx)
	case f.All:
		return backwards(jobIDs(withPrefix(tx.Bucket(jobNumber), nil))), nil
	}
	return jobsBetween(tx, f.From, f.To), nil
}

func jobIDs(keys iter.Seq2[[]byte, []byte]) []JobID {
	var ids []JobID
	for k := range keys {
		ids = append(ids, lastID[JobID](k))
	}
	return ids
}

func backwards(ids []JobID) []JobID {
	slices.Reverse(ids)
	return ids
}

// deletedJobs reads every job: nobody looks there but to find out what became of one.
func deletedJobs(tx *bbolt.Tx) ([]JobID, error) {
	var ids []JobID
	for k := range withPrefix(tx.Bucket(jobBucket), nil) {
		id := firstID[JobID](k)
		r, err := getJob(tx, id)
		if err != nil {
			return nil, err
		}
		if r.State == JobDeleted {
			ids = append(ids, id)
		}
	}
	return backwards(ids), nil
}

// jobsBetween returns the open jobs with a visit in [from, to), by its time, each once.
func jobsBetween(tx *bbolt.Tx, from, to time.Time) []JobID {
	var ids []JobID
	seen := map[JobID]bool{}
	c := tx.Bucket(jobDated).Cursor()
	end := timeKey(to, JobID(0))
	for k, _ := c.Seek(timeKey(from, JobID(0))); k != nil; k, _ = c.Next() {
		if !to.IsZero() && bytes.Compare(k, end) >= 0 {
			break
		}
		if id := secondID[JobID](k); !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
	}
	return ids
}

func rowsOf(tx *bbolt.Tx, ids []JobID) ([]JobRow, error) {
	rows := make([]JobRow, 0, len(ids))
	for _, id := range ids {
		r, err := getJob(tx, id)
		if CodeOf(err) == NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		row, err := rowOf(tx, id, r)
		if err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func rowOf(tx *bbolt.Tx, id JobID, r jobRecord) (JobRow, error) {
	ws, tally := weigh(tx, id, r)
	row := JobRow{JobHead: r.head(id), Tally: tally}
	for _, state := range []LineState{LineIssued, LineOpen, LineShort, LineUnmatched} {
		for _, w := range ws {
			if w.State != state {
				continue
			}
			row.Cells = append(row.Cells, state)
			if state == LineShort {
				it, err := getItem(tx, w.Item)
				if err != nil {
					return JobRow{}, err
				}
				row.Shorts = append(row.Shorts, Short{Item: it.ID, Name: it.Name, Unit: it.Unit, Qty: w.Short})
			}
		}
	}
	return row, nil
}
