package main

import (
	"runtime"
	"runtime/debug"
	"testing"
)

// A heap of little that lives is collected when it has filled its room, and no more often; one of much as Go always does.
func TestRoomyHeap(t *testing.T) {
	const room = 64 << 20
	usual := collections(t)
	stop := roomyHeap(room)
	collections(t)
	if got := collections(t); got > usual/2 {
		t.Errorf("with room for 64 MiB there are %d collections of 256 MiB of garbage, and %d without", got, usual)
	}
	much := make([][]byte, 1000)
	for i := range much {
		much[i] = make([]byte, room/1000)
	}
	collections(t)
	if got := debug.SetGCPercent(usualPercent); got != usualPercent {
		t.Errorf("the heap is full and grows by %d percent", got)
	}
	runtime.KeepAlive(much)
	much = nil
	collections(t)
	stop()
	collections(t)
	if got := debug.SetGCPercent(usualPercent); got != usualPercent {
		t.Errorf("it was stopped and the heap grows by %d percent", got)
	}
}

var garbage []byte

// collections is how often 256 MiB of garbage is collected, after a collection that nobody counts.
func collections(t *testing.T) uint32 {
	t.Helper()
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range 256 << 10 {
		garbage = make([]byte, 1<<10)
	}
	runtime.ReadMemStats(&after)
	return after.NumGC - before.NumGC
}

func TestPercentFor(t *testing.T) {
	for live, want := range map[uint64]int{0: 100, 5: 220, 8: 100, 12: 100, 16: 100, 40: 100, 1: 1500} {
		if got := percentFor(16, live); got != want {
			t.Errorf("of a room of 16 with %d live: %d percent, want %d", live, got, want)
		}
	}
}
