package handlers

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

// jobSheet is the data of job/show: one job with its materials. Every act on the job replaces all of it,
// since one line changes the bar, the history and what the button at the lower edge would take.
type jobSheet struct {
	store.JobSheet
	CSRF    string
	Now     time.Time
	Bar     cellBar
	Asked   []askedLine // lines that wait for an answer
	Lines   []jobLine   // material, in the order of the store
	Quiet   []jobLine   // not stock, and what Jobber removed before anything was taken
	Entries []moveEntry // what was taken and brought back, newest first
	Here    int         // lines of which there is something to take
	Out     int         // lines of which something is out
	Ask     *confirm    // the store's question about the whole job
	Return  bool        // Ask is about bringing back
	Repeat  string      // the request id that the answer to Ask has to carry
	Asking  bool        // a question about one line stands open: its button is the one to press
	Link    string      // the job's page at Jobber; "" if there is none to be trusted
}

// Heading is the job's title, or whom it is for when Jobber has none.
func (v jobSheet) Heading() string { return heading(v.JobHead) }

// Who is the customer as the shelf calls him.
func (v jobSheet) Who() string { return clientName(v.Client) }

// Span says when the job is.
func (v jobSheet) Span() string { return spanText(v.Now, v.StartAt, v.EndAt) }

// CrewNames are the people who go.
func (v jobSheet) CrewNames() string { return strings.Join(v.Crew, ", ") }

// StatusWord is Jobber's own word for the job's state, as people write it.
func (v jobSheet) StatusWord() string {
	word := strings.ReplaceAll(strings.ToLower(v.Status), "_", " ")
	if word == "" {
		return string(v.State)
	}
	return strings.ToUpper(word[:1]) + word[1:]
}

// Path is the address of the page.
func (v jobSheet) Path() string { return "/jobs/" + v.ID.String() }

// VisitText says when a visit is.
func (v jobSheet) VisitText(vs store.Visit) string { return spanText(v.Now, vs.StartAt, vs.EndAt) }

// TakeAll says that the button at the lower edge takes: the job is open and there is something for it.
func (v jobSheet) TakeAll() bool { return v.State == store.JobOpen && v.Here > 0 }

// BackAll says that the button at the lower edge brings back: the job is over, and something is out.
func (v jobSheet) BackAll() bool { return v.State != store.JobOpen && v.Out > 0 }

// TakeAllText says what the button at the lower edge takes.
func (v jobSheet) TakeAllText() string {
	if v.Tally.Short == 0 && v.Tally.Unmatched == 0 && v.Here > 1 {
		return fmt.Sprintf("Take all %d lines", v.Here)
	}
	return "Take what is here"
}

// shownVisits is how many visits of a job are listed.
const shownVisits = 8

// FirstVisits are the visits that are listed.
func (v jobSheet) FirstVisits() []store.Visit { return v.Visits[:min(shownVisits, len(v.Visits))] }

// MoreVisits is how many are not.
func (v jobSheet) MoreVisits() int { return max(0, len(v.Visits)-shownVisits) }

// jobLine is the data of job/line: one material of a job.
type jobLine struct {
	store.SheetLine
	Job      store.JobID
	JobState store.JobState
	CSRF     string
	Ask      *confirm // the store's question about taking or bringing back this line
	Return   bool     // Ask is about bringing back
	Repeat   string   // the request id that the answer to Ask has to carry
}

// Row names the row on the page, where the items of a kit share the line's id.
func (l jobLine) Row() string {
	if l.Kit == "" {
		return l.ID.String()
	}
	return l.ID.String() + "-" + l.Stock.ID.String()
}

// Path is the address under which the line's acts stand.
func (l jobLine) Path() string { return "/jobs/" + l.Job.String() + "/lines/" + l.ID.String() }

// CanTake says that the line's own button takes: there is something to take, and the job still goes on.
func (l jobLine) CanTake() bool { return l.JobState == store.JobOpen && l.Remaining > 0 && !l.Removed }

// Over is what was taken beyond what the line asks for.
func (l jobLine) Over() store.Qty { return l.Issued - l.Required }

