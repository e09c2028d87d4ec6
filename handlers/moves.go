package handlers

import (
	"errors"
	"net/http"

	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

// moveItem handles POST /items/:id/movements, from the item's page and from the keypad's.
func (s *Server) moveItem(c *fiber.Ctx) error {
	id, err := store.ParseID[store.ItemID](c.Params("id"))
	if err != nil {
		return err
	}
	f := readMoveForm(c)
	r, err := s.book(c, id, f)
	if err != nil {
		return s.moveAgain(c, id, f, err)
	}
	if f.Seen != "" {
		if f.Back, err = s.askAtBack(c, f.Back, r.Movements[0]); err != nil {
			return err
		}
	}
	t, err := s.movedToast(c, r.Movements[0], f.Back)
	if err != nil {
		return err
	}
	if partial(c) && !f.OnPad {
		return s.itemParts(c, id, t)
	}
	return s.done(c, t.Undo.Back, t)
}

func (s *Server) book(c *fiber.Ctx, id store.ItemID, f moveForm) (store.Receipt, error) {
	request, err := requestID(c)
	if err != nil {
		return store.Receipt{}, err
	}
	e, err := s.entry(c.UserContext(), id, f)
	if err != nil {
		return store.Receipt{}, err
	}
	if f.Seen != "" {
		return s.pickPart(c, request, e)
	}
	instead, err := f.insteadOf()
	if err != nil {
		return store.Receipt{}, err
	}
	return s.Store.Book(c.UserContext(), store.Act{RequestID: request, By: user(c).Actor(),
		Entries: []store.Entry{e}, Instead: instead, Confirmed: formTick(c, "confirm")})
}

// pickPart books a part of a line of a pick list, typed on the keypad.
func (s *Server) pickPart(c *fiber.Ctx, request string, e store.Entry) (store.Receipt, error) {
	seen, err := formQty(c, "seen")
	if err != nil {
		return store.Receipt{}, err
	}
	return s.Store.Pick(c.UserContext(), store.Pick{RequestID: request, By: user(c).Actor(), Qty: e.Qty, Seen: seen, From: e.From,
		To: e.To, Pack: e.Pack, PickRef: store.PickRef{Job: e.Job, Line: e.Line, Item: e.Item}, Confirmed: formTick(c, "confirm")})
}

// moveAgain answers a movement that was not booked: with the form, if there is something to
// mend or to confirm in it.
func (s *Server) moveAgain(c *fiber.Ctx, id store.ItemID, f moveForm, why error) error {
	e, ok := errors.AsType[*store.Error](chosenWrong(why))
	if !ok || e.Code != store.Invalid && e.Code != store.Unusual {
		return why
	}
	sheet, err := s.Store.ItemSheet(c.UserContext(), id, 0)
	if err != nil {
		return err
	}
	if err := s.offer(c, &f, sheet); err != nil {
		return err
	}
	if e.Code == store.Unusual {
		f.Ask = s.askAgain(f, e.Message)
	} else {
		f.Problem, _ = complaintsIn(e)
		if f.Problem.Of("request_id") != "" {
			f.RequestID = newID() // what was sent cannot be sent again
		}
	}
	c.Status(http.StatusUnprocessableEntity)
	if f.OnPad {
		return s.showPad(c, f)
	}
	return s.answerItem(c, itemShow{ItemSheet: sheet, Form: f, Open: true})
}

// askAgain is the store's question in the place of the button.
func (s *Server) askAgain(f moveForm, question string) *confirm {
	v, err := verbOf(store.Kind(f.Kind))
	if err != nil {
		return nil // the store asks only about what it could book
	}
	ask := &confirm{Question: question, Yes: v.way(f.From, f.To).label(f.Quantity, f.Stock.Unit), Back: f.Href()}
	if q, err := baseAmount(f.Stock.Item, f.Quantity, f.Unit); err == nil {
		ask.Yes = v.way(f.From, f.To).label(showQty(q), f.Stock.Unit)
		if place := f.source(); v.Effect < 0 && place.OnHand < q {
			ask.Note = place.Name + " goes to " + showQty(place.OnHand-q) + " and is marked to be counted."
		}
	}
	return ask
}

// movedToast says what was booked, from the booking alone, so that a repeat says the same.
func (s *Server) movedToast(c *fiber.Ctx, m store.Movement, back string) (toast, error) {
	it, err := s.Store.Item(c.UserContext(), m.Item)
	if err != nil {
		return toast{}, err
	}
	if back == "" {
		back = "/items/" + it.ID.String()
	}
	t := toast{Undo: &undoForm{Movement: m.ID, CSRF: s.csrf(c), RequestID: newID(), Back: back}}
	amount, total := amountText(m.Qty, it.Unit), showQty(m.OnHand)
	if said := saidAs(m); said != "" {
		amount += " (" + said + ")"
	}
	switch m.Kind {
	case store.Issue, store.ScrapKind:
		t.Text = amount + " " + pastOf(m.Kind) + ", " + total + " left"
	case store.Receive, store.Return:
		t.Text = amount + " " + pastOf(m.Kind) + ", " + total + " on hand"
	case store.Transfer:
		to, err := s.Store.Place(c.UserContext(), m.To)
		if err != nil {
			return toast{}, err
		}
		t.Text = amount + " moved to " + to.Name
	case store.Adjust:
		sign := "+"
		if m.To.Virtual() {
			sign = "−"
		}
		t.Text = "Adjusted by " + sign + amount + ", " + total + " on hand"
	case store.Count:
		t.Text = "Counted " + showQty(m.Counted) + " " + it.Unit + ", as the books say"
		if m.Counted != m.Was {
			t.Text = "Counted " + showQty(m.Counted) + " " + it.Unit + ", was " + showQty(m.Was)
		}
	}
	return t, nil
}

func pastOf(kind store.Kind) string {
	v, err := verbOf(kind)
	if err != nil {
		return "booked"
	}
	return v.Past
}
