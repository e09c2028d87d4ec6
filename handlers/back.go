package handlers

import (
	"errors"

	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

// backPage is the data of back/show: what came back from a job, line by line.
type backPage struct {
	Problem   complaints
	Job       store.JobSheet
	CSRF      string
	RequestID string
	Lines     []backLine
	Places    []store.Place
	To        string // where it is put; "" is where each belongs
	Ask       *confirm
}

// backLine is the data of back/line: one material that is out.
type backLine struct {
	Problem complaints
	Line    store.LineID // 0: it was not on the job's list
	Stock   store.Stock
	Issued  store.Qty // less what came back already
	Use     store.Use
	Back    string // as typed
	Damaged string
	Unit    string // of both, as chosen
	Reason  string
	Settled bool // the store asks: nothing can be changed
}

// Name is the part of the line's field names that tells it from others.
func (l backLine) Name() string { return l.Line.String() + "-" + l.Stock.ID.String() }

// BackField, DamagedField and ReasonField are the names of the line's fields.
func (l backLine) BackField() string { return "back-" + l.Name() }

// DamagedField is the name of the field for what came back and is scrapped.
func (l backLine) DamagedField() string { return "damaged-" + l.Name() }

// ReasonField is the name of the field for why it is scrapped.
func (l backLine) ReasonField() string { return "reason-" + l.Name() }

// UnitField is the name of the field for the unit of both amounts.
func (l backLine) UnitField() string { return "unit-" + l.Name() }

// Units are what its amounts can be in. One is chosen.
func (l backLine) Units() []unitChoice { return unitsOf(l.Stock.Item, l.Unit) }

// Whole says that the unit that is chosen is not divided.
func (l backLine) Whole() bool { return keypad{Stock: l.Stock.Item, Unit: l.Unit}.Whole() }

// Opened says that something is written about damage.
func (l backLine) Opened() bool {
	return l.Damaged != "" || l.Reason != "" || l.Problem.Of(l.DamagedField()) != "" || l.Problem.Of(l.ReasonField()) != ""
}

// At is the complaint about one of the line's fields.
func (l backLine) At(name string) fieldComplaint { return l.Problem.At(name) }

// Path is the address of the page, and of its form.
func (v backPage) Path() string { return "/jobs/" + v.Job.ID.String() + "/back" }

// Keypad is the keys for the field that has the focus.
func (v backPage) Keypad() keypad { return keypad{OnFocus: true} }

// Asked says that the job was closed and somebody waits for the answer.
func (v backPage) Asked() bool { return v.Job.Closeout.State == store.CloseoutOpen }

// Heading is the job's title, or whom it is for.
func (v backPage) Heading() string { return heading(v.Job.JobHead) }

// showBack handles GET /jobs/:id/back.
func (s *Server) showBack(c *fiber.Ctx) error {
	v, err := s.backPage(c)
	if err != nil {
		return err
	}
	v.RequestID = newID()
	return s.answerBack(c, v)
}

func (s *Server) answerBack(c *fiber.Ctx, v backPage) error {
	if partial(c) {
		return s.fragments(c, part{"back/show", v})
	}
	return s.page(c, head{Title: "What came back from " + jobNumber(v.Job.Number), Section: "jobs", Narrow: true,
		Back: &crumb{"/jobs/" + v.Job.ID.String(), jobNumber(v.Job.Number) + " " + v.Heading()}}, "back/show", v)
}

// backPage reads the job that the address names, with the lines that are out.
func (s *Server) backPage(c *fiber.Ctx) (backPage, error) {
	id, err := store.ParseID[store.JobID](c.Params("id"))
	if err != nil {
		return backPage{}, err
	}
	v := backPage{CSRF: s.csrf(c)}
	if v.Job, err = s.Store.JobSheet(c.UserContext(), id); err != nil {
		return v, err
	}
	for _, l := range v.Job.Lines {
		if l.Stock.ID != 0 && l.Issued > 0 {
			v.Lines = append(v.Lines, backLine{Line: l.ID, Stock: l.Stock, Issued: l.Issued, Use: l.Use})
		}
	}
	for _, x := range v.Job.Extra {
		if x.Issued > 0 {
			v.Lines = append(v.Lines, backLine{Stock: x.Stock, Issued: x.Issued, Use: x.Use})
		}
	}
	v.Places, err = s.Store.Places(c.UserContext())
	return v, err
}

// bringBackLines handles POST /jobs/:id/back. The button "all used" books nothing and settles the question.
func (s *Server) bringBackLines(c *fiber.Ctx) error {
	v, err := s.backPage(c)
	if err != nil {
		return err
	}
	b, err := s.readBack(c, &v)
	if err == nil {
		var r store.Receipt
		if r, err = s.Store.BringBack(c.UserContext(), b); err == nil {
			return s.done(c, "/jobs/"+v.Job.ID.String(), s.backToast(c, v, r))
		}
	}
	err = chosenWrong(err)
	e, ours := errors.AsType[*store.Error](err)
	if !ours || e.Code != store.Invalid && e.Code != store.Unusual && e.Code != store.Conflict {
		return err
	}
	if e.Code == store.Unusual {
		v.Ask = &confirm{Question: e.Message, Yes: "Put it back all the same", Back: v.Path()}
	} else {
		v.Problem, _ = complaintsIn(e)
	}
	for i := range v.Lines {
		v.Lines[i].Problem, v.Lines[i].Settled = v.Problem, v.Ask != nil
	}
	c.Status(formStatus(err))
	return s.answerBack(c, v)
}

// readBack reads what was typed, and keeps it in v. It fails with [store.Invalid], which names every field that
// cannot be read.
func (s *Server) readBack(c *fiber.Ctx, v *backPage) (store.BringBack, error) {
	b := store.BringBack{By: user(c).Actor(), Job: v.Job.ID, Settle: v.Asked(), Confirmed: formTick(c, "confirm")}
	var err error
	if b.RequestID, err = requestID(c); err != nil {
		return b, err
	}
	v.RequestID, v.To = b.RequestID, formText(c, "to")
	if formText(c, "all") == "used" {
		return b, nil
	}
	bad := complaints{}
	for i := range v.Lines {
		l := &v.Lines[i]
		l.Back, l.Damaged, l.Reason = formText(c, l.BackField()), formText(c, l.DamagedField()), formText(c, l.ReasonField())
		l.Unit = formText(c, l.UnitField())
		line := store.BackLine{Line: l.Line, Item: l.Stock.ID, Reason: l.Reason}
		if line.Pack, err = formPack(c, l.UnitField()); err != nil {
			again, _ := complaintsIn(inField(l.BackField(), err))
			bad = bad.join(again)
		}
		for field, to := range map[string]*store.Qty{l.BackField(): &line.Back, l.DamagedField(): &line.Damaged} {
			text := formText(c, field)
			if text == "" {
				continue
			}
			if *to, err = store.ParseQty(text); err != nil {
				again, _ := complaintsIn(inField(field, err))
				bad = bad.join(again)
			}
		}
		b.Lines = append(b.Lines, line)
	}
	if b.To, err = formID[store.PlaceID](c, "to"); err != nil {
		again, _ := complaintsIn(err)
		bad = bad.join(again)
	}
	if bad.Any() {
		return b, &store.Error{Code: store.Invalid, Message: bad.Message, Fields: bad.Fields}
	}
	return b, nil
}

// backToast says what was booked, and offers to take it back.
func (s *Server) backToast(c *fiber.Ctx, v backPage, r store.Receipt) toast {
	if len(r.Movements) == 0 {
		return toast{Text: "Noted: all of it was used."}
	}
	back, scrapped := 0, 0
	for _, m := range r.Movements {
		if m.Kind == store.ScrapKind {
			scrapped++
		} else {
			back++
		}
	}
	t := toast{Text: plural(back, "line ", "lines ") + "put back", Undo: &undoForm{Movement: r.Movements[0].ID,
		WholeAct: len(r.Movements) > 1, CSRF: s.csrf(c), RequestID: newID(), Back: v.Path()}}
	if scrapped > 0 {
		t.Text += ", " + plural(scrapped, "line ", "lines ") + "scrapped"
	}
	return t
}

// askBackAgain handles POST /jobs/:id/back/again: the question what came back is asked once more.
func (s *Server) askBackAgain(c *fiber.Ctx) error {
	id, err := store.ParseID[store.JobID](c.Params("id"))
	if err != nil {
		return err
	}
	if err := s.Store.AskAgain(c.UserContext(), id); err != nil {
		return err
	}
	return s.done(c, "/jobs/"+id.String()+"/back", toast{})
}
