package handlers_test

import (
	"net/url"
	"strings"
	"testing"

	"lwc-inventory/handlers"
	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

func withMail(s *handlers.Server) {
	s.Mail = handlers.MailInfo{Configured: true, Server: "mail.example", From: "a@b.example"}
}

// resetToken is what the newest mail's link carries.
func resetToken(t *testing.T, db *store.DB) string {
	t.Helper()
	due, _, err := db.QueuedMails(t.Context(), store.ChannelMail, db.Now(), 9)
	if err != nil || len(due) == 0 {
		t.Fatalf("%v, %v", due, err)
	}
	token, err := db.ResetToken(t.Context(), due[len(due)-1])
	if err != nil || token == "" {
		t.Fatalf("%q, %v", token, err)
	}
	return token
}

// Who forgot the password asks for a link, and sets a new one with it; the second step stays on.
func TestForgottenPassword(t *testing.T) {
	db, at := openClocked(t)
	c := newClient(t, db, withMail)
	c.signIn(store.GM)
	seed, _ := c.turnOn(at)
	b := c.other()
	_, known := b.post("/forgot", url.Values{"name": {"gm"}})
	_, unknown := b.post("/forgot", url.Values{"name": {"nobody"}})
	strip := func(s string) string { return tokenField.ReplaceAllString(s, "") }
	if strip(known) != strip(unknown) || !strings.Contains(known, "a link is on its way") {
		t.Errorf("somebody and nobody are told apart:\n%s\n%s", known, unknown)
	}
	token := resetToken(t, db)
	at1 := "/reset?" + url.Values{"token": {token}}.Encode()
	if status, body := b.get(at1); status != 200 || !strings.Contains(body, "New password for gm") {
		t.Fatalf("the link: %d\n%s", status, body)
	}
	if status, body := b.post("/reset", url.Values{"token": {token}, "password": {"short"}}); status != 422 || !strings.Contains(body, token) {
		t.Errorf("a short password: %d\n%s", status, body)
	}
	a := b.submit("/reset", url.Values{"token": {token}, "password": {"words that are new"}})
	if a.status != 303 || a.header.Get("Location") != "/login" || b.isIn() || c.isIn() {
		t.Errorf("set: %d to %q; in %t, the old session %t", a.status, a.header.Get("Location"), b.isIn(), c.isIn())
	}
	if status, _ := b.get(at1); status != 404 {
		t.Errorf("the link again: %d", status)
	}
	if a := b.submit("/login", credentials("gm", "words that are new")); !strings.HasPrefix(a.header.Get("Location"), "/login/code") || b.isIn() {
		t.Errorf("the second step is bypassed: %d to %q", a.status, a.header.Get("Location"))
	}
	if a := b.submit("/login/code", url.Values{"code": {appCode(t, at, seed)}}); a.status != 303 || !b.isIn() {
		t.Errorf("the code: %d", a.status)
	}
}

// Without mail nobody is promised a link.
func TestForgottenPasswordWithoutMail(t *testing.T) {
	db := storetest.Open(t)
	storetest.User(t, db, "ana", store.GM)
	c := newClient(t, db)
	if _, body := c.get("/login"); strings.Contains(body, "/forgot") {
		t.Error("the sign-in page leads to it")
	}
	if status, body := c.get("/forgot"); status != 200 || !strings.Contains(body, "Your owner can set") {
		t.Errorf("%d\n%s", status, body)
	}
	if status, _ := c.post("/forgot", url.Values{"name": {"ana"}}); status != 404 {
		t.Errorf("asked all the same: %d", status)
	}
}

// A flood of questions from one address is stopped.
func TestForgottenPasswordFlood(t *testing.T) {
	db := storetest.Open(t)
	storetest.User(t, db, "ana", store.GM)
	c := newClient(t, db, withMail)
	for range 10 {
		if status, _ := c.post("/forgot", url.Values{"name": {"x"}}); status != 200 {
			t.Fatal(status)
		}
	}
	if a := c.submit("/forgot", url.Values{"name": {"x"}}); a.status != 429 || a.header.Get("Retry-After") == "" {
		t.Errorf("the eleventh: %d", a.status)
	}
}
