package handlers

import (
	"errors"
	"net/http"

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
	u := store.Undo{Movement: id, WholeAct: formTick(c, "whole"), RequestID: request, By: user(c).Actor(),
		Confirmed: formTick(c, "confirm")}
	r, err := s.Store.Undo(c.UserContext(), u)
	if e, ok := errors.AsType[*store.Error](err); ok && e.Code == store.Unusual {
		return s.askAboutUndo(c, u, e.Message)
	}
	if err != nil {
		return err
	}
	t, err := s.undoneToast(c, r)
	if err != nil {
		return err
	}
	back := ownPath(formText(c, "back"), "/items/"+r.Movements[0].Item.String())
	if !partial(c) {
		return s.done(c, back, t)
	}
	parts := []part{{"layout/toast", t}}
	if (undoForm{Back: back}).Stays() {
		entry, err := s.Store.Entry(c.UserContext(), id)
		if err != nil {
			return err
		}
		hits, err := s.hits(c, []store.HistoryEntry{entry}, back)
		if err != nil {
			return err
		}
		hits[0].OOB = true
		parts = append(parts, part{"scan/hit", hits[0]})
	}
	return s.fragments(c, parts...)
}

// undoAsk is the data of move/undo: the store asks whether an undo is meant.
type undoAsk struct {
	undoForm
	Ask confirm
}

// askAboutUndo answers with the store's question. Nothing was undone.
func (s *Server) askAboutUndo(c *fiber.Ctx, u store.Undo, question string) error {
	back := ownPath(formText(c, "back"), "/history")
	v := undoAsk{undoForm{Movement: u.Movement, WholeAct: u.WholeAct, CSRF: s.csrf(c), RequestID: u.RequestID, Back: back},
		confirm{Question: question, Note: "What is below zero is marked to be counted.", Yes: "Undo it", Back: back}}
	c.Status(http.StatusUnprocessableEntity)
	if partial(c) {
		c.Set("HX-Retarget", "#main")
		c.Set("HX-Reswap", "innerHTML")
		return s.fragments(c, part{"move/undo", v})
	}
	return s.page(c, head{Title: "Undo", Section: "more", Narrow: true, Back: &crumb{back, "Back"}}, "move/undo", v)
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
