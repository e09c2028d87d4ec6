package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"lwc-inventory/jobber/jobbertest"
	"lwc-inventory/store"
)

// TestKilled kills the real binary, for real, in the middle of what it does.
func TestKilled(t *testing.T) {
	binary := built(t)
	for name, killed := range map[string]func(*testing.T, string){
		"while people book":          killedWhileBooking,
		"while tokens are refreshed": killedWhileRefreshing,
		"with webhooks waiting":      killedWithWebhooksWaiting,
		"in the first sync":          killedInTheFirstSync,
		"while mails go out":         killedWhileMailing,
		"gently, in a sync":          toldToStopInASync,
		"while its file is shrunk":   killedWhileShrinking,
	} {
		t.Run(name, func(t *testing.T) { killed(t, binary) })
	}
}

// built is the real binary.
func built(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "lwc-inventory")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return binary
}

// A gate stands before the stand-in for Jobber and keeps requests from being answered.
type gate struct {
	next http.Handler

	mu   sync.Mutex
	keep func(path string) bool // nil: none is kept
	done bool                   // those that are kept have their effect first
	kept chan struct{}          // told of the first one
}

func (g *gate) shut(done bool, keep func(path string) bool) <-chan struct{} {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.keep, g.done, g.kept = keep, done, make(chan struct{}, 1)
	return g.kept
}

func (g *gate) open() { g.shut(false, nil) }

func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	keep, done, kept := g.keep != nil && g.keep(r.URL.Path), g.done, g.kept
	g.mu.Unlock()
	if !keep {
		g.next.ServeHTTP(w, r)
		return
	}
	body, err := io.ReadAll(r.Body) // only then the server sees that nobody waits any more
	if err != nil {
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	if done {
		g.next.ServeHTTP(httptest.NewRecorder(), r)
	}
	select {
	case kept <- struct{}{}:
	default:
	}
	<-r.Context().Done() // who asked was killed
}

// A victim is a company on the real binary, which is killed and started again on the same folder. Its Jobber
// stands behind a gate.
type victim struct {
	contractor
	gate   *gate
	binary string
	cmd    *exec.Cmd
	log    *syncBuffer     // of all that ran
	wrap   func(*exec.Cmd) // if not nil, has its say before a start
}

// newVictim starts the real binary on an empty folder and sets a company up, which is not connected yet.
// more is environment: names and values in turn.
func newVictim(t *testing.T, binary string, d jobbertest.Data, how jobbertest.Behaviour, more ...string) *victim {
	t.Helper()
	dir := t.TempDir()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := ln.Addr().String()
	ln.Close()
	far := jobbertest.New(d, jobbertest.Options{ClientID: appID, ClientSecret: appSecret,
		CallbackURL: "http://" + addr + "/jobs/jobber/callback", Behaviour: how})
	t.Cleanup(func() {
		if err := far.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	g := &gate{next: far.Handler()}
	web := httptest.NewServer(g)
	t.Cleanup(web.Close)
	v := &victim{gate: g, binary: binary, log: new(syncBuffer)}
	v.contractor = contractor{person{t, "http://" + addr, map[string]string{"ADDR": addr, "BASE_URL": "http://" + addr, "TZ": "UTC",
		"DATA_DIR": filepath.Join(dir, "data"), "JOBBER_SYNC_INTERVAL": "0", "JOBBER_AUTHORIZE_URL": web.URL + "/api/oauth/authorize",
		"JOBBER_TOKEN_URL": web.URL + "/api/oauth/token", "JOBBER_GRAPHQL_URL": web.URL + "/api/graphql"}, visitor(t)}, far}
	for i := 0; i < len(more); i += 2 {
		v.env[more[i]] = more[i+1]
	}
	v.start()
	t.Cleanup(func() { v.kill() })
	v.setUp()
	v.post("/admin/settings/jobber", "jobber_client_id", appID, "jobber_client_secret", appSecret)
	return v
}

func (v *victim) start() {
	v.t.Helper()
	v.cmd = exec.Command(v.binary)
	v.cmd.Stderr = v.log
	v.cmd.Dir, v.cmd.Env = filepath.Dir(v.env["DATA_DIR"]), os.Environ()
	for name, value := range v.env {
		v.cmd.Env = append(v.cmd.Env, name+"="+value)
	}
	if v.wrap != nil {
		v.wrap(v.cmd)
	}
	if err := v.cmd.Start(); err != nil {
		v.t.Fatal(err)
	}
	eventually(v.t, "the binary", func() bool { // another process: nothing to wait on but its port
		resp, err := http.Get(v.base + "/readyz")
		if err != nil {
			return false
		}
		resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	})
}

func (v *victim) kill() {
	v.t.Helper()
	if err := v.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		v.t.Fatal(err)
	}
	v.cmd.Wait() // it was killed: that is no news
}

// connect allows the connection on Jobber's page, and does not wait for the first sync.
func (v *victim) connect() {
	v.t.Helper()
	if err := connectAsOwner(v.t.Context(), v.base, store.UserDraft{Username: "lee", Password: ownersPassword}, http.DefaultTransport); err != nil {
		v.t.Fatal(err)
	}
}

// await waits until the settings page says how Jobber stands, and the sync, unless that is "".
func (v *victim) await(jobber, sync string) {
	v.t.Helper()
	eventually(v.t, jobber+" "+sync, func() bool {
		page := v.get("/admin/settings")
		return len(page.find("data-jobber="+jobber)) > 0 && (sync == "" || len(page.find("data-sync="+sync)) > 0)
	})
}

// caught waits until the gate keeps a request.
func (v *victim) caught(kept <-chan struct{}) {
	v.t.Helper()
	select {
	case <-kept:
	case <-time.After(30 * time.Second):
		v.t.Fatal("the gate had nothing to keep")
	}
}

// whole kills the binary for good and checks what it leaves.
func (v *victim) whole() {
	v.t.Helper()
	v.kill()
	if code, out, errs := command(v.t, v.env, "", "check"); code != 0 {
		v.t.Errorf("check: %d %s %s", code, out, errs)
	}
	v.start() // for the clean-up, which kills it
}
