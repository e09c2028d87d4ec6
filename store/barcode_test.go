package store_test

import (
	"slices"
	"testing"
	"time"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// A UPC-A and the EAN-13 with a zero before it are the same bars, however they were written down.
func TestAUPCIsAnEAN(t *testing.T) {
	const upc, ean = "785901447120", "0785901447120"
	for stored, scanned := range map[string]string{upc: ean, ean: upc} {
		db := storetest.Open(t)
		it := create(t, db, store.ItemDraft{SKU: "EF-3", Name: "Elbow", Barcodes: []string{stored}})
		for _, code := range []string{stored, scanned, " " + scanned + " "} {
			got, err := db.ItemByCode(t.Context(), code)
			if err != nil || got.ID != it.ID {
				t.Errorf("%s is stored, and %q finds %v, %v", stored, code, got.SKU, err)
			}
		}
		if it, err := db.Item(t.Context(), it.ID); err != nil || !slices.Equal(it.Barcodes, []string{stored}) {
			t.Errorf("%s became %v, %v", stored, it.Barcodes, err)
		}
		_, err := db.CreateItem(t.Context(), storetest.Staff, store.ItemDraft{SKU: "X", Name: "Other", Barcodes: []string{scanned}})
		if store.CodeOf(err) != store.Conflict {
			t.Errorf("%s is stored, and another item got %s: %v", stored, scanned, err)
		}
		twice := create(t, db, store.ItemDraft{SKU: "Y", Name: "Twice", Barcodes: []string{"123456789012", "0123456789012", "12345678901"}})
		if !slices.Equal(twice.Barcodes, []string{"123456789012", "12345678901"}) {
			t.Errorf("one code twice is %v", twice.Barcodes)
		}
	}
}

func TestBarcodesComeAndGo(t *testing.T) {
	db := storetest.Open(t)
	it := storetest.Item(t, db, "AB-1", 0, 0)
	storetest.Item(t, db, "CD-2", 0, 0)
	add := func(code string) (store.Item, error) {
		return db.AddBarcode(t.Context(), storetest.Staff, it.ID, code)
	}
	for range 2 { // the second changes nothing
		now, err := add(" 4006381333931 ")
		if err != nil || !slices.Equal(now.Barcodes, []string{"4006381333931"}) || now.Version != it.Version+1 {
			t.Fatalf("%+v, %v", now, err)
		}
	}
	if now, err := add("own label"); err != nil || len(now.Barcodes) != 2 {
		t.Errorf("%+v, %v", now, err)
	}
	for code, want := range map[string]store.Code{"": store.Invalid, "cd-2": store.Conflict} {
		if _, err := add(code); store.CodeOf(err) != want {
			t.Errorf("%q: %v", code, err)
		}
	}
	if _, err := db.AddBarcode(t.Context(), storetest.Staff, 99, "1"); store.CodeOf(err) != store.NotFound {
		t.Errorf("no such item: %v", err)
	}
	for range 2 {
		now, err := db.RemoveBarcode(t.Context(), storetest.Staff, it.ID, "4006381333931")
		if err != nil || !slices.Equal(now.Barcodes, []string{"own label"}) {
			t.Errorf("%+v, %v", now, err)
		}
	}
	if _, err := db.ItemByCode(t.Context(), "4006381333931"); store.CodeOf(err) != store.NotFound {
		t.Errorf("the code is off, and found: %v", err)
	}
}

func TestScan(t *testing.T) {
	db := storetest.Open(t)
	it := storetest.Item(t, db, "AB-1", 5, 0)
	p, err := db.CreatePlace(t.Context(), storetest.Staff, store.PlaceDraft{Name: "Truck 3", Kind: store.KindTruck})
	if err != nil {
		t.Fatal(err)
	}
	job := storetest.Job(t, db, 1042, time.Time{})
	for code, want := range map[string][3]uint64{"ab-1": {uint64(it.ID)}, "truck  3": {0, uint64(p.ID)}, "#1042": {0, 0, uint64(job)}} {
		s, err := db.Scan(t.Context(), code)
		if got := [3]uint64{uint64(s.Item.ID), uint64(s.Place.ID), uint64(s.Job.ID)}; err != nil || got != want {
			t.Errorf("%q is %v, want %v (%v)", code, got, want, err)
		}
	}
	if s, err := db.Scan(t.Context(), "AB-1"); err != nil || s.Item.Level.OnHand != 5000 {
		t.Errorf("%+v, %v", s.Item.Level, err)
	}
	for _, code := range []string{"", "#", "#0", "#-1", "#1043", "1042", "AB", "#99999999999999999999"} {
		if _, err := db.Scan(t.Context(), code); store.CodeOf(err) != store.NotFound {
			t.Errorf("%q: %v", code, err)
		}
	}
}

// An amount that is put right takes the place of what was booked, in one commit, and once.
func TestInstead(t *testing.T) {
	db := storetest.Open(t)
	it := storetest.Item(t, db, "AB-1", 14, 0)
	first := storetest.Book(t, db, store.Entry{Item: it.ID, Kind: store.Issue, Qty: 1000})
	act := store.Act{RequestID: "right", By: storetest.Staff, Instead: first.ID,
		Entries: []store.Entry{{Item: it.ID, Kind: store.Issue, Qty: 14000}}}
	var booked store.Movement
	for range 2 {
		r, err := db.Book(t.Context(), act)
		if err != nil || len(r.Movements) != 1 || r.Movements[0].OnHand != 0 {
			t.Fatalf("%+v, %v", r, err)
		}
		booked = r.Movements[0]
	}
	act.RequestID = "again"
	if _, err := db.Book(t.Context(), act); store.CodeOf(err) != store.Conflict {
		t.Errorf("what was taken back already was taken back again: %v", err)
	}
	act.Instead, act.Entries[0].Qty = booked.ID, 15000
	if _, err := db.Book(t.Context(), act); store.CodeOf(err) != store.Unusual {
		t.Errorf("15 of 14: %v", err)
	}
	if s, err := db.Stock(t.Context(), it.ID); err != nil || s.Level.OnHand != 0 {
		t.Errorf("a question changed what is there: %+v, %v", s.Level, err)
	}
	if _, err := db.Undo(t.Context(), store.Undo{Movement: booked.ID, WholeAct: true, RequestID: "undo", By: storetest.Staff}); err != nil {
		t.Error(err)
	}
	if s, err := db.Stock(t.Context(), it.ID); err != nil || s.Level.OnHand != 14000 {
		t.Errorf("after the undo: %+v, %v", s.Level, err)
	}
}

func TestRecent(t *testing.T) {
	db := storetest.Open(t)
	it := storetest.Item(t, db, "AB-1", 14, 0)
	ana := store.Actor{ID: 7, Name: "ana"}
	var ids []store.MovementID
	for _, id := range []string{"a", "b", "c"} {
		r, err := db.Book(t.Context(), store.Act{RequestID: id, By: ana, Entries: []store.Entry{{Item: it.ID, Kind: store.Issue, Qty: 1000}}})
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, r.Movements[0].ID)
	}
	if _, err := db.Undo(t.Context(), store.Undo{Movement: ids[2], RequestID: "u", By: ana}); err != nil {
		t.Fatal(err)
	}
	recent := func(since time.Time, limit int) (got []store.MovementID) {
		t.Helper()
		all, err := db.Recent(t.Context(), 7, since, limit)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range all {
			got = append(got, e.ID)
		}
		return got
	}
	if got := recent(time.Time{}, 9); !slices.Equal(got, []store.MovementID{ids[2], ids[1], ids[0]}) {
		t.Errorf("all: %v of %v", got, ids)
	}
	if got := recent(time.Time{}, 1); !slices.Equal(got, ids[2:]) {
		t.Errorf("one: %v of %v", got, ids)
	}
	if got := recent(time.Now().Add(time.Minute), 9); got != nil {
		t.Errorf("from the future: %v", got)
	}
	all, err := db.Recent(t.Context(), 7, time.Time{}, 9)
	if err != nil || all[0].UndoneBy == 0 || all[1].UndoneBy != 0 {
		t.Errorf("undone are %v and %v, %v", all[0].UndoneBy, all[1].UndoneBy, err)
	}
	// What others did meanwhile is looked through, as far as the newest 500.
	for range 500 {
		storetest.Book(t, db, store.Entry{Item: it.ID, Kind: store.Receive, Qty: 1000})
		if len(ids) == 3 && recent(time.Time{}, 9) == nil {
			t.Fatal("one act of somebody else hides all")
		}
		ids = append(ids, 0)
	}
	if got := recent(time.Time{}, 9); got != nil {
		t.Errorf("behind 500 others: %v", got)
	}
	if e, err := db.Entry(t.Context(), ids[0]); err != nil || e.SKU != "AB-1" || e.ID != ids[0] {
		t.Errorf("%+v, %v", e, err)
	}
}

// What was put back and is gone again by now: the amount can still be put right, without a question about the moment between.
func TestInsteadOfWhatIsGone(t *testing.T) {
	db := storetest.Open(t)
	it := storetest.Item(t, db, "AB-1", 0, 0)
	first := storetest.Book(t, db, store.Entry{Item: it.ID, Kind: store.Return, Qty: 1000})
	storetest.Book(t, db, store.Entry{Item: it.ID, Kind: store.Issue, Qty: 1000})
	r, err := db.Book(t.Context(), store.Act{RequestID: "right", By: storetest.Staff, Instead: first.ID,
		Entries: []store.Entry{{Item: it.ID, Kind: store.Return, Qty: 3000}}})
	if err != nil || r.Movements[0].OnHand != 2000 {
		t.Errorf("%+v, %v", r, err)
	}
}
