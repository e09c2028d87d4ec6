package store_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// packed adds an item that comes in packs, with 14 of it in the warehouse.
func packed(t *testing.T, db *store.DB, sku, unit, packs string) store.Item {
	t.Helper()
	ps, err := store.ParsePacks(packs)
	if err != nil {
		t.Fatal(err)
	}
	it := create(t, db, store.ItemDraft{SKU: sku, Name: "Item " + sku, Unit: unit, Packs: ps})
	storetest.Book(t, db, store.Entry{Item: it.ID, Kind: store.Receive, Qty: units(14)})
	return it
}

func TestPacksOfAnItem(t *testing.T) {
	for _, tt := range []struct{ unit, packs, kept, says string }{
		{"ea", "box 50, case 200", "box 50, case 200", ""},
		{"ea", " case 200,, Box  of nails 50 ", "Box of nails 50, case 200", ""}, // the smallest first
		{"ft", "coil 250, offcut 2.5", "offcut 2.5, coil 250", ""},
		{"ea", "", "", ""},
		{"ea", "box", "", "Write how many ea are in one behind “box”, like box 50."},
		{"ea", "50", "", "Write how many ea are in one behind “50”, like box 50."},
		{"ea", "box 0", "", "“box 0” holds nothing"},
		{"ea", "box -5", "", "“box -5” holds nothing"},
		{"ea", "box 2.5", "", "One box holds whole ea: 2.5 is not possible."},
		{"ea", "box 50, BOX 100", "", "BOX is there twice."},
		{"ea", "EA 10", "", "EA is the unit itself"},
		{"ea", "box 50 100", "", "One number after the name is enough"},
		{"ea", "box 1.2345", "", "At most 3 decimals"},
		{"ea", "a 1, b 2, c 3, d 4, e 5, f 6", "", "At most 5 packs. These are 6."},
		{"ea", strings.Repeat("x", 21) + " 5", "", "At most 20 characters"},
		{"ea", "box 1000000000", "", "Less than a billion"},
	} {
		db := storetest.Open(t)
		packs, err := store.ParsePacks(tt.packs)
		var it store.Item
		if err == nil {
			it, err = db.CreateItem(t.Context(), storetest.Staff, store.ItemDraft{SKU: "A", Name: "Thing", Unit: tt.unit, Packs: packs})
		}
		if (err != nil) != (tt.says != "") || err != nil && (store.CodeOf(err) != store.Invalid || !strings.Contains(err.Error(), tt.says)) {
			t.Errorf("%s, %q: %v, want %q", tt.unit, tt.packs, err, tt.says)
			continue
		}
		if err != nil {
			continue
		}
		kept, err := db.Item(t.Context(), it.ID)
		if got := store.PacksText(kept.Packs); err != nil || got != tt.kept {
			t.Errorf("%q is kept as %q, %v, want %q", tt.packs, got, err, tt.kept)
		}
		if again, err := store.ParsePacks(store.PacksText(kept.Packs)); err != nil || !slices.Equal(again, kept.Packs) {
			t.Errorf("%q is read as %v, %v", store.PacksText(kept.Packs), again, err)
		}
	}
}

// What is said in packs is booked in the item's unit, and the history remembers how it was said.
func TestBookInPacks(t *testing.T) {
	box := store.Pack{Name: "Box"}
	for _, tt := range []struct {
		name  string
		entry store.Entry
		home  store.Qty
		field string // "": booked
	}{
		{"receive", store.Entry{Kind: store.Receive, Qty: units(2), Pack: store.Pack{Name: "box", Holds: units(50)}}, units(114), ""},
		{"by the name alone, whatever its case", store.Entry{Kind: store.Receive, Qty: units(1), Pack: box}, units(64), ""},
		{"the unit by its name", store.Entry{Kind: store.Receive, Qty: units(2), Pack: store.Pack{Name: "EA"}}, units(16), ""},
		{"count", store.Entry{Kind: store.Count, Qty: units(3), Pack: box}, units(150), ""},
		{"count none", store.Entry{Kind: store.Count, Pack: box}, 0, ""},
		{"half a box", store.Entry{Kind: store.Receive, Qty: 500, Pack: box}, units(14), "quantity"},
		{"another pack", store.Entry{Kind: store.Receive, Qty: units(1), Pack: store.Pack{Name: "pallet"}}, units(14), "unit"},
		{"it held something else", store.Entry{Kind: store.Receive, Qty: units(1), Pack: store.Pack{Name: "box", Holds: units(40)}}, units(14), "unit"},
		{"too much", store.Entry{Kind: store.Receive, Qty: units(999_999_999), Pack: box}, units(14), "quantity"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			db := storetest.Open(t)
			it := packed(t, db, "AB-1", "ea", "box 50")
			tt.entry.Item = it.ID
			r, err := book(t, db, "tap", tt.entry)
			e, _ := errors.AsType[*store.Error](err)
			if (err != nil) != (tt.field != "") || e != nil && (e.Code != store.Invalid || e.Fields[tt.field] == "") {
				t.Fatalf("%v, want a word at %q", err, tt.field)
			}
			if got := at(t, db, it.ID, storetest.Home); got != tt.home {
				t.Errorf("on hand = %v, want %v", got, tt.home)
			}
			if err != nil {
				return
			}
			m, err := db.Movement(t.Context(), r.Movements[0].ID)
			if want := tt.entry.Pack.Name != "EA"; err != nil || (m.Pack == it.Packs[0]) != want {
				t.Errorf("the history says %v, %v", m.Pack, err)
			}
		})
	}
}

