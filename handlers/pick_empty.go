package handlers

import (
	"net/url"
	"slices"

	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

// emptyAsk asks whether a shelf is empty that should be.
type emptyAsk struct {
	Item      store.Item
	Place     store.Place
	CSRF      string
	RequestID string
	Back      string
}

// CountHref is the keypad on which the answer no is counted.
func (e emptyAsk) CountHref() string {
	return "/items/" + e.Item.ID.String() + "/move?" + url.Values{"kind": {"count"}, "to": {e.Place.ID.String()},
		"quantity": {"1"}, "back": {e.Back}}.Encode()
}

// askEmpty asks about the shelves that should be empty, as long as the books say so too.
func (s *Server) askEmpty(c *fiber.Ctx, v *pickPage) error {
	asked := v.Empty
	v.Empty = nil
	for _, e := range asked {
		st, err := s.Store.Stock(c.UserContext(), e.Item)
		if store.CodeOf(err) == store.NotFound {
			continue
		}
		if err != nil {
			return err
		}
		p, err := s.Store.Place(c.UserContext(), e.Place)
		if store.CodeOf(err) == store.NotFound {
			continue
		}
		if err != nil {
			return err
		}
		if !emptyAt(st, e.Place) {
			continue
		}
		v.Empty = append(v.Empty, e)
		v.Asks = append(v.Asks, emptyAsk{Item: st.Item, Place: p, CSRF: v.CSRF, RequestID: newID()})
	}
	for i, e := range v.Empty { // answered, a question is asked no more
		back := v.pickScope
		back.Empty = slices.DeleteFunc(slices.Clone(v.Empty), func(o spot) bool { return o == e })
		v.Asks[i].Back = back.Href()
	}
	return nil
}

// emptyAt says that nothing of the item stands at the place.
func emptyAt(st store.Stock, place store.PlaceID) bool {
	for _, b := range st.At {
		if b.Place.ID == place && b.OnHand != 0 {
			return false
		}
	}
	return true
}

// noteEmptied adds the shelves to ask about that the act has emptied.
func (s *Server) noteEmptied(c *fiber.Ctx, sc *pickScope, r store.Receipt) error {
	for _, m := range r.Movements {
		if len(sc.Empty) == mostSpots {
			return nil
		}
		empty, err := s.emptied(c, m)
		if err != nil {
			return err
		}
		if empty {
			sc.Empty = append(sc.Empty, spot{m.Item, m.From})
		}
	}
	return nil
}

// emptied says that nothing is left where m took from.
func (s *Server) emptied(c *fiber.Ctx, m store.Movement) (bool, error) {
	if m.From.Virtual() {
		return false, nil
	}
	st, err := s.Store.Stock(c.UserContext(), m.Item)
	return err == nil && emptyAt(st, m.From), err
}

// askAtBack makes the pick list at back ask whether the shelf is empty that m, typed on the keypad, has emptied.
func (s *Server) askAtBack(c *fiber.Ctx, back string, m store.Movement) (string, error) {
	empty, err := s.emptied(c, m)
	u, bad := url.Parse(back)
	if err != nil || !empty || bad != nil {
		return back, err
	}
	q := u.Query()
	q.Set("empty", pickScope{Empty: append(readSpots(q.Get("empty")), spot{m.Item, m.From})}.EmptyText())
	u.RawQuery = q.Encode()
	return u.String(), nil
}
