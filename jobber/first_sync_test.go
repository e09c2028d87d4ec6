package jobber_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"lwc-inventory/jobber"
	"lwc-inventory/jobber/jobbertest"
	"lwc-inventory/store"
)

// jobsToSync is how many jobs the measured sync has.
var jobsToSync = flag.Int("jobs", 1500, "jobs of the first sync that is measured")

// company is an account of n jobs as companies have them: most with a few lines and a visit or two, every
// eighth billed by visit, some with more of everything than a page holds.
func company(n int) jobbertest.Data {
	rnd := rand.New(rand.NewPCG(1, 2))
	d := many(n)
	for i := range d.Jobs {
		j := &d.Jobs[i]
		j.UpdatedAt = time.Date(1999, 12, 1, 0, 0, 0, 0, time.UTC).Add(-time.Duration(i) * time.Minute) // before a bubble's time begins
		j.Lines, j.Visits = nil, nil
		lines, visits := 1+rnd.IntN(9), 1+rnd.IntN(3)
		if i%50 == 0 {
			lines, visits = 10+rnd.IntN(30), 5+rnd.IntN(20)
		}
		for k := range lines {
			j.Lines = append(j.Lines, jobbertest.LineItem{ID: jobbertest.ID("JobLineItem", i*1000+k), Name: fmt.Sprintf("Part %d", rnd.IntN(500)),
				Quantity: float64(1 + rnd.IntN(9)), ProductID: jobbertest.ID("ProductOrService", 1)})
		}
		for k := range visits {
			at := began.AddDate(0, 0, rnd.IntN(60))
			j.Visits = append(j.Visits, jobbertest.Visit{ID: jobbertest.ID("Visit", i*1000+k), StartAt: &at,
				Crew: []string{jobbertest.ID("User", 1), jobbertest.ID("User", 2)}})
		}
		if i%8 == 0 {
			j.Type, j.Billing = jobbertest.Recurring, jobbertest.VisitBased
			for k := range j.Visits {
				j.Visits[k].Lines = j.Lines[:min(len(j.Lines), 3)]
			}
		}
	}
	return d
}

// measured is what a sync took. Times are those of the bubble; heap is what it took beyond what was there.
type measured struct {
	requests, points int
	took, dictated   time.Duration
	heap             uint64
}

func (m measured) String() string {
	return fmt.Sprintf("%d requests, %d points, %v; the points alone dictate %v; %.1f MB of heap at most",
		m.requests, m.points, m.took.Round(time.Second/10), m.dictated.Round(time.Second/10), float64(m.heap)/1e6)
}

// pull begins a pull and measures it.
func (r *rig) pull(begins func()) measured {
	r.t.Helper()
	var before, now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	far, begin := r.far.Stats(), time.Now()
	after := r.status().FinishedAt
	begins()
	var m measured
	for r.status().State == store.SyncRunning || !r.status().FinishedAt.After(after) {
		time.Sleep(time.Second / 10)
		if time.Since(begin) > 12*time.Hour {
			r.t.Fatal("the sync does not end")
		}
		if time.Since(begin)%(10*time.Second) < time.Second/10 {
			runtime.ReadMemStats(&now)
			m.heap = max(m.heap, now.HeapAlloc-min(before.HeapAlloc, now.HeapAlloc))
		}
	}
	st := r.far.Stats()
	m.requests, m.points, m.took = st.Requests-far.Requests, st.Points-far.Points, time.Since(begin)
	m.dictated = max(0, time.Duration(m.points-10_000)*time.Second/500) // a full bucket is there at the start
	return m
}

// firstAndIdle measures a first sync of n jobs, with Jobber's own limits and answers that take half a second,
// and an idle one after it.
func firstAndIdle(t *testing.T, n int) (first, idle measured) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, setup{inMemory: true, data: company(n),
			standin: jobbertest.Options{Behaviour: jobbertest.Behaviour{API: jobbertest.API{Latency: time.Second / 2}}}})
		r.connect()
		time.Sleep(time.Minute) // the bucket is full
		first = r.pull(r.run)
		st := r.status()
		if st.State != store.SyncOK || st.Jobs != n || st.Changed != n || r.far.Stats().Throttled != 0 {
			t.Errorf("first sync: %+v, throttled %d times", st, r.far.Stats().Throttled)
		}
		idle = r.pull(r.svc.SyncNow)
		if st := r.status(); st.State != store.SyncOK || st.Jobs != 0 {
			t.Errorf("idle sync: %+v", st)
		}
		r.cancel()
	})
	return first, idle
}

