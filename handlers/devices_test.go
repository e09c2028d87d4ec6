package handlers_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

const (
	firefox = "User-Agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0"
	safari  = "User-Agent: Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1"
	edge    = "User-Agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0"
)

var sessionMark = regexp.MustCompile(`data-session="([^"]+)"[^\n]*<p class="row-name">([^<]+)</p>`)

// devices are the person's sessions as their page lists them: what each is called, and its key.
func (c *client) devices() (names []string, keys map[string]string) {
	c.t.Helper()
	status, body := c.get("/profile/account")
	if status != 200 {
		c.t.Fatalf("the page of devices: %d\n%s", status, body)
	}
	keys = map[string]string{}
	for _, m := range sessionMark.FindAllStringSubmatch(body, -1) {
		names = append(names, m[2])
		keys[m[2]] = m[1]
	}
	return names, keys
}

func (c *client) enter(name, agent string) *client {
	c.t.Helper()
	b := c.other()
	if status, body := b.post("/login", credentials(name, storetest.Password), agent); status != 303 {
		c.t.Fatalf("sign in: %d\n%s", status, body)
	}
	return b
}

// People see where they are signed in, and end what they do not know.
func TestDevices(t *testing.T) {
	db, at := openClocked(t)
	storetest.User(t, db, "ana", store.Warehouse)
	storetest.User(t, db, "eve", store.Warehouse)
	c := newClient(t, db)
	laptop := c.enter("ana", firefox)
	at.pass(time.Minute)
	phone := c.enter("ana", safari)
	at.pass(time.Minute)
	office := c.enter("ana", edge)
	eve := c.enter("eve", edge)

	names, keys := office.devices()
	if got := strings.Join(names, ", "); got != "Edge on Windows (this one), Safari on iPhone, Firefox on Windows" {
		t.Errorf("devices: %s", got)
	}
	_, own := eve.devices()
	if status, _ := eve.post("/profile/sessions/end", url.Values{"session": {keys["Safari on iPhone"]}}); status != 404 || !phone.isIn() {
		t.Errorf("another's session: %d, the phone is in: %t", status, phone.isIn())
	}
	if status, _ := office.post("/profile/sessions/end", url.Values{"session": {own["Edge on Windows (this one)"]}}); status != 404 || !eve.isIn() {
		t.Errorf("another's session: %d", status)
	}
	if status, body := office.post("/profile/sessions/end", url.Values{"session": {keys["Safari on iPhone"]}}); status != 303 {
		t.Errorf("end the phone: %d\n%s", status, body)
	}
	if phone.isIn() || !laptop.isIn() || !office.isIn() {
		t.Errorf("phone %t, laptop %t, office %t", phone.isIn(), laptop.isIn(), office.isIn())
	}
	if status, _ := office.post("/profile/sessions/end", url.Values{"session": {keys["Safari on iPhone"]}}); status != 404 {
		t.Errorf("the second click: %d", status)
	}
	phone = c.enter("ana", safari)
	if status, _ := office.post("/profile/sessions/end", url.Values{"others": {"1"}}); status != 303 {
		t.Errorf("end all others: %d", status)
	}
	if phone.isIn() || laptop.isIn() || !office.isIn() || !eve.isIn() {
		t.Errorf("phone %t, laptop %t, office %t, eve %t", phone.isIn(), laptop.isIn(), office.isIn(), eve.isIn())
	}
	if e := newestNote(t, db); e.What != "signed out 2 other devices" || e.By.Name != "ana" {
		t.Errorf("the log says %+v", e)
	}
}

func newestNote(t *testing.T, db *store.DB) store.AuditEntry {
	t.Helper()
	all, _, err := db.Audit(t.Context(), store.AuditFilter{}, 1)
	if err != nil || len(all) == 0 {
		t.Fatalf("%v, %v", all, err)
	}
	return all[0]
}

// Whoever finds a browser open cannot make the account theirs.
func TestAnOldSessionAsksAgain(t *testing.T) {
	db, at := openClocked(t)
	c := newClient(t, db)
	u := c.signIn(store.Owner)
	other := c.enter("owner", safari)
	_, keys := c.devices()
	at.pass(16 * time.Minute)
	if status, body := c.get("/profile/account"); status != 200 || !strings.Contains(body, "/login?again=1&amp;next=/profile/account") || strings.Contains(body, `name="session"`) {
		t.Errorf("the page does not ask to sign in again: %d\n%s", status, body)
	}
	for path, form := range map[string]url.Values{
		"/profile/sessions/end":             {"session": {keys["Safari on iPhone"]}},
		"/profile":                          {"email": {"eve@example.com"}},
		"/admin/users/" + u.ID.String():     {"password": {"a password of eve"}, "version": {"1"}},
		"/profile?current_password=nothing": {"email": {"eve@example.com"}},
	} {
		if status, body := c.post(path, form); status != 403 && status != 422 {
			t.Errorf("%s: %d\n%s", path, status, body)
		}
	}
	if now, err := db.User(t.Context(), u.ID); err != nil || now.Email != u.Email || now.Epoch != u.Epoch || !other.isIn() {
		t.Errorf("%+v, %v", now, err)
	}
	if status, body := c.post("/profile", url.Values{"email": {"new@example.com"}, "current_password": {"wrong"}}); status != 422 || !strings.Contains(body, `value="new@example.com"`) {
		t.Errorf("a wrong password: %d\n%s", status, body)
	}
	if status, _ := c.post("/profile", url.Values{"email": {"new@example.com"}, "current_password": {storetest.Password}}); status != 303 {
		t.Errorf("with the password: %d", status)
	}
	if status, _ := c.post("/profile", url.Values{"email": {"new@example.com"}, "receive_alerts": {"1"}}); status != 303 {
		t.Errorf("alerts alone: %d", status)
	}

	old := c.cookies["lwc_session"]
	status, body := c.get("/login?again=1&next=/profile/account")
	if status != 200 || !strings.Contains(body, `value="owner"`) || !strings.Contains(body, `value="/profile/account"`) {
		t.Errorf("to sign in again: %d\n%s", status, body)
	}
	c.signInAs("owner", storetest.Password)
	if c.cookies["lwc_session"] == old {
		t.Error("the session is the old one")
	}
	thief := c.other()
	thief.cookies["lwc_session"] = old
	if thief.isIn() {
		t.Error("the old session goes on beside the new one")
	}
	if status, _ := c.post("/profile/sessions/end", url.Values{"session": {keys["Safari on iPhone"]}}); status != 303 || other.isIn() {
		t.Errorf("after signing in again: %d", status)
	}
}

