package store_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

const today = store.Date("2026-11-26")

// muter changes what mutes an item, each time by a request of its own.
func muter(t *testing.T, db *store.DB, it store.Item) func(store.MuteAct) (store.Mute, error) {
	n := 0
	return func(a store.MuteAct) (store.Mute, error) {
		if n++; a.RequestID == "" {
			a.RequestID = fmt.Sprint("mute ", n)
		}
		a.Item, a.Today, a.By = it.ID, today, storetest.Staff
		return db.SetMute(t.Context(), a)
	}
}

func TestMuteChecks(t *testing.T) {
	db := storetest.Open(t)
	mute := muter(t, db, storetest.Item(t, db, "AB-1", 5, 10))
	for _, tt := range []struct {
		name  string
		act   store.MuteAct
		code  store.Code
		field string
	}{
		{"until today", store.MuteAct{Verb: store.MuteSnooze, Date: today}, store.Invalid, "until"},
		{"no amount", store.MuteAct{Verb: store.MuteOrder, Date: today}, store.Invalid, "quantity"},
		{"no day", store.MuteAct{Verb: store.MuteOrder, Qty: 1000}, store.Invalid, "due"},
		{"a day that is over", store.MuteAct{Verb: store.MuteOrder, Qty: 1000, Date: "2026-11-25"}, store.Invalid, "due"},
		{"no verb", store.MuteAct{}, store.Invalid, ""},
		{"awake", store.MuteAct{Verb: store.MuteWake}, store.Conflict, ""},
		{"not ordered", store.MuteAct{Verb: store.MuteNoOrder}, store.Conflict, ""},
		{"nothing to undo", store.MuteAct{Verb: store.MuteUndo}, store.Conflict, ""},
		{"a request id that is too long", store.MuteAct{Verb: store.MuteSnooze, RequestID: fmt.Sprintf("%065d", 1)}, store.Invalid, "request_id"},
	} {
		m, err := mute(tt.act)
		if store.CodeOf(err) != tt.code {
			t.Errorf("%s: %v", tt.name, err)
		}
		if e, ok := err.(*store.Error); tt.field != "" && (!ok || e.Fields[tt.field] == "") {
			t.Errorf("%s: nothing beside %s: %v", tt.name, tt.field, err)
		}
		if m.Version != 0 {
			t.Errorf("%s: it is muted: %+v", tt.name, m)
		}
	}
}

