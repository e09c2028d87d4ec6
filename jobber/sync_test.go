package jobber_test

import (
	"fmt"
	"maps"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"lwc-inventory/jobber/jobbertest"
	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

func TestIdleSweepCostsOnePage(t *testing.T) {
	r := newRig(t, setup{data: many(45)})
	r.connect()
	r.run()
	first := r.synced(time.Time{})
	if first.State != store.SyncOK || first.Jobs != 45 {
		t.Fatalf("first sync: %+v", first)
	}
	before := r.far.Stats()
	r.svc.SyncNow()
	st := r.synced(first.FinishedAt)
	after := r.far.Stats()
	if st.State != store.SyncOK || st.Jobs != 0 || !st.Watermark.Equal(first.Watermark) {
		t.Errorf("second sync: %+v", st)
	}
	if n := after.Requests - before.Requests; n != 1 {
		t.Errorf("%d requests for nothing new, want 1", n)
	}
	if cost := after.Points - before.Points; cost*10 > before.Points {
		t.Errorf("%d points for nothing new, %d for everything", cost, before.Points)
	}
}

// TestIdleSweepAfterABulkChange has all jobs at the watermark: they are listed, and not read again.
func TestIdleSweepAfterABulkChange(t *testing.T) {
	d := many(60)
	for i := range d.Jobs {
		d.Jobs[i].UpdatedAt = began
	}
	r := newRig(t, setup{data: d})
	r.connect()
	r.run()
	first := r.synced(time.Time{})
	r.svc.SyncNow()
	if st := r.synced(first.FinishedAt); st.State != store.SyncOK || st.Jobs != 0 {
		t.Errorf("second sync: %+v", st)
	}
	if n := r.wire.counts()["JobsUpdated"]; n != 1+2 {
		t.Errorf("%d lists for 60 jobs, want one of 100 for the first sync, and then one of 50 and one more", n)
	}
}

func TestSweepTakesWhatChanged(t *testing.T) {
	r := newRig(t, setup{data: many(12)})
	r.connect()
	r.run()
	first := r.synced(time.Time{})
	if err := r.far.SetLineQuantity(jobbertest.ID("Job", 7), jobbertest.ID("JobLineItem", 70), 9); err != nil {
		t.Fatal(err)
	}
	added := oneOff(13)
	added.ID = ""
	if _, err := r.far.AddJob(added); err != nil {
		t.Fatal(err)
	}
	r.svc.SyncNow()
	st := r.synced(first.FinishedAt)
	if st.State != store.SyncOK || st.Jobs != 2 || st.Changed != 2 || !st.Watermark.After(first.Watermark) {
		t.Errorf("sweep: %+v", st)
	}
	if got := r.asked(7)["Breaker 20 A"]; got != "9" {
		t.Errorf("job 7 asks %s", got)
	}
}

// TestSweepAfterABulkChange reads many changed jobs together: each costs no more than in a first sync.
func TestSweepAfterABulkChange(t *testing.T) {
	r := newRig(t, setup{data: many(60)})
	r.connect()
	r.run()
	first := r.synced(time.Time{})
	points := r.far.Stats().Points
	for n := range 40 {
		if err := r.far.SetLineQuantity(jobbertest.ID("Job", n+1), jobbertest.ID("JobLineItem", (n+1)*10), 9); err != nil {
			t.Fatal(err)
		}
	}
	before := r.far.Stats()
	r.svc.SyncNow()
	st := r.synced(first.FinishedAt)
	after := r.far.Stats()
	if st.State != store.SyncOK || st.Jobs != 40 || st.Changed != 40 {
		t.Errorf("sweep: %+v", st)
	}
	if n := after.Requests - before.Requests; n > 1+4 {
		t.Errorf("%d requests, want a list and 4 pages of 13", n)
	}
	if cost := after.Points - before.Points; cost/40 > points/60+3 {
		t.Errorf("%d points a job, and %d in the first sync", cost/40, points/60)
	}
}

// TestSweepReadsBehindTheWatermark has Jobber commit a change late: it is older than the newest seen.
func TestSweepReadsBehindTheWatermark(t *testing.T) {
	d := many(3)
	r := newRig(t, setup{data: d})
	r.connect()
	r.run()
	first := r.synced(time.Time{})
	lists := r.wire.counts()["JobsUpdated"]
	late := began.Add(-time.Hour - 30*time.Second).Format(time.RFC3339)
	r.wire.answer(only("JobsUpdated", fmt.Sprintf(`{"data":{"jobs":{"nodes":[
		{"id":%q,"updatedAt":%q},{"id":%q,"updatedAt":%q},{"id":%q,"updatedAt":"2020-01-01T00:00:00Z"}
		],"pageInfo":{"hasNextPage":true,"endCursor":"Mw"}}}}`,
		d.Jobs[0].ID, d.Jobs[0].UpdatedAt.Format(time.RFC3339), d.Jobs[1].ID, late, d.Jobs[2].ID)))
	r.svc.SyncNow()
	st := r.synced(first.FinishedAt)
	if n := r.wire.counts()["JobById"]; st.State != store.SyncOK || st.Jobs != 1 || n != 1 {
		t.Errorf("%d jobs were read, want the late one alone: %+v", n, st)
	}
	if n := r.wire.counts()["JobsUpdated"] - lists; n != 1 {
		t.Errorf("%d lists were read, want to stop at the first old job", n)
	}
}

// TestNestedPages reads a job with more of everything than any page holds. Each operation runs, each
// within half a bucket.
func TestNestedPages(t *testing.T) {
	r := newRig(t, setup{data: bigJobs(), standin: jobbertest.Options{Behaviour: jobbertest.Behaviour{Bucket: jobbertest.Bucket{Max: 1e6, Restore: 1e6}}}})
	r.connect()
	r.run()
	st := r.synced(time.Time{})
	if st.State != store.SyncOK {
		t.Fatalf("sync: %+v", st)
	}
	checkBigJobs(t, r)

	// Once more by webhook, with the page sizes of a job that is read by itself.
	for n := 1; n <= 2; n++ {
		if err := r.far.SetLineQuantity(jobbertest.ID("Job", n), jobbertest.ID("JobLineItem", n*1000), 5); err != nil {
			t.Fatal(err)
		}
		r.tell("JOB_UPDATE", jobbertest.ID("Job", n))
	}
	r.tell("VISIT_DESTROY", jobbertest.ID("Visit", 99)) // nobody knows it: Jobber is asked
	r.tell("CLIENT_UPDATE", jobbertest.ID("Client", 1))
	r.tell("PROPERTY_UPDATE", jobbertest.ID("Property", 1))
	r.workedOff()
	if got := r.asked(1)["Part 0"]; got != "5" {
		t.Errorf("part 0 of job 1: %s", got)
	}
	r.svc.SyncNow()
	r.synced(st.FinishedAt)
	r.svc.ReadProducts()
	r.await("the price book", func() bool { return r.wire.answered("Products") > 0 })
	if _, err := r.svc.Disconnect(t.Context(), storetest.Staff); err != nil {
		t.Fatal(err)
	}
	if r.wire.cost == 0 || r.wire.cost > 5000 {
		t.Errorf("the dearest query may cost %d points", r.wire.cost)
	}
	t.Logf("the dearest query may cost %d points", r.wire.cost)
	got := r.wire.counts()
	for _, op := range operationNames(t) {
		if got[op] == 0 || r.wire.answered(op) == 0 {
			t.Errorf("%s was never asked and priced; asked were %v", op, keys(got))
		}
	}
}

// bigJobs has a fixed-price job and a visit-billed one, each with 130 lines, 70 visits, and a crew
// of 12 on two of them; three visits of the second use 60 of its lines, the others 2, the first 130.
func bigJobs() jobbertest.Data {
	d := many(2)
	for i := range 10 {
		d.Users = append(d.Users, jobbertest.User{ID: jobbertest.ID("User", 10+i), First: fmt.Sprintf("Worker %d", i)})
	}
	for i := range d.Jobs {
		j := &d.Jobs[i]
		n := i + 1
		j.Lines, j.Visits = nil, nil
		for k := range 130 {
			j.Lines = append(j.Lines, jobbertest.LineItem{ID: jobbertest.ID("JobLineItem", n*1000+k),
				Name: fmt.Sprintf("Part %d", k), Quantity: 1})
		}
		for k := range 70 {
			at := began.Add(time.Duration(k) * time.Hour)
			v := jobbertest.Visit{ID: jobbertest.ID("Visit", n*1000+k), StartAt: &at}
			for _, u := range d.Users[:2] {
				v.Crew = append(v.Crew, u.ID)
			}
			j.Visits = append(j.Visits, v)
		}
	}
	for i := range d.Jobs {
		for _, k := range []int{0, 69} { // on the first page of visits and on the last
			v := &d.Jobs[i].Visits[k]
			for _, u := range d.Users[2:] {
				v.Crew = append(v.Crew, u.ID)
			}
		}
	}
	d.Jobs[1].Billing = jobbertest.VisitBased
	for k := range d.Jobs[1].Visits {
		v := &d.Jobs[1].Visits[k]
		lines := 2
		if k < 3 {
			lines = 60
		}
		for m := range lines {
			v.Lines = append(v.Lines, jobbertest.LineItem{ID: jobbertest.ID("JobLineItem", 100_000+k*1000+m),
				Name: fmt.Sprintf("Part %d", m), Quantity: 2})
		}
	}
	for m := range 70 {
		v := &d.Jobs[1].Visits[0]
		v.Lines = append(v.Lines, jobbertest.LineItem{ID: jobbertest.ID("JobLineItem", 200_000+m), Name: "Extra", Quantity: 0.1})
	}
	return d
}

func checkBigJobs(t *testing.T, r *rig) {
	t.Helper()
	for n := 1; n <= 2; n++ {
		s, ok := r.sheet(n)
		if !ok || len(s.Visits) != 70 || len(s.Visits[69].Crew) != 12 || len(s.Visits[1].Crew) != 2 {
			t.Fatalf("job %d: here %v, %d visits", n, ok, len(s.Visits))
		}
	}
	if got := r.asked(1); len(got) != 130 || got["Part 129"] != "1" {
		t.Errorf("job 1 has %d lines, part 129: %s", len(got), got["Part 129"])
	}
	got := r.asked(2)
	if len(got) != 131 || got["Part 1"] != "140" || got["Part 59"] != "6" || got["Part 60"] != "0" || got["Extra"] != "7" {
		t.Errorf("job 2 has %d lines, part 1: %s, part 59: %s, part 60: %s, extra: %s",
			len(got), got["Part 1"], got["Part 59"], got["Part 60"], got["Extra"])
	}
}

func TestPeriodicSweep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, setup{inMemory: true, interval: 15 * time.Minute})
		r.connect()
		r.run()
		time.Sleep(time.Second)
		synctest.Wait()
		if st := r.status(); st.State != store.SyncOK || st.Jobs != 4 {
			t.Fatalf("first sync: %+v", st)
		}
		time.Sleep(46 * time.Minute)
		synctest.Wait()
		if n := r.wire.counts()["JobsUpdated"]; n != 1+3 {
			t.Errorf("%d lists in 46 minutes, want that of the first sync and 3", n)
		}
		r.cancel()
	})
}

func TestNoSweepsWhenOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, setup{inMemory: true})
		r.run() // nothing is connected yet
		time.Sleep(time.Hour)
		if n := len(r.wire.counts()); n != 0 {
			t.Errorf("%d sorts of questions without a connection", n)
		}
		r.connect()
		time.Sleep(48 * time.Hour)
		synctest.Wait()
		if st := r.status(); st.State != store.SyncOK || st.Jobs != 4 {
			t.Errorf("first sync: %+v", st)
		}
		if n := r.wire.counts()["JobsUpdated"]; n != 1 {
			t.Errorf("%d lists with the interval 0, want that of the first sync", n)
		}
		r.cancel()
	})
}

// TestSyncFails has Jobber out of order for a while: the page says so, and then all is well.
func TestSyncFails(t *testing.T) {
	for _, tt := range []struct {
		name string
		fail func(*http.Request) *http.Response
		says string
	}{
		{"server fault", graphql(503, `{"message":"Service temporarily unavailable"}`), "Service temporarily unavailable"},
		{"web page", graphql(200, "<html>Be right back</html>"), "not GraphQL"},
		{"half an answer", graphql(200, `{"data":{"jobs":{"nodes":[`), "not GraphQL"},
		{"nothing at all", graphql(200, `{}`), "fault"},
		{"too many requests", graphql(429, "Too Many Requests"), "slow down"},
		{"a flood", graphql(200, `{"data":"`+strings.Repeat("x", 9<<20)+`"}`), "not GraphQL"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, setup{inMemory: true, interval: time.Hour})
				r.connect()
				r.wire.answer(tt.fail)
				r.run()
				time.Sleep(2 * time.Minute)
				synctest.Wait()
				// It may just be trying again; the owner reads what was wrong the last time all the same.
				st := r.status()
				if st.State == store.SyncOK || !strings.Contains(st.Problem, tt.says) || !st.LastOK.IsZero() {
					t.Errorf("while it lasts: %+v, want %q", st, tt.says)
				}
				if n := r.wire.counts()["JobsUpdated"]; n < 2 || n > 15 {
					t.Errorf("asked %d times in two minutes", n)
				}
				r.wire.answer(nil)
				time.Sleep(20 * time.Minute)
				synctest.Wait()
				if st := r.status(); st.State != store.SyncOK || st.Problem != "" {
					t.Errorf("afterwards: %+v", st)
				}
				r.cancel()
			})
		})
	}
}

