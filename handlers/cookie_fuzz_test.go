package handlers_test

import (
	"net/http"
	"strings"
	"testing"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// No cookie but the one that was given opens a page.
func FuzzSessionCookie(f *testing.F) {
	db := storetest.Open(f)
	c := newClient(f, db)
	c.signIn(store.Owner)
	var name, good string
	for name, good = range c.cookies {
		if strings.HasSuffix(name, "lwc_session") {
			break
		}
	}
	if status, _ := c.get("/admin/users"); status != http.StatusOK || good == "" {
		f.Fatalf("the cookie that was given: %d", status)
	}
	f.Add("")
	f.Add(good[1:])
	f.Add(good + "=")
	f.Add(strings.ToLower(good))
	f.Add("%00")
	f.Add(strings.Repeat("A", 5000))
	f.Fuzz(func(t *testing.T, value string) {
		if value == good || strings.ContainsAny(value, "\r\n\x00") {
			return
		}
		stranger := &client{t: t, server: c.server, app: c.app, cookies: map[string]string{}}
		a := stranger.send("GET", "/admin/users", "", "Cookie: "+name+"="+value)
		if a.status == http.StatusOK || a.status >= http.StatusInternalServerError {
			t.Errorf("%q: %d", value, a.status)
		}
	})
}
