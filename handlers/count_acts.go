package handlers

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

// tallyLine handles POST /count/lines: one line of a count, from its row or from the keypad.
func (s *Server) tallyLine(c *fiber.Ctx) error {
	field := func(name string) string { return formText(c, name) }
	sc, err := readScope(field)
	if err != nil {
		return err
	}
	at, err := readSpot(field)
	if err != nil {
		return err
	}
	answer := store.CountAnswer{Item: at.Item, Place: at.Place, Right: formTick(c, "right"), By: user(c).Actor()}
	seen, err := strconv.ParseUint(formText(c, "seen"), 10, 64)
	answer.Seen = store.MovementID(seen)
	if err != nil {
		err = fieldError("seen", "The form does not say what you saw. Open the page again.")
	} else if !answer.Right {
		answer.Counted, err = formQty(c, "quantity")
	}
	if err == nil {
		answer.Pack, err = formPack(c, "unit")
	}
	if err == nil {
		err = s.Store.TallyCount(c.UserContext(), answer)
	}
	ask := store.CountAsk{Scope: sc.CountScope, At: at, Next: true}
	v := countShow{countScope: sc}
	if err != nil {
		return s.tallyAgain(c, v, ask, err)
	}
	if !formTick(c, "pad") { // from the list: it stays where it is, with its lines
		ask.Page, _ = strconv.Atoi(formText(c, "page")) // 0, if it is no number: where the current line is
	}
	if !partial(c) {
		return s.done(c, sc.Href("at", at.Place.String(), "item", at.Item.String(), "next", "1"), toast{})
	}
	return s.answerCount(c, v, ask)
}

// tallyAgain answers a line that was not taken, with what was typed and why.
func (s *Server) tallyAgain(c *fiber.Ctx, v countShow, ask store.CountAsk, why error) error {
	e, ok := errors.AsType[*store.Error](why)
	if !ok || e.Code != store.Invalid && e.Code != store.Conflict {
		return why
	}
	v.Pad.Problem, _ = complaintsIn(why)
	if e.Code == store.Invalid {
		v.Pad.Quantity, v.Pad.Unit = formText(c, "quantity"), formText(c, "unit")
	}
	ask.Next = false
	c.Status(http.StatusUnprocessableEntity)
	return s.answerCount(c, v, ask)
}

// finishCount handles POST /count/finish.
func (s *Server) finishCount(c *fiber.Ctx) error {
	sc, err := readScope(func(name string) string { return formText(c, name) })
	if err != nil {
		return err
	}
	request, err := requestID(c)
	if err != nil {
		return err
	}
	r, waiting, err := s.Store.FinishCount(c.UserContext(), store.CountFinish{RequestID: request, By: user(c).Actor(),
		Scope: sc.CountScope, Approves: admit(managers, user(c).Role) == nil})
	if err != nil {
		return err
	}
	return s.done(c, "/counts", s.finishedToast(c, r, waiting))
}

// finishedToast says what a count booked, from the booking alone.
func (s *Server) finishedToast(c *fiber.Ctx, r store.Receipt, waiting int) toast {
	off := 0
	for _, m := range r.Movements {
		if m.Counted != m.Was {
			off++
		}
	}
	t := toast{Text: plural(len(r.Movements), "item", "items") + " counted, all as the books say"}
	switch {
	case off > 0:
		t.Text = plural(len(r.Movements), "item", "items") + " counted, " + plural(off, "was", "were") + " off"
	case len(r.Movements) == 0:
		t.Text = "Counted"
	}
	if waiting > 0 {
		t.Text += ". " + plural(waiting, "difference waits", "differences wait") + " for approval"
	}
	if len(r.Movements) > 0 {
		t.Undo = &undoForm{Movement: r.Movements[0].ID, WholeAct: true, CSRF: s.csrf(c), RequestID: newID(), Back: "/counts"}
	}
	return t
}

// throwCount handles POST /count/throw.
func (s *Server) throwCount(c *fiber.Ctx) error {
	sc, err := readScope(func(name string) string { return formText(c, name) })
	if err != nil {
		return err
	}
	n, err := s.Store.ThrowCount(c.UserContext(), user(c).Actor(), sc.CountScope)
	if err != nil {
		return err
	}
	return s.done(c, "/counts", toast{Text: plural(n, "line", "lines") + " thrown away. Nothing was booked."})
}
