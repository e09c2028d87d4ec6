package handlers

import (
	"net/url"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

// countScope is what a count is about, as its address says it.
type countScope struct {
	store.CountScope
	Blind bool // what the books say is not shown
}

// countShow is the data of count/show: a count, line by line.
type countShow struct {
	store.CountSheet
	countScope
	Title     string
	About     string // under the title
	Rows      []countRow
	Pad       countPad
	Pages     pager
	CSRF      string
	RequestID string // of the finish
	Approves  bool   // no difference of this person waits
	Problem   complaints
	Typed     string // in the field for a code
}

// countRow is the data of count/row: one line of a count.
type countRow struct {
	store.CountLine
	countScope
	Seen    store.MovementID
	Current bool
	Named   bool // the line names its place
	CSRF    string
	Page    int
}

// countPad is the data of count/pad: the keypad for the line to count now.
type countPad struct {
	countRow
	Quantity string // as typed, or what the books say
	Unit     string // as chosen
	Problem  complaints
	Keypad   keypad
	Label    string // of the button
	Left     int    // lines to count, this one among them
}

// Href is the address of the count, with what else is to be said.
func (sc countScope) Href(more ...string) string {
	u := url.Values{}
	set := func(name, value string, yes bool) {
		if yes {
			u.Set(name, value)
		}
	}
	set("place", sc.Place.String(), sc.Place != 0)
	set("category", sc.Category, sc.Category != "")
	set("stale", "1", sc.Stale)
	set("due", "1", sc.Due)
	set("blind", "1", sc.Blind)
	for i := 0; i+1 < len(more); i += 2 {
		u.Set(more[i], more[i+1])
	}
	return "/count?" + u.Encode()
}

// countOfPlace is the address of the count of a place.
func countOfPlace(id store.PlaceID) string {
	return countScope{CountScope: store.CountScope{Place: id}}.Href()
}

// Line is the address of the count with this line to be counted now.
func (r countRow) Line() string {
	return r.Href("at", r.CountLine.Place.ID.String(), "item", r.Item.ID.String())
}

// Skip is the address of the count with the line after this one to be counted.
func (p countPad) Skip() string {
	return p.Href("at", p.CountLine.Place.ID.String(), "item", p.Item.ID.String(), "next", "1")
}

// BlindHref is the address of the same count, blind.
func (v countShow) BlindHref() string {
	sc := v.countScope
	sc.Blind = true
	return sc.Href()
}

// Name is the id of the line on the page.
func (r countRow) Name() string { return r.CountLine.Place.ID.String() + "-" + r.Item.ID.String() }

// RowID is the row's, for links and for what is said at it.
func (r countRow) RowID() string { return "spot-" + r.Name() }

// Here is the address of what is shown.
func (v countShow) Here() string {
	if v.Current.Item.ID != 0 {
		return v.row(v.Current).Line()
	}
	return v.Href()
}

// Right reports whether one tap can say that the books are right.
func (r countRow) Right() bool { return !r.Blind && r.Books >= 0 }

// Off is by how much what was counted differs from what the books said.
func (r countRow) Off() store.Qty { return r.Tally.Differs() }

// readScope reads what a count is about from the address or from a form.
func readScope(value func(string) string) (countScope, error) {
	sc := countScope{CountScope: store.CountScope{Category: value("category"), Stale: value("stale") != "", Due: value("due") != ""},
		Blind: value("blind") != ""}
	var err error
	if place := value("place"); place != "" {
		sc.CountScope.Place, err = store.ParseID[store.PlaceID](place)
	}
	return sc, err
}

// readSpot reads an item at a place; zero: none is named.
func readSpot(value func(string) string) (at store.CountSpot, err error) {
	if value("item") == "" {
		return at, nil
	}
	if at.Item, err = store.ParseID[store.ItemID](value("item")); err != nil {
		return at, err
	}
	at.Place, err = store.ParseID[store.PlaceID](value("at"))
	return at, err
}

// showCount handles GET /count. A code leads to the line of its item.
func (s *Server) showCount(c *fiber.Ctx) error {
	query := func(name string) string { return c.Query(name) }
	sc, err := readScope(query)
	if err != nil {
		return err
	}
	ask := store.CountAsk{Scope: sc.CountScope, Page: max(0, c.QueryInt("page")), Next: c.Query("next") != ""}
	if ask.At, err = readSpot(query); err != nil {
		return err
	}
	v := countShow{countScope: sc, Typed: cleanCode(c.Query("code"))}
	if v.Typed == "" {
		return s.answerCount(c, v, ask)
	}
	place, at, err := s.countCode(c, sc, v.Typed)
	if again, ok := complaintsIn(err); ok {
		v.Problem = again
		return s.answerCount(c, v, ask)
	}
	if err != nil {
		return err
	}
	if place != 0 { // another shelf is next
		to := countOfPlace(place)
		if partial(c) {
			c.Set("HX-Redirect", to)
			return c.SendStatus(fiber.StatusNoContent)
		}
		return c.Redirect(to, fiber.StatusSeeOther)
	}
	v.Typed, ask.At = "", at
	return s.answerCount(c, v, ask)
}

// countCode finds what was scanned: a place, whose count is next, or the line of an item: in the count if it is there, else
// at the place the count is of. It fails with [store.Invalid] when the code leads to no line.
func (s *Server) countCode(c *fiber.Ctx, sc countScope, code string) (store.PlaceID, store.CountSpot, error) {
	found, err := s.behind(c, code)
	if err == nil && found.Place.ID != 0 {
		return found.Place.ID, store.CountSpot{}, nil
	}
	if err == nil && found.Item.ID == 0 {
		err = store.Errorf(store.Invalid, "This is a job's code. Scan an item or a shelf.")
	}
	var at store.CountSpot
	if err == nil {
		at, err = s.Store.FindCountSpot(c.UserContext(), sc.CountScope, found.Item.ID)
	}
	return 0, at, inField("code", asInvalid(err))
}

// answerCount answers with the count as it stands.
func (s *Server) answerCount(c *fiber.Ctx, v countShow, ask store.CountAsk) error {
	rules, err := s.Store.CountRules(c.UserContext())
	if err != nil {
		return err
	}
	v.Blind = v.Blind || rules.Blind
	if v.CountSheet, err = s.Store.CountSheet(c.UserContext(), ask); err != nil {
		return err
	}
	if v.Title, v.About, err = s.countTitle(c, v.countScope, rules); err != nil {
		return err
	}
	v.CSRF, v.RequestID, v.Approves = s.csrf(c), newID(), admit(managers, user(c).Role) == nil
	for _, l := range v.Lines {
		v.Rows = append(v.Rows, v.row(l))
	}
	if v.Current.Item.ID != 0 {
		v.Pad = v.pad()
		v.Pad.Keypad.Scripted = partial(c)
	}
	v.Pages = newPager(v.CountSheet.Page, 40, v.Total, func(n int) string { return v.Href("page", strconv.Itoa(n)) })
	if partial(c) {
		return s.fragments(c, part{"count/show", v})
	}
	h := head{Title: "Count " + v.Title, Section: "more", Back: &crumb{"/counts", "Counts"}}
	return s.page(c, h, "count/show", v)
}

// row dresses one line.
func (v countShow) row(l store.CountLine) countRow {
	return countRow{CountLine: l, countScope: v.countScope, Seen: v.Seen, CSRF: v.CSRF, Page: v.CountSheet.Page,
		Current: l.Item.ID == v.Current.Item.ID && l.Place.ID == v.Current.Place.ID, Named: l.Place.ID != v.CountScope.Place}
}

// pad dresses the keypad for the current line. What was typed wrong comes back.
func (v countShow) pad() countPad {
	p := countPad{countRow: v.row(v.Current), Left: v.Left, Problem: v.Pad.Problem, Quantity: v.Pad.Quantity, Unit: v.Pad.Unit, Label: "Count"}
	if p.Quantity == "" && !v.Problem.Any() && !v.Blind {
		p.Quantity = max(0, v.Current.Books).String()
	}
	p.Keypad = keypad{Stock: p.Item, Quantity: p.Quantity, Unit: p.Unit, Problem: p.Problem, Before: p.Books, After: p.Books, Blind: p.Blind}
	if q, err := baseAmount(p.Item, p.Quantity, p.Unit); err == nil {
		p.Keypad.After, p.Label = q, "Count "+amountText(q, p.Item.Unit)
	}
	return p
}

// countTitle is what the count is called, and what it is about.
func (s *Server) countTitle(c *fiber.Ctx, sc countScope, rules store.CountRules) (title, about string, err error) {
	switch {
	case sc.CountScope.Place != 0:
		p, err := s.Store.Place(c.UserContext(), sc.CountScope.Place)
		return p.Name, "Say what is on it. It is booked when you finish.", err
	case sc.Category != "":
		return sc.Category, "Everywhere. It is booked when you finish.", nil
	case sc.Due:
		return "what was asked for", "It is booked when you finish.", nil
	case sc.Stale:
		return "not counted for " + plural(rules.Days, "day", "days"), "It is booked when you finish.", nil
	}
	return "everything", "It is booked when you finish.", nil
}
