package handlers_test

import (
	"fmt"
	"net/url"
	"runtime"
	"strings"
	"testing"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// multipartBody is a form as a browser sends it with files, and its content type.
func multipartBody(fields ...string) (body, contentType string) {
	const boundary = "between-the-fields"
	var b strings.Builder
	for i := 0; i < len(fields); i += 2 {
		fmt.Fprintf(&b, "--%s\r\nContent-Disposition: form-data; name=%q\r\n\r\n%s\r\n", boundary, fields[i], fields[i+1])
	}
	return b.String() + "--" + boundary + "--\r\n", "Content-Type: multipart/form-data; boundary=" + boundary
}

// A packed form is refused before anything unpacks it: a few kilobytes become gigabytes.
func TestPackedForms(t *testing.T) {
	db := storetest.Open(t)
	storetest.User(t, db, "ana", store.Warehouse)
	c := newClient(t, db)
	token := c.token()
	plain, multipart := multipartBody("_csrf", token, "username", "ana", "password", storetest.Password)
	bomb, _ := multipartBody("_csrf", token, "username", strings.Repeat("a", 64<<20))
	const urlencoded = "Content-Type: application/x-www-form-urlencoded"
	for _, tt := range []struct{ name, body, contentType, encoding string }{
		{"multipart", plain, multipart, "gzip"},
		{"urlencoded", credentials("ana", storetest.Password).Encode(), urlencoded, "gzip"},
		{"bomb", bomb, multipart, "gzip"},
		{"in another case", bomb, multipart, "GZIP"},
		{"of a kind nobody knows", plain, multipart, "x-own"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			body := packed(tt.body)
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			a := c.send("POST", "/login", body, tt.contentType, "Content-Encoding: "+tt.encoding)
			runtime.ReadMemStats(&after)
			if a.status != 415 || c.isIn() {
				t.Errorf("status %d, want 415\n%s", a.status, a.body)
			}
			if took := after.TotalAlloc - before.TotalAlloc; took > 32<<20 {
				t.Errorf("%d bytes were unpacked into %d MiB", len(body), took>>20)
			}
		})
	}
	if a := c.send("POST", "/login", plain, multipart); a.status != 303 {
		t.Errorf("a form that is not packed: %d\n%s", a.status, a.body)
	}
}

// What a form says stands in its body. An address is logged by proxies, kept in histories, and
// can be put behind a link.
func TestFieldsInTheAddress(t *testing.T) {
	db := storetest.Open(t)
	c := newClient(t, db)
	ana := c.signIn(store.Owner)
	visitor := c.other()
	at := "/login?" + credentials(ana.Username, storetest.Password).Encode()
	if status, _ := visitor.post(at, url.Values{}); status != 422 || visitor.isIn() {
		t.Errorf("signed in by an address: %d", status)
	}
	if a := c.send("POST", "/profile?_csrf="+c.token(), "email=x%40lwc.example"); a.status != 403 {
		t.Errorf("a token in the address: %d", a.status)
	}
	if status, body := c.post("/admin/users?role=owner", userFields()); status != 303 {
		t.Errorf("a new user: %d\n%s", status, body)
	}
	if u, err := db.UserByName(t.Context(), "joe"); err != nil || u.Role != store.Warehouse {
		t.Errorf("the form says warehouse, the user is %q (%v)", u.Role, err)
	}
}

// Of a field that stands twice in a form the first counts, everywhere.
func TestFieldsTwice(t *testing.T) {
	db := storetest.Open(t)
	storetest.User(t, db, "boss", store.Owner)
	c := newClient(t, db)
	u := c.signIn(store.GM)
	own := "/admin/users/" + u.ID.String()
	for _, roles := range [][]string{{"gm", "owner"}, {"owner", "gm"}, {"Owner"}, {" owner"}} {
		status, _ := c.post(own, url.Values{"role": roles})
		now, err := db.User(t.Context(), u.ID)
		if err != nil || now.Role != store.GM {
			t.Fatalf("%q made of a manager: %q, %v", roles, now.Role, err)
		}
		if roles[0] != "gm" && status < 400 {
			t.Errorf("%q: %d", roles, status)
		}
	}
}

