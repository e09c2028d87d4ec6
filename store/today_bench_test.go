package store_test

import (
	"fmt"
	"testing"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// BenchmarkToday asks for the first page's facts with 1,000 open jobs of 20 lines each, twenty a day, and half of the items low.
func BenchmarkToday(b *testing.B) {
	const jobs, lines = 1000, 20
	db := shelves(b, 2000)
	var all []store.JobSnapshot
	for n := range jobs {
		s := storetest.Snapshot(n+1, day(1+n/20, 8+n%9))
		for l := range lines {
			line := storetest.Line(fmt.Sprintf("SKU-%06d", (n*31+l*97)%2000), int64(1+l)*3)
			line.Remote = fmt.Sprint("line-", n, "-", l)
			s.Lines = append(s.Lines, line)
		}
		all = append(all, s)
	}
	for len(all) > 0 {
		if _, err := db.ApplyJobs(b.Context(), store.FromSweep, all[:100]); err != nil {
			b.Fatal(err)
		}
		all = all[100:]
	}
	b.ReportAllocs()
	for b.Loop() {
		today, err := db.Today(b.Context(), day(0, 12))
		if err != nil {
			b.Fatal(err)
		}
		if today.ShortJobs == 0 {
			b.Fatal("no job is short")
		}
	}
}
