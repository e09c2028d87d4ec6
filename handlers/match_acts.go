package handlers

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

// answerLine handles POST /lines/:line/match, for this line and all like it: `item` is an item's id or "none",
// or `kit` a kit's. `seen` is what was answered when the form was made; somebody else's answer since then is told.
func (s *Server) answerLine(c *fiber.Ctx) error {
	id, err := store.ParseID[store.LineID](c.Params("line"))
	if err != nil {
		return err
	}
	a, err := readAnswer(c, id)
	var res store.AnswerResult
	if err == nil {
		a.By = user(c).Actor()
		res, err = s.Store.AnswerLine(c.UserContext(), a)
	}
	if p, ok := complaintsIn(err); ok && !partial(c) {
		c.Status(formStatus(err))
		return s.chooseAgain(c, id, p)
	}
	if err != nil {
		return err
	}
	back := ownPath(formText(c, "back"), "/match")
	t, err := s.answerToast(c, res, back)
	if err != nil {
		return err
	}
	return s.backToLines(c, back, t)
}

// readAnswer reads the form. It fails with [store.Invalid].
func readAnswer(c *fiber.Ctx, id store.LineID) (store.Answer, error) {
	a, err := answerOf(c, id)
	if err != nil {
		return a, err
	}
	if a.Kit, err = formID[store.KitID](c, "kit"); err != nil || a.Kit != 0 {
		return a, err
	}
	if formText(c, "item") == "none" {
		a.NotStock = true
		return a, nil
	}
	if a.Item, err = formID[store.ItemID](c, "item"); err != nil {
		return a, err
	}
	if a.Item == 0 {
		return a, fieldError("item", "Choose an item, or say that it is not stock.")
	}
	a.Factor, err = formFactor(c)
	return a, err
}

// answerOf reads what every form that answers a line has: what was seen, and the request.
func answerOf(c *fiber.Ctx, id store.LineID) (store.Answer, error) {
	a := store.Answer{Line: id}
	if formHas(c, "seen") {
		a.Seen = new(store.AnswerID)
		if text := formText(c, "seen"); text != "" && text != "0" {
			var err error
			if *a.Seen, err = formID[store.AnswerID](c, "seen"); err != nil {
				return a, err
			}
		}
	}
	var err error
	if formHas(c, "request_id") {
		a.RequestID, err = requestID(c)
	}
	return a, err
}

// formFactor reads how many of the item one is, 0 if nothing was typed. It fails with [store.Invalid].
func formFactor(c *fiber.Ctx) (store.Qty, error) {
	if formText(c, "factor") == "" {
		return 0, nil
	}
	q, err := formQty(c, "factor")
	if err == nil && q <= 0 {
		err = fieldError("factor", "Write how many of the item one is, above 0.")
	}
	return q, err
}

// chooseAgain answers with the page on which the item is chosen, and what was wrong with the choice.
func (s *Server) chooseAgain(c *fiber.Ctx, id store.LineID, p complaints) error {
	v, err := s.lineChoice(c, id)
	if err != nil {
		return err
	}
	v.complaints, v.Factor = p, formText(c, "factor")
	v.Back = ownPath(formText(c, "back"), v.Back)
	return s.showChoice(c, v)
}

// answerToast says what the answer settled, and offers to take it back.
func (s *Server) answerToast(c *fiber.Ctx, res store.AnswerResult, back string) (toast, error) {
	t := toast{Text: "“" + res.Name + "” is answered. " + plural(res.Jobs, "job", "jobs") + " updated"}
	r, err := s.Store.Answer(c.UserContext(), res.Answer)
	if store.CodeOf(err) == store.NotFound {
		return t, nil // answered anew since
	}
	if err != nil {
		return t, err
	}
	t.Text = "“" + res.Name + "” is " + answerWord(r) + ". " + plural(res.Jobs, "job", "jobs") + " updated"
	t.Undo = &undoForm{Answer: res.Answer, CSRF: s.csrf(c), Back: back}
	return t, nil
}

// answerWord says what a line was said to be.
func answerWord(r store.Remembered) string {
	switch {
	case r.NotStock:
		return "not stock"
	case r.Kit != 0:
		return "the kit " + r.ItemName
	case r.Factor != 1000:
		return showQty(r.Factor) + " " + r.Unit + " of " + r.ItemName
	}
	return r.ItemName
}

// forgetLine handles POST /lines/:line/forget: what was said of the line and of all like it holds no more.
func (s *Server) forgetLine(c *fiber.Ctx) error {
	id, err := store.ParseID[store.LineID](c.Params("line"))
	if err != nil {
		return err
	}
	res, err := s.Store.ForgetAnswer(c.UserContext(), store.Recall{Line: id, By: user(c).Actor()})
	if err != nil {
		return err
	}
	line, job, err := s.Store.Line(c.UserContext(), id)
	if err != nil {
		return err
	}
	text := "“" + line.Name + "” waits for an answer again"
	if line.State != store.LineUnmatched {
		text = "“" + line.Name + "” is matched by itself: " + line.How
	}
	t, back := toast{Text: text}, "/jobs/"+job.ID.String()
	if res.Answer != 0 {
		t.Undo = &undoForm{Answer: res.Answer, CSRF: s.csrf(c), Back: back}
	}
	return s.backToLines(c, back, t)
}

// backToLines shows the page that an answer came from, as it is now: a job, or the lines that wait.
func (s *Server) backToLines(c *fiber.Ctx, back string, t toast) error {
	if !partial(c) {
		return s.done(c, back, t)
	}
	if number, ok := strings.CutPrefix(back, "/jobs/"); ok {
		id, err := store.ParseID[store.JobID](number)
		if err != nil {
			return err
		}
		v, err := s.jobSheetOf(c, id)
		if err != nil {
			return err
		}
		return s.answerJob(c, v, s.toastPart(t))
	}
	v, err := s.inbox(c)
	if err != nil {
		return err
	}
	return s.fragments(c, part{"match/waiting", v}, s.toastPart(t))
}
