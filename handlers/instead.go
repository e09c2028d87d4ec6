package handlers

import (
	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

// insteadOf is the movement that f takes the place of, 0 for none. It fails with [store.Invalid] for what is none.
func (f moveForm) insteadOf() (store.MovementID, error) {
	if f.Instead == "" {
		return 0, nil
	}
	id, err := store.ParseID[store.MovementID](f.Instead)
	if err != nil {
		return 0, store.Errorf(store.Invalid, "What this takes the place of is not there.")
	}
	return id, nil
}

// offerInstead shows what is at each place as it is once the movement in f's place is taken back.
func (s *Server) offerInstead(c *fiber.Ctx, f *moveForm) error {
	id, err := f.insteadOf()
	if id == 0 {
		return err
	}
	m, err := s.Store.Movement(c.UserContext(), id)
	if err != nil {
		return err
	}
	for i := range f.Places {
		switch p := &f.Places[i]; p.ID {
		case m.From:
			p.OnHand += m.Qty
		case m.To:
			p.OnHand -= m.Qty
		}
	}
	return nil
}
