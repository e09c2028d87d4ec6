package handlers_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"lwc-inventory/handlers"
	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

var (
	seedMark     = regexp.MustCompile(`data-seed>([A-Z2-7 ]+)<`)
	recoveryMark = regexp.MustCompile(`data-recovery>([a-z2-7-]+)<`)
)

// turnOn turns the second step on, as a person does, and returns the seed and the recovery codes.
func (c *client) turnOn(at *clock) (seed string, recovery []string) {
	c.t.Helper()
	if a := c.submit("/profile/second/begin", nil); a.status != 303 || a.header.Get("Location") != "/profile/second" {
		c.t.Fatalf("begin: %d\n%s", a.status, a.body)
	}
	_, body := c.get("/profile/second")
	m := seedMark.FindStringSubmatch(body)
	if m == nil {
		c.t.Fatalf("no seed on the page\n%s", body)
	}
	seed = strings.ReplaceAll(m[1], " ", "")
	status, body := c.post("/profile/second", url.Values{"code": {appCode(c.t, at, seed)}})
	for _, m := range recoveryMark.FindAllStringSubmatch(body, -1) {
		recovery = append(recovery, m[1])
	}
	if status != 200 || len(recovery) != 8 {
		c.t.Fatalf("turn on: %d\n%s", status, body)
	}
	at.pass(time.Minute)
	return seed, recovery
}

