// Package mailbox is the demo's mail server: it takes every mail over real SMTP, keeps the
// last ones in memory, and shows them on a page. Nothing leaves the machine.
package mailbox

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
)

// A Mail is one mail as it came in.
type Mail struct {
	ID        int       // counts from 1 in the order they came
	From      string    // the sender of the envelope
	To        string    // the recipients of the envelope
	Subject   string    // decoded
	Date      time.Time // what the mail says; zero if it does not
	Received  time.Time
	MessageID string // with its angle brackets
	Text      string
	HTML      string
}

const (
	kept     = 200     // mails
	maxBytes = 5 << 20 // of one mail
)

// A Mailbox takes mails and keeps the last 200. Its methods are safe for concurrent use.
type Mailbox struct {
	log    *slog.Logger
	server *smtp.Server
	wg     sync.WaitGroup

	mu     sync.Mutex
	listen net.Listener // nil until Listen
	last   int
	mails  []Mail // oldest first
}

// New returns a mailbox that nobody can reach yet.
func New(log *slog.Logger) *Mailbox {
	m := &Mailbox{log: log}
	m.server = smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) {
		return &session{box: m}, nil
	}))
	m.server.Domain = "localhost"
	m.server.MaxMessageBytes = maxBytes
	m.server.ReadTimeout = time.Minute
	m.server.WriteTimeout = time.Minute
	m.server.EnableSMTPUTF8 = true
	m.server.ErrorLog = complaints{log}
	return m
}

// Listen starts taking mails on a port of this machine only, without TLS and without
// passwords, and returns its address. Call it once.
func (m *Mailbox) Listen() (addr string, err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("listen for mail: %w", err)
	}
	m.mu.Lock()
	m.listen = l
	m.mu.Unlock()
	m.wg.Go(func() {
		if err := m.server.Serve(l); err != nil {
			m.log.Error("the mailbox stopped taking mail", "err", err)
		}
	})
	return l.Addr().String(), nil
}

// Close stops taking mails, and returns when nothing of the server runs any more.
// The mails stay. Further calls do nothing.
func (m *Mailbox) Close() error {
	err := m.server.Close()
	m.mu.Lock()
	if m.listen != nil {
		_ = m.listen.Close() // the server closes it too, unless it has not come to know it yet
	}
	m.mu.Unlock()
	m.wg.Wait()
	if errors.Is(err, smtp.ErrServerClosed) || errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// Mails returns the mails that are kept, newest first.
func (m *Mailbox) Mails() []Mail {
	m.mu.Lock()
	defer m.mu.Unlock()
	all := slices.Clone(m.mails)
	slices.Reverse(all)
	return all
}

// mail returns the mail with the given number, if it is kept.
func (m *Mailbox) mail(id int) (Mail, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	i := slices.IndexFunc(m.mails, func(x Mail) bool { return x.ID == id })
	if i < 0 {
		return Mail{}, false
	}
	return m.mails[i], true
}

// keep adds a mail and drops the oldest ones.
func (m *Mailbox) keep(x Mail) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.last++
	x.ID = m.last
	m.mails = append(m.mails, x)
	if n := len(m.mails) - kept; n > 0 {
		m.mails = slices.Delete(m.mails, 0, n)
	}
}

// complaints carries what the server complains of into the log.
type complaints struct{ log *slog.Logger }

func (c complaints) Printf(format string, v ...any) { c.Println(fmt.Sprintf(format, v...)) }

func (c complaints) Println(v ...any) {
	c.log.Warn("the mailbox has trouble", "err", strings.TrimSpace(fmt.Sprintln(v...)))
}
