package handlers

import (
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

// A scanVerb is what a scan does.
type scanVerb struct {
	Value             string // in addresses and forms
	Name, Icon, Class string
	Kind              store.Kind // of the movement; "" for none
	Job               bool       // may be for a job
	At, Target        string     // the word before the place, and before the place it goes to; "" if it has none
}

// scanVerbs are all of them, in the order of the screen. The first is where a new device begins.
var scanVerbs = []scanVerb{
	{Value: "find", Name: "Find", Icon: "search"},
	{Value: "take", Name: "Take", Icon: "take", Class: "v-take", Kind: store.Issue, Job: true, At: "from"},
	{Value: "put", Name: "Put", Icon: "put", Class: "v-put", Kind: store.Return, Job: true, At: "to"},
	{Value: "move", Name: "Move", Icon: "move", Class: "v-move", Kind: store.Transfer, At: "from", Target: "to"},
	{Value: "count", Name: "Count", Icon: "count", Kind: store.Count, At: "at"},
}

// A scanState is what the next scan does and with what. It stands in the page's address, so that it survives a
// reload, and in a cookie, so that the device keeps it.
type scanState struct {
	Verb  scanVerb
	Job   store.JobHead // ID 0: none, as below
	Place store.Place
	To    store.Place
}

const (
	scanCookie = "lwc_scan"
	verbLife   = 365 * 24 * time.Hour
	chipLife   = 12 * time.Hour // a shift: yesterday's job is not today's
)

// readScanState reads a state by the names of its parts. What is gone or was never there is left out.
func (s *Server) readScanState(c *fiber.Ctx, value func(string) string) (scanState, error) {
	st := scanState{Verb: scanVerbs[0]}
	if i := slices.IndexFunc(scanVerbs, func(v scanVerb) bool { return v.Value == value("verb") }); i > 0 {
		st.Verb = scanVerbs[i]
	}
	var err error
	if id, e := store.ParseID[store.JobID](value("job")); e == nil {
		st.Job, err = ifThere(s.Store.JobHead(c.UserContext(), id))
	}
	if id, e := store.ParseID[store.PlaceID](value("place")); e == nil && err == nil {
		st.Place, err = ifThere(s.Store.Place(c.UserContext(), id))
	}
	if id, e := store.ParseID[store.PlaceID](value("to")); e == nil && err == nil {
		st.To, err = ifThere(s.Store.Place(c.UserContext(), id))
	}
	return st, err
}

// ifThere is the zero value for what is not there.
func ifThere[T any](v T, err error) (T, error) {
	if store.CodeOf(err) == store.NotFound {
		var none T
		return none, nil
	}
	return v, err
}

// scanState is the state in the request's address, or the one that the device keeps.
func (s *Server) scanState(c *fiber.Ctx) (scanState, error) {
	if c.Query("verb") != "" {
		return s.readScanState(c, func(name string) string { return c.Query(name) })
	}
	kept, err := url.ParseQuery(c.Cookies(s.hostCookie(scanCookie)))
	if err != nil {
		kept = url.Values{} // not of our making
	}
	at, err := strconv.ParseInt(kept.Get("at"), 10, 64)
	if age := s.Store.Now().Sub(time.Unix(at, 0)); err != nil || age > chipLife {
		kept = url.Values{"verb": {kept.Get("verb")}}
	}
	return s.readScanState(c, kept.Get)
}

// keepScanState makes the device remember st.
func (s *Server) keepScanState(c *fiber.Ctx, st scanState) {
	v := st.values()
	v.Set("at", strconv.FormatInt(s.Store.Now().Unix(), 10))
	s.setCookie(c, s.hostCookie(scanCookie), v.Encode(), verbLife)
}

func (st scanState) values() url.Values {
	v := url.Values{"verb": {st.Verb.Value}}
	if st.Job.ID != 0 {
		v.Set("job", st.Job.ID.String())
	}
	if st.Place.ID != 0 {
		v.Set("place", st.Place.ID.String())
	}
	if st.To.ID != 0 {
		v.Set("to", st.To.ID.String())
	}
	return v
}

// Href is the address of the scan page in this state.
func (st scanState) Href() string { return "/scan?" + st.values().Encode() }

// Verbs are the verbs to choose from.
func (st scanState) Verbs() []scanVerb { return scanVerbs }

// As is the state with another verb.
func (st scanState) As(v scanVerb) scanState {
	st.Verb = v
	return st
}

// A scanChip is one thing that scans are about until it is taken away.
type scanChip struct {
	Text, Not string // "for #1042 Miller"; what the cross says
	Without   string // the address without it
	Turn      string // the address with the place turned round; "" if it cannot be
	TurnTo    string // what it says then
}

// Chips are the things that this verb heeds.
func (st scanState) Chips() []scanChip {
	var all []scanChip
	if st.Verb.Job && st.Job.ID != 0 {
		other, number := st, jobNumber(st.Job.Number)
		other.Job = store.JobHead{}
		all = append(all, scanChip{Text: "for " + number + " " + clientName(st.Job.Client), Not: "Not for job " + number, Without: other.Href()})
	}
	if st.Verb.At != "" && st.Place.ID != 0 {
		other := st
		other.Place = store.Place{}
		ch := scanChip{Text: st.Verb.At + " " + st.Place.Name, Not: "Not " + st.Verb.At + " " + st.Place.Name, Without: other.Href()}
		if st.Verb.Target != "" && st.To.ID == 0 {
			other.To = st.Place
			ch.Turn, ch.TurnTo = other.Href(), "to "+st.Place.Name
		}
		all = append(all, ch)
	}
	if st.Verb.Target != "" && st.To.ID != 0 {
		other := st
		other.To = store.Place{}
		ch := scanChip{Text: st.Verb.Target + " " + st.To.Name, Not: "Not to " + st.To.Name, Without: other.Href()}
		if st.Place.ID == 0 {
			other.Place = st.To
			ch.Turn, ch.TurnTo = other.Href(), "from "+st.To.Name
		}
		all = append(all, ch)
	}
	return all
}

// Hint says what a label would do, while nothing is set; "" for nothing to say.
func (st scanState) Hint() string {
	switch {
	case st.Verb.Target != "" && st.To.ID == 0:
		return "Scan a truck or shelf first"
	case len(st.Chips()) > 0:
		return ""
	case st.Verb.Job:
		return "Scan a job or place to set it"
	case st.Verb.At != "":
		return "Scan a place to set it"
	}
	return ""
}

// with is st after a label of a place or a job was scanned. It fails with [store.Invalid] when the verb has no
// part for it.
func (st scanState) with(f store.Scanned) (scanState, error) {
	switch {
	case f.Job.ID != 0 && st.Verb.Job:
		st.Job = f.Job
	case f.Job.ID != 0:
		return st, store.Errorf(store.Invalid, "Job %s has no part in %s. Choose Take or Put, then scan it.", jobNumber(f.Job.Number), st.Verb.Name)
	case st.Verb.Target == "":
		st.Place = f.Place
	default:
		st.To = f.Place
		if st.Place.ID == f.Place.ID {
			st.Place = store.Place{}
		}
	}
	return st, nil
}
