package handlers

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

const (
	jobsPerPage = 25
	jobsAhead   = 8   // today and the next 7 days, in which the dashboard counts short jobs
	shortLimit  = 500 // jobs of a week that are looked through for what is short
)

// jobQuery is what the list of jobs is asked for, as it stands in the address.
type jobQuery struct {
	Q      string
	When   string // today tomorrow week later none done all
	Status store.JobState
	Short  bool // only jobs that lack something
	Page   int
}

// whens are the choices of days, in the order of the chips.
var whens = []struct{ When, Text string }{
	{"today", "Today"}, {"tomorrow", "Tomorrow"}, {"week", "Next 7 days"}, {"later", "Later"},
	{"none", "No date"}, {"done", "Done"}, {"all", "All"},
}

// jobList is the data of job/list and job/rows.
type jobList struct {
	jobQuery
	Chips  []chip
	Groups []jobGroup
	Hint   *jobGroup // what comes next, when the chosen days are empty
	Pages  pager
	Cut    bool // the search found more than it shows
	Sync   syncView

	Closeouts store.CloseoutPage // the newest cards
}

// jobGroup is some jobs under one heading.
type jobGroup struct {
	Title string    // empty: no heading
	Day   time.Time // zero: of several days
	Late  bool      // their day has gone by
	Pick  string    // the address of the day's pick list; "" when there is nothing to fetch
	Rows  []jobRow
}

// listJobs handles GET /jobs?q=&when=&status=&page=.
func (s *Server) listJobs(c *fiber.Ctx) error {
	v, err := s.jobList(c, asked(c))
	if err != nil {
		return err
	}
	if partial(c) {
		keepAddress(c)
		return s.fragments(c, part{"job/rows", v})
	}
	return s.page(c, head{Title: "Jobs", Section: "jobs", Half: listHalf}, "job/list", v)
}

// jobsBeside is the list that stands beside a job.
func (s *Server) jobsBeside(c *fiber.Ctx) (*part, error) {
	return s.beside(c, "/jobs", func(get filter) (part, error) {
		v, err := s.jobList(c, get)
		return part{"job/list", v}, err
	})
}

// standingBeside is how the job stands, for its row in the list beside it; none where there is no list.
func (s *Server) standingBeside(c *fiber.Ctx, id store.JobID) ([]part, error) {
	if !hasRoom(c) {
		return nil, nil
	}
	rows, err := s.Store.JobRows(c.UserContext(), []store.JobID{id})
	if err != nil {
		return nil, err
	}
	row := s.jobRows(rows, time.Time{})[0]
	row.OOB = true
	return []part{{"job/standing", row}}, nil
}

func (s *Server) jobList(c *fiber.Ctx, get filter) (jobList, error) {
	v := jobList{jobQuery: readJobQuery(get)}
	err := s.fillJobs(c, &v)
	if err != nil {
		return v, err
	}
	v.Chips = v.chips()
	if v.Sync, err = s.syncView(c, time.Time{}); err != nil || partial(c) {
		return v, err
	}
	v.Closeouts, err = s.Store.Closeouts(c.UserContext(), 1, 3)
	return v, err
}

func readJobQuery(get filter) jobQuery {
	q := jobQuery{
		Q:      strings.TrimSpace(strings.ToValidUTF8(get("q"), "")),
		When:   get("when"),
		Status: store.JobState(get("status")),
		Short:  get("short") == "1",
		Page:   pageAsked(get),
	}
	if r := []rune(q.Q); len(r) > longestQuery {
		q.Q = string(r[:longestQuery])
	}
	known := func(w struct{ When, Text string }) bool { return w.When == q.When }
	if !slices.ContainsFunc(whens, known) {
		q.When = "today"
		if q.Status != "" {
			q.When = "all"
		}
	}
	switch q.Status {
	case store.JobOpen, store.JobClosed, store.JobDeleted:
	default:
		q.Status = ""
	}
	return q
}

// Href is the address of the list that q asks for. What is usual does not stand in it.
func (q jobQuery) Href() string {
	u := url.Values{}
	set := func(name, value string, ok bool) {
		if ok {
			u.Set(name, value)
		}
	}
	set("q", q.Q, q.Q != "")
	set("when", q.When, q.When != "")
	set("status", string(q.Status), q.Status != "")
	set("short", "1", q.Short)
	set("page", strconv.Itoa(q.Page), q.Page > 1)
	if len(u) == 0 {
		return "/jobs"
	}
	return "/jobs?" + u.Encode()
}

