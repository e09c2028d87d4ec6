package jobber_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"lwc-inventory/jobber/jobbertest"
	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// staff is the owner in tests.
var staff = storetest.Staff

// access switches what the stand-in's API says to every token.
func access(f jobbertest.AccessFault, status int) func(*rig) {
	return func(r *rig) {
		r.far.Behave(func(b *jobbertest.Behaviour) { b.Access, b.AccessStatus = f, status })
	}
}

// ways is every way in which Jobber can end the connection, and what the owner reads then.
func ways() map[string]struct {
	end    func(*rig)
	reason string
} {
	type way = struct {
		end    func(*rig)
		reason string
	}
	const disconnected, withdrawn = "Disconnected at Jobber.", "no longer accepts"
	all := map[string]way{
		"disconnected, and the token knows": {func(r *rig) { r.far.Disconnect() }, disconnected},
		"the refresh token is dead":         {func(r *rig) { r.far.Disconnect(); r.clock.add(2 * time.Hour) }, withdrawn},
		"refused even when fresh":           {access(jobbertest.AccessUnknown, 0), withdrawn},
		"unauthenticated even when fresh": {func(r *rig) {
			r.wire.answer(graphql(200, `{"errors":[{"message":"The field account on an object of type Query was hidden because you are unauthenticated","extensions":{"code":"UNAUTHENTICATED"}}],"data":{"account":null}}`))
		}, withdrawn},
		"disconnected, says the token endpoint": {func(r *rig) {
			r.clock.add(2 * time.Hour)
			r.tokenFault(jobbertest.TokenGone)
		}, disconnected},
		"not active, says the token endpoint": {func(r *rig) {
			r.clock.add(2 * time.Hour)
			r.tokenFault(jobbertest.TokenInactive)
		}, disconnected},
	}
	for _, status := range []int{200, 401, 403, 404, 500} { // which one is not documented
		all[fmt.Sprint("disconnected, status ", status)] = way{access(jobbertest.AccessGone, status), disconnected}
		all[fmt.Sprint("not active, status ", status)] = way{access(jobbertest.AccessInactive, status), disconnected}
		all[fmt.Sprint("disconnected, said as an error, status ", status)] = way{func(r *rig) {
			r.wire.answer(graphql(status, `{"errors":[{"message":"User has disconnected this app from their account. Please delete this token"}]}`))
		}, disconnected}
	}
	return all
}

// TestConnectionEnds holds every way in which Jobber can end it.
func TestConnectionEnds(t *testing.T) {
	for name, tt := range ways() {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, setup{clock: newClock()})
			storetest.User(t, r.db, "lee", store.Owner)
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
			if st, err := r.db.MailStats(t.Context()); err != nil || st.Unsent != 1 {
				t.Errorf("mails to the owner: %+v, %v", st, err)
			}
			r.wire.answer(nil)
			r.far.Behave(func(b *jobbertest.Behaviour) { *b = jobbertest.Behaviour{} })
			before := r.far.Stats()
			if err := r.svc.Ask(t.Context()); err == nil || r.far.Stats().Requests != before.Requests {
				t.Errorf("Jobber is asked on: %v", err)
			}
			r.connect()
			if err := r.svc.Ask(t.Context()); err != nil {
				t.Errorf("after connecting again: %v", err)
			}
		})
	}
}

// TestBlockedIsNotTheEnd has Jobber serve the app nothing for a while, in whatever status.
func TestBlockedIsNotTheEnd(t *testing.T) {
	for _, status := range []int{200, 401, 403, 503} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			r := newRig(t, setup{clock: newClock()})
			r.connect()
			access(jobbertest.AccessBlocked, status)(r)
			if err := r.svc.Ask(t.Context()); err == nil || !strings.Contains(err.Error(), "fault at Jobber") {
				t.Errorf("got %v", err)
			}
			if n := r.far.Stats().Refreshes; n != 0 {
				t.Errorf("%d refreshes", n)
			}
			access("", 0)(r)
			if err := r.svc.Ask(t.Context()); err != nil {
				t.Errorf("afterwards: %v", err)
			}
		})
	}
}

// halted has everything happen that makes the service ask Jobber, for two days, and returns what went out.
func (r *rig) halted() (calls int) {
	r.t.Helper()
	count := func() int {
		st := r.far.Stats()
		return st.Requests + st.TokenCalls
	}
	before := count()
	for day := range 2 {
		r.tell("JOB_UPDATE", jobbertest.ID("Job", day+1))
		r.tell("VISIT_UPDATE", jobbertest.ID("Visit", day+1))
		r.svc.SyncNow()
		time.Sleep(24 * time.Hour)
		synctest.Wait()
	}
	return count() - before
}

