package main

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"lwc-inventory/jobber/jobbertest"
)

// progress is how many jobs of how many are done, as the page of the sync says.
func (v *victim) progress() (done, total int) {
	v.t.Helper()
	page := v.get("/jobs/sync")
	done, err := strconv.Atoi(page.one(v.t, "value", "max"))
	if err != nil {
		v.t.Fatalf("no progress: %v", err)
	}
	if total, err = strconv.Atoi(page.one(v.t, "max", "max")); err != nil {
		v.t.Fatalf("no progress: %v", err)
	}
	return done, total
}

// listed returns the jobs in the list, by their numbers.
func (v *victim) listed() map[string]string {
	v.t.Helper()
	jobs := map[string]string{}
	for path := "/jobs?when=all"; path != ""; {
		page := v.get(path)
		for _, e := range page.find("data-job", "data-number") {
			jobs[e.attr["data-number"]] = e.attr["data-job"]
		}
		path = ""
		if next := page.find("rel=next"); len(next) > 0 {
			path = next[0].attr["href"]
		}
	}
	return jobs
}

// The real binary is killed twice in the middle of the first sync, while jobs change and go at Jobber. Each
// start goes on where the one before ended, and the page says how far it is.
func killedInTheFirstSync(t *testing.T, binary string) {
	const n, first = 300, 7001
	number := func(i int) string { return strconv.Itoa(first + i) }
	var jobs []jobbertest.Job
	for i := range n {
		j := newJob(first+i, i%20, pipe(4))
		j.UpdatedAt = j.UpdatedAt.Add(-time.Duration(i) * time.Minute) // the first is read first
		jobs = append(jobs, j)
	}
	v := newVictim(t, binary, northside(jobs...), jobbertest.Behaviour{Bucket: jobbertest.Bucket{Restore: 20_000}}) // nothing waits for points
	importItems(t, v.person, "sku,name,minimum,quantity", `PIPE-2,"Drain pipe, 2 in",5,5000`)
	pages := func() int { return v.office.Stats().Operations["JobsByID"] }

	kept := v.gate.shut(true, func(string) bool { return pages() >= 8 })
	v.connect()
	v.caught(kept)
	done, total := v.progress()
	if done == 0 || done >= n || total != n {
		t.Fatalf("%d of %d jobs after 8 pages", done, total)
	}
	size := done / 8 // jobs on a page
	gone := v.listed()[number(6)]
	v.kill()

	for _, i := range []int{5, 200} { // one that was read and one that was not
		if err := v.office.SetLineQuantity(jobbertest.ID("Job", first+i), pipeLine(first+i), 77); err != nil {
			t.Fatal(err)
		}
		if err := v.office.DeleteJob(jobbertest.ID("Job", first+i+1)); err != nil {
			t.Fatal(err)
		}
	}
	kept = v.gate.shut(true, func(string) bool { return pages() >= 10 }) // the one lost with the kill was the ninth
	v.start()
	v.caught(kept)
	// The one that changed is to be read again, and so is each that is gone.
	if again, total := v.progress(); again != done-3+size || total != n-2 {
		t.Errorf("%d of %d jobs after a kill at %d, and a page of %d", again, total, done, size)
	}
	v.kill()

	v.gate.open()
	v.start()
	v.await("connected", "ok")
	if got, least := pages(), (n-2+2+size-1)/size; got > least+2+1 { // two were lost, and the last ones of a start may be short
		t.Errorf("%d pages of %d jobs were read, and %d are needed", got, size, least)
	}
	here := v.listed()
	for i := range n {
		if here := here[number(i)] != ""; here != (i != 6 && i != 201) {
			t.Errorf("job %s is in the list: %v", number(i), here)
		}
	}
	for _, i := range []int{5, 200} {
		if got := v.get("/jobs/" + here[number(i)]).line("PIPE-2"); !strings.HasPrefix(got, "77 0 ") {
			t.Errorf("pipes of job %s, which changed: %s", number(i), got)
		}
	}
	if got := v.get("/jobs/"+gone).one(t, "data-state", "data-job="+gone); got != "deleted" {
		t.Errorf("the job that is gone is %s", got)
	}
	if got, want := v.itemPage("PIPE-2").total("allocated"), fmt.Sprint(4*(n-4)+2*77); got != want {
		t.Errorf("%s pipes are allocated, want %s", got, want)
	}
	v.whole()
}
