package store_test

import (
	"strings"
	"testing"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// closing closes or reopens job 1 at Jobber.
func closing(t *testing.T, db *store.DB, closed bool) {
	t.Helper()
	s := storetest.Snapshot(1, day(1, 8), storetest.Line("AB-1", 6), storetest.Line("CD-2", 4))
	if s.Closed = closed; closed {
		s.CompletedAt = day(1, 16)
	}
	if _, err := db.ApplyJobs(t.Context(), store.FromWebhook, []store.JobSnapshot{s}); err != nil {
		t.Fatal(err)
	}
}

func cards(t *testing.T, db *store.DB) int {
	t.Helper()
	p, err := db.Closeouts(t.Context(), 1, 10)
	if err != nil {
		t.Fatal(err)
	}
	return p.Total
}

// takenJob is job 1 with 6 of the first item and 4 of the second taken.
func takenJob(t *testing.T, db *store.DB) (job store.JobID, a, b store.Item) {
	t.Helper()
	a, b = storetest.Item(t, db, "AB-1", 10, 0), storetest.Item(t, db, "CD-2", 10, 0)
	closing(t, db, false)
	if _, _, err := db.PickAll(t.Context(), store.PickAll{RequestID: "take", By: storetest.Staff, Scope: store.PickScope{Job: 1}}); err != nil {
		t.Fatal(err)
	}
	return 1, a, b
}

func TestACloseoutFromEndToEnd(t *testing.T) {
	db := storetest.Open(t)
	job, a, b := takenJob(t, db)
	closing(t, db, true)
	p, err := db.Closeouts(t.Context(), 1, 10)
	if err != nil || p.Total != 1 || p.Cards[0].Lines != 2 || p.Cards[0].Job.ID != job {
		t.Fatalf("the cards are %+v, %v", p, err)
	}
	s := sheet(t, db, job)
	back := store.BringBack{RequestID: "back", By: storetest.Staff, Job: job, Settle: true, Lines: []store.BackLine{
		{Line: s.Lines[0].ID, Item: a.ID, Back: units(2), Damaged: units(1)}, {Line: s.Lines[1].ID, Item: b.ID}}}
	if _, err := db.BringBack(t.Context(), back); store.CodeOf(err) != store.Invalid || cards(t, db) != 1 {
		t.Errorf("scrapped without a reason: %v", err)
	}
	back.Lines[0].Reason = "bent"
	for range 2 {
		if _, err := db.BringBack(t.Context(), back); err != nil {
			t.Fatal(err)
		}
	}
	s = sheet(t, db, job)
	if cards(t, db) != 0 || s.Closeout.State != store.CloseoutSettled || s.Closeout.By != storetest.Staff {
		t.Errorf("after the answer the card is %+v", s.Closeout)
	}
	if u := s.Lines[0].Use; u != (store.Use{Out: units(6), Back: units(2), Scrapped: units(1)}) || s.Lines[0].Issued != units(3) {
		t.Errorf("of the first line %+v, %v used", u, s.Lines[0].Issued)
	}
	if at(t, db, a.ID, storetest.Home) != units(6) || at(t, db, b.ID, storetest.Home) != units(6) {
		t.Error("the shelves have not what came back")
	}
	// Undoing the answer asks again.
	acts, err := db.LastActs(t.Context(), 1)
	if err != nil || acts[0].Together != 2 {
		t.Fatalf("the newest is %+v, %v", acts, err)
	}
	if _, err := db.Undo(t.Context(), store.Undo{Movement: acts[0].ID, WholeAct: true, RequestID: "undo", By: storetest.Staff}); err != nil {
		t.Fatal(err)
	}
	if cards(t, db) != 1 || at(t, db, a.ID, storetest.Home) != units(4) || sheet(t, db, job).Lines[0].Use.Back != 0 {
		t.Error("the undo left the answer standing")
	}
	// All used: nothing moves, and the question is settled. A job that goes on asks once more.
	if r, err := db.BringBack(t.Context(), store.BringBack{RequestID: "used", By: storetest.Staff, Job: job, Settle: true}); err != nil || len(r.Movements) != 0 {
		t.Errorf("all used: %+v, %v", r, err)
	}
	if cards(t, db) != 0 {
		t.Error("all used, and the card stays")
	}
	closing(t, db, false)
	if c := sheet(t, db, job).Closeout; cards(t, db) != 1 || !c.Reopened {
		t.Errorf("the job goes on, and its card is %+v", c)
	}
	closing(t, db, true)
	if c := sheet(t, db, job).Closeout; cards(t, db) != 1 || c.Reopened {
		t.Errorf("closed again, the card is %+v", c)
	}
	if err := db.AskAgain(t.Context(), 99); store.CodeOf(err) != store.NotFound {
		t.Errorf("a job that is none: %v", err)
	}
}

func TestCloseoutModes(t *testing.T) {
	for _, tt := range []struct {
		mode  store.CloseoutMode
		cards int
		state store.CloseoutState
	}{
		{store.CloseoutAsk, 1, store.CloseoutOpen},
		{store.CloseoutUsed, 0, store.CloseoutSettled},
		{store.CloseoutIgnore, 0, ""},
	} {
		t.Run(string(tt.mode), func(t *testing.T) {
			db := storetest.Open(t)
			job, _, _ := takenJob(t, db)
			if err := db.SetCloseoutMode(t.Context(), storetest.Staff, tt.mode); err != nil {
				t.Fatal(err)
			}
			closing(t, db, true)
			if c := sheet(t, db, job).Closeout; cards(t, db) != tt.cards || c.State != tt.state {
				t.Errorf("%d cards, %+v", cards(t, db), c)
			}
		})
	}
	db := storetest.Open(t)
	if err := db.SetCloseoutMode(t.Context(), storetest.Staff, "perhaps"); store.CodeOf(err) != store.Invalid {
		t.Errorf("a mode that is none: %v", err)
	}
	storetest.Item(t, db, "AB-1", 10, 0)
	closing(t, db, false)
	closing(t, db, true)
	if cards(t, db) != 0 {
		t.Error("nothing went out, and a card asks what came back")
	}
}

// What an undo would leave below zero is said once, and allowed.
func TestUndoBelowZero(t *testing.T) {
	db := storetest.Open(t)
	it := storetest.Item(t, db, "AB-1", 0, 0)
	got := storetest.Book(t, db, store.Entry{Item: it.ID, Kind: store.Receive, Qty: units(5)})
	storetest.Book(t, db, store.Entry{Item: it.ID, Kind: store.Issue, Qty: units(3)})
	u := store.Undo{Movement: got.ID, RequestID: "undo", By: storetest.Staff}
	_, err := db.Undo(t.Context(), u)
	if store.CodeOf(err) != store.Unusual || !strings.Contains(err.Error(), "Warehouse goes to −3 ea of Item AB-1. Undo it all the same?") {
		t.Errorf("the question is %v", err)
	}
	if at(t, db, it.ID, storetest.Home) != units(2) {
		t.Error("it was booked without an answer")
	}
	u.Confirmed = true
	if _, err := db.Undo(t.Context(), u); err != nil || at(t, db, it.ID, storetest.Home) != units(-3) {
		t.Errorf("confirmed: %v", err)
	}
}
