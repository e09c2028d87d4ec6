package store_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

func units(n int64) store.Qty { return store.Qty(n * 1000) }

func TestBook(t *testing.T) {
	const home = storetest.Home
	for _, tt := range []struct {
		name    string
		entries []store.Entry // of an item with 5 at home; each an act of its own
		home    store.Qty     // at home after the last one
		truck   store.Qty
		code    store.Code // of the last one
		field   string     // that its error names
	}{
		{"receive", []store.Entry{{Kind: store.Receive, Qty: 2000}}, 7000, 0, "", ""},
		{"receive onto the truck", []store.Entry{{Kind: store.Receive, Qty: 2000, To: 2}}, 5000, 2000, "", ""},
		{"take", []store.Entry{{Kind: store.Issue, Qty: 2000}}, 3000, 0, "", ""},
		{"take a fraction", []store.Entry{{Kind: store.Issue, Qty: 1}}, 4999, 0, "", ""},
		{"take more than there is", []store.Entry{{Kind: store.Issue, Qty: 6000}}, 5000, 0, store.Unusual, ""},
		{"bring back", []store.Entry{{Kind: store.Issue, Qty: 2000}, {Kind: store.Return, Qty: 1000}}, 4000, 0, "", ""},
		{"move", []store.Entry{{Kind: store.Transfer, Qty: 2000, From: home, To: 2}}, 3000, 2000, "", ""},
		{"move nowhere", []store.Entry{{Kind: store.Transfer, Qty: 2000, From: home}}, 5000, 0, store.Invalid, "to"},
		{"move in place", []store.Entry{{Kind: store.Transfer, Qty: 2000, From: home, To: home}}, 5000, 0, store.Invalid, "to"},
		{"move to a supplier", []store.Entry{{Kind: store.Transfer, Qty: 2000, From: home, To: store.Supplier}}, 5000, 0, store.Invalid, "to"},
		{"found one", []store.Entry{{Kind: store.Adjust, Qty: 1000, To: home, Reason: "found"}}, 6000, 0, "", ""},
		{"lost one", []store.Entry{{Kind: store.Adjust, Qty: 1000, From: home, Reason: "lost"}}, 4000, 0, "", ""},
		{"adjust without a reason", []store.Entry{{Kind: store.Adjust, Qty: 1000, To: home}}, 5000, 0, store.Invalid, "reason"},
		{"adjust without a place", []store.Entry{{Kind: store.Adjust, Qty: 1000, Reason: "why"}}, 5000, 0, store.Invalid, "to"},
		{"count less", []store.Entry{{Kind: store.Count, Qty: 3000}}, 3000, 0, "", ""},
		{"count more", []store.Entry{{Kind: store.Count, Qty: 8000, To: home}}, 8000, 0, "", ""},
		{"count right", []store.Entry{{Kind: store.Count, Qty: 5000, From: home}}, 5000, 0, "", ""},
		{"count nothing", []store.Entry{{Kind: store.Count, Qty: 0}}, 0, 0, "", ""},
		{"count the truck", []store.Entry{{Kind: store.Count, Qty: 3000, To: 2}}, 5000, 3000, "", ""},
		{"count the supplier", []store.Entry{{Kind: store.Count, Qty: 3000, To: store.Supplier}}, 5000, 0, store.Invalid, "to"},
		{"scrap", []store.Entry{{Kind: store.ScrapKind, Qty: 1000}}, 4000, 0, "", ""},
		{"nothing", []store.Entry{{Kind: store.Issue}}, 5000, 0, store.Invalid, "quantity"},
		{"less than nothing", []store.Entry{{Kind: store.Receive, Qty: -1000}}, 5000, 0, store.Invalid, "quantity"},
		{"no such kind", []store.Entry{{Kind: "borrow", Qty: 1000}}, 5000, 0, store.Invalid, "kind"},
		{"no such place", []store.Entry{{Kind: store.Receive, Qty: 1000, To: 99}}, 5000, 0, store.NotFound, "to"},
		{"no such job", []store.Entry{{Kind: store.Issue, Qty: 1000, Job: 99}}, 5000, 0, store.NotFound, "job"},
		{"ten times the usual", []store.Entry{{Kind: store.Receive, Qty: 2000}, {Kind: store.Receive, Qty: 2000},
			{Kind: store.Receive, Qty: 2000}, {Kind: store.Receive, Qty: 20000}}, 11000, 0, store.Unusual, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			db := storetest.Open(t)
			it := storetest.Item(t, db, "AB-1", 5, 0)
			if _, err := db.CreatePlace(t.Context(), storetest.Staff, store.PlaceDraft{Name: "Truck 1", Kind: store.KindTruck}); err != nil {
				t.Fatal(err)
			}
			var err error
			for i, e := range tt.entries {
				e.Item = it.ID
				_, err = db.Book(t.Context(), store.Act{RequestID: fmt.Sprint(i), By: storetest.Staff, Entries: []store.Entry{e}})
			}
			if got := store.CodeOf(err); got != tt.code {
				t.Fatalf("code = %q, want %q (%v)", got, tt.code, err)
			}
			if e, ok := errors.AsType[*store.Error](err); ok && tt.field != "" && e.Fields[tt.field] == "" {
				t.Errorf("no word at %s: %v", tt.field, e.Fields)
			}
			if got := at(t, db, it.ID, home); got != tt.home {
				t.Errorf("at home = %v, want %v", got, tt.home)
			}
			if got := at(t, db, it.ID, 2); got != tt.truck {
				t.Errorf("on the truck = %v, want %v", got, tt.truck)
			}
		})
	}
}

