package handlers

import (
	"errors"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/adaptor"

	"lwc-inventory/store"
)

// showHealth handles GET /healthz: the process answers.
func (s *Server) showHealth(c *fiber.Ctx) error { return c.SendString("ok\n") }

// showReady handles GET /readyz: the store answers too, and a start anew would not help it. An index that is being rebuilt does not
// count; search only finds less.
func (s *Server) showReady(c *fiber.Ctx) error {
	_, err := s.Store.HasUsers(c.UserContext())
	if err := errors.Join(err, s.Store.Torn()); err != nil {
		s.Log.Error("not ready", "id", visitOf(c).ID, "err", err)
		return c.Status(fiber.StatusServiceUnavailable).SendString("not ready\n")
	}
	return c.SendString("ready\n")
}

// showMetrics handles GET /metrics, for owners and for a collector on this very machine. What
// came through a proxy is from elsewhere, whatever it says.
func (s *Server) showMetrics(c *fiber.Ctx) error {
	if user(c).Role != store.Owner && !fromThisMachine(c) {
		return store.Errorf(store.Forbidden, "The metrics are for owners, and for this machine itself.")
	}
	return adaptor.HTTPHandler(s.metrics.handler())(c)
}

func fromThisMachine(c *fiber.Ctx) bool {
	for _, h := range []string{fiber.HeaderXForwardedFor, fiber.HeaderForwarded, "X-Real-Ip", fiber.HeaderXForwardedHost,
		fiber.HeaderXForwardedProto, fiber.HeaderVia} {
		if len(c.Request().Header.PeekAll(h)) > 0 { // an empty one, too: the client may have sent it before the proxy's
			return false
		}
	}
	return c.Context().RemoteIP().IsLoopback()
}
