package jobber_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"lwc-inventory/jobber"
	"lwc-inventory/jobber/jobbertest"
	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// TestWebhooksFromTheOffice changes things at Jobber; its signed webhooks come over the wire and
// bring each change here.
func TestWebhooksFromTheOffice(t *testing.T) {
	// The office's clock is behind and quick: no two changes happen in one second, and each second is over.
	var ticks atomic.Int64
	begin := time.Now().Add(-30 * time.Minute)
	clock := func() time.Time { return begin.Add(time.Duration(ticks.Add(1)) * time.Second) }
	r := newRig(t, setup{standin: jobbertest.Options{Clock: clock, Behaviour: jobbertest.Behaviour{AccessLifetime: 24 * time.Hour}}})
	r.connect()
	r.run()
	r.synced(time.Time{})
	r.receive()
	job, line := jobbertest.ID("Job", 1), jobbertest.ID("JobLineItem", 10)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(r.far.SetLineQuantity(job, line, 7))
	r.await("the new quantity", func() bool { return r.asked(1)["Breaker 20 A"] == "7" })

	_, err := r.far.AddLine(job, jobbertest.LineItem{Name: "Wire nut", Quantity: 0.25})
	must(err)
	r.await("the new line", func() bool { return r.asked(1)["Wire nut"] == "0.25" })

	must(r.far.RemoveLine(job, line))
	r.await("the removed line", func() bool { _, there := r.asked(1)["Breaker 20 A"]; return !there })

	start := began.AddDate(0, 1, 0)
	must(r.far.Reschedule(job, start, start.Add(time.Hour)))
	r.await("the new date", func() bool { s, _ := r.sheet(1); return s.StartAt.Equal(start) })

	must(r.far.RenameClient(jobbertest.ID("Client", 1), "Ana", "Li", "Li & Sons"))
	r.await("the new name on every job", func() bool {
		for n := 1; n <= 4; n++ {
			if s, _ := r.sheet(n); s.Client.Name != "Li & Sons" {
				return false
			}
		}
		return true
	})

	must(r.far.SetLineQuantity(jobbertest.ID("Visit", 4), jobbertest.ID("JobLineItem", 401), 11))
	r.await("the visit's quantity", func() bool { return r.asked(4)["Breaker 20 A"] == "11" })

	must(r.far.CloseJob(job))
	r.await("the closed job", func() bool { s, _ := r.sheet(1); return s.State == store.JobClosed })
	must(r.far.ReopenJob(job))
	r.await("the reopened job", func() bool { s, _ := r.sheet(1); return s.State == store.JobOpen })

	must(r.far.DeleteJob(job))
	r.await("the deleted job", func() bool { s, ok := r.sheet(1); return ok && s.State == store.JobDeleted })

	r.far.Disconnect()
	r.await("the end of the connection", func() bool { return r.link().State == store.NeedsReconnect })
	if got := r.link().Reason; got != "Disconnected at Jobber." {
		t.Errorf("reason %q", got)
	}
	if _, ok := r.sheet(2); !ok {
		t.Error("the jobs are gone with the connection")
	}
}

// receive lets the stand-in's webhooks in, as the web side does.
func (r *rig) receive() {
	hooks := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, err := io.ReadAll(req.Body)
		if err != nil || !jobber.Verify(secret, body, req.Header.Get("X-Jobber-Hmac-SHA256")) {
			w.WriteHeader(http.StatusUnauthorized)
			r.t.Errorf("a webhook is not signed: %v", err)
			return
		}
		d, err := jobber.ParseEvent(body)
		if err == nil {
			_, err = r.db.Receive(req.Context(), d)
		}
		if err != nil {
			w.WriteHeader(http.StatusBadRequest)
			r.t.Errorf("a webhook is not taken: %v", err)
		}
	}))
	r.t.Cleanup(hooks.Close)
	r.far.SetURLs(callback, hooks.URL)
}

