package handlers

import (
	"fmt"

	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

// pickPage is the data of pick/show: what is to be fetched for one job, or for the jobs of a day.
type pickPage struct {
	pickScope
	store.PickList
	CSRF    string
	Title   string
	Printed string // for the paper: when and where the jobs are
	Problem string // why nothing was booked; "" if it was
	Shelves []pickShelf
	Missing []pickRow // not found by somebody
	Done    []pickRow
	Picked  int // lines of which nothing is left to fetch
	Here    int // lines of which something is there to be fetched, or to be handed over
	Lacking int // lines of which not all is there
	Targets []placeChoice
	People  []chip
	Asks    []emptyAsk
	Ask     *confirm // the store's question about everything
	Repeat  string   // the request id that the answer to Ask has to carry
}

// pickShelf is the lines below one place.
type pickShelf struct {
	Place store.Place
	Lines []pickRow
}

// pickPage reads a list and lays it out.
func (s *Server) pickPage(c *fiber.Ctx, sc pickScope) (pickPage, error) {
	list, err := s.Store.PickList(c.UserContext(), sc.scope())
	if err != nil {
		return pickPage{}, err
	}
	v := pickPage{pickScope: sc, PickList: list, CSRF: s.csrf(c), Title: s.pickTitle(sc, list.Jobs), Printed: s.printed(list)}
	for _, l := range list.Lines {
		v.add(s.pickRow(c, sc, l, len(list.Jobs) > 1))
	}
	if err := s.pickTargets(c, &v); err != nil {
		return v, err
	}
	v.People = sc.people(list.Crews)
	return v, s.askEmpty(c, &v)
}

// add puts a line where it belongs: below its shelf, among what nobody found, or to what is done.
func (v *pickPage) add(r pickRow) {
	done := r.PickLine.Done()
	if done {
		v.Picked++
	}
	if !done && r.NotFound == "" && r.Here() > 0 || r.Staged() && v.To == 0 {
		v.Here++
	}
	if !done && r.Lacks() > 0 {
		v.Lacking++
	}
	switch {
	case done && !r.fresh():
		v.Done = append(v.Done, r)
	case !done && r.NotFound != "":
		v.Missing = append(v.Missing, r)
	default:
		if n := len(v.Shelves); n == 0 || v.Shelves[n-1].Place.ID != r.Shelf.ID {
			v.Shelves = append(v.Shelves, pickShelf{Place: r.Shelf})
		}
		shelf := &v.Shelves[len(v.Shelves)-1]
		shelf.Lines = append(shelf.Lines, r)
	}
}

// TakeAllText says what the button at the lower edge takes.
func (v pickPage) TakeAllText() string {
	verb := "Take"
	if v.To != 0 {
		verb = "Set aside"
	}
	switch {
	case v.Lacking > 0 || len(v.Missing) > 0 || v.Picked+v.Here < len(v.Lines):
		return verb + " what is here"
	case v.Picked == 0:
		return verb + " all " + plural(v.Here, "line", "lines")
	}
	return verb + " the other " + plural(v.Here, "line", "lines")
}

// printed is what the paper says of the jobs.
func (s *Server) printed(list store.PickList) string {
	text := ""
	for _, j := range list.Jobs {
		text += fmt.Sprintf("%s %s, %s. ", jobNumber(j.Number), heading(j), spanText(s.now(), j.StartAt, j.EndAt))
	}
	return text + "Printed " + s.showWhen(s.now()) + "."
}

// pickTargets offers where things may be set aside.
func (s *Server) pickTargets(c *fiber.Ctx, v *pickPage) error {
	places, err := s.Store.Places(c.UserContext())
	for _, p := range places {
		v.Targets = append(v.Targets, placeChoice{Place: p})
	}
	return err
}

// people are the choices of whose jobs a day's list has.
func (sc pickScope) people(names []string) []chip {
	if sc.Job != 0 || len(names) == 0 {
		return nil
	}
	all := sc
	all.Crew, all.Empty = "", nil
	chips := []chip{{Href: all.Href(), Text: "Everybody", Current: sc.Crew == ""}}
	for _, name := range names {
		all.Crew = name
		chips = append(chips, chip{Href: all.Href(), Text: name, Current: sc.Crew == name})
	}
	return chips
}
