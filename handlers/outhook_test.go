package handlers_test

import (
	"context"
	"errors"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"lwc-inventory/handlers"
	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

var shownSecret = regexp.MustCompile(`data-secret>.*?<code>([^<]{40,})</code>`)

func TestWebhookSettings(t *testing.T) {
	db := storetest.Open(t)
	var answer error
	c := newClient(t, db, func(s *handlers.Server) { s.TestHook = func(context.Context) error { return answer } })
	c.signIn(store.Owner)
	for typed, says := range map[string]string{"": "Write an address like", "ftp://a.example/": "Write an address like", "http://a.example/": "begins with https://",
		"https://me:pass@a.example/": "Leave the name and password out"} {
		a := c.submit("/admin/settings/webhook", url.Values{"hook_url": {typed}, "hook_on": {"1"}})
		if a.status != 422 || !strings.Contains(a.body, says) || typed != "" && !strings.Contains(a.body, `value="`+typed+`"`) {
			t.Errorf("%q: %d, without %q or what was typed", typed, a.status, says)
		}
	}
	save := url.Values{"hook_url": {"https://a.example/in"}, "hook_on": {"1"}}
	a := c.submit("/admin/settings/webhook", save)
	m := shownSecret.FindStringSubmatch(a.body)
	_, secret, on, err := db.HookTarget(t.Context())
	if a.status != 200 || m == nil || err != nil || m[1] != secret || !on {
		t.Fatalf("saved: %d, shown %v, %v", a.status, m, err)
	}
	if a = c.submit("/admin/settings/webhook", save); a.status != 303 || strings.Contains(a.body, secret) {
		t.Errorf("saved again: %d", a.status)
	}
	if _, body := c.get("/admin/settings"); strings.Contains(body, secret) || !strings.Contains(body, `value="https://a.example/in"`) {
		t.Error("the secret is shown again, or the address is not")
	}
	renew := url.Values{"request_id": {"r1"}}
	m = shownSecret.FindStringSubmatch(c.submit("/admin/settings/webhook/secret", renew).body)
	if m == nil || m[1] == secret {
		t.Fatalf("a new secret: %v", m)
	}
	if a = c.submit("/admin/settings/webhook/secret", renew); a.status != 303 { // the second click
		t.Errorf("the same request again: %d", a.status)
	}
	if _, now, _, err := db.HookTarget(t.Context()); err != nil || now != m[1] {
		t.Errorf("the second click made another secret, %v", err)
	}
	if a = c.submit("/admin/settings/webhook/test", nil, htmx); a.status != 200 || !strings.Contains(a.body, "took the test") {
		t.Errorf("test: %d %s", a.status, a.body)
	}
	answer = errors.New("send to the webhook: 410 Gone")
	if a = c.submit("/admin/settings/webhook/test", nil); a.status != 200 || !strings.Contains(a.body, "send to the webhook: 410 Gone") {
		t.Errorf("a test that is refused: %d", a.status)
	}
}

// Under another SECRET_KEY the webhook is to be entered again, and everything else works.
func TestWebhookUnderAnotherKey(t *testing.T) {
	path := t.TempDir() + "/lwc.db"
	db, err := store.Open(path, store.Options{Secret: storetest.Secret(), Passes: 1})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.SaveHook(t.Context(), storetest.Staff, "https://a.example/in", true); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	db, err = store.Open(path, store.Options{Secret: []byte("another secret for tests, thirty-two"), Passes: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	postLow(t, db, store.Crossing{Item: storetest.Item(t, db, "A", 5, 10).ID, Severity: store.Low})
	if h, err := db.Hook(t.Context()); err != nil || !h.Lost {
		t.Errorf("%+v, %v", h, err)
	}
	if secret, err := db.SaveHook(t.Context(), storetest.Staff, "https://a.example/in", true); err != nil || secret == "" {
		t.Errorf("entered again: %q, %v", secret, err)
	}
}
