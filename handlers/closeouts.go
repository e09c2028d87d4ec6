package handlers

import (
	"strconv"

	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

const cardsPerPage = 20

// closeoutList is the data of back/list: closed jobs of which nobody said what came back.
type closeoutList struct {
	Cards []store.CloseoutCard
	Pages pager
}

// listCloseouts handles GET /closeouts.
func (s *Server) listCloseouts(c *fiber.Ctx) error {
	p, err := s.Store.Closeouts(c.UserContext(), c.QueryInt("page", 1), cardsPerPage)
	if err != nil {
		return err
	}
	v := closeoutList{Cards: p.Cards, Pages: newPager(p.Page, cardsPerPage, p.Total, func(page int) string { return "/closeouts?page=" + strconv.Itoa(page) })}
	if partial(c) {
		return s.fragments(c, part{"back/list", v})
	}
	return s.page(c, head{Title: "What came back?", Section: "jobs", Back: &crumb{"/jobs", "Jobs"}, Narrow: true}, "back/list", v)
}