// CanTakeLate says that some of it was not taken before the job was closed: taking it now is unusual.
func (l jobLine) CanTakeLate() bool {
	return l.JobState == store.JobClosed && l.Required > l.Issued && !l.Removed
}

// CanReturn says that something is out.
func (l jobLine) CanReturn() bool { return l.Issued > 0 }

// Keypad is the page on which a part of the line is taken or brought back.
func (l jobLine) Keypad(kind string) string {
	return "/items/" + l.Stock.ID.String() + "/move?" + url.Values{
		"kind": {kind}, "job": {l.Job.String()}, "line": {l.ID.String()}, "back": {"/jobs/" + l.Job.String() + "#line-" + l.Row()},
	}.Encode()
}

// showJob handles GET /jobs/:id.
func (s *Server) showJob(c *fiber.Ctx) error {
	v, err := s.jobSheet(c)
	if err != nil {
		return err
	}
	return s.answerJob(c, v)
}

// answerJob answers with the job's article, alone or in its page, and parts beside it.
func (s *Server) answerJob(c *fiber.Ctx, v jobSheet, beside ...part) error {
	show := part{"job/show", v}
	if partial(c) {
		row, err := s.standingBeside(c, v.ID)
		if err != nil {
			return err
		}
		return s.fragments(c, append(append(row, show), beside...)...)
	}
	h := head{Title: jobNumber(v.Number) + " " + v.Heading(), Section: "jobs", Back: &crumb{"/jobs", "Jobs"}, Half: detailHalf}
	var err error
	if h.Beside, err = s.jobsBeside(c); err != nil {
		return err
	}
	return s.page(c, h, show.view, v)
}

// jobSheet reads the job that the address names.
func (s *Server) jobSheet(c *fiber.Ctx) (jobSheet, error) {
	id, err := store.ParseID[store.JobID](c.Params("id"))
	if err != nil {
		return jobSheet{}, err
	}
	return s.jobSheetOf(c, id)
}

func (s *Server) jobSheetOf(c *fiber.Ctx, id store.JobID) (jobSheet, error) {
	sheet, err := s.Store.JobSheet(c.UserContext(), id)
	if err != nil {
		return jobSheet{}, err
	}
	v := jobSheet{JobSheet: sheet, CSRF: s.csrf(c), Now: s.now(), Link: safeLink(sheet.URL)}
	var cells []store.LineState
	var waiting []store.SheetLine
	for _, l := range sheet.Lines {
		cells = append(cells, l.State)
		switch {
		case l.State == store.LineUnmatched:
			waiting = append(waiting, l)
			continue
		case l.State == store.LineNotStock, l.Removed && l.Issued == 0:
			v.Quiet = append(v.Quiet, s.jobLine(c, sheet, l))
			continue
		}
		v.Lines = append(v.Lines, s.jobLine(c, sheet, l))
		if l.Remaining > 0 && l.Source.OnHand > 0 {
			v.Here++
		}
		if l.Issued > 0 {
			v.Out++
		}
	}
	v.Out += len(sheet.Extra)
	v.Entries = s.moveEntries(c, sheet.History, v.Path())
	for i := range v.Entries {
		v.Entries[i].OfItem = true
	}
	v.Bar = newCellBar(sheet.Tally, cells)
	v.Asked, err = s.askedLines(c, waiting, v.Path())
	return v, err
}

func (s *Server) jobLine(c *fiber.Ctx, sheet store.JobSheet, l store.SheetLine) jobLine {
	return jobLine{SheetLine: l, Job: sheet.ID, JobState: sheet.State, CSRF: s.csrf(c)}
}

// safeLink returns a job's address at Jobber if following it can do no harm: it leads to a site
// over TLS, or to a stand-in on this machine. What Jobber sends is data, and might say javascript:.
func safeLink(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || u.User != nil {
		return ""
	}
	if u.Scheme == "https" || u.Scheme == "http" && u.Hostname() == "127.0.0.1" {
		return u.String()
	}
	return ""
}
