package handlers

import (
	"net/url"

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

// callbackPath is where Jobber leads back to.
const callbackPath = "/jobs/jobber/callback"

// finishConnect handles GET /jobs/jobber/callback, where Jobber sends the owner back to. Jobber
// says no by leaving out all parameters. An answer without a state was not asked for here: it
// comes from Jobber's marketplace, or from somebody who wants their account connected. Then we ask.
func (s *Server) finishConnect(c *fiber.Ctx) error {
	code, state := c.Query("code"), c.Query("state")
	switch {
	case code == "":
		return s.done(c, "/admin/settings", toast{Text: "Jobber did not give access.", Bad: true})
	case state == "":
		ask, err := s.keepStray(c, sessionKey(visitOf(c).cookie))
		if err != nil {
			return err
		}
		return c.Redirect(questionPath(ask), fiber.StatusSeeOther)
	}
	ask, err := s.Jobber.Connect(c.UserContext(), user(c).Actor(), sessionKey(visitOf(c).cookie), state, code)
	return s.connected(c, ask, err)
}

// keepStray keeps the code of a callback until an owner has answered the question it returns. The code is
// in no page and no address of ours from here on.
func (s *Server) keepStray(c *fiber.Ctx, session string) (ask string, err error) {
	code := c.Query("code")
	if len(code) > 1000 {
		return "", store.Errorf(store.Invalid, "This is no answer of Jobber's.")
	}
	return s.Jobber.Stray(c.UserContext(), session, code)
}

// signInFirst leads who comes from Jobber and is not signed in to the sign-in page, and from there to the
// question whether to connect. A code that was asked for in another session is worth nothing in the next.
func (s *Server) signInFirst(c *fiber.Ctx) error {
	next := "/admin/settings"
	if c.Query("code") != "" && c.Query("state") == "" {
		ask, err := s.keepStray(c, "")
		if err != nil {
			return err
		}
		next = questionPath(ask)
	}
	return c.Redirect("/login?"+url.Values{"next": {next}}.Encode(), fiber.StatusSeeOther)
}

// connected answers what came of connecting: a question, or how it is now.
func (s *Server) connected(c *fiber.Ctx, ask string, err error) error {
	switch code := store.CodeOf(err); {
	case code == store.Conflict || code == store.NotFound:
		return s.done(c, "/admin/settings", toast{Text: messageOf(err), Bad: true})
	case err != nil:
		return err
	case ask != "":
		return c.Redirect(questionPath(ask), fiber.StatusSeeOther)
	}
	s.Log.Info("jobber connected", "id", visitOf(c).ID, "by", uint64(user(c).ID))
	return s.done(c, "/admin/settings", toast{Text: "Jobber is connected. The first sync is running."})
}

// disconnectJobber handles POST /jobs/jobber/disconnect.
func (s *Server) disconnectJobber(c *fiber.Ctx) error {
	me := user(c)
	told, err := s.Jobber.Disconnect(c.UserContext(), me.Actor())
	if err != nil {
		return err
	}
	s.Log.Info("jobber disconnected", "id", visitOf(c).ID, "by", uint64(me.ID), "told", told)
	if !told {
		return s.done(c, "/admin/settings", toast{Bad: true, Text: "Jobber is disconnected here, but could not be told. " +
			"End it there too: in Jobber, under Apps. The jobs stay here as they are."})
	}
	return s.done(c, "/admin/settings", toast{Text: "Jobber is disconnected. The jobs stay here as they are."})
}
