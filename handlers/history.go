package handlers

import (
	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

const entriesPerPage = 30

// historyList is the data of history/list.
type historyList struct {
	Entries []moveEntry
	Older   string // address of the page with older entries; "" at the end
	Later   bool   // this page does not begin with the newest
}

// listHistory handles GET /history.
func (s *Server) listHistory(c *fiber.Ctx) error {
	before, err := beforeQuery[store.MovementID](c)
	if err != nil {
		return err
	}
	acts, more, err := s.Store.History(c.UserContext(), before, entriesPerPage)
	if err != nil {
		return err
	}
	v := historyList{Entries: s.moveEntries(c, acts, historyHref(before)), Later: before != 0}
	for i := range v.Entries {
		v.Entries[i].OfItem = true
	}
	if more {
		v.Older = historyHref(acts[len(acts)-1].ID)
	}
	if partial(c) {
		return s.fragments(c, part{"history/list", v})
	}
	return s.page(c, head{Title: "History", Section: "more", Back: &crumb{"/more", "More"}}, "history/list", v)
}

func historyHref(before store.MovementID) string {
	if before == 0 {
		return "/history"
	}
	return "/history?before=" + before.String()
}
