package handlers

import (
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

// pinIdle is how long a person at a station may do nothing before the PIN is asked for again.
const pinIdle = 5 * time.Minute

// A desk knows who acts at which station. It is kept in memory only: after a restart everybody is asked again.
type desk struct {
	mu     sync.Mutex
	people map[string]acting // by the station's session
}

// acting is a person at a station.
type acting struct {
	user  store.UserID
	epoch uint64 // of the user when the PIN was given
	last  time.Time
}

// sit notes who gave the PIN.
func (d *desk) sit(session string, u store.User, now time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.people == nil {
		d.people = map[string]acting{}
	}
	d.people[session] = acting{u.ID, u.Epoch, now}
}

// who returns who acts at a session, unless nothing was done for too long.
func (d *desk) who(session string, now time.Time) (acting, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	a, ok := d.people[session]
	if ok && now.Sub(a.last) >= pinIdle {
		delete(d.people, session)
		ok = false
	}
	return a, ok
}

// act notes that the person did something.
func (d *desk) act(session string, now time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if a, ok := d.people[session]; ok {
		a.last = now
		d.people[session] = a
	}
}

// polled reports whether a page asks by itself, which is no sign of a person: how a sync goes, and a pick list
// that was told of somebody else's tick.
func polled(c *fiber.Ctx) bool {
	if c.Method() != fiber.MethodGet {
		return false
	}
	return c.Path() == "/jobs/sync" || c.Path() == "/pick/live" || c.Get("HX-Trigger") == "pick"
}

// leave forgets who acts.
func (d *desk) leave(session string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.people, session)
}
