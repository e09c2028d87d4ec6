package alerts

import (
	"context"
	"crypto/x509"
	"net"
	netmail "net/mail"
	"strconv"
	"strings"
	"time"

	"github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"
)

// SMTP sends mail through a mail server. It opens a connection for each mail.
type SMTP struct {
	Server   string
	Port     int           // 465 is TLS from the first byte, whatever UseTLS says
	UseTLS   bool          // true: STARTTLS or nothing; false: in the clear
	Username string        // "": no authentication
	Password string        // never crosses a network in the clear
	From     string        // an address, with or without a name
	Timeout  time.Duration // for each of connecting, signing in, and handing the mail over; 0 is 30 s

	Roots *x509.CertPool // certificate authorities; nil: the system's and those in SSL_CERT_FILE

	dial func(ctx context.Context, network, addr string) (net.Conn, error) // for tests; nil: the network's
}

// String names the server and nothing secret.
func (s SMTP) String() string { return net.JoinHostPort(s.Server, strconv.Itoa(s.Port)) }

func (s SMTP) timeout() time.Duration {
	if s.Timeout > 0 {
		return s.Timeout
	}
	return 30 * time.Second
}

// Send delivers m, or fails with a [*SendError]. When ctx ends the connection is cut.
//
// A mail is sent once the server has confirmed its text; what goes wrong after that is of no
// matter. If that answer is lost the mail may have arrived all the same: the next try
// carries the same Message-ID.
func (s SMTP) Send(ctx context.Context, m Message) error {
	msg, err := s.compose(m)
	if err != nil {
		return err
	}
	connecting := "connect to " + s.String()
	conn, err := s.open(ctx)
	if err != nil {
		return unreached(connecting, err)
	}
	// The library obeys ctx only while it dials, and leaves the connection open when it cannot sign in.
	defer func() { _ = conn.Close() }() // closed already when all went well
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	client, err := s.client(conn)
	if err != nil {
		return unreached(connecting, err)
	}
	session, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return unreached(connecting, err)
	}
	if err := s.transmit(session, msg); err != nil {
		return untaken("send through "+s.String(), err)
	}
	leave(session)
	return nil
}

// compose builds the mail, or says which address it cannot read.
func (s SMTP) compose(m Message) (*mail.Msg, error) {
	from, err := netmail.ParseAddress(s.From)
	if err != nil {
		return nil, unreached("read the sender's address "+strconv.Quote(s.From), err)
	}
	to, err := netmail.ParseAddress(m.To)
	if err != nil {
		return nil, &SendError{Permanent: true, Doing: "read the address " + strconv.Quote(m.To), Err: err}
	}
	msg := mail.NewMsg(mail.WithNoDefaultUserAgent())
	msg.FromMailAddress(from)
	msg.ToMailAddress(to)
	msg.Subject(oneLine(m.Subject))
	if m.MessageID != "" {
		msg.SetMessageIDWithValue(strings.Trim(m.MessageID, "<>"))
	}
	if m.Thread != "" {
		msg.SetGenHeader(mail.HeaderInReplyTo, m.Thread)
		msg.SetGenHeader(mail.HeaderReferences, m.Thread)
	}
	if m.Unsubscribe != "" { // a page to sign in to, so List-Unsubscribe-Post (RFC 8058) is not promised
		msg.SetGenHeader(mail.HeaderListUnsubscribe, "<"+m.Unsubscribe+">")
	}
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // so that absence notes do not answer: RFC 3834
	msg.SetGenHeader("X-Auto-Response-Suppress", "All")  // the same, for Exchange
	msg.SetBodyString(mail.TypeTextPlain, m.Text)
	if m.HTML != "" {
		msg.AddAlternativeString(mail.TypeTextHTML, m.HTML)
	}
	return msg, nil
}

// transmit hands the mail over. The library's own Send also calls a mail failed when the
// server stumbles after taking it, and then it would be sent twice.
func (s SMTP) transmit(session *smtp.Client, msg *mail.Msg) error {
	from, err := msg.GetSender(false)
	if err != nil {
		return err
	}
	to, err := msg.GetRecipients()
	if err != nil {
		return err
	}
	if err := session.UpdateDeadline(s.timeout()); err != nil {
		return err
	}
	if err := session.Mail(from); err != nil {
		return err
	}
	for _, addr := range to { // there is one
		if err := session.Rcpt(addr); err != nil {
			return err
		}
	}
	text, err := session.Data()
	if err != nil {
		return err
	}
	if _, err := msg.WriteTo(text); err != nil {
		return err // and no closing dot: half a mail must not be taken for a whole one
	}
	if err := text.Close(); err != nil {
		return doubt{err}
	}
	return nil
}

// doubt is an error after the whole mail was on its way: without an answer in it, nobody knows what became of it.
type doubt struct{ error }

func (d doubt) Unwrap() error { return d.error }

// leave says goodbye. The server has the mail: whether it answers does not matter.
func leave(session *smtp.Client) {
	if session.UpdateDeadline(2*time.Second) == nil {
		_ = session.Quit()
	}
}
