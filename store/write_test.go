package store

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.etcd.io/bbolt"
)

func openPlain(t *testing.T) *DB {
	return openWith(t, Options{Secret: make([]byte, 32), Passes: 1})
}

// openWith opens a new database; the test closes it.
func openWith(t *testing.T, o Options) *DB {
	t.Helper()
	db, err := Open(filepath.Join(t.TempDir(), "lwc.db"), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// block holds the writer until the returned function is called, so that what is written meanwhile waits.
func block(t *testing.T, db *DB) (release func()) {
	t.Helper()
	began, goOn := make(chan bool, 9), make(chan bool)
	done := make(chan error, 1)
	go func() {
		done <- db.update(t.Context(), func(*bbolt.Tx) error {
			began <- true
			<-goOn
			return nil
		})
	}()
	<-began
	return func() {
		close(goOn)
		if err := <-done; err != nil {
			t.Errorf("the act that was under way: %v", err)
		}
	}
}

func thing(n int) ItemDraft { return ItemDraft{SKU: fmt.Sprint("S-", n), Name: "Thing"} }

// One act that panics gets an error; those that share its commit do not notice.
func TestAPanicInAnAct(t *testing.T) {
	db := openPlain(t)
	release := block(t, db)
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			if i%4 != 0 {
				if _, err := db.CreateItem(t.Context(), Actor{}, thing(i)); err != nil {
					t.Errorf("act %d: %v", i, err)
				}
				return
			}
			err := db.update(t.Context(), func(tx *bbolt.Tx) error {
				if err := tx.Bucket(metaBucket).Put([]byte("half"), []byte("done")); err != nil {
					return err
				}
				panic("a bug")
			})
			if err == nil || !strings.Contains(err.Error(), "a bug") || CodeOf(err) != Internal {
				t.Errorf("act %d: %v, want its panic", i, err)
			}
		})
	}
	release()
	wg.Wait()
	if n, err := db.Counts(t.Context()); err != nil || n.Items != 15 {
		t.Errorf("%d items, %v; want 15", n.Items, err)
	}
	err := db.view(t.Context(), func(tx *bbolt.Tx) error {
		if tx.Bucket(metaBucket).Get([]byte("half")) != nil {
			t.Error("half of an act stayed")
		}
		return nil
	})
	if err := errors.Join(err, db.Check(t.Context())); err != nil {
		t.Error(err)
	}
}

// A commit that panics is a commit of which nobody knows: all who wait are told so, and nobody waits for ever.
func TestAPanicInACommit(t *testing.T) {
	db := openPlain(t)
	release := block(t, db)
	var wg sync.WaitGroup
	for i := range 3 {
		wg.Go(func() {
			err := db.update(t.Context(), func(tx *bbolt.Tx) error {
				tx.OnCommit(func() { panic("a bug") })
				return nil
			})
			if CodeOf(err) != DiskFault {
				t.Errorf("act %d: %v", i, err)
			}
		})
	}
	release()
	wg.Wait()
	if _, err := db.CreateItem(t.Context(), Actor{}, thing(1)); CodeOf(err) != DiskFault || db.Torn() == nil {
		t.Errorf("the next act: %v", err)
	}
}

// A disk that refuses a write may take the next. A page that is not what it was ends all writing, though nothing was written.
func TestWhatEndsWriting(t *testing.T) {
	const next = 1 << 40 // a commit that never came to be
	for name, tt := range map[string]struct {
		err  error
		torn bool
	}{"the disk refused": {errors.New("no"), false}, "a page is damaged": {fmt.Errorf("%w: a page", errDamaged), true}} {
		db := openPlain(t)
		if err := db.refused(next, tt.err); CodeOf(err) != DiskFault || (db.Torn() != nil) != tt.torn {
			t.Errorf("%s: %v, torn %v", name, err, db.Torn())
		}
		if _, err := db.CreateItem(t.Context(), Actor{}, thing(1)); (err != nil) != tt.torn {
			t.Errorf("%s: the next act got %v", name, err)
		}
	}
}

// Who does not wait any more is told so at once and books nothing.
func TestWhoDoesNotWaitBooksNothing(t *testing.T) {
	db := openPlain(t)
	release := block(t, db)
	ctx, cancel := context.WithCancel(t.Context())
	gone := make(chan error)
	go func() {
		_, err := db.CreateItem(ctx, Actor{}, thing(1))
		gone <- err
	}()
	cancel()
	if err := <-gone; !errors.Is(err, context.Canceled) { // before the writer is free
		t.Errorf("it got %v", err)
	}
	release()
	if n, err := db.Counts(t.Context()); err != nil || n.Items != 0 {
		t.Errorf("%d items, %v; want none", n.Items, err)
	}
}

// A cancel that comes when the act is under way is too late: what is booked is answered as booked.
func TestACancelThatComesTooLate(t *testing.T) {
	db := openPlain(t)
	ctx, cancel := context.WithCancel(t.Context())
	err := db.update(ctx, func(tx *bbolt.Tx) error {
		cancel()
		_, err := db.addItem(tx, Actor{}, thing(1))
		return err
	})
	if n, e := db.Counts(t.Context()); err != nil || e != nil || n.Items != 1 {
		t.Errorf("%v, and %d items are there (%v)", err, n.Items, e)
	}
}