// TestFirstSyncIsAsFastAsThePoints takes no more than a tenth longer than the points alone dictate. make bench
// runs it with ten thousand jobs.
func TestFirstSyncIsAsFastAsThePoints(t *testing.T) {
	first, idle := firstAndIdle(t, *jobsToSync)
	t.Logf("first sync of %d jobs: %v", *jobsToSync, first)
	t.Logf("idle sync: %v", idle)
	if first.took > first.dictated*11/10 {
		t.Errorf("%v, and the points dictate %v", first.took, first.dictated)
	}
	if idle.requests != 1 || idle.points*10 > first.points {
		t.Errorf("idle: %v", idle)
	}
	if first.heap > 100e6 {
		t.Errorf("%d bytes of heap", first.heap)
	}
}

// TestFirstSyncGoesOn ends a first sync four times while a page is on its way. Each start goes on where the
// last one ended: no page is read again but the one that was lost. Jobs that change meanwhile are not missed.
func TestFirstSyncGoesOn(t *testing.T) {
	const n, deaths = 400, 4
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, setup{inMemory: true, data: company(n), interval: 15 * time.Minute,
			standin: jobbertest.Options{Behaviour: jobbertest.Behaviour{API: jobbertest.API{Latency: time.Second / 2}}}})
		r.connect()
		rnd := rand.New(rand.NewPCG(3, 4))
		had := 0
		for run := range deaths + 1 {
			r.run()
			time.Sleep(time.Duration(4000+rnd.IntN(6000)) * time.Millisecond)
			if p := r.svc.Progress(); p.Total != n-2*run || p.Done < had {
				t.Errorf("progress after a start with %d jobs: %+v", had, p)
			}
			if run < deaths {
				r.wire.answer(graphql(500, "")) // what was asked for does not come back
				r.idle()
				r.wire.answer(nil)
				r.svc = jobber.New(r.cfg) // another process
			}
			here, err := r.db.RemoteJobs(t.Context(), account)
			if err != nil || len(here) <= had || len(here) == n {
				t.Fatalf("run %d: %d jobs are here after %d, %v", run, len(here), had, err)
			}
			had = len(here)
			// One that was read and one that was not change, and one of each is deleted.
			for _, k := range []int{run + 1, n - 9 - run} {
				if err := r.far.SetLineQuantity(jobbertest.ID("Job", k+1), jobbertest.ID("JobLineItem", k*1000), 77); err != nil {
					t.Fatal(err)
				}
			}
			for _, k := range []int{30 + run, n - 50 - run} {
				if err := r.far.DeleteJob(jobbertest.ID("Job", k)); err != nil {
					t.Fatal(err)
				}
			}
		}
		time.Sleep(26*time.Hour + time.Minute) // and a look at all jobs
		synctest.Wait()
		if st := r.status(); st.State != store.SyncOK {
			t.Fatalf("in the end: %+v", st)
		}
		pages := r.far.Stats().Operations["JobsByID"]
		t.Logf("%d pages for %d jobs", pages, n)
		if least := (n + 12) / 13; pages < least-2 || pages > least+deaths+3 {
			t.Errorf("%d pages of 13 for %d jobs and %d deaths", pages, n, deaths)
		}
		for run := range deaths + 1 {
			for _, k := range []int{run + 1, n - 9 - run} {
				if s, ok := r.sheet(k + 1); !ok || !slices.ContainsFunc(s.Lines, func(l store.SheetLine) bool { return l.Asked == 77_000 }) {
					t.Errorf("the change of job %d is missed", k+1)
				}
			}
			for _, k := range []int{30 + run, n - 50 - run} {
				if s, ok := r.sheet(k); ok && s.State != store.JobDeleted {
					t.Errorf("job %d is deleted at Jobber, and here it is %s", k, s.State)
				}
			}
		}
		r.cancel()
	})
}
