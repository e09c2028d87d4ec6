package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/index/scorch"
	bolterr "go.etcd.io/bbolt/errors"
)

// indexName is the index's folder. Raise its number with every change to what is indexed or how
// (entries, fields, normalize): the next start then makes a new index and removes the old one.
const (
	indexPrefix = "search.v"
	indexName   = indexPrefix + "2"
)

// indexConfig is how Bleve keeps the index. Its batches are not waited for until they are on disk:
// the cursor is in the batch, so what a crash takes from the index is taken in again.
//
// A search looks into each segment for each term, so there are to be few of them.
func indexConfig() map[string]any {
	return map[string]any{"bolt_timeout": "1s", "unsafe_batch": true, "asyncErrorCallbackName": restName,
		"scorchMergePlanOptions": map[string]any{"MaxSegmentsPerTier": 2, "SegmentsPerMergeTask": 4}}
}

// An Index finds items and jobs by their words. It is made from the DB, by the events in its outbox,
// and can be made again: losing it loses nothing. Its methods are safe for concurrent use.
type Index struct {
	db   *DB
	log  *slog.Logger
	path string

	work  sync.Mutex // held by the one that takes changes in
	state indexState // guarded by work
	kept  EventID    // guarded by work: the cursor as the index holds it
	shut  bool       // guarded by work: Close was called

	seen   atomic.Uint64 // state.Applied, for searchers
	ready  atomic.Bool   // all was taken in once since the index was made
	broken atomic.Bool   // to be made anew
	wake   chan struct{} // holds one when broken is set

	turns chan struct{} // one for each who searches just now
	swap  sync.RWMutex
	bleve bleve.Index // guarded by swap; nil once closed, or when it could not be made

	known cache
	items atomic.Uint64 // how often documents of items changed
}

var errIndexClosed = errors.New("the search index is closed")

// OpenIndex opens the index in a folder of dir. It does not wait for anything to be taken in: one that is missing,
// damaged or of an older version is empty at first, and [Index.Run] or [Index.CatchUp] fills it.
func OpenIndex(db *DB, dir string, log *slog.Logger) (*Index, error) {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	x := &Index{db: db, log: log, path: filepath.Join(dir, indexName), wake: make(chan struct{}, 1),
		turns: make(chan struct{}, runtime.GOMAXPROCS(0))}
	if err := dropOldIndexes(dir); err != nil {
		return nil, err
	}
	hearing.Store(x.path, log)
	b, err := openBleve(x.path)
	switch {
	case errors.Is(err, bolterr.ErrTimeout):
		return nil, fmt.Errorf("%s is in use by another process", x.path)
	case errors.Is(err, bleve.ErrorIndexPathDoesNotExist):
		log.Info("search index is new")
	case err != nil:
		log.Warn("search index is damaged and is made anew", "err", err)
	}
	if err == nil {
		x.bleve = b
		if err = x.adopt(); err == nil {
			return x, nil
		}
		log.Warn("search index does not fit the database and is made anew", "err", err)
	}
	if err := x.remake(); err != nil {
		return nil, err
	}
	return x, nil
}

// dropOldIndexes removes what other versions of the program left in dir.
func dropOldIndexes(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make %s: %w", dir, err)
	}
	old, err := filepath.Glob(filepath.Join(dir, indexPrefix+"*"))
	if err != nil {
		return err
	}
	for _, path := range old {
		if filepath.Base(path) == indexName {
			continue
		}
		if err := os.RemoveAll(path); err != nil {
			return fmt.Errorf("remove old search index: %w", err)
		}
	}
	return nil
}

// guarded runs fn on the index. Bleve reads its files without a doubt in them: what damage makes of
// that, a panic or a fault in the mapped memory, comes back as an error.
func guarded(fn func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("search index: %v", r)
		}
	}()
	return fn()
}

func openBleve(path string) (b bleve.Index, err error) {
	err = guarded(func() (err error) {
		b, err = bleve.OpenUsing(path, indexConfig())
		return err
	})
	return b, err
}

