package handlers

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

const (
	waitingPerPage = 25
	choiceLimit    = 25 // items to choose from for one line
)

// askedLine is the data of match/ask: a line that waits for an answer, and what it may be.
type askedLine struct {
	CSRF    string
	Line    store.LineID
	Name    string
	Qty     store.Qty      // as Jobber has it
	Jobs    int            // that wait for this answer; 0 on a job's own page, where it does not matter
	First   string         // the job that needs it first: "first tomorrow, #1043"
	Seen    store.AnswerID // what was answered when the page was made; 0: nothing
	Of      store.Qty      // as the name says it: "box of 50"; 0: it does not
	Back    string         // the page that the answer leads back to
	Offered []suggestion
}

// Target is what an answer replaces on its page.
func (l askedLine) Target() string {
	if l.Back == "/match" {
		return "#waiting"
	}
	return "#job"
}

// askedLines offers items for the unmatched lines of one job.
func (s *Server) askedLines(c *fiber.Ctx, lines []store.SheetLine, back string) ([]askedLine, error) {
	out := make([]askedLine, len(lines))
	for i, l := range lines {
		out[i] = askedLine{Line: l.ID, Name: l.Name, Qty: l.Asked, Seen: l.Answered}
	}
	return out, s.offerItems(c, out, back)
}

// offerItems fills in what each of the lines may be.
func (s *Server) offerItems(c *fiber.Ctx, lines []askedLine, back string) error {
	if len(lines) == 0 {
		return nil
	}
	names := make([]string, len(lines))
	for i, l := range lines {
		names[i] = l.Name
	}
	offered, err := s.suggest(c.UserContext(), names)
	if err != nil {
		return err
	}
	for i := range lines {
		lines[i].CSRF, lines[i].Back, lines[i].Offered = s.csrf(c), back, offered[i]
		lines[i].Of = packOf(lines[i].Name)
	}
	return nil
}

// inbox is the data of match/list and match/waiting: the lines that wait for an answer.
type inbox struct {
	Total int
	Lines []askedLine
	Pages pager
}

// listWaiting handles GET /match?page=.
func (s *Server) listWaiting(c *fiber.Ctx) error {
	v, err := s.inbox(c)
	if err != nil {
		return err
	}
	if partial(c) {
		return s.fragments(c, part{"match/waiting", v})
	}
	return s.page(c, head{Title: "Lines with no match", Section: "jobs"}, "match/list", v)
}

func (s *Server) inbox(c *fiber.Ctx) (inbox, error) {
	all, err := s.Store.Waiting(c.UserContext())
	if err != nil {
		return inbox{}, err
	}
	v, now := inbox{Total: len(all)}, s.now()
	all, v.Pages = paged(all, pageAsked(asked(c)), waitingPerPage, func(n int) string { return fmt.Sprintf("/match?page=%d", n) })
	for _, w := range all {
		first := jobNumber(w.First.Number)
		if w.First.Dated() {
			first = dayWord(now, w.First.StartAt) + ", " + first
		}
		if w.Jobs > 1 {
			first = "first " + first
		}
		v.Lines = append(v.Lines, askedLine{Line: w.Line, Name: w.Name, Qty: w.Qty, Jobs: w.Jobs, First: first,
			Seen: w.Answered})
	}
	return v, s.offerItems(c, v.Lines, "/match")
}

// lineChoice is the data of match/show and match/choices: which item a line is, from all items.
type lineChoice struct {
	CSRF   string
	Line   store.SheetLine
	Job    store.JobHead
	Query  string
	Factor string // as typed
	Back   string
	Rows   []store.Stock
	complaints
}

// Action is where the answer goes.
func (v lineChoice) Action() string { return "/lines/" + v.Line.ID.String() + "/match" }

// Complaints is what was wrong with the answer.
func (v lineChoice) Complaints() complaints { return v.complaints }

// Service says that the line is work: it is a kit or nothing.
func (v lineChoice) Service() bool { return v.Line.Category == store.CategoryService }

// packed finds how people write that one is many: "box of 50", "50/box", "bag of 100", "25 pk".
var packed = regexp.MustCompile(`(?i)\b(?:box|boxes|bag|bags|pack|packs|pk|case|cases|roll|rolls|coil|coils|bundle|bundles|carton|cartons|pallet|pallets) of (\d{1,6}(?:\.\d{1,3})?)\b|\b(\d{1,6})[ -]?(?:/|per )?(?:box|bag|pack|pk|case|carton)\b`)

// packOf returns how many one of a line is, as far as its name says so; 0 if it does not.
func packOf(name string) store.Qty {
	m := packed.FindStringSubmatch(name)
	if m == nil {
		return 0
	}
	q, err := store.ParseQty(cmp.Or(m[1], m[2]))
	if err != nil || q <= 1000 {
		return 0
	}
	return q
}

// showMatch handles GET /lines/:line/match?q=: the items to choose from, all of which can be found.
func (s *Server) showMatch(c *fiber.Ctx) error {
	id, err := store.ParseID[store.LineID](c.Params("line"))
	if err != nil {
		return err
	}
	v, err := s.lineChoice(c, id)
	if err != nil {
		return err
	}
	if partial(c) {
		return s.fragments(c, part{"match/choices", v})
	}
	return s.showChoice(c, v)
}

func (s *Server) showChoice(c *fiber.Ctx, v lineChoice) error {
	return s.page(c, head{Title: "Which item is this?", Section: "jobs",
		Back: &crumb{v.Back, "Back"}}, "match/show", v)
}

// lineChoice reads the line and looks up what fits the words typed, or the line's own.
func (s *Server) lineChoice(c *fiber.Ctx, id store.LineID) (lineChoice, error) {
	line, job, err := s.Store.Line(c.UserContext(), id)
	if err != nil {
		return lineChoice{}, err
	}
	v := lineChoice{CSRF: s.csrf(c), Line: line, Job: job, Factor: c.Query("factor")}
	if of := packOf(line.Name); v.Factor == "" && of > 0 && line.Stock.ID == 0 {
		v.Factor = of.String()
	} else if v.Factor == "" && line.Kit == "" && line.Stock.ID != 0 && line.Factor != 1000 {
		v.Factor = line.Factor.String()
	}
	v.Query = strings.TrimSpace(strings.ToValidUTF8(c.Query("q"), ""))
	v.Back = ownPath(c.Query("back"), "/jobs/"+job.ID.String())
	words := v.Query
	if words == "" {
		words = line.Name
	}
	if r := []rune(words); len(r) > longestQuery {
		words = string(r[:longestQuery])
	}
	ids, err := s.Index.Items(c.UserContext(), words, choiceLimit)
	if v.Query == "" && err == nil && len(ids) < suggestions {
		var l likely
		l, err = s.likely(c.UserContext(), words)
		for _, id := range l.items {
			if !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	if err != nil {
		return v, err
	}
	found, err := s.Store.Stocks(c.UserContext(), ids)
	v.Rows = slices.DeleteFunc(found, func(st store.Stock) bool { return st.Archived })
	return v, err
}
