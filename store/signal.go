package store

import (
	"slices"
	"sync/atomic"
)

// A signal wakes those who wait for something to happen again.
type signal struct{ next atomic.Pointer[chan struct{}] }

func newSignal() *signal {
	s := new(signal)
	s.give()
	return s
}

// wait returns a channel that is closed when it happens next.
func (s *signal) wait() <-chan struct{} { return *s.next.Load() }

// give wakes all who wait.
func (s *signal) give() {
	c := make(chan struct{})
	if last := s.next.Swap(&c); last != nil {
		close(*last)
	}
}

// Changed returns a channel that is closed at the next commit. Take it before looking:
// then nothing can be missed between looking and waiting.
func (db *DB) Changed() <-chan struct{} { return db.changed.wait() }

// Queued is [DB.Changed] for those who work off what waits to be sent or asked: acts that only move stock do not
// wake them.
func (db *DB) Queued() <-chan struct{} { return db.queued.wait() }

// tell wakes those whom a commit of the writes concerns.
func (db *DB) tell(committed []*write) {
	db.changed.give()
	if slices.ContainsFunc(committed, func(w *write) bool { return !w.stock }) {
		db.queued.give()
	}
}
