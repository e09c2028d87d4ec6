package jobbertest

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"strings"
	"sync"
	"time"
)

// codeLifetime is how long an authorization code waits for its exchange.
const codeLifetime = 10 * time.Minute

// scopes are what the consent page asks for, and what access tokens say.
var scopes = []string{"read_clients", "read_jobs", "read_scheduled_items", "read_users", "read_custom_field_configurations"}

// A tokenState says what the GraphQL endpoint makes of an access token.
type tokenState int

const (
	tokenUnknown      tokenState = iota // forged, expired or garbled
	tokenGood                           //
	tokenDisconnected                   // was good until the app was disconnected
)

// code is an authorization code that waits for its exchange.
type code struct {
	redirect  string
	challenge string // PKCE, S256; empty when none was given
	until     time.Time
}

// who is what a token says about account and user.
type who struct{ account, user int }

// claims are those of Jobber's access tokens.
type claims struct {
	Sub       int    `json:"sub"`
	Issuer    string `json:"iss"`
	ClientID  string `json:"client_id"`
	Scope     string `json:"scope"`
	AppID     string `json:"app_id"`
	UserID    int    `json:"user_id"`
	AccountID int    `json:"account_id"`
	Expires   int64  `json:"exp"`
	// ID keeps two tokens of the same second apart. Jobber's sample has no such claim.
	ID string `json:"jti"`
}

// grants keeps codes and tokens.
type grants struct {
	opts Options
	key  []byte // signs access tokens

	mu      sync.Mutex
	codes   map[string]code
	refresh map[string]bool      // refresh tokens that are good
	dead    map[string]time.Time // access tokens of a connection that was ended, until they expire
	alive   map[string]time.Time // the others
}

func newGrants(o Options, key []byte) *grants {
	return &grants{
		opts: o, key: key,
		codes: map[string]code{}, refresh: map[string]bool{},
		dead: map[string]time.Time{}, alive: map[string]time.Time{},
	}
}

// authorize makes a code for what the admin allowed.
func (g *grants) authorize(redirect, challenge string) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	c := randomHex(16)
	g.codes[c] = code{redirect, challenge, g.opts.Clock().Add(codeLifetime)}
	return c
}

// exchange uses a code up, right or wrong, and reports whether it was good.
func (g *grants) exchange(c, redirect, verifier string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	kept, ok := g.codes[c]
	delete(g.codes, c)
	if !ok || kept.redirect != redirect || g.opts.Clock().After(kept.until) {
		return false
	}
	if kept.challenge == "" {
		return true
	}
	sum := sha256.Sum256([]byte(verifier))
	return kept.challenge == base64.RawURLEncoding.EncodeToString(sum[:])
}

// newRefresh makes a refresh token.
func (g *grants) newRefresh() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	t := randomHex(16)
	g.refresh[t] = true
	return t
}

// redeem returns the refresh token to go on with, and whether the one given was good. With
// rotation the old one dies here, at once.
func (g *grants) redeem(old string) (string, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.refresh[old] {
		return "", false
	}
	if g.opts.RotationOff {
		return old, true
	}
	delete(g.refresh, old)
	t := randomHex(16)
	g.refresh[t] = true
	return t, true
}

// connected reports whether an app holds a grant.
func (g *grants) connected() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.refresh) > 0
}

// disconnect kills every token.
func (g *grants) disconnect() {
	g.mu.Lock()
	defer g.mu.Unlock()
	clear(g.refresh)
	clear(g.codes)
	for t, until := range g.alive {
		g.dead[t] = until
	}
	clear(g.alive)
}

// access makes a signed access token and tells when it expires.
func (g *grants) access(w who) (string, time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.opts.Clock()
	until := now.Add(g.opts.AccessLifetime).Truncate(time.Second)
	body, err := json.Marshal(claims{
		Sub: w.user, Issuer: "https://api.getjobber.com", ClientID: g.opts.ClientID,
		Scope: strings.Join(scopes, " "), AppID: g.opts.ClientID,
		UserID: w.user, AccountID: w.account, Expires: until.Unix(), ID: randomHex(8),
	})
	if err != nil {
		panic(err) // numbers and strings always encode
	}
	signed := part([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + part(body)
	token := signed + "." + part(g.sign(signed))
	for _, m := range []map[string]time.Time{g.alive, g.dead} {
		for t, end := range m {
			if now.After(end) {
				delete(m, t)
			}
		}
	}
	g.alive[token] = until
	return token, until
}

// check says what an access token is worth now.
func (g *grants) check(token string) tokenState {
	signed, sig, ok := cutLast(token)
	mac, err := base64.RawURLEncoding.DecodeString(sig)
	if !ok || err != nil || !hmac.Equal(mac, g.sign(signed)) {
		return tokenUnknown
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if _, ok := g.dead[token]; ok {
		return tokenDisconnected
	}
	if until, ok := g.alive[token]; ok && g.opts.Clock().Before(until) {
		return tokenGood
	}
	return tokenUnknown
}

func (g *grants) sign(s string) []byte {
	mac := hmac.New(sha256.New, g.key)
	mac.Write([]byte(s))
	return mac.Sum(nil)
}

func cutLast(token string) (before, after string, ok bool) {
	i := strings.LastIndexByte(token, '.')
	if i < 0 {
		return "", "", false
	}
	return token[:i], token[i+1:], true
}

func part(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func randomHex(n int) string {
	b := make([]byte, n)
	rand.Read(b) // never fails
	return hex.EncodeToString(b)
}
