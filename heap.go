package main

import (
	"math"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
)

// heapRoom is how large the heap may grow before garbage is collected. Idle, some 5 MiB live: collected at twice that, as Go
// does, every eightieth act waits for a collection, or runs beside one on half the processors.
const heapRoom = 16 << 20

// roomyHeap lets the heap grow to room bytes before garbage is collected. A heap of which more than half lives is collected at
// twice that, as it is without. It looks after each collection, until stop is called.
func roomyHeap(room uint64) (stop func()) {
	var mu sync.Mutex // a collection may be looked after while it is stopped
	stopped, percent := false, usualPercent
	type collected struct{ _ *byte } // has a pointer, so that it is not packed with others that live on
	var look func(*collected)
	look = func(c *collected) {
		mu.Lock()
		defer mu.Unlock()
		if stopped {
			return
		}
		if want := percentFor(room, liveHeap()); math.Abs(float64(want-percent)) > usualPercent/10 {
			percent = want
			debug.SetGCPercent(percent)
		}
		runtime.SetFinalizer(c, look)
	}
	runtime.SetFinalizer(&collected{}, look)
	return func() {
		mu.Lock()
		defer mu.Unlock()
		stopped = true
		debug.SetGCPercent(usualPercent)
	}
}

// usualPercent is by how much the heap grows over what lives before Go collects, unless it is told otherwise.
const usualPercent = 100

// percentFor is by how much a heap of which live bytes live may grow until it has room bytes.
func percentFor(room, live uint64) int {
	if live == 0 || live >= room {
		return usualPercent
	}
	return max(usualPercent, int((room-live)*100/live))
}

// liveHeap is how many bytes lived at the last collection.
func liveHeap() uint64 {
	s := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(s)
	return s[0].Value.Uint64()
}
