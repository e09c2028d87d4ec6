package jobber

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"golang.org/x/oauth2"

	"lwc-inventory/store"
)

const (
	tokenTimeout = 20 * time.Second // for one answer of the token endpoint
	renewAhead   = time.Minute      // before the end of an access token; a quarter of its life if that is less
	firstRest    = 5 * time.Second  // after a refresh that failed; doubled up to lastRest
	lastRest     = 5 * time.Minute
	refusedRest  = time.Hour // after our id and secret were refused: an owner must correct them
)

// tokens keeps the one pair of tokens there is. A refresh token is dead once it was used, and the
// only copy of the next one is in the answer. So one goroutine at a time refreshes or replaces
// tokens, and a new pair is on disk before anybody gets to use it.
type tokens struct {
	store *store.DB
	oauth func(context.Context) (*oauth2.Config, error)
	http  *http.Client
	vary  func(time.Duration) time.Duration // a rest, so that not everybody comes again at once
	log   *slog.Logger

	leaving atomic.Bool // an owner is ending the connection: that Jobber says so too is no news

	turn chan struct{} // holds one element while somebody has it; guards what follows

	unsaved *store.Tokens // came from Jobber and is not on disk: the disk refused it
	newest  string        // the access token that was new at the time below
	since   time.Time

	fails  int       // refreshes that failed in a row
	rest   time.Time // no refresh until then
	reason error     // why the last one failed
}

func newTokens(c Config, oauth func(context.Context) (*oauth2.Config, error)) *tokens {
	return &tokens{store: c.Store, oauth: oauth, vary: c.Spread, log: c.Log, turn: make(chan struct{}, 1),
		http: &http.Client{Transport: c.Transport, Timeout: tokenTimeout, CheckRedirect: noRedirect}}
}

