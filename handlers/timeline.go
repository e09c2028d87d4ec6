package handlers

import (
	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

// jobTimeline is the data of timeline/show: how a job came to be as it is here, and the button to ask
// Jobber for it now.
type jobTimeline struct {
	store.Job
	CSRF    string
	Link    string // the job's page at Jobber; "" if there is none to be trusted
	Lines   []timelineLine
	Entries []syncEntry // newest first
}

// timelineLine is the data of timeline/line: what a line asks of the stock, and why.
type timelineLine struct {
	store.LineReason
	Needs []itemQty
}

// itemQty is an amount of an item.
type itemQty struct {
	store.Item
	Qty store.Qty
}

// Path is the address of the job's page.
func (v jobTimeline) Path() string { return "/jobs/" + v.ID.String() }

// Heading is the job's title, or whom it is for.
func (v jobTimeline) Heading() string { return heading(v.JobHead) }

// showTimeline handles GET /jobs/:id/sync.
func (s *Server) showTimeline(c *fiber.Ctx) error {
	id, err := store.ParseID[store.JobID](c.Params("id"))
	if err != nil {
		return err
	}
	return s.answerTimeline(c, id)
}

// replayJob handles POST /jobs/:id/sync: Jobber is asked for this one job, and the answer waits for it.
func (s *Server) replayJob(c *fiber.Ctx) error {
	id, err := store.ParseID[store.JobID](c.Params("id"))
	if err != nil {
		return err
	}
	request, err := requestID(c)
	if err != nil {
		return err
	}
	e, err := s.Jobber.Replay(c.UserContext(), id, user(c).Actor(), request)
	if err != nil {
		return err
	}
	t := replayToast(e)
	if !partial(c) {
		return s.done(c, "/jobs/"+id.String()+"/sync", t)
	}
	return s.answerTimeline(c, id, s.toastPart(t))
}

// replayToast says what asking for one job brought.
func replayToast(e store.SyncEntry) toast {
	switch e.Result {
	case store.SyncSame:
		return toast{Text: "Jobber says the same. Nothing changed here."}
	case store.SyncGone:
		return toast{Text: "Jobber does not have this job any more."}
	case store.SyncRefused:
		return toast{Text: e.Note, Bad: true}
	}
	return toast{Text: "Taken over from Jobber: " + plural(changesIn(e), "change", "changes") + "."}
}

func changesIn(e store.SyncEntry) int { return len(e.Fields) + len(e.Lines) + len(e.Demand) + e.More }

// answerTimeline answers with the timeline's article, alone or in its page, and parts beside it.
func (s *Server) answerTimeline(c *fiber.Ctx, id store.JobID, beside ...part) error {
	t, err := s.Store.Timeline(c.UserContext(), id)
	if err != nil {
		return err
	}
	v := jobTimeline{Job: t.Job, CSRF: s.csrf(c), Link: safeLink(t.URL)}
	for _, l := range t.Lines {
		line := timelineLine{LineReason: l}
		for _, n := range l.Needs {
			line.Needs = append(line.Needs, itemQty{t.Items[n.Item], n.Qty})
		}
		v.Lines = append(v.Lines, line)
	}
	for _, e := range t.Entries {
		v.Entries = append(v.Entries, newSyncEntry(e, t.Items))
	}
	show := part{"timeline/show", v}
	if partial(c) {
		return s.fragments(c, append([]part{show}, beside...)...)
	}
	return s.page(c, head{Title: "What Jobber said of " + jobNumber(v.Number), Section: "jobs",
		Back: &crumb{v.Path(), jobNumber(v.Number)}}, show.view, v)
}
