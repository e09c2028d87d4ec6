package jobber

import (
	"testing"
	"time"

	"lwc-inventory/store"
)

// TestLeft goes on with a first sync of 10,000 jobs where 4,000 are here already: they are done, and do not
// count for the pace.
func TestLeft(t *testing.T) {
	now := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)
	p := Progress{Running: true}
	p.begin(store.FromFirstSync, 10_000, 6_000, now)
	if p.Total != 10_000 || p.Done != 4_000 || p.Left(now) != 0 {
		t.Errorf("at the start: %+v, %v left", p, p.Left(now))
	}
	p.Done += 10
	if got := p.Left(now.Add(time.Second)); got != 0 {
		t.Errorf("after ten jobs nobody can know, and it says %v", got)
	}
	p.Done += 990
	if got := p.Left(now.Add(4 * time.Minute)); got != 20*time.Minute {
		t.Errorf("after 1,000 jobs in 4 minutes %v are left, want 20m", got)
	}
	p.begin(store.FromSweep, 10_000, 50, now)
	if p.Total != 50 || p.Done != 0 {
		t.Errorf("a sweep: %+v", p)
	}
}