func appCode(t testing.TB, at *clock, seed string) string {
	t.Helper()
	code, err := totp.GenerateCode(seed, at.Now())
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// With the second step on, the password alone opens nothing.
func TestSecondStepAtTheDoor(t *testing.T) {
	db, at := openClocked(t)
	c := newClient(t, db)
	c.signIn(store.GM)
	if status, body := c.post("/profile/second", url.Values{"code": {"123456"}}); status != 404 {
		t.Errorf("confirmed what was not begun: %d\n%s", status, body)
	}
	seed, recovery := c.turnOn(at)
	if a := c.send("GET", "/profile/second.png", ""); a.status != 404 {
		t.Errorf("the seed can be seen again: %d", a.status)
	}
	in := func(next string) *client {
		b := c.other()
		form := credentials("gm", storetest.Password)
		form.Set("next", next)
		own := next
		if strings.HasPrefix(next, "//") {
			own = "/dashboard"
		}
		a := b.submit("/login", form)
		want := "/login/code?" + url.Values{"next": {own}}.Encode()
		if a.status != 303 || a.header.Get("Location") != want || b.isIn() {
			t.Fatalf("the password: %d to %q, in %t", a.status, a.header.Get("Location"), b.isIn())
		}
		return b
	}
	b := in("/items?low=1")
	half := b.cookies["lwc_session"]
	for _, path := range []string{"/dashboard", "/profile", "/profile/account", "/admin/users", "/items"} {
		if a := b.send("GET", path, ""); a.status != 303 || !strings.HasPrefix(a.header.Get("Location"), "/login?") {
			t.Errorf("%s with half a sign-in: %d", path, a.status)
		}
	}
	if status, body := b.post("/login/code", url.Values{"code": {"000000"}, "next": {"/items?low=1"}}); status != 422 || !strings.Contains(body, `role="alert"`) || !strings.Contains(body, `value="/items?low=1"`) {
		t.Errorf("a wrong code: %d\n%s", status, body)
	}
	a := b.submit("/login/code", url.Values{"code": {appCode(t, at, seed)}, "next": {"/items?low=1"}})
	if a.status != 303 || a.header.Get("Location") != "/items?low=1" || !b.isIn() || b.cookies["lwc_session"] == half {
		t.Errorf("the code: %d to %q, in %t", a.status, a.header.Get("Location"), b.isIn())
	}
	if e := newestNote(t, db); !strings.HasPrefix(e.What, "signed in with the password, a code") {
		t.Errorf("the log says %q", e.What)
	}
	other := in("//evil.example/")
	if a := other.submit("/login/code", url.Values{"code": {appCode(t, at, seed)}, "next": {"//evil.example"}}); a.status != 422 {
		t.Errorf("the same code again: %d", a.status)
	}
	if a := other.submit("/login/code", url.Values{"code": {recovery[0]}, "next": {"//evil.example"}}); a.status != 303 || a.header.Get("Location") != "/dashboard" {
		t.Errorf("a recovery code: %d to %q", a.status, a.header.Get("Location"))
	}
	late := in("/dashboard")
	at.pass(10 * time.Minute)
	if a := late.submit("/login/code", url.Values{"code": {appCode(t, at, seed)}}); a.header.Get("Location") != "/login" || late.isIn() {
		t.Errorf("ten minutes after the password: %d to %q", a.status, a.header.Get("Location"))
	}
	changed := in("/dashboard")
	u, err := db.UserByName(t.Context(), "gm")
	if err != nil {
		t.Fatal(err)
	}
	if err := db.SetPassword(t.Context(), storetest.Staff, u.ID, "another long password"); err != nil {
		t.Fatal(err)
	}
	if a := changed.submit("/login/code", url.Values{"code": {appCode(t, at, seed)}}); a.header.Get("Location") != "/login" || changed.isIn() {
		t.Errorf("after another password: %d to %q", a.status, a.header.Get("Location"))
	}
}

// An owner turns it off for who lost the phone; somebody below does not do that to an owner, and nobody from a
// browser that was left open.
func TestSecondStepIsTurnedOff(t *testing.T) {
	db, at := openClocked(t)
	c := newClient(t, db)
	owner := c.signIn(store.Owner)
	gm := c.other()
	them := gm.signIn(store.GM)
	c.turnOn(at)
	gm.turnOn(at)
	if status, body := gm.post("/admin/users/"+owner.ID.String()+"/second/off", nil); status != 403 {
		t.Errorf("a manager turns an owner's off: %d\n%s", status, body)
	}
	at.pass(time.Hour)
	for _, path := range []string{"/profile/second/off", "/profile/second/recovery", "/profile/second/begin", "/profile/passkeys/begin",
		"/profile/passkeys", "/profile/passkeys/remove", "/admin/users/" + them.ID.String() + "/second/off"} {
		if status, body := c.post(path, nil); status != 403 || !strings.Contains(body, "Sign in again") {
			t.Errorf("%s from an old session: %d", path, status)
		}
	}
	for _, id := range []store.UserID{owner.ID, them.ID} {
		if u, err := db.User(t.Context(), id); err != nil || !u.HasSecond {
			t.Errorf("%+v, %v", u, err)
		}
	}
	b := c.other()
	boss := storetest.User(t, db, "boss", store.Owner)
	b.signInAs(boss.Username, storetest.Password)
	if status, _ := b.post("/admin/users/"+them.ID.String()+"/second/off", nil); status != 303 {
		t.Errorf("an owner turns a manager's off: %d", status)
	}
	if u, err := db.User(t.Context(), them.ID); err != nil || u.HasSecond {
		t.Errorf("%+v, %v", u, err)
	}
	if e := newestNote(t, db); e.By.Name != "boss" || !strings.Contains(e.What, "turned off the second step") {
		t.Errorf("the log says %+v", e)
	}
}

// A passkey that is none opens nothing, and a challenge counts once.
func TestPasskeysRefused(t *testing.T) {
	db := storetest.Open(t)
	c := newClient(t, db)
	c.signIn(store.GM)
	visitor := c.other()
	begin := func(b *client, path string) string {
		t.Helper()
		a := b.submit(path, nil)
		if a.status != 200 || !strings.Contains(a.body, `"challenge"`) || !strings.Contains(a.body, host) {
			t.Fatalf("%s: %d\n%s", path, a.status, a.body)
		}
		return a.body
	}
	if first, second := begin(visitor, "/login/passkey/begin"), begin(visitor, "/login/passkey/begin"); first == second {
		t.Error("two challenges are the same")
	}
	for name, credential := range map[string]string{"none": "", "no JSON": "{", "empty": "{}",
		"of nobody": `{"id":"YQ","rawId":"YQ","type":"public-key","response":{"clientDataJSON":"e30","authenticatorData":"YQ","signature":"YQ","userHandle":"YQ"}}`} {
		begin(visitor, "/login/passkey/begin")
		if status, body := visitor.post("/login/passkey", url.Values{"credential": {credential}}); status != 422 || !strings.Contains(body, "was not accepted") || visitor.isIn() {
			t.Errorf("%s: %d\n%s", name, status, body)
		}
		begin(c, "/profile/passkeys/begin")
		if status, _ := c.post("/profile/passkeys", url.Values{"credential": {credential}, "name": {"Laptop"}}); status != 422 {
			t.Errorf("%s, to be added: %d", name, status)
		}
	}
	if status, _ := c.post("/profile/passkeys/remove", url.Values{"passkey": {"YQ"}}); status != 404 {
		t.Errorf("removed what is not there: %d", status)
	}
	for _, base := range []string{"", "http://stock.example", "https://192.168.1.5:5001", "http://127.0.0.1:5001"} {
		plain := newClient(t, storetest.Open(t), func(s *handlers.Server) { s.BaseURL = base })
		storetest.User(t, plain.server.Store, "ana", store.GM)
		if status, _ := plain.post("/login/passkey/begin", nil); status != 404 {
			t.Errorf("%q: %d", base, status)
		}
	}
}