func TestDeliveriesCoalesce(t *testing.T) {
	r := newRig(t, setup{})
	r.connect()
	r.run()
	r.synced(time.Time{})
	r.idle()
	before := r.wire.counts()
	at := r.db.Now().Add(-time.Hour)
	for i := range 10 {
		at = at.Add(time.Second)
		r.tellAt("JOB_UPDATE", account, jobbertest.ID("Job", 1), at)
		r.tellAt("VISIT_UPDATE", account, jobbertest.ID("Visit", 1), at)
		r.tellAt("JOB_UPDATE", account, jobbertest.ID("Job", 2), at)
		r.tellAt("JOB_UPDATE", account, jobbertest.ID("Job", 2), at) // the same once more
		if i == 0 {
			r.tellAt("JOB_COMPLETE", account, jobbertest.ID("Job", 1), at)
		}
	}
	if st := r.hooks(); st.Pending != 31 {
		t.Fatalf("inbox: %+v", st)
	}
	r.run()
	r.workedOff()
	got := r.wire.counts()
	if got["JobById"]-before["JobById"] != 2 || got["VisitJob"] != 0 {
		t.Errorf("asked %v; want each job once; whose the visit is is known", got)
	}
	for n := 1; n <= 2; n++ {
		if _, ok := r.sheet(n); !ok {
			t.Errorf("job %d is not here", n)
		}
	}
}

func TestDeliveriesIgnored(t *testing.T) {
	for _, tt := range []struct {
		name, topic, account, item string
	}{
		{"another account", "JOB_UPDATE", "somebody else", jobbertest.ID("Job", 1)},
		{"disconnect of another account", "APP_DISCONNECT", "somebody else", ""},
		{"topic we do not need", "INVOICE_UPDATE", account, jobbertest.ID("Invoice", 1)},
		{"topic nobody knows", "PIGEON_LANDED", account, "x"},
		{"no item", "JOB_UPDATE", account, ""},
		{"connected", "APP_CONNECT", account, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t, setup{})
			r.connect()
			r.run()
			r.synced(time.Time{})
			before := r.far.Stats().Requests
			r.tellAt(tt.topic, tt.account, tt.item, r.db.Now().Add(-time.Minute))
			r.workedOff()
			if n := r.far.Stats().Requests - before; n != 0 {
				t.Errorf("Jobber was asked %d times", n)
			}
			if r.link().State != store.Connected {
				t.Error("the connection ended")
			}
		})
	}
}

// TestDisconnectOfLongAgo has word of an earlier connection's end come after the new one was made.
func TestDisconnectOfLongAgo(t *testing.T) {
	r := newRig(t, setup{})
	r.connect()
	r.run()
	r.synced(time.Time{})
	r.tellAt("APP_DISCONNECT", account, account, r.link().ConnectedAt.Add(-10*time.Second))
	r.workedOff()
	if r.link().State != store.Connected {
		t.Error("late word of the old connection ended the new one")
	}
	r.tellAt("APP_DISCONNECT", account, account, r.link().ConnectedAt.Add(time.Second))
	r.await("the end of the connection", func() bool { return r.link().State == store.NeedsReconnect })
}

// What comes while there is no connection is worked off with the next one, whoever ended the last: Jobber
// tells of a deletion once.
func TestDeliveriesWaitForTheConnection(t *testing.T) {
	for name, end := range map[string]func(*rig) error{
		"needs a new connection": func(r *rig) error { return r.db.JobberDropped(r.t.Context(), "test") },
		"disconnected by us":     func(r *rig) error { return r.db.JobberDisconnected(r.t.Context(), storetest.Staff) },
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, setup{})
			r.connect()
			r.run()
			r.synced(time.Time{})
			if err := end(r); err != nil {
				t.Fatal(err)
			}
			if err := r.far.DeleteJob(jobbertest.ID("Job", 1)); err != nil {
				t.Fatal(err)
			}
			asked := r.far.Stats().Requests
			r.tell("JOB_DESTROY", jobbertest.ID("Job", 1))
			if st := r.hooks(); st.Pending != 1 || r.far.Stats().Requests != asked {
				t.Fatalf("inbox: %+v, asked %d times", st, r.far.Stats().Requests-asked)
			}
			r.connect()
			r.workedOff()
			if s, _ := r.sheet(1); s.State != store.JobDeleted {
				t.Errorf("job 1 is %s", s.State)
			}
		})
	}
}

