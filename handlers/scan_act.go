package handlers

import (
	"errors"
	"net/http"

	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

// A scanAnswer is what came of one scan.
type scanAnswer struct {
	State  scanState
	Turned bool   // the state is another than the page shows
	Result string // how it sounds: right, wrong, ask
	Word   string // for the picture: "Took 1 ea"
	Ask    scanAsk
	Hits   []scanHit // what was booked
	Toast  toast
}

// scanWord is the data of scan/word: how the last scan went.
type scanWord struct{ Result, Word string }

// scan handles POST /scan: a code was scanned or typed, and the verb is done with what it stands for. A code of
// nothing changes nothing.
func (s *Server) scan(c *fiber.Ctx) error {
	st, err := s.readScanState(c, func(name string) string { return formText(c, name) })
	if err != nil {
		return err
	}
	request, err := requestID(c)
	if err != nil {
		return err
	}
	code := cleanCode(formValue(c, "code"))
	found, err := s.behind(c, code)
	switch {
	case store.CodeOf(err) == store.NotFound:
		unknown, err := s.unknownCode(c, st, code)
		if err != nil {
			return err
		}
		return s.answerScan(c, scanAnswer{State: st, Result: "wrong", Word: "Unknown code", Ask: scanAsk{Unknown: &unknown}})
	case err != nil:
		return err
	case st.Verb.Kind == "":
		return s.answerFound(c, st, found)
	case found.Item.ID != 0:
		return s.scanItem(c, pendingScan{scanState: st, Code: code, RequestID: request, Name: found.Item.Name}, found.Item)
	case found.Place.ID != 0 && st.Verb.Kind == store.Count:
		return s.leaveTo(c, countOfPlace(found.Place.ID))
	}
	next, err := st.with(found)
	if err != nil {
		return s.refuseScan(c, st, err)
	}
	s.keepScanState(c, next)
	return s.answerScan(c, scanAnswer{State: next, Turned: true, Result: "right", Word: setWord(found)})
}

// setWord is the name of the thing that scans are about from now on.
func setWord(f store.Scanned) string {
	if f.Job.ID != 0 {
		return "Job " + jobNumber(f.Job.Number)
	}
	return f.Place.Name
}

// answerFound answers a look-up: how much there is, and where. Without a script it is the thing's page.
func (s *Server) answerFound(c *fiber.Ctx, st scanState, f store.Scanned) error {
	if !partial(c) {
		return c.Redirect(pageOf(f), fiber.StatusSeeOther)
	}
	v := foundThing{Href: pageOf(f), Name: setWord(f)}
	switch {
	case f.Item.ID != 0:
		row := newItemRow(f.Item, 0)
		v.Item, v.Where, v.Name = &row, f.Item.At, f.Item.Name
	case f.Place.ID != 0:
		v.Icon = placeIcon(f.Place.Kind)
	default:
		v.Icon, v.Note = "jobs", f.Job.Title+", "+clientName(f.Job.Client)
	}
	return s.answerScan(c, scanAnswer{State: st, Result: "right", Word: "Found", Ask: scanAsk{Found: &v}})
}

// scanItem does the verb with an item: one of it, from and to what is set or usual.
func (s *Server) scanItem(c *fiber.Ctx, p pendingScan, it store.Stock) error {
	st := p.scanState
	e := store.Entry{Item: it.ID, Kind: st.Verb.Kind, Qty: oneUnit}
	switch e.Kind {
	case store.Count:
		f := moveForm{Stock: it, Kind: string(store.Count), Back: st.Href()}
		_, f.To, _ = st.ends()
		return s.leaveTo(c, f.Href())
	case store.Transfer:
		if st.To.ID == 0 {
			return s.askWhere(c, p)
		}
		e.From, e.To = st.Place.ID, st.To.ID
	case store.Return:
		e.To, e.Job = st.Place.ID, st.Job.ID
	default:
		e.From, e.Job = st.Place.ID, st.Job.ID
	}
	r, err := s.Store.Book(c.UserContext(), store.Act{RequestID: p.RequestID, By: user(c).Actor(), Entries: []store.Entry{e},
		Confirmed: formTick(c, "confirm")})
	if store.CodeOf(err) == store.Unusual {
		return s.askSure(c, p, it, err)
	}
	if err != nil {
		return s.refuseScan(c, st, err)
	}
	return s.answerBooked(c, st, r.Movements[0])
}

// answerBooked tells what was booked, and how to take it back.
func (s *Server) answerBooked(c *fiber.Ctx, st scanState, m store.Movement) error {
	s.keepScanState(c, st)
	entry, err := s.Store.Entry(c.UserContext(), m.ID)
	if err != nil {
		return err
	}
	hits, err := s.hits(c, []store.HistoryEntry{entry}, st.Href())
	if err != nil {
		return err
	}
	t, err := s.movedToast(c, m, st.Href())
	if err != nil {
		return err
	}
	t.Text = entry.ItemName + ": " + t.Text
	return s.answerScan(c, scanAnswer{State: st, Turned: formTick(c, "turned"), Result: "right",
		Word: st.Verb.label(hits[0].Amount()), Hits: hits, Toast: t})
}

// label says what was done with an amount: "Take 1 ea".
func (v scanVerb) label(amount string) string { return v.Name + " " + amount }

// askWhere asks where a thing moves to.
func (s *Server) askWhere(c *fiber.Ctx, p pendingScan) error {
	places, err := s.Store.Places(c.UserContext())
	if err != nil {
		return err
	}
	for _, place := range places {
		if place.Kind == store.KindTruck && len(p.Trucks) < truckLimit {
			p.Trucks = append(p.Trucks, place)
		}
	}
	p.CSRF = s.csrf(c)
	return s.answerScan(c, scanAnswer{State: p.scanState, Result: "ask", Word: "Where to?", Ask: scanAsk{Where: &p}})
}

// ends are the movement's places and job as a form has them; "" as usual.
func (st scanState) ends() (from, to, job string) {
	place := ""
	if st.Place.ID != 0 {
		place = st.Place.ID.String()
	}
	if st.Verb.At == "from" {
		from = place
	} else {
		to = place
	}
	if st.Verb.Target != "" && st.To.ID != 0 {
		to = st.To.ID.String()
	}
	if st.Verb.Job && st.Job.ID != 0 {
		job = st.Job.ID.String()
	}
	return from, to, job
}

// askSure asks the store's question.
func (s *Server) askSure(c *fiber.Ctx, p pendingScan, it store.Stock, why error) error {
	e, ok := errors.AsType[*store.Error](why)
	if !ok {
		return why
	}
	v, err := verbOf(p.Verb.Kind)
	if err != nil {
		return err
	}
	p.CSRF = s.csrf(c)
	f := moveForm{Stock: it, Kind: string(v.Kind), Quantity: oneUnit.String(), Back: p.Href()}
	f.From, f.To, f.Job = p.ends()
	p.Confirm = confirm{Question: e.Message, Yes: v.label(showQty(oneUnit), it.Unit), Back: f.Href()}
	return s.answerScan(c, scanAnswer{State: p.scanState, Result: "ask", Word: "Is it meant?", Ask: scanAsk{Sure: &p}})
}

// refuseScan answers a scan that cannot be done, if that is for the person to know.
func (s *Server) refuseScan(c *fiber.Ctx, st scanState, why error) error {
	e, ok := errors.AsType[*store.Error](chosenWrong(why))
	if !ok || e.Code != store.Invalid && e.Code != store.Conflict {
		return why
	}
	return s.answerScan(c, scanAnswer{State: st, Result: "wrong", Word: "Not booked", Ask: scanAsk{Refused: e.Message}})
}

// leaveTo leads to another page, script or not.
func (s *Server) leaveTo(c *fiber.Ctx, to string) error { return s.done(c, to, toast{}) }

// answerScan answers with the pieces of the page that changed; without a script with the page, and what was
// done as its toast.
func (s *Server) answerScan(c *fiber.Ctx, a scanAnswer) error {
	if a.Result != "right" {
		c.Status(http.StatusUnprocessableEntity)
	}
	if !partial(c) {
		if a.Result == "right" {
			return s.done(c, a.State.Href(), a.Toast)
		}
		return s.scanPage(c, scanShow{scanState: a.State, Ask: a.Ask})
	}
	parts := []part{{"scan/ask", a.Ask}, {"scan/word", scanWord{a.Result, a.Word}}}
	if a.Turned {
		c.Set("HX-Replace-Url", a.State.Href())
		parts = append(parts, part{"scan/head", scanHead{a.State, true}})
	}
	if len(a.Hits) > 0 {
		parts = append(parts, part{"scan/hits", a.Hits})
	}
	if a.Toast.Text != "" {
		parts = append(parts, s.toastPart(a.Toast))
	}
	return s.fragments(c, parts...)
}