// at returns what is on hand of an item at a place.
func at(t *testing.T, db *store.DB, item store.ItemID, place store.PlaceID) store.Qty {
	t.Helper()
	s, err := db.Stock(t.Context(), item)
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range s.At {
		if b.Place.ID == place {
			return b.OnHand
		}
	}
	return 0
}

func TestStockMayGoBelowZeroWhenMeant(t *testing.T) {
	db := storetest.Open(t)
	it := storetest.Item(t, db, "AB-1", 5, 0)
	storetest.Book(t, db, store.Entry{Item: it.ID, Kind: store.Issue, Qty: units(7)}) // confirmed
	if got := at(t, db, it.ID, storetest.Home); got != units(-2) {
		t.Errorf("on hand = %v, want -2", got)
	}
}

func TestSameRequestBooksOnce(t *testing.T) {
	db := storetest.Open(t)
	it := storetest.Item(t, db, "AB-1", 5, 0)
	act := store.Act{RequestID: "tap", By: storetest.Staff, Entries: []store.Entry{{Item: it.ID, Kind: store.Issue, Qty: units(3)}}}
	var wg sync.WaitGroup
	receipts := make([]store.Receipt, 8)
	for i := range receipts {
		wg.Go(func() {
			var err error
			if receipts[i], err = db.Book(t.Context(), act); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, r := range receipts {
		if len(r.Movements) != 1 || r.Movements[0].ID != receipts[0].Movements[0].ID {
			t.Errorf("receipt = %+v, want the one movement that was booked", r)
		}
	}
	if got := at(t, db, it.ID, storetest.Home); got != units(2) {
		t.Errorf("on hand = %v, want 2", got)
	}
	act.RequestID = ""
	if _, err := db.Book(t.Context(), act); store.CodeOf(err) != store.Invalid {
		t.Errorf("without a request id: %v, want it refused", err)
	}
}

func TestUndo(t *testing.T) {
	db := storetest.Open(t)
	a, b := storetest.Item(t, db, "A-1", 10, 0), storetest.Item(t, db, "B-1", 10, 0)
	r, err := db.Book(t.Context(), store.Act{RequestID: "pick", By: storetest.Staff, Entries: []store.Entry{
		{Item: a.ID, Kind: store.Issue, Qty: units(2)}, {Item: b.ID, Kind: store.Issue, Qty: units(4)}}})
	if err != nil {
		t.Fatal(err)
	}
	first := r.Movements[0].ID
	undo := store.Undo{Movement: first, RequestID: "undo", By: storetest.Staff}
	for range 2 { // the second tap answers the same
		back, err := db.Undo(t.Context(), undo)
		if err != nil {
			t.Fatal(err)
		}
		if m := back.Movements[0]; len(back.Movements) != 1 || m.Reverses != first || m.Qty != units(2) || m.To != storetest.Home {
			t.Errorf("undo booked %+v", back.Movements)
		}
	}
	if got := at(t, db, a.ID, storetest.Home); got != units(10) {
		t.Errorf("A on hand = %v, want 10 again", got)
	}
	undo.RequestID = "undo again"
	if _, err := db.Undo(t.Context(), undo); store.CodeOf(err) != store.Conflict {
		t.Errorf("undoing twice: %v, want a conflict", err)
	}
	undo = store.Undo{Movement: r.Movements[1].ID, WholeAct: true, RequestID: "the rest", By: storetest.Staff}
	if _, err := db.Undo(t.Context(), undo); err != nil {
		t.Fatal(err)
	}
	if got := at(t, db, b.ID, storetest.Home); got != units(10) {
		t.Errorf("B on hand = %v, want 10 again", got)
	}
	sheet, err := db.ItemSheet(t.Context(), a.ID, 0)
	if err != nil {
		t.Fatal(err)
	}
	if h := sheet.History; len(h) != 3 || h[1].UndoneBy != h[0].ID || h[1].Undoable || h[0].Undoable || h[1].UndoneWho != "test" {
		t.Errorf("history = %+v", h)
	}
}

// An act that fails shares its commit with acts that do not: they must not be harmed, whatever the order.
func TestGroupCommitLeavesOutWhatFails(t *testing.T) {
	db := storetest.Open(t)
	it := storetest.Item(t, db, "AB-1", 0, 0)
	var wg sync.WaitGroup
	for i := range 200 {
		wg.Go(func() {
			e := store.Entry{Item: it.ID, Kind: store.Receive, Qty: units(1)}
			if i%5 == 0 {
				e.To = 99 // there is no such place
			}
			_, err := db.Book(t.Context(), store.Act{RequestID: fmt.Sprint(i), By: storetest.Staff, Entries: []store.Entry{e}})
			if want := i%5 == 0; (err != nil) != want {
				t.Errorf("act %d: %v", i, err)
			}
		})
	}
	wg.Wait()
	if got := at(t, db, it.ID, storetest.Home); got != units(160) {
		t.Errorf("on hand = %v, want 160", got)
	}
}

func TestAnswersSurviveReopening(t *testing.T) {
	path := t.TempDir() + "/lwc.db"
	open := func() *store.DB {
		db, err := store.Open(path, store.Options{Secret: storetest.Secret()})
		if err != nil {
			t.Fatal(err)
		}
		return db
	}
	db := open()
	it := storetest.Item(t, db, "AB-1", 5, 0)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	db = open()
	defer db.Close()
	if got := at(t, db, it.ID, storetest.Home); got != units(5) {
		t.Errorf("on hand = %v, want 5", got)
	}
	if err := db.Check(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := store.Open(path, store.Options{Secret: storetest.Secret()}); err == nil {
		t.Error("a second process opened the same file")
	}
}

func TestJobDemandFollowsTheLedger(t *testing.T) {
	db := storetest.Open(t)
	it := storetest.Item(t, db, "AB-1", 10, 0)
	tomorrow := time.Now().Add(24 * time.Hour)
	job := storetest.Job(t, db, 1042, tomorrow, storetest.Line("AB-1", 6))
	level := func() store.Level {
		s, err := db.Stock(t.Context(), it.ID)
		if err != nil {
			t.Fatal(err)
		}
		return s.Level
	}
	if got := level(); got != (store.Level{OnHand: units(10), Allocated: units(6)}) {
		t.Fatalf("before: %+v", got)
	}
	sheet, err := db.JobSheet(t.Context(), job)
	if err != nil {
		t.Fatal(err)
	}
	line := sheet.Lines[0]
	if line.State != store.LineOpen || line.Required != units(6) || line.There != units(10) || line.How == "" {
		t.Errorf("line = %+v", line)
	}
	r, short, err := db.IssueRemaining(t.Context(), store.JobAct{RequestID: "take", By: storetest.Staff, Job: job, Line: line.ID})
	if err != nil || short != 0 {
		t.Fatal(err, short)
	}
	if got := level(); got != (store.Level{OnHand: units(4)}) {
		t.Errorf("after the take: %+v", got)
	}
	if _, err := db.Undo(t.Context(), store.Undo{Movement: r.Movements[0].ID, RequestID: "undo", By: storetest.Staff}); err != nil {
		t.Fatal(err)
	}
	if got := level(); got != (store.Level{OnHand: units(10), Allocated: units(6)}) {
		t.Errorf("after the undo: %+v", got)
	}
	if err := db.JobDeleted(t.Context(), store.FromWebhook, storetest.Account, "job-1042"); err != nil {
		t.Fatal(err)
	}
	if got := level(); got != (store.Level{OnHand: units(10)}) {
		t.Errorf("after the job is deleted: %+v", got)
	}
}
