package jobber_test

import (
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"lwc-inventory/jobber"
	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

func TestConnectAndSync(t *testing.T) {
	r := newRig(t, setup{})
	it, err := r.db.CreateItem(t.Context(), storetest.Staff, store.ItemDraft{SKU: "BR-20", Name: "Breaker", Unit: "ea"})
	if err != nil {
		t.Fatal(err)
	}
	r.connect()
	if !r.svc.Progress().Running {
		t.Error("the sync that Connect asked for does not show")
	}
	r.run()
	st := r.synced(time.Time{})
	r.idle()

	if st.State != store.SyncOK || st.Jobs != 4 || st.Changed != 4 || st.Problem != "" {
		t.Errorf("sync: %+v", st)
	}
	if want := began.Add(-time.Hour); !st.Watermark.Equal(want) {
		t.Errorf("watermark %v, want %v", st.Watermark, want)
	}
	l := r.link()
	if l.State != store.Connected || l.AccountID != account || l.AccountName != "Northside Electric" || l.UserName != "Sam Okafor" {
		t.Errorf("link: %+v", l)
	}
	s, _ := r.sheet(2)
	if s.Title != "Panel 2" || s.Client.Company != "Li Homes" || s.Client.Phone != "937 555 0117" ||
		strings.Join(s.Address.Lines(), "; ") != "1 Elm St; Dayton, OH 45402; United States" {
		t.Errorf("job 2: %+v", s.JobHead)
	}
	if strings.Join(s.Crew, ", ") != "Dana Reyes, Sam Okafor" || !s.StartAt.Equal(began.AddDate(0, 0, 2)) {
		t.Errorf("job 2: crew %v at %v", s.Crew, s.StartAt)
	}
	if want := map[string]string{"Breaker 20 A": "2", "Odd bracket": "1.5"}; !maps.Equal(r.asked(2), want) {
		t.Errorf("job 2 asks %v, want %v", r.asked(2), want)
	}
	if want := map[string]string{"Breaker 20 A": "3", "Odd bracket": "0"}; !maps.Equal(r.asked(4), want) {
		t.Errorf("job 4, billed by visit, asks %v, want %v", r.asked(4), want)
	}
	stock, err := r.db.Stock(t.Context(), it.ID)
	if err != nil || stock.Level.Allocated != 9000 {
		t.Errorf("allocated %v, %v; the SKU of the linked product says 2 + 2 + 2 + 3", stock.Level.Allocated, err)
	}
	if p := r.svc.Progress(); p.Running || p.Done != 4 || p.Total != 4 {
		t.Errorf("progress %+v", p)
	}
	if out := r.log.all(); strings.Contains(out, secret) || strings.Contains(out, "Bearer") || strings.Contains(out, "eyJ") {
		t.Errorf("the log holds a secret:\n%s", out)
	}
}

func TestConnectRefused(t *testing.T) {
	for _, tt := range []struct {
		name    string
		break_  func(*rig)
		session string
		code    string // instead of the one that came
		want    store.Code
		says    string
	}{
		{"denied at Jobber", nil, session, "none", store.Conflict, "not given"},
		{"another session", nil, "session-2", "", store.Forbidden, "session"},
		{"bad code", nil, session, "c0de", store.Conflict, "Connect again"},
		{"wrong secret", func(r *rig) {
			if err := r.db.SaveJobberCredentials(t.Context(), storetest.Staff, clientID, "another secret"); err != nil {
				t.Fatal(err)
			}
		}, session, "", store.Conflict, "client id and secret"},
		{"no account behind the token", func(r *rig) {
			r.wire.answer(only("Account", `{"data":{"account":null}}`))
		}, session, "", store.Conflict, "whose account"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t, setup{})
			q := r.consent()
			if tt.break_ != nil {
				tt.break_(r)
			}
			code := q.Get("code")
			switch tt.code {
			case "":
			case "none":
				code = ""
			default:
				code = tt.code
			}
			before := r.link().State
			_, err := r.svc.Connect(t.Context(), storetest.Staff, tt.session, q.Get("state"), code)
			if store.CodeOf(err) != tt.want || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("got %v, want %s with %q", err, tt.want, tt.says)
			}
			if after := r.link().State; after != before {
				t.Errorf("the connection went from %s to %s", before, after)
			}
		})
	}
}

func TestConnectTwiceWithOneAnswer(t *testing.T) {
	r := newRig(t, setup{})
	q := r.consent()
	for i, want := range []store.Code{"", store.Forbidden} {
		_, err := r.svc.Connect(t.Context(), storetest.Staff, session, q.Get("state"), q.Get("code"))
		if store.CodeOf(err) != want {
			t.Errorf("try %d: %v, want %q", i+1, err, want)
		}
	}
}

