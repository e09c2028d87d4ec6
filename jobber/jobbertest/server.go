// Package jobbertest is a stand-in for Jobber: its consent page, token endpoint, GraphQL API and
// signed webhooks, over real HTTP, for one app.
//
// It holds what is known of the real thing, the unfriendly parts included: plain-text errors of the
// token endpoint, refresh tokens that die when used, errors with status 200, costs and a bucket of
// points. Queries are checked against the part of Jobber's schema that apps see, and executed; a
// field that the schema has and the stand-in does not carry is an error and never a silent null.
// The methods of [Server] and the page at "/" play the office that changes jobs.
package jobbertest

import (
	"context"
	"crypto/rand"
	"maps"
	"net/http"
	"sync"
	"time"

	"github.com/vektah/gqlparser/v2/ast"
)

// Options say how the stand-in behaves. The zero value of each is Jobber's own default.
type Options struct {
	AppName      string // how the consent page and appDisconnect call the app
	ClientID     string // also the appId of webhooks
	ClientSecret string // also the key of webhook signatures

	// What the owner of the app sets in Jobber's Developer Center; see also [Server.SetURLs].
	CallbackURL string // the only redirect_uri there may be; empty allows any
	WebhookURL  string // gets every topic; empty sends none

	Behaviour // at the start; see [Server.Behave]

	Clock     func() time.Time  // time.Now when nil
	Transport http.RoundTripper // carries webhooks; http.DefaultTransport when nil
	RetryWait time.Duration     // before the second try of a webhook, doubled each time; 1 s when 0
}

// Server is a stand-in for Jobber. All methods are safe for concurrent use.
type Server struct {
	opts    Options
	schema  *ast.Schema
	now     func() time.Time
	manner  *manner
	buckets *buckets
	traffic *traffic
	grants  *grants
	hooks   *hooks

	mu    sync.RWMutex // guards what follows
	st    *state       // of the first account, the office's
	more  []*state     // of the others
	urls  urls
	stats Stats
}

// urls are what the Developer Center holds.
type urls struct{ callback, webhook string }

// Stats counts what came in since the start.
type Stats struct {
	Requests   int            // to the GraphQL endpoint, whatever became of them
	Operations map[string]int // executed, by operation name; unnamed ones by their root fields
	Points     int            // spent
	Throttled  int            // refused for want of points
	Exchanges  int            // codes turned into tokens
	Refreshes  int            // tokens refreshed
	TokenCalls int            // forms that came to the token endpoint, whatever became of them
}

// New makes a stand-in that plays d's account. Close it to stop its webhooks. The data is copied;
// [Data.Check] tells whether it is sound.
func New(d Data, o Options) *Server {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.RetryWait == 0 {
		o.RetryWait = time.Second
	}
	if o.AppName == "" {
		o.AppName = "App"
	}
	key := make([]byte, 32)
	rand.Read(key) // never fails
	how := &manner{now: o.Behaviour}
	return &Server{
		manner:  how,
		opts:    o,
		schema:  loadSchema(),
		now:     o.Clock,
		buckets: newBuckets(o.Bucket, o.Clock),
		traffic: newTraffic(),
		grants:  newGrants(o, how, key),
		hooks:   newHooks(o, how),
		st:      newState(d),
		urls:    urls{o.CallbackURL, o.WebhookURL},
		stats:   Stats{Operations: map[string]int{}},
	}
}

// AddAccount adds another account that the person at the consent page administers, to choose there. The
// office and the webhooks are the first account's.
func (s *Server) AddAccount(d Data) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.more = append(s.more, newState(d))
}

// accounts returns every account, the first first. The caller has the lock.
func (s *Server) accounts() []*state { return append([]*state{s.st}, s.more...) }

// account returns the account with an id, or nil. The caller has the lock.
func (s *Server) account(id string) *state {
	for _, st := range s.accounts() {
		if st.account.ID == id {
			return st
		}
	}
	return nil
}

// Holds reports whether the app holds tokens of an account.
func (s *Server) Holds(account string) bool { return s.grants.holds(account) }

// Handler serves the OAuth and GraphQL endpoints on Jobber's paths, and the office at "/".
func (s *Server) Handler() http.Handler {
	own := http.NewCrossOriginProtection() // a page elsewhere must not press our buttons
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/oauth/authorize", s.showConsent)
	mux.Handle("POST /api/oauth/authorize", own.Handler(http.HandlerFunc(s.consent)))
	mux.HandleFunc("POST /api/oauth/token", s.token)
	mux.HandleFunc("POST /api/graphql", s.graphql)
	mux.HandleFunc("GET /{$}", s.showOffice)
	mux.Handle("POST /office/{act}", own.Handler(http.HandlerFunc(s.office)))
	mux.HandleFunc("GET /weather", s.showWeather)
	mux.Handle("POST /weather/{front}", own.Handler(http.HandlerFunc(s.setWeather)))
	mux.HandleFunc("GET /standin.css", css)
	return mux
}

// SetURLs changes what the Developer Center holds, for who learns the addresses only after New.
func (s *Server) SetURLs(callback, webhook string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.urls = urls{callback, webhook}
}

func (s *Server) center() urls {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.urls
}

// Stats returns the counts so far.
func (s *Server) Stats() Stats {
	s.mu.RLock()
	defer s.mu.RUnlock()
	out := s.stats
	out.Operations = maps.Clone(out.Operations)
	return out
}

func (s *Server) count(add func(*Stats)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	add(&s.stats)
}

// Deliveries returns the last webhooks, the newest first.
func (s *Server) Deliveries() []Delivery { return s.hooks.recent() }

// Close sends the webhooks that still wait, until ctx ends, and sends none from then on.
// It returns ctx's error when some were left.
func (s *Server) Close(ctx context.Context) error { return s.hooks.close(ctx) }
