package alerts

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"strings"
	"testing"
	"time"

	gosmtp "github.com/emersion/go-smtp"
)

var hello = Message{To: "dana@lwc.example", Subject: "1 out: Romex – 12/2\r\nBcc: x@y.example", Text: "−2 ea available\n",
	HTML: "<p>−2 ea available</p>", MessageID: "<abc@lwc.example>"}

func TestSMTPDelivers(t *testing.T) {
	pool, config := authority(t)
	const user, password = "stock", "pass word"
	for _, tt := range []struct {
		name     string
		server   *server // nil: an easy-going one
		offerTLS bool
		implicit bool
		client   func(SMTP) SMTP
		secure   bool
		signed   bool
	}{
		{name: "plain", client: func(s SMTP) SMTP { return s }},
		{name: "plain though STARTTLS is offered", offerTLS: true, client: func(s SMTP) SMTP { return s }},
		{name: "STARTTLS", offerTLS: true, client: func(s SMTP) SMTP { s.UseTLS = true; return s }, secure: true},
		{name: "implicit TLS", offerTLS: true, implicit: true, client: onPort465, secure: true},
		{name: "AUTH over STARTTLS", server: &server{user: user, password: password}, offerTLS: true,
			client: func(s SMTP) SMTP { s.UseTLS, s.Username, s.Password = true, user, password; return s }, secure: true, signed: true},
		{name: "AUTH over implicit TLS", server: &server{user: user, password: password}, offerTLS: true, implicit: true,
			client: func(s SMTP) SMTP { s.Username, s.Password = user, password; return onPort465(s) }, secure: true, signed: true},
		{name: "AUTH in the clear on this machine", server: &server{user: user, password: password},
			client: func(s SMTP) SMTP { s.Username, s.Password = user, password; return s }, signed: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			srv := tt.server
			if srv == nil {
				srv = &server{}
			}
			var offered *tls.Config
			if tt.offerTLS {
				offered = config
			}
			s := tt.client(serve(t, srv, offered, tt.implicit))
			s.Roots = pool
			if err := s.Send(t.Context(), hello); err != nil {
				t.Fatal(err)
			}
			srv.mu.Lock()
			defer srv.mu.Unlock()
			if len(srv.took) != 1 || srv.secure != tt.secure || srv.signed != tt.signed {
				t.Fatalf("%d mails, over TLS %v, signed in %v", len(srv.took), srv.secure, srv.signed)
			}
			checkHello(t, srv.took[0], srv.to)
		})
	}
}

func checkHello(t *testing.T, raw []byte, to []string) {
	t.Helper()
	m, err := netmail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"From": `"LWC Inventory" <stock@lwc.example>`, "To": "<dana@lwc.example>",
		"Message-ID": "<abc@lwc.example>", "Bcc": "", "Auto-Submitted": "auto-generated",
		"Subject": "=?UTF-8?q?1_out:_Romex_=E2=80=93_12/2_Bcc:_x@y.example?="} {
		if got := m.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if !strings.HasPrefix(m.Header.Get("Content-Type"), "multipart/alternative") {
		t.Errorf("type %q", m.Header.Get("Content-Type"))
	}
	if len(to) != 1 || to[0] != "dana@lwc.example" {
		t.Errorf("recipients %q", to)
	}
}

func smtpError(code int, text string) error {
	return &gosmtp.SMTPError{Code: code, EnhancedCode: gosmtp.EnhancedCode{code / 100, 1, 1}, Message: text}
}

func TestSMTPFails(t *testing.T) {
	pool, config := authority(t)
	refused := "send through %s: "
	unreachable := "connect to %s: "
	for _, tt := range []struct {
		name      string
		server    *server // nil: an easy-going one
		client    func(SMTP) SMTP
		message   Message
		permanent bool
		away      bool
		want      string // %s is the server
	}{
		{name: "nobody here by that name", server: &server{atRcpt: smtpError(550, "Nobody here by that name")},
			permanent: true, want: refused + "550 5.1.1 Nobody here by that name"},
		{name: "greylisted", server: &server{atRcpt: smtpError(451, "Come back later")}, want: refused + "451 4.1.1 Come back later"},
		{name: "sender not wanted", server: &server{atMail: smtpError(553, "Not you")}, permanent: true, want: refused + "553 5.1.1 Not you"},
		{name: "text not wanted", server: &server{atData: smtpError(554, "Spam")}, permanent: true, want: refused + "554 5.1.1 Spam"},
		{name: "disk full", server: &server{atData: smtpError(452, "Disk full")}, want: refused + "452 4.1.1 Disk full"},
		{name: "going away", server: &server{atMail: smtpError(421, "Closing")}, away: true, want: refused + "421 4.1.1 Closing"},
		{name: "wants a sign-in", server: &server{atMail: smtpError(530, "Sign in first")}, away: true,
			want: refused + "530 5.1.1 Sign in first"},
		{name: "wrong password", server: &server{user: "stock", password: "right"}, away: true,
			client: func(s SMTP) SMTP { s.UseTLS, s.Username, s.Password = true, "stock", "wrong"; return s },
			want:   unreachable + "535 5.7.8 Authentication failed"},
		{name: "foreign authority", client: func(s SMTP) SMTP { s.UseTLS, s.Roots = true, x509.NewCertPool(); return s }, away: true,
			want: unreachable + "tls: failed to verify certificate: x509: certificate signed by unknown authority"},
		{name: "no TLS where it must be at once", client: func(s SMTP) SMTP { return onPort465(s) }, away: true,
			want: unreachable + "tls: first record does not look like a TLS handshake"},
		{name: "no address", message: Message{To: "dana at home"}, permanent: true,
			want: `read the address "dana at home": mail: no angle-addr`},
		{name: "no sender", client: func(s SMTP) SMTP { s.From = "stock"; return s }, away: true,
			want: `read the sender's address "stock": mail: missing '@' or angle-addr`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			srv := tt.server
			if srv == nil {
				srv = &server{}
			}
			s := serve(t, srv, config, false)
			s.Roots = pool
			if tt.client != nil {
				s = tt.client(s)
			}
			if tt.message.To == "" {
				tt.message = hello
			}
			checkFailure(t, s.Send(t.Context(), tt.message), tt.permanent, tt.away, strings.ReplaceAll(tt.want, "%s", s.String()))
			if len(srv.took) != 0 {
				t.Error("the server took the mail")
			}
		})
	}
}

