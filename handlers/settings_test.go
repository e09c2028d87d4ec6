package handlers_test

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"lwc-inventory/handlers"
	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

const (
	clientID     = "3ef22a50-app"
	clientSecret = "the-client-secret-of-jobber"
)

// saveCredentials enters the app's id and secret.
func saveCredentials(t *testing.T, db *store.DB) {
	t.Helper()
	if err := db.SaveJobberCredentials(t.Context(), storetest.Staff, clientID, clientSecret); err != nil {
		t.Fatal(err)
	}
}

// connect makes a connection to the account of storetest's jobs.
func connect(t *testing.T, db *store.DB) {
	t.Helper()
	saveCredentials(t, db)
	tokens := store.Tokens{Access: "the-access-token", Refresh: "the-refresh-token", Expiry: time.Now().Add(time.Hour)}
	if err := db.JobberConnected(t.Context(), storetest.Staff, tokens, storetest.Account, "LWC Contracting", "Lee Carver"); err != nil {
		t.Fatal(err)
	}
}

func TestSettingsSayHowJobberStands(t *testing.T) {
	for _, tt := range []struct {
		name   string
		make   func(*testing.T, *store.DB)
		has    []string
		hasNot []string
	}{
		{"nothing yet", func(*testing.T, *store.DB) {},
			[]string{`data-jobber="not-configured"`, `data-sync="never"`, "/jobs/jobber/webhook", "/jobs/jobber/callback"},
			[]string{`href="/jobs/jobber/connect"`, "Disconnect"}},
		{"credentials", saveCredentials,
			[]string{`data-jobber="disconnected"`, `href="/jobs/jobber/connect"`, "Saved, not shown", clientID},
			[]string{"Disconnect"}},
		{"connected", connect,
			[]string{`data-jobber="connected"`, "LWC Contracting", "Lee Carver", "Disconnect", "Sync now"},
			[]string{`href="/jobs/jobber/connect"`}},
		{"dropped", func(t *testing.T, db *store.DB) {
			connect(t, db)
			if err := db.JobberDropped(t.Context(), "Somebody took the permission back."); err != nil {
				t.Fatal(err)
			}
		}, []string{`data-jobber="needs-reconnect"`, "Somebody took the permission back.", "Connect again", `role="alert"`}, []string{"Sync now"}},
		{"refused", func(t *testing.T, db *store.DB) {
			connect(t, db)
			if err := db.JobberRefused(t.Context(), true); err != nil {
				t.Fatal(err)
			}
			if err := db.SaveSyncStatus(t.Context(), store.SyncStatus{State: store.SyncFailing, Problem: "It does not know this client ID."}); err != nil {
				t.Fatal(err)
			}
		}, []string{`data-jobber="connected"`, "ID or secret refused", "Jobber refuses our client ID and secret.", "Developer Center", `role="alert"`},
			[]string{"Connected</span>", "not connected", "Sync now", "<dt>Problem"}},
		{"refused while connecting", func(t *testing.T, db *store.DB) {
			saveCredentials(t, db)
			if err := db.JobberRefused(t.Context(), true); err != nil {
				t.Fatal(err)
			}
		}, []string{`data-jobber="disconnected"`, "ID or secret refused", "then connect."}, nil},
		{"warned", func(t *testing.T, db *store.DB) {
			connect(t, db)
			tokens := store.Tokens{Access: "a", Refresh: "r", Warning: "Refresh token rotation is off."}
			if err := db.SaveJobberTokens(t.Context(), tokens); err != nil {
				t.Fatal(err)
			}
		}, []string{`data-jobber="connected"`, "Jobber warns:", "Refresh token rotation is off."}, nil},
		{"failing", func(t *testing.T, db *store.DB) {
			connect(t, db)
			err := db.SaveSyncStatus(t.Context(), store.SyncStatus{State: store.SyncFailing, Problem: "Jobber does not answer."})
			if err != nil {
				t.Fatal(err)
			}
		}, []string{`data-sync="failing"`, "Jobber does not answer.", "Sync failing"}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			db := storetest.Open(t)
			c := newClient(t, db)
			c.signIn(store.Owner)
			tt.make(t, db)
			status, body := c.get("/admin/settings/")
			if status != 200 {
				t.Fatalf("status %d\n%s", status, body)
			}
			for _, s := range tt.has {
				if !strings.Contains(body, s) {
					t.Errorf("no %q on the page", s)
				}
			}
			for _, s := range append(tt.hasNot, clientSecret, "the-access-token", "the-refresh-token") {
				if strings.Contains(body, s) {
					t.Errorf("%q on the page", s)
				}
			}
			if t.Failed() {
				t.Log(body)
			}
		})
	}
}