// remake throws the index away and begins an empty one. The caller holds work, or is alone.
func (x *Index) remake() error {
	x.swap.Lock()
	defer x.swap.Unlock()
	if x.bleve != nil {
		if err := guarded(x.bleve.Close); err != nil {
			x.log.Warn("damaged search index does not close", "err", err)
		}
		x.bleve = nil
	}
	x.ready.Store(false)
	if err := os.RemoveAll(x.path); err != nil {
		return fmt.Errorf("remove search index: %w", err)
	}
	b, err := bleve.NewUsing(x.path, bleve.NewIndexMapping(), scorch.Name, scorch.Name, indexConfig())
	if err != nil {
		return fmt.Errorf("make search index: %w", err)
	}
	x.bleve = b
	x.hold(indexState{})
	x.seen.Store(0)
	x.known.drop()
	x.items.Add(1)
	x.broken.Store(false)
	return nil
}

// hold notes what the index holds. The events after that are kept for it.
func (x *Index) hold(st indexState) {
	x.state, x.kept = st, st.Applied
	x.db.indexed.Store(uint64(st.Applied))
}

// suspect has the index made anew by the next CatchUp.
func (x *Index) suspect(err error) {
	if x.broken.Swap(true) {
		return
	}
	x.log.Error("search index is damaged and will be made anew", "err", err)
	select {
	case x.wake <- struct{}{}:
	default:
	}
}

// Ready reports whether the index knows all that was there when it was last made or opened.
func (x *Index) Ready() bool { return x.ready.Load() && !x.broken.Load() }

// Behind returns how many changes of the database the index has not taken in.
func (x *Index) Behind(ctx context.Context) (EventID, error) {
	last, err := x.db.LastEvent(ctx)
	return max(last, EventID(x.seen.Load())) - EventID(x.seen.Load()), err
}

// Size returns how many bytes the index's files have.
func (x *Index) Size() (n int64, err error) {
	err = filepath.WalkDir(x.path, func(_ string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) { // Bleve drops files as it goes
			return nil
		}
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err == nil {
			n += info.Size()
		}
		return err
	})
	return n, err
}

// Close closes the index. Run should have ended before. Further calls do nothing.
func (x *Index) Close() error {
	x.work.Lock()
	defer x.work.Unlock()
	x.swap.Lock()
	defer x.swap.Unlock()
	b := x.bleve
	hearing.Delete(x.path)
	x.bleve, x.shut = nil, true
	x.ready.Store(false)
	if b == nil {
		return nil
	}
	return guarded(b.Close)
}

// gathering is how long Run lets changes gather before it takes them in together. Nobody waits for it:
// a searcher takes in what is new before it searches.
const gathering = 100 * time.Millisecond

const (
	leastBackoff = time.Second
	mostBackoff  = time.Minute
)

// Run keeps the index up to date until ctx ends, and then returns nil.
func (x *Index) Run(ctx context.Context) error {
	backoff := leastBackoff
	for ctx.Err() == nil {
		changed := x.db.Changed()
		err := guarded(func() error { return x.CatchUp(ctx) })
		if err == nil {
			backoff = leastBackoff
			if x.waitForChange(ctx, changed) {
				pause(ctx, gathering)
			}
			continue
		}
		if ctx.Err() != nil || errors.Is(err, errIndexClosed) {
			return nil
		}
		x.log.Warn("search index did not catch up", "err", err, "wait", backoff)
		pause(ctx, backoff)
		backoff = min(2*backoff, mostBackoff)
	}
	return nil
}

// waitForChange waits for a commit, or for damage; it reports whether it was a commit.
func (x *Index) waitForChange(ctx context.Context, changed <-chan struct{}) bool {
	select {
	case <-ctx.Done():
	case <-x.wake:
	case <-changed:
		return true
	}
	return false
}

func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

// idOf reads the number in a document's id.
func idOf[T ~uint64](id, mark string) (T, bool) {
	n, ok := strings.CutPrefix(id, mark)
	if !ok {
		return 0, false
	}
	v, err := ParseID[T](n)
	return v, err == nil
}
