package jobber_test

import (
	"net/http"
	"sync"
	"testing"
	"time"

	"lwc-inventory/jobber/jobbertest"
	"lwc-inventory/store"
)

// TestLateSweepDoesNotOverwrite has a sweep's answer on its way while the job changes and a webhook tells of
// it: the webhook does not wait for the sweep, and what it brought stays.
func TestLateSweepDoesNotOverwrite(t *testing.T) {
	r := newRig(t, setup{data: many(3)})
	r.connect()
	read, release := make(chan struct{}), make(chan struct{})
	var once sync.Once
	r.wire.late(func(req *http.Request) {
		if operationOf(req) == "JobsByID" {
			once.Do(func() { close(read); <-release }) // Jobber has answered; the answer is slow to arrive
		}
	})
	r.run()
	<-read
	if err := r.far.SetLineQuantity(jobbertest.ID("Job", 1), jobbertest.ID("JobLineItem", 10), 9); err != nil {
		t.Fatal(err)
	}
	if err := r.far.DeleteJob(jobbertest.ID("Job", 2)); err != nil {
		t.Fatal(err)
	}
	r.tell("JOB_UPDATE", jobbertest.ID("Job", 1))
	r.tell("JOB_DESTROY", jobbertest.ID("Job", 2))
	r.workedOff() // though the sweep still waits
	if got := r.asked(1)["Breaker 20 A"]; got != "9" {
		t.Fatalf("after the webhook job 1 asks %s", got)
	}
	close(release)
	if st := r.synced(time.Time{}); st.State != store.SyncOK {
		t.Fatalf("sync: %+v", st)
	}
	if got := r.asked(1)["Breaker 20 A"]; got != "9" {
		t.Errorf("after the late sweep job 1 asks %s, want 9", got)
	}
	if _, ok := r.sheet(2); ok {
		t.Error("the late sweep brought the deleted job back")
	}
	if _, ok := r.sheet(3); !ok {
		t.Error("job 3 is missing")
	}
}

// TestDeletedWithoutAWord has a job deleted and no webhook tell of it: the look at all jobs, once a day,
// notices. Sweeps in between cost one request.
func TestDeletedWithoutAWord(t *testing.T) {
	clock := newClock()
	r := newRig(t, setup{data: many(5), clock: clock})
	r.connect()
	r.run()
	st := r.synced(time.Time{})
	if err := r.far.DeleteJob(jobbertest.ID("Job", 4)); err != nil {
		t.Fatal(err)
	}
	state := func() store.JobState {
		head, err := r.db.JobRemote(t.Context(), account, jobbertest.ID("Job", 4))
		if err != nil {
			t.Fatal(err)
		}
		return head.State
	}
	clock.add(23 * time.Hour)
	requests := r.far.Stats().Requests
	r.svc.SyncNow()
	st = r.synced(st.FinishedAt)
	if n := r.far.Stats().Requests - requests; n != 1 || state() != store.JobOpen {
		t.Errorf("an ordinary sweep: %d requests, job 4 is %s", n, state())
	}
	clock.add(2 * time.Hour)
	requests = r.far.Stats().Requests
	r.svc.SyncNow()
	st = r.synced(st.FinishedAt)
	if st.State != store.SyncOK || st.Jobs != 1 || st.Changed != 1 || state() != store.JobDeleted {
		t.Errorf("after a day: %+v, job 4 is %s", st, state())
	}
	if n := r.far.Stats().Requests - requests; n != 2 {
		t.Errorf("%d requests, want the list and the job that is not in it", n)
	}
}