// What the keypad does not offer the ledger takes all the same: a line of Jobber's may ask for two and a half of what is
// not divided.
func TestJobberAsksForAHalf(t *testing.T) {
	db := storetest.Open(t)
	it := storetest.Item(t, db, "AB-1", 14, 0)
	l := storetest.Line("AB-1", 1)
	l.Qty = 2500
	job := storetest.Job(t, db, 1042, db.Now(), l)
	if _, _, err := db.IssueRemaining(t.Context(), store.JobAct{RequestID: "take", By: storetest.Staff, Job: job}); err != nil {
		t.Fatal(err)
	}
	if got := at(t, db, it.ID, storetest.Home); !it.Whole() || got != 11500 {
		t.Errorf("on hand = %v of %s, want 11.5", got, it.Unit)
	}
}

// Counts, picks and leftovers take packs too, each with its complaint in its own place.
func TestPacksInOtherActs(t *testing.T) {
	db := storetest.Open(t)
	it := packed(t, db, "AB-1", "ea", "box 5")
	box := it.Packs[0]
	sheet, err := db.CountSheet(t.Context(), store.CountAsk{Scope: store.CountScope{Place: storetest.Home}})
	if err != nil {
		t.Fatal(err)
	}
	answer := store.CountAnswer{Item: it.ID, Place: storetest.Home, Counted: units(3), Pack: box, Seen: sheet.Seen, By: storetest.Staff}
	if err := db.TallyCount(t.Context(), answer); err != nil {
		t.Fatal(err)
	}
	scope := store.CountScope{Place: storetest.Home}
	if _, _, err := db.FinishCount(t.Context(), store.CountFinish{RequestID: "count", By: storetest.Staff, Scope: scope, Approves: true}); err != nil {
		t.Fatal(err)
	}
	if got := at(t, db, it.ID, storetest.Home); got != units(15) {
		t.Errorf("3 boxes are %v, want 15", got)
	}
	answer.Pack, answer.Counted = store.Pack{}, 2500
	if err := db.TallyCount(t.Context(), answer); store.CodeOf(err) != store.Conflict { // it was booked since
		t.Errorf("counted again with an old sheet: %v", err)
	}

	job := storetest.Job(t, db, 1042, db.Now(), storetest.Line("AB-1", 12))
	lines, err := db.JobSheet(t.Context(), job)
	if err != nil {
		t.Fatal(err)
	}
	ref := store.PickRef{Job: job, Line: lines.Lines[0].ID, Item: it.ID}
	pick := store.Pick{RequestID: "pick", By: storetest.Staff, PickRef: ref, Qty: units(2), Pack: box, Seen: units(12)}
	for range 2 { // the second tap answers the same
		r, err := db.Pick(t.Context(), pick)
		if err != nil || r.Movements[0].Qty != units(10) || r.Movements[0].Pack != box {
			t.Fatalf("picked %+v, %v", r.Movements, err)
		}
	}
	pick.RequestID = "again" // one box is more than the 2 that are left, and that they saw 12 says they did not know
	if _, err := db.Pick(t.Context(), pick); store.CodeOf(err) != store.Conflict {
		t.Errorf("picking 10 of the 2 that are left: %v, want a conflict", err)
	}

	back := store.BringBack{RequestID: "back", By: storetest.Staff, Job: job, Lines: []store.BackLine{
		{Line: ref.Line, Item: it.ID, Back: units(1), Damaged: 500, Pack: box, Reason: "wet"}}}
	_, err = db.BringBack(t.Context(), back)
	field := "damaged-" + ref.Line.String() + "-" + it.ID.String()
	if e, _ := errors.AsType[*store.Error](err); e == nil || e.Fields[field] == "" {
		t.Errorf("half a box is damaged: %v, want a word at %s", err, field)
	}
	back.Lines[0].Damaged = 0
	if r, err := db.BringBack(t.Context(), back); err != nil || r.Movements[0].Qty != units(5) {
		t.Errorf("brought back %+v, %v", r.Movements, err)
	}
}

func TestImportPacks(t *testing.T) {
	db := storetest.Open(t)
	csv := "sku,name,unit,packs\nA-1,Screw,ea,\"box 50, case 200\"\nB-2,Romex,ft,coil 250\n"
	if _, err := db.ImportItems(t.Context(), storetest.Staff, strings.NewReader(csv)); err != nil {
		t.Fatal(err)
	}
	it, err := db.ItemByCode(t.Context(), "A-1")
	if got := store.PacksText(it.Packs); err != nil || got != "box 50, case 200" {
		t.Errorf("packs %q, %v", got, err)
	}
	_, err = db.ImportItems(t.Context(), storetest.Staff, strings.NewReader("sku,name,packs\nC-3,Nut,box\n"))
	if err == nil || !strings.Contains(err.Error(), "Line 2, column packs: Write how many ea are in one") {
		t.Errorf("a pack without a number: %v", err)
	}
}
