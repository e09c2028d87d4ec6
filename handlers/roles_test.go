package handlers_test

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"lwc-inventory/handlers"
	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

var parameter = regexp.MustCompile(`:[a-z]+`)

// A visitor is somebody who asks for everything.
type visitor struct {
	name  string
	in    string   // where the visitor is sent to say who they are; "" when that is known
	may   []string // the audiences that the visitor belongs to
	c     *client
	again func() // signs in again after a page that ended the session
}

// everybody returns one visitor of each kind: nobody, the three roles, a station that nobody uses,
// and an owner at a station, whose PIN opens what is the warehouse's only.
func everybody(t *testing.T, c *client) []visitor {
	t.Helper()
	all := []visitor{{name: "nobody", in: "/login?next=", may: []string{"public"}, c: c}}
	staff := []string{"public", "signedIn", "personal"}
	for role, may := range map[store.Role][]string{
		store.Warehouse: staff,
		store.GM:        append(slices.Clone(staff), "managers"),
		store.Owner:     append(slices.Clone(staff), "managers", "owners"),
	} {
		b := c.other()
		again := func() { b.signIn(role) }
		again()
		all = append(all, visitor{name: string(role), may: may, c: b, again: again})
	}
	for _, seated := range []bool{false, true} {
		b := c.other()
		owner := b.signIn(store.Owner)
		if _, err := c.server.Store.SetPIN(t.Context(), owner.ID, storetest.Password, "2580"); err != nil {
			t.Fatal(err)
		}
		if status, body := b.post("/admin/stations", url.Values{"name": {"Tablet"}}); status != http.StatusSeeOther {
			t.Fatalf("a station: %d\n%s", status, body)
		}
		v := visitor{name: "station", in: "/station?next=", may: []string{"public"}, c: b}
		if seated {
			v = visitor{name: "owner at a station", may: []string{"public", "signedIn"}, c: b, again: func() {
				if status, _ := b.post("/station", url.Values{"user": {owner.ID.String()}, "pin": {"2580"}}); status != http.StatusSeeOther {
					t.Fatalf("the PIN: %d", status)
				}
			}}
			v.again()
		}
		all = append(all, v)
	}
	return all
}

// Every route as everybody, with the form token and without it, from a page of ours and from
// another site's. What may not be is refused by the route and leaves nothing written, and nothing
// that may be falls over, whatever is missing in the form.
func TestEveryRouteAsEverybody(t *testing.T) {
	db := storetest.Open(t)
	storetest.User(t, db, "worker", store.Warehouse)                                // number 1, whom managers may change
	if _, err := db.AddStation(t.Context(), storetest.Staff, "Spare"); err != nil { // number 1, which they end
		t.Fatal(err)
	}
	c := newClient(t, db)
	all := everybody(t, c)
	storetest.Item(t, db, "AB-1", 5, 2)
	storetest.Job(t, db, 1042, time.Now().Add(24*time.Hour), storetest.Line("Item AB-1", 2), storetest.Line("Unknown", 1))

	for _, r := range c.server.RouteTable() {
		for _, v := range all {
			t.Run(r.Method+" "+r.Path+" "+v.name, func(t *testing.T) {
				v.c.t = t
				v.ask(t, r)
			})
		}
	}
}

// ask asks for one route in every way.
func (v visitor) ask(t *testing.T, r handlers.RouteInfo) {
	path := parameter.ReplaceAllString(r.Path, "1")
	if r.Who == "machines" {
		v.askMachine(t, r.Method, path)
		return
	}
	if r.Method == http.MethodGet {
		for _, header := range [][]string{nil, {htmx}, {"Origin: https://evil.example", "Sec-Fetch-Site: cross-site"}} {
			v.wantAudience(t, r, v.c.send("GET", path, "", header...))
		}
		v.wantAudience(t, r, v.c.send("HEAD", path, ""))
		return
	}
	for name, header := range map[string][]string{
		"another site":            {"Origin: https://evil.example"},
		"another site, as told":   {"Sec-Fetch-Site: cross-site"},
		"a neighbour":             {"Sec-Fetch-Site: same-site"},
		"a page of no origin":     {"Origin: null"},
		"another site, by htmx":   {"Origin: https://evil.example", htmx},
		"ours over plain HTTP":    {"Origin: http://" + host + ":80"},
		"ours on another port":    {"Origin: https://" + host + ":8443"},
		"one that begins as ours": {"Origin: https://" + host + ".evil.example"},
	} {
		v.wantRefused(t, name, func() answer { return v.c.submit(path, nil, header...) }, http.StatusForbidden)
	}
	status := http.StatusForbidden
	if v.in != "" && r.Who != "public" {
		status = http.StatusSeeOther // to sign in first
	}
	v.wantRefused(t, "no token", func() answer { return v.c.send("POST", path, "a=1") }, status)
	if !slices.Contains(v.may, r.Who) {
		v.wantRefused(t, "may not", func() answer { return v.c.submit(path, nil) }, status)
	}
	v.wantAudience(t, r, v.c.submit(path, nil))
	if v.again != nil && (path == "/logout" || path == "/station/leave") {
		v.again()
	}
}

