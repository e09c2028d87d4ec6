package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// newStation makes a device a station at which the owner has the PIN 2580, and returns it and its clock.
func newStation(t *testing.T) (*client, *clock) {
	t.Helper()
	db, at := openClocked(t)
	c := newClient(t, db)
	owner := c.signIn(store.Owner)
	if status, body := c.post("/profile/pin", url.Values{"current_password": {storetest.Password}, "pin": {"2580"}}); status != http.StatusSeeOther {
		t.Fatalf("set the PIN: %d\n%s", status, body)
	}
	if status, body := c.post("/admin/stations", url.Values{"name": {"Counter tablet"}}); status != http.StatusSeeOther {
		t.Fatalf("make the station: %d\n%s", status, body)
	}
	if owner.ID != 1 {
		t.Fatalf("the owner is number %v", owner.ID)
	}
	return c, at
}

func (c *client) givePIN(pin string) (int, string) {
	c.t.Helper()
	return c.post("/station", url.Values{"user": {"1"}, "pin": {pin}, "next": {"/items"}})
}

// At a station nobody is anybody before their PIN, and five idle minutes later again.
func TestStation(t *testing.T) {
	c, at := newStation(t)
	if a := c.send("GET", "/items?low=1", ""); a.status != http.StatusSeeOther || a.header.Get("Location") != "/station?next=%2Fitems%3Flow%3D1" {
		t.Errorf("without a PIN: %d to %q", a.status, a.header.Get("Location"))
	}
	if a := c.send("GET", "/station", ""); !strings.Contains(a.body, "owner") || !strings.Contains(a.body, "Counter tablet") {
		t.Errorf("the names are not there:\n%s", a.body)
	}
	if status, body := c.givePIN("1357"); status != http.StatusUnprocessableEntity || !strings.Contains(body, "Wrong PIN.") {
		t.Errorf("a wrong PIN: %d", status)
	}
	if status, _ := c.givePIN("2580"); status != http.StatusSeeOther {
		t.Fatalf("the right PIN: %d", status)
	}
	item := storetest.Item(t, c.server.Store, "AB-1", 5, 0)
	if status, body := c.post("/items/"+item.ID.String()+"/movements", url.Values{"kind": {"receive"}, "quantity": {"2"}, "request_id": {"one"}}); status >= 400 {
		t.Fatalf("receive: %d\n%s", status, body)
	}
	sheet, err := c.server.Store.ItemSheet(t.Context(), item.ID, 0)
	if err != nil || len(sheet.History) == 0 || sheet.History[0].By.Name != "owner" {
		t.Errorf("the movement does not name the person: %+v, %v", sheet.History, err)
	}

	at.pass(4 * time.Minute)
	if a := c.send("GET", "/items", ""); a.status != http.StatusOK {
		t.Errorf("after four minutes: %d", a.status)
	}
	at.pass(4 * time.Minute)
	for range 3 { // a page that asks by itself is no person
		if a := c.send("GET", "/jobs/sync", "", htmx); a.status != http.StatusOK {
			t.Errorf("a page that looks on: %d", a.status)
		}
		if a := c.send("GET", "/pick", "", htmx, "HX-Trigger: pick"); a.status != http.StatusOK { // somebody else ticked a line
			t.Errorf("a pick list that is told of a tick: %d", a.status)
		}
	}
	at.pass(time.Minute)
	if a := c.send("GET", "/items", ""); a.status != http.StatusSeeOther || !strings.HasPrefix(a.header.Get("Location"), "/station") {
		t.Errorf("after five idle minutes: %d to %q", a.status, a.header.Get("Location"))
	}
	if a := c.send("GET", "/items", "", htmx); a.header.Get("HX-Redirect") == "" {
		t.Errorf("a script is not led to the PIN: %d", a.status)
	}
	c.givePIN("2580")
	if status, _ := c.post("/logout", nil); status != http.StatusSeeOther {
		t.Errorf("done: %d", status)
	}
	if a := c.send("GET", "/station", ""); a.status != http.StatusOK || !strings.Contains(a.body, "Who is it?") {
		t.Errorf("the device is signed out with the person: %d", a.status)
	}
	if a := c.other().send("GET", "/station", ""); a.header.Get("Location") != "/login" {
		t.Errorf("the page of stations on another device: %d", a.status)
	}
}

// An owner's PIN opens what any warehouse staff's would, and no more: every route, one by one.
func TestNothingOfManagersUnderAPIN(t *testing.T) {
	c, _ := newStation(t)
	storetest.Item(t, c.server.Store, "AB-1", 5, 2)
	for _, r := range c.server.RouteTable() {
		if r.Who != "managers" && r.Who != "owners" && r.Who != "personal" {
			continue
		}
		c.givePIN("2580")
		path := parameter.ReplaceAllString(r.Path, "1")
		var a answer
		if r.Method == http.MethodGet {
			a = c.send("GET", path, "")
		} else {
			a = c.submit(path, nil)
		}
		if a.status != http.StatusForbidden || !strings.Contains(a.body, "Sign in with your password") {
			t.Errorf("%s %s: %d, want 403 and a page that says what to do", r.Method, path, a.status)
		}
	}
	if a := c.send("GET", "/items/1", ""); strings.Contains(a.body, "Cost") {
		t.Error("an owner's PIN shows what things cost")
	}
}

// A station ends when a manager says so, when somebody signs in on it, and its people end with their password.
func TestStationEnds(t *testing.T) {
	c, _ := newStation(t)
	c.givePIN("2580")
	boss := c.other()
	boss.signInAs("owner", storetest.Password)
	if status, _ := boss.post("/profile", url.Values{"current_password": {storetest.Password}, "password": {"another good password"}}); status != http.StatusSeeOther {
		t.Fatalf("change the password: %d", status)
	}
	if a := c.send("GET", "/items", ""); !strings.HasPrefix(a.header.Get("Location"), "/station") {
		t.Errorf("after the password was changed: %d to %q", a.status, a.header.Get("Location"))
	}
	if status, body := boss.post("/admin/stations/1/end", nil); status != http.StatusSeeOther {
		t.Fatalf("end it: %d\n%s", status, body)
	}
	if a := c.send("GET", "/items", ""); !strings.HasPrefix(a.header.Get("Location"), "/login") {
		t.Errorf("after it was ended: %d to %q", a.status, a.header.Get("Location"))
	}

	d, _ := newStation(t)
	d.signInAs("owner", storetest.Password)
	if all, err := d.server.Store.Stations(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("stations after somebody signed in on it: %+v, %v", all, err)
	}
	if a := d.send("GET", "/admin/users", ""); a.status != http.StatusOK {
		t.Errorf("the person who signed in: %d", a.status)
	}
}
