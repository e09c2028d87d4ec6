package handlers_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"lwc-inventory/jobber/jobbertest"
	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// stray is what Jobber's marketplace leads to: a callback with a code and no state.
func (c *client) stray() (path, code string) {
	c.t.Helper()
	// The marketplace asks for no challenge, so that the exchange needs no verifier.
	to, err := url.Parse(c.send("GET", "/jobs/jobber/connect", "").header.Get("Location"))
	if err != nil {
		c.t.Fatal(err)
	}
	form := to.Query()
	for _, name := range []string{"state", "code_challenge", "code_challenge_method"} {
		form.Del(name)
	}
	form.Set("answer", "allow")
	to.RawQuery = ""
	browser := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := browser.PostForm(to.String(), form)
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	back, err := url.Parse(resp.Header.Get("Location"))
	if err != nil || back.Query().Get("code") == "" {
		c.t.Fatalf("Jobber leads to %v, %v", back, err)
	}
	return back.RequestURI(), back.Query().Get("code")
}

var askField = regexp.MustCompile(`name="ask" value="([^"]+)"`)

// question opens the page that a callback led to and returns what names the question.
func (c *client) question(a answer) (ask, page string) {
	c.t.Helper()
	to := a.header.Get("Location")
	if a.status != 303 || !strings.HasPrefix(to, "/jobs/jobber/confirm?ask=") {
		c.t.Fatalf("no question: %d to %q\n%s", a.status, to, a.body)
	}
	status, page := c.get(to)
	m := askField.FindStringSubmatch(page)
	if status != 200 || m == nil {
		c.t.Fatalf("the question: %d\n%s", status, page)
	}
	return m[1], page
}

func (c *client) reply(ask, answer string) (int, string) {
	c.t.Helper()
	status, _ := c.post("/jobs/jobber/confirm", url.Values{"ask": {ask}, "answer": {answer}})
	_, page := c.get("/admin/settings")
	return status, page
}

// An answer of Jobber's that nobody here asked for connects nothing before an owner has said yes.
func TestConnectFromTheMarketplace(t *testing.T) {
	c, far := newConnectingTo(t)
	saveCredentials(t, c.server.Store)
	path, code := c.stray()
	a := c.send("GET", path, "")
	ask, page := c.question(a)
	if far.Stats().Exchanges != 0 || c.jobberState() != store.Disconnected {
		t.Error("connected before anybody said yes")
	}
	if strings.Contains(page+a.header.Get("Location"), code) {
		t.Errorf("the code is in a page or an address of ours:\n%s", page)
	}
	second := c.other()
	storetest.User(t, c.server.Store, "second", store.Owner)
	second.signInAs("second", storetest.Password)
	if _, page := second.reply(ask, "yes"); !strings.Contains(page, "answered already, or is too old") || far.Stats().Exchanges != 0 {
		t.Errorf("another session's yes counts:\n%s", page)
	}
	if a := c.submit("/jobs/jobber/confirm", url.Values{"_csrf": {""}, "ask": {ask}, "answer": {"yes"}}); a.status != 403 {
		t.Errorf("a form without its token: %d", a.status)
	}
	if status, page := c.reply(ask, "yes"); status != 303 || !strings.Contains(page, "Jobber is connected.") || c.jobberState() != store.Connected {
		t.Errorf("yes: %d, %s\n%s", status, c.jobberState(), page)
	}
	if _, page := c.reply(ask, "yes"); !strings.Contains(page, "answered already, or is too old") {
		t.Errorf("yes a second time:\n%s", page)
	}
}

func TestStrayDeclined(t *testing.T) {
	c, far := newConnectingTo(t)
	saveCredentials(t, c.server.Store)
	path, _ := c.stray()
	ask, _ := c.question(c.send("GET", path, ""))
	if _, page := c.reply(ask, "no"); !strings.Contains(page, "Nothing was connected") {
		t.Errorf("no:\n%s", page)
	}
	if _, page := c.reply(ask, "yes"); !strings.Contains(page, "answered already") || far.Stats().Exchanges != 0 {
		t.Errorf("yes after no:\n%s", page)
	}
}

