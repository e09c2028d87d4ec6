package main

import (
	"runtime"
	"runtime/debug"
	"testing"
)

// A heap of little that lives is collected when it has filled its room, and no more often; one of much as Go always does.
func TestRoomyHeap(t *testing.T) {
	runtime.GC()
	room := max(64<<20, 8*liveHeap()) // whatever tests before this one left
	usual := collections(4 * room)
	stop := roomyHeap(room)
	collections(room)
	if got := collections(4 * room); got > usual/2 {
		t.Errorf("with room for %d MiB there are %d collections of four times as much garbage, and %d without", room>>20, got, usual)
	}
	much := make([][]byte, 1000)
	for i := range much {
		much[i] = make([]byte, room/1000)
	}
	collections(4 * room)
	if got := debug.SetGCPercent(usualPercent); got != usualPercent {
		t.Errorf("the heap is full and grows by %d percent", got)
	}
	runtime.KeepAlive(much)
	much = nil
	collections(4 * room)
	stop()
	if got := debug.SetGCPercent(usualPercent); got != usualPercent {
		t.Errorf("it was stopped and the heap grows by %d percent", got)
	}
	if collections(4 * room); debug.SetGCPercent(usualPercent) != usualPercent {
		t.Error("it was stopped and goes on")
	}
}

var garbage []byte

// collections is how often size bytes of garbage are collected, after a collection that nobody counts.
func collections(size uint64) uint32 {
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range size >> 10 {
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
