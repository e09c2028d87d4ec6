package store_test

import (
	"fmt"
	"strings"
	"testing"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

func par(t *testing.T, db *store.DB, item store.ItemID, place store.PlaceID, minimum, par int64) {
	t.Helper()
	p := store.PlacePar{Item: item, Place: place, Minimum: units(minimum), Par: units(par)}
	if err := db.SetPlacePar(t.Context(), storetest.Staff, p); err != nil {
		t.Fatal(err)
	}
}

// A truck is brought up to its pars from where things belong, then from where there is most; what no shelf has is said.
func TestRestockList(t *testing.T) {
	db := storetest.Open(t)
	a1 := place(t, db, "A1", store.KindShelf, storetest.Home).ID
	a2 := place(t, db, "A2", store.KindShelf, storetest.Home).ID
	truck := place(t, db, "Truck 1", store.KindTruck, 0).ID
	other := place(t, db, "Truck 2", store.KindTruck, 0).ID
	elbow := create(t, db, store.ItemDraft{SKU: "ELB", Name: "Elbow", Place: a2})
	wire := create(t, db, store.ItemDraft{SKU: "WIR", Name: "Wire", Place: a1})
	full := create(t, db, store.ItemDraft{SKU: "FUL", Name: "Full", Place: a1})
	for _, e := range []store.Entry{
		{Item: elbow.ID, To: a1, Qty: units(9)}, {Item: elbow.ID, To: a2, Qty: units(2)}, {Item: elbow.ID, To: truck, Qty: units(1)},
		{Item: wire.ID, To: other, Qty: units(50)}, {Item: wire.ID, To: a2, Qty: units(3)},
		{Item: full.ID, To: truck, Qty: units(5)},
	} {
		e.Kind = store.Receive
		storetest.Book(t, db, e)
	}
	par(t, db, elbow.ID, truck, 2, 6)
	par(t, db, wire.ID, truck, 0, 10)
	par(t, db, full.ID, truck, 1, 5)
	l, err := db.RestockList(t.Context(), truck)
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	act := store.Act{RequestID: "restock", By: storetest.Staff}
	for _, x := range l.Lines {
		said = append(said, fmt.Sprint(x.Item.SKU, " ", x.Qty, " from ", x.From.Name, " of ", x.There))
		act.Entries = append(act.Entries, store.Entry{Item: x.Item.ID, Kind: store.Transfer, Qty: x.Qty, From: x.From.ID, To: truck})
	}
	for _, x := range l.Missing {
		said = append(said, fmt.Sprint(x.Item.SKU, " lacks ", x.Lacks))
	}
	if got, want := strings.Join(said, ", "), "ELB 3 from A1 of 9, ELB 2 from A2 of 2, WIR 3 from A2 of 3, WIR lacks 7"; got != want {
		t.Errorf("restock: %s\nwant %s", got, want)
	}
	for range 2 {
		if r, err := db.Book(t.Context(), act); err != nil || len(r.Movements) != 3 {
			t.Fatalf("%+v, %v", r, err)
		}
	}
	if at(t, db, elbow.ID, truck) != units(6) || at(t, db, wire.ID, truck) != units(3) {
		t.Errorf("on the truck %v elbows and %v wire", at(t, db, elbow.ID, truck), at(t, db, wire.ID, truck))
	}
	if s, err := db.PlaceSheet(t.Context(), store.PlaceAsk{Place: truck}); err != nil || s.Under != 1 || len(s.Rows) != 3 || s.Rows[2].Item.SKU != "WIR" || s.Rows[2].Par != units(10) || s.Rows[2].Low() {
		t.Errorf("the truck: %+v, %v", s, err)
	}
	if s, err := db.PlaceSheet(t.Context(), store.PlaceAsk{Place: truck, Find: true, Found: []store.ItemID{full.ID}}); err != nil || s.Total != 1 {
		t.Errorf("found on the truck: %+v, %v", s, err)
	}
	if _, err := db.RestockList(t.Context(), 99); store.CodeOf(err) != store.NotFound {
		t.Errorf("no place: %v", err)
	}
}

// What is scanned comes on the list from where it is, and twice scanned is two.
func TestLoadList(t *testing.T) {
	db := storetest.Open(t)
	a1 := place(t, db, "A1", store.KindShelf, storetest.Home).ID
	truck := place(t, db, "Truck 1", store.KindTruck, 0).ID
	it := create(t, db, store.ItemDraft{SKU: "ELB", Name: "Elbow"})
	none := create(t, db, store.ItemDraft{SKU: "NON", Name: "None"})
	storetest.Book(t, db, store.Entry{Item: it.ID, Kind: store.Receive, Qty: units(9), To: a1})
	storetest.Book(t, db, store.Entry{Item: it.ID, Kind: store.Receive, Qty: units(90), To: truck})
	l, err := db.LoadList(t.Context(), truck, []store.LoadWant{{Item: it.ID}, {Item: none.ID}, {Item: it.ID}, {Item: it.ID, From: storetest.Home, Qty: 500}})
	if err != nil || len(l.Lines) != 3 {
		t.Fatalf("%+v, %v", l, err)
	}
	for i, want := range []string{"ELB 2 from A1 of 9", "NON 1 from Warehouse of 0", "ELB 0.5 from Warehouse of 0"} {
		x := l.Lines[i]
		if got := fmt.Sprint(x.Item.SKU, " ", x.Qty, " from ", x.From.Name, " of ", x.There); got != want {
			t.Errorf("line %d: %s, want %s", i, got, want)
		}
	}
	if _, err := db.LoadList(t.Context(), truck, []store.LoadWant{{Item: 99}}); store.CodeOf(err) != store.NotFound {
		t.Errorf("no item: %v", err)
	}
}

func TestPlaceParsAreChecked(t *testing.T) {
	db := storetest.Open(t)
	it := storetest.Item(t, db, "AB-1", 5, 0)
	for name, tt := range map[string]struct {
		store.PlacePar
		code store.Code
	}{
		"below zero":        {store.PlacePar{Item: it.ID, Place: 1, Minimum: -1}, store.Invalid},
		"par below minimum": {store.PlacePar{Item: it.ID, Place: 1, Minimum: 5, Par: 4}, store.Invalid},
		"no item":           {store.PlacePar{Item: 9, Place: 1, Par: 4}, store.NotFound},
		"no place":          {store.PlacePar{Item: it.ID, Place: 9, Par: 4}, store.NotFound},
	} {
		if err := db.SetPlacePar(t.Context(), storetest.Staff, tt.PlacePar); store.CodeOf(err) != tt.code {
			t.Errorf("%s: %v", name, err)
		}
	}
	truck := place(t, db, "Truck", store.KindTruck, 0).ID
	par(t, db, it.ID, truck, 1, 4)
	sheet, err := db.ItemSheet(t.Context(), it.ID, 0)
	if err != nil || len(sheet.Spots) != 2 || !sheet.Spots[0].Home || sheet.Spots[1].Par != units(4) || !sheet.Spots[1].Low() {
		t.Errorf("spots %+v, %v", sheet.Spots, err)
	}
	par(t, db, it.ID, truck, 0, 0)
	if sheet, err := db.ItemSheet(t.Context(), it.ID, 0); err != nil || len(sheet.Spots) != 1 {
		t.Errorf("forgotten: %+v, %v", sheet.Spots, err)
	}
	home := store.PlacePar{Item: it.ID, Place: truck, Home: true}
	if err := db.SetPlacePar(t.Context(), storetest.Staff, home); err != nil {
		t.Fatal(err)
	}
	if moved, err := db.Item(t.Context(), it.ID); err != nil || moved.Place != truck || moved.SKU != it.SKU {
		t.Errorf("it belongs to %v, %v", moved.Place, err)
	}
}