// lock waits for the turn; the caller calls unlock.
func (tk *tokens) lock(ctx context.Context) error {
	select {
	case tk.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (tk *tokens) unlock() { <-tk.turn }

// access returns an access token that is good for a while, refreshing it if need be.
func (tk *tokens) access(ctx context.Context) (string, error) {
	return tk.current(ctx, func(t store.Tokens) bool { return tk.fresh(t) })
}

// renew returns another access token than used, which Jobber did not accept.
func (tk *tokens) renew(ctx context.Context, used string) (string, error) {
	return tk.current(ctx, func(t store.Tokens) bool { return t.Access != used })
}

// current returns the access token if it will do, else the one a refresh gives.
func (tk *tokens) current(ctx context.Context, willDo func(store.Tokens) bool) (string, error) {
	if err := tk.lock(ctx); err != nil {
		return "", err
	}
	defer tk.unlock()
	if err := tk.save(ctx); err != nil {
		return "", err
	}
	t, err := tk.load(ctx)
	if err != nil {
		return "", err
	}
	if willDo(t) {
		return t.Access, nil
	}
	return tk.refresh(ctx, t)
}

// load reads the tokens on disk.
func (tk *tokens) load(ctx context.Context) (store.Tokens, error) {
	t, err := tk.store.JobberTokens(ctx)
	switch store.CodeOf(err) {
	case store.NotFound, store.Conflict:
		return t, &failure{kind: notConnected, err: err}
	}
	return t, err
}

// fresh reports whether an access token has some time to live. Of one that does not say when it
// ends, nothing is known until Jobber refuses it.
func (tk *tokens) fresh(t store.Tokens) bool {
	if t.Expiry.IsZero() {
		return true
	}
	ahead := renewAhead
	if t.Access == tk.newest {
		ahead = min(ahead, t.Expiry.Sub(tk.since)/4)
	}
	return tk.store.Now().Add(ahead).Before(t.Expiry)
}

// refresh trades the refresh token for a new pair. It finishes even if the caller gives up: the
// answer may hold the only token there is.
func (tk *tokens) refresh(ctx context.Context, t store.Tokens) (string, error) {
	if resting, err := tk.resting(ctx); resting || err != nil {
		return "", cmp.Or(err, tk.reason)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*tokenTimeout)
	defer cancel()
	cfg, err := tk.oauth(ctx)
	if err != nil {
		return "", err
	}
	if err := tk.store.RewriteTokens(ctx); err != nil { // what cannot be kept must not be asked for
		return "", err
	}
	got, err := cfg.TokenSource(context.WithValue(ctx, oauth2.HTTPClient, tk.http), &oauth2.Token{RefreshToken: t.Refresh}).Token()
	if err != nil {
		return "", tk.failed(ctx, t, judgeToken(err))
	}
	fresh := tokensOf(got)
	if fresh.Warning != "" && fresh.Warning != t.Warning {
		tk.log.Warn("jobber warns about the tokens", "warning", fresh.Warning)
	}
	tk.unsaved = &fresh
	if err := tk.save(ctx); err != nil {
		return "", err
	}
	return fresh.Access, nil
}

// resting reports whether the token endpoint is to be left alone for now. An owner who looked at our id and
// secret ends the rest that they caused.
func (tk *tokens) resting(ctx context.Context) (bool, error) {
	if !tk.store.Now().Before(tk.rest) {
		return false, nil
	}
	if kindOf(tk.reason) != credentials {
		return true, nil
	}
	link, err := tk.store.JobberLink(ctx)
	return link.Refused, err
}

// save writes tokens that are not on disk yet.
func (tk *tokens) save(ctx context.Context) error {
	if tk.unsaved == nil {
		return nil
	}
	err := tk.store.SaveJobberTokens(context.WithoutCancel(ctx), *tk.unsaved)
	if store.CodeOf(err) == store.NotFound { // the connection was ended meanwhile
		tk.unsaved = nil
		return &failure{kind: notConnected, err: err}
	}
	if err != nil {
		return fmt.Errorf("save the tokens: %w", err)
	}
	tk.note(*tk.unsaved)
	return nil
}

// note remembers tokens that were just written as new. The caller has the turn.
func (tk *tokens) note(t store.Tokens) {
	tk.unsaved = nil
	tk.newest, tk.since = t.Access, tk.store.Now()
	tk.fails, tk.rest, tk.reason = 0, time.Time{}, nil
}

// failed takes note of a refresh that failed. A dead refresh token ends the connection; after everything
// else the token endpoint is left alone for a while.
func (tk *tokens) failed(ctx context.Context, t store.Tokens, err error) error {
	if kindOf(err) == dropped {
		if now, e := tk.load(ctx); e != nil || now.Refresh != t.Refresh { // an owner was faster
			return err
		}
		reason := sentence(err)
		if reason == saidWithdrawn && kindOf(tk.reason) == unreachable { // it was used, and we do not know for what
			reason = saidLost
		}
		return errors.Join(err, tk.lost(ctx, reason))
	}
	tk.reason = err
	if kindOf(err) == credentials {
		tk.rest = tk.store.Now().Add(refusedRest)
		return errors.Join(err, tk.store.JobberRefused(ctx, true))
	}
	tk.rest = tk.store.Now().Add(tk.vary(backOff(tk.fails, firstRest, lastRest)))
	tk.fails++
	return err
}

// lost notes that the connection has ended, unless an owner is ending it.
func (tk *tokens) lost(ctx context.Context, reason string) error {
	if tk.leaving.Load() {
		return nil
	}
	tk.log.Warn("jobber connection lost", "reason", reason)
	return tk.store.JobberDropped(ctx, reason)
}

// drop ends the connection if it is still the one that used belongs to.
func (tk *tokens) drop(ctx context.Context, used, reason string) error {
	ctx = context.WithoutCancel(ctx)
	if err := tk.lock(ctx); err != nil {
		return err
	}
	defer tk.unlock()
	t, err := tk.load(ctx)
	if kindOf(err) == notConnected || err == nil && t.Access != used {
		return nil
	}
	if err != nil {
		return err
	}
	return tk.lost(ctx, reason)
}

// end ends the connection if it is still the one made at a time.
func (tk *tokens) end(ctx context.Context, made time.Time, reason string) error {
	if err := tk.lock(ctx); err != nil {
		return err
	}
	defer tk.unlock()
	link, err := tk.store.JobberLink(ctx)
	if err != nil || link.State != store.Connected || !link.ConnectedAt.Equal(made) {
		return err
	}
	return tk.lost(ctx, reason)
}
