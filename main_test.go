package main

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// A running program and what it wrote.
type running struct {
	addr string
	stop func() string // waits for the end and returns stderr
}

// start runs the program with an environment until stop is called.
func start(t *testing.T, env map[string]string, args ...string) running {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ready, done := make(chan net.Addr, 2), make(chan int, 1)
	var out, errs syncBuffer
	p := program{getenv: func(k string) string { return env[k] }, stdin: strings.NewReader(""), stdout: &out, stderr: &errs, ready: ready}
	go func() { done <- p.run(ctx, args) }()
	select {
	case addr := <-ready:
		stop := sync.OnceValue(func() string {
			http.DefaultClient.CloseIdleConnections()
			cancel()
			if code := <-done; code != 0 {
				t.Errorf("the program ended with %d:\n%s", code, errs.String())
			}
			return errs.String()
		})
		t.Cleanup(func() { stop() })
		return running{addr.String(), stop}
	case code := <-done:
		cancel()
		t.Fatalf("the program ended with %d:\n%s", code, errs.String())
		return running{}
	}
}

// command runs a command to its end.
func command(t *testing.T, env map[string]string, stdin string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	p := program{getenv: func(k string) string { return env[k] }, stdin: strings.NewReader(stdin), stdout: &out, stderr: &errs}
	return p.run(t.Context(), args), out.String(), errs.String()
}

type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func env(t *testing.T) map[string]string {
	return map[string]string{"ADDR": "127.0.0.1:0", "DATA_DIR": filepath.Join(t.TempDir(), "data"), "TZ": "UTC"}
}

// visitor is a browser for tests.
func visitor(t *testing.T) browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return browser{t.Context(), &http.Client{Jar: jar}}
}

// fill sends the page's form with these fields.
func fill(t *testing.T, b browser, page, action string, fields ...string) document {
	t.Helper()
	d, err := b.get(page)
	if err != nil {
		t.Fatal(err)
	}
	form := d.fields()
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	at, err := url.Parse(page)
	if err != nil {
		t.Fatal(err)
	}
	d, err = b.post(at.ResolveReference(&url.URL{Path: action}).String(), form)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestSetUpActStopAndGoOn(t *testing.T) {
	e := env(t)
	r := start(t, e)
	base, b := "http://"+r.addr, visitor(t)
	fill(t, b, base+"/setup", "/setup", "username", "lee", "email", "lee@example.com", "password", "a long password")
	item := fill(t, b, base+"/items/new", "/items", "sku", "AB-1", "name", "Thing", "unit", "ea")
	fill(t, b, item.url.String(), item.url.Path+"/movements", "kind", "receive", "quantity", "12.5", "request_id", "one")
	log := r.stop()
	if strings.Contains(log, "a long password") {
		t.Error("the log has the password")
	}
	r = start(t, e) // the session lasts over a restart
	page, err := b.get(strings.Replace(item.url.String(), base, "http://"+r.addr, 1))
	if err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(`data-quantity="on-hand" value="12.5"`).MatchString(page.body) {
		t.Errorf("what was received is not there after a restart:\n%s", page.body)
	}
}

// Browsers open connections ahead of need. Stopping waits for requests, and for nothing else.
func TestStoppingDoesNotWaitForSilentConnections(t *testing.T) {
	r := start(t, env(t))
	conn, err := net.Dial("tcp", r.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if resp, err := http.Get("http://" + r.addr + "/readyz"); err != nil { // by now the server has taken both
		t.Fatal(err)
	} else {
		resp.Body.Close()
	}
	began := time.Now()
	r.stop()
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("stopping took %v", took)
	}
}

func TestCommandsWorkBesideAServerAndWithout(t *testing.T) {
	e := env(t)
	add := []string{"user", "add", "--username", "ana", "--role", "warehouse_manager", "--email", "ana@example.com", "--password-stdin"}
	if code, _, errs := command(t, e, "a long password\n", add...); code != 0 {
		t.Fatalf("user add: %d %s", code, errs)
	}
	r := start(t, e)
	add[3] = "joe"
	if code, out, errs := command(t, e, "a long password\n", add...); code != 0 || out != "Added joe, warehouse_manager.\n" {
		t.Errorf("user add beside a server: %d %q %q", code, out, errs)
	}
	if code, _, errs := command(t, e, "a long password\n", add...); code != 1 || strings.Count(errs, "\n") != 1 || !strings.Contains(errs, "is taken") {
		t.Errorf("the same user again: %d %q", code, errs)
	}
	fill(t, visitor(t), "http://"+r.addr+"/login", "/login", "username", "joe", "password", "a long password")
	file := filepath.Join(t.TempDir(), "items.csv")
	if err := os.WriteFile(file, []byte("sku,name,quantity\nA-1,One,5\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		args []string
		says string
	}{
		{[]string{"import", "items", file}, "1 items imported."},
		{[]string{"user", "list"}, "joe"},
		{[]string{"reindex"}, "made anew"},
		{[]string{"check"}, "The ledger is whole"},
		{[]string{"backup", filepath.Join(t.TempDir(), "copy.db")}, "keep SECRET_KEY"},
	} {
		if code, out, errs := command(t, e, "", tt.args...); code != 0 || !strings.Contains(out, tt.says) {
			t.Errorf("%v: %d %q %q", tt.args, code, out, errs)
		}
	}
	info, err := os.Stat(socketPath(config{DataDir: e["DATA_DIR"]}))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the socket is %v, %v", info, err)
	}
	r.stop()
	if code, out, errs := command(t, e, "", "check"); code != 0 || !strings.Contains(out, "The ledger is whole") {
		t.Errorf("check without a server: %d %q %q", code, out, errs)
	}
}

// A search index that was damaged is a fault, which names itself and is mended.
func TestCheckReadsTheIndex(t *testing.T) {
	e := env(t)
	r := start(t, e)
	r.stop()
	roots, err := filepath.Glob(filepath.Join(e["DATA_DIR"], "index", "*", "store", "root.bolt"))
	if err != nil || len(roots) != 1 {
		t.Fatalf("the index has the roots %q, %v", roots, err)
	}
	if err := os.WriteFile(roots[0], []byte("rubbish"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"check"}, 1, "index: search: it cannot be read"},
		{[]string{"check", "--repair"}, 0, "The ledger is whole, and everything agrees with it."},
		{[]string{"check"}, 0, "The ledger is whole, and everything agrees with it."},
	} {
		if code, out, errs := command(t, e, "", tt.args...); code != tt.code || !strings.Contains(out, tt.says) {
			t.Errorf("%v: %d %q %q", tt.args, code, out, errs)
		}
	}
}