// Until an owner has connected again nothing is asked, and what Jobber tells meanwhile is kept.
func TestNothingIsAskedWithoutAConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, setup{inMemory: true, interval: 15 * time.Minute})
		r.connect()
		r.run()
		time.Sleep(time.Second)
		r.far.Disconnect()
		r.svc.SyncNow()
		time.Sleep(time.Minute)
		synctest.Wait()
		if l := r.link(); l.State != store.NeedsReconnect {
			t.Fatalf("link: %+v", l)
		}
		if n := r.halted(); n != 0 {
			t.Errorf("%d calls went out", n)
		}
		r.idle()
		r.run() // another start of the program changes nothing
		if n := r.halted(); n != 0 {
			t.Errorf("%d calls went out after a restart", n)
		}
		if h := r.hooks(); h.Pending != 8 || h.Parked != 0 {
			t.Errorf("webhooks were not kept: %+v", h)
		}
		r.connect()
		time.Sleep(time.Hour)
		synctest.Wait()
		if h := r.hooks(); h.Pending != 0 || h.Parked != 0 {
			t.Errorf("after connecting again: %+v", h)
		}
		if st := r.status(); st.State != store.SyncOK {
			t.Errorf("after connecting again: %+v", st)
		}
		r.cancel()
	})
}

// While Jobber refuses our id and secret, one call an hour looks whether it still does.
func TestRefusedCredentialsStopTheCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, setup{inMemory: true, interval: 15 * time.Minute})
		storetest.User(t, r.db, "lee", store.Owner)
		r.connect()
		r.run()
		time.Sleep(2 * time.Hour)
		r.tokenFault(jobbertest.TokenStranger)
		time.Sleep(2 * time.Hour)
		synctest.Wait()
		if l := r.link(); l.State != store.Connected || !l.Refused {
			t.Fatalf("link: %+v", l)
		}
		requests := r.far.Stats().Requests
		if n := r.halted(); n > 49 {
			t.Errorf("%d calls in two days", n)
		}
		if n := r.far.Stats().Requests - requests; n != 0 {
			t.Errorf("%d queries went out", n)
		}
		if h := r.hooks(); h.Pending != 4 || h.Parked != 0 {
			t.Errorf("webhooks: %+v", h)
		}
		if st, err := r.db.MailStats(t.Context()); err != nil || st.Unsent != 1 {
			t.Errorf("mails: %+v, %v", st, err)
		}
		// An owner looks, finds them right, and it is tried at once.
		r.tokenFault("")
		if err := r.db.SaveJobberCredentials(t.Context(), staff, clientID, ""); err != nil {
			t.Fatal(err)
		}
		r.svc.SyncNow()
		time.Sleep(time.Minute)
		synctest.Wait()
		if st := r.status(); st.State != store.SyncOK || r.hooks().Pending != 0 {
			t.Errorf("afterwards: %+v, %+v", st, r.hooks())
		}
		if st, err := r.db.MailStats(t.Context()); err != nil || st.Unsent != 0 {
			t.Errorf("a mail about it still waits: %+v, %v", st, err)
		}
		r.cancel()
	})
}

// An owner who disconnects hears nothing of it from Jobber.
func TestOwnDisconnectIsNoLoss(t *testing.T) {
	r := newRig(t, setup{})
	storetest.User(t, r.db, "lee", store.Owner)
	r.connect()
	r.run()
	r.synced(time.Time{})
	r.far.Behave(func(b *jobbertest.Behaviour) { b.Access = jobbertest.AccessGone }) // an admin at Jobber was faster
	told, err := r.svc.Disconnect(t.Context(), staff)
	if err != nil || !told {
		t.Errorf("told %v, %v: Jobber has ended it as well", told, err)
	}
	if l := r.link(); l.State != store.Disconnected {
		t.Errorf("link: %+v", l)
	}
	r.tell("APP_DISCONNECT", account)
	access("", 0)(r)
	r.connect()
	r.workedOff() // word of the connection that the owner ended does not end the next one
	if l := r.link(); l.State != store.Connected {
		t.Errorf("link: %+v", l)
	}
	if m, err := r.db.Mail(t.Context(), 1); store.CodeOf(err) != store.NotFound {
		t.Errorf("a mail was written: %+v, %v", m, err)
	}
}

// APP_DISCONNECT may name the account as its item, or nothing.
func TestAppDisconnect(t *testing.T) {
	for _, item := range []string{account, ""} {
		r := newRig(t, setup{})
		r.connect()
		r.run()
		r.synced(time.Time{})
		r.tellAt("APP_DISCONNECT", account, item, r.db.Now())
		r.await("the end", func() bool { return r.link().State == store.NeedsReconnect })
		r.idle()
	}
}
