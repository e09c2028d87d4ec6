package mailbox

import (
	"io"
	"strings"
	"time"

	"github.com/emersion/go-smtp"
)

// A session is one sender's connection.
type session struct {
	box  *Mailbox
	from string
	to   []string
}

// Mail takes the sender of the next mail.
func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.from = from
	return nil
}

// Rcpt takes one more recipient: everybody lives here.
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = append(s.to, to)
	return nil
}

// Data takes the mail itself.
func (s *session) Data(r io.Reader) error {
	x, err := parse(r)
	if err != nil {
		return &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 6, 0},
			Message: "Cannot read this mail: " + err.Error()}
	}
	x.From, x.To, x.Received = s.from, strings.Join(s.to, ", "), time.Now()
	s.box.keep(x)
	return nil
}

// Reset forgets a mail that was begun.
func (s *session) Reset() { s.from, s.to = "", nil }

// Logout has nothing to let go of.
func (s *session) Logout() error { return nil }
