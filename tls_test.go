package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// client trusts one authority and nothing else, and does not follow redirects.
func trusting(t *testing.T, root *x509.Certificate) *http.Client {
	t.Helper()
	roots := x509.NewCertPool()
	roots.AddCert(root)
	tr := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}
	t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: tr, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

func fetch(t *testing.T, c *http.Client, url string) (*http.Response, string) {
	t.Helper()
	res, err := c.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(body)
}

// authorityOf reads the certificate that devices install, from the data folder.
func authorityOf(t *testing.T, data string) *x509.Certificate {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(data, "tls", "authority.pem"))
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(text)
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

func TestHTTPSOfOurOwn(t *testing.T) {
	data := t.TempDir()
	env := map[string]string{"ADDR": "127.0.0.1:0", "DATA_DIR": data, "TLS_SELF": "true"}
	p := start(t, env)
	root := authorityOf(t, data)
	c := trusting(t, root)

	res, page := fetch(t, c, "https://"+p.addr+"/setup")
	if res.StatusCode != 200 || !strings.Contains(page, "password") {
		t.Errorf("the first page: %s", res.Status)
	}
	if res.Header.Get("Strict-Transport-Security") == "" {
		t.Error("no HSTS over TLS")
	}
	if cookies := res.Cookies(); len(cookies) == 0 || !cookies[0].Secure {
		t.Errorf("cookies %v: not for TLS only", cookies)
	}
	if _, page = fetch(t, c, "https://"+p.addr+"/trust"); !strings.Contains(page, root.Subject.CommonName) {
		t.Error("the page for phones does not name the certificate")
	}
	res, body := fetch(t, c, "https://"+p.addr+"/trust/authority.crt")
	if res.Header.Get("Content-Type") != "application/x-x509-ca-cert" || body != string(root.Raw) {
		t.Errorf("the certificate to install: %s, %d bytes", res.Header.Get("Content-Type"), len(body))
	}
	if strings.Contains(body, "PRIVATE") {
		t.Error("the key is handed out")
	}
	info, err := os.Stat(filepath.Join(data, "tls", "authority.pem"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the authority's file: %v, %v", info.Mode(), err)
	}

	p.stop()
	p = start(t, env) // the phones need not learn it again
	fetch(t, c, "https://"+p.addr+"/setup")
}

// Who types the address without https:// is led there, and what is neither gets no answer.
func TestPlainHTTPOnTheHTTPSPort(t *testing.T) {
	data := t.TempDir()
	p := start(t, map[string]string{"ADDR": "127.0.0.1:0", "DATA_DIR": data, "TLS_SELF": "true"})
	res, _ := fetch(t, trusting(t, authorityOf(t, data)), "http://"+p.addr+"/items?q=elbow")
	if to := res.Header.Get("Location"); res.StatusCode != http.StatusPermanentRedirect || to != "https://"+p.addr+"/items?q=elbow" {
		t.Errorf("%s to %q", res.Status, to)
	}
	conn, err := net.Dial("tcp", p.addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, "hello\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(conn); len(got) != 0 {
		t.Errorf("answered %q, %v", got, err)
	}
}

// The authority on a phone vouches for this warehouse and for nothing else.
func TestTheAuthorityIsBound(t *testing.T) {
	cfg := config{DataDir: t.TempDir(), BaseURL: "https://stock.example.com"}
	a, err := openAuthority(cfg, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := a.get(nil)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(a.cert)
	for name, fine := range map[string]bool{"stock.example.com": true, "localhost": true, "127.0.0.1": true, "example.com": false, "bank.example": false} {
		_, err := leaf.Leaf.Verify(x509.VerifyOptions{Roots: roots, DNSName: name})
		if (err == nil) != fine {
			t.Errorf("%s: %v", name, err)
		}
	}
	a.name = "bank.example" // whoever steals the key
	_, err = a.sign(nil)
	if invalid, ok := errors.AsType[x509.CertificateInvalidError](err); !ok || invalid.Reason != x509.CANotAuthorizedForThisName {
		t.Errorf("a certificate for another's name: %v", err)
	}
	cfg.BaseURL = "https://moved.example.com"
	if _, err := openAuthority(cfg, time.Now); err == nil || !strings.Contains(err.Error(), "install the new one on the phones") {
		t.Errorf("another public name: %v", err)
	}
}

// A certificate is renewed before it ends; the authority stays.
func TestOurOwnCertificateIsRenewed(t *testing.T) {
	now := time.Now()
	a, err := openAuthority(config{DataDir: t.TempDir()}, func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	first, err := a.get(nil)
	if err != nil {
		t.Fatal(err)
	}
	if life := first.Leaf.NotAfter.Sub(first.Leaf.NotBefore); life > 398*24*time.Hour {
		t.Errorf("it is good for %v: phones take no more than 398 days", life)
	}
	now = now.Add(300 * 24 * time.Hour)
	if again, err := a.get(nil); err != nil || again != first {
		t.Errorf("another certificate long before the end: %v", err)
	}
	now = first.Leaf.NotAfter.Add(-24 * time.Hour)
	if next, err := a.get(nil); err != nil || !next.Leaf.NotAfter.After(first.Leaf.NotAfter) {
		t.Errorf("a day before the end: %v", err)
	}
}

// A renewed pair of files is taken up without a restart; half a pair is not.
func TestCertificateFilesAreReadAgain(t *testing.T) {
	dir := t.TempDir()
	f := &certificateFiles{cert: filepath.Join(dir, "cert.pem"), key: filepath.Join(dir, "key.pem")}
	if _, err := f.get(nil); err == nil {
		t.Error("there is no file, and no error")
	}
	at := time.Now().Add(-time.Hour)
	write := func(name string, data []byte) {
		t.Helper()
		at = at.Add(time.Minute)
		if err := errors.Join(os.WriteFile(name, data, 0o600), os.Chtimes(name, at, at)); err != nil {
			t.Fatal(err)
		}
	}
	var pairs [2][]byte
	for i := range pairs {
		data, err := makeAuthority("", time.Now())
		if err != nil {
			t.Fatal(err)
		}
		pairs[i] = data
	}
	write(f.key, pairs[0])
	write(f.cert, pairs[0])
	first, err := f.get(nil)
	if err != nil {
		t.Fatal(err)
	}
	write(f.cert, pairs[1]) // its key follows in a moment
	if c, err := f.get(nil); err != nil || c != first {
		t.Errorf("with half a pair: %v", err)
	}
	write(f.key, pairs[1])
	if c, err := f.get(nil); err != nil || c == first {
		t.Errorf("the new pair is not in force: %v", err)
	}
}

// The demo over HTTPS, as whoever tries a phone's camera starts it: the stand-in finds its way to the product too.
func TestDemoOverHTTPS(t *testing.T) {
	data := t.TempDir()
	p := start(t, map[string]string{"ADDR": "127.0.0.1:0", "TLS_SELF": "true"}, "demo", "--keep", data)
	if res, _ := fetch(t, trusting(t, authorityOf(t, data)), "https://"+p.addr+"/login"); res.StatusCode != 200 {
		t.Errorf("the sign-in page: %s", res.Status)
	}
}

func TestOneWayToHTTPS(t *testing.T) {
	env := map[string]string{"TLS_SELF": "true", "TLS_DOMAIN": "stock.example.com"}
	if _, err := readConfig(func(name string) string { return env[name] }); err == nil || !strings.Contains(err.Error(), "set one") {
		t.Errorf("two ways at once: %v", err)
	}
}
