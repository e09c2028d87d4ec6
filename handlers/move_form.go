package handlers

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

// moveForm is the data of move/form: a movement of one item, as far as it is written. The texts
// are as typed, so that a form that comes back has lost nothing.
type moveForm struct {
	Problem                       complaints
	Stock                         store.Stock
	Kind, Quantity, Unit          string
	From, To                      string
	Job, Line, Reason, Note, Back string
	Instead                       string // the movement that this one takes the place of; "" for none
	Seen                          string // on a pick list: what was to be fetched of the line when the page was opened
	RequestID, CSRF               string
	OnPad                         bool     // written on the keypad's page, not on the item's
	Ask                           *confirm // the store asks whether it is meant
	Places                        []placeChoice
	Jobs                          []jobChoice
	Kinds                         []verb
}

// placeChoice is a place in a list to choose from.
type placeChoice struct {
	store.Place
	OnHand store.Qty // of the item the form is about
	Here   bool      // some of it stands there
}

// jobChoice is a job in a list to choose from.
type jobChoice struct {
	ID     store.JobID
	Number int
	Who    string
	Need   store.Qty // what it still needs of the item
	Out    store.Qty // what was taken for it
}

// readMoveForm reads what was typed. It refuses nothing.
func readMoveForm(c *fiber.Ctx) moveForm {
	return moveForm{
		Kind: formText(c, "kind"), Quantity: formText(c, "quantity"), Unit: formText(c, "unit"),
		From: formText(c, "from"), To: formText(c, "to"),
		Job: formText(c, "job"), Line: formText(c, "line"),
		Reason: formText(c, "reason"), Note: formText(c, "note"),
		Back: ownPath(formText(c, "back"), ""), RequestID: formText(c, "request_id"), Seen: formText(c, "seen"),
		OnPad: formTick(c, "pad"), Instead: formText(c, "instead"),
	}
}

// Href is the keypad's page with what is typed.
func (f moveForm) Href() string {
	u := url.Values{}
	for name, value := range map[string]string{"kind": f.Kind, "quantity": f.Quantity, "unit": f.Unit, "from": f.From, "to": f.To,
		"job": f.Job, "line": f.Line, "reason": f.Reason, "note": f.Note, "back": f.Back, "instead": f.Instead, "seen": f.Seen} {
		if value != "" {
			u.Set(name, value)
		}
	}
	return "/items/" + f.Stock.ID.String() + "/move?" + u.Encode()
}

// endChoice is the data of move/end: where stock comes from or goes to.
type endChoice struct {
	fieldComplaint
	Field               string // id of the element
	Name, Label, Chosen string
	Open                string // the words for no choice; "" if one must be made
	Needed              bool
	Here, Elsewhere     []placeChoice
	Outside             []store.PlaceID
}

// End is the choice in the field name.
func (f moveForm) End(name, label string) endChoice {
	e := endChoice{fieldComplaint: f.Problem.At(name), Field: "move-" + name, Name: name, Label: label, Chosen: f.From,
		Open: "As usual", Outside: []store.PlaceID{store.Supplier, store.JobEnd, store.Adjustment, store.Scrap}}
	if name == "to" {
		e.Chosen = f.To
	}
	for _, p := range f.Places {
		if p.Here {
			e.Here = append(e.Here, p)
		} else {
			e.Elsewhere = append(e.Elsewhere, p)
		}
	}
	return e
}

// entry turns what was typed into what the store books. It fails with [store.Invalid], which
// names every field that cannot be read.
func (s *Server) entry(ctx context.Context, id store.ItemID, f moveForm) (store.Entry, error) {
	e := store.Entry{Item: id, Kind: store.Kind(f.Kind), Reason: f.Reason, Note: f.Note}
	bad := complaints{}
	note := func(field string, err error) error {
		again, ok := complaintsIn(inField(field, asInvalid(err)))
		if !ok {
			return err // nil, or a fault that no form can mend
		}
		bad = bad.join(again)
		return nil
	}
	var errs [7]error
	_, errs[0] = verbOf(e.Kind)
	e.Qty, errs[1] = store.ParseQty(f.Quantity)
	e.From, errs[2] = store.ParseEnd(f.From)
	e.To, errs[3] = store.ParseEnd(f.To)
	e.Job, errs[4] = s.jobNamed(ctx, f.Job)
	if f.Line != "" {
		e.Line, errs[5] = store.ParseID[store.LineID](f.Line)
	}
	e.Pack, errs[6] = store.ParsePack(f.Unit)
	for i, field := range []string{"kind", "quantity", "from", "to", "job", "job", "unit"} {
		if err := note(field, errs[i]); err != nil {
			return e, err
		}
	}
	if bad.Any() {
		return e, &store.Error{Code: store.Invalid, Message: bad.Message, Fields: bad.Fields}
	}
	return e, nil
}

