package handlers

import (
	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

// connectJobber handles GET /jobs/jobber/connect: it leads the owner to Jobber's consent page.
func (s *Server) connectJobber(c *fiber.Ctx) error {
	to, err := s.Jobber.AuthorizeURL(c.UserContext(), sessionKey(visitOf(c).cookie))
	if code := store.CodeOf(err); code == store.NotFound || code == store.Invalid || code == store.Conflict {
		return s.done(c, "/admin/settings", toast{Text: messageOf(err), Bad: true})
	}
	if err != nil {
		return err
	}
	return c.Redirect(to, fiber.StatusFound)
}

// finishConnect handles GET /jobs/jobber/callback, where Jobber sends the owner back to. Jobber
// says no by leaving out all parameters. An answer without a state was not asked for here: it
// comes from Jobber's marketplace, or from somebody who wants their account connected.
func (s *Server) finishConnect(c *fiber.Ctx) error {
	code, state := c.Query("code"), c.Query("state")
	switch {
	case code == "":
		return s.done(c, "/admin/settings", toast{Text: "Jobber did not give access.", Bad: true})
	case state == "":
		return store.Errorf(store.Forbidden, "This connection was not begun here. Start it with Connect on the settings page.")
	}
	me := user(c)
	err := s.Jobber.Connect(c.UserContext(), me.Actor(), sessionKey(visitOf(c).cookie), state, code)
	if store.CodeOf(err) == store.Conflict {
		return s.done(c, "/admin/settings", toast{Text: messageOf(err), Bad: true})
	}
	if err != nil {
		return err
	}
	s.Log.Info("jobber connected", "id", visitOf(c).ID, "by", uint64(me.ID))
	return s.done(c, "/admin/settings", toast{Text: "Jobber is connected. The first sync is running."})
}

// disconnectJobber handles POST /jobs/jobber/disconnect.
func (s *Server) disconnectJobber(c *fiber.Ctx) error {
	me := user(c)
	if err := s.Jobber.Disconnect(c.UserContext(), me.Actor()); err != nil {
		return err
	}
	s.Log.Info("jobber disconnected", "id", visitOf(c).ID, "by", uint64(me.ID))
	return s.done(c, "/admin/settings", toast{Text: "Jobber is disconnected. The jobs stay here as they are."})
}
