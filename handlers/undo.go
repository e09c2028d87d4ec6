package handlers

import (
	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

// undoMovement handles POST /movements/:id/undo. With `whole` it takes back all that was booked together.
func (s *Server) undoMovement(c *fiber.Ctx) error {
	id, err := store.ParseID[store.MovementID](c.Params("id"))
	if err != nil {
		return err
	}
	request, err := requestID(c)
	if err != nil {
		return err
	}
	r, err := s.Store.Undo(c.UserContext(), store.Undo{Movement: id, WholeAct: formTick(c, "whole"),
		RequestID: request, By: user(c).Actor()})
	if err != nil {
		return err
	}
	t, err := s.undoneToast(c, r)
	if err != nil {
		return err
	}
	if partial(c) {
		return s.fragments(c, part{"layout/toast", t})
	}
	return s.done(c, ownPath(formText(c, "back"), "/items/"+r.Movements[0].Item.String()), t)
}

// undoneToast says what there is again.
func (s *Server) undoneToast(c *fiber.Ctx, r store.Receipt) (toast, error) {
	if n := len(r.Movements); n > 1 {
		return toast{Text: "Undone, all " + showCount(n) + " entries."}, nil
	}
	m := r.Movements[0]
	it, err := s.Store.Item(c.UserContext(), m.Item)
	if err != nil {
		return toast{}, err
	}
	return toast{Text: "Undone. " + showQty(m.OnHand) + " " + it.Unit + " on hand again."}, nil
}
