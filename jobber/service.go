// Package jobber connects the store to Jobber: it connects an account by OAuth, mirrors its jobs by
// sweeps and webhooks, and works off the inbox of webhooks. It knows no HTML, and it changes
// nothing at Jobber but the connection itself.
package jobber

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"golang.org/x/oauth2"

	"lwc-inventory/store"
)

// Config is what a Service needs to know.
type Config struct {
	Store        *store.DB
	AuthorizeURL string // where people give their consent
	TokenURL     string
	GraphQLURL   string
	Version      string        // of the API, asked for with every query
	Interval     time.Duration // between sweeps; 0: only when asked
	BaseURL      string        // our public address; the callback is BaseURL + /jobs/jobber/callback
	Log          *slog.Logger
	Transport    http.RoundTripper // nil: one of its own, over the network

	Spread func(time.Duration) time.Duration // how waits after failures vary; nil: at random, half to all
}

// A Service talks to Jobber for the account that is connected. Its methods are safe for concurrent use.
type Service struct {
	store     *store.DB
	endpoint  oauth2.Endpoint
	callback  string
	interval  time.Duration
	spread    func(time.Duration) time.Duration
	log       *slog.Logger
	transport http.RoundTripper
	tokens    *tokens
	client    *client

	sweep  chan struct{} // asks for a sync; holds one request, which is as good as many
	person chan struct{} // held while somebody waits for one job
	turn   chan struct{} // held while jobs are stored
	order  *order

	products chan struct{} // asks for a reading of the products

	mu       sync.Mutex // guards what follows
	progress Progress
	began    time.Time // when Run was called
	reading  ProductReading
}

// New returns a Service. It does nothing by itself until [Service.Run] is called.
func New(c Config) *Service {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Transport == nil {
		c.Transport = newTransport()
	}
	if c.Spread == nil {
		c.Spread = spread
	}
	s := &Service{
		store:     c.Store,
		endpoint:  oauth2.Endpoint{AuthURL: c.AuthorizeURL, TokenURL: c.TokenURL, AuthStyle: oauth2.AuthStyleInParams},
		callback:  strings.TrimRight(c.BaseURL, "/") + "/jobs/jobber/callback",
		interval:  c.Interval,
		spread:    c.Spread,
		log:       c.Log,
		transport: c.Transport,
		sweep:     make(chan struct{}, 1),
		person:    make(chan struct{}, 1),
		turn:      make(chan struct{}, 1),
		order:     newOrder(),
		products:  make(chan struct{}, 1),
	}
	s.tokens = newTokens(c, s.oauth)
	s.client = newClient(c, s.tokens)
	return s
}

// oauth returns the OAuth configuration with the owner's credentials.
func (s *Service) oauth(ctx context.Context) (*oauth2.Config, error) {
	id, secret, err := s.store.JobberCredentials(ctx)
	if store.CodeOf(err) == store.NotFound {
		return nil, &failure{kind: notConnected, err: err}
	}
	if err != nil {
		return nil, err
	}
	return &oauth2.Config{ClientID: id, ClientSecret: secret, RedirectURL: s.callback, Endpoint: s.endpoint}, nil
}

// Run syncs and works off webhooks until ctx ends; then it finishes the page or job it is at, within
// a few seconds, and returns nil. Run it once.
func (s *Service) Run(ctx context.Context) error {
	if err := s.store.JobberUnreadable(ctx); err != nil && ctx.Err() == nil {
		s.log.Error("owners cannot be told that SECRET_KEY was changed", "err", err)
	}
	var wg sync.WaitGroup
	s.mu.Lock()
	s.began = s.store.Now()
	s.mu.Unlock()
	wg.Go(func() { s.keep(ctx, "sync", s.syncLoop) })
	wg.Go(func() { s.keep(ctx, "products", s.productLoop) })
	wg.Go(func() { s.keep(ctx, "webhooks", s.workLoop) })
	wg.Go(func() { s.keep(ctx, "unanswered grants", s.giveBackLoop) })
	wg.Wait()
	if t, ok := s.transport.(*http.Transport); ok {
		t.CloseIdleConnections()
	}
	return nil
}

// keep runs a loop until ctx ends. A loop that fails or panics is a fault of ours; it is run again,
// later each time.
func (s *Service) keep(ctx context.Context, name string, loop func(context.Context) error) {
	for fault := 0; ; fault++ {
		err := guard(ctx, loop)
		if ctx.Err() != nil {
			return
		}
		wait := backOff(fault, time.Second, time.Minute)
		s.log.Error("jobber loop stopped", "loop", name, "err", err, "wait", wait)
		if !sleep(ctx, wait) {
			return
		}
	}
}

// guard turns a panic of loop into an error.
func guard(ctx context.Context, loop func(context.Context) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return loop(ctx)
}

// grace is how long the item at hand has when the program stops.
const grace = 5 * time.Second

// finishing returns a context for one item: it goes on for a moment when ctx ends.
func finishing(ctx context.Context) (context.Context, context.CancelFunc) {
	item, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(grace, cancel) })
	return item, func() { stop(); cancel() }
}
