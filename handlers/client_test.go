package handlers_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"

	"lwc-inventory/backup"
	"lwc-inventory/handlers"
	"lwc-inventory/jobber"
	"lwc-inventory/static"
	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
	"lwc-inventory/views"
)

// htmx makes a request one of htmx's.
const htmx = "HX-Request: true"

// host is what requests in tests are addressed to.
const host = "stock.example"

// client is a browser without a window: it keeps cookies and fills in form tokens.
type client struct {
	t       testing.TB
	server  *handlers.Server
	app     *fiber.App
	cookies map[string]string
}

// newServer returns a server around db, with everything that a server has. options may change it
// before it is used.
func newServer(t testing.TB, db *store.DB, options ...func(*handlers.Server)) *handlers.Server {
	t.Helper()
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	sessions, err := handlers.OpenSessions(filepath.Join(t.TempDir(), "sessions.db"))
	if err != nil {
		t.Fatal(err)
	}
	sessions.Now = db.Now
	index, err := store.OpenIndex(db, filepath.Join(t.TempDir(), "index"), log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := index.Close(); err != nil {
			t.Error(err)
		}
		if err := sessions.Close(); err != nil {
			t.Error(err)
		}
	})
	files, err := static.New()
	if err != nil {
		t.Fatal(err)
	}
	s := &handlers.Server{
		Store: db, Index: index, Version: "v1.2.3", Troubles: &handlers.Troubles{}, Sessions: sessions, Static: files, Views: views.FS, Log: log,
		Jobber: jobber.New(jobber.Config{Store: db, BaseURL: "https://" + host, Log: log,
			AuthorizeURL: "https://jobber.example/authorize", TokenURL: "https://jobber.example/token",
			Transport: refused{}}),
		BaseURL: "https://" + host, Secret: storetest.Secret(),
		Backups: backup.New(backup.Config{Store: db, Secret: storetest.Secret(), Dir: filepath.Join(t.TempDir(), "backups"), Daily: true}),
	}
	for _, o := range options {
		o(s)
	}
	return s
}

// refused is a network where nobody answers.
type refused struct{}

func (refused) RoundTrip(*http.Request) (*http.Response, error) {
	return nil, fmt.Errorf("no network in this test")
}

// newClient returns a browser at a server of its own.
func newClient(t testing.TB, db *store.DB, options ...func(*handlers.Server)) *client {
	t.Helper()
	s := newServer(t, db, options...)
	app, err := s.App(context.WithoutCancel(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	return &client{t: t, server: s, app: app, cookies: map[string]string{}}
}

// other returns a second browser at the same server.
func (c *client) other() *client {
	return &client{t: c.t, server: c.server, app: c.app, cookies: map[string]string{}}
}

// signIn signs in as a user of that role, whose name is the role. The user is made if need be.
func (c *client) signIn(role store.Role) store.User {
	c.t.Helper()
	u, err := c.server.Store.UserByName(c.t.Context(), string(role))
	if err != nil {
		u = storetest.User(c.t, c.server.Store, string(role), role)
	}
	c.signInAs(u.Username, storetest.Password)
	return u
}

// signInAs signs in, or fails the test.
func (c *client) signInAs(name, password string) {
	c.t.Helper()
	status, body := c.post("/login", url.Values{"username": {name}, "password": {password}})
	if status != http.StatusSeeOther {
		c.t.Fatalf("sign in as %s: %d\n%s", name, status, body)
	}
}

// An answer is what a request got.
type answer struct {
	status int
	header http.Header
	body   string
}

// send sends a request just so. header is "Name: value" lines.
func (c *client) send(method, path, body string, header ...string) answer {
	c.t.Helper()
	if strings.Contains(path, "q=") { // what the search knows must not depend on the moment
		if err := c.server.Index.CatchUp(c.t.Context()); err != nil {
			c.t.Fatal(err)
		}
	}
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Host = host
	if body != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for name, value := range c.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	for _, h := range header {
		k, v, _ := strings.Cut(h, ": ")
		if k == "Host" {
			r.Host = v
		}
		r.Header.Set(k, v)
	}
	resp, err := c.app.Test(r, -1)
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	for _, k := range resp.Cookies() {
		if k.MaxAge < 0 || k.Value == "" {
			delete(c.cookies, k.Name)
		} else {
			c.cookies[k.Name] = k.Value
		}
	}
	return answer{resp.StatusCode, resp.Header, string(text)}
}

// get returns the status and the body.
func (c *client) get(path string, header ...string) (int, string) {
	c.t.Helper()
	a := c.send("GET", path, "", header...)
	return a.status, a.body
}

// post sends a form, with the token of this browser unless the form has one.
func (c *client) post(path string, form url.Values, header ...string) (int, string) {
	c.t.Helper()
	a := c.submit(path, form, header...)
	return a.status, a.body
}

// submit is post with the whole answer.
func (c *client) submit(path string, form url.Values, header ...string) answer {
	c.t.Helper()
	if _, ok := form["_csrf"]; !ok {
		with := url.Values{"_csrf": {c.token()}}
		for k, v := range form {
			with[k] = v
		}
		form = with
	}
	return c.send("POST", path, form.Encode(), header...)
}

var tokenField = regexp.MustCompile(`name="_csrf" value="([^"]+)"`)

// token reads the form token from a page that this visitor can see.
func (c *client) token() string {
	c.t.Helper()
	kept := c.cookies["lwc_toast"] // the page would use up a toast that the test wants to see
	for _, page := range []string{"/more", "/login", "/setup"} {
		if status, body := c.get(page); status == http.StatusOK {
			if m := tokenField.FindStringSubmatch(body); m != nil {
				if kept != "" {
					c.cookies["lwc_toast"] = kept
				}
				return m[1]
			}
		}
	}
	c.t.Fatal("no page with a form token")
	return ""
}
