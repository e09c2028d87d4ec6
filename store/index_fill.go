package store

import (
	"context"
	"encoding/json"
	"fmt"

	"go.etcd.io/bbolt"
)

// An indexState says how far the index has read. It is written in the same batch as the documents,
// so the two cannot disagree.
type indexState struct {
	Applied EventID   `json:"applied"` // every event up to this one is taken in
	Stage   fillStage `json:"stage"`
	After   uint64    `json:"after,omitempty"` // the id a stage has come to
}

// A new index first takes in all items and all jobs there are, page by page, and then what has
// changed since it began. Old events may thus be dropped.
type fillStage string

const (
	fillItems fillStage = ""
	fillJobs  fillStage = "jobs"
	filled    fillStage = "filled"
)

var stateKey = []byte("state")

// fillPage is how many documents are taken in together.
const fillPage = 500

// adopt takes over an index that was just opened. It fails when the index has seen what the
// database has not: the database is another, or an older copy was put back.
func (x *Index) adopt() error {
	last, err := x.db.LastEvent(context.Background())
	if err != nil {
		return err
	}
	var data []byte
	if err := guarded(func() (err error) { data, err = x.bleve.GetInternal(stateKey); return err }); err != nil {
		return err
	}
	var st indexState
	if len(data) > 0 {
		if err := json.Unmarshal(data, &st); err != nil {
			return fmt.Errorf("state: %w", err)
		}
	}
	if st.Applied > last {
		return fmt.Errorf("it is at event %v, the database at %v", st.Applied, last)
	}
	next, err := x.db.EventsAfter(context.Background(), st.Applied, 1)
	if err != nil {
		return err
	}
	if st != (indexState{}) && st.Applied < last && (len(next) == 0 || next[0].ID != st.Applied+1) {
		return fmt.Errorf("events from %v on are gone", st.Applied+1)
	}
	x.hold(st)
	x.seen.Store(uint64(st.Applied))
	x.ready.Store(st.Stage == filled)
	return nil
}

// fill takes in what was there before the index. It goes on where it was interrupted.
func (x *Index) fill(ctx context.Context) error {
	if x.state.Stage == fillItems && x.state.After == 0 {
		last, err := x.db.LastEvent(ctx)
		if err != nil {
			return err
		}
		x.state.Applied = last
	}
	for x.state.Stage != filled {
		docs, st, err := x.page(ctx)
		if err != nil {
			return err
		}
		if err := x.take(ctx, docs, nil, st, true); err != nil {
			return err
		}
	}
	return nil
}

// page reads the next page of what is there, and the state of an index that has it.
func (x *Index) page(ctx context.Context) ([]entry, indexState, error) {
	st, bucket, next := x.state, itemBucket, fillJobs
	if st.Stage == fillJobs {
		bucket, next = jobBucket, filled
	}
	var docs []entry
	err := x.db.view(ctx, func(tx *bbolt.Tx) error {
		c := tx.Bucket(bucket).Cursor()
		for k, _ := c.Seek(idKey(st.After + 1)); k != nil && len(docs) < fillPage; k, _ = c.Next() {
			st.After = firstID[uint64](k)
			e, err := readEntry(tx, x.state.Stage == fillJobs, st.After)
			if err != nil {
				return err
			}
			docs = append(docs, e)
		}
		return nil
	})
	if len(docs) < fillPage {
		st.Stage, st.After = next, 0
	}
	return docs, st, err
}

// readEntry reads an item or a job as the index wants it. It fails with [NotFound].
func readEntry(tx *bbolt.Tx, job bool, id uint64) (entry, error) {
	if !job {
		it, err := getItem(tx, ItemID(id))
		if err != nil {
			return entry{}, err
		}
		names, err := answeredAs(tx, it.ID)
		return entryOfItem(it, names...), err
	}
	var r jobRecord
	ok, err := get(tx.Bucket(jobBucket), idKey(JobID(id)), &r)
	if err == nil && !ok {
		err = Errorf(NotFound, "There is no job with the number %v.", JobID(id))
	}
	return entryOfJob(r.head(JobID(id))), err
}
