package handlers

import (
	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

// scanPick handles POST /jobs/:id/pick/scan and POST /pick/scan: the scanned item's line is ticked.
func (s *Server) scanPick(c *fiber.Ctx) error {
	sc, err := s.readPickScope(c)
	if err != nil {
		return err
	}
	request, err := requestID(c)
	if err != nil {
		return err
	}
	code := formText(c, "code")
	it, err := s.Store.ItemByCode(c.UserContext(), code)
	if store.CodeOf(err) == store.NotFound {
		return s.pickConflict(c, sc, "No item has the code "+code+". Nothing was booked.")
	}
	if err != nil {
		return err
	}
	list, err := s.Store.PickList(c.UserContext(), sc.scope())
	if err != nil {
		return err
	}
	listed := false
	for _, l := range list.Lines {
		if listed = listed || l.Stock.ID == it.ID; l.Stock.ID != it.ID || l.Done() {
			continue
		}
		r := s.pickRow(c, sc, l, false)
		q := r.Here()
		if q == 0 {
			q = r.ToPick() // somebody holds it in the hand: the books are wrong, and the store asks
		}
		return s.bookPick(c, sc, store.Pick{RequestID: request, By: user(c).Actor(), PickRef: l.Ref(), Qty: q,
			Seen: r.ToPick(), From: l.Source.Place.ID, To: sc.To, Confirmed: formTick(c, "confirm")})
	}
	if listed {
		return s.pickConflict(c, sc, it.Name+" is picked already.")
	}
	return s.pickConflict(c, sc, it.Name+" is not on this list. Nothing was booked.")
}

// choosePickSource handles POST /jobs/:id/pick/from: the line is taken from another place.
func (s *Server) choosePickSource(c *fiber.Ctx) error {
	return s.markPick(c, func(ref store.PickRef) error {
		from, err := formID[store.PlaceID](c, "from")
		if err != nil {
			return err
		}
		return chosenWrong(s.Store.ChooseSource(c.UserContext(), ref, from))
	})
}

// markPickShort handles POST /jobs/:id/pick/short: the line was not found, and why. Without a reason it is looked for again.
func (s *Server) markPickShort(c *fiber.Ctx) error {
	return s.markPick(c, func(ref store.PickRef) error {
		return s.Store.MarkShort(c.UserContext(), user(c).Actor(), ref, formText(c, "reason"))
	})
}

// markPick notes something about a line and answers with the list as it is now.
func (s *Server) markPick(c *fiber.Ctx, note func(store.PickRef) error) error {
	sc, err := s.readPickScope(c)
	if err != nil {
		return err
	}
	ref, err := readPickRef(c)
	if err != nil {
		return err
	}
	if err := note(ref); err != nil {
		return err
	}
	if !partial(c) {
		return s.done(c, sc.Href(), toast{})
	}
	v, err := s.pickPage(c, sc)
	if err != nil {
		return err
	}
	return s.answerPick(c, v)
}