// An owner signs somebody out everywhere; nobody below an owner does that to an owner.
func TestSignOutSomebody(t *testing.T) {
	db := storetest.Open(t)
	ana := storetest.User(t, db, "ana", store.Warehouse)
	c := newClient(t, db)
	owner := c.signIn(store.Owner)
	gm := c.other()
	gm.signIn(store.GM)
	phone := c.enter("ana", safari)
	if status, _ := gm.post("/admin/users/"+owner.ID.String()+"/sessions/end", nil); status != 403 || !c.isIn() {
		t.Errorf("a manager ends an owner's sessions: %d", status)
	}
	if status, _ := gm.post("/admin/users/"+ana.ID.String()+"/sessions/end", nil); status != 303 || phone.isIn() {
		t.Errorf("a manager ends a worker's sessions: %d, in %t", status, phone.isIn())
	}
	elsewhere := c.enter("owner", firefox)
	if status, _ := c.post("/admin/users/"+owner.ID.String()+"/sessions/end", nil); status != 303 || !c.isIn() || elsewhere.isIn() {
		t.Errorf("one's own: %d, here %t, elsewhere %t", status, c.isIn(), elsewhere.isIn())
	}
	if status, _ := gm.post("/admin/users/99/sessions/end", nil); status != 404 {
		t.Errorf("nobody's: %d", status)
	}
}

// A person has twenty sessions at most: the one that was not used for longest goes.
func TestManySessions(t *testing.T) {
	db, at := openClocked(t)
	storetest.User(t, db, "ana", store.Warehouse)
	c := newClient(t, db)
	var all []*client
	for range 22 {
		all = append(all, c.enter("ana", firefox))
		at.pass(6 * time.Minute)
		if !all[0].isIn() && len(all) <= 20 {
			t.Fatalf("the first is out after %d", len(all))
		}
	}
	names, _ := all[21].devices()
	if len(names) != 20 {
		t.Errorf("%d sessions", len(names))
	}
	if !all[0].isIn() || all[1].isIn() || all[2].isIn() || !all[3].isIn() {
		t.Errorf("in: %t %t %t %t; the first was used all the time", all[0].isIn(), all[1].isIn(), all[2].isIn(), all[3].isIn())
	}
}

// Whoever tries too often is noted once, with the address.
func TestGuessingIsNoted(t *testing.T) {
	db := storetest.Open(t)
	storetest.User(t, db, "ana", store.Warehouse)
	c := newClient(t, db)
	for range 13 {
		c.post("/login", credentials("Ana", "wrong"))
	}
	all, _, err := db.Audit(t.Context(), store.AuditFilter{Kind: store.AuditSignIn}, 9)
	if err != nil || len(all) != 1 || all[0].What != "gave 10 wrong passwords for “ana” and has to wait" || all[0].From == "" {
		t.Errorf("%+v, %v", all, err)
	}
}

// The page of the log shows who did what, and filters it.
func TestAuditPage(t *testing.T) {
	db, at := openClocked(t)
	c := newClient(t, db)
	owner := c.signIn(store.Owner)
	at.pass(24 * time.Hour)
	c.signIn(store.Owner)
	if status, body := c.post("/admin/users", userFields()); status != 303 {
		t.Fatalf("%d\n%s", status, body)
	}
	for query, want := range map[string][2]string{ // what is there, and what is not
		"":                          {"added the user joe as Warehouse", ""},
		"what=users":                {"added the user joe", "signed in"},
		"what=signin":               {"signed in with the password", "added the user"},
		"who=" + owner.ID.String():  {"added the user joe", "added the user owner"},
		"day=2026-11-23":            {"signed in", "added the user joe"},
		"day=2026-11-24":            {"added the user joe", "added the user owner"},
		"what=users&day=2026-11-25": {"Nothing fits", "joe as"},
		"what=nonsense&who=x":       {"added the user joe", ""},
		"before=1":                  {"Nothing before that", "signed in with"},
	} {
		status, body := c.get("/admin/audit?" + query)
		if status != 200 || !strings.Contains(body, want[0]) || want[1] != "" && strings.Contains(body, want[1]) {
			t.Errorf("%q: %d, want %q and not %q\n%s", query, status, want[0], want[1], body)
		}
	}
	if status, body := c.get("/admin/audit?day=yesterday"); status != 422 || !strings.Contains(body, "Write the day like") {
		t.Errorf("a day that is none: %d", status)
	}
	for range 60 {
		if err := db.Note(t.Context(), store.AuditEntry{By: owner.Actor(), Kind: store.AuditData, What: "exported"}); err != nil {
			t.Fatal(err)
		}
	}
	_, body := c.get("/admin/audit?what=data")
	if n := strings.Count(body, "data-audit="); n != 50 || !strings.Contains(body, "before=") || !strings.Contains(body, "what=data") {
		t.Errorf("%d entries on a page", n)
	}
}
