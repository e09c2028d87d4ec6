package handlers

import (
	"errors"
	"net/http"
	"slices"

	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

// longestList is how many lines a list holds: it travels in its address.
const longestList = 60

// loadShow is the data of load/show: what is to be moved to a place, in one act.
type loadShow struct {
	Problem   complaints
	Rows      []loadRow
	Missing   []store.LoadShort
	To        store.Place
	ToID      string // as chosen; "" while none is
	Places    []store.Place
	Restock   bool
	Typed     string // in the field for a code
	Ask       *confirm
	CSRF      string
	RequestID string
	Who       string // answers for the place it goes to
}

// Keypad has the keys for the amount that has the focus.
func (v loadShow) Keypad() keypad { return keypad{OnFocus: true} }

// Adds reports whether more can come on the list.
func (v loadShow) Adds() bool { return !v.Restock && v.Ask == nil }

// loadRow is the data of load/row: one line of the list.
type loadRow struct {
	store.LoadLine
	N        int
	Quantity string // as typed
	Unit     string // as chosen: a pack; "" is the item's unit
	Drop     string // address of the list without this line
	Problem  complaints
	Settled  bool // the store asks about the list as it stands
	Whole    bool
}

// Units are what its amount can be in. One is chosen; none when there is only the item's unit.
func (r loadRow) Units() []unitChoice {
	if len(r.Item.Packs) == 0 {
		return nil
	}
	return unitsOf(r.Item, r.Unit)
}

// Packs is what the amount is in the item's unit, when it is said in packs.
func (r loadRow) Packs() string {
	if text := packText(r.Qty, r.Pack); text != "" {
		return text + " = " + showQty(r.Qty) + " " + r.Item.Unit
	}
	return ""
}

// Lacks is what the place it comes from has not got.
func (r loadRow) Lacks() store.Qty { return max(0, r.Qty-max(0, r.There)) }

// Others are the places it could come from instead.
func (r loadRow) Others() []store.Balance {
	return slices.DeleteFunc(slices.Clone(r.At), func(b store.Balance) bool { return b.Place.ID == r.From.ID || b.OnHand == 0 })
}

// showLoad handles GET /load: a list that is written, line by line, or what brings a place up to its pars.
func (s *Server) showLoad(c *fiber.Ctx) error {
	f := readLoad(func(yield func(name, value string)) {
		c.Context().QueryArgs().VisitAll(func(k, v []byte) { yield(string(k), string(v)) })
	})
	v := loadShow{ToID: f.To, Typed: f.Code}
	if c.Query("restock") != "" {
		to, err := store.ParseID[store.PlaceID](f.To)
		if err != nil {
			return err
		}
		l, err := s.Store.RestockList(c.UserContext(), to)
		if err != nil {
			return err
		}
		v.Restock = true
		return s.answerLoad(c, v, l, listOf(l, v.ToID), nil)
	}
	if f.Code != "" {
		if err := s.loadCode(c, &v, &f); err != nil {
			return err
		}
	}
	return s.loadAgain(c, v, f)
}

// loadCode takes what was scanned: an item comes on the list, a place is where it goes.
func (s *Server) loadCode(c *fiber.Ctx, v *loadShow, f *loadForm) error {
	found, err := s.behind(c, cleanCode(f.Code))
	switch {
	case store.CodeOf(err) == store.NotFound, err == nil && found.Job.ID != 0:
		sentence := "No item has the code “" + f.Code + "”."
		v.Problem = complaints{Message: sentence, Fields: map[string]string{"code": sentence}}
		return nil
	case err != nil:
		return err
	case found.Place.ID != 0:
		f.To = found.Place.ID.String()
		v.ToID = f.To
	default:
		f.Items, f.From, f.Amounts = append(f.Items, found.Item.ID.String()), append(f.From, ""), append(f.Amounts, "")
	}
	v.Typed = ""
	return nil
}

// loadAgain answers with the list of f.
func (s *Server) loadAgain(c *fiber.Ctx, v loadShow, f loadForm) error {
	wants, bad, err := s.loadWants(c.UserContext(), f)
	if err != nil {
		return err
	}
	to, err := read(f.To, store.ParseID[store.PlaceID])
	if err != nil {
		return err
	}
	l, err := s.Store.LoadList(c.UserContext(), to, wants)
	if err != nil {
		return err
	}
	return s.answerLoad(c, v, l, f, bad)
}

// answerLoad answers with the list l, that typed stood for; bad is what is wrong with its lines.
func (s *Server) answerLoad(c *fiber.Ctx, v loadShow, l store.LoadList, typed loadForm, bad map[int]complaints) error {
	var err error
	if v.Places, err = s.Store.Places(c.UserContext()); err != nil {
		return err
	}
	if l.To.User != 0 {
		u, err := s.Store.User(c.UserContext(), l.To.User)
		if err != nil {
			return err
		}
		v.Who = u.Username
	}
	v.To, v.Missing, v.CSRF, v.RequestID = l.To, l.Missing, s.csrf(c), newID()
	all := listOf(l, v.ToID)
	for i, line := range l.Lines {
		r := loadRow{LoadLine: line, N: i, Quantity: all.amount(i), Unit: all.Units[i], Drop: all.Href(i), Settled: v.Ask != nil,
			Problem: bad[i], Whole: line.Item.Whole()}
		if r.Problem.Any() {
			r.Quantity, r.Unit = typed.amount(i), typed.Units[i]
		}
		v.Rows = append(v.Rows, r)
	}
	if v.Ask != nil {
		v.Ask.Back = all.Href(-1)
	}
	if partial(c) {
		return s.fragments(c, part{"load/show", v})
	}
	h := head{Title: "Move a list", Section: "more", Back: &crumb{"/places", "Places"}}
	if v.ToID != "" && l.To.ID != 0 {
		h.Title, h.Back = "Move to "+l.To.Name, &crumb{"/places/" + l.To.ID.String(), l.To.Name}
	}
	return s.page(c, h, "load/show", v)
}

// addToLoad puts what was scanned or typed on the list, and books nothing. The list as it is then has an address.
func (s *Server) addToLoad(c *fiber.Ctx, f loadForm) error {
	v := loadShow{ToID: f.To, Typed: f.Code}
	if f.Code != "" {
		if err := s.loadCode(c, &v, &f); err != nil {
			return err
		}
	}
	_, bad, err := s.loadWants(c.UserContext(), f)
	if err != nil {
		return err
	}
	switch {
	case v.Problem.Any() || len(bad) > 0:
		c.Status(http.StatusUnprocessableEntity)
	case !partial(c):
		return c.Redirect(f.Href(-1), fiber.StatusSeeOther)
	default:
		c.Set("HX-Replace-Url", f.Href(-1))
	}
	return s.loadAgain(c, v, f)
}

// bookLoad handles POST /load: the whole list, in one act; or, with a code, one line more.
func (s *Server) bookLoad(c *fiber.Ctx) error {
	f := readLoad(func(yield func(name, value string)) {
		c.Context().PostArgs().VisitAll(func(k, v []byte) { yield(string(k), string(v)) })
	})
	if f.Code != "" || formTick(c, "add") {
		return s.addToLoad(c, f)
	}
	request, err := requestID(c)
	if err != nil {
		return err
	}
	v := loadShow{ToID: f.To}
	wants, bad, err := s.loadWants(c.UserContext(), f)
	if err != nil {
		return err
	}
	to, err := read(f.To, store.ParseID[store.PlaceID])
	if err == nil && to == 0 {
		err = fieldError("to", "Choose where it goes.")
	}
	var r store.Receipt
	if err == nil && len(bad) == 0 {
		act := store.Act{RequestID: request, By: user(c).Actor(), Confirmed: formTick(c, "confirm")}
		for _, w := range wants {
			act.Entries = append(act.Entries, store.Entry{Item: w.Item, Kind: store.Transfer, Qty: w.Pack.Count(w.Qty), Pack: w.Pack, From: w.From, To: to})
		}
		if r, err = s.Store.Book(c.UserContext(), act); err == nil {
			return s.loaded(c, r)
		}
	}
	e, ok := errors.AsType[*store.Error](chosenWrong(err))
	switch {
	case err == nil: // an amount is wrong
	case !ok || e.Code != store.Invalid && e.Code != store.Unusual:
		return err
	case e.Code == store.Unusual:
		v.Ask = &confirm{Question: e.Message, Note: "The rest of the list is booked with it.", Yes: "Move " + plural(len(wants), "line", "lines")}
	default:
		v.Problem, _ = complaintsIn(e)
	}
	c.Status(http.StatusUnprocessableEntity)
	return s.loadAgain(c, v, f)
}

// loaded leads to the place that was loaded, and says so.
func (s *Server) loaded(c *fiber.Ctx, r store.Receipt) error {
	to, err := s.Store.Place(c.UserContext(), r.Movements[0].To)
	if err != nil {
		return err
	}
	back := "/places/" + to.ID.String()
	t := toast{Text: plural(len(r.Movements), "line", "lines") + " moved to " + to.Name,
		Undo: &undoForm{Movement: r.Movements[0].ID, WholeAct: true, CSRF: s.csrf(c), RequestID: newID(), Back: back}}
	return s.done(c, back, t)
}
