package store_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

func book(t *testing.T, db *store.DB, request string, es ...store.Entry) (store.Receipt, error) {
	t.Helper()
	return db.Book(t.Context(), store.Act{RequestID: request, By: storetest.Staff, Entries: es, Confirmed: true})
}

// What never went out to the job is not brought back from it by being scrapped.
func TestScrapForAJobFromTheShelf(t *testing.T) {
	db := storetest.Open(t) // its Check is the test
	it := storetest.Item(t, db, "AB-1", 5, 0)
	job := storetest.Job(t, db, 1, day(1, 8), storetest.Line("AB-1", 2))
	m := storetest.Book(t, db, store.Entry{Item: it.ID, Kind: store.ScrapKind, Qty: units(1), From: storetest.Home, Job: job})
	if m.Job != job || at(t, db, it.ID, storetest.Home) != units(4) {
		t.Errorf("booked %+v", m)
	}
	if l := sheet(t, db, job).Lines[0]; l.Issued != 0 || l.Remaining != units(2) {
		t.Errorf("the line has %v, lacks %v", l.Issued, l.Remaining)
	}
	if _, err := db.Undo(t.Context(), store.Undo{Movement: m.ID, RequestID: "undo", By: storetest.Staff}); err != nil {
		t.Error(err)
	}
}

func TestRequestIDs(t *testing.T) {
	for _, tt := range []struct {
		name, id string
		code     store.Code
	}{
		{"none", "", store.Invalid},
		{"one letter", "x", ""},
		{"64 letters", strings.Repeat("x", 64), ""},
		{"64 characters of four bytes", strings.Repeat("🔩", 64), ""},
		{"65 characters", strings.Repeat("x", 65), store.Invalid},
		{"a zero byte and a line", "a\x00\n", ""},
		{"no text", "a\xff", store.Invalid},
	} {
		t.Run(tt.name, func(t *testing.T) {
			db := storetest.Open(t)
			it := storetest.Item(t, db, "AB-1", 5, 0)
			r, err := book(t, db, tt.id, store.Entry{Item: it.ID, Kind: store.Issue, Qty: units(1)})
			if store.CodeOf(err) != tt.code {
				t.Fatalf("code %q, want %q: %v", store.CodeOf(err), tt.code, err)
			}
			if err != nil {
				return
			}
			back, err := db.Undo(t.Context(), store.Undo{Movement: r.Movements[0].ID, WholeAct: true, RequestID: "undo", By: storetest.Staff})
			if err != nil || len(back.Movements) != 1 || at(t, db, it.ID, storetest.Home) != units(5) {
				t.Errorf("undoing the whole act booked %+v, %v", back, err)
			}
		})
	}
}

// Limits are told in characters, so they are counted in characters.
func TestReasonsAndNotes(t *testing.T) {
	db := storetest.Open(t)
	it := storetest.Item(t, db, "AB-1", 5, 0)
	for _, tt := range []struct {
		name, reason, note, field string
	}{
		{"200 characters", strings.Repeat("ж", 200), "", ""},
		{"201 characters", strings.Repeat("ж", 201), "", "reason"},
		{"a note of 1,000", "x", strings.Repeat("½", 1000), ""},
		{"a note of 1,001", "x", strings.Repeat("½", 1001), "note"},
		{"a megabyte", "x", strings.Repeat("x", 1<<20), "note"},
		{"nothing but control characters", "\x00\r\n\t\x1b", "", "reason"},
	} {
		e := store.Entry{Item: it.ID, Kind: store.Adjust, Qty: units(1), To: storetest.Home, Reason: tt.reason, Note: tt.note}
		_, err := book(t, db, tt.name, e)
		e2, _ := errors.AsType[*store.Error](err)
		if (err != nil) != (tt.field != "") || e2 != nil && e2.Fields[tt.field] == "" {
			t.Errorf("%s: %v, want a word at %q", tt.name, err, tt.field)
		}
	}
	m := storetest.Book(t, db, store.Entry{Item: it.ID, Kind: store.Adjust, Qty: units(1), To: storetest.Home, Reason: " a\x00b\r\nc\xff "})
	if m.Reason != "a b c" {
		t.Errorf("reason %q", m.Reason)
	}
}

