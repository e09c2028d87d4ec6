package handlers

import (
	"net/url"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

// muteForm is the data of item/mute: what mutes that an item is low, and the forms to change it.
type muteForm struct {
	CSRF    string
	Item    store.Item
	Now     store.Mute
	Snoozed bool // today
	Late    bool // what is on order should be here
	May     bool // the one who looks may change it
	Open    bool // the forms are unfolded
	Back    string
	Until   string // as typed, as all below; else what is suggested
	Qty     string
	Due     string
	First   string // the earliest day to choose
	Problem complaints
	loc     *time.Location
}

// ID names a field of the form: there may be many forms on a page.
func (f muteForm) ID(field string) string { return field + "-" + f.Item.ID.String() }

// Complaint is the data of layout/error for one of its fields.
func (f muteForm) Complaint(field string) fieldComplaint {
	return fieldComplaint{ID: f.ID(field) + "-error", Text: f.Problem.Of(field)}
}

// Day is the first moment of a date, as the format functions take it.
func (f muteForm) Day(d store.Date) time.Time { return d.Time(f.loc) }

// newMuteForm is the form of an item with what is suggested: a week of quiet, and an order up to par or the one there is.
func (s *Server) newMuteForm(c *fiber.Ctx, it store.Item, level store.Level, m store.Mute, back string) muteForm {
	now := s.now()
	today := store.DateOf(now)
	f := muteForm{CSRF: s.csrf(c), Item: it, Now: m, Snoozed: m.Snoozed(today), Late: m.Late(today), May: admit(managers, user(c).Role) == nil,
		Back: back, Until: string(store.DateOf(now.AddDate(0, 0, 7))), Due: string(store.DateOf(now.AddDate(0, 0, 3))), First: string(today),
		loc: s.Location}
	switch lacks := it.Par - level.Available(); {
	case m.Ordered():
		f.Qty, f.Due = m.Order.Left.String(), string(m.Order.Due)
	case it.Par > 0 && lacks > 0:
		f.Qty = lacks.String()
	}
	return f
}

// Shown reports whether there is something to say or to do: an item that never is low needs none of it.
func (f muteForm) Shown() bool { return f.May || f.Snoozed || f.Now.Ordered() }

// muteItem handles POST /items/:id/mute.
func (s *Server) muteItem(c *fiber.Ctx) error {
	id, err := store.ParseID[store.ItemID](c.Params("id"))
	if err != nil {
		return err
	}
	back := ownPath(formText(c, "back"), "/items/"+id.String())
	a, err := s.readMute(c, id)
	var m store.Mute
	if err == nil {
		m, err = s.Store.SetMute(c.UserContext(), a)
	}
	if p, ok := complaintsIn(err); ok && store.CodeOf(err) == store.Invalid {
		c.Status(formStatus(err))
		return s.muteProblem(c, id, back, p)
	}
	if err != nil {
		return err
	}
	t := toast{Text: s.muteWords(a)}
	if m.Before != nil {
		t.Undo = &undoForm{Item: id, Version: m.Version, CSRF: s.csrf(c), RequestID: newID(), Back: back}
	}
	return s.done(c, back, t)
}

// readMute reads what somebody does about an item that is low.
func (s *Server) readMute(c *fiber.Ctx, id store.ItemID) (store.MuteAct, error) {
	a := store.MuteAct{Item: id, Verb: store.MuteVerb(formText(c, "verb")), By: user(c).Actor(), Today: store.DateOf(s.now())}
	var err error
	if a.RequestID, err = requestID(c); err != nil {
		return a, err
	}
	switch a.Verb {
	case store.MuteSnooze:
		if !formTick(c, "receipt") {
			a.Date, err = formDate(c, "until")
		}
	case store.MuteOrder:
		bad := complaints{}
		for _, read := range []func() error{
			func() (err error) { a.Qty, err = formQty(c, "quantity"); return err },
			func() (err error) { a.Date, err = formDate(c, "due"); return err },
		} {
			if p, ok := complaintsIn(read()); ok {
				bad = bad.join(p)
			}
		}
		if bad.Any() {
			return a, &store.Error{Code: store.Invalid, Message: bad.Message, Fields: bad.Fields}
		}
	case store.MuteUndo:
		a.Version, err = formVersion(formText(c, "version"), func() (uint64, error) { return 0, nil })
	}
	return a, err
}

// formDate returns the day in the named field. It fails with [store.Invalid].
func formDate(c *fiber.Ctx, name string) (store.Date, error) {
	d, err := store.ParseDate(formText(c, name))
	return d, inField(name, err)
}

// muteProblem answers with the page the form stands on, the form as it was typed.
func (s *Server) muteProblem(c *fiber.Ctx, id store.ItemID, back string, p complaints) error {
	typed := func(f *muteForm) {
		f.Open, f.Problem = true, p
		for name, field := range map[string]*string{"until": &f.Until, "quantity": &f.Qty, "due": &f.Due} {
			if formHas(c, name) {
				*field = formText(c, name)
			}
		}
	}
	if u, err := url.Parse(back); err == nil && u.Path == alertsPath {
		return s.answerAlerts(c, func(name string) string { return u.Query().Get(name) }, id, typed)
	}
	sheet, err := s.Store.ItemSheet(c.UserContext(), id, 0)
	if err != nil {
		return err
	}
	v := itemShow{ItemSheet: sheet, Form: moveForm{Kind: string(store.Issue)}, typed: typed}
	if err := s.offer(c, &v.Form, sheet); err != nil {
		return err
	}
	return s.answerItem(c, v)
}

// muteWords says what was done.
func (s *Server) muteWords(a store.MuteAct) string {
	day := s.showDay(a.Date.Time(s.Location))
	switch a.Verb {
	case store.MuteSnooze:
		if a.Date == "" {
			return "Snoozed until some is received. That it is out is mailed all the same."
		}
		return "Snoozed until " + day + ". That it is out is mailed all the same."
	case store.MuteWake:
		return "Mails about it come again."
	case store.MuteOrder:
		return strings.TrimSpace(showQty(a.Qty)) + " on order, expected " + day + "."
	case store.MuteNoOrder:
		return "Nothing more is on order."
	}
	return "Undone."
}
