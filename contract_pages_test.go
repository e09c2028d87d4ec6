package main

import (
	"slices"
	"strings"
	"testing"
)

func TestContractSetupIsThereOnlyWhileThereIsNoUser(t *testing.T) {
	e := env(t)
	p := person{t, "http://" + start(t, e).addr, e, visitor(t)}
	if a := p.get("/items"); a.url.Path != "/setup" {
		t.Errorf("before the first user /items leads to %s", a.url)
	}
	for _, bad := range [][]string{{"", "lee@example.com", ownersPassword}, {"lee", "no address", ownersPassword}, {"lee", "lee@example.com", "short"}} {
		a := p.post("/setup", "username", bad[0], "email", bad[1], "password", bad[2])
		if a.status != 422 || len(a.find("aria-invalid=true")) == 0 {
			t.Errorf("set-up with %q: %d", bad, a.status)
		}
	}
	if a := p.post("/setup", "username", "lee", "email", "lee@example.com", "password", ownersPassword); a.url.Path != "/dashboard" {
		t.Fatalf("set-up: %d at %s", a.status, a.url)
	}
	again := person{t, p.base, e, visitor(t)}
	if a := again.post("/setup", "username", "eve", "email", "eve@example.com", "password", "a long password"); a.status != 404 {
		t.Errorf("a second set-up: %d", a.status)
	}
	if a := again.get("/setup"); a.status != 404 {
		t.Errorf("the set-up page afterwards: %d", a.status)
	}
}

// The table of roles: who may open what, and who may do what.
func TestContractRolesAreEnforcedOnTheRoute(t *testing.T) {
	lee := company(t, env(t))
	gm, ana := lee.hire("dana", "gm"), lee.hire("ana", "warehouse_manager")
	path := lee.item("sku", "A-1", "name", "Thing", "cost", "77.25", "price", "99.75")
	lee.post(path+"/movements", "kind", "receive", "quantity", "9", "request_id", "seed")
	for _, tt := range []struct {
		route           string
		owner, gm, ware int
	}{
		{"/dashboard", 200, 200, 200}, {"/items", 200, 200, 200}, {"/items/new", 200, 200, 200}, {path + "/edit", 200, 200, 200},
		{"/jobs", 200, 200, 200}, {"/places", 200, 200, 200}, {"/profile", 200, 200, 200}, {"/match", 200, 200, 200},
		{"/admin/users", 200, 200, 403}, {"/admin/users/2", 200, 200, 403}, {"/admin/users/1", 200, 403, 403},
		{"/admin/settings/", 200, 403, 403}, {"/nowhere", 404, 404, 404}, {"/items/999", 404, 404, 404}, {"/items/x", 404, 404, 404},
		{"/jobs/999", 404, 404, 404}, {"/places/999", 404, 404, 404}, {"/admin/users/999", 404, 404, 403},
		{"POST " + path + "/archive", 200, 200, 403}, {"POST /admin/users", 422, 422, 403}, {"POST /admin/settings/jobber", 422, 403, 403},
		{"POST /jobs/jobber/disconnect", 200, 403, 403}, {"POST /admin/settings/mail/test", 409, 403, 403}, {"POST /jobs/sync", 409, 409, 409},
	} {
		for who, want := range map[*person]int{&lee: tt.owner, &gm: tt.gm, &ana: tt.ware} {
			route, post := strings.CutPrefix(tt.route, "POST ")
			a := answer{}
			if post {
				a = who.post(route)
			} else {
				a = who.get(route)
			}
			if a.status != want {
				t.Errorf("%s: %d, want %d", tt.route, a.status, want)
			}
			if a.status == 403 && !strings.Contains(a.body, "owner") {
				t.Errorf("%s: the page does not say who may: %s", tt.route, a.says())
			}
		}
	}
	for _, page := range []string{path, path + "/edit", "/items"} {
		if a := ana.get(page); strings.Contains(a.body, "77.25") || strings.Contains(a.body, "99.75") {
			t.Errorf("%s shows cost or price to the warehouse", page)
		}
	}
	ana.post(path, "sku", "A-1", "name", "Thing two", "cost", "1", "price", "1")
	if a := lee.get(path + "/edit"); a.one(t, "value", "name=cost") != "77.25" || a.one(t, "value", "name=name") != "Thing two" {
		t.Error("the warehouse changed the cost, or could not change the name")
	}
	if a := gm.post("/admin/users", "username", "boss", "role", "owner", "password", "a long password"); a.status != 403 {
		t.Errorf("a manager makes an owner: %d", a.status)
	}
	if a := gm.post("/admin/users/3", "role", "owner"); a.status != 403 {
		t.Errorf("a manager makes somebody an owner: %d", a.status)
	}
}

