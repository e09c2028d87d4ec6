package jobbertest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"lwc-inventory/jobber/jobbertest"
)

const (
	clientID = "app-1"
	secret   = "s3cret"
	callback = "http://app.test/callback"
	version  = "2025-04-16"
)

// noon is when the tests' clocks begin.
var noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

// clock is a clock that the test moves.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// standin is a stand-in that listens, and the clock it goes by.
type standin struct {
	*jobbertest.Server
	url   string
	clock *clock
}

func start(t *testing.T, d jobbertest.Data, change func(*jobbertest.Options)) standin {
	t.Helper()
	c := &clock{t: noon}
	o := jobbertest.Options{
		AppName: "LWC Inventory", ClientID: clientID, ClientSecret: secret, CallbackURL: callback,
		Clock: c.now, RetryWait: time.Millisecond,
	}
	if change != nil {
		change(&o)
	}
	s := jobbertest.New(d, o)
	ts := httptest.NewServer(s.Handler())
	t.Cleanup(func() {
		ts.Close()
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if err := s.Close(ctx); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return standin{s, ts.URL, c}
}

func ptr[T any](v T) *T { return &v }

// sample is an account with n one-off jobs and one that is billed by visit.
func sample(n int) jobbertest.Data {
	d := jobbertest.Data{
		Account: jobbertest.Account{ID: jobbertest.ID("Account", 7), Name: "Northside Electric"},
		Users: []jobbertest.User{
			{ID: jobbertest.ID("User", 1), First: "Dana", Last: "Reyes", Email: "dana@northside.test"},
			{ID: jobbertest.ID("User", 2), First: "Sam", Last: "Okafor", Email: "sam@northside.test", Admin: true},
		},
		Clients:    []jobbertest.Client{{ID: jobbertest.ID("Client", 1), First: "Ana", Last: "Li", Company: "Li Homes"}},
		Properties: []jobbertest.Property{{ID: jobbertest.ID("Property", 1), Street1: "1 Elm St", City: "Dayton"}},
		Products: []jobbertest.Product{
			{ID: jobbertest.ID("ProductOrService", 1), Name: "Breaker 20 A", Price: 12, Cost: 8, SKU: "BR-20", Visible: true},
			{ID: jobbertest.ID("ProductOrService", 2), Name: "Labour", Category: "SERVICE", Price: 90, Visible: true},
		},
	}
	for i := range n {
		d.Jobs = append(d.Jobs, oneOff(i+1))
	}
	d.Jobs = append(d.Jobs, byVisit(n+1))
	return d
}

func oneOff(n int) jobbertest.Job {
	at := noon.Add(time.Duration(n) * 24 * time.Hour)
	return jobbertest.Job{
		ID: jobbertest.ID("Job", n), Number: n, Title: fmt.Sprintf("Panel %d", n),
		ClientID: jobbertest.ID("Client", 1), PropertyID: jobbertest.ID("Property", 1),
		SalespersonID: jobbertest.ID("User", 2), StartAt: &at, EndAt: ptr(at.Add(2 * time.Hour)),
		CreatedAt: noon.Add(-time.Hour), UpdatedAt: noon.Add(-time.Duration(n) * time.Minute),
		Lines: []jobbertest.LineItem{
			{ID: jobbertest.ID("JobLineItem", n*10), Name: "Breaker 20 A", Quantity: 2, UnitPrice: 12, UnitCost: 8,
				ProductID: jobbertest.ID("ProductOrService", 1)},
			{ID: jobbertest.ID("JobLineItem", n*10+1), Name: "Odd bracket", Quantity: 1.5, UnitPrice: 4},
		},
		Visits: []jobbertest.Visit{{
			ID: jobbertest.ID("Visit", n), StartAt: &at, EndAt: ptr(at.Add(2 * time.Hour)),
			Crew: []string{jobbertest.ID("User", 1), jobbertest.ID("User", 2)},
		}},
	}
}

func byVisit(n int) jobbertest.Job {
	j := oneOff(n)
	j.Type, j.Billing = jobbertest.Recurring, jobbertest.VisitBased
	j.Lines[0].Quantity = 0
	j.Visits[0].Lines = []jobbertest.LineItem{
		{ID: jobbertest.ID("JobLineItem", n*10), Name: "Breaker 20 A", Quantity: 3, UnitPrice: 12},
		{ID: jobbertest.ID("JobLineItem", n*10+1), Name: "Odd bracket", Quantity: 0, UnitPrice: 4},
	}
	return j
}

// post sends a form without following redirects and returns status, body and Location.
func (s standin) post(t *testing.T, path string, form url.Values) (int, string, string) {
	t.Helper()
	hc := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := hc.PostForm(s.url+path, form)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, body(t, res), res.Header.Get("Location")
}

func body(t *testing.T, res *http.Response) string {
	t.Helper()
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// code walks through the consent page and returns the code that the callback gets.
func (s standin) code(t *testing.T, challenge string) string {
	t.Helper()
	form := authorization("allow")
	if challenge != "" {
		form.Set("code_challenge", challenge)
		form.Set("code_challenge_method", "S256")
	}
	status, text, to := s.post(t, "/api/oauth/authorize", form)
	u, err := url.Parse(to)
	if status != http.StatusFound || err != nil || u.Query().Get("code") == "" {
		t.Fatalf("consent answered %d, to %q: %s", status, to, text)
	}
	if got := u.Query().Get("state"); got != "st" {
		t.Errorf("state %q, want st", got)
	}
	return u.Query().Get("code")
}

func authorization(answer string) url.Values {
	return url.Values{
		"response_type": {"code"}, "client_id": {clientID}, "redirect_uri": {callback}, "state": {"st"}, "answer": {answer},
	}
}

type tokens struct {
	Access  string `json:"access_token"`
	Refresh string `json:"refresh_token"`
	Expires string `json:"expires_at"`
	Warning string `json:"warning"`
}

func exchangeForm(code string) url.Values {
	return url.Values{
		"client_id": {clientID}, "client_secret": {secret}, "grant_type": {"authorization_code"},
		"code": {code}, "redirect_uri": {callback},
	}
}

func refreshForm(token string) url.Values {
	return url.Values{
		"client_id": {clientID}, "client_secret": {secret}, "grant_type": {"refresh_token"}, "refresh_token": {token},
	}
}

// tokens sends a form to the token endpoint, which must like it.
func (s standin) tokens(t *testing.T, form url.Values) tokens {
	t.Helper()
	status, text, _ := s.post(t, "/api/oauth/token", form)
	var out tokens
	if err := json.Unmarshal([]byte(text), &out); status != http.StatusOK || err != nil {
		t.Fatalf("token endpoint answered %d %q", status, text)
	}
	return out
}

// connect goes through the whole flow and returns an access token.
func (s standin) connect(t *testing.T) string {
	t.Helper()
	return s.tokens(t, exchangeForm(s.code(t, ""))).Access
}

// reply is a GraphQL answer; raw is all of it.
type reply struct {
	Data   json.RawMessage
	Errors []struct {
		Message    string
		Path       []any
		Extensions map[string]any
	}
	Extensions struct {
		Cost struct {
			Requested int `json:"requestedQueryCost"`
			Actual    int `json:"actualQueryCost"`
			Throttle  struct {
				Max       int `json:"maximumAvailable"`
				Available int `json:"currentlyAvailable"`
				Restore   int `json:"restoreRate"`
			} `json:"throttleStatus"`
		}
		Versioning struct{ Version string }
	}
	raw string
}

// query runs a query, which must be answered with 200.
func (s standin) query(t *testing.T, token, query string, vars map[string]any) reply {
	t.Helper()
	b, err := json.Marshal(map[string]any{"query": query, "variables": vars})
	if err != nil {
		t.Fatal(err)
	}
	status, text := s.send(t, token, version, string(b))
	var out reply
	if err := json.Unmarshal([]byte(text), &out); status != http.StatusOK || err != nil {
		t.Fatalf("graphql answered %d %q", status, text)
	}
	out.raw = text
	return out
}

func (s standin) send(t *testing.T, token, version, text string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+"/api/graphql", bytes.NewBufferString(text))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	if version != "" {
		req.Header.Set("X-JOBBER-GRAPHQL-VERSION", version)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, body(t, res)
}

// compact removes the white space of a JSON text that a test wrote for people.
func compact(s string) string {
	var b bytes.Buffer
	if err := json.Compact(&b, []byte(strings.TrimSpace(s))); err != nil {
		return s
	}
	return b.String()
}
