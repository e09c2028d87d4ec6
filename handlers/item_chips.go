package handlers

import (
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

// chip is one choice of a filter.
type chip struct {
	Href, Text, Icon string
	Count            int // shown if Counted
	Counted, Current bool
}

// Number is the count as people read it.
func (ch chip) Number() string { return showCount(ch.Count) }

// itemChips are the filters beside q, and how many active items there are. What is chosen
// comes before what is not, so that it is in sight on a phone.
func (s *Server) itemChips(c *fiber.Ctx, q itemQuery, places []store.Place) ([]chip, int, error) {
	n, err := s.Store.Counts(c.UserContext())
	if err != nil {
		return nil, 0, err
	}
	categories, err := s.Store.Categories(c.UserContext())
	if err != nil {
		return nil, 0, err
	}
	whole := q.Q == "" // counts are of the catalogue, not of what was found
	top := []chip{
		{Href: q.Unfiltered(), Text: "All", Count: n.Items, Counted: whole, Current: !q.Filtered()},
		{Href: itemQuery{Q: q.Q, Low: "out"}.Href(), Text: "Out", Icon: "out",
			Count: n.Out, Counted: whole, Current: q.Low == "out"},
		{Href: itemQuery{Q: q.Q, Low: "1"}.Href(), Text: "Low or out", Icon: "low",
			Count: n.Low + n.Out, Counted: whole, Current: q.Low == "1"},
	}
	var rest []chip
	for _, name := range categories {
		rest = append(rest, chip{Href: itemQuery{Q: q.Q, Category: name}.Href(), Text: name,
			Current: strings.EqualFold(name, q.Category)})
	}
	for _, p := range places {
		if p.Kind == store.KindShelf && p.ID != q.Place {
			continue // there are hundreds; each has its own page
		}
		rest = append(rest, chip{Href: itemQuery{Q: q.Q, Place: p.ID}.Href(), Text: p.Name,
			Icon: placeIcon(p.Kind), Current: p.ID == q.Place})
	}
	if n.Archived > 0 || q.Archived {
		rest = append(rest, chip{Href: itemQuery{Q: q.Q, Archived: true}.Href(), Text: "Archived",
			Count: n.Archived, Counted: whole, Current: q.Archived})
	}
	slices.SortStableFunc(rest, func(a, b chip) int {
		switch {
		case a.Current == b.Current:
			return 0
		case a.Current:
			return -1
		}
		return 1
	})
	return append(top, rest...), n.Items, nil
}
