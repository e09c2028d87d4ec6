package handlers

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"lwc-inventory/store"
)

// maxCells is how many lines a job may have before its bar turns into numbers: more cells cannot be told apart.
const maxCells = 30

// jobRow is the data of job/row: one job in a list.
type jobRow struct {
	store.JobRow
	Bar     cellBar
	Time    string // what stands on the left: the hour under a day's heading, else the day
	Outlook bool   // of a later day than was asked for: shown, and not marked as one of the list
	OOB     bool   // its standing comes beside another fragment, into the list that stands there
}

// Heading is the job's title, or whom it is for when Jobber has none.
func (r jobRow) Heading() string { return heading(r.JobHead) }

// Who is the customer, as far as it does not stand in the heading already.
func (r jobRow) Who() string {
	if r.Title == "" {
		return ""
	}
	return clientName(r.Client)
}

// CrewNames are the people who go.
func (r jobRow) CrewNames() string { return strings.Join(r.Crew, ", ") }

// AllHere says that everything the job still needs is there.
func (r jobRow) AllHere() bool {
	return r.State == store.JobOpen && r.Tally.Ready > 0 && r.Tally.Short == 0 && r.Tally.Unmatched == 0
}

// AllPicked says that nothing is left to take.
func (r jobRow) AllPicked() bool { return r.Tally.Lines > 0 && r.Tally.Picked == r.Tally.Lines }

// shownShorts is how many short items a row names.
const shownShorts = 3

// FirstShorts are the short items that are named.
func (r jobRow) FirstShorts() []store.Short { return r.Shorts[:min(shownShorts, len(r.Shorts))] }

// MoreShorts is how many short items are not.
func (r jobRow) MoreShorts() int { return max(0, len(r.Shorts)-shownShorts) }

func heading(h store.JobHead) string {
	if t := strings.TrimSpace(h.Title); t != "" {
		return t
	}
	return clientName(h.Client)
}

// clientName is what the people at the shelf call a customer.
func clientName(c store.Client) string {
	if c.Company != "" {
		return c.Company
	}
	return c.Name
}

// jobRows makes rows for a list under the heading of a day: on the left stands the hour, or the
// day for jobs that began on another one. Without a day it is always the day.
func (s *Server) jobRows(rows []store.JobRow, day time.Time) []jobRow {
	out := make([]jobRow, len(rows))
	for i, r := range rows {
		out[i] = jobRow{JobRow: r, Bar: newCellBar(r.Tally, r.Cells)}
		start, end := r.StartAt.In(s.Location), r.EndAt.In(s.Location)
		switch {
		case r.StartAt.IsZero():
		case !day.IsZero() && daysUntil(day, start) == 0:
			out[i].Time = hourText(start, end)
		default:
			out[i].Time = start.Format("2 Jan")
		}
	}
	return out
}

// cellBar is the data of job/cells: a cell for each stock line of a job.
type cellBar struct {
	store.Tally
	Cells []store.LineState // picked first, then ready, short, unmatched
}

func newCellBar(t store.Tally, cells []store.LineState) cellBar {
	order := []store.LineState{store.LineIssued, store.LineOpen, store.LineShort, store.LineUnmatched}
	b := cellBar{Tally: t}
	for _, c := range cells {
		if slices.Contains(order, c) {
			b.Cells = append(b.Cells, c)
		}
	}
	slices.SortStableFunc(b.Cells, func(x, y store.LineState) int {
		return slices.Index(order, x) - slices.Index(order, y)
	})
	return b
}

// Many says that numbers are read faster than this many cells.
func (b cellBar) Many() bool { return len(b.Cells) > maxCells }

// Classes are the cells' looks.
func (b cellBar) Classes() []string {
	looks := map[store.LineState]string{store.LineIssued: "done", store.LineOpen: "ready",
		store.LineShort: "short", store.LineUnmatched: "open"}
	out := make([]string, len(b.Cells))
	for i, c := range b.Cells {
		out[i] = looks[c]
	}
	return out
}

// Label says in words what the cells show.
func (b cellBar) Label() string {
	parts := make([]string, 0, 4)
	for _, p := range []struct {
		n    int
		word string
	}{{b.Picked, "picked"}, {b.Ready, "ready"}, {b.Short, "short"}, {b.Unmatched, "not matched"}} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", p.n, p.word))
		}
	}
	return fmt.Sprintf("%s: %s", plural(len(b.Cells), "line", "lines"), strings.Join(parts, ", "))
}
