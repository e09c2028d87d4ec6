package store_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

func place(t *testing.T, db *store.DB, name string, kind store.PlaceKind, parent store.PlaceID) store.Place {
	t.Helper()
	p, err := db.CreatePlace(t.Context(), storetest.Staff, store.PlaceDraft{Name: name, Kind: kind, Parent: parent})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPlacesAreChecked(t *testing.T) {
	db := storetest.Open(t)
	aisle := place(t, db, "Aisle A", store.KindShelf, storetest.Home)
	bin := place(t, db, "Bin 1", store.KindShelf, aisle.ID)
	for _, tt := range []struct {
		name  string
		id    store.PlaceID // 0: a new one
		draft store.PlaceDraft
		code  store.Code
		field string
	}{
		{"no name", 0, store.PlaceDraft{Name: "\x00 ", Kind: store.KindTruck}, store.Invalid, "name"},
		{"61 characters", 0, store.PlaceDraft{Name: strings.Repeat("ж", 61), Kind: store.KindTruck}, store.Invalid, "name"},
		{"a megabyte", 0, store.PlaceDraft{Name: strings.Repeat("x", 1<<20), Kind: store.KindTruck}, store.Invalid, "name"},
		{"no kind", 0, store.PlaceDraft{Name: "x"}, store.Invalid, "kind"},
		{"no such kind", 0, store.PlaceDraft{Name: "x", Kind: "moon"}, store.Invalid, "kind"},
		{"no such parent", 0, store.PlaceDraft{Name: "x", Kind: store.KindShelf, Parent: 99}, store.Invalid, "parent"},
		{"in the supplier", 0, store.PlaceDraft{Name: "x", Kind: store.KindShelf, Parent: store.Supplier}, store.Invalid, "parent"},
		{"name taken", 0, store.PlaceDraft{Name: "aisle  a", Kind: store.KindTruck}, store.Conflict, "name"},
		{"name taken by another", bin.ID, store.PlaceDraft{Name: "AISLE A", Kind: store.KindShelf}, store.Conflict, "name"},
		{"in itself", aisle.ID, store.PlaceDraft{Name: "Aisle A", Kind: store.KindShelf, Parent: aisle.ID}, store.Invalid, "parent"},
		{"in what stands in it", aisle.ID, store.PlaceDraft{Name: "Aisle A", Kind: store.KindShelf, Parent: bin.ID}, store.Invalid, "parent"},
		{"the warehouse in its bin", storetest.Home, store.PlaceDraft{Name: "Warehouse", Kind: store.KindWarehouse, Parent: bin.ID}, store.Invalid, "parent"},
	} {
		var err error
		if tt.id == 0 {
			_, err = db.CreatePlace(t.Context(), storetest.Staff, tt.draft)
		} else {
			_, err = db.UpdatePlace(t.Context(), storetest.Staff, tt.id, 1, tt.draft)
		}
		if e, _ := errors.AsType[*store.Error](err); e == nil || e.Code != tt.code || e.Fields[tt.field] == "" {
			t.Errorf("%s: %v, want %s at %s", tt.name, err, tt.code, tt.field)
		}
	}
	if all, err := db.Places(t.Context()); err != nil || len(all) != 3 {
		t.Errorf("places %+v, %v", all, err)
	}
}

func TestUpdatePlace(t *testing.T) {
	db := storetest.Open(t)
	truck := place(t, db, "Truck 1", store.KindTruck, 0)
	d := store.PlaceDraft{Name: " truck\t1 ", Kind: store.KindTruck}
	now, err := db.UpdatePlace(t.Context(), storetest.Staff, truck.ID, truck.Version, d)
	if err != nil || now.Name != "truck 1" || now.Version != truck.Version+1 {
		t.Fatalf("%+v, %v", now, err)
	}
	if _, err := db.UpdatePlace(t.Context(), storetest.Staff, truck.ID, truck.Version, d); store.CodeOf(err) != store.Conflict {
		t.Errorf("a stale version: %v", err)
	}
	if _, err := db.UpdatePlace(t.Context(), storetest.Staff, 99, 1, d); store.CodeOf(err) != store.NotFound {
		t.Errorf("no such place: %v", err)
	}
	d.Name = "Van"
	if _, err := db.UpdatePlace(t.Context(), storetest.Staff, truck.ID, now.Version, d); err != nil {
		t.Fatal(err)
	}
	place(t, db, "Truck 1", store.KindTruck, 0) // the name is free again
}

// A tree may be deep, and what is too deep is told as that.
func TestDeepPlaces(t *testing.T) {
	db := storetest.Open(t)
	parent, deep := storetest.Home, 1
	for {
		p, err := db.CreatePlace(t.Context(), storetest.Staff, store.PlaceDraft{Name: fmt.Sprint("p", deep), Kind: store.KindShelf, Parent: parent})
		if err != nil {
			if e, _ := errors.AsType[*store.Error](err); e == nil || !strings.Contains(e.Fields["parent"], "deep") {
				t.Errorf("at depth %d: %v", deep, err)
			}
			break
		}
		if parent, deep = p.ID, deep+1; deep > 20 {
			t.Fatal("there is no bottom")
		}
	}
	if deep < 5 {
		t.Errorf("only %d deep", deep)
	}
	all, err := db.Places(t.Context())
	if err != nil || len(all) != deep {
		t.Fatalf("%d places, %v; want %d", len(all), err, deep)
	}
	for i, p := range all[1:] {
		if p.Parent != all[i].ID {
			t.Errorf("%s does not follow what it stands in", p.Name)
		}
	}
	it := storetest.Item(t, db, "AB-1", 0, 0)
	storetest.Book(t, db, store.Entry{Item: it.ID, Kind: store.Receive, Qty: 1000, To: parent})
	if got := listed(t, db, store.ItemFilter{Place: storetest.Home}); got != "AB-1" {
		t.Errorf("in the warehouse stands %q", got)
	}
}

func TestPlacesInOrder(t *testing.T) {
	db := storetest.Open(t)
	b := place(t, db, "b", store.KindShelf, storetest.Home)
	place(t, db, "A", store.KindShelf, storetest.Home)
	place(t, db, "in b", store.KindShelf, b.ID)
	place(t, db, "Truck 1", store.KindTruck, 0)
	place(t, db, "Second", store.KindWarehouse, 0)
	all, err := db.Places(t.Context())
	var names []string
	for _, p := range all {
		names = append(names, p.Name)
	}
	if want := []string{"Second", "Warehouse", "A", "b", "in b", "Truck 1"}; err != nil || !slices.Equal(names, want) {
		t.Errorf("places %q, %v; want %q", names, err, want)
	}
}
