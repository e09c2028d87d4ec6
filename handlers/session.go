package handlers

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

const (
	sessionIdle  = 12 * time.Hour      // without a request, a session ends
	sessionLife  = 30 * 24 * time.Hour // after this it ends in any case
	sessionTouch = 5 * time.Minute     // a use is noted at most this often: each note is a commit
	stationIdle  = 30 * 24 * time.Hour // a shared tablet stays signed in over weekends and holidays
	stationLife  = 365 * 24 * time.Hour
	halfLife     = 10 * time.Minute // between the password and the code
	sessionFresh = 15 * time.Minute // after signing in, what guards an account may be changed
	mostSessions = 20               // of one person; one more ends the one that was not used for longest
)

// A session is a person at a browser, or a shared device on which people act under PINs. Its row is found by the hash of the id in the cookie, so
// the file alone opens nobody's session. Signed out is: no row.
type session struct {
	User    store.UserID    `json:"u"`
	Epoch   uint64          `json:"e"` // of the user when it was made; another one has ended it
	Created time.Time       `json:"c"`
	Station store.StationID `json:"st,omitempty"` // instead of a user
	Seen    time.Time       `json:"s"`
	Half    bool            `json:"h,omitempty"` // the password was right; a code is wanted before User is in
	Device  string          `json:"d,omitempty"` // "Firefox on Windows"
	Addr    string          `json:"a,omitempty"` // where it was made
	Push    store.PushID    `json:"p,omitempty"` // the device of User's that the browser is; when it is signed out, messages end, too
}

// life is how long the session still has at now.
func (x session) life(now time.Time) time.Duration {
	idle := sessionIdle
	switch {
	case x.Station != 0:
		idle = stationIdle
	case x.Half:
		idle = halfLife
	}
	return min(x.Seen.Add(idle).Sub(now), x.Created.Add(x.longest()).Sub(now))
}

// longest is how long the session may go on at most.
func (x session) longest() time.Duration {
	switch {
	case x.Station != 0:
		return stationLife
	case x.Half:
		return halfLife
	}
	return sessionLife
}

// newVisitorID returns 256 random bits.
func newVisitorID() string {
	id := make([]byte, 32)
	rand.Read(id) // never fails
	return base64.RawURLEncoding.EncodeToString(id)
}

func validVisitorID(id string) bool {
	raw, err := base64.RawURLEncoding.DecodeString(id)
	return err == nil && len(raw) == 32
}

// sessionKey is the name of a session's row, and what others may know of its id.
func sessionKey(id string) string {
	sum := sha256.Sum256([]byte(id))
	return hex.EncodeToString(sum[:])
}

func (s *Server) cookieName() string { return s.hostCookie("lwc_session") }

// hostCookie binds a cookie to this very host when it may travel over TLS only.
func (s *Server) hostCookie(name string) string {
	if s.Secure {
		return "__Host-" + name
	}
	return name
}

// setCookie keeps a value in the browser for life; a negative life removes it.
func (s *Server) setCookie(c *fiber.Ctx, name, value string, life time.Duration) {
	cookie := &fiber.Cookie{
		Name: name, Value: value, Path: "/", HTTPOnly: true, Secure: s.Secure,
		SameSite: fiber.CookieSameSiteLaxMode, MaxAge: int(life.Seconds()),
	}
	if life < 0 {
		cookie.MaxAge = 0
		cookie.Expires = time.Unix(1, 0)
	}
	c.Cookie(cookie)
}