func TestSaveJobber(t *testing.T) {
	db := storetest.Open(t)
	c := newClient(t, db)
	c.signIn(store.Owner)
	form := func(id, secret string) url.Values {
		return url.Values{"jobber_client_id": {id}, "jobber_client_secret": {secret}}
	}
	status, body := c.post("/admin/settings/jobber", form("", clientSecret))
	if status != 422 || !strings.Contains(body, `id="jobber_client_id-error"`) || strings.Contains(body, clientSecret) {
		t.Errorf("without an id: %d\n%s", status, body)
	}
	status, body = c.post("/admin/settings/jobber", form("<b>", ""))
	if status != 422 || !strings.Contains(body, `id="jobber_client_secret-error"`) || !strings.Contains(body, `value="&lt;b&gt;"`) {
		t.Errorf("without a secret: %d\n%s", status, body)
	}
	if status, _ = c.post("/admin/settings/jobber", form(clientID, clientSecret)); status != 303 {
		t.Errorf("both: %d", status)
	}
	if status, _ = c.post("/admin/settings/jobber", form("another", "")); status != 303 {
		t.Errorf("another id: %d", status)
	}
	if id, secret, err := db.JobberCredentials(t.Context()); err != nil || id != "another" || secret != clientSecret {
		t.Errorf("kept %q, a secret of %d letters, %v", id, len(secret), err)
	}
}

func TestDisconnectAsksInPlace(t *testing.T) {
	db := storetest.Open(t)
	c := newClient(t, db)
	c.signIn(store.Owner)
	connect(t, db)
	_, page := c.get("/admin/settings?ask=disconnect")
	_, piece := c.get("/admin/settings?ask=disconnect", htmx)
	for _, body := range []string{page, piece} {
		if !strings.Contains(body, `class="confirm" role="alert"`) || !strings.Contains(body, `action="/jobs/jobber/disconnect"`) {
			t.Errorf("no question:\n%s", body)
		}
	}
	if strings.Contains(piece, "<html") {
		t.Error("htmx gets the whole page")
	}
	if _, body := c.get("/admin/settings", htmx); strings.Contains(body, "confirm") {
		t.Errorf("the question stays:\n%s", body)
	}
}

// mailed stands for the mail server.
type mailed struct {
	to     string
	answer string
}

func (m *mailed) send(_ context.Context, to store.User) (string, error) {
	m.to = to.Email
	return m.answer, nil
}

func TestTestMail(t *testing.T) {
	info := handlers.MailInfo{Configured: true, Server: "smtp.lwc.example, port 587, STARTTLS", From: "stock@lwc.example"}
	for _, tt := range []struct {
		name   string
		info   handlers.MailInfo
		answer string
		header []string
		status int
		has    string
	}{
		{"taken", info, "", nil, 303, ""},
		{"taken, htmx", info, "", []string{htmx}, 200, "The mail server took the mail to owner@example.com."},
		{"refused", info, `550 5.1.1 <user> unknown`, nil, 200, "<code>550 5.1.1 &lt;user&gt; unknown</code>"},
		{"refused, htmx", info, "550 no", []string{htmx}, 200, "<code>550 no</code>"},
		{"not set up", handlers.MailInfo{}, "", nil, 409, "MAIL_SERVER"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := &mailed{answer: tt.answer}
			c := newClient(t, storetest.Open(t), func(s *handlers.Server) { s.Mail, s.SendTest = tt.info, m.send })
			c.signIn(store.Owner)
			status, body := c.post("/admin/settings/mail/test", nil, tt.header...)
			if status != tt.status || !strings.Contains(body, tt.has) {
				t.Errorf("%d, want %d and %q\n%s", status, tt.status, tt.has, body)
			}
			if sent := m.to == "owner@example.com"; sent != tt.info.Configured {
				t.Errorf("sent to %q", m.to)
			}
		})
	}
}

