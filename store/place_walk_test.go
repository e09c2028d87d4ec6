package store_test

import (
	"strings"
	"testing"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// names are the names of the places, in their order.
func names(places []store.Place) string {
	var all []string
	for _, p := range places {
		all = append(all, p.Name)
	}
	return strings.Join(all, " ")
}

// walked are the names of all places, as one walks past them.
func walked(t *testing.T, db *store.DB) string {
	t.Helper()
	all, err := db.Places(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return names(all)
}

// Shelves are walked past in the order that somebody gave them; what stands in one comes right after it.
func TestWalkPlace(t *testing.T) {
	db := storetest.Open(t)
	ids := map[string]store.PlaceID{}
	for _, name := range []string{"C", "A", "B"} {
		ids[name] = place(t, db, name, store.KindShelf, storetest.Home).ID
	}
	ids["A1"] = place(t, db, "A1", store.KindShelf, ids["A"]).ID
	ids["T"] = place(t, db, "T", store.KindTruck, 0).ID
	for _, tt := range []struct {
		name string
		turn int
		want string
	}{
		{"B", 2, "Warehouse A A1 B C T"},
		{"C", 1, "Warehouse C A A1 B T"},
		{"C", 1, "Warehouse C A A1 B T"}, // a second tap
		{"C", 99, "Warehouse A A1 B C T"},
		{"B", -1, "Warehouse B A A1 C T"},
		{"T", 1, "Warehouse B A A1 C T"},
	} {
		if p, err := db.WalkPlace(t.Context(), storetest.Staff, ids[tt.name], tt.turn); err != nil || p.ID != ids[tt.name] {
			t.Fatalf("%s to %d: %+v, %v", tt.name, tt.turn, p, err)
		}
		if got := walked(t, db); got != tt.want {
			t.Errorf("%s to %d: %s, want %s", tt.name, tt.turn, got, tt.want)
		}
	}
	place(t, db, "AA", store.KindShelf, storetest.Home)
	if got := walked(t, db); got != "Warehouse B A A1 C AA T" {
		t.Errorf("with a new shelf: %s; it comes after those that have a turn", got)
	}
	b, err := db.Place(t.Context(), ids["B"])
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.UpdatePlace(t.Context(), storetest.Staff, b.ID, b.Version, store.PlaceDraft{Name: "Bb", Kind: b.Kind, Parent: b.Parent}); err != nil {
		t.Fatal(err)
	}
	if got := walked(t, db); got != "Warehouse Bb A A1 C AA T" {
		t.Errorf("with another name: %s; it keeps its turn", got)
	}
	if _, err := db.WalkPlace(t.Context(), storetest.Staff, 99, 1); store.CodeOf(err) != store.NotFound {
		t.Errorf("a place that is not there: %v", err)
	}
}

func TestArchivePlace(t *testing.T) {
	db := storetest.Open(t)
	aisle := place(t, db, "Aisle", store.KindShelf, storetest.Home).ID
	bin := place(t, db, "Bin", store.KindShelf, aisle).ID
	it := create(t, db, store.ItemDraft{SKU: "AB-1", Name: "Elbow", Place: bin})
	archive := func(id store.PlaceID, says string) {
		t.Helper()
		p, err := db.ArchivePlace(t.Context(), storetest.Staff, id, true)
		switch {
		case says == "" && (err != nil || !p.Archived):
			t.Errorf("archive %v: %+v, %v", id, p, err)
		case says != "" && (store.CodeOf(err) != store.Conflict || !strings.Contains(err.Error(), says)):
			t.Errorf("archive %v: %v, want %q", id, err, says)
		}
	}
	archive(storetest.Home, "Warehouse stays")
	archive(aisle, "Bin stands in Aisle")
	archive(bin, "Elbow belongs to Bin")
	in := storetest.Book(t, db, store.Entry{Item: it.ID, Kind: store.Receive, Qty: units(2), To: bin})
	archive(bin, "Bin still has 2 ea of Elbow")
	d := store.ItemDraft{SKU: "AB-1", Name: "Elbow", Place: storetest.Home}
	if _, err := db.UpdateItem(t.Context(), storetest.Staff, it.ID, it.Version, d); err != nil {
		t.Fatal(err)
	}
	out := storetest.Book(t, db, store.Entry{Item: it.ID, Kind: store.ScrapKind, Qty: units(2), From: bin})
	archive(bin, "")
	archive(bin, "") // a second tap
	archive(aisle, "")
	if got := walked(t, db); got != "Warehouse" {
		t.Errorf("places are %s", got)
	}
	if gone, err := db.ArchivedPlaces(t.Context()); err != nil || names(gone) != "Aisle Bin" {
		t.Errorf("archived are %s, %v", names(gone), err)
	}
	if _, err := book(t, db, "r", store.Entry{Item: it.ID, Kind: store.Receive, Qty: units(1), To: bin}); store.CodeOf(err) != store.Invalid {
		t.Errorf("received at an archived place: %v", err)
	}
	d.Place = bin
	if _, err := db.UpdateItem(t.Context(), storetest.Staff, it.ID, it.Version+1, d); store.CodeOf(err) != store.Invalid {
		t.Errorf("an item belongs to an archived place: %v", err)
	}
	if _, err := db.CreatePlace(t.Context(), storetest.Staff, store.PlaceDraft{Name: "x", Kind: store.KindShelf, Parent: aisle}); store.CodeOf(err) != store.Invalid {
		t.Errorf("a place in an archived one: %v", err)
	}

	// An undo restores the same place: it and what it stands in are back.
	if _, err := db.Undo(t.Context(), store.Undo{Movement: out.ID, RequestID: "u", By: storetest.Staff}); err != nil {
		t.Fatal(err)
	}
	if got := walked(t, db); got != "Warehouse Aisle Bin" {
		t.Errorf("after the undo places are %s", got)
	}
	if _, err := db.Undo(t.Context(), store.Undo{Movement: in.ID, RequestID: "v", By: storetest.Staff}); err != nil {
		t.Fatal(err)
	}
	archive(bin, "")
	if p, err := db.ArchivePlace(t.Context(), storetest.Staff, bin, false); err != nil || p.Archived || walked(t, db) != "Warehouse Aisle Bin" {
		t.Errorf("back again: %+v, %v", p, err)
	}
}

// A truck has a person who answers for it.
func TestPlaceOfAPerson(t *testing.T) {
	db := storetest.Open(t)
	joe := storetest.User(t, db, "joe", store.Warehouse)
	d := store.PlaceDraft{Name: "Truck 1", Kind: store.KindTruck, User: joe.ID}
	p, err := db.CreatePlace(t.Context(), storetest.Staff, d)
	if err != nil || p.User != joe.ID {
		t.Fatalf("%+v, %v", p, err)
	}
	d.User = 99
	if _, err := db.UpdatePlace(t.Context(), storetest.Staff, p.ID, p.Version, d); store.CodeOf(err) != store.Invalid {
		t.Errorf("somebody who is not there: %v", err)
	}
}

// due are the SKUs that are to be counted, each with its place and why.
func due(t *testing.T, db *store.DB) string {
	t.Helper()
	all, err := db.DueCounts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, d := range all {
		said = append(said, d.Item.SKU+" at "+d.Place.Name+": "+d.Why)
	}
	return strings.Join(said, "; ")
}

// What goes below zero asks for a count by itself, until it is counted or the mistake is taken back.
func TestNegativeStockQueuesACount(t *testing.T) {
	const below = "AB-1 at Warehouse: Below 0 in the books"
	db := storetest.Open(t)
	it := storetest.Item(t, db, "AB-1", 1, 0)
	take := store.Entry{Item: it.ID, Kind: store.Issue, Qty: units(3), From: storetest.Home}
	first := storetest.Book(t, db, take)
	if got := due(t, db); got != below {
		t.Errorf("below zero: %q", got)
	}
	if _, err := db.Undo(t.Context(), store.Undo{Movement: first.ID, RequestID: "u", By: storetest.Staff}); err != nil {
		t.Fatal(err)
	}
	if got := due(t, db); got != "" {
		t.Errorf("after the undo: %q", got)
	}
	storetest.Book(t, db, take)
	storetest.Book(t, db, store.Entry{Item: it.ID, Kind: store.Receive, Qty: units(9)})
	if got := due(t, db); got != below {
		t.Errorf("received since: %q; it still was wrong once", got)
	}
	counted := storetest.Book(t, db, store.Entry{Item: it.ID, Kind: store.Count, Qty: units(8)})
	if got := due(t, db); got != "" {
		t.Errorf("after the count: %q", got)
	}
	if _, err := db.Undo(t.Context(), store.Undo{Movement: counted.ID, RequestID: "w", By: storetest.Staff}); err != nil {
		t.Fatal(err)
	}
	if got := due(t, db); got != "AB-1 at Warehouse: Its last count was undone" {
		t.Errorf("the count was undone: %q", got)
	}
}
