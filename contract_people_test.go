package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

func TestContractSignInGoesToThePageAskedForSameOriginOnly(t *testing.T) {
	lee := company(t, env(t))
	for next, want := range map[string]string{"": "/dashboard", "/items?low=1": "/items", "https://evil.example/": "/dashboard",
		"//evil.example/x": "/dashboard", `/\evil.example`: "/dashboard", "/\t/evil.example": "/dashboard"} {
		p := person{t, lee.base, lee.env, visitor(t)}
		if a := p.post("/login", "username", "LEE", "password", ownersPassword, "next", next); a.status != 200 || a.url.Path != want || a.url.Host != p.base[len("http://"):] {
			t.Errorf("next=%q leads to %s with %d", next, a.url, a.status)
		}
	}
	p := person{t, lee.base, lee.env, visitor(t)}
	asked := p.get("/jobs?when=week")
	if asked.url.Path != "/login" || asked.one(t, "value", "name=next") != "/jobs?when=week" {
		t.Errorf("asked for a page: at %s", asked.url)
	}
	a := p.post("/login", "username", "lee", "password", "wrong password")
	if a.status != 422 || a.says() == "" || p.get("/items").url.Path != "/login" {
		t.Errorf("a wrong password: %d %q", a.status, a.says())
	}
	if a := lee.post("/logout"); a.url.Path != "/login" || lee.get("/items").url.Path != "/login" {
		t.Errorf("after signing out: %s", a.url)
	}
}

func TestContractTooManyWrongPasswords(t *testing.T) {
	e := env(t)
	e["TRUSTED_PROXIES"] = "127.0.0.1"
	lee := company(t, e)
	wrong := func(name, from string) answer {
		p := person{t, lee.base, e, visitor(t)}
		form := url.Values{"_csrf": {p.token()}, "username": {name}, "password": {"not the password"}}
		return p.send(http.MethodPost, "/login", form.Encode(), "Content-Type: application/x-www-form-urlencoded", "X-Forwarded-For: "+from)
	}
	for i := range 10 {
		if a := wrong("lee", "192.0.2.1"); a.status != 422 {
			t.Fatalf("try %d for an account: %d", i+1, a.status)
		}
	}
	if a := wrong("lee", "192.0.2.2"); a.status != 429 || a.header.Get("Retry-After") == "" || a.says() == "" {
		t.Errorf("try 11 for an account: %d %q", a.status, a.says())
	}
	for i := range 30 {
		if a := wrong("nobody"+string(rune('a'+i)), "192.0.2.3"); a.status != 422 {
			t.Fatalf("try %d from an address: %d", i+1, a.status)
		}
	}
	if a := wrong("somebody", "192.0.2.3"); a.status != 429 {
		t.Errorf("try 31 from an address: %d", a.status)
	}
	if a := wrong("somebody", "192.0.2.4"); a.status != 422 {
		t.Errorf("a try from elsewhere: %d", a.status)
	}
}

func TestContractUsersAreChangedAtOnceAndTheLastOwnerStays(t *testing.T) {
	lee := company(t, env(t))
	ana := lee.hire("ana", "warehouse_manager", "email", "ana@example.com", "receive_alerts", "1")
	users := map[string]string{}
	for _, e := range lee.get("/admin/users").find("data-user") {
		users[strings.Fields(e.text)[0]] = e.attr["data-user"]
	}
	var id, own string
	for text, user := range users {
		if strings.HasPrefix(text, "ana") {
			id = user
		} else {
			own = user
		}
	}
	if id == "" || lee.get("/admin/users/"+id).one(t, "data-user", "data-user") != id {
		t.Fatalf("users: %v", users)
	}
	for _, fields := range [][]string{{"role", "gm"}, {"active", "0"}, {"username", "lee", "role", "warehouse_manager", "active", "1"}} {
		if a := lee.post("/admin/users/"+own, fields...); a.status != 409 || a.says() == "" {
			t.Errorf("the last owner with %v: %d %q", fields, a.status, a.says())
		}
	}
	if a := lee.post("/admin/users", "username", "ANA", "role", "gm", "password", "a long password"); a.status != 409 {
		t.Errorf("a name that is taken: %d", a.status)
	}
	lee.post("/admin/users/"+id, "role", "gm")
	if a := ana.get("/admin/users"); a.status != 200 {
		t.Errorf("a new role acts at once: %d", a.status)
	}
	phone := lee.other("ana", "password of ana")
	if a := ana.post("/profile", "current_password", "wrong", "password", "another long password"); a.status != 422 {
		t.Errorf("the wrong current password: %d", a.status)
	}
	if a := ana.post("/profile", "current_password", "password of ana", "password", "another long password"); a.status != 200 {
		t.Errorf("change of one's password: %d %q", a.status, a.says())
	}
	if phone.get("/items").url.Path != "/login" || ana.get("/items").url.Path != "/items" {
		t.Error("a new password ends the other sessions, and only those")
	}
	lee.post("/admin/users/"+id, "active", "0")
	if ana.get("/items").url.Path != "/login" {
		t.Error("a deactivated user is still in")
	}
	if a := ana.post("/login", "username", "ana", "password", "another long password"); a.status != 422 {
		t.Errorf("a deactivated user signs in: %d", a.status)
	}
}
