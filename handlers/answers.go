package handlers

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

const answersPerPage = 25

// answerList is the data of match/answers and match/answerrows: what was said of lines, for ever.
type answerList struct {
	CSRF  string
	Q     string
	Rows  []answerRow
	Pages pager
}

// answerRow is the data of match/answer: one remembered answer.
type answerRow struct {
	store.Remembered
	CSRF string
	Back string
}

// Says is what the line was said to be.
func (r answerRow) Says() string { return answerWord(r.Remembered) }

// Path is the address under which the answer's acts stand.
func (r answerRow) Path() string { return "/match/answers/" + r.ID.String() }

// listAnswers handles GET /match/answers?q=&page=.
func (s *Server) listAnswers(c *fiber.Ctx) error {
	q := readQuery(c)
	found, err := s.Store.Answers(c.UserContext(), q, c.QueryInt("page", 1), answersPerPage)
	if err != nil {
		return err
	}
	here := func(page int) string {
		return "/match/answers?" + url.Values{"q": {q}, "page": {strconv.Itoa(page)}}.Encode()
	}
	v := answerList{CSRF: s.csrf(c), Q: q, Pages: newPager(found.Page, answersPerPage, found.Total, here)}
	for _, r := range found.Rows {
		v.Rows = append(v.Rows, answerRow{r, v.CSRF, here(found.Page)})
	}
	if partial(c) {
		return s.fragments(c, part{"match/answerrows", v})
	}
	return s.page(c, head{Title: "Answers", Section: "jobs", Back: &crumb{"/match", "Lines with no match"}}, "match/answers", v)
}

// readQuery returns the words typed to search a list.
func readQuery(c *fiber.Ctx) string {
	q := []rune(strings.TrimSpace(strings.ToValidUTF8(c.Query("q"), "")))
	return string(q[:min(len(q), longestQuery)])
}

// undoAnswer handles POST /match/answers/:answer/undo: what was remembered before is remembered again.
func (s *Server) undoAnswer(c *fiber.Ctx) error {
	r, err := s.recall(c)
	if err != nil {
		return err
	}
	res, err := s.Store.UndoAnswer(c.UserContext(), r)
	if err != nil {
		return err
	}
	return s.done(c, ownPath(formText(c, "back"), "/match/answers"),
		toast{Text: "Undone. “" + res.Name + "” is as it was before. " + plural(res.Jobs, "job", "jobs") + " updated"})
}

// forgetAnswer handles POST /match/answers/:answer/forget: the lines are matched by themselves, or wait.
func (s *Server) forgetAnswer(c *fiber.Ctx) error {
	r, err := s.recall(c)
	if err != nil {
		return err
	}
	res, err := s.Store.ForgetAnswer(c.UserContext(), r)
	if err != nil {
		return err
	}
	back := ownPath(formText(c, "back"), "/match/answers")
	t := toast{Text: "Forgotten what “" + res.Name + "” is. " + plural(res.Jobs, "job", "jobs") + " updated"}
	if res.Answer != 0 {
		t.Undo = &undoForm{Answer: res.Answer, CSRF: s.csrf(c), Back: back}
	}
	return s.done(c, back, t)
}

// recall reads which answer is to be taken back.
func (s *Server) recall(c *fiber.Ctx) (store.Recall, error) {
	r := store.Recall{By: user(c).Actor()}
	var err error
	if r.Answer, err = store.ParseID[store.AnswerID](c.Params("answer")); err != nil {
		return r, err
	}
	if formHas(c, "request_id") {
		r.RequestID, err = requestID(c)
	}
	return r, err
}
