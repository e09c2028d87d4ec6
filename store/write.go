package store

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"

	"go.etcd.io/bbolt"
)

// A commit costs a sync of the disk, whatever it holds, and there can be one at a time. Who writes while there is none commits
// at once: one client alone waits for nobody. Those who come meanwhile share the next.

// errClosed is what a write gets that comes after Close.
var errClosed = errors.New("the database is closed")

// A write is one act waiting for its commit.
type write struct {
	ctx   context.Context
	fn    func(tx *bbolt.Tx) error
	stock bool // it moves stock, and queues nothing to be sent or asked
	done  chan error
}

// update runs fn in a write transaction and returns when it is durable.
//
// fn may run more than once, and together with others: it computes from the transaction and
// sets what it returns afresh each time. Nothing slow belongs in it, and no other method of DB.
// When fn fails nothing of it is kept, and nobody else's act is harmed.
func (db *DB) update(ctx context.Context, fn func(tx *bbolt.Tx) error) error {
	return db.write(&write{ctx: ctx, fn: fn})
}

// write is update for one who knows more of what is written.
func (db *DB) write(w *write) error {
	w.done = make(chan error, 1)
	lead, err := db.queue.join(w)
	if err != nil {
		return err
	}
	if lead {
		db.commit(db.queue.next()) // w is the first of it
		if group := db.queue.next(); len(group) > 0 {
			go db.commitAll(group)
		}
	}
	select {
	case err := <-w.done:
		return err
	case <-w.ctx.Done():
		if db.queue.leave(w) {
			return w.ctx.Err()
		}
		return <-w.done // the act may be booked, and its answer must say so
	}
}

// commitAll commits the group, and all that comes meanwhile.
func (db *DB) commitAll(group []*write) {
	for ; len(group) > 0; group = db.queue.next() {
		db.commit(group)
		runtime.Gosched() // who was just answered may write again: in the next commit, and not in the one after
	}
}

// commit runs the group in one transaction and answers each write. An act that fails is answered
// and left out, and the rest of the group runs again without it: a transaction cannot forget a part of itself.
func (db *DB) commit(group []*write) {
	for len(group) > 0 {
		failed, err := db.try(group)
		if failed < 0 {
			if err == nil {
				db.commits.Add(1)
				db.acts.Add(int64(len(group)))
				db.tell(group) // before the answers: whoever has one and looks on from there sees no commit of the past
			}
			for _, w := range group {
				w.done <- err
			}
			return
		}
		group[failed].done <- err
		group = append(group[:failed:failed], group[failed+1:]...)
	}
}

// try runs the group in one transaction. It returns the index of the first act that failed and its error,
// or -1 and what the commit said.
func (db *DB) try(group []*write) (failed int, err error) {
	if err := db.Torn(); err != nil {
		return -1, err
	}
	failed = -1
	var id int
	err = readable(func() error {
		return db.bolt.Update(func(tx *bbolt.Tx) error {
			id = tx.ID()
			for i, w := range group {
				if err := protect(w, tx); err != nil {
					failed = i
					return err
				}
			}
			return nil
		})
	})
	if failed < 0 && err != nil {
		err = db.refused(id, err)
	}
	return failed, err
}

// refused is what a commit's end on the disk means. bbolt writes the pages, syncs them, then writes and syncs the page
// that makes them count. Where only the last sync failed, the commit is in memory, and nobody knows whether it is on the
// disk: the pages it gave up may not be written over, or there could be neither the old state nor the new one.
func (db *DB) refused(id int, err error) error {
	seen := 0
	look := db.bolt.View(func(tx *bbolt.Tx) error { seen = tx.ID(); return nil })
	err = errors.Join(err, look)
	if seen < id && !errors.Is(err, errDamaged) { // what ends bbolt's commit in a panic is a page that is not what it was
		return DiskError(err)
	}
	torn := fmt.Errorf("%w (%w)", Errorf(DiskFault, "The server's disk failed in the middle of a write. Nothing more is written until the program is started again."), err)
	db.torn.Store(&torn)
	return torn
}

// Torn returns why nothing is written any more, or nil.
func (db *DB) Torn() error {
	if p := db.torn.Load(); p != nil {
		return *p
	}
	return nil
}

// protect runs w, turning a panic into an error: one bad act must not end the writer.
func protect(w *write, tx *bbolt.Tx) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic in a write: %v\n%s", p, debug.Stack())
		}
	}()
	if err := w.ctx.Err(); err != nil {
		return err
	}
	return w.fn(tx)
}
