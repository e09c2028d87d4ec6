package handlers

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

// atStation is the data of station/show: who is it, and then the PIN.
type atStation struct {
	CSRF    string
	Station store.Station
	Next    string // where to go afterwards
	People  []store.User
	Who     store.User // whose PIN is asked for; zero: nobody chose yet
	Problem string
}

// Choose is the address under which a person says who they are.
func (v atStation) Choose(id store.UserID) string {
	return "/station?" + url.Values{"who": {id.String()}, "next": {v.Next}}.Encode()
}

// Others is the address with all names.
func (v atStation) Others() string { return "/station?" + url.Values{"next": {v.Next}}.Encode() }

// stationOf is the station that the request comes from; zero for every other device.
func stationOf(c *fiber.Ctx) store.Station { return visitOf(c).station }

// recogniseStation finds out who acts at the station that the session x is. A PIN opens the shelf and nothing
// else: whoever gave one is warehouse staff here, whatever they are elsewhere.
func (s *Server) recogniseStation(c *fiber.Ctx, id string, x session) error {
	v, key := visitOf(c), sessionKey(id)
	st, err := s.Store.Station(c.UserContext(), x.Station)
	if err != nil && store.CodeOf(err) != store.NotFound {
		return err
	}
	if err != nil || !st.EndedAt.IsZero() {
		s.desk.leave(key)
		return s.Sessions.Delete(key)
	}
	v.station, v.sess = st, x
	s.touch(id, x, v.ID)
	a, ok := s.desk.who(key, s.Store.Now())
	if !ok {
		return nil
	}
	u, err := s.Store.User(c.UserContext(), a.user)
	if err != nil && store.CodeOf(err) != store.NotFound {
		return err
	}
	if err != nil || !u.Active || !u.HasPIN || u.Epoch != a.epoch {
		s.desk.leave(key)
		return nil
	}
	u.Role = store.Warehouse
	v.User = u
	return nil
}

// showStation handles GET /station?who=&next=, the only page of a station on which nobody acts.
func (s *Server) showStation(c *fiber.Ctx) error {
	if stationOf(c).ID == 0 {
		return c.Redirect("/login", http.StatusSeeOther)
	}
	v := atStation{Next: ownPath(c.Query("next"), "/dashboard")}
	if who := c.Query("who"); who != "" {
		id, err := store.ParseID[store.UserID](who)
		if err != nil {
			return err
		}
		v.Who.ID = id
	}
	return s.stationPage(c, v)
}

func (s *Server) stationPage(c *fiber.Ctx, v atStation) error {
	var err error
	if v.People, err = s.Store.PINHolders(c.UserContext()); err != nil {
		return err
	}
	for _, u := range v.People {
		if u.ID == v.Who.ID {
			v.Who = u
		}
	}
	if v.Who.Username == "" {
		v.Who = store.User{}
	}
	v.CSRF, v.Station = s.csrf(c), stationOf(c)
	visitOf(c).User = store.User{} // the page is nobody's yet
	return s.page(c, head{Title: v.Station.Name}, "station/show", v)
}

// sitDown handles POST /station: a person gives their PIN.
func (s *Server) sitDown(c *fiber.Ctx) error {
	st := stationOf(c)
	if st.ID == 0 {
		return c.Redirect("/login", http.StatusSeeOther)
	}
	v := atStation{Next: ownPath(formText(c, "next"), "/dashboard")}
	id, err := formID[store.UserID](c, "user")
	if err != nil {
		return err
	}
	v.Who.ID = id
	u, err := s.Store.CheckPIN(c.UserContext(), st.ID, id, formText(c, "pin"))
	e, ok := errors.AsType[*store.Error](err)
	switch {
	case err == nil:
		s.desk.sit(sessionKey(visitOf(c).cookie), u, s.Store.Now())
		return c.Redirect(v.Next, http.StatusSeeOther)
	case ok && e.Code == store.TooMany:
		c.Status(http.StatusTooManyRequests)
		c.Set(fiber.HeaderRetryAfter, seconds(e.RetryAfter))
	case ok && e.Code == store.Forbidden:
		c.Status(http.StatusUnprocessableEntity)
	default:
		return err
	}
	s.Log.Warn("pin refused", "id", visitOf(c).ID, "station", uint64(st.ID), "user", uint64(id), "code", e.Code)
	v.Problem = e.Message
	return s.stationPage(c, v)
}

// standUp handles POST /station/leave: the next person is asked for their PIN.
func (s *Server) standUp(c *fiber.Ctx) error {
	if stationOf(c).ID == 0 {
		return c.Redirect("/dashboard", http.StatusSeeOther)
	}
	s.desk.leave(sessionKey(visitOf(c).cookie))
	return c.Redirect("/station", http.StatusSeeOther)
}

// askForPIN leads a station on which nobody acts to the page that asks who it is, and from there back.
func (s *Server) askForPIN(c *fiber.Ctx) error {
	to := "/station?" + url.Values{"next": {s.wanted(c)}}.Encode()
	if fromHTMX(c) {
		c.Set("HX-Redirect", to)
		return c.SendStatus(http.StatusNoContent)
	}
	return c.Redirect(to, http.StatusSeeOther)
}

// A deskLine is what the frame of a station says of who acts.
type deskLine struct{ CSRF, Name, Station string }