// TestSyncRefused has Jobber refuse for reasons that waiting does not help against: it is asked
// once, and the owner reads why.
func TestSyncRefused(t *testing.T) {
	for _, tt := range []struct {
		name, says string
		status     int
		body       string
	}{
		{"lacks a scope", "missing scope", 200,
			`{"data":null,"errors":[{"message":"The field jobs on an object of type Query was hidden due to permissions"}]}`},
		{"field is gone", "Jobber has no Query.jobs any more", 200,
			`{"errors":[{"message":"Field 'jobs' doesn't exist on type 'Query'"}]}`},
		{"version is gone", "'2025-04-16' does not exist", 404, `{"message":"GraphQL API version '2025-04-16' does not exist"}`},
		{"moved", "Moved", 301, ``},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t, setup{})
			r.connect()
			r.wire.answer(only("JobsUpdated", tt.body, tt.status))
			r.run()
			st := r.synced(time.Time{})
			if st.State != store.SyncFailing || !strings.Contains(st.Problem, tt.says) {
				t.Errorf("got %+v, want %q", st, tt.says)
			}
			if n := r.wire.counts()["JobsUpdated"]; n != 1 {
				t.Errorf("asked %d times", n)
			}
			if r.link().State != store.Connected {
				t.Error("the connection is given up")
			}
		})
	}
}

