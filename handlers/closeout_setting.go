package handlers

import (
	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

// closeoutSetting is the data of back/setting: what happens when a job is closed.
type closeoutSetting struct {
	CSRF  string
	Mode  store.CloseoutMode
	Modes []closeoutChoice
	Chips moreChips
}

// closeoutChoice is one thing that may happen.
type closeoutChoice struct {
	Mode        store.CloseoutMode
	Title, Text string
}

var closeoutChoices = []closeoutChoice{
	{store.CloseoutAsk, "Ask what came back", "A card on Today and on Jobs waits until somebody says it."},
	{store.CloseoutUsed, "Count it as used", "All that is out counts as used, and nobody is asked."},
	{store.CloseoutIgnore, "Do nothing", "What is out stays out. It can be put back on the job's page at any time."},
}

// showCloseoutSetting handles GET /admin/closeout.
func (s *Server) showCloseoutSetting(c *fiber.Ctx) error {
	m, err := s.Store.CloseoutMode(c.UserContext())
	if err != nil {
		return err
	}
	v := closeoutSetting{CSRF: s.csrf(c), Mode: m, Modes: closeoutChoices, Chips: chipsOf(c, "closeout")}
	return s.page(c, head{Title: "Closed jobs", Section: "more", Back: &crumb{"/more", "More"}, Narrow: true}, "back/setting", v)
}

// saveCloseoutSetting handles POST /admin/closeout.
func (s *Server) saveCloseoutSetting(c *fiber.Ctx) error {
	if err := s.Store.SetCloseoutMode(c.UserContext(), user(c).Actor(), store.CloseoutMode(formText(c, "mode"))); err != nil {
		return err
	}
	return s.done(c, "/admin/closeout", toast{Text: "Saved. It goes for jobs that are closed from now on."})
}
