package store

import (
	"slices"
	"sync"
)

// maxGroup bounds how many acts share a commit.
const maxGroup = 256

// A queue holds the writes that wait for a commit. One at a time commits: whoever joins while nobody does leads, and
// takes the next group until there is none.
type queue struct {
	mu      sync.Mutex
	waiting []*write      // in the order they came
	led     bool          // somebody commits, or is about to
	shut    bool          // nobody may join any more
	idle    chan struct{} // closed once it is shut and nobody commits
}

func newQueue() *queue { return &queue{idle: make(chan struct{})} }

// join adds w. When lead is true nobody commits, and the caller has to. It fails once the queue is shut.
func (q *queue) join(w *write) (lead bool, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.shut {
		return false, errClosed
	}
	q.waiting = append(q.waiting, w)
	lead, q.led = !q.led, true
	return lead, nil
}

// next returns the writes that share the next commit. There are none when nobody waits; then the caller leads no more.
func (q *queue) next() []*write {
	q.mu.Lock()
	defer q.mu.Unlock()
	n := min(len(q.waiting), maxGroup)
	group := slices.Clone(q.waiting[:n])
	q.waiting = slices.Delete(q.waiting, 0, n)
	if n == 0 {
		q.led = false
		q.rest()
	}
	return group
}

// leave takes w out. It reports false when it is too late for that.
func (q *queue) leave(w *write) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	i := slices.Index(q.waiting, w)
	if i >= 0 {
		q.waiting = slices.Delete(q.waiting, i, i+1)
	}
	return i >= 0
}

// close lets nobody join any more, and waits for those who have.
func (q *queue) close() {
	q.mu.Lock()
	if !q.shut {
		q.shut = true
		q.rest()
	}
	q.mu.Unlock()
	<-q.idle
}

// rest tells those who wait for the queue's end. q.mu is held.
func (q *queue) rest() {
	if q.shut && !q.led {
		close(q.idle)
	}
}
