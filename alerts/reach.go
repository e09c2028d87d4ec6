package alerts

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"syscall"
	"time"

	"code.dny.dev/ssrf"
)

const (
	answerTime = 10 * time.Second // for a whole request to a server that somebody named
	mostAnswer = 2 << 10          // bytes of an answer that are read
)

// A Reach is how far requests go to addresses that people entered: to public hosts over TLS, and to nothing else. An
// address is judged when it is dialled, after its name was looked up, so that a name cannot lead inside.
type Reach struct {
	Own []netip.Prefix // networks that may be reached too, also without TLS
	TLS *tls.Config    // nil: as usual
}

// errInside is a refusal of ours: the address leads into a network that nobody named.
var errInside = errors.New("its host is not on the public internet, nor in a network that ALERT_WEBHOOK_NETWORKS names")

// errOpen is a refusal of ours to send without encryption.
var errOpen = errors.New("without https only networks are reached that ALERT_WEBHOOK_NETWORKS names")

// client returns a client that goes no further than r, and follows no redirects. It knows no proxies: what a proxy
// looks up cannot be judged.
func (r Reach) client() *http.Client {
	var v4, v6 []netip.Prefix
	for _, p := range r.Own {
		if p.Addr().Is4() {
			v4 = append(v4, p)
		} else {
			v6 = append(v6, p)
		}
	}
	public := ssrf.New(ssrf.WithAnyPort(), ssrf.WithAllowedV4Prefixes(v4...), ssrf.WithAllowedV6Prefixes(v6...))
	safe := func(network, address string, c syscall.RawConn) error {
		if err := public.Safe(network, address, c); err != nil {
			return fmt.Errorf("%w (%w)", errInside, err)
		}
		return nil
	}
	return &http.Client{
		Timeout:       answerTime,
		Transport:     byScheme{secure: r.transport(safe), open: r.transport(r.inOwn)},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// inOwn lets addresses of our own networks through.
func (r Reach) inOwn(_, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return err
	}
	for _, p := range r.Own {
		if p.Contains(to.Addr().Unmap()) {
			return nil
		}
	}
	return errOpen
}

func (r Reach) transport(control func(string, string, syscall.RawConn) error) *http.Transport {
	dialer := &net.Dialer{Timeout: answerTime, Control: control}
	return &http.Transport{DialContext: dialer.DialContext, TLSClientConfig: r.TLS, TLSHandshakeTimeout: answerTime,
		MaxIdleConns: 4, IdleConnTimeout: time.Minute, ForceAttemptHTTP2: true}
}

// byScheme sends what is encrypted one way and what is not another.
type byScheme struct{ secure, open http.RoundTripper }

// RoundTrip is as in [http.RoundTripper].
func (b byScheme) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Scheme == "https" {
		return b.secure.RoundTrip(r)
	}
	return b.open.RoundTrip(r)
}

// posted is what came of a POST: nil if it was taken. No word of the address is in the error, since it may hold a token.
//
// What is the server's fault, or asked to come later, may pass; a redirect and any other 4xx will not.
func posted(doing string, resp *http.Response, err error) error {
	if err != nil {
		if wrapped, ok := errors.AsType[*url.Error](err); ok {
			err = wrapped.Err
		}
		_, dialled := errors.AsType[*net.OpError](err)
		for _, ours := range []error{errInside, errOpen} {
			if errors.Is(err, ours) {
				err = ours
			}
		}
		return &SendError{Server: true, Doubtful: !dialled && err != errInside && err != errOpen, Doing: doing, Err: err}
	}
	text, _ := io.ReadAll(io.LimitReader(resp.Body, mostAnswer)) // what was read of it will do
	_ = resp.Body.Close()
	if resp.StatusCode >= 200 && resp.StatusCode < 300 {
		return nil
	}
	e := &SendError{Doing: doing, Answer: answerText(resp, text)}
	switch code := resp.StatusCode; {
	case code == http.StatusRequestTimeout, code == http.StatusTooEarly, code == http.StatusTooManyRequests, code >= 500:
		e.Server = true
		if s, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil && s > 0 {
			e.After = time.Duration(min(s, 7*24*3600)) * time.Second
		}
	default:
		e.Permanent = true
	}
	return e
}

// answerText is an answer on one line: its status, and the beginning of its text if it is some.
func answerText(resp *http.Response, body []byte) string {
	status := strings.TrimSpace(strconv.Itoa(resp.StatusCode) + " " + http.StatusText(resp.StatusCode))
	kind := resp.Header.Get("Content-Type")
	if !strings.HasPrefix(kind, "text/plain") && !strings.HasPrefix(kind, "application/json") {
		return status
	}
	if text := cut(oneLine(strings.ToValidUTF8(string(body), "")), 200); text != "" {
		return status + ": " + text
	}
	return status
}
