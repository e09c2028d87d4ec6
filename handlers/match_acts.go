package handlers

import (
	"net/http"
	"strings"

	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

// answerLine handles POST /lines/:line/match: `item` is an item's id or "none", for this line and all like it.
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
		return s.chooseAgain(c, id, p)
	}
	if err != nil {
		return err
	}
	t, err := s.answerToast(c, a, res)
	if err != nil {
		return err
	}
	return s.backToLines(c, ownPath(formText(c, "back"), "/match"), t)
}

// readAnswer reads the form. It fails with [store.Invalid].
func readAnswer(c *fiber.Ctx, id store.LineID) (store.Answer, error) {
	a := store.Answer{Line: id}
	if formText(c, "item") == "none" {
		a.NotStock = true
		return a, nil
	}
	var err error
	if a.Item, err = formID[store.ItemID](c, "item"); err != nil {
		return a, err
	}
	if a.Item == 0 {
		return a, fieldError("item", "Choose an item, or say that it is not stock.")
	}
	if formText(c, "factor") == "" {
		return a, nil
	}
	if a.Factor, err = formQty(c, "factor"); err == nil && a.Factor <= 0 {
		err = fieldError("factor", "Write how many items one of the line is, above 0.")
	}
	return a, err
}

// chooseAgain answers with the page on which the item is chosen, and what was wrong with the choice.
func (s *Server) chooseAgain(c *fiber.Ctx, id store.LineID, p complaints) error {
	v, err := s.lineChoice(c, id)
	if err != nil {
		return err
	}
	v.complaints, v.Factor = p, formText(c, "factor")
	v.Back = ownPath(formText(c, "back"), v.Back)
	c.Status(http.StatusUnprocessableEntity)
	return s.showChoice(c, v)
}

// answerToast says what the answer settled.
func (s *Server) answerToast(c *fiber.Ctx, a store.Answer, res store.AnswerResult) (toast, error) {
	what := "not stock"
	if !a.NotStock {
		it, err := s.Store.Item(c.UserContext(), a.Item)
		if err != nil {
			return toast{}, err
		}
		what = it.Name
	}
	return toast{Text: "“" + res.Name + "” is " + what + ". " + plural(res.Jobs, "job", "jobs") + " updated"}, nil
}

// forgetLine handles POST /lines/:line/forget: what was said of the line and of all like it holds no more.
func (s *Server) forgetLine(c *fiber.Ctx) error {
	id, err := store.ParseID[store.LineID](c.Params("line"))
	if err != nil {
		return err
	}
	if err := s.Store.ForgetAnswer(c.UserContext(), id, user(c).Actor()); err != nil {
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
	return s.backToLines(c, "/jobs/"+job.ID.String(), toast{Text: text})
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