// Close lets the acts under way end, refuses the rest, and leaves no goroutine.
func TestCloseWhileOthersWrite(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lwc.db")
	db, err := Open(path, Options{Secret: make([]byte, 32)})
	if err != nil {
		t.Fatal(err)
	}
	release := block(t, db)
	var wg sync.WaitGroup
	var mu sync.Mutex
	booked := map[int]bool{}
	for i := range 50 {
		wg.Go(func() {
			_, err := db.CreateItem(t.Context(), Actor{}, thing(i))
			if err != nil && !errors.Is(err, errClosed) {
				t.Errorf("act %d: %v", i, err)
			}
			mu.Lock()
			defer mu.Unlock()
			booked[i] = err == nil
		})
	}
	for range 3 { // at once
		wg.Go(func() {
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	release()
	wg.Wait()
	if _, err := db.CreateItem(t.Context(), Actor{}, thing(99)); !errors.Is(err, errClosed) {
		t.Errorf("after Close: %v", err)
	}
	if _, err := db.Counts(t.Context()); err == nil {
		t.Error("a closed database was read")
	}
	if db, err = Open(path, Options{Secret: make([]byte, 32)}); err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for i, was := range booked { // an answer means it is on disk, and so does a refusal mean it is not
		if _, err := db.ItemByCode(t.Context(), thing(i).SKU); (err == nil) != was {
			t.Errorf("act %d was answered %v, and its item: %v", i, was, err)
		}
	}
}

// Who takes the channel before looking misses nothing.
func TestChanged(t *testing.T) {
	db := openPlain(t)
	changed := db.Changed()
	select {
	case <-changed:
		t.Error("nothing was written yet")
	default:
	}
	if err := db.update(t.Context(), func(*bbolt.Tx) error { return errors.New("no") }); err == nil {
		t.Error("the act did not fail")
	}
	select {
	case <-changed:
		t.Error("a failed act is no change")
	default:
	}
	if _, err := db.CreateItem(t.Context(), Actor{}, thing(1)); err != nil {
		t.Fatal(err)
	}
	select {
	case <-changed:
	case <-time.After(10 * time.Second):
		t.Error("a commit went by in silence")
	}
}

// Those who work off queues sleep while stock moves, and wake for all else.
func TestQueued(t *testing.T) {
	db := openPlain(t)
	it, err := db.CreateItem(t.Context(), Actor{}, thing(1))
	if err != nil {
		t.Fatal(err)
	}
	changed, queued := db.Changed(), db.Queued()
	act := Act{RequestID: "1", Entries: []Entry{{Item: it.ID, Kind: Receive, Qty: 1000}}}
	if _, err := db.Book(t.Context(), act); err != nil {
		t.Fatal(err)
	}
	<-changed
	if woken(queued) {
		t.Error("stock moved, and those who send mails were woken")
	}
	db.tell([]*write{{stock: true}, {stock: true}})
	if woken(queued) {
		t.Error("two acts shared a commit, and those who send mails were woken")
	}
	db.tell([]*write{{stock: true}, {}})
	if !woken(queued) {
		t.Error("an act shared the commit of something else, and nobody was woken")
	}
	queued = db.Queued()
	if _, err := db.Receive(t.Context(), Delivery{Topic: "JOB_UPDATE", Account: "acc", Item: "job"}); err != nil {
		t.Fatal(err)
	}
	if !woken(queued) {
		t.Error("a webhook came, and who works them off was not woken")
	}
}

func woken(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// A file that cannot be written, and a disk that is full, refuse an act whole; reading goes on.
func TestAFileThatCannotBeWritten(t *testing.T) {
	db := openPlain(t)
	it, err := db.CreateItem(t.Context(), Actor{}, thing(1))
	if err != nil {
		t.Fatal(err)
	}
	path, writable := db.bolt.Path(), db.bolt
	if err := writable.Close(); err != nil {
		t.Fatal(err)
	}
	if db.bolt, err = bbolt.Open(path, 0o400, &bbolt.Options{ReadOnly: true}); err != nil {
		t.Fatal(err)
	}
	changed := db.Changed()
	for range 2 {
		_, err = db.Book(t.Context(), Act{RequestID: "1", Entries: []Entry{{Item: it.ID, Kind: Receive, Qty: 1000}}})
		if CodeOf(err) != DiskFault {
			t.Errorf("it was booked: %v", err)
		}
	}
	select {
	case <-changed:
		t.Error("nothing was written, and everybody was woken")
	default:
	}
	s, err := db.Stock(t.Context(), it.ID)
	if err := errors.Join(err, db.Check(t.Context())); err != nil || s.Level.OnHand != 0 {
		t.Errorf("on hand %v, %v", s.Level.OnHand, err)
	}
}

// Two acts may share a transaction: what the first wrote the second must see.
func TestAnItemThatComesAndGoesInOneCommit(t *testing.T) {
	db := openPlain(t)
	err := db.update(t.Context(), func(tx *bbolt.Tx) error {
		it, err := db.addItem(tx, Actor{}, thing(1))
		for _, archived := range []bool{true, false, true} {
			if err == nil {
				it, err = db.saveItem(tx, Actor{}, it, draftOf(it), archived)
			}
		}
		return err
	})
	if err := errors.Join(err, db.Check(t.Context())); err != nil {
		t.Error(err)
	}
	if n, err := db.Counts(t.Context()); err != nil || n != (Counts{Archived: 1}) {
		t.Errorf("counts %+v, %v", n, err)
	}
}
