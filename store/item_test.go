package store_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

func create(t *testing.T, db *store.DB, d store.ItemDraft) store.Item {
	t.Helper()
	it, err := db.CreateItem(t.Context(), storetest.Staff, d)
	if err != nil {
		t.Fatal(err)
	}
	return it
}

func TestItemsAreChecked(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*store.ItemDraft)
		code   store.Code
		field  string
		says   string
	}{
		{"good", func(*store.ItemDraft) {}, "", "", ""},
		{"no SKU", func(d *store.ItemDraft) { d.SKU = " \t" }, store.Invalid, "sku", "Write a SKU, the short code of the item."},
		{"zero bytes alone", func(d *store.ItemDraft) { d.SKU = "\x00\x00" }, store.Invalid, "sku", "Write a SKU"},
		{"long SKU", func(d *store.ItemDraft) { d.SKU = strings.Repeat("ж", 61) }, store.Invalid, "sku", "At most 60 characters. This has 61."},
		{"SKU of 60 characters", func(d *store.ItemDraft) { d.SKU = strings.Repeat("ж", 60) }, "", "", ""},
		{"SKU in another case", func(d *store.ItemDraft) { d.SKU = "ab-1" }, store.Conflict, "sku", "“ab-1” is taken by Elbow."},
		{"SKU in other spacing", func(d *store.ItemDraft) { d.SKU = "a  b" }, store.Conflict, "sku", "is taken by Spaced."},
		{"SKU that is a barcode", func(d *store.ItemDraft) { d.SKU = "0123" }, store.Conflict, "sku", "“0123” is taken by Elbow."},
		{"no name", func(d *store.ItemDraft) { d.Name = "\xff" }, store.Invalid, "name", "Write a name."},
		{"a megabyte of a name", func(d *store.ItemDraft) { d.Name = strings.Repeat("x", 1<<20) }, store.Invalid, "name", "At most 200 characters."},
		{"long category", func(d *store.ItemDraft) { d.Category = strings.Repeat("x", 61) }, store.Invalid, "category", "At most 60"},
		{"long unit", func(d *store.ItemDraft) { d.Unit = strings.Repeat("x", 21) }, store.Invalid, "unit", "At most 20"},
		{"long supplier", func(d *store.ItemDraft) { d.Supplier = strings.Repeat("x", 101) }, store.Invalid, "supplier", "At most 100"},
		{"long notes", func(d *store.ItemDraft) { d.Notes = strings.Repeat("x", 2001) }, store.Invalid, "notes", "At most 2000"},
		{"long barcode", func(d *store.ItemDraft) { d.Barcodes = []string{strings.Repeat("1", 61)} }, store.Invalid, "barcode", "At most 60"},
		{"a barcode too many", func(d *store.ItemDraft) { d.Barcodes = strings.Fields(strings.Repeat("1 12 123 ", 7)) }, "", "", ""},
		{"barcode taken", func(d *store.ItemDraft) { d.Barcodes = []string{"9", "0123"} }, store.Conflict, "barcode", "“0123” is taken by Elbow."},
		{"barcode that is a SKU", func(d *store.ItemDraft) { d.Barcodes = []string{"AB-1"} }, store.Conflict, "barcode", "“AB-1” is taken by Elbow."},
		{"barcode that is its own SKU", func(d *store.ItemDraft) { d.Barcodes = []string{"NEW"} }, "", "", ""},
		{"minimum below 0", func(d *store.ItemDraft) { d.Minimum = -1 }, store.Invalid, "minimum", "A minimum is 0 or more."},
		{"par below 0", func(d *store.ItemDraft) { d.Par = -1 }, store.Invalid, "par", "Par is 0 or more."},
		{"par below minimum", func(d *store.ItemDraft) { d.Minimum, d.Par = 5000, 4999 }, store.Invalid, "par", "at least the minimum of 5."},
		{"no such place", func(d *store.ItemDraft) { d.Place = 99 }, store.NotFound, "place", "no place"},
		{"a place that is none", func(d *store.ItemDraft) { d.Place = store.Supplier }, store.NotFound, "place", "no place"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			db := storetest.Open(t)
			create(t, db, store.ItemDraft{SKU: "AB-1", Name: "Elbow", Barcodes: []string{"0123"}})
			create(t, db, store.ItemDraft{SKU: "A b", Name: "Spaced"})
			d := store.ItemDraft{SKU: "NEW", Name: "New"}
			tt.change(&d)
			it, err := db.CreateItem(t.Context(), storetest.Staff, d)
			if store.CodeOf(err) != tt.code {
				t.Fatalf("code %q, want %q: %v", store.CodeOf(err), tt.code, err)
			}
			if e, ok := errors.AsType[*store.Error](err); ok && !strings.Contains(e.Fields[tt.field], tt.says) {
				t.Errorf("at %s: %q, want %q", tt.field, e.Fields[tt.field], tt.says)
			}
			left := 2
			if tt.code == "" {
				left = 3
			}
			if n, err := db.Counts(t.Context()); err != nil || n.Items != left {
				t.Errorf("%d items, %v; want %d", n.Items, err, left)
			}
			if tt.code == "" {
				if got, err := db.ItemByCode(t.Context(), strings.ToLower(it.SKU)); err != nil || got.ID != it.ID {
					t.Errorf("by its SKU: %v, %v", got.ID, err)
				}
			}
		})
	}
}

