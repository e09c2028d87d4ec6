package handlers_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"lwc-inventory/handlers"
	"lwc-inventory/jobber"
	"lwc-inventory/jobber/jobbertest"
	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// newConnecting returns an owner's browser, at a program that reaches the stand-in for Jobber.
func newConnecting(t *testing.T) *client {
	t.Helper()
	c, _ := newConnectingTo(t)
	return c
}

func newConnectingTo(t *testing.T) (*client, *jobbertest.Server) {
	t.Helper()
	const callback = "https://" + host + "/jobs/jobber/callback"
	far := jobbertest.New(jobbertest.Sample(time.Now()), jobbertest.Options{ClientID: clientID, ClientSecret: clientSecret, CallbackURL: callback})
	t.Cleanup(func() {
		if err := far.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	web := httptest.NewServer(far.Handler())
	t.Cleanup(web.Close)
	c := newClient(t, storetest.Open(t), func(s *handlers.Server) {
		s.Jobber = jobber.New(jobber.Config{Store: s.Store, BaseURL: s.BaseURL, Log: s.Log, Version: "2025-04-16",
			AuthorizeURL: web.URL + "/api/oauth/authorize", TokenURL: web.URL + "/api/oauth/token", GraphQLURL: web.URL + "/api/graphql"})
	})
	c.signIn(store.Owner)
	return c, far
}

// consent goes to Jobber by the connect link and answers there. It returns where Jobber leads to.
func (c *client) consent(answer string, account ...string) string {
	c.t.Helper()
	a := c.send("GET", "/jobs/jobber/connect", "")
	to, err := url.Parse(a.header.Get("Location"))
	if err != nil || a.status != http.StatusFound {
		c.t.Fatalf("connect: %d to %v, %v", a.status, to, err)
	}
	form := to.Query()
	form.Set("answer", answer)
	if len(account) > 0 {
		form.Set("account", account[0])
	}
	to.RawQuery = ""
	browser := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := browser.PostForm(to.String(), form)
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	back, err := url.Parse(resp.Header.Get("Location"))
	if err != nil || back.Path != "/jobs/jobber/callback" {
		c.t.Fatalf("Jobber answers %d and leads to %v, %v", resp.StatusCode, back, err)
	}
	return back.RequestURI()
}

func (c *client) jobberState() store.JobberState {
	c.t.Helper()
	l, err := c.server.Store.JobberLink(c.t.Context())
	if err != nil {
		c.t.Fatal(err)
	}
	return l.State
}

func TestConnectJobber(t *testing.T) {
	c := newConnecting(t)
	a := c.send("GET", "/jobs/jobber/connect", "")
	if _, page := c.get("/admin/settings"); a.status != 303 || !strings.Contains(page, "toast is-bad") {
		t.Errorf("without credentials: %d\n%s", a.status, page)
	}
	saveCredentials(t, c.server.Store)

	back := c.consent("allow")
	if a := c.send("GET", back, ""); a.status != 303 || a.header.Get("Location") != "/admin/settings" {
		t.Fatalf("callback: %d to %q\n%s", a.status, a.header.Get("Location"), a.body)
	}
	if got := c.jobberState(); got != store.Connected {
		t.Errorf("state is %s", got)
	}
	if _, page := c.get("/admin/settings"); !strings.Contains(page, "Jobber is connected.") || !strings.Contains(page, `data-jobber="connected"`) {
		t.Errorf("the page says otherwise:\n%s", page)
	}
	if status, _ := c.get(back); status != 403 {
		t.Errorf("the same answer again: %d, want 403", status)
	}
	if status, _ := c.post("/jobs/jobber/disconnect", nil); status != 303 || c.jobberState() != store.Disconnected {
		t.Errorf("disconnect: %d, %s", status, c.jobberState())
	}
}

// Jobber is away when the owner disconnects: it ends here all the same, and the page says what is left to do there.
func TestDisconnectWithoutJobber(t *testing.T) {
	c, far := newConnectingTo(t)
	saveCredentials(t, c.server.Store)
	c.send("GET", c.consent("allow"), "")
	far.Behave(func(b *jobbertest.Behaviour) { b.API.Fault = jobbertest.APIDown })
	if status, _ := c.post("/jobs/jobber/disconnect", nil); status != 303 || c.jobberState() != store.Disconnected {
		t.Errorf("disconnect: %d, %s", status, c.jobberState())
	}
	if _, err := c.server.Store.JobberTokens(t.Context()); store.CodeOf(err) != store.NotFound {
		t.Errorf("the tokens are still here: %v", err)
	}
	if _, page := c.get("/admin/settings"); !strings.Contains(page, "could not be told") || !strings.Contains(page, `data-jobber="disconnected"`) {
		t.Errorf("the page does not say so:\n%s", page)
	}
}

func TestConnectRefused(t *testing.T) {
	c := newConnecting(t)
	saveCredentials(t, c.server.Store)
	storetest.User(t, c.server.Store, "second", store.Owner)
	second := c.other()
	second.signInAs("second", storetest.Password)

	if a := c.send("GET", c.consent("deny"), ""); a.status != 303 {
		t.Errorf("no at Jobber: %d", a.status)
	}
	if _, page := c.get("/admin/settings"); !strings.Contains(page, "Jobber did not give access.") {
		t.Errorf("no at Jobber is not told:\n%s", page)
	}
	back := c.consent("allow")
	for name, path := range map[string]string{
		"with another state": "/jobs/jobber/callback?code=abc&state=def",
	} {
		if status, body := c.get(path); status != 403 || !strings.Contains(body, `role="alert"`) {
			t.Errorf("%s: %d\n%s", name, status, body)
		}
	}
	if status, _ := second.get(back); status != 403 {
		t.Errorf("in another session: %d", status)
	}
	if got := c.jobberState(); got != store.Disconnected {
		t.Errorf("state is %s", got)
	}
}
