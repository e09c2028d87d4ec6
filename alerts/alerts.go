// Package alerts tells people by mail when stock runs low, and owners when the connection to Jobber ends.
//
// It is two loops that share nothing but the store. The first reads what happened to levels,
// judges it, and queues one mail to each person once a crossing's window has passed. The
// second sends what is queued, and tries again what did not go. Each decision is one commit
// that holds its cursor, so the process may die at any line: what was decided stays decided,
// and what was not is decided again.
//
// A mail that the server took in the very moment the process died is sent again, with the same
// Message-ID: somebody told twice, never somebody not told.
package alerts

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"sync"
	"time"

	"lwc-inventory/store"
)

// A Message is a mail as a [Sender] takes it. It has one recipient: nobody sees the others.
type Message struct {
	To        string // an address
	Subject   string
	Text      string
	HTML      string
	MessageID string // with its angle brackets; the same for every try. "" makes a new one

	Thread      string // an id like MessageID that mails of one conversation share; "": it stands alone
	Unsubscribe string // where the receiver says that they want no more of these; "" for mails they cannot refuse
}

// A Sender delivers mail. The program's is [SMTP]. An error that is no [*SendError]
// counts as one that may pass.
type Sender interface {
	Send(ctx context.Context, m Message) error
}

// A Service watches the store's events and mails the people who want to know.
// All fields but Send are needed; none may change while it runs.
type Service struct {
	Store     *store.DB
	Send      Sender         // nil: mail is not configured; mails wait in the store until it is
	BaseURL   string         // where links lead; "" leaves them out
	Location  *time.Location // in which times are told
	Window    time.Duration  // how long a crossing to low waits for company, or to be taken back
	OutWindow time.Duration  // the same for a crossing to out
	Recross   time.Duration  // an item low again sooner than this after the last message goes to the digest
	Digest    Clock          // when the digest goes out, on weekdays
	Reach     Reach          // of the owners' webhook and of push services
	Log       *slog.Logger

	once sync.Once
	http *http.Client
}

// web is the client for addresses that people entered.
func (s *Service) web() *http.Client {
	s.once.Do(func() { s.http = s.Reach.client() })
	return s.http
}

func (s *Service) rules() rules {
	return rules{low: s.Window, out: s.OutWindow, recross: s.Recross, digest: s.Digest, loc: s.Location, base: s.BaseURL}
}

// Run judges and sends until ctx ends, and then returns nil. It finishes the mail it is
// sending, for at most ten seconds. One Service at a time may run on a store.
func (s *Service) Run(ctx context.Context) error {
	var wg sync.WaitGroup
	w := &watch{Service: s}
	wg.Go(func() { s.loop(ctx, "watch", s.Store.Changed, gathering, w.pass) })
	if s.Send != nil {
		wg.Go(func() { s.loop(ctx, "deliver", s.Store.Queued, 0, s.mailOutlet().deliver) })
	}
	wg.Go(func() { s.loop(ctx, "webhook", s.Store.Queued, 0, s.hookOutlet().deliver) })
	wg.Go(func() { s.loop(ctx, "push", s.Store.Queued, 0, s.pushOutlet().deliver) })
	wg.Wait()
	s.web().CloseIdleConnections()
	return nil
}

// mailOutlet is where mails leave.
func (s *Service) mailOutlet() *outlet {
	return &outlet{Service: s, channel: store.ChannelMail, look: s.reader, write: s.message, send: s.Send.Send}
}

// A loop that failed looks again after firstPause, then after twice as long each time.
const (
	firstPause = time.Second
	maxPause   = time.Minute
)

// loop calls pass after each change, when changes had time to gather, and when pass asked to be called, until ctx ends.
// pass returns when something will be due; zero is never.
func (s *Service) loop(ctx context.Context, part string, change func() <-chan struct{}, gather time.Duration, pass func(context.Context) (time.Time, error)) {
	pause := firstPause
	for {
		changed := change() // before looking, so that nothing slips in between
		var next time.Time
		err := guard(func() (err error) {
			next, err = pass(ctx)
			return err
		})
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			s.Log.Error("alerts are stuck; will look again", "loop", part, "err", err, "wait", pause)
			changed, next = nil, s.Store.Now().Add(pause)
			pause = min(2*pause, maxPause)
		} else {
			pause = firstPause
		}
		if !s.sleep(ctx, changed, gather, next) {
			return
		}
	}
}

// longestSleep is when the clock is looked at again: a timer knows nothing of a clock that was set, or of a machine that slept.
const longestSleep = time.Minute

// gathering is how long changes gather before the judge looks at them together: where many book at once, a commit of its own
// for each of theirs would have them wait for the disk twice.
const gathering = 100 * time.Millisecond

// sleep waits for a change, and then for others, or for next, if there is one, or a while. It reports false once ctx has ended.
func (s *Service) sleep(ctx context.Context, changed <-chan struct{}, gather time.Duration, next time.Time) bool {
	var due, gathered <-chan time.Time
	if !next.IsZero() {
		t := time.NewTimer(min(next.Sub(s.Store.Now()), longestSleep))
		defer t.Stop()
		due = t.C
	}
	for {
		select {
		case <-ctx.Done():
			return false
		case <-changed:
			if gather == 0 {
				return true
			}
			changed, gathered = nil, time.After(gather)
		case <-gathered:
			return true
		case <-due:
			return true
		}
	}
}

// guard runs fn and turns a panic into an error: one bad record must not end the program.
func guard(fn func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return fn()
}

// earlier returns the earlier of two times of which zero means never.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// latest returns the later of two times.
func latest(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}
