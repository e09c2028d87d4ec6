package handlers

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

// pad is the data of move/pad: the page with the keypad.
type pad struct {
	moveForm
	Verb   verb
	Keypad keypad
	Label  string // of the button
	Cancel string // where giving up leads
	Other  string // an adjustment's page for the other way
	Words  string // of the places and the job, when they are settled and the store asks
}

// newMovement handles GET /items/:id/move.
func (s *Server) newMovement(c *fiber.Ctx) error {
	id, err := store.ParseID[store.ItemID](c.Params("id"))
	if err != nil {
		return err
	}
	f := moveForm{OnPad: true, Kind: c.Query("kind", string(store.Issue)), Quantity: c.Query("quantity"), Unit: c.Query("unit"),
		From: c.Query("from"), To: c.Query("to"), Job: c.Query("job"), Line: c.Query("line"),
		Reason: c.Query("reason"), Note: c.Query("note"), Back: ownPath(c.Query("back"), ""), Instead: c.Query("instead"), Seen: c.Query("seen")}
	v, err := verbOf(store.Kind(f.Kind))
	if err != nil {
		return err
	}
	sheet, err := s.Store.ItemSheet(c.UserContext(), id, 0)
	if err != nil {
		return err
	}
	if err := s.offer(c, &f, sheet); err != nil {
		return err
	}
	f.suggest(v)
	return s.showPad(c, f)
}

// suggest fills in what a person would most likely choose.
func (f *moveForm) suggest(v verb) {
	v = v.way(f.From, f.To)
	if v.From != "" && f.From == "" {
		f.From = f.source().ID.String()
	}
	if v.To != "" && f.To == "" && v.Kind != store.Transfer {
		f.To = f.Stock.Place.String()
	}
	if f.Quantity == "" {
		f.Quantity = f.likely(v).String()
	}
}

// source is the place f takes from: the one that is chosen, or the item's own if it has some, or the
// one that has most.
func (f *moveForm) source() placeChoice {
	var own, most placeChoice
	for _, p := range f.Places {
		switch {
		case p.ID.String() == f.From:
			return p
		case p.ID == f.Stock.Place:
			own = p
		}
		if p.OnHand > most.OnHand {
			most = p
		}
	}
	if own.OnHand > 0 || most.ID == 0 {
		return own
	}
	return most
}

// likely is what the job still needs, what the books say is there, or one.
func (f *moveForm) likely(v verb) store.Qty {
	if v.Kind == store.Count {
		return max(0, f.standing(f.To))
	}
	for _, j := range f.Jobs {
		switch {
		case j.ID.String() != f.Job:
		case v.Kind == store.Issue && j.Need > 0:
			return j.Need
		case v.Kind == store.Return && j.Out > 0:
			return j.Out
		}
	}
	return oneUnit
}

const oneUnit store.Qty = 1000

// standing is what stands at the place with this id.
func (f *moveForm) standing(place string) store.Qty {
	for _, p := range f.Places {
		if p.ID.String() == place {
			return p.OnHand
		}
	}
	return 0
}

// showPad answers with the keypad's page.
func (s *Server) showPad(c *fiber.Ctx, f moveForm) error {
	v, err := verbOf(store.Kind(f.Kind))
	if err != nil {
		return err
	}
	v = v.way(f.From, f.To)
	p := pad{moveForm: f, Verb: v, Cancel: f.Back}
	if p.Cancel == "" {
		p.Cancel = "/items/" + f.Stock.ID.String()
	}
	p.Keypad, p.Label = f.keypad(v), v.label("", "")
	if q, err := baseAmount(f.Stock.Item, f.Quantity, f.Unit); err == nil {
		p.Label = v.label(showQty(q), f.Stock.Unit)
	}
	if v.Kind == store.Adjust {
		p.Other = f.turned().Href()
	}
	if f.Ask != nil {
		p.Words = f.settled(v)
	}
	if partial(c) {
		return s.fragments(c, part{"move/pad", p})
	}
	h := head{Title: v.Name + " " + f.Stock.Name, Section: "items", Task: true, Narrow: true}
	return s.page(c, h, "move/pad", p)
}

// keypad is the amount as it is written, and what it would come to where v acts.
func (f moveForm) keypad(v verb) keypad {
	place := f.From
	if v.From == "" {
		place = f.To
	}
	k := keypad{Stock: f.Stock.Item, Quantity: f.Quantity, Unit: f.Unit, Problem: f.Problem, Before: f.standing(place), Settled: f.Ask != nil}
	q, err := baseAmount(k.Stock, k.Quantity, k.Unit)
	switch {
	case err != nil: // comes back as typed, with a complaint beside it
		k.After = k.Before
	case v.Kind == store.Count:
		k.After = q
	default:
		k.After = k.Before + store.Qty(v.Effect)*q
	}
	if v.Effect < 0 && k.Before > oneUnit {
		k.All = k.Before.String()
	}
	return k
}

// turned is the adjustment the other way.
func (f moveForm) turned() moveForm {
	f.From, f.To = f.To, f.From
	return f
}

// settled says in words what was chosen.
func (f moveForm) settled(v verb) string {
	var words []string
	for _, p := range f.Places {
		switch p.ID.String() {
		case f.From:
			words = append(words, "from "+p.Name)
		case f.To:
			words = append(words, "to "+p.Name)
		}
	}
	for _, j := range f.Jobs {
		if v.Job && j.ID.String() == f.Job {
			words = append(words, "for "+jobNumber(j.Number))
		}
	}
	if len(words) == 0 {
		return ""
	}
	text := strings.Join(words, ", ")
	return strings.ToUpper(text[:1]) + text[1:]
}

// Says is what the button begins with.
func (p pad) Says() string { return p.Verb.says() }

// Wants is what a job asks for with this verb: what it still needs, or what came out for it.
func (p pad) Wants(j jobChoice) store.Qty {
	if p.Verb.Kind == store.Return {
		return j.Out
	}
	return j.Need
}

// PadEnd is one end to choose. Only a move must be told where it goes.
func (p pad) PadEnd(name, label string) endChoice {
	e := p.End(name, label)
	e.Field, e.Open, e.Outside = name, "", nil
	if e.Chosen == "" {
		e.Open, e.Needed = "Choose where", true
	}
	return e
}