func TestItemsAreTidied(t *testing.T) {
	db := storetest.Open(t)
	it := create(t, db, store.ItemDraft{SKU: " ab\x00-1 ", Name: "Copper\r\n  elbow\xff\t90°", Category: " Fit\u00a0tings ",
		Notes: " two\nlines\xff ", Barcodes: []string{"ABC", " abc", "", "\x00", "abc"}})
	if it.SKU != "ab -1" || it.Name != "Copper elbow 90°" || it.Category != "Fit tings" || it.Notes != "two\nlines" ||
		it.Unit != "ea" || it.Place != storetest.Home || !slices.Equal(it.Barcodes, []string{"ABC"}) {
		t.Errorf("item = %+v", it)
	}
}

func TestUpdateItem(t *testing.T) {
	db := storetest.Open(t)
	shelf, err := db.CreatePlace(t.Context(), storetest.Staff, store.PlaceDraft{Name: "Shelf", Kind: store.KindShelf})
	if err != nil {
		t.Fatal(err)
	}
	it := create(t, db, store.ItemDraft{SKU: "AB-1", Name: "Elbow", Category: "Fittings", Supplier: "Acme", Barcodes: []string{"1", "2"}, Place: shelf.ID})
	d := store.ItemDraft{SKU: "ab-1", Name: "elbow", Category: "Copper", Barcodes: []string{"2", "3"}}
	now, err := db.UpdateItem(t.Context(), storetest.Staff, it.ID, it.Version, d)
	if err != nil || now.SKU != "ab-1" || now.Version != it.Version+1 || !now.CreatedAt.Equal(it.CreatedAt) {
		t.Fatalf("%+v, %v", now, err)
	}
	if now.Place != shelf.ID {
		t.Errorf("a form that says no place moved it to place %v", now.Place)
	}
	if _, err := db.UpdateItem(t.Context(), storetest.Staff, it.ID, it.Version, d); store.CodeOf(err) != store.Conflict {
		t.Errorf("a stale version: %v", err)
	}
	if _, err := db.UpdateItem(t.Context(), storetest.Staff, 99, 1, d); store.CodeOf(err) != store.NotFound {
		t.Errorf("no such item: %v", err)
	}
	if _, err := db.ItemByCode(t.Context(), "1"); store.CodeOf(err) != store.NotFound {
		t.Errorf("a barcode it no longer has: %v", err)
	}
	cats, err := db.Categories(t.Context())
	if err != nil || !slices.Equal(cats, []string{"Copper"}) {
		t.Errorf("categories %v, %v", cats, err)
	}
	if sups, err := db.Suppliers(t.Context()); err != nil || len(sups) != 0 {
		t.Errorf("suppliers %v, %v", sups, err)
	}
}

