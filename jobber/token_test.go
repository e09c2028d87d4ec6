package jobber_test

import (
	"context"
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

// TestOneRefresh has 20 callers meet an expired token.
func TestOneRefresh(t *testing.T) {
	r := newRig(t, setup{clock: newClock()})
	r.connect()
	before, err := r.db.JobberTokens(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if want := r.clock.now().Add(time.Hour); !before.Expiry.Equal(want) {
		t.Errorf("expiry %v, want %v", before.Expiry, want)
	}
	for round, ahead := range []time.Duration{59*time.Minute + 30*time.Second, 2 * time.Hour} {
		r.clock.add(ahead)
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				if err := r.svc.Ask(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if n := r.far.Stats().Refreshes; n != round+1 {
			t.Errorf("%d refreshes after round %d", n, round+1)
		}
	}
	after, err := r.db.JobberTokens(t.Context())
	if err != nil || after.Refresh == before.Refresh || after.Access == before.Access {
		t.Errorf("the rotated tokens are not stored: %v", err)
	}
}

// TestShortLivedTokens has tokens live less than the time they are renewed ahead.
func TestShortLivedTokens(t *testing.T) {
	r := newRig(t, setup{clock: newClock(), standin: jobbertest.Options{AccessLifetime: 20 * time.Second}})
	r.connect()
	for range 10 {
		if err := r.svc.Ask(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if n := r.far.Stats().Refreshes; n != 0 {
		t.Errorf("%d refreshes of a fresh token", n)
	}
	r.clock.add(30 * time.Second)
	for range 10 {
		if err := r.svc.Ask(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if n := r.far.Stats().Refreshes; n != 1 {
		t.Errorf("%d refreshes of a token that expired once", n)
	}
}

// TestStoredBeforeUse looks at the disk when a refreshed token is used for the first time.
func TestStoredBeforeUse(t *testing.T) {
	r := newRig(t, setup{clock: newClock()})
	r.connect()
	r.clock.add(2 * time.Hour)
	r.wire.answer(func(req *http.Request) *http.Response {
		if req.URL.Path == "/api/graphql" {
			kept, err := r.db.JobberTokens(t.Context())
			if err != nil || req.Header.Get("Authorization") != "Bearer "+kept.Access {
				t.Errorf("a token is used that is not on disk: %v", err)
			}
		}
		return nil
	})
	if err := r.svc.Ask(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := r.far.Stats().Refreshes; n != 1 {
		t.Errorf("%d refreshes", n)
	}
}

// TestRefusedTokenIsRenewed has Jobber refuse a token that should be good still.
func TestRefusedTokenIsRenewed(t *testing.T) {
	r := newRig(t, setup{})
	r.connect()
	first := true
	r.wire.answer(func(req *http.Request) *http.Response {
		if req.URL.Path == "/api/graphql" && first {
			first = false
			return reply(401, `{"message":"Token not recognized"}`)
		}
		return nil
	})
	if err := r.svc.Ask(t.Context()); err != nil {
		t.Error(err)
	}
	if n := r.far.Stats().Refreshes; n != 1 {
		t.Errorf("%d refreshes", n)
	}
}

// TestConnectionEnds holds every way in which Jobber can end it.
func TestConnectionEnds(t *testing.T) {
	for _, tt := range []struct {
		name   string
		end    func(*rig)
		reason string
	}{
		{"disconnected, and the token knows", func(r *rig) { r.far.Disconnect() }, "Disconnected at Jobber."},
		{"the refresh token is dead", func(r *rig) { r.far.Disconnect(); r.clock.add(2 * time.Hour) }, "no longer accepts"},
		{"refused even when fresh", func(r *rig) {
			r.wire.answer(graphql(401, `{"message":"Token not recognized"}`))
		}, "no longer accepts"},
		{"unauthenticated even when fresh", func(r *rig) {
			r.wire.answer(graphql(200, `{"errors":[{"message":"The field account on an object of type Query was hidden because you are unauthenticated","extensions":{"code":"UNAUTHENTICATED"}}],"data":{"account":null}}`))
		}, "no longer accepts"},
		{"disconnected, said with status 200", func(r *rig) {
			r.wire.answer(graphql(200, `{"message":"User has disconnected this app from their account. Please delete this token"}`))
		}, "Disconnected at Jobber."},
		{"the account is not active", func(r *rig) {
			r.wire.answer(graphql(403, `{"error":{"message":"This account is not active"}}`))
		}, "Disconnected at Jobber."},
		{"disconnected, said as an error", func(r *rig) {
			r.wire.answer(graphql(200, `{"errors":[{"message":"User has disconnected this app from their account. Please delete this token"}]}`))
		}, "Disconnected at Jobber."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t, setup{clock: newClock()})
			r.connect()
			tt.end(r)
			if err := r.svc.Ask(t.Context()); err == nil {
				t.Error("Jobber answered")
			}
			l := r.link()
			if l.State != store.NeedsReconnect || !strings.Contains(l.Reason, tt.reason) {
				t.Errorf("link: %+v, want %q", l, tt.reason)
			}
			if _, err := r.db.JobberTokens(t.Context()); store.CodeOf(err) != store.NotFound {
				t.Errorf("the tokens are still there: %v", err)
			}
			r.wire.answer(nil)
			before := r.far.Stats().Requests
			if err := r.svc.Ask(t.Context()); err == nil || r.far.Stats().Requests != before {
				t.Errorf("Jobber is asked on: %v", err)
			}
			r.connect()
			if err := r.svc.Ask(t.Context()); err != nil {
				t.Errorf("after connecting again: %v", err)
			}
		})
	}
}

func graphql(status int, body string) func(*http.Request) *http.Response {
	return func(req *http.Request) *http.Response {
		if req.URL.Path != "/api/graphql" {
			return nil
		}
		return reply(status, body)
	}
}

// TestTokenEndpointFails has the endpoint fail in ways that do not end the connection.
func TestTokenEndpointFails(t *testing.T) {
	for _, tt := range []struct {
		name   string
		status int
		body   string
		says   string
	}{
		{"wrong credentials", 401, "The provided client id and secret do not match an existing application", "client id and secret"},
		{"server fault", 503, "<html>sorry</html>", "503"},
		{"too many", 429, "Too Many Requests", "slow down"},
		{"half an answer", 200, `{"access_token":"ey`, "does not answer"},
		{"no token in it", 200, `{}`, "does not answer"},
		{"moved", 302, "", "302"},
		{"something else", 400, "Bad Request", "400"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, setup{inMemory: true, interval: time.Hour})
				r.connect()
				r.run()
				time.Sleep(time.Second)
				r.wire.answer(func(req *http.Request) *http.Response {
					if req.URL.Path == "/api/graphql" {
						return nil
					}
					return reply(tt.status, tt.body)
				})
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
				if n := r.wire.counts()["token"] - before; n < 1 || n > 12 {
					t.Errorf("the token endpoint was asked %d times", n)
				}
				r.wire.answer(nil)
				time.Sleep(90 * time.Minute)
				synctest.Wait()
				if st := r.status(); st.State != store.SyncOK {
					t.Errorf("afterwards: %+v", st)
				}
				r.cancel()
			})
		})
	}
}

// TestLostAnswer loses the answer that holds the rotated tokens: the old refresh token is dead and
// the new one unknown, so an owner must connect again; it is not tried for ever.
func TestLostAnswer(t *testing.T) {
	r := newRig(t, setup{clock: newClock()})
	r.connect()
	r.clock.add(2 * time.Hour)
	lost := false
	r.wire.answer(func(req *http.Request) *http.Response {
		if req.URL.Path == "/api/graphql" || lost {
			return nil
		}
		lost = true
		if _, err := r.wire.next.RoundTrip(req); err != nil {
			t.Error(err)
		}
		return reply(200, `{"access_`)
	})
	if err := r.svc.Ask(t.Context()); err == nil || r.link().State != store.Connected {
		t.Errorf("got %v, %s; it may still have been a hiccup", err, r.link().State)
	}
	r.clock.add(10 * time.Second)
	if err := r.svc.Ask(t.Context()); err == nil || r.link().State != store.NeedsReconnect {
		t.Errorf("got %v, %s", err, r.link().State)
	}
}

// TestGivingUpDoesNotLoseTokens has the caller leave in the middle of a refresh.
func TestGivingUpDoesNotLoseTokens(t *testing.T) {
	r := newRig(t, setup{clock: newClock()})
	r.connect()
	r.clock.add(2 * time.Hour)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	r.wire.answer(func(req *http.Request) *http.Response {
		if req.URL.Path != "/api/graphql" {
			cancel()
		}
		return nil
	})
	if err := r.svc.Ask(ctx); err == nil {
		t.Error("an answer for somebody who left")
	}
	r.wire.answer(nil)
	if err := r.svc.Ask(t.Context()); err != nil {
		t.Error(err)
	}
	if n := r.far.Stats().Refreshes; n != 1 {
		t.Errorf("%d refreshes", n)
	}
}

// TestDisconnectDuringRefresh has the owner disconnect while tokens are refreshed: they do not come back.
func TestDisconnectDuringRefresh(t *testing.T) {
	r := newRig(t, setup{clock: newClock()})
	r.connect()
	r.clock.add(2 * time.Hour)
	r.wire.answer(func(req *http.Request) *http.Response {
		if req.URL.Path != "/api/graphql" {
			if err := r.db.JobberDisconnected(t.Context(), storetest.Staff); err != nil {
				t.Error(err)
			}
		}
		return nil
	})
	if err := r.svc.Ask(t.Context()); err == nil || !strings.HasPrefix(err.Error(), "jobber: not connected") {
		t.Errorf("got %v", err)
	}
	if l := r.link(); l.State != store.Disconnected {
		t.Errorf("link: %+v", l)
	}
}

// TestLateRefusal has Jobber refuse the old connection's token when there is a new one already.
func TestLateRefusal(t *testing.T) {
	r := newRig(t, setup{})
	r.connect()
	again := false
	r.wire.answer(func(req *http.Request) *http.Response {
		if req.URL.Path != "/api/graphql" || again {
			return nil
		}
		again = true
		r.connect()
		return reply(401, `{"message":"User has disconnected this app from their account. Please delete this token"}`)
	})
	if err := r.svc.Ask(t.Context()); err == nil {
		t.Error("the old connection answers")
	}
	if l := r.link(); l.State != store.Connected {
		t.Errorf("the new connection is given up: %+v", l)
	}
	if err := r.svc.Ask(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestJobsAreNotMixed reads a job for an account that is not connected any more.
func TestJobsAreNotMixed(t *testing.T) {
	r := newRig(t, setup{})
	r.connect()
	job := jobbertest.ID("Job", 1)
	if err := r.svc.Refetch(t.Context(), "another account", job); err == nil {
		t.Error("read for an account that is not connected")
	}
	if _, err := r.db.JobRemote(t.Context(), "another account", job); store.CodeOf(err) != store.NotFound {
		t.Errorf("the job is here as the other account's: %v", err)
	}
	if err := r.svc.Refetch(t.Context(), account, job); err != nil {
		t.Error(err)
	}
}

// TestVersion has Jobber serve another version than asked for, and warn.
func TestVersion(t *testing.T) {
	r := newRig(t, setup{})
	r.connect()
	if strings.Contains(r.log.all(), "another version") {
		t.Error("a warning though the version is the one asked for")
	}
	r.wire.answer(graphql(200, `{"data":{"account":{"id":"x","name":"y"}},"extensions":{"versioning":{"version":"2026-05-12","warning":"API Version 2025-04-16 is no longer supported"}}}`))
	for range 3 {
		if err := r.svc.Ask(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if n := strings.Count(r.log.all(), "another version is served. API Version 2025-04-16 is no longer supported"); n != 1 {
		t.Errorf("the log says so %d times:\n%s", n, r.log.all())
	}
}
