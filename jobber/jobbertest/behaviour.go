package jobbertest

import (
	"sync"
	"time"
)

// A Behaviour is what can be changed of the stand-in while it runs: how Jobber is set up for the app,
// how it treats it, and what goes wrong. The zero value of each field is Jobber on a good day.
type Behaviour struct {
	RotationOff    bool          // a refresh answers the same refresh token and a warning
	Reuse          bool          // an older app: a refresh token that was used is good again, with a warning
	AccessLifetime time.Duration // of access tokens made from now on; 60 minutes when 0
	Token          TokenFault    // of the token endpoint
	Access         AccessFault   // of every access token
	AccessStatus   int           // of the answers that the connection has ended; 401 when 0

	DisconnectNamesNothing bool // APP_DISCONNECT has an empty itemId, and not the account's id

	Hidden []string // fields of Query for which the app has no scope, as jobs or products

	API    API
	Bucket Bucket // of points; what is in it stays in it, up to the new size
	Hooks  Hooks
}

func (b Behaviour) accessLifetime() time.Duration {
	if b.AccessLifetime == 0 {
		return 60 * time.Minute
	}
	return b.AccessLifetime
}

// manner holds the behaviour in force. It is shared by the parts of the stand-in, and has a lock
// of its own: a part may ask while it holds another.
type manner struct {
	mu  sync.RWMutex
	now Behaviour
}

func (m *manner) is() Behaviour {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.now
}

func (m *manner) change(change func(*Behaviour)) Behaviour {
	m.mu.Lock()
	defer m.mu.Unlock()
	change(&m.now)
	return m.now
}

// Behaviour returns how the stand-in behaves.
func (s *Server) Behaviour() Behaviour { return s.manner.is() }

// Behave changes how the stand-in behaves, from the next request on.
func (s *Server) Behave(change func(*Behaviour)) {
	s.buckets.resize(s.manner.change(change).Bucket)
}
