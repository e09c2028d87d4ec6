package handlers

import (
	"errors"
	"net/http"

	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

// pickLine handles POST /jobs/:id/pick: what was fetched of one line.
func (s *Server) pickLine(c *fiber.Ctx) error {
	sc, p, err := s.readPick(c)
	if err != nil {
		return err
	}
	return s.bookPick(c, sc, p)
}

// readPick reads a form about one line: which list it stands on, and what was fetched.
func (s *Server) readPick(c *fiber.Ctx) (pickScope, store.Pick, error) {
	p := store.Pick{By: user(c).Actor(), Confirmed: formTick(c, "confirm")}
	sc, err := s.readPickScope(c)
	if err != nil {
		return sc, p, err
	}
	if p.PickRef, err = readPickRef(c); err != nil {
		return sc, p, err
	}
	if p.RequestID, err = requestID(c); err != nil {
		return sc, p, err
	}
	if p.Qty, err = formQty(c, "quantity"); err != nil {
		return sc, p, err
	}
	p.Seen, p.To = p.Qty, sc.To
	if seen := formText(c, "seen"); seen != "" {
		if p.Seen, err = formQty(c, "seen"); err != nil {
			return sc, p, err
		}
	}
	p.From, err = formID[store.PlaceID](c, "from")
	return sc, p, err
}

// readPickRef reads which line a form is about.
func readPickRef(c *fiber.Ctx) (ref store.PickRef, err error) {
	if ref.Job, err = store.ParseID[store.JobID](c.Params("id")); err != nil {
		return ref, err
	}
	if ref.Line, err = formID[store.LineID](c, "line"); err != nil {
		return ref, err
	}
	ref.Item, err = formID[store.ItemID](c, "item")
	return ref, err
}

// bookPick books what was fetched and answers with the list as it is now. Somebody else was first: the list says
// who, and nothing is booked.
func (s *Server) bookPick(c *fiber.Ctx, sc pickScope, p store.Pick) error {
	r, err := s.Store.Pick(c.UserContext(), p)
	e, ours := errors.AsType[*store.Error](err)
	switch {
	case ours && e.Code == store.Unusual:
		return s.askAboutPick(c, sc, p, e.Message)
	case ours && e.Code == store.Conflict:
		return s.pickConflict(c, sc, e.Message)
	case err != nil:
		return err
	}
	return s.picked(c, sc, r, 0)
}

// picked answers what was booked.
func (s *Server) picked(c *fiber.Ctx, sc pickScope, r store.Receipt, left int) error {
	if err := s.noteEmptied(c, &sc, r); err != nil {
		return err
	}
	t, err := s.pickedToast(c, sc, r, left)
	if err != nil {
		return err
	}
	if !partial(c) {
		return s.done(c, sc.Href(), t)
	}
	v, err := s.pickPage(c, sc)
	if err != nil {
		return err
	}
	return s.answerPick(c, v, s.toastPart(t))
}

// pickedToast says what was fetched, and offers to take it back.
func (s *Server) pickedToast(c *fiber.Ctx, sc pickScope, r store.Receipt, left int) (toast, error) {
	m := r.Movements[0] // an act that moves nothing is an error
	verb := "taken"
	if m.Kind == store.Transfer {
		verb = "set aside"
	}
	t := toast{Undo: &undoForm{Movement: m.ID, WholeAct: len(r.Movements) > 1, CSRF: s.csrf(c), RequestID: newID(), Back: sc.Href()}}
	if n := len(r.Movements); n > 1 {
		t.Text = plural(n, "line ", "lines ") + verb
	} else {
		it, err := s.Store.Item(c.UserContext(), m.Item)
		if err != nil {
			return t, err
		}
		t.Text = amountText(m.Qty, it.Unit) + " " + it.Name + " " + verb
	}
	if left > 0 {
		t.Text += ". " + plural(left, "line is short", "lines are short")
	}
	return t, nil
}

// pickConflict answers with the list as it is now and why nothing was booked.
func (s *Server) pickConflict(c *fiber.Ctx, sc pickScope, why string) error {
	v, err := s.pickPage(c, sc)
	if err != nil {
		return err
	}
	c.Status(http.StatusConflict)
	if !partial(c) {
		v.Problem = why
		return s.answerPick(c, v)
	}
	// Elsewhere a conflict is told in the toast alone; here the list is what changed.
	c.Set("HX-Retarget", "#pick")
	c.Set("HX-Reswap", "outerHTML")
	return s.answerPick(c, v, s.toastPart(toast{Text: why, Bad: true}))
}

// askAboutPick answers with the list and the store's question in the line. Nothing was booked.
func (s *Server) askAboutPick(c *fiber.Ctx, sc pickScope, p store.Pick, question string) error {
	v, err := s.pickPage(c, sc)
	if err != nil {
		return err
	}
	for i := range v.Shelves {
		for j := range v.Shelves[i].Lines {
			if r := &v.Shelves[i].Lines[j]; r.Ref() == p.PickRef {
				r.Repeat, r.AskQty = p.RequestID, p.Qty
				r.Ask = &confirm{Question: question, Yes: "Take " + amountText(p.Qty, r.Stock.Unit), Back: sc.Href()}
			}
		}
	}
	c.Status(http.StatusUnprocessableEntity)
	return s.answerPick(c, v)
}

// pickAll handles POST /jobs/:id/pick/all and POST /pick/all: all that is here of what is left.
func (s *Server) pickAll(c *fiber.Ctx) error {
	sc, err := s.readPickScope(c)
	if err != nil {
		return err
	}
	all := store.PickAll{By: user(c).Actor(), Scope: sc.scope(), To: sc.To, Confirmed: formTick(c, "confirm")}
	if all.RequestID, err = requestID(c); err != nil {
		return err
	}
	r, left, err := s.Store.PickAll(c.UserContext(), all)
	e, ours := errors.AsType[*store.Error](err)
	switch {
	case ours && e.Code == store.Unusual:
		v, err := s.pickPage(c, sc)
		if err != nil {
			return err
		}
		v.Ask, v.Repeat = &confirm{Question: e.Message, Yes: "Take everything", Back: sc.Href()}, all.RequestID
		c.Status(http.StatusUnprocessableEntity)
		return s.answerPick(c, v)
	case ours && e.Code == store.Conflict:
		return s.pickConflict(c, sc, e.Message)
	case err != nil:
		return err
	}
	return s.picked(c, sc, r, left)
}
