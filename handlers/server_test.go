package handlers_test

import (
	"bufio"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"

	"lwc-inventory/handlers"
	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// listen serves c's program on loopback, for what only a real connection shows.
func (c *client) listen() string {
	c.t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		c.t.Fatal(err)
	}
	done := make(chan error)
	go func() { done <- c.app.Listener(ln) }()
	c.t.Cleanup(func() {
		if err := c.app.Shutdown(); err != nil {
			c.t.Error(err)
		}
		if err := <-done; err != nil {
			c.t.Error(err)
		}
	})
	return "http://" + ln.Addr().String()
}

func TestSecurityHeaders(t *testing.T) {
	db := storetest.Open(t)
	c := newClient(t, db)
	c.signIn(store.Warehouse)
	for _, path := range []string{"/more", "/nowhere", "/admin/users", "/healthz", "/static/nothing.css"} {
		h := c.send("GET", path, "").header
		for name, has := range map[string]string{
			"Content-Security-Policy":    "script-src 'self'",
			"X-Content-Type-Options":     "nosniff",
			"Referrer-Policy":            "same-origin",
			"Permissions-Policy":         "camera=(self)",
			"Cross-Origin-Opener-Policy": "same-origin",
			"Cache-Control":              "no-store",
		} {
			if !strings.Contains(h.Get(name), has) {
				t.Errorf("%s: %s is %q", path, name, h.Get(name))
			}
		}
		for _, rule := range []string{"default-src 'self'", "frame-ancestors 'none'", "form-action 'self'", "base-uri 'none'", "object-src 'none'"} {
			if !strings.Contains(h.Get("Content-Security-Policy"), rule) {
				t.Errorf("%s: the policy lacks %s", path, rule)
			}
		}
		if strings.Contains(h.Get("Content-Security-Policy"), "unsafe") || h.Get("Strict-Transport-Security") != "" {
			t.Errorf("%s: %v", path, h)
		}
	}
}

// Who says that a request came over TLS must be a proxy of ours.
func TestStrictTransport(t *testing.T) {
	for _, trusted := range []bool{true, false} {
		c := newClient(t, storetest.Open(t), func(s *handlers.Server) {
			if trusted {
				s.TrustedProxies = []string{"0.0.0.0/32"}
			}
		})
		h := c.send("GET", "/setup", "", "X-Forwarded-Proto: https").header
		if got := h.Get("Strict-Transport-Security") != ""; got != trusted {
			t.Errorf("trusted %t: %v", trusted, h)
		}
	}
}

func TestTrustedProxyMustBeAddress(t *testing.T) {
	s := newServer(t, storetest.Open(t))
	s.TrustedProxies = []string{"my-proxy"}
	if _, err := s.App(t.Context()); err == nil || !strings.Contains(err.Error(), `"my-proxy"`) {
		t.Errorf("err = %v", err)
	}
}

var requestMark = regexp.MustCompile(`<code>[0-9a-f]{12}</code>`)

func TestProblemPages(t *testing.T) {
	db := storetest.Open(t)
	c := newClient(t, db)
	c.signIn(store.Warehouse)
	for path, want := range map[string]int{"/nowhere": 404, "/items/999": 404, "/items/x": 404, "/admin/settings": 403} {
		status, body := c.get(path)
		if status != want || !requestMark.MatchString(body) || !strings.Contains(body, `<nav class="nav"`) || !strings.Contains(body, `role="alert"`) {
			t.Errorf("%s: %d, want %d and a page with the request's id\n%s", path, status, want, body)
		}
		status, body = c.get(path, htmx)
		if status != want || !strings.Contains(body, `id="toast" class="toast is-bad" role="alert"`) || strings.Contains(body, "<html") {
			t.Errorf("%s by htmx: %d\n%s", path, status, body)
		}
	}
	if status, body := c.other().get("/nowhere"); status != 404 || strings.Contains(body, "<nav") {
		t.Errorf("a visitor gets %d\n%s", status, body)
	}
	if a := c.send("DELETE", "/items", ""); a.status != 405 || !strings.Contains(a.header.Get("Allow"), "GET") {
		t.Errorf("DELETE: %d", a.status)
	}
}

// Faults of ours say nothing of themselves.
func TestFaultsKeepQuiet(t *testing.T) {
	db := storetest.Open(t)
	c := newClient(t, db)
	c.signIn(store.Owner)
	if err := c.server.Sessions.Close(); err != nil {
		t.Fatal(err)
	}
	status, body := c.get("/more")
	if status != 500 || strings.Contains(body, "database") || !strings.Contains(body, "Tell your owner: request") {
		t.Errorf("%d\n%s", status, body)
	}
}