// TestSmallBucket gives Jobber a bucket that one page all but empties, and that fills slowly: the client
// waits, and is never refused.
func TestSmallBucket(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, setup{inMemory: true, data: many(60),
			standin: jobbertest.Options{Behaviour: jobbertest.Behaviour{Bucket: jobbertest.Bucket{Max: 2000, Restore: 20}}}})
		r.connect()
		begin := time.Now()
		r.run()
		for r.status().FinishedAt.IsZero() {
			time.Sleep(time.Second)
			if time.Since(begin) > time.Hour {
				t.Fatal("the sync does not end")
			}
		}
		st, far := r.status(), r.far.Stats()
		if st.State != store.SyncOK || st.Jobs != 60 {
			t.Errorf("sync: %+v", st)
		}
		if far.Throttled != 0 {
			t.Errorf("throttled %d times", far.Throttled)
		}
		t.Logf("%d points, %v", far.Points, time.Since(begin))
		r.cancel()
	})
}

// TestBadQuantity leaves out the job that cannot be counted, and takes over the others.
func TestBadQuantity(t *testing.T) {
	d := many(3)
	d.Jobs[1].Lines[0].Quantity = 1e12
	r := newRig(t, setup{data: d})
	r.connect()
	r.run()
	st := r.synced(time.Time{})
	if st.State != store.SyncOK || st.Jobs != 3 || st.Changed != 2 || !strings.Contains(st.Problem, "Job 2") {
		t.Errorf("sync: %+v", st)
	}
	if _, ok := r.sheet(2); ok {
		t.Error("job 2 is here")
	}
}