// A deleted visit is null at Jobber and tells no more whose it was. The job that has it here is read, by
// one query and without a sweep.
func TestVisitDeleted(t *testing.T) {
	r := newRig(t, setup{})
	r.connect()
	r.run()
	r.synced(time.Time{})
	before := r.wire.counts()
	if err := r.far.DeleteVisit(jobbertest.ID("Visit", 2)); err != nil {
		t.Fatal(err)
	}
	r.tell("VISIT_DESTROY", jobbertest.ID("Visit", 2))
	r.workedOff()
	if s, _ := r.sheet(2); len(s.Visits) != 0 {
		t.Errorf("job 2 has the visits %+v", s.Visits)
	}
	after := r.wire.counts()
	for op, n := range after {
		if more := n - before[op]; more != 0 && (op != "JobById" || more != 1) {
			t.Errorf("asked %s %d times", op, more)
		}
	}
	if after["JobById"] == before["JobById"] {
		t.Error("the job was not read")
	}
}

func TestVisitVanished(t *testing.T) {
	r := newRig(t, setup{})
	r.connect()
	r.run()
	first := r.synced(time.Time{})
	r.tell("VISIT_DESTROY", jobbertest.ID("Visit", 77))
	r.workedOff()
	if st := r.synced(first.FinishedAt); st.State != store.SyncOK {
		t.Errorf("the sweep that was asked for: %+v", st)
	}
}

// TestDeliveryRetries has Jobber fail for one job only: the others do not wait, and it comes through in the end.
func TestDeliveryRetries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, setup{inMemory: true})
		r.connect()
		r.run()
		time.Sleep(time.Second)
		var mu sync.Mutex
		var tries []time.Duration
		begin := time.Now()
		r.wire.answer(func(req *http.Request) *http.Response {
			if req.URL.Path != "/api/graphql" || !strings.Contains(bodyOf(req), jobbertest.ID("Job", 1)) {
				return nil
			}
			mu.Lock()
			defer mu.Unlock()
			tries = append(tries, time.Since(begin))
			return reply(200, `{"errors":[{"message":"Internal error"}]}`)
		})
		if err := r.far.SetLineQuantity(jobbertest.ID("Job", 2), jobbertest.ID("JobLineItem", 20), 6); err != nil {
			t.Fatal(err)
		}
		r.tell("JOB_UPDATE", jobbertest.ID("Job", 1))
		r.tell("JOB_UPDATE", jobbertest.ID("Job", 2))
		synctest.Wait()
		r.tell("VISIT_UPDATE", jobbertest.ID("Visit", 1)) // of the job that fails: it waits with it
		synctest.Wait()
		if got := r.asked(2)["Breaker 20 A"]; got != "6" {
			t.Errorf("job 2 waits for job 1: %s", got)
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		want := []time.Duration{0, 5 * time.Second, 15 * time.Second, 35 * time.Second}
		if len(tries) != len(want) {
			t.Fatalf("tried at %v, want %v", tries, want)
		}
		for i := range want {
			if d := tries[i] - want[i]; d < 0 || d > time.Second {
				t.Errorf("try %d at %v, want %v", i, tries[i], want[i])
			}
		}
		r.wire.answer(nil)
		time.Sleep(time.Minute)
		synctest.Wait()
		if st := r.hooks(); st.Pending != 0 || st.Parked != 0 {
			t.Errorf("inbox: %+v", st)
		}
		r.cancel()
	})
}

// TestPoisonIsParked has one delivery fail for ever: it is tried ten times.
func TestPoisonIsParked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, setup{inMemory: true})
		r.connect()
		r.run()
		time.Sleep(time.Second)
		asked := r.wire.counts()["JobById"]
		r.wire.answer(only("JobById", `{"errors":[{"message":"Internal error"}]}`))
		r.tell("JOB_UPDATE", jobbertest.ID("Job", 1))
		time.Sleep(3 * time.Hour)
		synctest.Wait()
		if st := r.hooks(); st.Pending != 0 || st.Parked != 1 {
			t.Errorf("inbox: %+v", st)
		}
		if n := r.wire.counts()["JobById"] - asked; n != 10 {
			t.Errorf("tried %d times", n)
		}
		r.cancel()
	})
}

