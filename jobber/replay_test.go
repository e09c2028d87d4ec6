package jobber_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"lwc-inventory/jobber/jobbertest"
	"lwc-inventory/store"
)

var ana = store.Actor{ID: 1, Name: "ana"}

// replayed returns the job of a number, as it is here after a first sync; the service is stopped.
func (r *rig) replayed(n int) store.JobID {
	r.t.Helper()
	r.connect()
	r.run()
	r.synced(time.Time{})
	r.idle()
	s, ok := r.sheet(n)
	if !ok {
		r.t.Fatalf("job %d is not here", n)
	}
	return s.ID
}

func (r *rig) replay(id store.JobID, request string) store.SyncEntry {
	r.t.Helper()
	e, err := r.svc.Replay(r.t.Context(), id, ana, request)
	if err != nil {
		r.t.Fatal(err)
	}
	return e
}

func TestReplay(t *testing.T) {
	r := newRig(t, setup{})
	id := r.replayed(1)
	before := r.wire.counts()["JobById"]

	e := r.replay(id, "look 1")
	if e.Result != store.SyncSame || e.From.Source != store.SourceManual || e.From.By != "ana" {
		t.Errorf("nothing new: %+v", e)
	}
	if err := r.far.SetLineQuantity(jobbertest.ID("Job", 1), jobbertest.ID("JobLineItem", 10), 7); err != nil {
		t.Fatal(err)
	}
	e = r.replay(id, "look 2")
	if e.Result != store.SyncChanged || len(e.Lines) != 1 || e.Lines[0].New != 7000 {
		t.Errorf("a new quantity: %+v", e)
	}
	if again := r.replay(id, "look 2"); again.ID != e.ID || r.wire.counts()["JobById"] != before+2 {
		t.Errorf("the same request again: entry %v, asked %d times", again.ID, r.wire.counts()["JobById"]-before)
	}
	if err := r.far.DeleteJob(jobbertest.ID("Job", 1)); err != nil {
		t.Fatal(err)
	}
	if e = r.replay(id, "look 3"); e.Result != store.SyncGone {
		t.Errorf("a deleted job: %+v", e)
	}
	if s, _ := r.sheet(1); s.State != store.JobDeleted {
		t.Errorf("the job is %s", s.State)
	}
}

// Two taps are one question, even while the first still waits.
func TestReplayTwiceAtOnce(t *testing.T) {
	r := newRig(t, setup{})
	id := r.replayed(1)
	before := r.wire.counts()["JobById"]
	var wg sync.WaitGroup
	for range 5 {
		wg.Go(func() {
			if _, err := r.svc.Replay(t.Context(), id, ana, "one tap"); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := r.wire.counts()["JobById"] - before; n != 1 {
		t.Errorf("asked %d times", n)
	}
	tl, err := r.db.Timeline(t.Context(), id)
	if err != nil || len(tl.Entries) != 2 || tl.Entries[0].Times > 1 {
		t.Errorf("%+v, %v", tl.Entries, err)
	}
}

func TestReplayWithoutAnAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, setup{inMemory: true})
		id := r.replayed(1)
		r.wire.answer(func(req *http.Request) *http.Response { return reply(500, "oops") })
		begin := time.Now()
		e := r.replay(id, "look")
		if e.Result != store.SyncRefused || e.Note != "Jobber does not answer in time." {
			t.Errorf("%+v", e)
		}
		if took := time.Since(begin); took > 14*time.Second {
			t.Errorf("the person waited %v; a request has 15 s", took)
		}
	})
}

func TestReplayOfAnImpossibleJob(t *testing.T) {
	r := newRig(t, setup{})
	id := r.replayed(1)
	if err := r.far.SetLineQuantity(jobbertest.ID("Job", 1), jobbertest.ID("JobLineItem", 10), 1e300); err != nil {
		t.Fatal(err)
	}
	if e := r.replay(id, "look"); e.Result != store.SyncRefused || !strings.Contains(e.Note, "a quantity on it is no amount") {
		t.Errorf("%+v", e)
	}
	if got := r.asked(1)["Breaker 20 A"]; got != "2" {
		t.Errorf("the job asks %s, and kept its 2", got)
	}
}

func TestReplayRefused(t *testing.T) {
	r := newRig(t, setup{})
	id := r.replayed(1)
	if _, err := r.svc.Replay(t.Context(), 99, ana, "look"); store.CodeOf(err) != store.NotFound {
		t.Errorf("an unknown job: %v", err)
	}
	if _, err := r.svc.Disconnect(t.Context(), ana); err != nil {
		t.Fatal(err)
	}
	if _, err := r.svc.Replay(t.Context(), id, ana, "look"); store.CodeOf(err) != store.Conflict {
		t.Errorf("without a connection: %v", err)
	}
	if tl, err := r.db.Timeline(t.Context(), id); err != nil || len(tl.Entries) != 1 {
		t.Errorf("it is noted all the same: %+v, %v", tl.Entries, err)
	}
}
