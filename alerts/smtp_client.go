package alerts

import (
	"context"
	"crypto/tls"
	"errors"
	"net"

	"github.com/wneessen/go-mail"
)

// implicitTLS is the port on which TLS is not asked for but spoken at once.
const implicitTLS = 465

// errClearPassword is what a sign-in without TLS meets: whoever listens would have the password.
var errClearPassword = errors.New("a user name is set and the connection is not encrypted, " +
	"so the password would cross the network in the clear; set MAIL_USE_TLS=true or use port 465")

func (s SMTP) secure() bool { return s.UseTLS || s.Port == implicitTLS }

func (s SMTP) tls() *tls.Config {
	return &tls.Config{ServerName: s.Server, RootCAs: s.Roots, MinVersion: tls.VersionTLS12}
}

// open connects to the server, and speaks TLS at once on the port for it.
func (s SMTP) open(ctx context.Context) (net.Conn, error) {
	if s.Username != "" && !s.secure() && !loopback(s.Server) {
		return nil, errClearPassword
	}
	ctx, cancel := context.WithTimeout(ctx, s.timeout())
	defer cancel()
	dial := s.dial
	if dial == nil {
		dial = new(net.Dialer).DialContext
	}
	c, err := dial(ctx, "tcp", s.String())
	if err != nil || s.Port != implicitTLS {
		return c, err
	}
	secure := tls.Client(c, s.tls())
	if err := secure.HandshakeContext(ctx); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return secure, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// client returns the library's client, for use on conn.
func (s SMTP) client(conn net.Conn) (*mail.Client, error) {
	policy := mail.NoTLS
	if s.UseTLS {
		policy = mail.TLSMandatory
	}
	options := []mail.Option{
		mail.WithPort(s.Port),
		mail.WithTimeout(s.timeout()),
		mail.WithTLSConfig(s.tls()),
		mail.WithTLSPolicy(policy),
		mail.WithDialContextFunc(func(context.Context, string, string) (net.Conn, error) { return conn, nil }),
	}
	if s.Port == implicitTLS {
		options = append(options, mail.WithSSL())
	}
	if s.Username != "" {
		options = append(options, mail.WithUsername(s.Username), mail.WithPassword(s.Password),
			mail.WithOpportunisticSMTPAuth(s.mechanisms()...))
	}
	return mail.NewClient(s.Server, options...)
}

// mechanisms are the ways to sign in, the best first. The library lets the ones named NoEnc
// through without TLS; open has seen to it that this is asked of this machine alone.
func (s SMTP) mechanisms() []mail.SMTPAuthType {
	plain, login := mail.SMTPAuthPlain, mail.SMTPAuthLogin
	if !s.secure() {
		plain, login = mail.SMTPAuthPlainNoEnc, mail.SMTPAuthLoginNoEnc
	}
	return []mail.SMTPAuthType{mail.SMTPAuthSCRAMSHA256, plain, login, mail.SMTPAuthCramMD5}
}
