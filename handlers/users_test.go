package handlers_test

import (
	"fmt"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// userFields is the form of a user as a browser sends it, with the given changes; "" leaves a
// field out.
func userFields(changes ...string) url.Values {
	form := url.Values{"username": {"joe"}, "email": {"joe@lwc.example"}, "role": {"warehouse_manager"},
		"password": {"long enough words"}, "receive_alerts": {"1"}}
	for i := 0; i < len(changes); i += 2 {
		if form.Set(changes[i], changes[i+1]); changes[i+1] == "" {
			form.Del(changes[i])
		}
	}
	return form
}

func TestCreateUser(t *testing.T) {
	for _, tt := range []struct {
		name   string
		by     store.Role
		form   url.Values
		status int
		has    string // in the answer, or as the user's role afterwards with 303
	}{
		{"by an owner", store.Owner, userFields(), 303, "warehouse_manager"},
		{"an owner by an owner", store.Owner, userFields("role", "owner"), 303, "owner"},
		{"by a manager", store.GM, userFields("role", "gm"), 303, "gm"},
		{"an owner by a manager", store.GM, userFields("role", "owner"), 403, "Only an owner makes an owner."},
		{"by the warehouse", store.Warehouse, userFields(), 403, "for owners and general managers"},
		{"without a name", store.Owner, userFields("username", "  "), 422, `id="username-error"`},
		{"with a name of 5000 letters", store.Owner, userFields("username", strings.Repeat("a", 5000)), 422, `id="username-error"`},
		{"with markup for a name", store.Owner, userFields("username", `"><script>`), 422, `value="&#34;&gt;&lt;script&gt;"`},
		{"with a taken name", store.Owner, userFields("username", "BOSS"), 409, `id="username-error"`},
		{"with a short password", store.Owner, userFields("password", "short"), 422, `id="password-error"`},
		{"with a role that is none", store.Owner, userFields("role", "king"), 422, `id="role-error"`},
		{"with an address that is none", store.Owner, userFields("email", "joe"), 422, `id="email-error"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			db := storetest.Open(t)
			storetest.User(t, db, "boss", store.Owner)
			c := newClient(t, db)
			c.signIn(tt.by)
			status, body := c.post("/admin/users", tt.form)
			if status != tt.status {
				t.Errorf("status = %d, want %d\n%s", status, tt.status, body)
			}
			u, err := db.UserByName(t.Context(), "joe")
			if tt.status == 303 {
				if err != nil || string(u.Role) != tt.has || !u.Active || !u.ReceiveAlerts || u.Email != "joe@lwc.example" {
					t.Errorf("user %+v, %v", u, err)
				}
				c.other().signInAs("joe", "long enough words")
				return
			}
			if !strings.Contains(body, tt.has) || strings.Contains(body, "long enough words") {
				t.Errorf("no %q in the answer, or the password\n%s", tt.has, body)
			}
			if err == nil {
				t.Error("made all the same")
			}
		})
	}
}

func TestUpdateUser(t *testing.T) {
	for _, tt := range []struct {
		name   string
		by     store.Role
		of     string
		form   url.Values
		status int
		has    string
	}{
		{"by an owner", store.Owner, "joe", userFields("active", "1", "role", "gm", "password", ""), 303, "joe gm true true"},
		{"by a manager", store.GM, "joe", userFields("active", "1", "username", "jim"), 303, "jim warehouse_manager true true"},
		{"no tick", store.Owner, "joe", userFields("receive_alerts", "", "active", "1"), 303, "joe warehouse_manager true false"},
		{"off", store.Owner, "joe", userFields("password", ""), 303, "joe warehouse_manager false true"},
		{"only the role", store.Owner, "joe", url.Values{"role": {"gm"}}, 303, "joe gm true true"},
		{"to owner by a manager", store.GM, "joe", userFields("role", "owner", "active", "1"), 403, "Only an owner makes an owner."},
		{"an owner by a manager", store.GM, "boss", userFields("active", "1"), 403, "Only an owner changes an owner."},
		{"stale", store.Owner, "joe", userFields("active", "1", "version", "7"), 409, "meanwhile"},
		{"to a taken name", store.Owner, "joe", userFields("active", "1", "username", "boss"), 409, `id="username-error"`},
		{"short password", store.Owner, "joe", userFields("active", "1", "password", "short"), 422, `id="password-error"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			db := storetest.Open(t)
			storetest.User(t, db, "boss", store.Owner)
			storetest.User(t, db, "joe", store.Warehouse)
			c := newClient(t, db)
			c.signIn(tt.by)
			u, err := db.UserByName(t.Context(), tt.of)
			if err != nil {
				t.Fatal(err)
			}
			status, body := c.post(fmt.Sprint("/admin/users/", u.ID), tt.form)
			if status != tt.status {
				t.Errorf("status = %d, want %d\n%s", status, tt.status, body)
			}
			after, err := db.User(t.Context(), u.ID)
			if err != nil {
				t.Fatal(err)
			}
			if tt.status != 303 {
				if !strings.Contains(body, tt.has) || !reflect.DeepEqual(after, u) {
					t.Errorf("no %q in the answer, or changed to %+v\n%s", tt.has, after, body)
				}
				return
			}
			if got := fmt.Sprint(after.Username, " ", after.Role, " ", after.Active, " ", after.ReceiveAlerts); got != tt.has {
				t.Errorf("user is %s, want %s", got, tt.has)
			}
		})
	}
}