func listed(t *testing.T, db *store.DB, f store.ItemFilter) string {
	t.Helper()
	page, err := db.ListStock(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	var skus []string
	for _, r := range page.Rows {
		skus = append(skus, r.SKU)
	}
	if page.Total != len(skus) {
		t.Errorf("%+v: total %d, and %d rows", f, page.Total, len(skus))
	}
	return strings.Join(skus, " ")
}

func TestArchiveAndBack(t *testing.T) {
	db := storetest.Open(t)
	for _, d := range []store.ItemDraft{{SKU: "A", Name: "b", Category: "Wire", Minimum: 5000}, {SKU: "B", Name: "A", Category: "Pipe", Minimum: 1000},
		{SKU: "C", Name: "c", Category: "wire"}, {SKU: "D", Name: "d", Minimum: 9000}} {
		create(t, db, d)
	}
	storetest.Book(t, db, store.Entry{Item: 1, Kind: store.Receive, Qty: 2000})
	storetest.Book(t, db, store.Entry{Item: 2, Kind: store.Receive, Qty: 2000})
	archive := func(id store.ItemID, yes bool) {
		t.Helper()
		if it, err := db.ArchiveItem(t.Context(), storetest.Staff, id, yes); err != nil || it.Archived != yes {
			t.Fatalf("%+v, %v", it, err)
		}
	}
	want := func(f store.ItemFilter, skus string) {
		t.Helper()
		if got := listed(t, db, f); got != skus {
			t.Errorf("%+v lists %q, want %q", f, got, skus)
		}
	}
	counts := func(n store.Counts) {
		t.Helper()
		if got, err := db.Counts(t.Context()); err != nil || got != n {
			t.Errorf("counts %+v, %v; want %+v", got, err, n)
		}
	}
	want(store.ItemFilter{}, "B A C D")
	want(store.ItemFilter{Category: "WIRE"}, "A C")
	want(store.ItemFilter{State: store.StateLow}, "A D")
	want(store.ItemFilter{State: store.StateOut}, "D")
	want(store.ItemFilter{State: store.StateLow, Category: "Wire", Place: storetest.Home}, "A")
	counts(store.Counts{Items: 4, Low: 1, Out: 1})
	archive(1, true)
	archive(1, true) // the second click
	archive(2, true)
	want(store.ItemFilter{}, "C D")
	want(store.ItemFilter{Category: "Wire"}, "C")
	want(store.ItemFilter{State: store.StateLow}, "D")
	want(store.ItemFilter{Place: storetest.Home}, "")
	want(store.ItemFilter{Archived: true}, "B A")
	want(store.ItemFilter{Archived: true, Category: "wire"}, "A")
	want(store.ItemFilter{Archived: true, State: store.StateLow}, "")
	want(store.ItemFilter{Archived: true, Category: "wire", State: store.StateLow}, "")
	want(store.ItemFilter{Archived: true, Place: storetest.Home}, "B A")
	counts(store.Counts{Items: 2, Archived: 2, Out: 1})
	if _, err := db.CreateItem(t.Context(), storetest.Staff, store.ItemDraft{SKU: "a", Name: "x"}); store.CodeOf(err) != store.Conflict {
		t.Errorf("an archived item's SKU: %v", err)
	}
	storetest.Book(t, db, store.Entry{Item: 1, Kind: store.Issue, Qty: 2000}) // the shelf is right, archived or not
	archive(1, false)
	want(store.ItemFilter{State: store.StateOut}, "A D")
	counts(store.Counts{Items: 3, Archived: 1, Out: 2})
}

// Lines that wait find an item that is back from the archive, without waiting for Jobber to change the job.
func TestAnItemFromTheArchiveIsMatched(t *testing.T) {
	db := storetest.Open(t)
	it := storetest.Item(t, db, "AB-1", 5, 0)
	if _, err := db.ArchiveItem(t.Context(), storetest.Staff, it.ID, true); err != nil {
		t.Fatal(err)
	}
	id := storetest.Job(t, db, 1, day(1, 8), storetest.Line("AB-1", 2))
	if l := sheet(t, db, id).Lines[0]; l.State != store.LineUnmatched {
		t.Errorf("an archived item was matched: %+v", l)
	}
	if _, err := db.ArchiveItem(t.Context(), storetest.Staff, it.ID, false); err != nil {
		t.Fatal(err)
	}
	if l := sheet(t, db, id).Lines[0]; l.Stock.ID != it.ID {
		t.Errorf("the item is back, and the line is %v", l.State)
	}
}

// Jobs that waited for the items of an import are part of the opening: nobody is to be told of them.
func TestAnImportIsNoCrossing(t *testing.T) {
	db := storetest.Open(t)
	storetest.Job(t, db, 1, day(1, 8), storetest.Line("AB-1", 8))
	if _, err := db.ImportItems(t.Context(), storetest.Staff, strings.NewReader("sku,name,minimum,quantity\nAB-1,One,5,10\n")); err != nil {
		t.Fatal(err)
	}
	evs, err := db.EventsAfter(t.Context(), 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	var last store.Event
	for _, ev := range evs {
		if ev.Kind != store.LevelChanged {
			continue
		}
		if last = ev; ev.Cause != store.CauseOpening {
			t.Errorf("event %v: from %+v to %+v by %s", ev.ID, ev.Before, ev.After, ev.Cause)
		}
	}
	if last.After != (store.Level{OnHand: units(10), Allocated: units(8)}) {
		t.Errorf("the last level is %+v", last.After)
	}
}
