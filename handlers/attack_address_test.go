package handlers_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"lwc-inventory/handlers"
	"lwc-inventory/store/storetest"
)

// ask sends a request over a real connection, with headers that may stand more than once.
func ask(t *testing.T, method, address, body string, header http.Header) int {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header = header
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	if err := resp.Body.Close(); err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode
}

// Some proxies add a line of their own instead of a hop to the client's. The last line is theirs.
func TestThrottlingWithTwoForwardingLines(t *testing.T) {
	c := newClient(t, storetest.Open(t), func(s *handlers.Server) { s.TrustedProxies = []string{"127.0.0.1"} })
	base, token := c.listen(), c.token()
	try := func(i int, lines ...string) int {
		form := url.Values{"_csrf": {token}, "username": {"user" + strconv.Itoa(i)}, "password": {"wrong"}}
		return ask(t, "POST", base+"/login", form.Encode(), http.Header{"X-Forwarded-For": lines,
			"Content-Type": {"application/x-www-form-urlencoded"}, "Cookie": {c.cookieLine()}, "Origin": {base}})
	}
	for i := range 30 {
		if status := try(i, "198.51.100."+strconv.Itoa(i), "203.0.113.7"); status != 422 {
			t.Fatalf("try %d: %d", i+1, status)
		}
	}
	if status := try(30, "198.51.100.30", "203.0.113.7"); status != 429 {
		t.Errorf("the 31st from one address: %d", status)
	}
	if status := try(31, "203.0.113.7", "203.0.113.8"); status != 422 {
		t.Errorf("the first from another address: %d", status)
	}
}

// Whoever has one IPv6 address has 2⁶⁴ of them.
func TestThrottlingByNetwork(t *testing.T) {
	c := newClient(t, storetest.Open(t), func(s *handlers.Server) { s.TrustedProxies = []string{"0.0.0.0"} })
	for i := range 30 {
		from := "X-Forwarded-For: 2001:db8:0:7::" + strconv.Itoa(i)
		if status, _ := c.post("/login", credentials("user"+strconv.Itoa(i), "wrong"), from); status != 422 {
			t.Fatalf("try %d: %d", i+1, status)
		}
	}
	if status, _ := c.post("/login", credentials("ana", "x"), "X-Forwarded-For: 2001:db8:0:7:ffff::1"); status != 429 {
		t.Errorf("the 31st from one network: %d", status)
	}
	if status, _ := c.post("/login", credentials("ana", "x"), "X-Forwarded-For: 2001:db8:0:8::1"); status != 422 {
		t.Errorf("the first from the network beside it: %d", status)
	}
}

// A forwarding header makes a stranger, whatever it says and however often it stands there.
func TestMetricsBehindProxy(t *testing.T) {
	c := newClient(t, storetest.Open(t))
	base := c.listen()
	for name, lines := range map[string][]string{
		"X-Forwarded-For":   {"", "203.0.113.7"},
		"X-Real-Ip":         {""},
		"Forwarded":         {"", "for=203.0.113.7"},
		"X-Forwarded-Proto": {"https"},
	} {
		if status := ask(t, "GET", base+"/metrics", "", http.Header{name: lines}); status != 403 {
			t.Errorf("%s: %q: %d", name, lines, status)
		}
	}
	if status := ask(t, "GET", base+"/metrics", "", http.Header{}); status != 200 {
		t.Errorf("from this machine: %d", status)
	}
}

// cookieLine is the Cookie header of this browser.
func (c *client) cookieLine() string {
	var all []string
	for name, value := range c.cookies {
		all = append(all, name+"="+value)
	}
	return strings.Join(all, "; ")
}
