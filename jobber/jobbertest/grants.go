package jobbertest

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
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
	account   string
	redirect  string
	challenge string // PKCE, S256; empty when none was given
	until     time.Time
}

// issued is an access token that was given out.
type issued struct {
	account string
	until   time.Time
	dead    bool // the connection was ended
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
	opts   Options
	manner *manner
	key    []byte // signs access tokens

	mu      sync.Mutex
	codes   map[string]code
	refresh map[string]string // refresh tokens that are good, and whose they are
	used    map[string]string // those that were, until that connection ends
	tokens  map[string]issued // access tokens, until they expire
}

func newGrants(o Options, how *manner, key []byte) *grants {
	return &grants{opts: o, manner: how, key: key, codes: map[string]code{},
		refresh: map[string]string{}, used: map[string]string{}, tokens: map[string]issued{}}
}

// authorize makes a code for what the admin of an account allowed.
func (g *grants) authorize(account, redirect, challenge string) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	c := randomHex(16)
	g.codes[c] = code{account, redirect, challenge, g.opts.Clock().Add(codeLifetime)}
	return c
}

// exchange uses a code up, right or wrong, and returns whose it was and whether it was good.
func (g *grants) exchange(c, redirect, verifier string) (account string, ok bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	kept, ok := g.codes[c]
	delete(g.codes, c)
	if !ok || kept.redirect != redirect || g.opts.Clock().After(kept.until) {
		return "", false
	}
	if kept.challenge == "" {
		return kept.account, true
	}
	sum := sha256.Sum256([]byte(verifier))
	return kept.account, kept.challenge == base64.RawURLEncoding.EncodeToString(sum[:])
}

// newRefresh makes a refresh token for an account.
func (g *grants) newRefresh(account string) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	t := randomHex(16)
	g.refresh[t] = account
	return t
}

// A redemption is what a refresh token was good for.
type redemption struct {
	account string
	next    string // the refresh token to go on with
	reused  bool   // the one given was used before
}

// redeem trades a refresh token, and reports whether it was good. With rotation the old one dies here,
// at once; with an older app it stays good for what such apps get.
func (g *grants) redeem(old string) (redemption, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	how := g.manner.is()
	account, ok := g.refresh[old]
	r := redemption{account: account}
	if !ok && how.Reuse {
		r.account, r.reused = g.used[old], true
	}
	if r.account == "" {
		return r, false
	}
	if ok && how.RotationOff {
		r.next = old
		return r, true
	}
	delete(g.refresh, old)
	g.used[old] = r.account
	r.next = randomHex(16)
	g.refresh[r.next] = r.account
	return r, true
}

// connected reports whether an app holds a grant for any account.
func (g *grants) connected() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.refresh) > 0
}

// holds reports whether an app holds a grant for an account.
func (g *grants) holds(account string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Contains(slices.Collect(maps.Values(g.refresh)), account)
}

// lifetimes returns when the access tokens that are good expire, the last first; at most three.
func (g *grants) lifetimes() []time.Time {
	g.mu.Lock()
	defer g.mu.Unlock()
	var ends []time.Time
	for _, t := range g.tokens {
		if !t.dead && !g.opts.Clock().After(t.until) {
			ends = append(ends, t.until)
		}
	}
	slices.SortFunc(ends, func(a, b time.Time) int { return b.Compare(a) })
	return ends[:min(3, len(ends))]
}

// disconnect kills every token of an account.
func (g *grants) disconnect(account string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, m := range []map[string]string{g.refresh, g.used} {
		maps.DeleteFunc(m, func(_, a string) bool { return a == account })
	}
	maps.DeleteFunc(g.codes, func(_ string, c code) bool { return c.account == account })
	for token, t := range g.tokens {
		t.dead = t.dead || t.account == account
		g.tokens[token] = t
	}
}

// access makes a signed access token and tells when it expires.
func (g *grants) access(account string, w who) (string, time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.opts.Clock()
	until := now.Add(g.manner.is().accessLifetime()).Truncate(time.Second)
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
	maps.DeleteFunc(g.tokens, func(_ string, t issued) bool { return now.After(t.until) })
	g.tokens[token] = issued{account: account, until: until}
	return token, until
}

// check says what an access token is worth now, and whose it is.
func (g *grants) check(token string) (string, tokenState) {
	signed, sig, ok := cutLast(token)
	mac, err := base64.RawURLEncoding.DecodeString(sig)
	if !ok || err != nil || !hmac.Equal(mac, g.sign(signed)) {
		return "", tokenUnknown
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	switch t, ok := g.tokens[token]; {
	case ok && t.dead:
		return t.account, tokenDisconnected
	case ok && g.opts.Clock().Before(t.until):
		return t.account, tokenGood
	}
	return "", tokenUnknown
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
