package store_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// What leaves an item with enough, which had enough, is no event: nobody would do anything with it. All else is, whatever changes it.
func TestLevelEvents(t *testing.T) {
	db := storetest.Open(t)
	it := storetest.Item(t, db, "NM-12-2", 20, 10)
	none := storetest.Item(t, db, "NONE", 1, 0)
	last, err := db.LastEvent(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	told := func(want ...string) {
		t.Helper()
		evs, err := db.EventsAfter(t.Context(), last, 100)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, ev := range evs {
			if last = ev.ID; ev.Kind == store.LevelChanged {
				got = append(got, fmt.Sprintf("%v %s %v→%v of %v", ev.Item, ev.Cause, ev.Before.Available(), ev.After.Available(), ev.Minimum))
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("events %q, want %q", got, want)
		}
	}
	book := func(it store.Item, kind store.Kind, qty int64) {
		t.Helper()
		storetest.Book(t, db, store.Entry{Item: it.ID, Kind: kind, Qty: units(qty)})
	}
	minimum := func(qty int64) {
		t.Helper()
		now, err := db.Item(t.Context(), it.ID)
		if err != nil {
			t.Fatal(err)
		}
		draft := store.ItemDraft{SKU: now.SKU, Name: now.Name, Unit: now.Unit, Minimum: units(qty)}
		if _, err := db.UpdateItem(t.Context(), storetest.Staff, it.ID, now.Version, draft); err != nil {
			t.Fatal(err)
		}
	}
	book(it, store.Receive, 5)
	book(it, store.ScrapKind, 10)
	book(none, store.ScrapKind, 1)
	told()
	book(it, store.ScrapKind, 6)
	told("1 act 15→9 of 10")
	book(it, store.ScrapKind, 9)
	told("1 act 9→0 of 10")
	book(it, store.Receive, 10)
	told("1 act 0→10 of 10")
	book(it, store.Receive, 2)
	told()
	storetest.Job(t, db, 1, day(1, 8), storetest.Line("NM-12-2", 2))
	told()
	storetest.Job(t, db, 2, day(1, 8), storetest.Line("NM-12-2", 1))
	told("1 sync 10→9 of 10")
	minimum(4)
	told("1 opening 9→9 of 4")
	minimum(5)
	told()
	minimum(30)
	told("1 opening 9→9 of 30")
	for _, archived := range []bool{true, false} {
		if _, err := db.ArchiveItem(t.Context(), storetest.Staff, it.ID, archived); err != nil {
			t.Fatal(err)
		}
	}
	told("1 opening 9→9 of 0", "1 opening 9→9 of 30")
}

// Events go when the judge of alerts and the search index are both past them, but for the newest thousand. An index from before
// that, as an older copy of its folder is, is made anew and not left with a gap.
func TestEventsAreDropped(t *testing.T) {
	db, dir := storetest.Open(t), t.TempDir()
	it := storetest.Item(t, db, "NM-12-2", 0, 1_000_000)
	x := openIndex(t, db, dir)
	catchUp(t, x)
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	old := t.TempDir()
	if err := os.CopyFS(old, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	x = openIndex(t, db, dir)
	for i := range 10 {
		a := store.Act{RequestID: fmt.Sprint("many ", i), By: storetest.Staff}
		for range 400 {
			a.Entries = append(a.Entries, store.Entry{Item: it.ID, Kind: store.Receive, Qty: 1000})
		}
		if _, err := db.Book(t.Context(), a); err != nil {
			t.Fatal(err)
		}
	}
	item := storetest.Item(t, db, "LATE", 0, 10)
	last, err := db.LastEvent(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	first := func() store.EventID {
		t.Helper()
		evs, err := db.EventsAfter(t.Context(), 0, 1)
		if err != nil || len(evs) != 1 {
			t.Fatalf("the first event is %v, %v", evs, err)
		}
		return evs[0].ID
	}
	judged := func(cursor store.EventID) store.EventID {
		t.Helper()
		if err := db.FinishAlerts(t.Context(), store.AlertStep{Cursor: cursor}); err != nil {
			t.Fatal(err)
		}
		return first()
	}
	if got := judged(last); got != 1 {
		t.Errorf("the index is behind, and the first event is %v", got)
	}
	catchUp(t, x)
	if got := judged(2000); got != 1001 {
		t.Errorf("2000 events are judged, and the first is %v", got)
	}
	if got := judged(last); got != last-999 {
		t.Errorf("all of %v events are judged, and the first is %v", last, got)
	}
	if got := judged(last); got != last-999 {
		t.Errorf("nothing happened, and the first is %v", got)
	}
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	if x = openIndex(t, db, dir); !x.Ready() {
		t.Error("the index lost its place")
	}
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	if x = openIndex(t, db, old); x.Ready() {
		t.Errorf("%s from before is taken as it is", filepath.Base(old))
	}
	catchUp(t, x)
	wantSKUs(t, db, x, "late", item.SKU)
	if err := db.Check(t.Context()); err != nil {
		t.Error(err)
	}
}
