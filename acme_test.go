package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/letsencrypt/pebble/v2/ca"
	"github.com/letsencrypt/pebble/v2/db"
	"github.com/letsencrypt/pebble/v2/va"
	"github.com/letsencrypt/pebble/v2/wfe"
	"github.com/miekg/dns"
	"golang.org/x/crypto/acme"
)

// names answers that every name is this machine.
func names(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &dns.Server{Listener: ln, Handler: dns.HandlerFunc(func(w dns.ResponseWriter, q *dns.Msg) {
		m := new(dns.Msg).SetReply(q)
		if q.Question[0].Qtype == dns.TypeA {
			m.Answer = []dns.RR{&dns.A{Hdr: dns.RR_Header{Name: q.Question[0].Name, Rrtype: dns.TypeA, Class: dns.ClassINET}, A: net.IPv4(127, 0, 0, 1)}}
		}
		if err := w.WriteMsg(m); err != nil {
			t.Error(err)
		}
	})}
	go s.ActivateAndServe()
	t.Cleanup(func() { s.Shutdown() })
	return ln.Addr().String()
}

// publicAuthority is Let's Encrypt's own test server. It connects to tlsPort to see whose a name is.
func publicAuthority(t *testing.T, tlsPort int) (*acme.Client, *x509.Certificate) {
	t.Helper()
	t.Setenv("PEBBLE_VA_NOSLEEP", "1")
	quiet, kept := log.New(io.Discard, "", 0), db.NewMemoryStore()
	issuer := ca.New(quiet, kept, "", "ecdsa", 0, 1, map[string]ca.Profile{"default": {ValidityPeriod: 90 * 86400}})
	front := wfe.New(quiet, kept, va.New(quiet, 0, tlsPort, true, names(t), kept), issuer, []string{"pebble.test"}, true, false, 1, 1)
	s := httptest.NewTLSServer(front.Handler())
	t.Cleanup(s.Close)
	return &acme.Client{DirectoryURL: s.URL + wfe.DirectoryPath, HTTPClient: s.Client()}, issuer.GetRootCert(0).Cert
}

// TLS_DOMAIN: the first visitor finds a certificate that a public authority gave, and so does the next start without asking again.
func TestAutomaticCertificates(t *testing.T) {
	const domain = "stock.lwc.test"
	cfg := config{DataDir: t.TempDir(), TLSDomains: []string{domain}}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	authority, root := publicAuthority(t, ln.Addr().(*net.TCPAddr).Port)
	page := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "hello") })
	server := &http.Server{Handler: page, ErrorLog: log.New(io.Discard, "", 0)}
	go server.Serve(tlsListener{ln, automatic(cfg, authority)})
	t.Cleanup(func() { server.Close() })

	c := trusting(t, root)
	c.Transport.(*http.Transport).DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, ln.Addr().String())
	}
	if res, body := fetch(t, c, "https://"+domain+"/"); res.TLS.PeerCertificates[0].VerifyHostname(domain) != nil || body != "hello" {
		t.Errorf("%s with a certificate for %v", body, res.TLS.PeerCertificates[0].DNSNames)
	}
	kept := filepath.Join(cfg.DataDir, "tls", "automatic", domain)
	if info, err := os.Stat(kept); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the certificate is not kept for this user alone: %v", err)
	}
	if _, err := c.Get("https://other.lwc.test/"); err == nil {
		t.Error("it asks for certificates of names that are not ours")
	}
	nobody := &acme.Client{DirectoryURL: "http://127.0.0.1:1/none"}
	hello := &tls.ClientHelloInfo{ServerName: domain, SignatureSchemes: []tls.SignatureScheme{tls.ECDSAWithP256AndSHA256},
		SupportedCurves: []tls.CurveID{tls.CurveP256}, CipherSuites: []uint16{tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256}}
	if _, err := automatic(cfg, nobody).GetCertificate(hello); err != nil {
		t.Errorf("after a restart, without the authority: %v", err)
	}
}