// A form that does not know what it changes changes nothing.
func TestUserFormOfUnknownVersion(t *testing.T) {
	db := storetest.Open(t)
	c := newClient(t, db)
	c.signIn(store.Owner)
	joe := storetest.User(t, db, "joe", store.Warehouse)
	for _, version := range []string{"0", "-1", "99", "x", strings.Repeat("1", 5000)} {
		if status, _ := c.post("/admin/users/"+joe.ID.String(), url.Values{"version": {version}, "role": {"gm"}}); status != 409 {
			t.Errorf("version %.5s: %d", version, status)
		}
	}
	if now, err := db.User(t.Context(), joe.ID); err != nil || now.Role != store.Warehouse {
		t.Errorf("%+v, %v", now, err)
	}
}

// A page is not led to by what no page of ours has in its address.
func TestWhereNotTo(t *testing.T) {
	db := storetest.Open(t)
	c := newClient(t, db)
	c.signIn(store.Warehouse)
	for _, next := range []string{"//evil.example", `/\evil.example`, "/\t/evil.example", "/\x01/evil", "/a\x7f", "/a\u0085b", "/\xff",
		"/" + strings.Repeat("a", 5000), "https://evil.example", "javascript:alert(1)", "evil", ""} {
		a := c.send("GET", "/login?next="+url.QueryEscape(next), "")
		if got := a.header.Get("Location"); a.status != 303 || got != "/dashboard" {
			t.Errorf("%.20q: %d, leads to %.40q", next, a.status, got)
		}
	}
	// A cookie has room for some four kilobytes, and the page for its news.
	it := storetest.Item(t, db, "AB-1", 5, 0)
	a := c.submit("/items/"+it.ID.String()+"/movements", url.Values{"kind": {"issue"}, "quantity": {"1"},
		"request_id": {"r-1"}, "back": {"/items?q=" + strings.Repeat("x", 5000)}})
	if a.status != 303 || len(a.header.Get("Set-Cookie")) > 4000 || len(a.header.Get("Location")) > 4000 {
		t.Errorf("%d, cookie of %d bytes, address of %d", a.status, len(a.header.Get("Set-Cookie")), len(a.header.Get("Location")))
	}
}

// Names are seen, or they are none.
func TestInvisibleNames(t *testing.T) {
	db := storetest.Open(t)
	c := newClient(t, db)
	c.signIn(store.Owner)
	for _, name := range []string{"\u200b", "\u200b\u2060\ufeff", "\u202e", "\u00ad \u200e"} {
		if status, _ := c.post("/items", url.Values{"sku": {"Z-1"}, "name": {name}}); status != 422 {
			t.Errorf("an item named %q: %d", name, status)
		}
		if status, _ := c.post("/items", url.Values{"sku": {name}, "name": {"Zip ties"}}); status != 422 {
			t.Errorf("an item with the SKU %q: %d", name, status)
		}
		if status, _ := c.post("/places", url.Values{"name": {name}, "kind": {"shelf"}}); status != 422 {
			t.Errorf("a place named %q: %d", name, status)
		}
	}
	storetest.Item(t, db, "AB-1", 1, 0)
	if status, _ := c.post("/items", url.Values{"sku": {"AB\u200b-1"}, "name": {"The same to people"}}); status != 409 {
		t.Errorf("a SKU that looks like another: %d", status)
	}
}

// The same form token looks different on every page, so that its bytes cannot be guessed from how
// well a page packs that shows what a stranger chose.
func TestFormTokensDiffer(t *testing.T) {
	db := storetest.Open(t)
	c := newClient(t, db)
	c.signIn(store.Warehouse)
	first, second := c.token(), c.token()
	if first == second {
		t.Errorf("two pages carry the token %s", first)
	}
	for _, token := range []string{first, second} {
		if status, _ := c.post("/profile", url.Values{"_csrf": {token}, "email": {"ana@lwc.example"}}); status != 303 {
			t.Errorf("token %s: %d", token, status)
		}
	}
	for _, token := range []string{first[:len(first)/2], first + first, strings.Repeat("A", len(first)), "", "!"} {
		if status, _ := c.post("/profile", url.Values{"_csrf": {token}, "email": {"ana@lwc.example"}}); status != 403 {
			t.Errorf("token %q: %d", token, status)
		}
	}
}
