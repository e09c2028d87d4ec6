package handlers

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

const kitsPerPage = 25

// kitList is the data of kit/list and kit/rows.
type kitList struct {
	Q     string
	Rows  []kitRow
	Pages pager
}

// kitRow is a kit in a list.
type kitRow struct{ store.KitRow }

// Made names what the kit is made of.
func (r kitRow) Made() string {
	text := strings.Join(r.Items, ", ")
	if r.More > 0 {
		text += " and " + plural(r.More, "more", "more")
	}
	return text
}

func kitRows(found store.KitPage) []kitRow {
	rows := make([]kitRow, len(found.Rows))
	for i, r := range found.Rows {
		rows[i] = kitRow{r}
	}
	return rows
}

// listKits handles GET /kits?q=&page=.
func (s *Server) listKits(c *fiber.Ctx) error {
	q := readQuery(c)
	found, err := s.Store.Kits(c.UserContext(), q, c.QueryInt("page", 1), kitsPerPage)
	if err != nil {
		return err
	}
	v := kitList{Q: q, Rows: kitRows(found), Pages: newPager(found.Page, kitsPerPage, found.Total, func(page int) string {
		return "/kits?" + url.Values{"q": {q}, "page": {strconv.Itoa(page)}}.Encode()
	})}
	if partial(c) {
		return s.fragments(c, part{"kit/rows", v})
	}
	return s.page(c, head{Title: "Kits", Section: "jobs", Back: &crumb{"/match", "Lines with no match"}}, "kit/list", v)
}

// kitChoice is the data of kit/choose and kit/choices: which kit a line is.
type kitChoice struct {
	CSRF  string
	Line  store.SheetLine
	Job   store.JobHead
	Query string
	Back  string
	Rows  []kitRow
	complaints
}

// Complaints is what was wrong with the answer.
func (v kitChoice) Complaints() complaints { return v.complaints }

// Action is where the answer goes.
func (v kitChoice) Action() string { return "/lines/" + v.Line.ID.String() + "/match" }

// Fresh is the address of the form for a kit of its own.
func (v kitChoice) Fresh() string {
	return "/kits/new?" + url.Values{"line": {v.Line.ID.String()}, "back": {v.Back}}.Encode()
}

// showKitChoice handles GET /lines/:line/kit?q=.
func (s *Server) showKitChoice(c *fiber.Ctx) error {
	id, err := store.ParseID[store.LineID](c.Params("line"))
	if err != nil {
		return err
	}
	v := kitChoice{CSRF: s.csrf(c), Query: readQuery(c)}
	if v.Line, v.Job, err = s.Store.Line(c.UserContext(), id); err != nil {
		return err
	}
	v.Back = ownPath(c.Query("back"), "/jobs/"+v.Job.ID.String())
	found, err := s.Store.Kits(c.UserContext(), v.Query, 1, choiceLimit)
	if err != nil {
		return err
	}
	v.Rows = kitRows(found)
	if partial(c) {
		return s.fragments(c, part{"kit/choices", v})
	}
	return s.page(c, head{Title: "Which kit is this?", Section: "jobs", Back: &crumb{v.Back, "Back"}}, "kit/choose", v)
}

// kitForm is the data of kit/new: a kit that begins with its first item.
type kitForm struct {
	CSRF, Name, Factor, Query, Back string
	Line                            store.LineID // that the kit answers; 0: none
	Seen                            store.AnswerID
	Items                           kitItems
	complaints
}

// Complaints is what was wrong with the form.
func (v kitForm) Complaints() complaints { return v.complaints }

// kitItems is the data of kit/items: items to choose from, buttons of the form around them.
type kitItems struct {
	Query string
	Rows  []store.Stock
}

// newKit handles GET /kits/new?line=&q=.
func (s *Server) newKit(c *fiber.Ctx) error {
	v, err := s.kitForm(c, c.Query("line"), c.Query("back"))
	if err != nil {
		return err
	}
	if partial(c) {
		return s.fragments(c, part{"kit/items", v.Items})
	}
	return s.showKitForm(c, v)
}

func (s *Server) showKitForm(c *fiber.Ctx, v kitForm) error {
	return s.page(c, head{Title: "New kit", Section: "jobs", Back: &crumb{v.Back, "Back"}}, "kit/new", v)
}

// kitForm reads the line that the kit is for, if there is one, and looks up items.
func (s *Server) kitForm(c *fiber.Ctx, line, back string) (kitForm, error) {
	v := kitForm{CSRF: s.csrf(c), Query: readQuery(c), Name: strings.TrimSpace(strings.ToValidUTF8(c.Query("name"), "")),
		Back: ownPath(back, "/kits")}
	words := v.Query
	if line != "" {
		id, err := store.ParseID[store.LineID](line)
		if err != nil {
			return v, err
		}
		l, job, err := s.Store.Line(c.UserContext(), id)
		if err != nil {
			return v, err
		}
		v.Line, v.Seen, v.Back = id, l.Answered, ownPath(back, "/jobs/"+job.ID.String())
		if v.Name == "" {
			v.Name = l.Name
		}
		if words == "" {
			words = l.Name
		}
	}
	rows, err := s.findItems(c, words)
	v.Items = kitItems{v.Query, rows}
	return v, err
}

// findItems returns active items that fit the words, or a part of them.
func (s *Server) findItems(c *fiber.Ctx, words string) ([]store.Stock, error) {
	if r := []rune(words); len(r) > longestQuery {
		words = string(r[:longestQuery])
	}
	ids, err := s.Index.Items(c.UserContext(), words, choiceLimit)
	if err == nil && len(ids) < suggestions {
		var l likely
		l, err = s.likely(c.UserContext(), words)
		ids = l.items
	}
	if err != nil {
		return nil, err
	}
	found, err := s.Store.Stocks(c.UserContext(), ids[:min(len(ids), choiceLimit)])
	return slices.DeleteFunc(found, func(st store.Stock) bool { return st.Archived }), err
}
