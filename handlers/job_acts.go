package handlers

import (
	"errors"
	"net/http"

	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

// issueJob handles POST /jobs/:id/issue: what is here of each line goes to the job.
func (s *Server) issueJob(c *fiber.Ctx) error { return s.actOnJob(c, false, s.takeForJob) }

// returnJob handles POST /jobs/:id/return: all that is out comes back.
func (s *Server) returnJob(c *fiber.Ctx) error { return s.actOnJob(c, true, s.bringBack) }

// issueLine handles POST /jobs/:id/lines/:line/issue: the rest of the line goes to the job.
func (s *Server) issueLine(c *fiber.Ctx) error { return s.actOnJob(c, false, s.takeForJob) }

// returnLine handles POST /jobs/:id/lines/:line/return: all that is out on the line comes back.
func (s *Server) returnLine(c *fiber.Ctx) error { return s.actOnJob(c, true, s.bringBack) }

// booked is what an act on a job did.
type booked struct {
	store.Receipt
	Back bool // brought back, not taken
	Left int  // lines left short
}

// actOnJob books one act and answers with the job as it is now. What is unusual comes back as
// the store's question, in the place of the button.
func (s *Server) actOnJob(c *fiber.Ctx, back bool, book func(*fiber.Ctx, store.JobAct) (booked, error)) error {
	act, err := s.jobAct(c)
	if err != nil {
		return err
	}
	b, err := book(c, act)
	if e, ok := errors.AsType[*store.Error](err); ok && e.Code == store.Unusual {
		return s.askAboutJob(c, act, back, e.Message)
	}
	if err != nil {
		return err
	}
	t, err := s.bookedToast(c, act, b)
	if err != nil {
		return err
	}
	if !partial(c) {
		return s.done(c, "/jobs/"+act.Job.String(), t)
	}
	v, err := s.jobSheetOf(c, act.Job)
	if err != nil {
		return err
	}
	return s.answerJob(c, v, s.toastPart(t))
}

func (s *Server) jobAct(c *fiber.Ctx) (store.JobAct, error) {
	act := store.JobAct{By: user(c).Actor(), Confirmed: formTick(c, "confirm")}
	var err error
	if act.Job, err = store.ParseID[store.JobID](c.Params("id")); err != nil {
		return act, err
	}
	if line := c.Params("line"); line != "" {
		if act.Line, err = store.ParseID[store.LineID](line); err != nil {
			return act, err
		}
	}
	if act.Item, err = formID[store.ItemID](c, "item"); err != nil {
		return act, err
	}
	act.RequestID, err = requestID(c)
	return act, err
}

func (s *Server) takeForJob(c *fiber.Ctx, act store.JobAct) (booked, error) {
	r, left, err := s.Store.IssueRemaining(c.UserContext(), act)
	return booked{Receipt: r, Left: left}, err
}

func (s *Server) bringBack(c *fiber.Ctx, act store.JobAct) (booked, error) {
	r, err := s.Store.ReturnIssued(c.UserContext(), act)
	return booked{Receipt: r, Back: true}, err
}

// askAboutJob answers with the job and the store's question in it. Nothing was booked.
func (s *Server) askAboutJob(c *fiber.Ctx, act store.JobAct, back bool, question string) error {
	v, err := s.jobSheetOf(c, act.Job)
	if err != nil {
		return err
	}
	for i := range v.Lines {
		if l := &v.Lines[i]; l.ID == act.Line && (act.Item == 0 || l.Stock.ID == act.Item) && !v.Asking {
			l.ask(act.RequestID, back, question)
			v.Asking = true
		}
	}
	if act.Line == 0 {
		v.Ask = &confirm{Question: question, Yes: verbFor(back) + " everything", Back: v.Path()}
		v.Return, v.Repeat = back, act.RequestID
	}
	c.Status(http.StatusUnprocessableEntity)
	return s.answerJob(c, v)
}

// ask puts the store's question into the line, in the place of its button.
func (l *jobLine) ask(request string, back bool, question string) {
	amount, kind := l.Remaining, "issue"
	if back {
		amount, kind = l.Issued, "return"
	}
	l.Ask = &confirm{Question: question, Yes: verbFor(back) + " " + amountText(amount, l.Stock.Unit), Back: l.Keypad(kind)}
	if left := l.Source.OnHand - amount; !back && left < 0 {
		l.Ask.Note = l.Source.Place.Name + " goes to " + showQty(left) + " and is marked to be counted."
	}
	l.Return, l.Repeat = back, request
}

func verbFor(back bool) string {
	if back {
		return "Put back"
	}
	return "Take"
}

// bookedToast says what was booked, and offers to take it back.
func (s *Server) bookedToast(c *fiber.Ctx, act store.JobAct, b booked) (toast, error) {
	verb, left := "taken", ""
	if b.Back {
		verb = "put back"
	}
	if b.Left > 0 {
		left = ". " + plural(b.Left, "line is short", "lines are short")
	}
	m := b.Movements[0] // an act that moves nothing is an error
	t := toast{Text: plural(len(b.Movements), "line ", "lines ") + verb + left,
		Undo: &undoForm{Movement: m.ID, WholeAct: len(b.Movements) > 1, CSRF: s.csrf(c), Back: "/jobs/" + act.Job.String()}}
	if len(b.Movements) > 1 {
		return t, nil
	}
	it, err := s.Store.Item(c.UserContext(), m.Item)
	t.Text = amountText(m.Qty, it.Unit) + " " + it.Name + " " + verb + ", " + showQty(m.OnHand) + " on hand" + left
	return t, err
}

// amountText is a quantity with its unit.
func amountText(q store.Qty, unit string) string { return showQty(q) + " " + unit }
