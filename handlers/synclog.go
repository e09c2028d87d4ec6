package handlers

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

// syncEntry is the data of timeline/entry: one line of a timeline.
type syncEntry struct {
	store.SyncEntry
	Demand []demandChange
	OfJob  *store.JobHead // stands among those of other jobs, so that it names its own
}

// demandChange is an item of which a job needs another quantity than before.
type demandChange struct {
	store.Item
	Before, After store.Qty
}

func newSyncEntry(e store.SyncEntry, items map[store.ItemID]store.Item) syncEntry {
	v := syncEntry{SyncEntry: e}
	for _, d := range e.Demand {
		v.Demand = append(v.Demand, demandChange{items[d.Item], d.Before, d.After})
	}
	return v
}

// Title is what came of it, in a few words.
func (e syncEntry) Title() string {
	switch {
	case e.Result == store.SyncCreated:
		return "Came from Jobber"
	case e.Result == store.SyncSame && e.Times > 1:
		return "Nothing new, " + plural(e.Times, "time", "times") + " in a row"
	case e.Result == store.SyncSame:
		return "Nothing new"
	case e.Result == store.SyncGone:
		return "Deleted at Jobber"
	case e.Result == store.SyncRefused:
		return "Not taken over"
	case e.From.Source == store.SourceMatch:
		return "Matched anew here"
	}
	return "Changed"
}

// Came is what it came from.
func (e syncEntry) Came() string {
	switch e.From.Source {
	case store.SourceFirstSync:
		return "The first sync"
	case store.SourceSweep:
		return "A sweep"
	case store.SourceManual:
		return e.From.By + " asked Jobber"
	case store.SourceMatch:
		return e.From.By + " said what a line is, or changed an item"
	}
	if e.From.Topic == "" {
		return "A webhook"
	}
	return "Webhook " + e.From.Topic
}

// Changed reports whether it changed anything here.
func (e syncEntry) Changed() bool { return changesIn(e.SyncEntry) > 0 }

// Long reports whether so much changed that it stands folded.
func (e syncEntry) Long() bool { return changesIn(e.SyncEntry) > 6 }

// Summary counts what changed.
func (e syncEntry) Summary() string {
	if e.Result == store.SyncCreated && e.More == 0 {
		return plural(len(e.Lines), "line", "lines") + ", " + plural(len(e.Demand), "item", "items") + " needed"
	}
	return plural(changesIn(e.SyncEntry), "change", "changes")
}

// Status is Jobber's own word for the job's state, as people write it.
func (e syncEntry) Status() string {
	if e.Said.Status == "" {
		return "no status"
	}
	return strings.ReplaceAll(strings.ToLower(e.Said.Status), "_", " ")
}

// LineWord is what happened to a line.
func (e syncEntry) LineWord(what store.LineEvent) string {
	return map[store.LineEvent]string{store.LineAdded: "new line", store.LineGone: "removed in Jobber", store.LineBack: "back again",
		store.LineRenamed: "renamed", store.LineText: "described, priced or linked otherwise", store.LineAnswered: "matched anew"}[what]
}

const syncsPerPage = 30

// syncLog is the data of timeline/log: what came for all jobs, newest first.
type syncLog struct {
	Entries []syncEntry
	Older   string // address of the page with older ones; "" at the end
	Later   bool   // this page does not begin with the newest
}

// listSyncs handles GET /jobs/log?before=.
func (s *Server) listSyncs(c *fiber.Ctx) error {
	before, err := beforeQuery[store.SyncID](c)
	if err != nil {
		return err
	}
	log, err := s.Store.SyncLog(c.UserContext(), before, syncsPerPage)
	if err != nil {
		return err
	}
	v := syncLog{Later: before != 0}
	for _, e := range log.Entries {
		se, job := newSyncEntry(e, log.Items), log.Jobs[e.Job]
		se.OfJob = &job
		v.Entries = append(v.Entries, se)
	}
	if log.More {
		v.Older = "/jobs/log?before=" + log.Entries[len(log.Entries)-1].ID.String()
	}
	if partial(c) {
		return s.fragments(c, part{"timeline/log", v})
	}
	return s.page(c, head{Title: "What came from Jobber", Section: "more", Back: &crumb{"/more", "More"}}, "timeline/log", v)
}