func TestMailState(t *testing.T) {
	configured := func(s *handlers.Server) { s.Mail = handlers.MailInfo{Configured: true, Server: "smtp", From: "me"} }
	queue := func(t *testing.T, db *store.DB) store.MailID {
		u := storetest.User(t, db, "ana", store.Warehouse)
		if err := db.FinishAlerts(t.Context(), store.AlertStep{Mails: []store.Mail{{Key: "k", To: u.ID, MessageID: "m"}}}); err != nil {
			t.Fatal(err)
		}
		due, _, err := db.QueuedMails(t.Context(), store.ChannelMail, db.Now().Add(time.Hour), 1)
		if err != nil || len(due) != 1 {
			t.Fatalf("queued %v, %v", due, err)
		}
		return due[0].ID
	}
	for _, tt := range []struct {
		name string
		opt  func(*handlers.Server)
		make func(*testing.T, *store.DB) error
		want string
	}{
		{"not set up", func(*handlers.Server) {}, nil, "not-configured"},
		{"nothing sent yet", configured, nil, "ok"},
		{"waits", configured, func(t *testing.T, db *store.DB) error { queue(t, db); return nil }, "ok"},
		{"fails", configured, func(t *testing.T, db *store.DB) error {
			return db.MailFailed(t.Context(), queue(t, db), store.MailFailure{Problem: "connection refused"})
		}, "failing"},
		{"refused", configured, func(t *testing.T, db *store.DB) error {
			return db.MailRefused(t.Context(), queue(t, db), "550 user unknown")
		}, "failing"},
		{"works again", configured, func(t *testing.T, db *store.DB) error {
			id := queue(t, db)
			return errors.Join(db.MailFailed(t.Context(), id, store.MailFailure{Problem: "connection refused"}), db.MailSent(t.Context(), id))
		}, "ok"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			db := storetest.Open(t)
			c := newClient(t, db, tt.opt)
			c.signIn(store.Owner)
			if tt.make != nil {
				if err := tt.make(t, db); err != nil {
					t.Fatal(err)
				}
			}
			if status, body := c.get("/admin/settings"); status != 200 || !strings.Contains(body, `data-mail="`+tt.want+`"`) {
				t.Errorf("%d, want %s\n%s", status, tt.want, body)
			}
		})
	}
}

// Owners hear on every page that Jobber takes nothing from us; nobody else can do anything about it.
func TestReconnectBanner(t *testing.T) {
	db := storetest.Open(t)
	owner := newClient(t, db)
	owner.signIn(store.Owner)
	worker := owner.other()
	worker.signIn(store.Warehouse)
	connect(t, db)
	const banner = "Jobber is not connected any more."
	if _, body := owner.get("/more"); strings.Contains(body, banner) {
		t.Error("said while connected")
	}
	if err := db.JobberDropped(t.Context(), "The permission is gone."); err != nil {
		t.Fatal(err)
	}
	for path, times := range map[string]int{"/more": 1, "/admin/users": 1, "/admin/settings": 1} {
		if _, body := owner.get(path); strings.Count(body, banner) != times {
			t.Errorf("%s: %d times, want %d\n%s", path, strings.Count(body, banner), times, body)
		}
	}
	if _, body := worker.get("/more"); strings.Contains(body, banner) || !strings.Contains(body, "Jobber connection lost") {
		t.Errorf("the warehouse reads\n%s", body)
	}
}

func TestRefusedBanner(t *testing.T) {
	db := storetest.Open(t)
	owner := newClient(t, db)
	owner.signIn(store.Owner)
	worker := owner.other()
	worker.signIn(store.Warehouse)
	connect(t, db)
	if err := db.JobberRefused(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	const banner = "Jobber refuses our client ID and secret."
	for _, path := range []string{"/more", "/jobs", "/admin/settings"} {
		if _, body := owner.get(path); strings.Count(body, banner) != 1 {
			t.Errorf("%s: %d times\n%s", path, strings.Count(body, banner), body)
		}
	}
	if _, body := worker.get("/more"); strings.Contains(body, banner) {
		t.Errorf("the warehouse reads\n%s", body)
	}
	if status, body := worker.post("/jobs/sync", nil); status != 409 || !strings.Contains(body, banner) {
		t.Errorf("a sync that cannot be is answered %d\n%s", status, body)
	}
	if status, _ := owner.post("/admin/settings/jobber", url.Values{"jobber_client_id": {clientID}}); status != 303 {
		t.Errorf("saved as they were: %d", status)
	}
	if _, body := owner.get("/more"); strings.Contains(body, banner) {
		t.Error("an owner found them right, and it is said all the same")
	}
}