// TestOutage has no answer come at all for a day: nothing counts against the deliveries, Jobber is
// not hammered, and afterwards all is worked off.
func TestOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, setup{inMemory: true})
		r.connect()
		r.run()
		time.Sleep(time.Second)
		whole := r.wire.next
		r.wire.swap(broken{})
		for n := 1; n <= 3; n++ {
			r.tell("JOB_UPDATE", jobbertest.ID("Job", n))
		}
		asked := func() int { return r.wire.counts()["JobById"] + r.wire.counts()["token"] }
		before := asked()
		time.Sleep(24 * time.Hour)
		synctest.Wait()
		if st := r.hooks(); st.Pending != 3 || st.Parked != 0 {
			t.Errorf("inbox: %+v", st)
		}
		if n := asked() - before; n < 100 || n > 1000 {
			t.Errorf("Jobber was asked %d times in a day", n)
		}
		r.wire.swap(whole)
		time.Sleep(11 * time.Minute)
		synctest.Wait()
		if st := r.hooks(); st.Pending != 0 || st.Parked != 0 {
			t.Errorf("inbox afterwards: %+v", st)
		}
		r.cancel()
	})
}

// broken is a network that is down.
type broken struct{}

func (broken) RoundTrip(*http.Request) (*http.Response, error) {
	return nil, errors.New("no route to host")
}

func (w *wire) swap(next http.RoundTripper) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.next = next
}

func bodyOf(req *http.Request) string {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return err.Error()
	}
	req.Body = io.NopCloser(strings.NewReader(string(body)))
	return string(body)
}

// TestSameSecond changes a job once more just after it was read for the first change. If both were
// in one second, the second webhook would be taken for the first sent again, and nobody would read it.
func TestSameSecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, setup{inMemory: true})
		r.connect()
		r.run()
		time.Sleep(1300 * time.Millisecond)
		change := func(qty float64) {
			if err := r.far.SetLineQuantity(jobbertest.ID("Job", 1), jobbertest.ID("JobLineItem", 10), qty); err != nil {
				t.Error(err)
			}
			r.tellAt("JOB_UPDATE", account, jobbertest.ID("Job", 1), r.db.Now())
		}
		var once sync.Once
		r.wire.answer(func(req *http.Request) (res *http.Response) {
			if req.URL.Path == "/api/graphql" && operationOf(req) == "JobById" {
				once.Do(func() {
					var err error
					if res, err = r.wire.next.RoundTrip(req); err != nil {
						t.Error(err)
					}
					change(6)
				})
			}
			return res
		})
		change(5)
		time.Sleep(5 * time.Second)
		synctest.Wait()
		if got := r.asked(1)["Breaker 20 A"]; got != "6" {
			t.Errorf("job 1 asks %s", got)
		}
		r.cancel()
	})
}

// TestPanicIsSurvived has the transport panic once: the loop goes on.
func TestPanicIsSurvived(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, setup{inMemory: true})
		r.connect()
		var once sync.Once
		r.wire.answer(func(*http.Request) *http.Response {
			once.Do(func() { panic("the worst case") })
			return nil
		})
		r.run()
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if st := r.status(); st.State != store.SyncOK || st.Jobs != 4 {
			t.Errorf("sync: %+v", st)
		}
		if !strings.Contains(r.log.all(), "the worst case") {
			t.Error("the log does not say what happened")
		}
		r.cancel()
	})
}

func TestManyDeliveries(t *testing.T) {
	r := newRig(t, setup{data: many(250), standin: jobbertest.Options{Behaviour: jobbertest.Behaviour{Bucket: jobbertest.Bucket{Max: 1e6, Restore: 1e6}}}})
	r.connect()
	for n := range 250 {
		r.tell("JOB_CREATE", jobbertest.ID("Job", n+1))
	}
	r.run()
	r.workedOff()
	for _, n := range []int{1, 200, 201, 250} {
		if _, ok := r.sheet(n); !ok {
			t.Errorf("job %d is not here", n)
		}
	}
	if st := r.hooks(); st.Today != 250 {
		t.Errorf("inbox: %+v", st)
	}
}