func TestRestore(t *testing.T) {
	from, to := env(t), env(t)
	copied := filepath.Join(t.TempDir(), "copy.db")
	command(t, from, "a long password", "user", "add", "--username", "ana", "--role", "gm", "--password-stdin")
	if code, _, errs := command(t, from, "", "backup", copied); code != 0 {
		t.Fatal(errs)
	}
	if code, _, errs := command(t, to, "", "restore", copied); code != 0 {
		t.Fatal(errs)
	}
	if _, out, _ := command(t, to, "", "user", "list"); !strings.Contains(out, "ana") {
		t.Errorf("users after the restore: %q", out)
	}
	if code, _, errs := command(t, to, "", "restore", copied); code != 1 || !strings.Contains(errs, "--replace") {
		t.Errorf("over data: %d %q", code, errs)
	}
	if code, _, errs := command(t, to, "", "restore", "--replace", copied); code != 0 {
		t.Errorf("with --replace: %q", errs)
	}
	if kept, err := filepath.Glob(filepath.Join(to["DATA_DIR"], "lwc.db.before-*")); err != nil || len(kept) != 1 {
		t.Errorf("the old file was not kept aside: %v, %v", kept, err)
	}
	for _, content := range []string{"this is no database", ""} {
		if err := os.WriteFile(copied, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if code, _, errs := command(t, to, "", "restore", "--replace", copied); code != 1 || strings.Count(errs, "\n") != 1 {
			t.Errorf("restored %q: %d %q", content, code, errs)
		}
	}
	if _, out, _ := command(t, to, "", "user", "list"); !strings.Contains(out, "ana") {
		t.Errorf("a refused restore changed the data: %q", out)
	}
}

func TestBadStarts(t *testing.T) {
	busy := env(t)
	start(t, busy)
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	with := func(name, value string) map[string]string {
		e := env(t)
		e[name] = value
		return e
	}
	for _, tt := range []struct {
		name string
		env  map[string]string
		args []string
		code int
		says string
	}{
		{"data folder in use", busy, nil, 1, "in use by another process"},
		{"data folder is a file", with("DATA_DIR", file), nil, 1, "DATA_DIR is"},
		{"taken port", with("ADDR", "256.0.0.1:1"), nil, 1, "ADDR is"},
		{"nonsense", with("LOG_LEVEL", "loud"), nil, 1, "LOG_LEVEL"},
		{"nothing there yet", env(t), []string{"user", "list"}, 1, "there is no data"},
		{"no such command", env(t), []string{"fly"}, 2, "there is no command"},
		{"half a command", env(t), []string{"user", "add"}, 2, "needs --username"},
		{"unknown flag", env(t), []string{"demo", "--fast"}, 2, "demo [--keep DIR]"},
	} {
		code, _, errs := command(t, tt.env, "", tt.args...)
		first, _, _ := strings.Cut(errs, "\n")
		if code != tt.code || !strings.Contains(first, tt.says) {
			t.Errorf("%s: %d %q, want %d and %q", tt.name, code, errs, tt.code, tt.says)
		}
	}
}
