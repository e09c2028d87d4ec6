package jobber

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

// Limits of one call. Jobber's largest answers to our queries are some hundred kilobytes.
const (
	callTimeout = 30 * time.Second
	maxAnswer   = 8 << 20
)

// A call is one request to the GraphQL endpoint: what it needs to go out, and what came back that
// the GraphQL client does not keep.
type call struct {
	token string // set before

	status     int // 0: no answer came
	retryAfter time.Duration
	body       []byte
}

type callKey struct{}

// newTransport is the network, as the product uses it.
func newTransport() *http.Transport {
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		ForceAttemptHTTP2:     true,
		MaxIdleConnsPerHost:   4,
		IdleConnTimeout:       90 * time.Second,
		TLSHandshakeTimeout:   10 * time.Second,
		ResponseHeaderTimeout: callTimeout,
	}
}

// transport sends calls with Jobber's headers and notes what came back. It reads each answer to its
// end, up to a limit, so that whatever breaks while reading is an error of the request.
type transport struct {
	base    http.RoundTripper
	version string
}

// RoundTrip sends a request whose context holds a *call.
func (t transport) RoundTrip(req *http.Request) (*http.Response, error) {
	k, ok := req.Context().Value(callKey{}).(*call)
	if !ok {
		return nil, fmt.Errorf("a request to %s outside of a call", req.URL.Path)
	}
	req = req.Clone(req.Context())
	req.Header.Set("Authorization", "Bearer "+k.token)
	req.Header.Set("X-JOBBER-GRAPHQL-VERSION", t.version)
	req.Header.Set("Accept", "application/json")
	res, err := t.base.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	k.status, k.retryAfter = res.StatusCode, retryAfter(res.Header.Get("Retry-After"), time.Now())
	body, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	if err != nil {
		return nil, fmt.Errorf("read the answer: %w", err)
	}
	if len(body) > maxAnswer {
		return nil, fmt.Errorf("the answer is over %d MiB", maxAnswer>>20)
	}
	k.body = body
	res.Body = io.NopCloser(bytes.NewReader(body))
	return res, nil
}

// retryAfter reads the header of that name, seconds or a date, at most five minutes.
func retryAfter(h string, now time.Time) time.Duration {
	var d time.Duration
	if n, err := strconv.Atoi(h); err == nil {
		d = time.Duration(min(max(n, 0), 3600)) * time.Second
	} else if at, err := http.ParseTime(h); err == nil {
		d = at.Sub(now)
	}
	return min(max(d, 0), 5*time.Minute)
}

// noRedirect stops at an answer that leads elsewhere: what is sent here must not be sent there.
func noRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// sleep waits and reports whether it waited to the end.
func sleep(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