func checkFailure(t *testing.T, err error, permanent, away bool, want string) {
	t.Helper()
	e, ok := errors.AsType[*SendError](err)
	if !ok {
		t.Fatalf("error %v", err)
	}
	if e.Permanent != permanent || e.Server != away || e.Error() != want {
		t.Errorf("permanent %v, away %v: %q, want %v, %v, %q", e.Permanent, e.Server, e.Error(), permanent, away, want)
	}
}

func TestSMTPNeedsSTARTTLS(t *testing.T) {
	srv := &server{}
	s := serve(t, srv, nil, false)
	s.UseTLS = true
	err := s.Send(t.Context(), hello)
	if err == nil || !strings.Contains(err.Error(), "does not support STARTTLS") || len(srv.took) != 0 {
		t.Errorf("error %v, mails taken: %d", err, len(srv.took))
	}
}

func TestSMTPKeepsThePassword(t *testing.T) {
	s := SMTP{Server: "mail.lwc.example", Port: 25, Username: "stock", Password: "hidden", From: "stock@lwc.example",
		dial: func(context.Context, string, string) (net.Conn, error) {
			t.Error("it connected")
			return nil, errors.New("no")
		}}
	err := s.Send(t.Context(), hello)
	checkFailure(t, err, false, true, "connect to mail.lwc.example:25: "+errClearPassword.Error())
	if got := fmt.Sprintf("%v %+v %s %v", s, s, s, err); strings.Contains(got, "hidden") {
		t.Errorf("the password shows in %q", got)
	}
}

func TestSMTPServerAway(t *testing.T) {
	l := listen(t)
	l.Close()
	err := clientOf(l).Send(t.Context(), hello)
	e, ok := errors.AsType[*SendError](err)
	if !ok || e.Permanent || !e.Server || !strings.Contains(e.Error(), "connection refused") {
		t.Errorf("error %v", err)
	}
}

func TestSMTPSilence(t *testing.T) {
	for _, tt := range []struct {
		name    string
		hangUp  bool
		answers []string
		away    bool
		want    string
	}{
		{"says nothing", false, nil, true, "connect to %s: the server did not answer in time"},
		{"hangs up at once", true, nil, true, "connect to %s: the server closed the connection"},
		{"hangs at the greeting", false, []string{"220 hi"}, true, "connect to %s: the server did not answer in time"},
		{"hangs at the recipient", false, []string{"220 hi", "250 hi", "250 ok"}, false, "send through %s: the server did not answer in time"},
		{"hangs up at the recipient", true, []string{"220 hi", "250 hi", "250 ok"}, false, "send through %s: the server closed the connection"},
		{"does not confirm the mail", false, []string{"220 hi", "250 hi", "250 ok", "250 ok", "354 go on"}, false,
			"send through %s: the server did not answer in time"},
		{"greets with a refusal", true, []string{"554 no"}, true, "connect to %s: 554 no"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := script(t, tt.hangUp, tt.answers...)
			s.Timeout = 300 * time.Millisecond
			checkFailure(t, s.Send(t.Context(), hello), false, tt.away, strings.ReplaceAll(tt.want, "%s", s.String()))
		})
	}
}

func TestSMTPTakenIsSent(t *testing.T) {
	taken := []string{"220 hi", "250 hi", "250 ok", "250 ok", "354 go on", "250 taken"}
	for _, tt := range []struct {
		name    string
		answers []string
	}{
		{"hangs up after taking the mail", taken},
		{"stumbles over the goodbye", append(taken, "421 oh no")},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if err := script(t, true, tt.answers...).Send(t.Context(), hello); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestSMTPStopsWithItsContext(t *testing.T) {
	s := script(t, false)
	s.Timeout = time.Hour
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := s.Send(ctx, hello); err == nil {
		t.Error("no error")
	}
}
