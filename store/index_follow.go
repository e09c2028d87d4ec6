package store

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"go.etcd.io/bbolt"
)

const (
	eventPage  = 500             // events looked at together
	cursorStep = 1000            // events without documents before their number is worth a write
	diskWait   = 2 * time.Minute // for a page to reach the disk
)

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
			name, job, id := subject(ev)
			if name == "" || done[name] {
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

// subject returns the document that an event changes, and whose it is; none for most.
func subject(ev Event) (doc string, job bool, id uint64) {
	switch ev.Kind {
	case ItemChanged:
		return itemMark + ev.Item.String(), false, uint64(ev.Item)
	case JobChanged:
		return jobMark + ev.Job.String(), true, uint64(ev.Job)
	}
	return "", false, 0
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
	} else {
		onDisk <- nil
	}
	if err := guarded(func() error { return x.bleve.Batch(b) }); err != nil {
		x.suspect(err)
		return err
	}
	x.known.forget(docs, gone)
	if slices.ContainsFunc(docs, func(e entry) bool { return ofItem(e.id) }) || slices.ContainsFunc(gone, ofItem) {
		x.items.Add(1)
	}
	x.hold(st)
	x.seen.Store(uint64(st.Applied))
	return waitForDisk(ctx, onDisk)
}

func waitForDisk(ctx context.Context, onDisk <-chan error) error {
	t := time.NewTimer(diskWait)
	defer t.Stop()
	select {
	case err := <-onDisk:
		return err
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return errors.New("the search index does not reach the disk")
	}
}