// AllShort is the same list without the wish for short jobs only.
func (q jobQuery) AllShort() string { return jobQuery{When: q.When, Status: q.Status}.Href() }

// AnyStatus is the same list without the wish for a status.
func (q jobQuery) AnyStatus() string { return jobQuery{When: q.When, Short: q.Short}.Href() }

// chips are the days to choose from. Words are looked for in all jobs, whatever their day.
func (v jobList) chips() []chip {
	out := make([]chip, len(whens))
	for i, w := range whens {
		out[i] = chip{Href: jobQuery{When: w.When}.Href(), Text: w.Text, Current: v.Q == "" && v.When == w.When}
		if out[i].Current && !v.Short && v.Status == "" {
			out[i].Count, out[i].Counted = v.Pages.Total, true
		}
	}
	return out
}

// fillJobs looks up the rows of v.
func (s *Server) fillJobs(c *fiber.Ctx, v *jobList) error {
	if v.Q != "" {
		return s.searchJobs(c, v)
	}
	f := s.jobFilter(v.When, v.Page, jobsPerPage)
	switch {
	case v.Status == store.JobDeleted: // no list of days has them
		f = store.JobFilter{Deleted: true, Page: v.Page, Size: jobsPerPage}
	case v.Status == store.JobClosed && v.When == "all":
		f = s.jobFilter("done", v.Page, jobsPerPage)
	case v.Short || v.Status != "":
		return s.siftJobs(c, v)
	}
	p, err := s.Store.ListJobs(c.UserContext(), f)
	if err != nil {
		return err
	}
	v.setPage(p.Page, p.Total)
	v.Groups = s.groups(v.When, p.Rows)
	if p.Total == 0 && (v.When == "today" || v.When == "tomorrow" || v.When == "week") {
		v.Hint, err = s.nextJobs(c)
	}
	return err
}

// searchJobs looks up what fits v's words, best first.
func (s *Server) searchJobs(c *fiber.Ctx, v *jobList) error {
	ids, err := s.Index.Jobs(c.UserContext(), v.Q, searchLimit)
	if err != nil {
		return err
	}
	v.Cut = len(ids) == searchLimit
	rows, err := s.Store.JobRows(c.UserContext(), ids)
	if err != nil {
		return err
	}
	s.setFound(v, rows)
	return nil
}

// siftJobs lists of v's days what the store's own lists do not tell apart.
func (s *Server) siftJobs(c *fiber.Ctx, v *jobList) error {
	p, err := s.Store.ListJobs(c.UserContext(), s.jobFilter(v.When, 1, shortLimit))
	if err != nil {
		return err
	}
	v.Cut = p.Total > len(p.Rows)
	s.setFound(v, p.Rows)
	return nil
}

// setFound puts those of rows that pass v's filters into v, a page of them.
func (s *Server) setFound(v *jobList, rows []store.JobRow) {
	rows = slices.DeleteFunc(rows, func(r store.JobRow) bool {
		return v.Status != "" && r.State != v.Status || v.Short && r.Tally.Short == 0
	})
	page := min(v.Page, max(1, (len(rows)+jobsPerPage-1)/jobsPerPage))
	from := (page - 1) * jobsPerPage
	v.setPage(page, len(rows))
	rows = rows[from:min(from+jobsPerPage, len(rows))]
	if v.Q != "" && len(rows) > 0 {
		v.Groups = []jobGroup{{Rows: s.jobRows(rows, time.Time{})}}
	} else {
		v.Groups = s.groups(v.When, rows)
	}
}

func (v *jobList) setPage(page, total int) {
	v.Page = page
	v.Pages = newPager(page, jobsPerPage, total, func(n int) string {
		q := v.jobQuery
		q.Page = n
		return q.Href()
	})
}

// nextJobs are the jobs of the next day that has any; nil when there is none.
func (s *Server) nextJobs(c *fiber.Ctx) (*jobGroup, error) {
	f := store.JobFilter{From: midnight(s.now(), 1), Page: 1, Size: jobsPerPage}
	p, err := s.Store.ListJobs(c.UserContext(), f)
	if err != nil || len(p.Rows) == 0 {
		return nil, err
	}
	g := s.groups("", p.Rows)[0]
	for i := range g.Rows {
		g.Rows[i].Outlook = true
	}
	return &g, nil
}