// TestJobVanishesBetweenPages has a job deleted while the rest of it is read.
func TestJobVanishesBetweenPages(t *testing.T) {
	r := newRig(t, setup{data: bigJobs(), standin: jobbertest.Options{Behaviour: jobbertest.Behaviour{Bucket: jobbertest.Bucket{Max: 1e6, Restore: 1e6}}}})
	r.connect()
	var once sync.Once
	r.wire.answer(func(req *http.Request) *http.Response {
		if req.URL.Path == "/api/graphql" && operationOf(req) == "JobLines" {
			once.Do(func() {
				if err := r.far.DeleteJob(jobbertest.ID("Job", 1)); err != nil {
					t.Error(err)
				}
			})
		}
		return nil
	})
	r.run()
	if st := r.synced(time.Time{}); st.State != store.SyncOK || st.Jobs != 2 {
		t.Errorf("sync: %+v", st)
	}
	if _, ok := r.sheet(1); ok {
		t.Error("job 1 is here")
	}
	if _, ok := r.sheet(2); !ok {
		t.Error("job 2 is missing")
	}
}

// TestUnchangedIsNotWritten sweeps a job that changed in nothing that is kept here.
func TestUnchangedIsNotWritten(t *testing.T) {
	r := newRig(t, setup{})
	r.connect()
	r.run()
	first := r.synced(time.Time{})
	event, err := r.db.LastEvent(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	before := r.asked(1)
	r.tell("JOB_UPDATE", jobbertest.ID("Job", 1))
	r.workedOff()
	after, err := r.db.LastEvent(t.Context())
	if err != nil || after != event {
		t.Errorf("event %v after %v, %v", after, event, err)
	}
	if !maps.Equal(before, r.asked(1)) || r.status().FinishedAt != first.FinishedAt {
		t.Error("something changed")
	}
}

// TestSample pulls the sample account and then what is new in it, which is nothing.
func TestSample(t *testing.T) {
	d := jobbertest.Sample(time.Now())
	account := d.Account.ID
	r := newRig(t, setup{data: d})
	r.connect()
	r.run()
	first := r.synced(time.Time{})
	if first.State != store.SyncOK || first.Jobs != len(d.Jobs) || first.Changed != len(d.Jobs) || first.Problem != "" {
		t.Fatalf("first sync of %d jobs: %+v", len(d.Jobs), first)
	}
	before := r.far.Stats()
	r.svc.SyncNow()
	if st := r.synced(first.FinishedAt); st.State != store.SyncOK || st.Jobs != 0 {
		t.Errorf("second sync: %+v", st)
	}
	after := r.far.Stats()
	if points, requests := after.Points-before.Points, after.Requests-before.Requests; points*10 > before.Points || requests*10 > before.Requests {
		t.Errorf("the second sync took %d points and %d requests, the first %d and %d", points, requests, before.Points, before.Requests)
	}
	for _, j := range d.Jobs {
		if _, err := r.db.JobRemote(t.Context(), account, j.ID); err != nil {
			t.Errorf("job %d: %v", j.Number, err)
		}
	}
}
