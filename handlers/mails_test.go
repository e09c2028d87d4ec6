package handlers_test

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"lwc-inventory/handlers"
	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

var mailMark = regexp.MustCompile(`<li class="row" data-mail-id="(\d+)" data-state="(\w+)"`)

// mailsOn returns the mails on a page, as "id state".
func mailsOn(page string) []string {
	out := []string{}
	for _, m := range mailMark.FindAllStringSubmatch(page, -1) {
		out = append(out, m[1]+" "+m[2])
	}
	return out
}

// queued adds n mails to the outbox, for one person.
func queued(t *testing.T, db *store.DB, to store.UserID, n int) {
	t.Helper()
	var mails []store.Mail
	for i := range n {
		mails = append(mails, store.Mail{Key: fmt.Sprint("mail ", i), To: to})
	}
	if err := db.FinishAlerts(t.Context(), store.AlertStep{Mails: mails}); err != nil {
		t.Fatal(err)
	}
}

func setUpMail(s *handlers.Server) {
	s.Mail = handlers.MailInfo{Configured: true, Server: "smtp.lwc.example, port 587, STARTTLS", From: "stock@lwc.example", SignIn: "stock"}
	s.MailText = func(_ context.Context, m store.Mail, to store.User) (string, string, error) {
		return "2 low: <b>Romex</b>", "LOW <b>Romex</b>\nfor " + to.Username, nil
	}
}

func must(t *testing.T, errs ...error) {
	t.Helper()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestMailsPage(t *testing.T) {
	db := storetest.Open(t)
	c := newClient(t, db, setUpMail)
	c.signIn(store.GM)
	dana := storetest.User(t, db, "dana", store.GM)
	if _, page := c.get("/admin/mails"); !strings.Contains(page, "No mail yet") {
		t.Errorf("an empty list:\n%s", page)
	}
	queued(t, db, dana.ID, 34)
	waits, none := db.Mail(t.Context(), 1)
	waits.Subject = "2 low: <b>Romex</b>"
	_, err := db.MailTrying(t.Context(), waits)
	must(t, none, err, db.MailSent(t.Context(), 1), db.MailRefused(t.Context(), 2, "550 5.1.1 <dana> unknown"),
		db.MailCancelled(t.Context(), 3, "Alerts are off for this person."),
		db.MailFailed(t.Context(), 4, store.MailFailure{Problem: "451 later", Next: db.Now().Add(time.Hour)}))
	_, first := c.get("/admin/mails")
	if got := mailsOn(first); len(got) != 30 || got[0] != "34 queued" || got[29] != "5 queued" {
		t.Errorf("the first page has %q", got)
	}
	if !strings.Contains(first, `href="/admin/mails?before=5"`) || !strings.Contains(first, "1 mail does not go out.") {
		t.Error("no way to the older ones, or no banner")
	}
	_, second := c.get("/admin/mails?before=5")
	if got := mailsOn(second); !slices.Equal(got, []string{"4 queued", "3 cancelled", "2 refused", "1 sent"}) {
		t.Errorf("the second page has %q", got)
	}
	for _, words := range []string{"2 low: &lt;b&gt;Romex", "550 5.1.1 &lt;dana&gt; unknown", "Alerts are off for this person.", "451 later", "1 try", "To dana"} {
		if !strings.Contains(second, words) {
			t.Errorf("the page lacks %q", words)
		}
	}
	for state, want := range map[string]string{"sent": "1 sent", "refused": "2 refused", "cancelled": "3 cancelled", "merged": ""} {
		if _, page := c.get("/admin/mails?state=" + state); strings.Join(mailsOn(page), ",") != want {
			t.Errorf("%s lists %q", state, mailsOn(page))
		}
	}
	if status, _ := c.get("/admin/mails?before=x"); status != 404 {
		t.Errorf("a bad place: %d", status)
	}
}

func TestMailPage(t *testing.T) {
	db := storetest.Open(t)
	c := newClient(t, db, setUpMail)
	c.signIn(store.Owner)
	dana := storetest.User(t, db, "dana", store.GM)
	queued(t, db, dana.ID, 1)
	must(t, db.MailFailed(t.Context(), 1, store.MailFailure{Problem: "451 later", Next: db.Now().Add(time.Hour)}),
		db.MailRefused(t.Context(), 1, "550 5.1.1 <dana> unknown"))
	_, page := c.get("/admin/mails/1")
	for _, words := range []string{"LOW &lt;b&gt;Romex&lt;/b&gt;\nfor dana", "Queued.", "451 later", "<code>550 5.1.1 &lt;dana&gt; unknown</code>", "Send it again"} {
		if !strings.Contains(page, words) {
			t.Errorf("the page lacks %q\n%s", words, page)
		}
	}
	form := typed("request_id", hidden(t, page, "request_id"))
	for range 2 { // the second click
		if status, _ := c.post("/admin/mails/1/resend", form); status != 303 {
			t.Fatalf("%d", status)
		}
	}
	if _, list := c.get("/admin/mails"); strings.Join(mailsOn(list), ", ") != "2 queued, 1 refused" {
		t.Errorf("after sending it again there are %q", mailsOn(list))
	}
	if _, again := c.get("/admin/mails/2"); !strings.Contains(again, `href="/admin/mails/1"`) || strings.Contains(again, "Send it again") {
		t.Errorf("the new one:\n%s", again)
	}
	if status, _ := c.post("/admin/mails/1/resend", nil); status != 422 {
		t.Errorf("without a request id: %d", status)
	}
	if status, _ := c.get("/admin/mails/99"); status != 404 {
		t.Errorf("no such mail: %d", status)
	}
	c.signIn(store.Warehouse)
	if status, _ := c.get("/admin/mails/1"); status != 403 {
		t.Errorf("warehouse: %d", status)
	}
}

// Managers see on the first page that mails fail, and to whom they are refused; the words are the server's.
func TestMailTroubleOnToday(t *testing.T) {
	for _, tt := range []struct {
		name string
		role store.Role
		make func(*store.DB) error
		want string
	}{
		{"all is well", store.Owner, func(*store.DB) error { return nil }, ""},
		{"fails", store.GM, func(db *store.DB) error {
			return db.MailFailed(t.Context(), 1, store.MailFailure{Problem: "connect to smtp:25: connection refused"})
		}, "1 mail does not go out.</b> connect to smtp:25: connection refused"},
		{"refused", store.Owner, func(db *store.DB) error { return db.MailRefused(t.Context(), 1, "550 unknown") }, "Mail to dana is refused.</b> 550 unknown"},
		{"nobody who could help", store.Warehouse, func(db *store.DB) error { return db.MailRefused(t.Context(), 1, "550 unknown") }, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			db := storetest.Open(t)
			connect(t, db)
			storetest.Item(t, db, "A", 12, 10)
			dana := storetest.User(t, db, "dana", store.GM)
			queued(t, db, dana.ID, 1)
			must(t, tt.make(db))
			c := newClient(t, db, setUpMail)
			c.signIn(tt.role)
			_, page := c.get("/dashboard")
			if got := strings.Contains(page, "is refused.") || strings.Contains(page, "not go out."); got != (tt.want != "") || !strings.Contains(page, tt.want) {
				t.Errorf("the page does not say %q:\n%s", tt.want, page)
			}
		})
	}
}

func TestMailSettingShowsNoPassword(t *testing.T) {
	c := newClient(t, storetest.Open(t), setUpMail)
	c.signIn(store.Owner)
	if _, page := c.get("/admin/settings"); !strings.Contains(page, "<dd>stock, password not shown</dd>") {
		t.Errorf("settings:\n%s", page)
	}
}
