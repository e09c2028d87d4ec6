package jobber_test

import (
	"reflect"
	"testing"
	"testing/synctest"
	"time"

	"lwc-inventory/jobber/jobbertest"
	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// southID is another account, whose jobs have the numbers and the ids of the first one's.
var southID = jobbertest.ID("Account", 8)

func south() jobbertest.Data {
	d := office()
	d.Account = jobbertest.Account{ID: southID, Name: "Southside Plumbing"}
	d.Jobs = d.Jobs[:1]
	return d
}

// askFor connects the other account as far as to the question.
func (r *rig) askFor(account string) string {
	r.t.Helper()
	q := r.consent(account)
	ask, err := r.svc.Connect(r.t.Context(), staff, session, q.Get("state"), q.Get("code"))
	if err != nil || ask == "" {
		r.t.Fatalf("no question: %q, %v", ask, err)
	}
	return ask
}

func (r *rig) accept(ask string) {
	r.t.Helper()
	if next, err := r.svc.Accept(r.t.Context(), staff, session, ask); err != nil || next != "" {
		r.t.Fatalf("accept: %q, %v", next, err)
	}
}

// jobsOf returns all that is here of an account's jobs.
func (r *rig) jobsOf(account string) []store.JobSheet {
	r.t.Helper()
	remotes, err := r.db.RemoteJobs(r.t.Context(), account)
	if err != nil {
		r.t.Fatal(err)
	}
	var all []store.JobSheet
	for _, remote := range remotes {
		h, err := r.db.JobRemote(r.t.Context(), account, remote)
		if err != nil {
			r.t.Fatal(err)
		}
		s, err := r.db.JobSheet(r.t.Context(), h.ID)
		if err != nil {
			r.t.Fatal(err)
		}
		s.SyncedAt = time.Time{}
		all = append(all, s)
	}
	return all
}

func (r *rig) allocated(item store.Item) store.Qty {
	r.t.Helper()
	s, err := r.db.Stock(r.t.Context(), item.ID)
	if err != nil {
		r.t.Fatal(err)
	}
	return s.Level.Allocated
}

// TestAnotherAccount connects another account over the first one's jobs, and the first one again.
func TestAnotherAccount(t *testing.T) {
	r := newRig(t, setup{})
	r.far.AddAccount(south())
	breaker := storetest.Item(t, r.db, "BR-20", 100, 0)
	r.connect()
	r.run()
	first := r.synced(time.Time{})
	before, held := r.jobsOf(account), r.allocated(breaker)
	if len(before) != 4 || held == 0 {
		t.Fatalf("%d jobs, %v held", len(before), held)
	}

	ask := r.askFor(southID)
	if l := r.link(); l.AccountID != account || l.State != store.Connected {
		t.Errorf("connected before the yes: %+v", l)
	}
	r.accept(ask)
	r.synced(first.FinishedAt)
	if l := r.link(); l.AccountID != southID || l.State != store.Connected {
		t.Fatalf("link: %+v", l)
	}
	aside := r.jobsOf(account)
	for _, s := range aside {
		if s.State != store.JobClosed || !s.Foreign {
			t.Errorf("job %d is %s, foreign %v", s.Number, s.State, s.Foreign)
		}
	}
	now := r.jobsOf(southID)
	if len(now) != 1 || now[0].State != store.JobOpen || now[0].Foreign {
		t.Errorf("of the new account: %+v", now)
	}
	if got, want := r.allocated(breaker), now[0].Lines[0].Remaining; got != want {
		t.Errorf("%v held, want the new account's %v alone", got, want)
	}
	for range 3 { // nothing that is done for the new account touches the other's jobs
		at := r.status().FinishedAt
		r.tellAt("JOB_UPDATE", account, jobbertest.ID("Job", 2), r.db.Now().Add(-time.Hour))
		r.tellAt("JOB_UPDATE", southID, jobbertest.ID("Job", 1), r.db.Now().Add(-time.Hour))
		r.svc.SyncNow()
		r.synced(at)
	}
	r.workedOff()
	if got := r.jobsOf(account); !reflect.DeepEqual(got, aside) {
		t.Errorf("the other account's jobs were touched:\n%+v\nwere\n%+v", got, aside)
	}

	at := r.status().FinishedAt
	r.accept(r.askFor(account))
	if got := r.jobsOf(account); !reflect.DeepEqual(got, before) {
		t.Errorf("not as they were:\n%+v\nwere\n%+v", got, before)
	}
	if got := r.allocated(breaker); got != held {
		t.Errorf("%v held, want %v as before", got, held)
	}
	r.synced(at)
	if got := r.jobsOf(southID); len(got) != 1 || !got[0].Foreign {
		t.Errorf("the second account's: %+v", got)
	}
}

// TestAccountDeclined says no to another account: its tokens are given back, and everything is as before.
func TestAccountDeclined(t *testing.T) {
	r := newRig(t, setup{})
	r.far.AddAccount(south())
	r.connect()
	r.run()
	r.synced(time.Time{})
	before := r.jobsOf(account)
	ask := r.askFor(southID)
	if _, err := r.svc.Decline(t.Context(), "another session", ask); store.CodeOf(err) != store.NotFound {
		t.Errorf("another session's no counts: %v", err)
	}
	if told, err := r.svc.Decline(t.Context(), session, ask); err != nil || !told {
		t.Errorf("decline: told %v, %v", told, err)
	}
	if r.far.Holds(southID) || !r.far.Holds(account) {
		t.Error("the wrong tokens were given back")
	}
	if _, err := r.svc.Accept(t.Context(), staff, session, ask); store.CodeOf(err) != store.NotFound {
		t.Errorf("yes after no: %v", err)
	}
	if got := r.jobsOf(account); !reflect.DeepEqual(got, before) || r.link().AccountID != account {
		t.Errorf("not as before: %+v, %+v", got, r.link())
	}
	if err := r.svc.Ask(t.Context()); err != nil {
		t.Errorf("the first account does not answer any more: %v", err)
	}
}

// TestNobodyAnswers leaves the question open: after ten minutes the other account's tokens are given back.
func TestNobodyAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, setup{inMemory: true})
		r.far.AddAccount(south())
		r.connect()
		r.run()
		time.Sleep(time.Minute)
		ask := r.askFor(southID)
		time.Sleep(9 * time.Minute)
		r.idle() // the program is started anew meanwhile
		r.run()
		synctest.Wait()
		if !r.far.Holds(southID) {
			t.Error("given back while it could still be answered")
		}
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		if r.far.Holds(southID) || !r.far.Holds(account) {
			t.Error("the tokens were not given back")
		}
		if _, err := r.svc.Accept(t.Context(), staff, session, ask); store.CodeOf(err) != store.NotFound {
			t.Errorf("yes too late: %v", err)
		}
		r.cancel()
	})
}

// TestSameAccountAgain is asked nothing.
func TestSameAccountAgain(t *testing.T) {
	r := newRig(t, setup{})
	r.far.AddAccount(south())
	r.connect()
	r.run()
	first := r.synced(time.Time{})
	r.connect()
	if st := r.synced(first.FinishedAt); st.Jobs != 0 {
		t.Errorf("everything is read again: %+v", st)
	}
}