func TestLastOwnerStays(t *testing.T) {
	db := storetest.Open(t)
	c := newClient(t, db)
	me := c.signIn(store.Owner)
	path := fmt.Sprint("/admin/users/", me.ID)
	for _, form := range []url.Values{
		userFields("username", "owner", "role", "gm", "active", "1", "password", ""),
		userFields("username", "owner", "role", "owner", "password", ""),
	} {
		if status, body := c.post(path, form); status != 409 || !strings.Contains(body, `role="alert"`) {
			t.Errorf("status = %d\n%s", status, body)
		}
	}
	if _, body := c.get(path); !strings.Contains(body, "The last owner stays an owner.") {
		t.Error("the form does not say so")
	}
	storetest.User(t, db, "second", store.Owner)
	a := c.submit(path, userFields("username", "owner", "role", "gm", "active", "1", "password", ""))
	if a.status != 303 || a.header.Get("Location") != "/admin/users" {
		t.Errorf("with a second owner: %d", a.status)
	}
	if status, _ := c.get("/admin/settings"); status != 403 {
		t.Errorf("settings afterwards: %d", status)
	}
}

// One's own new password ends the other sessions, and this one goes on.
func TestOwnPassword(t *testing.T) {
	db := storetest.Open(t)
	here := newClient(t, db)
	here.signIn(store.GM)
	there := here.other()
	there.signIn(store.GM)
	before := here.cookies["lwc_session"]
	for _, wrong := range []struct {
		form url.Values
		has  string
	}{
		{url.Values{"current_password": {"no"}, "password": {"long enough words"}}, `id="current_password-error"`},
		{url.Values{"current_password": {storetest.Password}, "password": {"short"}}, `id="password-error"`},
		{url.Values{"current_password": {storetest.Password}, "password": {""}}, `id="password-error"`},
		{url.Values{"email": {"not an address"}}, `id="email-error"`},
	} {
		if status, body := here.post("/profile", wrong.form); status != 422 || !strings.Contains(body, wrong.has) {
			t.Errorf("%v: %d\n%s", wrong.form, status, body)
		}
	}
	form := url.Values{"current_password": {storetest.Password}, "password": {"long enough words"}}
	if status, body := here.post("/profile", form); status != 303 {
		t.Fatalf("%d\n%s", status, body)
	}
	if !here.isIn() || there.isIn() || here.cookies["lwc_session"] == before {
		t.Errorf("here %t, there %t", here.isIn(), there.isIn())
	}
	there.signInAs("gm", "long enough words")
	if u, err := db.UserByName(t.Context(), "gm"); err != nil || u.Email != "gm@example.com" || !u.ReceiveAlerts {
		t.Errorf("the password's form changed more: %+v, %v", u, err)
	}
}

func TestProfile(t *testing.T) {
	db := storetest.Open(t)
	c := newClient(t, db)
	u := c.signIn(store.Warehouse)
	if status, body := c.post("/profile", url.Values{"email": {"ana@lwc.example"}}); status != 303 {
		t.Fatalf("%d\n%s", status, body)
	}
	after, err := db.User(t.Context(), u.ID)
	if err != nil || after.Email != "ana@lwc.example" || after.ReceiveAlerts {
		t.Errorf("%+v, %v", after, err)
	}
	_, body := c.get("/profile")
	for _, has := range []string{`value="ana@lwc.example"`, `data-user="`, "Saved."} {
		if !strings.Contains(body, has) {
			t.Errorf("no %s on the page\n%s", has, body)
		}
	}
	if _, body = c.get("/profile"); strings.Contains(body, "Saved.") {
		t.Error("the toast comes twice")
	}
}
