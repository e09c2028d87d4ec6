package handlers_test

import (
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"lwc-inventory/handlers"
	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// A clock is set by a test.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.now }

func (c *clock) pass(d time.Duration) { c.mu.Lock(); defer c.mu.Unlock(); c.now = c.now.Add(d) }

// openClocked opens a database whose time is the test's.
func openClocked(t *testing.T) (*store.DB, *clock) {
	t.Helper()
	k := &clock{now: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
	db, err := store.Open(filepath.Join(t.TempDir(), "lwc.db"), store.Options{Secret: storetest.Secret(), Now: k.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db, k
}

func credentials(name, password string) url.Values {
	return url.Values{"username": {name}, "password": {password}}
}

// isIn reports whether the browser is signed in.
func (c *client) isIn() bool {
	c.t.Helper()
	status, _ := c.get("/more")
	return status == 200
}

func TestSetUp(t *testing.T) {
	db := storetest.Open(t)
	c := newClient(t, db)
	status, body := c.post("/setup", url.Values{"username": {"lee"}, "email": {"lee@x"}, "password": {"short"}})
	if status != 422 || !strings.Contains(body, `value="lee"`) || !strings.Contains(body, `id="password-error"`) {
		t.Errorf("short password: %d\n%s", status, body)
	}
	if strings.Contains(body, `"short"`) {
		t.Error("the password comes back")
	}
	a := c.submit("/setup", url.Values{"username": {"lee"}, "email": {"lee@lwc.example"}, "password": {"long enough words"}})
	if a.status != 303 || a.header.Get("Location") != "/dashboard" || !c.isIn() {
		t.Errorf("set up: %d to %q, signed in: %t", a.status, a.header.Get("Location"), c.isIn())
	}
	if u, err := db.UserByName(t.Context(), "lee"); err != nil || u.Role != store.Owner || !u.Active {
		t.Errorf("first user %+v, %v", u, err)
	}
	if status, _ := c.other().get("/setup"); status != 404 {
		t.Errorf("set-up page afterwards: %d, want 404", status)
	}
	if status, _ := c.post("/setup", credentials("eve", "long enough words")); status != 404 {
		t.Errorf("set up again: %d, want 404", status)
	}
}

func TestSignIn(t *testing.T) {
	db := storetest.Open(t)
	storetest.User(t, db, "ana", store.Warehouse)
	c := newClient(t, db)
	status, body := c.post("/login", credentials("ana", "wrong"))
	if status != 422 || !strings.Contains(body, `role="alert"`) || !strings.Contains(body, `value="ana"`) {
		t.Errorf("wrong password: %d\n%s", status, body)
	}
	if _, nobody := c.post("/login", credentials("nobody", "wrong")); !strings.Contains(nobody, "Wrong user name or password.") {
		t.Error("an unknown name is told apart from a wrong password")
	}
	if c.isIn() {
		t.Fatal("signed in with a wrong password")
	}
	for next, want := range map[string]string{
		"":                     "/dashboard",
		"/items?q=a&low=1":     "/items?q=a&low=1",
		"https://evil.example": "/dashboard",
		"//evil.example":       "/dashboard",
		`/\evil.example`:       "/dashboard",
		"/\t/evil.example":     "/dashboard",
	} {
		form := credentials("ANA", storetest.Password)
		form.Set("next", next)
		b := c.other()
		if a := b.submit("/login", form); a.status != 303 || a.header.Get("Location") != want {
			t.Errorf("next %q: %d to %q, want %q", next, a.status, a.header.Get("Location"), want)
		}
		if !b.isIn() {
			t.Errorf("next %q: not signed in", next)
		}
	}
}

// A session's id is new with every sign-in, so that nobody can plant one; and signed out is gone,
// for whoever kept the cookie.
func TestSessionIDs(t *testing.T) {
	db := storetest.Open(t)
	storetest.User(t, db, "ana", store.Warehouse)
	c := newClient(t, db)
	c.get("/login")
	planted := c.cookies["lwc_session"]
	c.signInAs("ana", storetest.Password)
	kept := c.cookies["lwc_session"]
	if planted == "" || kept == "" || planted == kept {
		t.Errorf("id before %q and after the sign-in %q", planted, kept)
	}
	thief := c.other()
	thief.cookies["lwc_session"] = kept
	if !thief.isIn() {
		t.Fatal("the cookie does not carry the session")
	}
	if status, _ := c.post("/logout", nil); status != 303 {
		t.Errorf("sign out: %d", status)
	}
	if c.isIn() || thief.isIn() {
		t.Error("still in after signing out")
	}
}

func TestCookie(t *testing.T) {
	db := storetest.Open(t)
	storetest.User(t, db, "ana", store.Warehouse)
	for _, secure := range []bool{false, true} {
		c := newClient(t, db, func(s *handlers.Server) { s.Secure = secure })
		a := c.submit("/login", credentials("ana", storetest.Password))
		got := a.header.Get("Set-Cookie")
		for _, has := range []string{"HttpOnly", "SameSite=Lax", "path=/"} {
			if !strings.Contains(got, has) {
				t.Errorf("secure %t: no %s in %q", secure, has, got)
			}
		}
		if strings.Contains(strings.ToLower(got), "secure;") != secure || strings.HasPrefix(got, "__Host-lwc_session=") != secure {
			t.Errorf("secure %t: %q", secure, got)
		}
	}
}

func TestSessionEnds(t *testing.T) {
	t.Run("idle", func(t *testing.T) {
		db, k := openClocked(t)
		c := newClient(t, db)
		c.signIn(store.Warehouse)
		k.pass(11 * time.Hour)
		if !c.isIn() {
			t.Fatal("out after 11 hours")
		}
		k.pass(11 * time.Hour) // used meanwhile
		if !c.isIn() {
			t.Fatal("out after 11 more, though used between")
		}
		k.pass(12*time.Hour + time.Minute)
		if c.isIn() {
			t.Error("in after 12 idle hours")
		}
	})
	t.Run("at last", func(t *testing.T) {
		db, k := openClocked(t)
		c := newClient(t, db)
		c.signIn(store.Warehouse)
		for range 30 * 3 {
			k.pass(8*time.Hour - time.Second)
			if !c.isIn() {
				t.Fatal("out though used all the time")
			}
		}
		k.pass(time.Hour)
		if c.isIn() {
			t.Error("in after 30 days")
		}
	})
	t.Run("switched off", func(t *testing.T) {
		db := storetest.Open(t)
		c := newClient(t, db)
		u := c.signIn(store.Warehouse)
		change(t, db, u.ID, func(d *store.UserDraft) { d.Active = false })
		if c.isIn() {
			t.Error("in though switched off")
		}
		change(t, db, u.ID, func(d *store.UserDraft) { d.Active = true })
		if c.isIn() {
			t.Error("the session came back to life")
		}
	})
	t.Run("new password", func(t *testing.T) {
		db := storetest.Open(t)
		c := newClient(t, db)
		u := c.signIn(store.Warehouse)
		if err := db.SetPassword(t.Context(), storetest.Staff, u.ID, "another long password"); err != nil {
			t.Fatal(err)
		}
		if c.isIn() {
			t.Error("in though the password was changed")
		}
	})
}

// change updates a user from outside, as an owner elsewhere would.
func change(t *testing.T, db *store.DB, id store.UserID, f func(*store.UserDraft)) {
	t.Helper()
	u, err := db.User(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	d := store.UserDraft{Username: u.Username, Email: u.Email, Role: u.Role, ReceiveAlerts: u.ReceiveAlerts, Active: u.Active}
	f(&d)
	if _, err := db.UpdateUser(t.Context(), storetest.Staff, id, u.Version, d); err != nil {
		t.Fatal(err)
	}
}

func TestRoleActsAtOnce(t *testing.T) {
	db := storetest.Open(t)
	storetest.User(t, db, "boss", store.Owner)
	c := newClient(t, db)
	u := c.signIn(store.Warehouse)
	if status, _ := c.get("/admin/users"); status != 403 {
		t.Fatalf("warehouse at the users: %d", status)
	}
	change(t, db, u.ID, func(d *store.UserDraft) { d.Role = store.GM })
	if status, _ := c.get("/admin/users"); status != 200 {
		t.Errorf("manager at the users: %d", status)
	}
	change(t, db, u.ID, func(d *store.UserDraft) { d.Role = store.Warehouse })
	if status, _ := c.get("/admin/users"); status != 403 {
		t.Errorf("warehouse again: %d", status)
	}
}

func TestThrottling(t *testing.T) {
	db, k := openClocked(t)
	storetest.User(t, db, "ana", store.Warehouse)
	c := newClient(t, db)
	for i := range 10 {
		if status, _ := c.post("/login", credentials("ana", "wrong")); status != 422 {
			t.Fatalf("try %d: %d", i+1, status)
		}
	}
	a := c.submit("/login", credentials("ana", storetest.Password))
	wait, err := strconv.Atoi(a.header.Get("Retry-After"))
	if a.status != 429 || err != nil || wait < 1 || wait > 15*60 || !strings.Contains(a.body, `role="alert"`) {
		t.Errorf("after ten: %d, Retry-After %q", a.status, a.header.Get("Retry-After"))
	}
	k.pass(time.Duration(wait+1) * time.Second)
	c.signInAs("ana", storetest.Password)
}

// The address that counts is the one that our own proxy saw, not what the client says of itself.
func TestThrottlingByAddress(t *testing.T) {
	db := storetest.Open(t)
	c := newClient(t, db, func(s *handlers.Server) { s.TrustedProxies = []string{"0.0.0.0", "10.0.0.0/8"} })
	for i := range 30 {
		forwarded := "X-Forwarded-For: 198.51.100." + strconv.Itoa(i) + ", 203.0.113.7, 10.1.2.3"
		if status, _ := c.post("/login", credentials("user"+strconv.Itoa(i), "wrong"), forwarded); status != 422 {
			t.Fatalf("try %d: %d", i+1, status)
		}
	}
	if status, _ := c.post("/login", credentials("ana", "x"), "X-Forwarded-For: 1.2.3.4, 203.0.113.7"); status != 429 {
		t.Errorf("the 31st from one address: %d", status)
	}
	if status, _ := c.post("/login", credentials("ana", "x"), "X-Forwarded-For: 203.0.113.8"); status != 422 {
		t.Errorf("the first from another address: %d", status)
	}
}

func TestWhereToAfterwards(t *testing.T) {
	db := storetest.Open(t)
	storetest.User(t, db, "ana", store.Warehouse)
	c := newClient(t, db)
	const login = "/login?next="
	for _, tt := range []struct {
		name, method, path string
		header             []string
		where, want        string
	}{
		{"page", "GET", "/items?q=a%26b", nil, "Location", login + url.QueryEscape("/items?q=a%26b")},
		{"form", "POST", "/items/1/movements", []string{"Referer: https://" + host + "/items/1"}, "Location", login + "%2Fitems%2F1"},
		{"form from elsewhere", "POST", "/items", []string{"Referer: https://evil.example/items/1"}, "Location", login + "%2Fdashboard"},
		{"fragment", "GET", "/items?q=x", []string{htmx, "HX-Current-URL: https://" + host + "/items"}, "HX-Redirect", login + "%2Fitems"},
		{"form by htmx", "POST", "/jobs/1/issue", []string{htmx, "HX-Current-URL: https://" + host + "/jobs/1"}, "HX-Redirect", login + "%2Fjobs%2F1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := c.send(tt.method, tt.path, "", tt.header...)
			if got := a.header.Get(tt.where); got != tt.want {
				t.Errorf("%d, %s %q, want %q", a.status, tt.where, got, tt.want)
			}
		})
	}
}
