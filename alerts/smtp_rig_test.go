package alerts

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	gosmtp "github.com/emersion/go-smtp"
)

// A server is a real mail server in the process, with what it took and how it misbehaves.
type server struct {
	atMail, atRcpt, atData error
	rcpt                   map[string]error // of one receiver
	user, password         string           // "" asks for none

	mu     sync.Mutex
	took   [][]byte
	to     []string
	secure bool // the last mail came over TLS
	signed bool // and after a sign-in
}

type connection struct {
	*server
	conn   *gosmtp.Conn
	signed bool
}

func (c *connection) AuthMechanisms() []string {
	if c.user == "" {
		return nil
	}
	return []string{sasl.Plain}
}

func (c *connection) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != c.user || password != c.password {
			return gosmtp.ErrAuthFailed
		}
		c.signed = true
		return nil
	}), nil
}

func (c *connection) Mail(string, *gosmtp.MailOptions) error { return c.atMail }

func (c *connection) Rcpt(to string, _ *gosmtp.RcptOptions) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.to = append(c.to, to)
	if err := c.rcpt[to]; err != nil {
		return err
	}
	return c.atRcpt
}

func (c *connection) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.atData == nil {
		c.took = append(c.took, raw)
		_, c.secure = c.conn.TLSConnectionState()
		c.server.signed = c.signed
	}
	return c.atData
}

func (c *connection) Reset()        {}
func (c *connection) Logout() error { return nil }

// serve starts s. With config it offers STARTTLS, or with implicit speaks TLS at once.
// It returns an SMTP that reaches it, as a client of the same machine.
func serve(t *testing.T, s *server, config *tls.Config, implicit bool) SMTP {
	t.Helper()
	srv := gosmtp.NewServer(gosmtp.BackendFunc(func(c *gosmtp.Conn) (gosmtp.Session, error) {
		return &connection{server: s, conn: c}, nil
	}))
	srv.Domain, srv.TLSConfig, srv.AllowInsecureAuth = "localhost", config, true
	srv.ErrorLog = log.New(t.Output(), "", 0)
	l := listen(t)
	var on net.Listener = l
	if implicit {
		on = tls.NewListener(l, config)
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := srv.Serve(on); err != nil && !errors.Is(err, net.ErrClosed) {
			t.Error(err)
		}
	})
	t.Cleanup(func() {
		srv.Close()
		l.Close()
		wg.Wait()
	})
	return clientOf(l)
}

func listen(t *testing.T) *net.TCPListener {
	t.Helper()
	l, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func clientOf(l net.Listener) SMTP {
	return SMTP{Server: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port, From: "LWC Inventory <stock@lwc.example>",
		Timeout: 10 * time.Second}
}

// onPort465 makes a client believe that its server listens on the port of implicit TLS.
func onPort465(s SMTP) SMTP {
	addr := s.String()
	s.Port = implicitTLS
	s.dial = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, addr)
	}
	return s
}

// authority makes a certificate authority and a server's certificate by it.
func authority(t *testing.T) (*x509.CertPool, *tls.Config) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	cert := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test authority"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	der, err := x509.CreateCertificate(rand.Reader, cert, cert, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return pool, &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
}

// script plays a mail server that answers each command in turn with the next line, then holds its tongue
// until the client goes, or hangs up. A line "354 …" is followed by a mail.
func script(t *testing.T, hangUp bool, answers ...string) SMTP {
	t.Helper()
	l := listen(t)
	var wg sync.WaitGroup
	wg.Go(func() {
		c, err := l.Accept()
		if err != nil {
			t.Error(err)
			return
		}
		defer c.Close()
		r := bufio.NewReader(c)
		for i, a := range answers {
			if i > 0 && !heard(r, answers[i-1]) {
				return
			}
			fmt.Fprintf(c, "%s\r\n", a)
		}
		if hangUp {
			if len(answers) > 0 {
				heard(r, answers[len(answers)-1])
			}
			return
		}
		io.Copy(io.Discard, r)
	})
	t.Cleanup(func() { l.Close(); wg.Wait() })
	return clientOf(l)
}

// heard reads the client's next command, or the mail that follows a 354.
func heard(r *bufio.Reader, before string) bool {
	for {
		line, err := r.ReadString('\n')
		if err != nil || !strings.HasPrefix(before, "354") || line == ".\r\n" {
			return err == nil
		}
	}
}