// wantRefused asks, and wants the status and nothing written.
func (v visitor) wantRefused(t *testing.T, how string, ask func() answer, status int) {
	t.Helper()
	before := v.c.server.Store.Changed()
	if a := ask(); a.status != status {
		t.Errorf("%s: status %d, want %d\n%s", how, a.status, status, a.body)
	}
	select {
	case <-before:
		t.Errorf("%s: refused, and something was written", how)
	default:
	}
}

// wantAudience holds an answer against who may use the route.
func (v visitor) wantAudience(t *testing.T, r handlers.RouteInfo, a answer) {
	t.Helper()
	to := a.header.Get("Location") + a.header.Get("HX-Redirect")
	switch may := slices.Contains(v.may, r.Who); {
	case a.status >= 500:
		t.Errorf("status %d\n%s", a.status, a.body)
	case !may && v.in != "":
		if a.status != http.StatusSeeOther && a.status != http.StatusNoContent || !strings.HasPrefix(to, v.in) && to != "" {
			t.Errorf("%d to %q, want %s", a.status, to, v.in)
		}
	case !may:
		if a.status != http.StatusForbidden || a.body != "" && !strings.Contains(a.body, "for owners") {
			t.Errorf("status %d, want 403 and a page that says who may\n%s", a.status, a.body)
		}
	case a.status == http.StatusForbidden:
		t.Errorf("status 403 for somebody who may\n%s", a.body)
	}
}

// askMachine asks what programs ask: the request itself has to prove that it may.
func (v visitor) askMachine(t *testing.T, method, path string) {
	switch path {
	case "/metrics":
		want := http.StatusForbidden // it seems to come from elsewhere
		if v.name == string(store.Owner) {
			want = http.StatusOK
		}
		if a := v.c.send(method, path, ""); a.status != want {
			t.Errorf("status %d, want %d", a.status, want)
		}
	case "/jobs/jobber/webhook":
		v.wantRefused(t, "unsigned", func() answer { return v.c.send(method, path, "{}") }, http.StatusUnauthorized)
	case "/healthz", "/readyz":
		if a := v.c.send(method, path, ""); a.status != http.StatusOK {
			t.Errorf("status %d", a.status)
		}
	default:
		t.Errorf("%s %s: a new route for machines; say here how it proves itself", method, path)
	}
}

// What is served and what the table says are the same: no handler hangs beside the guard.
func TestNothingIsServedBesideTheTable(t *testing.T) {
	c := newClient(t, storetest.Open(t))
	table := map[string]bool{"GET /static/*": true, "HEAD /static/*": true} // public files, without a session
	for _, r := range c.server.RouteTable() {
		table[r.Method+" "+r.Path] = true
		if r.Method == http.MethodGet {
			table["HEAD "+r.Path] = true
		}
	}
	for _, r := range c.app.GetRoutes(true) {
		if !table[r.Method+" "+r.Path] {
			t.Errorf("%s %s is served and not in the table", r.Method, r.Path)
		}
	}
}

func TestEverythingLeadsToSetupAtFirst(t *testing.T) {
	c := newClient(t, storetest.Open(t))
	for _, path := range []string{"/dashboard", "/items", "/login", "/admin/settings/", "/"} {
		if a := c.send("GET", path, ""); a.status != 303 || a.header.Get("Location") != "/setup" {
			t.Errorf("%s: %d to %q", path, a.status, a.header.Get("Location"))
		}
	}
	if status, body := c.get("/setup"); status != 200 || !strings.Contains(body, `name="password"`) {
		t.Errorf("set-up page: %d", status)
	}
}
