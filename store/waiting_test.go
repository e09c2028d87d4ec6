package store_test

import (
	"fmt"
	"testing"
	"time"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// The lines that wait are read job by job: one job with very many does not cost the square of them.
func TestWaitingOnOneLongJob(t *testing.T) {
	db := storetest.Open(t)
	work := func(number, lines int) float64 {
		var ls []store.SnapshotLine
		for i := range lines {
			ls = append(ls, storetest.Line(fmt.Sprintf("Mystery %d of %d", i, number), 1))
		}
		id := storetest.Job(t, db, number, time.Now().Add(time.Hour), ls...)
		allocs := testing.AllocsPerRun(1, func() {
			if w, err := db.Waiting(t.Context()); err != nil || len(w) != lines {
				t.Errorf("%d lines wait, want %d: %v", len(w), lines, err)
			}
		})
		if err := db.JobDeleted(t.Context(), store.FromSweep, storetest.Account, fmt.Sprint("job-", number)); err != nil {
			t.Fatalf("job %v: %v", id, err)
		}
		return allocs
	}
	if few, many := work(1, 60), work(2, 240); many > 6*few {
		t.Errorf("%.0f allocations for 240 lines, and %.0f for 60", many, few)
	}
}
