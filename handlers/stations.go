package handlers

import (
	"net/http"

	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

// stationList is the data of station/list: the shared devices, and a form to make this one one of them.
type stationList struct {
	CSRF    string
	Chips   moreChips
	Rows    []store.Station
	Name    string // as typed
	Problem complaints
	PINs    int // people who could act there
}

// listStations handles GET /admin/stations.
func (s *Server) listStations(c *fiber.Ctx) error { return s.stationsPage(c, stationList{}) }

func (s *Server) stationsPage(c *fiber.Ctx, v stationList) error {
	var err error
	if v.Rows, err = s.Store.Stations(c.UserContext()); err != nil {
		return err
	}
	holders, err := s.Store.PINHolders(c.UserContext())
	if err != nil {
		return err
	}
	v.CSRF, v.Chips, v.PINs = s.csrf(c), chipsOf(c, "stations"), len(holders)
	return s.page(c, head{Title: "Stations", Section: "more", Back: &crumb{"/more", "More"}, Narrow: true}, "station/list", v)
}

// makeStation handles POST /admin/stations: from here on the device that asked is a station, and whoever asked
// is signed out on it.
func (s *Server) makeStation(c *fiber.Ctx) error {
	u, name := user(c), formText(c, "name")
	st, err := s.Store.AddStation(c.UserContext(), u.Actor(), name)
	if p, ok := complaintsIn(err); ok && store.CodeOf(err) == store.Invalid {
		c.Status(http.StatusUnprocessableEntity)
		return s.stationsPage(c, stationList{Name: name, Problem: p})
	}
	if err != nil {
		return err
	}
	now := s.Store.Now()
	if err := s.startSession(c, session{Station: st.ID, Created: now, Seen: now}); err != nil {
		return err
	}
	visitOf(c).User = store.User{}
	s.Log.Info("station made", "id", visitOf(c).ID, "station", uint64(st.ID), "user", uint64(u.ID))
	return c.Redirect("/station", http.StatusSeeOther)
}

// endStation handles POST /admin/stations/:id/end: a device that was lost, or has another use.
func (s *Server) endStation(c *fiber.Ctx) error {
	id, err := store.ParseID[store.StationID](c.Params("id"))
	if err != nil {
		return err
	}
	if err := s.Store.EndStation(c.UserContext(), user(c).Actor(), id); err != nil {
		return err
	}
	return s.done(c, "/admin/stations", toast{Text: "The station is signed out."})
}
