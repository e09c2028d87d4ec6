package jobber_test

import (
	"io"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"lwc-inventory/jobber"
	"lwc-inventory/jobber/jobbertest"
	"lwc-inventory/store"
)

// hookServer takes the stand-in's webhooks as the web side does, without sockets.
type hookServer struct {
	r    *rig
	down bool
}

func (h *hookServer) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, err := io.ReadAll(req.Body)
	if err != nil || h.down || !jobber.Verify(secret, body, req.Header.Get("X-Jobber-Hmac-SHA256")) {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	d, err := jobber.ParseEvent(body)
	if err == nil {
		_, err = h.r.db.Receive(req.Context(), jobber.Sorted(h.r.link(), d))
	}
	if err != nil {
		h.r.t.Error(err)
	}
}

// quietRig is connected, swept every 15 minutes, and gets webhooks; it runs in a bubble.
func quietRig(t *testing.T) (*rig, *hookServer) {
	hooks, data := &hookServer{}, many(9)
	for i := range data.Jobs {
		j := &data.Jobs[i]
		j.CreatedAt, j.UpdatedAt = time.Now().Add(-24*time.Hour), time.Now().Add(-24*time.Hour) // a bubble's time begins long ago
	}
	r := newRig(t, setup{data: data, inMemory: true, interval: 15 * time.Minute, standin: jobbertest.Options{Transport: inMemory{hooks}}})
	hooks.r = r
	r.far.SetURLs(callback, "http://app.test/jobs/jobber/webhook")
	r.connect()
	r.run()
	time.Sleep(20 * time.Minute)
	synctest.Wait()
	return r, hooks
}

// closes closes a job at Jobber, and lets a sweep follow.
func (r *rig) closes(n int) {
	r.t.Helper()
	if err := r.far.CloseJob(jobbertest.ID("Job", n)); err != nil {
		r.t.Fatal(err)
	}
	time.Sleep(16 * time.Minute)
	synctest.Wait()
	if s, _ := r.sheet(n); s.State != store.JobClosed {
		r.t.Errorf("job %d is %s", n, s.State)
	}
}

func (r *rig) silent() bool {
	r.t.Helper()
	h, err := r.db.Heartbeat(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	return h.SilentOn(r.link())
}

// Our answers fail for a moment, Jobber switches the webhooks off and says nothing. The sweeps notice. When an
// owner switches them on again, the first one ends the notice.
func TestSilenceIsNoticed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, hooks := quietRig(t)
		r.closes(1)
		r.far.Behave(func(b *jobbertest.Behaviour) { b.Hooks.DisableAfter = 3 })
		hooks.down = true
		r.closes(2)
		hooks.down = false
		if !r.far.Behaviour().Hooks.Off {
			t.Fatal("the webhooks are not off")
		}
		began := time.Now()
		r.closes(3)
		if r.silent() {
			t.Error("cried wolf after two changes")
		}
		r.closes(4)
		if !r.silent() {
			t.Error("three changes that none told of, and nobody noticed")
		}
		if h, err := r.db.Heartbeat(t.Context()); err != nil || !h.HeardAt.Before(began) || h.Missed != 3 || h.Sweeps != 3 {
			t.Errorf("%+v, %v", h, err)
		}
		r.far.Behave(func(b *jobbertest.Behaviour) { b.Hooks.Off = false })
		if err := r.far.ReopenJob(jobbertest.ID("Job", 4)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if r.silent() {
			t.Error("webhooks come again, and the notice stays")
		}
		r.cancel()
	})
}

// A day on which nothing is wrong: webhooks that come late, one that gets lost, lines that nobody tells of, a
// restart, a new connection.
func TestNobodyCriesWolf(t *testing.T) {
	for _, tt := range []struct {
		name string
		day  func(*rig, *hookServer)
	}{
		{"late webhooks", func(r *rig, _ *hookServer) {
			r.far.Behave(func(b *jobbertest.Behaviour) { b.Hooks.Delay = 20 * time.Second })
			for n := range 8 {
				r.closes(n + 1)
			}
		}},
		{"edits of lines are not told of", func(r *rig, _ *hookServer) {
			r.far.Behave(func(b *jobbertest.Behaviour) { b.Hooks.QuietLines = true })
			for n := range 8 {
				if err := r.far.SetLineQuantity(jobbertest.ID("Job", n+1), jobbertest.ID("JobLineItem", (n+1)*10), 7); err != nil {
					r.t.Fatal(err)
				}
				time.Sleep(16 * time.Minute)
				synctest.Wait()
				if got := r.asked(n + 1)["Breaker 20 A"]; got != "7" {
					r.t.Errorf("job %d asks %s", n+1, got)
				}
			}
		}},
		{"every other webhook is lost", func(r *rig, h *hookServer) {
			for n := range 8 {
				h.down = n%2 == 0
				r.closes(n + 1)
			}
		}},
		{"the program was down for a day", func(r *rig, h *hookServer) {
			r.idle()
			h.down = true
			for n := range 8 {
				if err := r.far.CloseJob(jobbertest.ID("Job", n+1)); err != nil {
					r.t.Fatal(err)
				}
				time.Sleep(3 * time.Hour)
			}
			h.down = false
			r.svc = jobber.New(r.cfg)
			r.run()
			time.Sleep(16 * time.Minute)
			r.closes(9)
		}},
		{"not connected for a day", func(r *rig, h *hookServer) {
			if err := r.db.JobberDropped(r.t.Context(), "test"); err != nil {
				r.t.Fatal(err)
			}
			for n := range 8 {
				if err := r.far.CloseJob(jobbertest.ID("Job", n+1)); err != nil {
					r.t.Fatal(err)
				}
				time.Sleep(3 * time.Hour)
			}
			r.connect()
			time.Sleep(16 * time.Minute)
			r.closes(9)
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r, hooks := quietRig(t)
				tt.day(r, hooks)
				if h, err := r.db.Heartbeat(t.Context()); err != nil || h.Silent {
					t.Errorf("%+v, %v", h, err)
				}
				r.cancel()
			})
		})
	}
}
