package handlers

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"log/slog"
	"net/netip"
	"runtime/debug"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

// A visit is what the middleware learned of one request.
type visit struct {
	ID      string        // of the request, ours: the log and the error page show it
	Route   string        // the pattern that fitted, "" if none did
	cookie  string        // the visitor's id from the cookie, "" if it holds none
	User    store.User    // zero for a visitor who is not signed in
	sess    session       // of User, or of station
	half    session       // the password was right, and a code is wanted; zero for every other visitor
	station store.Station // the shared device that asks; zero for every other
	jobber  *jobberNow    // read at most once
	mask    []byte        // over the form token in this answer; made by csrf
}

type visitKey struct{}

// visitOf returns the request's visit. It starts one for requests that the server refuses before
// any middleware ran.
func visitOf(c *fiber.Ctx) *visit {
	if v, ok := c.Locals(visitKey{}).(*visit); ok {
		return v
	}
	id := make([]byte, 6)
	rand.Read(id) // never fails
	v := &visit{ID: hex.EncodeToString(id)}
	c.Locals(visitKey{}, v)
	return v
}

// user returns the signed-in user, or the zero User.
func user(c *fiber.Ctx) store.User { return visitOf(c).User }

// seesMoney reports whether u may see and change costs and prices.
func seesMoney(u store.User) bool { return u.Role == store.Owner || u.Role == store.GM }

// observe writes one line for each request, and counts it. It answers errors itself, since the
// status of an answer is only known then.
func (s *Server) observe(c *fiber.Ctx) error {
	v := visitOf(c)
	start := time.Now()
	if err := c.Next(); err != nil {
		if err := c.App().ErrorHandler(c, err); err != nil {
			s.Log.Error("error page failed", "id", v.ID, "err", err)
			c.Status(fiber.StatusInternalServerError)
		}
	}
	took := time.Since(start)
	status := c.Response().StatusCode()
	s.metrics.answered(c.Method(), v.Route, status, took)
	size := 0
	if !c.Response().IsBodyStream() { // asking for the body of one would wait for its end
		size = len(c.Response().Body())
	}
	// The query is left out: a callback's holds a code that opens the account.
	level := slog.LevelInfo
	if v.Route == "/healthz" || v.Route == "/readyz" {
		level = slog.LevelDebug // somebody asks every few seconds, day and night
	}
	s.Log.Log(c.UserContext(), level, "request", "id", v.ID, "method", c.Method(), "path", c.Path(), "status", status,
		"ms", float64(took.Microseconds())/1000, "user", uint64(v.User.ID), "bytes", size)
	return nil
}

// contain turns a panic into an error. Its text is logged, never shown.
func (s *Server) contain(c *fiber.Ctx) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
		}
	}()
	return c.Next()
}

// limitTime gives each request a context that ends. It comes from base and not from the
// connection, whose context is used again for the next request.
func (s *Server) limitTime(base context.Context) fiber.Handler {
	return func(c *fiber.Ctx) error {
		ctx, cancel := context.WithTimeout(base, requestTime)
		defer cancel()
		c.SetUserContext(ctx)
		return c.Next()
	}
}

// clientAddr returns the address of whoever asks. Behind trusted proxies it is the last hop that
// none of them is; what stands to the left of it, the client wrote itself.
func (s *Server) clientAddr(c *fiber.Ctx) netip.Addr {
	addr, _ := netip.AddrFromSlice(c.Context().RemoteIP()) // the zero Addr for a connection without one
	addr = addr.Unmap()
	if !s.trusted(addr) {
		return addr
	}
	// A proxy may add its hop as a line of its own; Get would see the client's line only.
	lines := c.Request().Header.PeekAll(fiber.HeaderXForwardedFor)
	hops := strings.Split(string(bytes.Join(lines, []byte(","))), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			return addr
		}
		if addr = hop.Unmap(); !s.trusted(addr) {
			return addr
		}
	}
	return addr
}

// networkOf is what counts as one address when tries are counted: whoever has one IPv6 address has
// all 2⁶⁴ of its network.
func networkOf(a netip.Addr) string {
	if a.Is6() {
		if p, err := a.Prefix(64); err == nil { // no address that is 6 is too short
			return p.String()
		}
	}
	return a.String()
}

func (s *Server) trusted(a netip.Addr) bool {
	for _, p := range s.proxies {
		if p.Contains(a) {
			return true
		}
	}
	return false
}