func TestBodyOverTheLimit(t *testing.T) {
	db := storetest.Open(t)
	c := newClient(t, db)
	c.signIn(store.Warehouse)
	conn, err := net.Dial("tcp", strings.TrimPrefix(c.listen(), "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	// Only the head: a server that refuses closes, and a client still sending may not see the answer.
	fmt.Fprintf(conn, "POST /profile HTTP/1.1\r\nHost: %s\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n", host, 1<<20+1)
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != 413 || !strings.Contains(string(body), "The limit is 1 MB.") || resp.Header.Get("Content-Security-Policy") == "" {
		t.Errorf("%d %v\n%s", resp.StatusCode, resp.Header, body)
	}
}

func TestStaticFiles(t *testing.T) {
	c := newClient(t, storetest.Open(t))
	path := c.server.Static.URL("app.css")
	plain := c.send("GET", path, "")
	if plain.status != 200 || plain.header.Get("Content-Encoding") != "" || !strings.Contains(plain.header.Get("Cache-Control"), "immutable") ||
		plain.header.Get("Content-Type") != "text/css; charset=utf-8" || !strings.Contains(plain.body, "@layer") {
		t.Errorf("%d %v", plain.status, plain.header)
	}
	small := c.send("GET", path, "", "Accept-Encoding: gzip")
	r, err := gzip.NewReader(strings.NewReader(small.body))
	if err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(r); err != nil || string(text) != plain.body {
		t.Errorf("gzip holds something else: %v", err)
	}
	if br := c.send("GET", path, "", "Accept-Encoding: gzip, deflate, br"); br.header.Get("Content-Encoding") != "br" || len(br.body) >= len(plain.body)/2 {
		t.Errorf("brotli: %d of %d bytes, %v", len(br.body), len(plain.body), br.header)
	}
	if a := c.send("GET", path, "", "If-None-Match: "+plain.header.Get("ETag")); a.status != 304 || a.body != "" {
		t.Errorf("known: %d", a.status)
	}
	if a := c.send("GET", "/static/app.css", ""); a.status != 404 {
		t.Errorf("without the hash: %d", a.status)
	}
}

// Pages are small on the way.
func TestPagesAreCompressed(t *testing.T) {
	c := newClient(t, storetest.Open(t))
	for _, encoding := range []string{"gzip", "br"} {
		a := c.send("GET", "/setup", "", "Accept-Encoding: "+encoding)
		if a.status != 200 || a.header.Get("Content-Encoding") != encoding {
			t.Errorf("%s: %d %v", encoding, a.status, a.header)
		}
	}
}

// Pages and fragments are rendered side by side all day long. With the template engine's own
// layouts that breaks: a fragment takes away the function a page is about to call.
func TestPagesBesideFragments(t *testing.T) {
	db := storetest.Open(t)
	c := newClient(t, db)
	c.signIn(store.Owner)
	connect(t, db)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			b := c.other()
			b.cookies["lwc_session"] = c.cookies["lwc_session"]
			for range 50 {
				if status, body := b.get("/admin/settings"); status != 200 || !strings.HasSuffix(strings.TrimSpace(body), "</html>") {
					t.Errorf("page: %d, %q", status, body)
				}
			}
		})
		wg.Go(func() {
			b := c.other()
			b.cookies["lwc_session"] = c.cookies["lwc_session"]
			for range 50 {
				if status, body := b.get("/admin/settings", htmx); status != 200 || !strings.HasPrefix(body, `<div id="jobber-acts"`) {
					t.Errorf("fragment: %d, %q", status, body)
				}
			}
		})
	}
	wg.Wait()
}

func TestHealth(t *testing.T) {
	db := storetest.Open(t)
	storetest.Item(t, db, "AB-1", 0, 2)
	c := newClient(t, db)
	for _, path := range []string{"/healthz", "/readyz"} {
		if a := c.send("GET", path, ""); a.status != 200 || a.header.Get("Set-Cookie") != "" {
			t.Errorf("%s: %d", path, a.status)
		}
	}
	base := c.listen()
	for header, want := range map[string]int{"": 200, "X-Forwarded-For": 403, "Forwarded": 403, "X-Real-Ip": 403} {
		r, err := http.NewRequestWithContext(t.Context(), "GET", base+"/metrics", nil)
		if err != nil {
			t.Fatal(err)
		}
		if header != "" {
			r.Header.Set(header, "127.0.0.1")
		}
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(resp.Body)
		if err := fmt.Sprint(err, resp.Body.Close()); err != "<nil> <nil>" {
			t.Fatal(err)
		}
		if resp.StatusCode != want {
			t.Errorf("metrics with %q: %d, want %d", header, resp.StatusCode, want)
		}
		if want != 200 {
			continue
		}
		for _, has := range []string{"lwc_items 1\n", "lwc_items_out 1\n", "lwc_webhooks_pending 0\n", "lwc_mails_unsent 0\n", "go_goroutines ",
			`lwc_http_request_duration_seconds_count{method="GET",route="/healthz",status="200"} 1`} {
			if !strings.Contains(string(text), has) {
				t.Errorf("no %q in the metrics\n%s", has, text)
			}
		}
	}
}

// What a toast says is ours, and for the one it was meant for.
func TestToastCannotBeForged(t *testing.T) {
	db := storetest.Open(t)
	c := newClient(t, db)
	c.signIn(store.Warehouse)
	if status, _ := c.post("/profile", url.Values{"email": {"ana@lwc.example"}}); status != 303 {
		t.Fatalf("status %d", status)
	}
	good := c.cookies["lwc_toast"]
	other := c.other()
	other.signIn(store.GM)
	text, mac, _ := strings.Cut(good, ".")
	for name, forged := range map[string]string{"text": "eyJ0IjoiR2l2ZSBtb25leS4ifQ." + mac, "cut": text, "no base64": "%%%." + mac, "mac": text + ".x"} {
		c.cookies["lwc_toast"] = forged
		if status, body := c.get("/more"); status != 200 || !strings.Contains(body, `<div id="toast" class="toast" role="status"></div>`) {
			t.Errorf("%s: %d\n%s", name, status, body)
		}
	}
	other.cookies["lwc_toast"] = good
	if _, body := other.get("/more"); strings.Contains(body, "Saved.") {
		t.Error("a toast of another session is shown")
	}
	c.cookies["lwc_toast"] = good
	if _, body := c.get("/more"); !strings.Contains(body, "Saved.") {
		t.Error("the toast itself is not shown")
	}
}