func TestMuteOnceAndUndo(t *testing.T) {
	db := storetest.Open(t)
	mute := muter(t, db, storetest.Item(t, db, "AB-1", 5, 10))
	must := func(a store.MuteAct) store.Mute {
		t.Helper()
		m, err := mute(a)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	order := store.MuteAct{Verb: store.MuteOrder, Qty: 40000, Date: "2026-12-03", RequestID: "same"}
	must(order)
	if m := must(order); m.Version != 1 || m.Order.Left != 40000 || m.By != storetest.Staff || m.At.IsZero() {
		t.Errorf("the same request twice: %+v", m)
	}
	if m := must(store.MuteAct{Verb: store.MuteSnooze}); !m.Snoozed(today) || m.Order == nil || m.Version != 2 {
		t.Errorf("snoozed beside an order: %+v", m)
	}
	if _, err := mute(store.MuteAct{Verb: store.MuteUndo, Version: 1}); store.CodeOf(err) != store.Conflict {
		t.Errorf("undo of what was changed since: %v", err)
	}
	if m := must(store.MuteAct{Verb: store.MuteUndo, Version: 2}); m.Snooze != nil || m.Order == nil {
		t.Errorf("after the undo: %+v", m)
	}
	if m := must(store.MuteAct{Verb: store.MuteNoOrder}); m.Order != nil {
		t.Errorf("nothing comes: %+v", m)
	}
	log, _, err := db.Audit(t.Context(), store.AuditFilter{}, 20)
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, e := range log {
		said = append(said, e.What)
	}
	for _, want := range []string{"noted that 40 ea of AB-1 is on order, expected 2026-12-03", "snoozed AB-1 until some is received",
		"took back what was last noted of AB-1 being low", "noted that nothing more of AB-1 is on order"} {
		if !slices.Contains(said, want) {
			t.Errorf("the log lacks %q: %q", want, said)
		}
	}
}

// Receipts settle an order and end a snooze; undoing them takes that back. Nothing else does.
func TestMuteAndReceipts(t *testing.T) {
	db := storetest.Open(t)
	it := storetest.Item(t, db, "AB-1", 5, 10)
	mute := muter(t, db, it)
	for _, a := range []store.MuteAct{{Verb: store.MuteOrder, Qty: 40000, Date: "2026-12-03"}, {Verb: store.MuteSnooze}} {
		if _, err := mute(a); err != nil {
			t.Fatal(err)
		}
	}
	check := func(when string, left store.Qty, snoozed bool) {
		t.Helper()
		m, err := db.Mute(t.Context(), it.ID)
		if err != nil {
			t.Fatal(err)
		}
		got := store.Qty(0)
		if m.Order != nil {
			got = m.Order.Left
		}
		if got != left || m.Snoozed(today) != snoozed {
			t.Errorf("%s: %v to come, snoozed %v", when, got, m.Snoozed(today))
		}
	}
	undo := func(m store.Movement) {
		t.Helper()
		u := store.Undo{Movement: m.ID, RequestID: fmt.Sprint("undo ", m.ID), By: storetest.Staff, Confirmed: true}
		if _, err := db.Undo(t.Context(), u); err != nil {
			t.Fatal(err)
		}
	}
	check("at first", 40000, true)
	storetest.Book(t, db, store.Entry{Item: it.ID, Kind: store.Adjust, Qty: 3000, To: storetest.Home, Reason: "found"})
	check("found some", 40000, true)
	part := storetest.Book(t, db, store.Entry{Item: it.ID, Kind: store.Receive, Qty: 15000})
	check("a part came", 25000, false)
	rest := storetest.Book(t, db, store.Entry{Item: it.ID, Kind: store.Receive, Qty: 30000})
	check("more than the rest came", 0, false)
	undo(rest)
	check("that was a mistake", 25000, false)
	undo(part)
	check("all of it", 40000, true)
}

func TestMuteDays(t *testing.T) {
	m := store.Mute{Snooze: &store.Snooze{Until: "2026-12-03"}, Order: &store.OnOrder{Due: "2026-12-01"}}
	for day, want := range map[store.Date][3]bool{ // snoozed, late, quiet
		"2026-11-30": {true, false, true}, "2026-12-01": {true, false, true}, "2026-12-02": {true, true, true}, "2026-12-03": {false, true, false},
	} {
		if got := [3]bool{m.Snoozed(day), m.Late(day), m.Quiet(day)}; got != want {
			t.Errorf("on %s: %v, want %v", day, got, want)
		}
	}
	for _, bad := range []string{"", "today", "2026-13-01", "26-11-01", "1999-01-01", "2026-11-01T00:00"} {
		if d, err := store.ParseDate(bad); store.CodeOf(err) != store.Invalid {
			t.Errorf("%q is the date %q, %v", bad, d, err)
		}
	}
	if d := store.DateOf(time.Date(2026, 11, 26, 23, 0, 0, 0, time.FixedZone("", -6*3600))); d != "2026-11-26" || !store.Date("x").Time(time.UTC).IsZero() {
		t.Errorf("the day is %s", d)
	}
}

// A place with a minimum of its own tells of what stands there, unless that was and is enough; others say nothing.
func TestSpotEvents(t *testing.T) {
	db := storetest.Open(t)
	it := storetest.Item(t, db, "AB-1", 20, 0)
	truck, err := db.CreatePlace(t.Context(), storetest.Staff, store.PlaceDraft{Name: "Truck", Kind: store.KindTruck})
	if err != nil {
		t.Fatal(err)
	}
	move := func(qty store.Qty, from, to store.PlaceID) {
		storetest.Book(t, db, store.Entry{Item: it.ID, Kind: store.Transfer, Qty: qty, From: from, To: to})
	}
	par := func(minimum, par store.Qty) {
		t.Helper()
		if err := db.SetPlacePar(t.Context(), storetest.Staff, store.PlacePar{Item: it.ID, Place: truck.ID, Minimum: minimum, Par: par}); err != nil {
			t.Fatal(err)
		}
	}
	move(2000, storetest.Home, truck.ID)
	par(4000, 0)
	par(4000, 9000) // the minimum stays
	move(3000, storetest.Home, truck.ID)
	move(1000, truck.ID, storetest.Home)
	move(1000, truck.ID, storetest.Home)
	for _, archived := range []bool{true, false} {
		if _, err := db.ArchiveItem(t.Context(), storetest.Staff, it.ID, archived); err != nil {
			t.Fatal(err)
		}
	}
	par(0, 9000)
	evs, err := db.EventsAfter(t.Context(), 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, ev := range evs {
		if ev.Kind == store.SpotChanged {
			got = append(got, fmt.Sprintf("%v@%v %s %v→%v of %v", ev.Item, ev.Place, ev.Cause, ev.Before.OnHand, ev.After.OnHand, ev.Minimum))
		}
	}
	want := []string{"1@2 opening 2→2 of 4", "1@2 act 2→5 of 4", "1@2 act 4→3 of 4", "1@2 opening 3→3 of 0", "1@2 opening 3→3 of 4", "1@2 opening 3→3 of 0"}
	if !slices.Equal(got, want) {
		t.Errorf("events\n%q, want\n%q", got, want)
	}
}