// Whoever comes from the marketplace signs in first, and finds the question then.
func TestStraySignsInFirst(t *testing.T) {
	c, _ := newConnectingTo(t)
	saveCredentials(t, c.server.Store)
	path, code := c.stray()
	stranger := c.other()
	a := stranger.send("GET", path, "")
	to := a.header.Get("Location")
	login, err := url.Parse(to)
	if err != nil || a.status != 303 || login.Path != "/login" || strings.Contains(to, code) {
		t.Fatalf("%d to %q, %v", a.status, to, err)
	}
	next := login.Query().Get("next")
	worker := c.other()
	worker.signIn(store.Warehouse)
	if status, _ := worker.get(next); status != 403 {
		t.Errorf("the warehouse is asked: %d", status)
	}
	storetest.User(t, c.server.Store, "second", store.Owner)
	if status, _ := stranger.post("/login", url.Values{"username": {"second"}, "password": {storetest.Password}, "next": {next}}); status != 303 {
		t.Fatalf("sign in: %d", status)
	}
	status, page := stranger.get(next)
	m := askField.FindStringSubmatch(page)
	if status != 200 || m == nil || strings.Contains(page, code) {
		t.Fatalf("the question: %d\n%s", status, page)
	}
	if a := c.send("GET", next, ""); a.status != 303 {
		t.Errorf("another owner opens it as well: %d", a.status)
	}
	if _, page := stranger.reply(m[1], "yes"); !strings.Contains(page, "Jobber is connected.") {
		t.Errorf("yes:\n%s", page)
	}
	// With a state it was somebody's session that asked; in a new one its code is worth nothing.
	if a := c.other().send("GET", "/jobs/jobber/callback?code=abc&state=def", ""); a.header.Get("Location") != "/login?next=%2Fadmin%2Fsettings" {
		t.Errorf("with a state: to %q", a.header.Get("Location"))
	}
}

// south is another account of the person at Jobber.
func south() jobbertest.Data {
	d := jobbertest.Sample(time.Now())
	d.Account = jobbertest.Account{ID: jobbertest.ID("Account", 99), Name: "Southside Plumbing"}
	return d
}

func TestAnotherAccountIsAskedFor(t *testing.T) {
	c, far := newConnectingTo(t)
	far.AddAccount(south())
	db := c.server.Store
	connect(t, db)
	storetest.Job(t, db, 1042, time.Now().Add(time.Hour), storetest.Line("Unknown", 1))
	ask, page := c.question(c.send("GET", c.consent("allow", south().Account.ID), ""))
	if !strings.Contains(page, "The jobs here are LWC Contracting’s. Connect Southside Plumbing and put LWC Contracting’s jobs aside?") {
		t.Errorf("the question:\n%s", page)
	}
	if _, page := c.reply(ask, "no"); !strings.Contains(page, "Nothing was connected") || far.Holds(south().Account.ID) {
		t.Errorf("no does not give it back:\n%s", page)
	}
	if _, page := c.get("/jobs/1"); !strings.Contains(page, `data-state="open"`) {
		t.Errorf("the job is not as it was:\n%s", page)
	}
	ask, _ = c.question(c.send("GET", c.consent("allow", south().Account.ID), ""))
	if _, page := c.reply(ask, "yes"); !strings.Contains(page, "Jobber is connected.") || !strings.Contains(page, "Southside Plumbing") {
		t.Errorf("yes:\n%s", page)
	}
	if _, page := c.get("/jobs/1"); !strings.Contains(page, `data-state="closed"`) || !strings.Contains(page, "another Jobber account’s") {
		t.Errorf("the job is not put aside:\n%s", page)
	}
}