// Units are what the amount can be in; none when there is only the item's unit.
func (f moveForm) Units() []unitChoice { return keypad{Stock: f.Stock.Item, Unit: f.Unit}.Units() }

// asInvalid turns "there is no such place" into a complaint about what was chosen: the page
// that was asked for does exist.
func asInvalid(err error) error {
	e, ok := errors.AsType[*store.Error](err)
	if !ok || e.Code != store.NotFound {
		return err
	}
	return &store.Error{Code: store.Invalid, Message: e.Message, Fields: e.Fields}
}

// chosenWrong is err as a form sees it: what does not exist and stands in a field was chosen
// wrong, and is there to be mended.
func chosenWrong(err error) error {
	if e, ok := errors.AsType[*store.Error](err); ok && len(e.Fields) > 0 {
		return asInvalid(e)
	}
	return err
}

// jobNamed reads a job as a form names it: by our id, or as people do, "#1042".
func (s *Server) jobNamed(ctx context.Context, text string) (store.JobID, error) {
	number, byNumber := strings.CutPrefix(text, "#")
	switch {
	case text == "" || text == "0":
		return 0, nil
	case !byNumber:
		return store.ParseID[store.JobID](text)
	}
	ids, err := s.Index.Jobs(ctx, number, 10)
	if err != nil {
		return 0, err
	}
	rows, err := s.Store.JobRows(ctx, ids)
	if err != nil {
		return 0, err
	}
	for _, r := range rows {
		if jobNumber(r.Number) == text {
			return r.ID, nil
		}
	}
	return 0, store.Errorf(store.NotFound, "There is no job %s.", text)
}

// offer puts the lists to choose from into f: places, those that hold the item first, and jobs
// that want it.
func (s *Server) offer(c *fiber.Ctx, f *moveForm, sheet store.ItemSheet) error {
	places, err := s.Store.Places(c.UserContext())
	if err != nil {
		return err
	}
	f.Stock, f.CSRF, f.Kinds = sheet.Stock, s.csrf(c), verbs
	if f.RequestID == "" {
		f.RequestID = newID()
	}
	for _, p := range places {
		f.Places = append(f.Places, choiceOf(sheet.Stock, p))
	}
	slices.SortStableFunc(f.Places, func(a, b placeChoice) int {
		switch {
		case a.Here == b.Here:
			return 0
		case a.Here:
			return -1
		}
		return 1
	})
	for _, n := range sheet.Needs {
		f.Jobs = append(f.Jobs, jobChoice{ID: n.Job.ID, Number: n.Job.Number, Who: clientName(n.Job.Client),
			Need: n.Remaining, Out: n.Issued})
	}
	if err := s.offerInstead(c, f); err != nil {
		return err
	}
	return s.offerNamedJob(c, f)
}

// offerNamedJob adds the job that f is for, if it is not among those that need the item.
func (s *Server) offerNamedJob(c *fiber.Ctx, f *moveForm) error {
	id, err := store.ParseID[store.JobID](f.Job)
	if err != nil || slices.ContainsFunc(f.Jobs, func(j jobChoice) bool { return j.ID == id }) {
		return nil // none, not an id, or there already
	}
	sheet, err := s.Store.JobSheet(c.UserContext(), id)
	if store.CodeOf(err) == store.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	f.Jobs = append(f.Jobs, jobChoice{ID: id, Number: sheet.Number, Who: clientName(sheet.Client), Out: outOf(sheet, f.Stock.ID)})
	return nil
}

// outOf is how much of the item is out on the job.
func outOf(job store.JobSheet, item store.ItemID) store.Qty {
	var out store.Qty
	for _, l := range job.Lines {
		if l.Stock.ID == item {
			out += l.Issued
		}
	}
	for _, e := range job.Extra {
		if e.Stock.ID == item {
			out += e.Issued
		}
	}
	return out
}

func choiceOf(st store.Stock, p store.Place) placeChoice {
	ch := placeChoice{Place: p}
	for _, b := range st.At {
		if b.Place.ID == p.ID {
			ch.OnHand, ch.Here = b.OnHand, true
		}
	}
	return ch
}