func TestContractFormsNeedTheTokenOfTheirOwnBrowser(t *testing.T) {
	lee := company(t, env(t))
	path := lee.item("sku", "A-1", "name", "Thing")
	foreign := person{t, lee.base, lee.env, visitor(t)}.token()
	const form = "Content-Type: application/x-www-form-urlencoded"
	body := "kind=receive&quantity=1&request_id=r"
	for name, a := range map[string]answer{
		"none":         lee.send("POST", path+"/movements", body, form),
		"foreign":      lee.send("POST", path+"/movements", body+"&_csrf="+foreign, form),
		"other site":   lee.send("POST", path+"/movements", body+"&_csrf="+lee.token(), form, "Origin: https://evil.example"),
		"cross-origin": lee.send("POST", path+"/movements", body+"&_csrf="+lee.token(), form, "Sec-Fetch-Site: cross-site"),
	} {
		if a.status != 403 || a.says() == "" {
			t.Errorf("%s: %d %q", name, a.status, a.says())
		}
	}
	if a := lee.send("POST", path+"/movements", body+"&_csrf="+lee.token()+"&note="+strings.Repeat("x", 6<<20), form); a.status != 413 {
		t.Errorf("a body over the limit: %d", a.status)
	}
	if n := lee.get(path).total("on-hand"); n != "0" {
		t.Errorf("a refused form booked %s", n)
	}
	a := lee.get("/items")
	csp := a.header.Get("Content-Security-Policy")
	if !strings.Contains(csp, "script-src 'self'") || strings.Contains(csp, "unsafe-eval") || strings.Contains(csp, "script-src 'self' 'unsafe-inline'") ||
		a.header.Get("X-Content-Type-Options") != "nosniff" || a.header.Get("Referrer-Policy") == "" {
		t.Errorf("headers: %v", a.header)
	}
}

func TestContractMarksOfDashboardAndSettings(t *testing.T) {
	lee := company(t, env(t))
	lee.item("sku", "A-1", "name", "Out", "minimum", "3")
	low := lee.item("sku", "A-2", "name", "Low", "minimum", "3")
	lee.post(low+"/movements", "kind", "receive", "quantity", "1", "request_id", "r")
	a := lee.get("/dashboard")
	for figure, want := range map[string]string{"low": "1", "out": "1", "short-jobs": "0", "unmatched": "0", "pending-webhooks": "0", "unsent-mails": "0"} {
		if got := a.one(t, "value", "data-figure="+figure); got != want {
			t.Errorf("%s is %q, want %q", figure, got, want)
		}
	}
	if a.one(t, "data-sync", "data-sync") != "never" {
		t.Error("the dashboard knows of a sync")
	}
	a = lee.get("/admin/settings/")
	for mark, want := range map[string]string{"data-jobber": "not-configured", "data-mail": "not-configured", "data-sync": "never"} {
		if got := a.one(t, mark, mark); got != want {
			t.Errorf("%s is %q, want %q", mark, got, want)
		}
	}
	for _, url := range []string{"/jobs/jobber/webhook", "/jobs/jobber/callback"} {
		if !strings.Contains(a.body, lee.base+url) {
			t.Errorf("settings do not show %s", url)
		}
	}
	a = lee.post("/admin/settings/jobber", "jobber_client_id", "id-of-app", "jobber_client_secret", "never-show-this")
	if a.one(t, "data-jobber", "data-jobber") != "disconnected" || strings.Contains(a.body, "never-show-this") {
		t.Error("credentials were not stored, or the secret is shown")
	}
	for path, want := range map[string]string{"/healthz": "", "/readyz": "", "/metrics": "lwc_items_low 1"} {
		stranger := person{t, lee.base, lee.env, visitor(t)}
		if a := stranger.get(path); a.status != 200 || !strings.Contains(a.body, want) {
			t.Errorf("%s: %d", path, a.status)
		}
	}
	if a := (person{t, lee.base, lee.env, visitor(t)}).get("/metrics", "X-Forwarded-For: 203.0.113.9"); a.status == 200 {
		t.Error("metrics for a proxied stranger")
	}
	if ids := lee.get("/items/999"); ids.status != 404 || !slices.ContainsFunc(ids.all, func(e *element) bool { return e.name == "h1" }) {
		t.Error("404 is no page")
	}
}
