package store_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// Events go when the judge of alerts and the search index are both past them, but for the newest thousand. An index from before
// that, as an older copy of its folder is, is made anew and not left with a gap.
func TestEventsAreDropped(t *testing.T) {
	db, dir := storetest.Open(t), t.TempDir()
	it := storetest.Item(t, db, "NM-12-2", 0, 10)
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