// recognise finds out who asks. Every request loads the user, so that a changed role or a
// deactivation acts at once.
func (s *Server) recognise(c *fiber.Ctx) error {
	v := visitOf(c)
	id := c.Cookies(s.cookieName())
	if !validVisitorID(id) {
		return c.Next()
	}
	v.cookie = id
	x, ok, err := s.loadSession(id)
	if err != nil {
		return err
	}
	if !ok {
		return c.Next()
	}
	if x.Station != 0 {
		if err := s.recogniseStation(c, id, x); err != nil {
			return err
		}
		return c.Next()
	}
	u, err := s.Store.User(c.UserContext(), x.User)
	if err != nil && store.CodeOf(err) != store.NotFound {
		return fmt.Errorf("load user %v: %w", x.User, err)
	}
	if err != nil || !u.Active || u.Epoch != x.Epoch {
		if err := s.Sessions.Delete(sessionKey(id)); err != nil {
			return err
		}
		return c.Next()
	}
	if x.Half {
		v.half = x
		return c.Next()
	}
	v.User, v.sess = u, x
	s.touch(id, x, v.ID)
	return c.Next()
}

func (s *Server) loadSession(id string) (session, bool, error) {
	raw, err := s.Sessions.Get(sessionKey(id))
	if err != nil || raw == nil {
		return session{}, false, err
	}
	var x session
	if err := json.Unmarshal(raw, &x); err != nil {
		return session{}, false, fmt.Errorf("session row: %w", err)
	}
	return x, x.life(s.Store.Now()) > 0, nil
}

// touch notes that the session was used. It may fail: the session then ends a little sooner.
func (s *Server) touch(id string, x session, request string) {
	now := s.Store.Now()
	if now.Sub(x.Seen) < sessionTouch {
		return
	}
	x.Seen = now
	raw, err := json.Marshal(x)
	if err == nil {
		err = s.Sessions.Touch(sessionKey(id), raw, x.life(now))
	}
	if err != nil {
		s.Log.Warn("session not touched", "id", request, "err", err)
	}
}

// beginSession signs u in under an id that nobody has seen before, and ends the session that the
// browser had.
func (s *Server) beginSession(c *fiber.Ctx, u store.User) error {
	now := s.Store.Now()
	x := session{User: u.ID, Epoch: u.Epoch, Created: now, Seen: now,
		Device: deviceOf(c.Get(fiber.HeaderUserAgent)), Addr: s.clientAddr(c).String(), Push: s.pushHere(c)}
	if err := s.startSession(c, x); err != nil {
		return err
	}
	visitOf(c).User = u
	return s.endSurplus(u)
}

// goOn is beginSession for a session that goes on after a change that ended all of u's: it stays as old as it was.
func (s *Server) goOn(c *fiber.Ctx, u store.User) error {
	x := visitOf(c).sess
	x.Epoch, x.Seen = u.Epoch, s.Store.Now()
	if err := s.startSession(c, x); err != nil {
		return err
	}
	visitOf(c).User = u
	return nil
}

// fresh reports whether the person proved who they are a short while ago. Who finds a browser open can take
// stock with it, and not the account.
func (s *Server) fresh(c *fiber.Ctx) bool {
	x := visitOf(c).sess
	return x.User != 0 && s.Store.Now().Sub(x.Created) < sessionFresh
}

// startSession gives the browser a new session in the place of the one that it had.
func (s *Server) startSession(c *fiber.Ctx, x session) error {
	if err := s.endSession(c); err != nil {
		return err
	}
	id := newVisitorID()
	if err := s.putSession(id, x); err != nil {
		return err
	}
	v := visitOf(c)
	v.cookie, v.sess = id, x
	s.setCookie(c, s.cookieName(), id, x.longest())
	return nil
}

func (s *Server) putSession(id string, x session) error {
	raw, err := json.Marshal(x)
	if err != nil {
		return fmt.Errorf("session row: %w", err)
	}
	return s.Sessions.Set(sessionKey(id), raw, x.life(x.Seen))
}

// endSession deletes the session's row and takes the cookie back.
func (s *Server) endSession(c *fiber.Ctx) error {
	v := visitOf(c)
	if v.cookie == "" {
		return nil
	}
	if err := s.Sessions.Delete(sessionKey(v.cookie)); err != nil {
		return err
	}
	v.cookie, v.User, v.sess, v.half, v.station = "", store.User{}, session{}, session{}, store.Station{}
	s.setCookie(c, s.cookieName(), "", -1)
	return nil
}