func TestAnUndoneCountIsNoCount(t *testing.T) {
	now := time.Date(2031, 3, 3, 8, 0, 0, 0, time.UTC)
	db, err := store.Open(t.TempDir()+"/lwc.db", store.Options{Secret: storetest.Secret(),
		Now: func() time.Time { now = now.Add(time.Second); return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	it := storetest.Item(t, db, "AB-1", 5, 0)
	counted := func() int64 {
		s, err := db.Stock(t.Context(), it.ID)
		if err != nil {
			t.Fatal(err)
		}
		if s.Counted.IsZero() {
			return 0
		}
		return s.Counted.Unix()
	}
	undo := func(m store.Movement) {
		if _, err := db.Undo(t.Context(), store.Undo{Movement: m.ID, RequestID: fmt.Sprint("undo", m.ID), By: storetest.Staff}); err != nil {
			t.Fatal(err)
		}
	}
	first := storetest.Book(t, db, store.Entry{Item: it.ID, Kind: store.Count, Qty: units(5)})
	second := storetest.Book(t, db, store.Entry{Item: it.ID, Kind: store.Count, Qty: units(3)})
	if counted() != second.At.Unix() {
		t.Errorf("counted at %v, want %v", counted(), second.At)
	}
	undo(second)
	if counted() != first.At.Unix() || at(t, db, it.ID, storetest.Home) != units(5) {
		t.Errorf("counted at %v, want the first count's %v", counted(), first.At)
	}
	undo(first)
	if counted() != 0 {
		t.Errorf("counted at %v, and every count was undone", counted())
	}
	if err := db.Check(t.Context()); err != nil {
		t.Error(err)
	}
}

// A mistake that was taken back says nothing of what is usual.
func TestUndoneActsAreNotUsual(t *testing.T) {
	db := storetest.Open(t)
	it := storetest.Item(t, db, "AB-1", 0, 0)
	for i := range 3 {
		storetest.Book(t, db, store.Entry{Item: it.ID, Kind: store.Receive, Qty: units(2)})
		wrong := storetest.Book(t, db, store.Entry{Item: it.ID, Kind: store.Receive, Qty: units(500)})
		if _, err := db.Undo(t.Context(), store.Undo{Movement: wrong.ID, RequestID: fmt.Sprint("undo", i), By: storetest.Staff}); err != nil {
			t.Fatal(err)
		}
	}
	_, err := db.Book(t.Context(), store.Act{RequestID: "again", By: storetest.Staff,
		Entries: []store.Entry{{Item: it.ID, Kind: store.Receive, Qty: units(500)}}})
	if store.CodeOf(err) != store.Unusual || !strings.Contains(err.Error(), "the usual 2.") {
		t.Errorf("receiving 500 where 2 are usual: %v", err)
	}
}

func TestAnActIsBookedWholeOrNotAtAll(t *testing.T) {
	db := storetest.Open(t)
	a, b := storetest.Item(t, db, "A-1", 5, 0), storetest.Item(t, db, "B-1", 5, 0)
	take := func(id store.ItemID, q store.Qty) store.Entry {
		return store.Entry{Item: id, Kind: store.Issue, Qty: q}
	}
	for name, last := range map[string]store.Entry{"no such item": take(99, units(1)), "no amount": take(b.ID, 0),
		"no such place": {Item: b.ID, Kind: store.Receive, Qty: 1, To: 99}, "no such job": {Item: b.ID, Kind: store.Issue, Qty: 1, Job: 9}} {
		if _, err := book(t, db, "act", take(a.ID, units(2)), take(b.ID, units(1)), last); err == nil {
			t.Errorf("%s: it was booked", name)
		}
		if at(t, db, a.ID, storetest.Home) != units(5) || at(t, db, b.ID, storetest.Home) != units(5) {
			t.Errorf("%s: a part of the act stayed", name)
		}
	}
	acts, err := db.LastActs(t.Context(), 10)
	if err != nil || len(acts) != 2 {
		t.Errorf("the ledger has %d entries (%v), want the two opening ones", len(acts), err)
	}
	// The request that failed is still free.
	if r, err := book(t, db, "act", take(a.ID, units(2))); err != nil || r.Repeated {
		t.Errorf("%+v, %v", r, err)
	}
}

// Undoing gives back what was there before: on the shelves, on the truck, on the job.
func TestUndoOfEachKind(t *testing.T) {
	const home, truck = storetest.Home, store.PlaceID(2)
	for name, e := range map[string]store.Entry{
		"receive":             {Kind: store.Receive, Qty: units(2)},
		"take for the job":    {Kind: store.Issue, Qty: units(2), Job: 1},
		"take for none":       {Kind: store.Issue, Qty: units(2)},
		"bring back":          {Kind: store.Return, Qty: units(1), Job: 1, To: truck},
		"bring back too much": {Kind: store.Return, Qty: units(9), Job: 1},
		"transfer":            {Kind: store.Transfer, Qty: units(2), From: home, To: truck},
		"found":               {Kind: store.Adjust, Qty: units(2), To: truck, Reason: "x"},
		"lost":                {Kind: store.Adjust, Qty: units(2), From: truck, Reason: "x"},
		"count more":          {Kind: store.Count, Qty: units(12)},
		"count less":          {Kind: store.Count, Qty: units(1)},
		"count right":         {Kind: store.Count, Qty: units(7)},
		"count the truck":     {Kind: store.Count, Qty: units(1), To: truck},
		"scrap":               {Kind: store.ScrapKind, Qty: units(2)},
		"scrap on the job":    {Kind: store.ScrapKind, Qty: units(1), Job: 1},
	} {
		t.Run(name, func(t *testing.T) {
			db := storetest.Open(t)
			it := storetest.Item(t, db, "AB-1", 10, 8)
			place(t, db, "Truck", store.KindTruck, 0)
			job := storetest.Job(t, db, 1, day(1, 8), storetest.Line("AB-1", 6))
			e.Item = it.ID
			storetest.Book(t, db, store.Entry{Item: it.ID, Kind: store.Issue, Qty: units(3), Job: job})
			state := func() string {
				l := sheet(t, db, job).Lines[0]
				return fmt.Sprintf("%+v; job: %v issued, %v remaining; %v; %+v", l.Stock.Level, l.Issued, l.Remaining, l.Stock.State, l.Stock.At)
			}
			before := state()
			m := storetest.Book(t, db, e)
			during := state()
			r, err := db.Undo(t.Context(), store.Undo{Movement: m.ID, RequestID: "undo", By: storetest.Staff})
			if err != nil {
				t.Fatal(err)
			}
			back := r.Movements[0]
			if back.Qty != m.Qty || back.From != m.To || back.To != m.From || back.UnitCost != m.UnitCost || back.Reverses != m.ID ||
				back.Job != m.Job || back.Line != m.Line {
				t.Errorf("%+v was undone by %+v", m, back)
			}
			if after := state(); after != before || m.Qty != 0 && during == before {
				t.Errorf("before %s\nduring %s\nafter  %s", before, during, after)
			}
		})
	}
}

// A request is known by its id alone: whatever comes under it later, it gets the first answer and books nothing.
func TestOneRequestIDForTwoActs(t *testing.T) {
	db := storetest.Open(t)
	it := storetest.Item(t, db, "AB-1", 10, 0)
	job := storetest.Job(t, db, 1, day(1, 8), storetest.Line("AB-1", 6))
	first, err := book(t, db, "tap", store.Entry{Item: it.ID, Kind: store.Issue, Qty: units(1)})
	if err != nil {
		t.Fatal(err)
	}
	again := map[string]func() (store.Receipt, error){
		"another amount": func() (store.Receipt, error) {
			return book(t, db, "tap", store.Entry{Item: it.ID, Kind: store.Issue, Qty: units(5)})
		},
		"an amount that is none": func() (store.Receipt, error) {
			return book(t, db, "tap", store.Entry{Item: it.ID, Kind: store.Issue, Qty: -1})
		},
		"an undo": func() (store.Receipt, error) {
			return db.Undo(t.Context(), store.Undo{Movement: first.Movements[0].ID, RequestID: "tap", By: store.Actor{ID: 9, Name: "eve"}})
		},
		"all for a job": func() (store.Receipt, error) {
			r, _, err := db.IssueRemaining(t.Context(), store.JobAct{RequestID: "tap", Job: job})
			return r, err
		},
	}
	for name, act := range again {
		r, err := act()
		if err != nil || !r.Repeated || len(r.Movements) != 1 || r.Movements[0].ID != first.Movements[0].ID {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
	}
	if got := at(t, db, it.ID, storetest.Home); got != units(9) {
		t.Errorf("%v on hand, want 9", got)
	}
}
