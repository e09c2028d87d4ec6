package handlers

import (
	"cmp"
	"net/http"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

// guard lets the route's audience through. What it answers, in this order: a compressed form 415,
// another site's page 403, no session the sign-in page, a form without its token 403, the wrong
// role 403.
func (s *Server) guard(r route) fiber.Handler {
	return func(c *fiber.Ctx) error {
		visitOf(c).Route = r.Path
		if r.Who == machines {
			return c.Next()
		}
		unsafe := c.Method() != http.MethodGet && c.Method() != http.MethodHead
		if unsafe {
			if err := cmp.Or(refusePacked(c), s.checkSite(c)); err != nil {
				return err
			}
		}
		if r.Who != public && user(c).ID == 0 {
			if stationOf(c).ID != 0 {
				return s.askForPIN(c)
			}
			return s.askToSignIn(c)
		}
		if unsafe {
			if err := s.checkToken(c); err != nil {
				return err
			}
		}
		if err := cmp.Or(admitAt(stationOf(c), r.Who), admit(r.Who, user(c).Role)); err != nil {
			return err
		}
		if stationOf(c).ID != 0 && !polled(c) {
			s.desk.act(sessionKey(visitOf(c).cookie), s.Store.Now())
		}
		return c.Next()
	}
}

// admitAt returns an error that says what to do, if nobody may at a station: a PIN never opens settings.
func admitAt(st store.Station, who audience) error {
	if st.ID == 0 || who == public || who == signedIn {
		return nil
	}
	return store.Errorf(store.Forbidden, "This page is not for owners or others under a PIN. Sign in with your password on your own device.")
}

// admit returns an error that says who may, if role may not.
func admit(who audience, role store.Role) error {
	switch {
	case who == managers && role != store.Owner && role != store.GM:
		return store.Errorf(store.Forbidden, "This page is for owners and general managers.")
	case who == owners && role != store.Owner:
		return store.Errorf(store.Forbidden, "This page is for owners.")
	}
	return nil
}

// askToSignIn leads a visitor to the sign-in page and from there back to what was asked for, or
// to the set-up when there is nobody yet who could sign in.
func (s *Server) askToSignIn(c *fiber.Ctx) error {
	to := "/login?" + url.Values{"next": {s.wanted(c)}}.Encode()
	any, err := s.Store.HasUsers(c.UserContext())
	if err != nil {
		return err
	}
	if !any {
		to = "/setup"
	}
	if any && visitOf(c).Route == callbackPath {
		return s.signInFirst(c) // its address holds a code that must not stand in another
	}
	if fromHTMX(c) {
		// The whole window goes there; a redirect would put the page into the fragment's place.
		c.Set("HX-Redirect", to)
		return c.SendStatus(http.StatusNoContent)
	}
	return c.Redirect(to, http.StatusSeeOther)
}

// wanted is the page that the visitor was on or asked for. A form's own address is no page: the
// form stands on the page that sent it.
func (s *Server) wanted(c *fiber.Ctx) string {
	const instead = "/dashboard"
	page := ""
	switch {
	case fromHTMX(c):
		page = c.Get("HX-Current-URL")
	case c.Method() != http.MethodGet && c.Method() != http.MethodHead:
		page = c.Get(fiber.HeaderReferer)
	default:
		return ownPath(c.OriginalURL(), instead)
	}
	u, err := url.Parse(page)
	if err != nil || u.Host != string(c.Context().Host()) && u.Scheme+"://"+u.Host != s.origin {
		return instead
	}
	if strings.HasPrefix(u.Path, "/login") || u.Path == "" {
		return instead
	}
	return ownPath(u.RequestURI(), instead)
}
