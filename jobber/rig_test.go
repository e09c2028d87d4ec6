package jobber_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"lwc-inventory/jobber"
	"lwc-inventory/jobber/jobbertest"
	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

const (
	clientID = "app-1"
	secret   = "a client secret nobody knows"
	base     = "http://lwc.test"
	callback = base + "/jobs/jobber/callback"
	session  = "session-1"
)

// account is the one the stand-in plays.
var account = jobbertest.ID("Account", 7)

// A rig is a Service with a real store, and the stand-in behind it.
type rig struct {
	t     *testing.T
	db    *store.DB
	svc   *jobber.Service
	cfg   jobber.Config // svc's
	far   *jobbertest.Server
	wire  *wire
	log   *logs
	clock *clock // what store and stand-in go by, if not the real one

	cancel context.CancelFunc // ends the run that began last
	wait   func()             // until it has ended
}

type setup struct {
	data     jobbertest.Data
	standin  jobbertest.Options
	interval time.Duration
	clock    *clock
	inMemory bool // no sockets, for tests inside a synctest bubble
}

func newRig(t *testing.T, s setup) *rig {
	t.Helper()
	if s.data.Account.ID == "" {
		s.data = office()
	}
	if err := s.data.Check(); err != nil {
		t.Fatal(err)
	}
	r := &rig{t: t, log: &logs{t: t}, clock: s.clock}
	o := store.Options{Secret: storetest.Secret()}
	if s.clock != nil {
		o.Now, s.standin.Clock = s.clock.now, s.clock.now
	}
	db, err := store.Open(filepath.Join(t.TempDir(), "lwc.db"), o)
	if err != nil {
		t.Fatal(err)
	}
	r.db = db
	s.standin.ClientID, s.standin.ClientSecret, s.standin.CallbackURL = clientID, secret, callback
	s.standin.RetryWait = time.Millisecond
	r.far = jobbertest.New(s.data, s.standin)
	where := "http://jobber.test"
	r.wire = &wire{served: map[string]int{}, priced: map[string]int{}}
	if s.inMemory {
		r.wire.next = inMemory{r.far.Handler()}
	} else {
		ts := httptest.NewServer(r.far.Handler())
		t.Cleanup(ts.Close)
		where = ts.URL
		own := &http.Transport{}
		t.Cleanup(own.CloseIdleConnections)
		r.wire.next = own
	}
	t.Cleanup(func() {
		if err := r.far.Close(context.Background()); err != nil {
			t.Error(err)
		}
		if err := db.Check(context.Background()); err != nil {
			t.Errorf("the database is unsound after the test:\n%v", err)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	r.cfg = jobber.Config{
		Store: db, AuthorizeURL: where + "/api/oauth/authorize", TokenURL: where + "/api/oauth/token",
		GraphQLURL: where + "/api/graphql", Version: "2025-04-16", Interval: s.interval, BaseURL: base + "/",
		Log: slog.New(slog.NewTextHandler(r.log, &slog.HandlerOptions{Level: slog.LevelDebug})), Transport: r.wire,
		Spread: func(d time.Duration) time.Duration { return d }, // so that tests know when
	}
	r.svc = jobber.New(r.cfg)
	if err := db.SaveJobberCredentials(t.Context(), storetest.Staff, clientID, secret); err != nil {
		t.Fatal(err)
	}
	return r
}

// consent walks through Jobber's consent page and returns what the callback is called with. The account
// is the stand-in's first, or the one with the id given.
func (r *rig) consent(account ...string) url.Values {
	r.t.Helper()
	to, err := r.svc.AuthorizeURL(r.t.Context(), session)
	if err != nil {
		r.t.Fatal(err)
	}
	u, err := url.Parse(to)
	if err != nil {
		r.t.Fatal(err)
	}
	form := u.Query()
	form.Set("answer", "allow")
	if len(account) > 0 {
		form.Set("account", account[0])
	}
	u.RawQuery = ""
	req, err := http.NewRequest(http.MethodPost, u.String(), bytes.NewBufferString(form.Encode()))
	if err != nil {
		r.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := r.wire.next.RoundTrip(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer res.Body.Close()
	loc, err := res.Location()
	if err != nil {
		body, _ := io.ReadAll(res.Body) // only for the message
		r.t.Fatalf("consent: %s: %s", res.Status, body)
	}
	return loc.Query()
}

// connect connects the stand-in's account.
func (r *rig) connect() {
	r.t.Helper()
	q := r.consent()
	if _, err := r.svc.Connect(r.t.Context(), storetest.Staff, session, q.Get("state"), q.Get("code")); err != nil {
		r.t.Fatal(err)
	}
}

// run runs the service until cancel is called or the test ends.
func (r *rig) run() {
	ctx, cancel := context.WithCancel(context.Background())
	r.cancel = cancel
	done := make(chan error, 1)
	go func() { done <- r.svc.Run(ctx) }()
	wait := sync.OnceFunc(func() {
		if err := <-done; err != nil {
			r.t.Errorf("Run: %v", err)
		}
	})
	r.wait = wait
	r.t.Cleanup(func() { cancel(); wait() })
}

// await waits for the store to say what ok wants.
func (r *rig) await(what string, ok func() bool) {
	r.t.Helper()
	limit := time.After(20 * time.Second)
	for {
		changed := r.db.Changed()
		if ok() {
			return
		}
		select {
		case <-changed:
		case <-limit:
			r.t.Fatalf("waited in vain for %s\n%s", what, r.log.all())
		}
	}
}

func (r *rig) status() store.SyncStatus {
	r.t.Helper()
	st, err := r.db.SyncStatus(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	return st
}

// synced waits for a pull that ends after a time.
func (r *rig) synced(after time.Time) store.SyncStatus {
	r.t.Helper()
	var st store.SyncStatus
	r.await("a sync", func() bool {
		st = r.status()
		return st.FinishedAt.After(after) && st.State != store.SyncRunning
	})
	return st
}

// idle stops the service and waits until it has.
func (r *rig) idle() {
	r.cancel()
	r.wait()
}

func (r *rig) link() store.JobberLink {
	r.t.Helper()
	l, err := r.db.JobberLink(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	return l
}

// sheet returns the job here that the stand-in knows by this number, and whether it is here.
func (r *rig) sheet(n int) (store.JobSheet, bool) {
	r.t.Helper()
	head, err := r.db.JobRemote(r.t.Context(), account, jobbertest.ID("Job", n))
	if store.CodeOf(err) == store.NotFound {
		return store.JobSheet{}, false
	}
	if err != nil {
		r.t.Fatal(err)
	}
	s, err := r.db.JobSheet(r.t.Context(), head.ID)
	if err != nil {
		r.t.Fatal(err)
	}
	return s, true
}

// asked returns the quantities of a job's lines by name.
func (r *rig) asked(n int) map[string]string {
	r.t.Helper()
	s, ok := r.sheet(n)
	if !ok {
		r.t.Fatalf("job %d is not here", n)
	}
	got := map[string]string{}
	for _, l := range s.Lines {
		if !l.Removed {
			got[l.Name] = l.Asked.String()
		}
	}
	return got
}

// tell puts a webhook into the inbox, as the web side does with one that is signed.
func (r *rig) tell(topic, item string) {
	r.t.Helper()
	r.tellAt(topic, account, item, r.db.Now().Add(-time.Minute))
}

func (r *rig) tellAt(topic, account, item string, at time.Time) {
	r.t.Helper()
	d, err := jobber.ParseEvent(jobbertest.Event(topic, clientID, account, item, at))
	if err != nil {
		r.t.Fatal(err)
	}
	if _, err := r.db.Receive(r.t.Context(), d); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) hooks() store.WebhookStats {
	r.t.Helper()
	st, err := r.db.WebhookStats(r.t.Context(), time.Unix(0, 0))
	if err != nil {
		r.t.Fatal(err)
	}
	return st
}

// workedOff waits until no webhook waits any more.
func (r *rig) workedOff() {
	r.t.Helper()
	r.await("an empty inbox", func() bool { return r.hooks().Pending == 0 })
}

// clock is a clock that the test moves.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func newClock() *clock { return &clock{t: time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)} }

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

// logs keeps what the service logs.
type logs struct {
	t  *testing.T
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logs) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logs) all() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
