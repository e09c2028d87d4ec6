package handlers_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

var parameter = regexp.MustCompile(`:[a-z]+`)

// Every route as everybody. What may not be is refused by the route, and nothing that may be
// falls over, whatever is missing in the form.
func TestEveryRouteAsEveryRole(t *testing.T) {
	db := storetest.Open(t)
	storetest.User(t, db, "worker", store.Warehouse) // number 1, whom managers may change
	c := newClient(t, db)
	browsers := map[store.Role]*client{"": c}
	for _, role := range []store.Role{store.Warehouse, store.GM, store.Owner} {
		browsers[role] = c.other()
		browsers[role].signIn(role)
	}
	storetest.Item(t, db, "AB-1", 5, 2)
	storetest.Job(t, db, 1042, time.Now().Add(24*time.Hour), storetest.Line("Item AB-1", 2), storetest.Line("Unknown", 1))

	for _, r := range c.server.RouteTable() {
		for role, b := range browsers {
			t.Run(strings.TrimSpace(r.Method+" "+r.Path+" "+string(role)), func(t *testing.T) {
				b.t = t
				checkRoute(t, b, r.Method, parameter.ReplaceAllString(r.Path, "1"), r.Who, role)
			})
		}
	}
}

func checkRoute(t *testing.T, b *client, method, path, who string, role store.Role) {
	var a answer
	if method == http.MethodGet {
		a = b.send("GET", path, "")
	} else {
		a = b.submit(path, nil)
	}
	if path == "/logout" && role != "" {
		b.signIn(role)
	}
	if a.status >= 500 {
		t.Fatalf("status %d\n%s", a.status, a.body)
	}
	refused := map[string]bool{
		"owners":   role != store.Owner,
		"managers": role != store.Owner && role != store.GM,
	}[who]
	switch {
	case role == "" && (who == "signedIn" || who == "managers" || who == "owners"):
		if to := a.header.Get("Location"); a.status != http.StatusSeeOther || !strings.HasPrefix(to, "/login?next=") {
			t.Errorf("%d to %q, want the sign-in page", a.status, to)
		}
	case refused:
		if a.status != http.StatusForbidden || !strings.Contains(a.body, "for owners") {
			t.Errorf("status %d, want 403 and a page that says who may", a.status)
		}
	case path == "/metrics":
		if (a.status == http.StatusOK) != (role == store.Owner) {
			t.Errorf("metrics: status %d", a.status)
		}
	case a.status == http.StatusForbidden:
		t.Errorf("status 403 for somebody who may\n%s", a.body)
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
