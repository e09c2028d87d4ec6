package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	authorityLife = 10 * 365 * 24 * time.Hour
	leafLife      = 397 * 24 * time.Hour // phones take no more than 398 days
	leafRenewal   = 30 * 24 * time.Hour  // before its end
)

// An authority vouches for this machine's own addresses, for phones that were told to trust it. It is
// made once and kept in the data folder. It can vouch for nothing else: what it may sign is written into
// it (RFC 5280, section 4.2.1.10), so trusting it gives nothing away.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	name string // the host of BASE_URL, "" for none
	now  func() time.Time

	mu   sync.Mutex
	leaf *tls.Certificate
}

// privateNets are the networks that an address in a warehouse can be of (RFC 1918, RFC 4193, link-local,
// this machine itself).
var privateNets = []string{"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "127.0.0.0/8",
	"fc00::/7", "fe80::/10", "::1/128"}

// openAuthority reads the authority of the data folder, or makes it.
func openAuthority(cfg config, now func() time.Time) (*authority, error) {
	a := &authority{now: now}
	if u, err := url.Parse(cfg.BaseURL); err == nil {
		a.name = u.Hostname()
	}
	dir := filepath.Join(cfg.DataDir, "tls")
	path := filepath.Join(dir, "authority.pem")
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if data, err = makeAuthority(a.name, now()); err == nil {
			err = errors.Join(os.MkdirAll(dir, 0o700), writeDurably(path, data))
		}
	}
	if err != nil {
		return nil, fmt.Errorf("TLS_SELF: %w", err)
	}
	if err := a.decode(data); err != nil {
		return nil, fmt.Errorf("TLS_SELF: %s: %w", path, err)
	}
	if _, err := a.get(nil); err != nil {
		return nil, fmt.Errorf("TLS_SELF: the authority of the data folder cannot vouch for %q: move %s away, start again, "+
			"and install the new one on the phones (%w)", a.name, dir, err)
	}
	return a, nil
}

// makeAuthority returns a new authority as PEM: its certificate, then its key.
func makeAuthority(name string, now time.Time) ([]byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, err
	}
	host, err := os.Hostname()
	if err != nil {
		return nil, err
	}
	t := &x509.Certificate{SerialNumber: serial, NotBefore: now.Add(-time.Hour), NotAfter: now.Add(authorityLife),
		Subject: pkix.Name{CommonName: "LWC Inventory on " + host, Organization: []string{"LWC Inventory"}},
		IsCA:    true, BasicConstraintsValid: true, MaxPathLenZero: true,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		PermittedDNSDomainsCritical: true, PermittedDNSDomains: []string{"localhost", "local", strings.ToLower(host)}}
	for _, text := range privateNets {
		_, n, err := net.ParseCIDR(text)
		if err != nil {
			return nil, err
		}
		t.PermittedIPRanges = append(t.PermittedIPRanges, n)
	}
	if ip := net.ParseIP(name); ip != nil {
		bits := 8 * len(shortest(ip))
		t.PermittedIPRanges = append(t.PermittedIPRanges, &net.IPNet{IP: shortest(ip), Mask: net.CIDRMask(bits, bits)})
	} else if name != "" && !slices.Contains(t.PermittedDNSDomains, name) {
		t.PermittedDNSDomains = append(t.PermittedDNSDomains, name)
	}
	der, err := x509.CreateCertificate(rand.Reader, t, t, &key.PublicKey, key)
	if err != nil {
		return nil, err
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	return append(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})...), nil
}

func shortest(ip net.IP) net.IP {
	if four := ip.To4(); four != nil {
		return four
	}
	return ip
}

func (a *authority) decode(data []byte) error {
	pair, err := tls.X509KeyPair(data, data)
	if err != nil {
		return err
	}
	key, ok := pair.PrivateKey.(*ecdsa.PrivateKey)
	if !ok {
		return errors.New("the key is none of ours")
	}
	a.key, a.cert = key, pair.Leaf
	if a.now().After(a.cert.NotAfter) {
		return errors.New("it has run out: move it away, start again, and install the new one on the phones")
	}
	return nil
}

// get returns the certificate for this machine's names and addresses as they are now.
func (a *authority) get(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	var asked net.IP // the address that was connected to; it may be new
	if hello != nil && hello.Conn != nil {
		if at, ok := hello.Conn.LocalAddr().(*net.TCPAddr); ok {
			asked = at.IP
		}
	}
	if a.leaf != nil && a.now().Before(a.leaf.Leaf.NotAfter.Add(-leafRenewal)) && covers(a.leaf.Leaf, asked) {
		return a.leaf, nil
	}
	leaf, err := a.sign(asked)
	if err != nil {
		return nil, err
	}
	a.leaf = leaf
	return leaf, nil
}

func covers(c *x509.Certificate, ip net.IP) bool {
	return ip == nil || !(ip.IsPrivate() || ip.IsLoopback()) || slices.ContainsFunc(c.IPAddresses, ip.Equal)
}

// sign makes a certificate for every name and address of this machine that the authority may vouch for.
// It fails when that is not so of the public name.
func (a *authority) sign(asked net.IP) (*tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, err
	}
	names, ips, err := a.own(asked)
	if err != nil {
		return nil, err
	}
	t := &x509.Certificate{SerialNumber: serial, Subject: pkix.Name{CommonName: names[0]},
		NotBefore: a.now().Add(-time.Hour), NotAfter: earliest(a.now().Add(leafLife), a.cert.NotAfter),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames: names, IPAddresses: ips}
	der, err := x509.CreateCertificate(rand.Reader, t, a.cert, &key.PublicKey, a.key)
	if err != nil {
		return nil, err
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	roots.AddCert(a.cert)
	if _, err := leaf.Verify(x509.VerifyOptions{Roots: roots, DNSName: a.name, CurrentTime: a.now()}); err != nil {
		return nil, err
	}
	return &tls.Certificate{Certificate: [][]byte{der, a.cert.Raw}, PrivateKey: key, Leaf: leaf}, nil
}

// own returns this machine's names and addresses, the public one first.
func (a *authority) own(asked net.IP) (names []string, ips []net.IP, err error) {
	host, err := os.Hostname()
	if err != nil {
		return nil, nil, err
	}
	host = strings.ToLower(host)
	names = []string{host, strings.TrimSuffix(host, ".local") + ".local", "localhost"}
	if ip := net.ParseIP(a.name); ip != nil {
		ips = append(ips, ip)
	} else if a.name != "" {
		names = append([]string{a.name}, names...)
	}
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		return nil, nil, err
	}
	if asked != nil {
		addrs = append(addrs, &net.IPNet{IP: asked})
	}
	for _, addr := range addrs {
		n, ok := addr.(*net.IPNet)
		if ok && (n.IP.IsPrivate() || n.IP.IsLoopback() || n.IP.IsLinkLocalUnicast()) && !slices.ContainsFunc(ips, n.IP.Equal) {
			ips = append(ips, n.IP)
		}
	}
	slices.Sort(names[1:])
	return slices.Compact(names), ips, nil
}

func earliest(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
