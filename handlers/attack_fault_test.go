package handlers_test

import (
	"bytes"
	"log/slog"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"lwc-inventory/handlers"
	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// A journal keeps what is logged.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

func (j *journal) String() string { j.mu.Lock(); defer j.mu.Unlock(); return j.text.String() }

// logged makes the server log everything into the journal.
func (j *journal) logged(s *handlers.Server) {
	s.Log = slog.New(slog.NewJSONHandler(j, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

var (
	shownID   = regexp.MustCompile(`[Rr]equest (?:<code>)?([0-9a-f]{12})`)
	innerWord = regexp.MustCompile(`(?i)bbolt|database|\.go\b|goroutine|panic|template:|store\.|/tmp/|lwc\.db`)
)

// When the store is gone every page says so in plain words, with the number under which the log
// tells the rest.
func TestStoreFaultsKeepQuiet(t *testing.T) {
	folder := t.TempDir()
	db, err := store.Open(filepath.Join(folder, "lwc.db"), store.Options{Secret: storetest.Secret(), Passes: 1})
	if err != nil {
		t.Fatal(err)
	}
	var log journal
	c := newClient(t, db, log.logged)
	c.signIn(store.Owner)
	token := c.token()
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	numbers := strings.NewReplacer(":id", "1", ":line", "1")
	for _, r := range c.server.RouteTable() {
		if r.Path == "/healthz" {
			continue
		}
		for _, script := range []string{"", htmx} {
			a := c.send(r.Method, numbers.Replace(r.Path), url.Values{"_csrf": {token}}.Encode(), script)
			if a.status < 500 || innerWord.MatchString(a.body) {
				t.Errorf("%s %s %s: %d\n%s", script, r.Method, r.Path, a.status, a.body)
			}
			if r.Path == "/readyz" {
				continue
			}
			if id := shownID.FindStringSubmatch(a.body); id == nil || !strings.Contains(log.String(), `"id":"`+id[1]+`"`) {
				t.Errorf("%s %s %s: the page names %v, which the log does not know\n%s", script, r.Method, r.Path, id, a.body)
			}
		}
	}
}

// A day's work leaves nothing in the log that opens anything.
func TestLogHoldsNoSecret(t *testing.T) {
	db := storetest.Open(t)
	var log journal
	c := newClient(t, db, log.logged)
	boss := c.signIn(store.Owner)
	visitor := c.other()
	secrets := []string{storetest.Password, "a wrong password", "a new password", "the client secret", "the code", "the state", "webHookEvent", c.token()}
	visitor.post("/login", credentials(boss.Username, "a wrong password"))
	visitor.post("/login", credentials("a wrong password", "a new password"))
	c.post("/profile", url.Values{"current_password": {"a wrong password"}, "password": {"a new password"}})
	c.post("/profile", url.Values{"current_password": {storetest.Password}, "password": {"a new password"}})
	c.post("/admin/users", userFields("password", "a new password"))
	c.post("/admin/settings/jobber", url.Values{"jobber_client_id": {clientID}, "jobber_client_secret": {"the client secret"}})
	c.get("/jobs/jobber/callback?" + url.Values{"code": {"the code"}, "state": {"the state"}}.Encode())
	body := event("JOB_UPDATE", clientID, storetest.Account, "job-1")
	c.send("POST", "/jobs/jobber/webhook", body, sign("the client secret", body))
	c.send("POST", "/jobs/jobber/webhook", body, sign("another secret", body))
	c.send("POST", "/items?_csrf="+c.token(), "")
	for _, kept := range []*client{c, visitor} {
		for _, cookie := range kept.cookies {
			secrets = append(secrets, cookie)
		}
	}
	for _, s := range secrets {
		for _, way := range []string{s, url.QueryEscape(s), url.PathEscape(s)} {
			if strings.Contains(log.String(), way) {
				t.Errorf("%q stands in the log", way)
			}
		}
	}
	for _, has := range []string{`"msg":"signed in"`, `"msg":"sign-in refused"`, `"msg":"password changed"`, `"msg":"webhook"`, `"msg":"request"`} {
		if !strings.Contains(log.String(), has) {
			t.Errorf("no %s in the log", has)
		}
	}
}
