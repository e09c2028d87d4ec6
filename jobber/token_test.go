package jobber_test

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"lwc-inventory/jobber/jobbertest"
	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// TestOneRefresh has 50 callers meet an expired token.
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
		for range 50 {
			wg.Go(func() {
				if err := r.svc.Ask(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if st := r.far.Stats(); st.Refreshes != round+1 || st.TokenCalls != round+2 {
			t.Errorf("%d refreshes and %d calls of the token endpoint after round %d", st.Refreshes, st.TokenCalls, round+1)
		}
	}
	after, err := r.db.JobberTokens(t.Context())
	if err != nil || after.Refresh == before.Refresh || after.Access == before.Access {
		t.Errorf("the rotated tokens are not stored: %v", err)
	}
}

// TestShortLivedTokens has tokens live less than the time they are renewed ahead.
func TestShortLivedTokens(t *testing.T) {
	r := newRig(t, setup{clock: newClock(), standin: jobbertest.Options{Behaviour: jobbertest.Behaviour{AccessLifetime: 20 * time.Second}}})
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

func graphql(status int, body string) func(*http.Request) *http.Response {
	return func(req *http.Request) *http.Response {
		if req.URL.Path != "/api/graphql" {
			return nil
		}
		return reply(status, body)
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