func TestAuthorizeURL(t *testing.T) {
	r := newRig(t, setup{})
	to, err := r.svc.AuthorizeURL(t.Context(), session)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"response_type=code", "client_id=app-1", "code_challenge_method=S256", "code_challenge=",
		"state=", "redirect_uri=http%3A%2F%2Flwc.test%2Fjobs%2Fjobber%2Fcallback"} {
		if !strings.Contains(to, want) {
			t.Errorf("%s lacks %s", to, want)
		}
	}
	if strings.Contains(to, secret) || strings.Contains(to, "scope") {
		t.Errorf("%s says too much", to)
	}
}

func TestAuthorizeURLWithoutCredentials(t *testing.T) {
	svc := jobber.New(jobber.Config{Store: storetest.Open(t)})
	if _, err := svc.AuthorizeURL(t.Context(), session); store.CodeOf(err) != store.Conflict {
		t.Errorf("got %v, want a conflict", err)
	}
}

func TestDisconnect(t *testing.T) {
	t.Run("Jobber is told", func(t *testing.T) {
		r := newRig(t, setup{})
		r.connect()
		if _, err := r.svc.Disconnect(t.Context(), storetest.Staff); err != nil {
			t.Fatal(err)
		}
		if n := r.far.Stats().Operations["Disconnect"]; n != 1 {
			t.Errorf("Jobber was told %d times", n)
		}
		if got := r.link().State; got != store.Disconnected {
			t.Errorf("state %s", got)
		}
	})
	t.Run("Jobber is down", func(t *testing.T) {
		r := newRig(t, setup{})
		r.connect()
		r.wire.answer(only("Disconnect", "", 503))
		if told, err := r.svc.Disconnect(t.Context(), storetest.Staff); err != nil || told {
			t.Fatalf("told %v, %v", told, err)
		}
		if got := r.link().State; got != store.Disconnected {
			t.Errorf("state %s", got)
		}
		if _, err := r.db.JobberTokens(t.Context()); store.CodeOf(err) != store.NotFound {
			t.Errorf("the tokens are still there: %v", err)
		}
		if !strings.Contains(r.log.all(), "could not be told") {
			t.Error("the log does not say so")
		}
	})
	t.Run("the jobs stay, and coming back goes on from there", func(t *testing.T) {
		r := newRig(t, setup{})
		r.connect()
		r.run()
		first := r.synced(time.Time{})
		if _, err := r.svc.Disconnect(t.Context(), storetest.Staff); err != nil {
			t.Fatal(err)
		}
		if _, ok := r.sheet(1); !ok {
			t.Error("job 1 is gone")
		}
		r.connect()
		st := r.synced(first.FinishedAt)
		if st.State != store.SyncOK || st.Jobs != 0 {
			t.Errorf("second sync: %+v", st)
		}
	})
}

func TestConnectAnotherAccount(t *testing.T) {
	r := newRig(t, setup{data: many(0)})
	err := r.db.JobberConnected(t.Context(), storetest.Staff, store.Tokens{Access: "a", Refresh: "b"}, "other", "Old Co", "")
	if err != nil {
		t.Fatal(err)
	}
	old := store.SyncStatus{State: store.SyncOK, LastOK: time.Now(), Watermark: time.Now()}
	if err := r.db.SaveSyncStatus(t.Context(), old); err != nil {
		t.Fatal(err)
	}
	r.connect()
	if st := r.status(); st.State != store.SyncNever || !st.Watermark.IsZero() {
		t.Errorf("the old account's sync counts for the new one: %+v", st)
	}
	if l := r.link(); l.AccountID != account {
		t.Errorf("link: %+v", l)
	}
}

// TestOwnTransport goes without the test's transport.
func TestOwnTransport(t *testing.T) {
	r := newRig(t, setup{})
	r.cfg.Transport = nil
	r.svc = jobber.New(r.cfg)
	r.connect()
	r.run()
	if st := r.synced(time.Time{}); st.State != store.SyncOK || st.Jobs != 4 {
		t.Errorf("sync: %+v", st)
	}
	if n := len(r.wire.counts()); n != 0 {
		t.Errorf("the test's transport saw %d sorts of requests", n)
	}
}

// TestStopAndGoOn stops in the middle of a first sync: the page at hand is finished, and the next
// start begins by itself.
func TestStopAndGoOn(t *testing.T) {
	r := newRig(t, setup{data: many(40)})
	r.connect()
	pages := 0
	r.wire.answer(func(req *http.Request) *http.Response {
		if operationOf(req) == "JobsByID" {
			if pages++; pages == 2 {
				r.cancel()
			}
		}
		return nil
	})
	r.run()
	r.wait() // it is stopped by the second page
	if st := r.status(); st.State != store.SyncRunning {
		t.Fatalf("state %s after the stop, so the sync was not cut off", st.State)
	}
	_, at26 := r.sheet(26)
	_, at27 := r.sheet(27)
	if !at26 || at27 {
		t.Errorf("job 26 is here: %v, job 27: %v; want the page at hand and no more", at26, at27)
	}
	r.wire.answer(nil)
	r.run()
	st := r.synced(time.Time{})
	if st.State != store.SyncOK || st.Jobs != 14 || st.Changed != 14 {
		t.Errorf("after the restart: %+v", st)
	}
}
