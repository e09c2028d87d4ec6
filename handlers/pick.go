package handlers

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

// freshTime is how long a line that was just picked stays where it stood, ticked: nothing moves under the thumb,
// and everybody sees who was first.
const freshTime = 20 * time.Second

// pickScope is what a pick list is asked for, as it stands in its address and in its forms.
type pickScope struct {
	Job   store.JobID   // 0: of a day
	Day   time.Time     // its first moment
	Crew  string        // only the jobs of this person; "" for all
	To    store.PlaceID // where it goes: 0 is handed over to the job
	Empty []spot        // shelves that should be empty now
}

// A spot is an item at a place.
type spot struct {
	Item  store.ItemID
	Place store.PlaceID
}

// Path is the list's address without what sticks to it.
func (sc pickScope) Path() string {
	if sc.Job != 0 {
		return "/jobs/" + sc.Job.String() + "/pick"
	}
	return "/pick"
}

// DayText is the day as it stands in addresses; "" when the list is one job's.
func (sc pickScope) DayText() string {
	if sc.Job != 0 {
		return ""
	}
	return sc.Day.Format(time.DateOnly)
}

// ToText is the target as it stands in addresses and forms; "" for the job.
func (sc pickScope) ToText() string {
	if sc.To == 0 {
		return ""
	}
	return sc.To.String()
}

// EmptyText is the shelves to ask about as they stand in addresses.
func (sc pickScope) EmptyText() string {
	var parts []string
	for _, e := range sc.Empty {
		parts = append(parts, e.Item.String()+"."+e.Place.String())
	}
	return strings.Join(parts, ",")
}

// Query is what stands in the address after the path, with its question mark.
func (sc pickScope) Query() string {
	u := url.Values{}
	for name, value := range map[string]string{"day": sc.DayText(), "crew": sc.Crew, "to": sc.ToText(), "empty": sc.EmptyText()} {
		if value != "" {
			u.Set(name, value)
		}
	}
	if len(u) == 0 {
		return ""
	}
	return "?" + u.Encode()
}

// Href is the list's address.
func (sc pickScope) Href() string { return sc.Path() + sc.Query() }

// Live is where the list's changes are told.
func (sc pickScope) Live() string {
	if sc.Job != 0 {
		return "/pick/live?job=" + sc.Job.String()
	}
	return "/pick/live?" + url.Values{"day": {sc.DayText()}, "crew": {sc.Crew}}.Encode()
}

// Scan is the scan page; of a job's list it takes for the job.
func (sc pickScope) Scan() string {
	if sc.Job == 0 {
		return "/scan?verb=take"
	}
	return "/scan?verb=take&job=" + sc.Job.String()
}

// scope is the list in the store's words.
func (sc pickScope) scope() store.PickScope {
	if sc.Job != 0 {
		return store.PickScope{Job: sc.Job}
	}
	return store.PickScope{From: sc.Day, To: midnight(sc.Day, 1), Crew: sc.Crew}
}

// readPickScope reads which list is meant: from the address, or from the fields of one of its forms. A form about a
// line of a day's list names the day beside the line's job.
func (s *Server) readPickScope(c *fiber.Ctx) (pickScope, error) {
	value := func(name string) string { return strings.ToValidUTF8(c.Query(name), "") }
	if c.Method() == fiber.MethodPost {
		value = func(name string) string { return formText(c, name) }
	}
	var sc pickScope
	var err error
	day, job := value("day"), c.Params("id")
	if job == "" {
		job = value("job")
	}
	switch {
	case day != "":
		if sc.Day, err = time.ParseInLocation(time.DateOnly, day, s.Location); err != nil {
			return sc, fieldError("day", "The day is written like 2026-11-30.")
		}
	case job != "":
		if sc.Job, err = store.ParseID[store.JobID](job); err != nil {
			return sc, err
		}
	default:
		sc.Day = midnight(s.now(), 0)
	}
	if r := []rune(value("crew")); len(r) <= longestQuery {
		sc.Crew = string(r)
	}
	if to := value("to"); to != "" {
		if sc.To, err = store.ParseID[store.PlaceID](to); err != nil {
			return sc, fieldError("to", "Choose one of the list.")
		}
	}
	sc.Empty = readSpots(value("empty"))
	return sc, nil
}

const mostSpots = 5

// readSpots reads what EmptyText wrote. What is no spot is left out: it is only a question.
func readSpots(text string) []spot {
	var all []spot
	for part := range strings.SplitSeq(text, ",") {
		item, place, _ := strings.Cut(part, ".")
		i, err := store.ParseID[store.ItemID](item)
		p, err2 := store.ParseID[store.PlaceID](place)
		if err == nil && err2 == nil && len(all) < mostSpots {
			all = append(all, spot{i, p})
		}
	}
	return all
}

// showPick handles GET /jobs/:id/pick and GET /pick?day=&crew=.
func (s *Server) showPick(c *fiber.Ctx) error {
	sc, err := s.readPickScope(c)
	if err != nil {
		return err
	}
	v, err := s.pickPage(c, sc)
	if err != nil {
		return err
	}
	return s.answerPick(c, v)
}

// answerPick answers with the list, alone or in its page, and parts beside it.
func (s *Server) answerPick(c *fiber.Ctx, v pickPage, beside ...part) error {
	show := part{"pick/show", v}
	if partial(c) {
		return s.fragments(c, append([]part{show}, beside...)...)
	}
	back := &crumb{"/jobs", "Jobs"}
	if v.Job != 0 && len(v.Jobs) == 1 {
		back = &crumb{"/jobs/" + v.Job.String(), jobNumber(v.Jobs[0].Number) + " " + heading(v.Jobs[0])}
	}
	return s.page(c, head{Title: v.Title, Section: "jobs", Back: back, Narrow: true}, show.view, v)
}

// pickTitle names a list.
func (s *Server) pickTitle(sc pickScope, jobs []store.JobHead) string {
	if sc.Job != 0 && len(jobs) == 1 {
		return fmt.Sprintf("Pick %s, %s", jobNumber(jobs[0].Number), clientName(jobs[0].Client))
	}
	title := "Pick for " + dayWord(s.now(), sc.Day)
	if sc.Crew != "" {
		title += ", " + sc.Crew
	}
	return title
}

// dayPick is the address of a day's pick list; "" when its jobs need nothing, or it is no one day.
func dayPick(day time.Time, jobs []store.JobRow) string {
	for _, j := range jobs {
		if !day.IsZero() && j.State == store.JobOpen && j.Tally.Lines > 0 {
			return pickScope{Day: day}.Href()
		}
	}
	return ""
}
