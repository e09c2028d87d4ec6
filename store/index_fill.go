package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/blevesearch/bleve/v2"
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

const (
	fillPage   = 500             // documents taken in together
	eventPage  = 500             // events looked at together
	cursorStep = 5000            // events without documents before their number is worth a write
	diskWait   = 2 * time.Minute // for a page to reach the disk
)

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
	if st.Stage == filled && len(next) > 0 && next[0].ID != st.Applied+1 {
		return fmt.Errorf("events from %v on are gone", st.Applied+1)
	}
	x.state, x.kept = st, st.Applied
	x.seen.Store(uint64(st.Applied))
	x.ready.Store(st.Stage == filled)
	return nil
}

// CatchUp takes in everything that the index has not seen: after a write, a restart, or damage alike.
func (x *Index) CatchUp(ctx context.Context) error { return x.catchUpTo(ctx, 0) }

// catchUpTo is CatchUp for one who only needs the events up to want; 0 is all of them.
func (x *Index) catchUpTo(ctx context.Context, want EventID) error {
	x.work.Lock()
	defer x.work.Unlock()
	if want > 0 && x.state.Applied >= want {
		return nil
	}
	if x.shut {
		return errIndexClosed
	}
	if x.broken.Load() {
		if err := x.remake(); err != nil {
			return err
		}
	}
	started, was := time.Now(), x.state.Stage
	if err := x.fill(ctx); err != nil {
		return err
	}
	if err := x.follow(ctx); err != nil {
		return err
	}
	x.ready.Store(true)
	if was != filled {
		x.log.Info("search index is complete", "took", time.Since(started).Round(time.Millisecond))
	}
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
		return entryOfItem(it), err
	}
	var r jobRecord
	ok, err := get(tx.Bucket(jobBucket), idKey(JobID(id)), &r)
	if err == nil && !ok {
		err = Errorf(NotFound, "There is no job with the number %v.", JobID(id))
	}
	return entryOfJob(r.head(JobID(id))), err
}

// follow takes in the items and jobs of the events that are new.
func (x *Index) follow(ctx context.Context) error {
	for {
		evs, err := x.db.EventsAfter(ctx, x.state.Applied, eventPage)
		if err != nil || len(evs) == 0 {
			return err
		}
		st := x.state
		st.Applied = evs[len(evs)-1].ID
		docs, gone, err := x.changesOf(ctx, evs)
		if err != nil {
			return err
		}
		if len(docs)+len(gone) == 0 && st.Applied-x.kept < cursorStep {
			x.state = st // most events change no words: their number waits for the next batch
			x.seen.Store(uint64(st.Applied))
			continue
		}
		if err := x.take(ctx, docs, gone, st, false); err != nil {
			return err
		}
	}
}

// changesOf reads each item and job of the events once, as it is now, and tells which are no more.
func (x *Index) changesOf(ctx context.Context, evs []Event) (docs []entry, gone []string, err error) {
	done := map[string]bool{}
	err = x.db.view(ctx, func(tx *bbolt.Tx) error {
		for _, ev := range evs {
			job, id, mark := false, uint64(ev.Item), itemMark
			switch ev.Kind {
			case ItemChanged:
			case JobChanged:
				job, id, mark = true, uint64(ev.Job), jobMark
			default:
				continue
			}
			name := mark + ItemID(id).String()
			if done[name] {
				continue
			}
			done[name] = true
			e, err := readEntry(tx, job, id)
			switch {
			case err == nil:
				docs = append(docs, e)
			case CodeOf(err) == NotFound:
				gone = append(gone, name)
			default:
				return err
			}
		}
		return nil
	})
	return docs, gone, err
}

// take writes docs, drops gone, and moves the cursor, all in one batch. With durable it waits until
// the batch is on disk, so that filling a large index does not pile it up in memory.
func (x *Index) take(ctx context.Context, docs []entry, gone []string, st indexState, durable bool) error {
	x.swap.RLock()
	defer x.swap.RUnlock()
	if x.bleve == nil {
		return errIndexClosed
	}
	state, err := json.Marshal(st)
	if err != nil {
		return err
	}
	b := x.bleve.NewBatch()
	for _, e := range docs {
		if err := b.IndexAdvanced(e.document()); err != nil {
			return err
		}
	}
	for _, id := range gone {
		b.Delete(id)
	}
	b.SetInternal(stateKey, state)
	onDisk := make(chan error, 1)
	if durable {
		b.SetPersistedCallback(func(err error) { onDisk <- err })
	}
	if err := x.write(b); err != nil {
		x.suspect(err)
		return err
	}
	x.known.forget(docs, gone)
	x.state, x.kept = st, st.Applied
	x.seen.Store(uint64(st.Applied))
	if !durable {
		return nil
	}
	select {
	case err := <-onDisk:
		return err
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(diskWait):
		return errors.New("the search index does not reach the disk")
	}
}

func (x *Index) write(b *bleve.Batch) error {
	return guarded(func() error { return x.bleve.Batch(b) })
}
