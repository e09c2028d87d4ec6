package main

import (
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// A listener knows the connections on which nothing has been said yet. Browsers open some ahead of need,
// and the server's shutdown would wait on each as on a request.
type listener struct {
	net.Listener
	log *slog.Logger

	mu     sync.Mutex
	silent map[*connection]bool // nil once the server stops
}

func newListener(ln net.Listener, log *slog.Logger) *listener {
	return &listener{Listener: ln, log: log, silent: map[*connection]bool{}}
}

// acceptRest is how long new connections wait when there is no file handle for them.
const acceptRest = 100 * time.Millisecond

// accept waits for file handles when they are used up: the server would take that for the end.
func (l *listener) accept() (net.Conn, error) {
	for told := false; ; told = true {
		conn, err := l.Listener.Accept()
		if !errors.Is(err, syscall.EMFILE) && !errors.Is(err, syscall.ENFILE) {
			return conn, err
		}
		if !told {
			l.log.Error("new connections wait", "err", err)
		}
		time.Sleep(acceptRest)
	}
}

// Accept returns the next connection.
func (l *listener) Accept() (net.Conn, error) {
	conn, err := l.accept()
	if err != nil {
		return nil, err
	}
	c := &connection{Conn: conn, from: l}
	var out net.Conn = c
	if t, ok := conn.(handshaker); ok {
		out = &tlsConnection{c, t} // the server tells HTTPS by these methods
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.silent == nil {
		c.end() // it came while the server stops
		return out, nil
	}
	l.silent[c] = true
	return out, nil
}

// closeSilent closes the connections on which nothing has been said, and those that still come. Nobody
// loses an answer by it.
func (l *listener) closeSilent() {
	l.mu.Lock()
	all := l.silent
	l.silent = nil
	l.mu.Unlock()
	for c := range all {
		c.end()
	}
}

func (l *listener) spoke(c *connection) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.silent, c)
}

// A connection tells its listener when the first byte comes, or when it ends.
type connection struct {
	net.Conn
	from *listener
	once sync.Once
	over atomic.Bool
}

// A handshaker is a connection that speaks TLS.
type handshaker interface {
	Handshake() error
	ConnectionState() tls.ConnectionState
}

type tlsConnection struct {
	*connection
	handshaker
}

// end makes the connection look as if the other side had hung up.
func (c *connection) end() {
	c.over.Store(true)
	c.Conn.Close() // that one is closed already is no news
}

// Read reads from the connection.
func (c *connection) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if n > 0 {
		c.once.Do(func() { c.from.spoke(c) })
	}
	if err != nil && c.over.Load() {
		err = io.EOF
	}
	return n, err
}

// Close closes the connection.
func (c *connection) Close() error {
	c.once.Do(func() { c.from.spoke(c) })
	return c.Conn.Close()
}
