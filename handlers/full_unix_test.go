//go:build unix

package handlers_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// On a full disk every page is read as before, and what would write says so, in a page and in a toast.
func TestFullDisk(t *testing.T) {
	if !storetest.Alone(t) {
		return
	}
	db := storetest.Open(t)
	it := storetest.Item(t, db, "AB-1", 5, 0)
	storetest.Job(t, db, 1042, time.Now(), storetest.Line("AB-1", 2))
	if err := db.SaveJobberCredentials(t.Context(), storetest.Staff, clientID, "the secret"); err != nil {
		t.Fatal(err)
	}
	c := newClient(t, db)
	c.signIn(store.Owner)
	token := c.token()
	numbers := strings.NewReplacer(":id", "1", ":line", "1", ":number", "1042")
	read := func() map[string]int {
		all := map[string]int{}
		for _, r := range c.server.RouteTable() {
			if r.Method == "GET" && r.Path != "/jobs/jobber/connect" && r.Path != "/pick/live" {
				all[r.Path] = c.send("GET", numbers.Replace(r.Path), "").status
			}
		}
		return all
	}
	before := read()
	body := event("JOB_UPDATE", clientID, storetest.Account, "job-1042")
	take := url.Values{"_csrf": {token}, "kind": {"issue"}, "quantity": {"1"}, "request_id": {"r"}}.Encode()
	moves := "/items/" + it.ID.String() + "/movements"
	room := storetest.FullDisk(t)
	for path, status := range read() {
		if status != before[path] {
			t.Errorf("GET %s: %d with a full disk, %d before", path, status, before[path])
		}
	}
	for _, tt := range []struct{ name, path, body, header string }{
		{"an act", moves, take, ""},
		{"an act by htmx", moves, take, htmx},
		{"a new item", "/items", url.Values{"_csrf": {token}, "sku": {"B"}, "name": {"B"}}.Encode(), ""},
		{"a webhook", "/jobs/jobber/webhook", body, sign("the secret", body)},
	} {
		a := c.send("POST", tt.path, tt.body, tt.header)
		if a.status != 507 || !strings.Contains(a.body, "disk is full") || innerWord.MatchString(a.body) {
			t.Errorf("%s: %d\n%s", tt.name, a.status, a.body)
		}
	}
	if a := c.other().send("POST", "/login", credentials("owner", storetest.Password).Encode()); a.status == 303 {
		t.Errorf("signed in without a session: %d", a.status)
	}
	room()
	if a := c.send("POST", moves, take); a.status != 303 {
		t.Errorf("an act with room again: %d\n%s", a.status, a.body)
	}
	if a := c.send("POST", "/jobs/jobber/webhook", body, sign("the secret", body)); a.status != 200 {
		t.Errorf("a webhook with room again: %d", a.status)
	}
}
