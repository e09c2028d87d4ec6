package store_test

import (
	"strings"
	"testing"
	"time"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// mailed returns the token of the newest mail with a link, and how many such mails wait.
func mailed(t *testing.T, m *movable) (token string, n int) {
	t.Helper()
	due, _, err := m.QueuedMails(t.Context(), store.ChannelMail, m.Now(), 99)
	if err != nil {
		t.Fatal(err)
	}
	for _, mail := range due {
		if mail.Kind != store.MailReset {
			continue
		}
		if token, err = m.ResetToken(t.Context(), mail); err != nil {
			t.Fatal(err)
		}
		n++
	}
	return token, n
}

// A mailed link sets the password once, within half an hour.
func TestResetByMail(t *testing.T) {
	m := openMovable(t)
	u := storetest.User(t, m.DB, "ana", store.GM)
	ask := func(name string) {
		t.Helper()
		if err := m.AskReset(t.Context(), name, "192.0.2.7"); err != nil {
			t.Fatal(err)
		}
	}
	set := func(token, password string) error {
		_, err := m.ResetPassword(t.Context(), token, password)
		return err
	}
	ask("ANA")
	token, n := mailed(t, m)
	if n != 1 || token == "" {
		t.Fatalf("%d mails, token %q", n, token)
	}
	for name, bad := range map[string]string{"none": "", "cut": token[:20], "changed": "B" + token[1:], "doubled": token + token, "no base64": "!" + token[1:]} {
		if err := set(bad, "another long password"); store.CodeOf(err) != store.NotFound {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := set(token, "short"); store.CodeOf(err) != store.Invalid {
		t.Errorf("a short password: %v", err)
	}
	if err := set(token, "another long password"); err != nil {
		t.Fatal(err)
	}
	if err := set(token, "a third long password"); store.CodeOf(err) != store.NotFound {
		t.Errorf("the second click: %v", err)
	}
	now, err := m.SignIn(t.Context(), "ana", "another long password", "")
	if err != nil || now.Epoch == u.Epoch {
		t.Errorf("%+v, %v: the old sessions must end", now, err)
	}
	if token, _ = mailed(t, m); token != "" {
		t.Error("a mail that is sent again carries a link")
	}

	m.pass(time.Hour)
	ask("ana@example.com")
	old, _ := mailed(t, m)
	ask("ana")
	if err := set(old, "another long password"); store.CodeOf(err) != store.NotFound {
		t.Errorf("a link after a newer one: %v", err)
	}
	token, _ = mailed(t, m)
	m.pass(30 * time.Minute)
	if err := set(token, "another long password"); store.CodeOf(err) != store.NotFound {
		t.Errorf("half an hour later: %v", err)
	}
	for name, change := range map[string]store.UserDraft{
		"switched off":     {Username: "ana", Email: "ana@example.com", Role: store.GM},
		"another mailbox":  {Username: "ana", Email: "ana@elsewhere.example", Role: store.GM, Active: true},
		"another password": {Username: "ana", Email: "ana@elsewhere.example", Role: store.GM, Active: true, Password: "one by an owner"},
	} {
		m.pass(time.Hour)
		back, err := m.User(t.Context(), u.ID)
		if err != nil {
			t.Fatal(err)
		}
		was := store.UserDraft{Username: "ana", Email: "ana@example.com", Role: store.GM, Active: true}
		if back, err = m.UpdateUser(t.Context(), storetest.Staff, u.ID, back.Version, was); err != nil {
			t.Fatal(err)
		}
		ask("ana")
		token, _ := mailed(t, m)
		if _, err := m.UpdateUser(t.Context(), storetest.Staff, u.ID, back.Version, change); err != nil || token == "" {
			t.Fatalf("%s: token %q, %v", name, token, err)
		}
		if err := set(token, "another long password"); store.CodeOf(err) != store.NotFound {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Nobody learns who has an account, and nobody's mailbox is flooded.
func TestResetTellsNothing(t *testing.T) {
	m := openMovable(t)
	storetest.User(t, m.DB, "ana", store.GM)
	for _, name := range []string{"two", "three"} { // share a mailbox
		if _, err := m.CreateUser(t.Context(), storetest.Staff, store.UserDraft{Username: name, Email: "office@example.com", Role: store.GM, Active: true, Password: storetest.Password}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := m.CreateUser(t.Context(), storetest.Staff, store.UserDraft{Username: "nomail", Role: store.GM, Active: true, Password: storetest.Password}); err != nil {
		t.Fatal(err)
	}
	for i, name := range []string{"nobody", "nomail", "office@example.com", "", strings.Repeat("x", 9999)} {
		if err := m.AskReset(t.Context(), name, string(rune('a'+i))); err != nil {
			t.Errorf("%.20q: %v", name, err)
		}
	}
	if _, n := mailed(t, m); n != 0 {
		t.Errorf("%d mails to nobody", n)
	}
	for i := range 9 {
		if err := m.AskReset(t.Context(), "ana", string(rune('a'+i))); err != nil {
			t.Errorf("asked %d times: %v", i+1, err)
		}
	}
	if _, n := mailed(t, m); n != 3 {
		t.Errorf("%d mails to one person, want 3", n)
	}
	for i := range 10 {
		if err := m.AskReset(t.Context(), "name"+string(rune('a'+i)), "192.0.2.9"); err != nil {
			t.Errorf("asked %d times from one address: %v", i+1, err)
		}
	}
	if err := m.AskReset(t.Context(), "one more", "192.0.2.9"); store.CodeOf(err) != store.TooMany {
		t.Errorf("the eleventh from one address: %v", err)
	}
}
