package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/acme"
	"golang.org/x/crypto/acme/autocert"
)

// encrypted reports whether the program itself speaks HTTPS.
func (c config) encrypted() bool { return c.TLSCert != "" || len(c.TLSDomains) > 0 || c.TLSSelf }

// certificates returns what HTTPS needs, and the authority that phones must be told to trust, if it is
// one of our own. Both are nil where the program speaks plain HTTP.
func certificates(cfg config, now func() time.Time) (*tls.Config, *authority, error) {
	c := newTLS()
	switch {
	case cfg.TLSCert != "":
		files := &certificateFiles{cert: cfg.TLSCert, key: cfg.TLSKey}
		if _, err := files.get(nil); err != nil {
			return nil, nil, fmt.Errorf("TLS_CERT and TLS_KEY: %w", err)
		}
		c.GetCertificate = files.get
	case len(cfg.TLSDomains) > 0:
		return automatic(cfg, &acme.Client{DirectoryURL: autocert.DefaultACMEDirectory}), nil, nil
	case cfg.TLSSelf:
		a, err := openAuthority(cfg, now)
		if err != nil {
			return nil, nil, err
		}
		c.GetCertificate = a.get
		return c, a, nil
	default:
		return nil, nil, nil
	}
	return c, nil, nil
}

func newTLS() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}}
}

// automatic gets certificates from a public authority as they are needed, and keeps them in the data
// folder. The authority asks for them on port 443 of the domain, in the handshake itself (RFC 8737).
func automatic(cfg config, authority *acme.Client) *tls.Config {
	m := &autocert.Manager{
		Prompt:     autocert.AcceptTOS,
		Cache:      autocert.DirCache(filepath.Join(cfg.DataDir, "tls", "automatic")),
		HostPolicy: autocert.HostWhitelist(cfg.TLSDomains...),
		Client:     authority,
	}
	c := newTLS()
	c.GetCertificate = m.GetCertificate
	c.NextProtos = append(c.NextProtos, acme.ALPNProto)
	return c
}

// certificateFiles is a certificate and its key on the disk. Whoever renews them need not restart us.
type certificateFiles struct {
	cert, key string

	mu     sync.Mutex
	loaded *tls.Certificate
	of     time.Time // when the file was written that it is from
}

// get returns the certificate, read again when its file is newer. A pair that does not fit, as in the
// middle of a renewal, leaves the one before in force.
func (f *certificateFiles) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	info, err := os.Stat(f.cert)
	if err == nil && f.loaded != nil && info.ModTime().Equal(f.of) {
		return f.loaded, nil
	}
	var pair tls.Certificate
	if err == nil {
		pair, err = tls.LoadX509KeyPair(f.cert, f.key)
	}
	if err != nil {
		if f.loaded != nil {
			return f.loaded, nil
		}
		return nil, err
	}
	f.loaded, f.of = &pair, info.ModTime()
	return f.loaded, nil
}

// A tlsListener speaks HTTPS, and answers plain HTTP on the same port with the way to it: whoever types
// an address without https:// gets there.
type tlsListener struct {
	net.Listener
	config *tls.Config
}

// Accept returns the next connection. What it speaks is found out by who reads it.
func (l tlsListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	first := &peeked{Conn: c, r: bufio.NewReader(c)}
	return &tlsConn{Conn: tls.Server(first, l.config), first: first}, nil
}

// A peeked connection can be looked into before it is read.
type peeked struct {
	net.Conn
	r *bufio.Reader
}

// Read reads from the connection.
func (p *peeked) Read(b []byte) (int, error) { return p.r.Read(b) }

// A tlsConn is a TLS connection that may turn out to be plain HTTP.
type tlsConn struct {
	*tls.Conn
	first *peeked
	once  sync.Once
	plain atomic.Bool // it is no TLS
}

const (
	plainTime = 5 * time.Second // for a plain request and its answer
	plainHead = 16 << 10        // bytes of its head
)

// handshakeByte begins every TLS connection (RFC 8446, section 5.1: ContentType handshake).
const handshakeByte = 22

// Handshake finds out what is spoken, and shakes hands when it is TLS.
func (c *tlsConn) Handshake() error {
	c.once.Do(func() {
		if b, err := c.first.r.Peek(1); err == nil && b[0] != handshakeByte {
			c.plain.Store(true)
			c.redirect()
		}
	})
	if c.plain.Load() {
		return errPlain
	}
	return c.Conn.Handshake()
}

// Read reads what was sent encrypted.
func (c *tlsConn) Read(b []byte) (int, error) {
	if err := c.Handshake(); err != nil {
		return 0, err
	}
	return c.Conn.Read(b)
}

// Close closes the connection.
func (c *tlsConn) Close() error {
	if c.plain.Load() {
		return c.first.Close() // there is no TLS that could be ended
	}
	return c.Conn.Close()
}

var errPlain = errors.New("plain HTTP on a port for HTTPS")

// redirect answers a plain request with the encrypted address of the same page. What is no HTTP either,
// and who does not wait for the answer, gets none.
func (c *tlsConn) redirect() {
	if c.first.SetDeadline(time.Now().Add(plainTime)) != nil {
		return
	}
	req, err := http.ReadRequest(bufio.NewReader(io.LimitReader(c.first.r, plainHead)))
	if err != nil || req.Host == "" {
		return
	}
	res := http.Response{StatusCode: http.StatusPermanentRedirect, ProtoMajor: 1, ProtoMinor: 1, Close: true,
		Header: http.Header{"Location": {"https://" + req.Host + req.URL.RequestURI()}, "Cache-Control": {"no-store"}}}
	_ = res.Write(c.first) // whoever asked may be gone
}

// fetchCertificates asks for the certificates of the domains before anybody waits for them, and says what
// stands in the way.
func (a *app) fetchCertificates(ctx context.Context) error {
	for _, domain := range a.cfg.TLSDomains {
		hello := &tls.ClientHelloInfo{ServerName: domain, CipherSuites: []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256},
			SignatureSchemes: []tls.SignatureScheme{tls.ECDSAWithP256AndSHA256}, SupportedCurves: []tls.CurveID{tls.CurveP256}}
		if _, err := a.tls.GetCertificate(hello); err != nil && ctx.Err() == nil {
			a.log.Error("no certificate; port 443 of the domain must lead here", "domain", domain, "err", err)
		}
	}
	return nil
}
