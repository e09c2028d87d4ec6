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

// tokenFault switches what is wrong with the stand-in's token endpoint.
func (r *rig) tokenFault(f jobbertest.TokenFault) {
	r.far.Behave(func(b *jobbertest.Behaviour) { b.Token = f })
}

// TestTokenEndpointFails has the endpoint fail in ways that do not end the connection.
func TestTokenEndpointFails(t *testing.T) {
	answers := func(status int, body string) func(*rig) {
		return func(r *rig) {
			r.wire.answer(func(req *http.Request) *http.Response {
				if req.URL.Path == "/api/graphql" {
					return nil
				}
				return reply(status, body)
			})
		}
	}
	fault := func(f jobbertest.TokenFault) func(*rig) { return func(r *rig) { r.tokenFault(f) } }
	for _, tt := range []struct {
		name  string
		fail  func(*rig)
		says  string
		calls int // of the token endpoint in 90 minutes, at most
	}{
		{"wrong credentials", fault(jobbertest.TokenStranger), "client id and secret", 2},
		{"server fault", fault(jobbertest.TokenDown), "503", 12},
		{"too many", fault(jobbertest.TokenBusy), "slow down", 12},
		{"blocked", fault(jobbertest.TokenBlocked), "serves this app nothing", 12},
		{"never answers", fault(jobbertest.TokenHangs), "does not answer", 12},
		{"cut off", fault(jobbertest.TokenCut), "does not answer", 12},
		{"half an answer", answers(200, `{"access_token":"ey`), "does not answer", 12},
		{"no token in it", answers(200, `{}`), "does not answer", 12},
		{"a page in its place", answers(200, `<html>sorry</html>`), "does not answer", 12},
		{"moved", answers(302, ""), "302", 12},
		{"something else", answers(400, "Bad Request"), "400", 12},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, setup{inMemory: true, interval: time.Hour})
				r.connect()
				r.run()
				time.Sleep(time.Second)
				tt.fail(r)
				before := r.wire.counts()["token"]
				time.Sleep(90 * time.Minute)
				synctest.Wait()
				st := r.status()
				if !strings.Contains(st.Problem, tt.says) || st.State == store.SyncOK {
					t.Errorf("sync: %+v, want %q", st, tt.says)
				}
				if r.link().State != store.Connected {
					t.Error("the connection is given up")
				}
				if n := r.wire.counts()["token"] - before; n < 1 || n > tt.calls {
					t.Errorf("the token endpoint was asked %d times", n)
				}
				r.tokenFault("")
				r.wire.answer(nil)
				time.Sleep(150 * time.Minute)
				synctest.Wait()
				if st := r.status(); st.State != store.SyncOK {
					t.Errorf("afterwards: %+v", st)
				}
				if r.link().Refused {
					t.Error("our id and secret still count as refused")
				}
				r.cancel()
			})
		})
	}
}

// TestBurstMeetsAFault has 50 callers meet an expired token while the endpoint is down: one of them asks.
func TestBurstMeetsAFault(t *testing.T) {
	r := newRig(t, setup{clock: newClock()})
	r.connect()
	r.clock.add(2 * time.Hour)
	r.tokenFault(jobbertest.TokenDown)
	before := r.far.Stats().TokenCalls
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			if err := r.svc.Ask(t.Context()); err == nil {
				t.Error("an answer without a token")
			}
		})
	}
	wg.Wait()
	if n := r.far.Stats().TokenCalls - before; n != 1 {
		t.Errorf("%d calls of the token endpoint", n)
	}
}

// TestLostAnswer loses the answer that holds the rotated tokens: the old refresh token is dead and the new
// one unknown, so an owner must connect again; it is not tried for ever.
func TestLostAnswer(t *testing.T) {
	for _, fault := range []jobbertest.TokenFault{jobbertest.TokenLost, jobbertest.TokenHalf} {
		t.Run(string(fault), func(t *testing.T) {
			r := newRig(t, setup{clock: newClock()})
			r.connect()
			before := r.far.Stats()
			r.clock.add(2 * time.Hour)
			r.tokenFault(fault)
			if err := r.svc.Ask(t.Context()); err == nil || r.link().State != store.Connected {
				t.Errorf("got %v, %s; it may still have been a hiccup", err, r.link().State)
			}
			r.tokenFault("")
			for range 100 {
				r.clock.add(time.Hour)
				if err := r.svc.Ask(t.Context()); err == nil {
					t.Fatal("an answer without a token")
				}
			}
			if l := r.link(); l.State != store.NeedsReconnect || !strings.Contains(l.Reason, "lost on the way") {
				t.Errorf("link: %+v", l)
			}
			st := r.far.Stats()
			if st.Refreshes-before.Refreshes != 1 || st.TokenCalls-before.TokenCalls != 2 || st.Requests != before.Requests {
				t.Errorf("asked on and on: %+v, before %+v", st, before)
			}
		})
	}
}

// TestOlderApp holds what apps without rotation, or made before it was strict, get.
func TestOlderApp(t *testing.T) {
	r := newRig(t, setup{clock: newClock()})
	r.connect()
	first, err := r.db.JobberTokens(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	r.far.Behave(func(b *jobbertest.Behaviour) { b.RotationOff = true })
	r.clock.add(2 * time.Hour)
	if err := r.svc.Ask(t.Context()); err != nil {
		t.Fatal(err)
	}
	kept, err := r.db.JobberTokens(t.Context())
	if err != nil || kept.Refresh != first.Refresh || kept.Access == first.Access {
		t.Errorf("without rotation: %+v, %v", kept, err)
	}
	if l := r.link(); !strings.HasPrefix(l.Warning, "Refresh token rotation is off.") {
		t.Errorf("the owner is not told: %+v", l)
	}
	// A lost answer is no loss when the used token is taken again.
	r.far.Behave(func(b *jobbertest.Behaviour) { b.RotationOff, b.Reuse, b.Token = false, true, jobbertest.TokenLost })
	r.clock.add(2 * time.Hour)
	if err := r.svc.Ask(t.Context()); err == nil {
		t.Error("the answer was not lost")
	}
	r.tokenFault("")
	r.clock.add(time.Minute)
	if err := r.svc.Ask(t.Context()); err != nil {
		t.Errorf("after the lost answer: %v", err)
	}
	if l := r.link(); l.State != store.Connected || !strings.HasPrefix(l.Warning, "Unexpected Refresh Token Redemption") {
		t.Errorf("link: %+v", l)
	}
	r.far.Behave(func(b *jobbertest.Behaviour) { b.Reuse = false })
	r.clock.add(2 * time.Hour)
	if err := r.svc.Ask(t.Context()); err != nil || r.link().Warning != "" {
		t.Errorf("the warning stays: %v, %+v", err, r.link())
	}
}

// TestRefusedWhileConnecting enters a wrong secret.
func TestRefusedWhileConnecting(t *testing.T) {
	r := newRig(t, setup{})
	r.tokenFault(jobbertest.TokenStranger)
	q := r.consent()
	_, err := r.svc.Connect(t.Context(), staff, session, q.Get("state"), q.Get("code"))
	if store.CodeOf(err) != store.Conflict || !strings.Contains(err.Error(), "does not know this client id and secret") {
		t.Errorf("got %v", err)
	}
	if l := r.link(); l.State != store.Disconnected || !l.Refused {
		t.Errorf("link: %+v", l)
	}
	r.tokenFault("")
	r.connect()
	if l := r.link(); l.State != store.Connected || l.Refused {
		t.Errorf("connected: %+v", l)
	}
}
