package handlers

import (
	"slices"
	"time"

	"lwc-inventory/store"
)

// now is the time by the clock on the wall of the shop.
func (s *Server) now() time.Time { return s.Store.Now().In(s.Location) }

// midnight is when the day of t begins, or that many days later. Days with a change of the clock
// are longer or shorter, so hours are not added up.
func midnight(t time.Time, days int) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day()+days, 0, 0, 0, 0, t.Location())
}

// daysUntil is how many days the day of t lies after that of now: 1 is tomorrow.
func daysUntil(now, t time.Time) int { return daysBetween(now, t.In(now.Location())) }

// jobFilter says in the store's words which days when means. Today includes open jobs whose day
// has gone by: somebody has to look at them.
func (s *Server) jobFilter(when string, page, size int) store.JobFilter {
	now := s.now()
	f := store.JobFilter{Page: page, Size: size}
	switch when {
	case "today":
		f.To = midnight(now, 1)
	case "tomorrow":
		f.From, f.To = midnight(now, 1), midnight(now, 2)
	case "week":
		f.From, f.To = midnight(now, 0), midnight(now, jobsAhead)
	case "later":
		f.From = midnight(now, jobsAhead)
	case "none":
		f.Undated = true
	case "done":
		f.Done = true
	default:
		f.All = true
	}
	return f
}

// groups puts rows, which are in the order of time, under the headings of their days.
func (s *Server) groups(when string, rows []store.JobRow) []jobGroup {
	if len(rows) == 0 {
		return nil
	}
	if when == "none" || when == "done" || when == "all" {
		return []jobGroup{{Rows: s.jobRows(rows, time.Time{})}}
	}
	now := s.now()
	var out []jobGroup
	for _, r := range rows {
		g := groupFor(now, when, r.JobHead)
		i := slices.IndexFunc(out, func(have jobGroup) bool { return have.Title == g.Title })
		if i < 0 {
			i = len(out)
			out = append(out, g)
		}
		out[i].Rows = append(out[i].Rows, s.jobRows([]store.JobRow{r}, g.Day)...)
		if out[i].Pick == "" && !g.Day.IsZero() {
			out[i].Pick = dayPick(midnight(g.Day, 0), []store.JobRow{r})
		}
	}
	// A job that has gone on for days comes before the late ones, and its heading does not.
	slices.SortStableFunc(out, func(a, b jobGroup) int {
		switch {
		case a.Late == b.Late:
			return 0
		case a.Late:
			return -1
		}
		return 1
	})
	return out
}

// groupFor is the heading under which a job stands. A job with several visits stands in the list of
// each of their days, with the time of the next one.
func groupFor(now time.Time, when string, h store.JobHead) jobGroup {
	day := h.StartAt.In(now.Location())
	switch until := daysUntil(now, day); {
	case when == "tomorrow":
		day = midnight(now, 1)
	case when == "later" && until < jobsAhead:
		return jobGroup{Title: "More visits of earlier jobs"}
	case until < 0 && !h.EndAt.IsZero() && daysUntil(now, h.EndAt) >= 0:
		day = now
	case until < 0:
		return jobGroup{Title: "Late", Late: true}
	}
	return jobGroup{Title: dayName(now, day), Day: day}
}

// dayName is the heading of a day: "Tomorrow, Tue 24 Nov".
func dayName(now, t time.Time) string {
	t = t.In(now.Location())
	name := t.Format("Mon 2 Jan")
	if t.Year() != now.Year() {
		name = t.Format("Mon 2 Jan 2006")
	}
	switch daysUntil(now, t) {
	case 0:
		return "Today, " + name
	case 1:
		return "Tomorrow, " + name
	}
	return name
}

// dayWord is a day in a sentence: "tomorrow", "Fri 27 Nov".
func dayWord(now, t time.Time) string {
	t = t.In(now.Location())
	switch daysUntil(now, t) {
	case -1:
		return "yesterday"
	case 0:
		return "today"
	case 1:
		return "tomorrow"
	}
	if t.Year() != now.Year() {
		return t.Format("2 Jan 2006")
	}
	return t.Format("Mon 2 Jan")
}

// spanText says when a job or a visit is: "tomorrow, 08:00 to 12:00".
func spanText(now, start, end time.Time) string {
	if start.IsZero() {
		return "no date yet"
	}
	start, end = start.In(now.Location()), end.In(now.Location())
	day := dayWord(now, start)
	switch {
	case allDay(start, end):
		return day + ", all day"
	case !end.After(start):
		return day + ", " + start.Format("15:04")
	case daysUntil(start, end) == 0:
		return day + ", " + start.Format("15:04") + " to " + end.Format("15:04")
	}
	return day + ", " + start.Format("15:04") + " to " + dayWord(now, end) + ", " + end.Format("15:04")
}

// hourText is the hour at which a job begins, for the narrow column before its name.
func hourText(start, end time.Time) string {
	if allDay(start, end) {
		return "All day"
	}
	return start.Format("15:04")
}

// allDay reports whether the times mean a day and no hour: Jobber writes those from midnight to the last second.
func allDay(start, end time.Time) bool {
	return start.Equal(midnight(start, 0)) && !end.Before(midnight(start, 1).Add(-time.Minute)) &&
		!end.After(midnight(start, 1))
}
