package store_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// shelfOfItems is a small catalogue in which every way to search has something to find, and to miss.
func shelfOfItems(t testing.TB, db *store.DB) {
	for _, d := range []store.ItemDraft{
		{SKU: "ELB-00042", Name: `Copper Elbow 90 3/4"`, Supplier: "Valley Supply", Category: "Plumbing", Barcodes: []string{"012345678905"}},
		{SKU: "ELB-00043", Name: `Copper Elbow 90 1-3/4 in`, Supplier: "Harbor Wholesale", Category: "Plumbing"},
		{SKU: "BFP-100", Name: "Backflow Preventer, brass", Supplier: "Harbor Wholesale", Category: "Irrigation", Barcodes: []string{"4006381333931"}},
		{SKU: "RMX-12-2", Name: "Romex 12/2 cable 250 ft", Category: "Electrical"},
		{SKU: "RMX-14-2", Name: "Romex 14/2 cable 250 ft", Category: "Electrical"},
		{SKU: "STD-248", Name: "Stud 2x4x8 SPF", Category: "Lumber"},
		{SKU: "BOX-4", Name: "Junction Boxes, steel", Category: "Electrical"},
		{SKU: "TEE-1", Name: "Push-Fit Tee ½ in", Category: "Plumbing"},
		{SKU: "SCR-8", Name: `Deck Screw #8 x 2-1/2"`, Category: "Fasteners"},
		{SKU: "BRK-20", Name: "Breaker 20A single pole", Category: "Electrical"},
		{SKU: "TAP-1", Name: "Electrical tape, black"},
	} {
		addItem(t, db, d)
	}
}

func TestItemsFinds(t *testing.T) {
	db := storetest.Open(t)
	shelfOfItems(t, db)
	x := openIndex(t, db, t.TempDir())
	catchUp(t, x)
	for _, tt := range []struct{ how, q, want string }{
		{"SKU", "ELB-00042", "ELB-00042"},
		{"SKU in lower case", "elb-00042", "ELB-00042"},
		{"SKU without dash", "elb00042", "ELB-00042"},
		{"SKU with spaces", "elb 00042", "ELB-00042"},
		{"beginning of a SKU", "bfp", "BFP-100"},
		{"middle of a SKU", "b-00042", "ELB-00042"},
		{"end of a SKU", "0042", "ELB-00042"},
		{"typo in a SKU", "elb-00024", "ELB-00042"},
		{"letter missing in a SKU", "elb-0042x", ""},
		{"barcode", "4006381333931", "BFP-100"},
		{"barcode with spaces", "4 006381 333931", "BFP-100"},
		{"beginning of a barcode", "400638", "BFP-100"},
		{"barcode as another scanner sends it", "0012345678905", "ELB-00042"},
		{"barcode without its zero", "12345678905", "ELB-00042"},
		{"beginning of the name", "copper el", "ELB-00042"},
		{"beginning of a word", "preven", "BFP-100"},
		{"middle of a word", "ackflo", "BFP-100"},
		{"from the middle of a word on", "per elbow 90", "ELB-00042"},
		{"end of a word", "venter", "BFP-100"},
		{"words in another order", "90 elbow copper", "ELB-00042"},
		{"words of name and supplier", "elbow harbor", "ELB-00043"},
		{"words of name and category", "irrigation brass", "BFP-100"},
		{"word of the name and piece of the SKU", "cable 14-2", "RMX-14-2"},
		{"piece of a word and a word", "flow brass", "BFP-100"},
		{"letter wrong", "backflaw", "BFP-100"},
		{"letter missing", "junctin", "BOX-4"},
		{"letters swapped", "prevetner", "BFP-100"},
		{"letter too many", "rommex 14/2", "RMX-14-2"},
		{"typo in a word half typed", "prebent", "BFP-100"},
		{"typo in a dashed word", "push-fot", "TEE-1"},
		{"a word that is nowhere", "junction boxes kaiser", "BOX-4"},
		{"singular", "junction box", "BOX-4"},
		{"plural", "tees push", "TEE-1"},
		{"plural of a later word", "copper elbows 90", "ELB-00042"},
		{"dash left out", "pushfit", "TEE-1"},
		{"inches as a sign", `3/4" elbow`, "ELB-00042"},
		{"inches as a word", "3/4 inch elbow", "ELB-00042"},
		{"inches half typed", "elbow 90 3/4 inc", "ELB-00042"},
		{"fraction as one sign", "¾ elbow", "ELB-00042"},
		{"mixed fraction", `1¾" elbow`, "ELB-00043"},
		{"mixed fraction with a space", `elbow 1 3/4`, "ELB-00043"},
		{"cable with a slash", "12/2", "RMX-12-2"},
		{"cable with a dash", "romex 12-2", "RMX-12-2"},
		{"lumber", "2x4", "STD-248"},
		{"lumber with spaces", "2 x 4", "STD-248"},
		{"lumber with a real sign", "2×4×8", "STD-248"},
		{"lumber half typed", "2 x 4 x", "STD-248"},
		{"end of a size", "4x8", "STD-248"},
		{"number sign", "#8 screw", "SCR-8"},
		{"number without sign", "8 deck screw", "SCR-8"},
		{"screw by its length", `deck screw 2 1/2"`, "SCR-8"},
		{"amps", "20 amp breaker", "BRK-20"},
		{"amps half typed", "breaker 20 am", "BRK-20"},
		{"half an inch", "1/2 tee", "TEE-1"},
		{"category, but the name first", "electrical", "TAP-1"},
		{"nothing like it", "zirconium", ""},
	} {
		t.Run(tt.how, func(t *testing.T) {
			got := append(skus(t, db, x, tt.q), "")
			if got[0] != tt.want {
				t.Errorf("%q finds %q first, want %q", tt.q, got, tt.want)
			}
		})
	}
}

func TestItemsBestFirst(t *testing.T) {
	db := storetest.Open(t)
	for _, d := range []store.ItemDraft{
		{SKU: "Z-1", Name: "Long handle for a tee wrench"},
		{SKU: "Z-2", Name: "Tee, reducing, copper"},
		{SKU: "Z-3", Name: "Tee, copper"},
		{SKU: "TEE-2", Name: "Something else"},
		{SKU: "TEE", Name: "Something else again"},
		{SKU: "Z-4", Name: "Teeter board"},
		{SKU: "Z-5", Name: "Guarantee card"},
		{SKU: "Z-6", Name: "Hat", Supplier: "Tee & Sons"},
	} {
		addItem(t, db, d)
	}
	x := openIndex(t, db, t.TempDir())
	catchUp(t, x)
	wantSKUs(t, db, x, "tee", "TEE", "TEE-2", "Z-3", "Z-4", "Z-2", "Z-1", "Z-6", "Z-5")
	wantSKUs(t, db, x, "copper tee", "Z-3", "Z-2")
	wantSKUs(t, db, x, "guarantoe", "Z-5")
}

// Of more items than a question brings, those that have the very word come first, wherever they stand in the index.
func TestItemsBestOfMany(t *testing.T) {
	db := storetest.Open(t)
	var file strings.Builder
	file.WriteString("sku,name\n")
	for i := range 400 {
		fmt.Fprintf(&file, "S-%03d,Brass valve %03d\n", i, i)
	}
	file.WriteString("LAST,Bracket of anodised aluminium for each kind of a very long and narrow val\n")
	if _, err := db.ImportItems(t.Context(), storetest.Staff, strings.NewReader(file.String())); err != nil {
		t.Fatal(err)
	}
	x := openIndex(t, db, t.TempDir())
	catchUp(t, x)
	for _, q := range []string{"val", "long val", "bra val"} {
		if got := skus(t, db, x, q); len(got) == 0 || got[0] != "LAST" {
			t.Errorf("%q finds %v first", q, got[:min(len(got), 3)])
		}
	}
}

func TestItemsArchivedLast(t *testing.T) {
	db := storetest.Open(t)
	old := addItem(t, db, store.ItemDraft{SKU: "ELB", Name: "Elbow"})
	addItem(t, db, store.ItemDraft{SKU: "ELB-LONG", Name: "Copper elbow with a long name"})
	x := openIndex(t, db, t.TempDir())
	catchUp(t, x)
	wantSKUs(t, db, x, "elb", "ELB", "ELB-LONG")
	if _, err := db.ArchiveItem(t.Context(), storetest.Staff, old.ID, true); err != nil {
		t.Fatal(err)
	}
	wantSKUs(t, db, x, "elb", "ELB-LONG", "ELB")
	if _, err := db.ArchiveItem(t.Context(), storetest.Staff, old.ID, false); err != nil {
		t.Fatal(err)
	}
	wantSKUs(t, db, x, "elb", "ELB", "ELB-LONG")
}

func TestJobs(t *testing.T) {
	db := storetest.Open(t)
	x := openIndex(t, db, t.TempDir())
	catchUp(t, x)
	job := func(number int, title, client, company, street string, closed bool) {
		s := storetest.Snapshot(number, time.Time{})
		s.Title, s.Client, s.Closed = title, store.Client{Name: client, Company: company}, closed
		s.Address.Street1 = street
		if _, err := db.ApplyJobs(t.Context(), store.FromSweep, []store.JobSnapshot{s}); err != nil {
			t.Fatal(err)
		}
	}
	job(12, "Repipe kitchen", "Ann Ortega", "", "9 Birch Lane", true)
	job(123, "Irrigation, back yard", "Ben Stone", "Stone & Daughters", "12 Quarry Road", false)
	job(1204, "Panel upgrade", "Carla Birch", "", "88 Mill Street", false)
	job(1205, "Water heater", "Dov Adler", "Hotel Metropole", "5 Harbor Front", false)
	for _, tt := range []struct {
		how, q string
		want   []int
	}{
		{"number, then the beginnings of others", "12", []int{12, 1205, 1204, 123}},
		{"number with its sign", "#1204", []int{1204}},
		{"the word job", "job 1204", []int{1204}},
		{"beginning of a number", "120", []int{1205, 1204}},
		{"customer", "ortega", []int{12}},
		{"customer before address", "birch", []int{1204, 12}},
		{"company", "daughters", []int{123}},
		{"street", "quarry road", []int{123}},
		{"piece of a word", "tropol", []int{1205}},
		{"title", "water heat", []int{1205}},
		{"title and customer", "panel carla", []int{1204}},
		{"typo", "irigation", []int{123}},
		{"town", "cedar falls", []int{1205, 1204, 123, 12}},
	} {
		t.Run(tt.how, func(t *testing.T) {
			ids, err := x.Jobs(t.Context(), tt.q, 10)
			if err != nil {
				t.Fatal(err)
			}
			rows, err := db.JobRows(t.Context(), ids)
			if err != nil {
				t.Fatal(err)
			}
			var got []int
			for _, r := range rows {
				got = append(got, r.Number)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("%q finds jobs %v, want %v", tt.q, got, tt.want)
			}
		})
	}
	if err := db.JobDeleted(t.Context(), store.FromWebhook, storetest.Account, "job-123"); err != nil {
		t.Fatal(err)
	}
	last, err := x.Jobs(t.Context(), "cedar falls", 10)
	if err != nil {
		t.Fatal(err)
	}
	if gone, err := db.JobRemote(t.Context(), storetest.Account, "job-123"); err != nil || len(last) != 4 || last[3] != gone.ID {
		t.Errorf("jobs in Cedar Falls after one was deleted: %v (%v)", last, err)
	}
	if ids, err := x.Items(t.Context(), "ortega", 10); err != nil || len(ids) > 0 {
		t.Errorf("a customer's name finds items %v (%v)", ids, err)
	}
}

func TestSearchHostile(t *testing.T) {
	db := storetest.Open(t)
	shelfOfItems(t, db)
	x := openIndex(t, db, t.TempDir())
	catchUp(t, x)
	for name, q := range map[string]string{
		"nothing":            "",
		"spaces":             " \t\n\u00a0",
		"5,000 letters":      strings.Repeat("a", 5000),
		"5,000 words":        strings.Repeat("elbow ", 5000),
		"5,000 figures":      strings.Repeat("1", 5000),
		"5,000 signs":        strings.Repeat(`"/'-.#*`, 700),
		"control characters": "\x00\x01\x1b[2J\x7f\u202e",
		"no text":            "\xff\xfe\xfd",
		"half a character":   "caf\xc3",
		"query language":     `+name:copper -sku:* ~2 ^3 (a OR b) [1 TO 2] /.*/ \ " && || !`,
		"wildcards":          "*el?ow*",
		"separators":         "i\x1felb\nname",
		"other scripts":      "弯头 колено مرفق",
		"emoji":              "🔧🔧🔧",
		"fractions":          strings.Repeat("½", 300),
		"combining":          strings.Repeat("e\u0301\u0302\u0303", 200),
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			if _, err := x.Items(t.Context(), q, 10); err != nil {
				t.Errorf("items: %v", err)
			}
			if _, err := x.Jobs(t.Context(), q, 10); err != nil {
				t.Errorf("jobs: %v", err)
			}
			if took := time.Since(start); took > time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
	if got := skus(t, db, x, "  COPPER\x00elbow\t90 \u202e"); len(got) != 2 {
		t.Errorf("control characters between words: found %v", got)
	}
	if ids, err := x.Items(t.Context(), "copper", 0); err != nil || len(ids) != 0 {
		t.Errorf("limit 0: %v, %v", ids, err)
	}
}

func TestSearchEndsWithItsContext(t *testing.T) {
	db := storetest.Open(t)
	x := openIndex(t, db, t.TempDir())
	catchUp(t, x)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := x.Items(ctx, "copper", 10); err == nil {
		t.Error("a search whose request is gone answers")
	}
	if !x.Ready() {
		t.Error("a request that went away is taken for damage")
	}
}

// Who searches while as many do as may waits for a turn, and no longer than somebody wants to know.
func TestSearchWaitsForATurn(t *testing.T) {
	db := storetest.Open(t)
	storetest.Item(t, db, "A-1", 5, 0)
	x := openIndex(t, db, t.TempDir())
	catchUp(t, x)
	leave := x.Occupy()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if ids, err := x.Items(ctx, "a-1", 10); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a search without a turn finds %v, %v", ids, err)
	}
	ctx, cancel = context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if ids, _, err := x.Alike(ctx, "item", 10); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a phrase without a turn finds %v, %v", ids, err)
	}
	leave()
	for range 3 * runtime.GOMAXPROCS(0) { // each leaves its turn to the next
		wantSKUs(t, db, x, "a-1", "A-1")
		if ids, _, err := x.Alike(t.Context(), "item of a kind", 10); err != nil || len(ids) != 1 {
			t.Fatalf("a phrase finds %v, %v", ids, err)
		}
	}
}

// What somebody wrote is found by their very next search, whatever others do meanwhile.
func TestItemsFindsWhatWasJustWritten(t *testing.T) {
	db := storetest.Open(t)
	x := openIndex(t, db, t.TempDir())
	catchUp(t, x)
	ctx, stop := context.WithCancel(t.Context())
	var running, writers sync.WaitGroup
	running.Go(func() {
		if err := x.Run(ctx); err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	for w := range 4 {
		writers.Go(func() {
			seen := x.Seen()
			for i := range 15 {
				sku := fmt.Sprintf("W%d-%03d", w, i)
				it, err := db.CreateItem(t.Context(), storetest.Staff, store.ItemDraft{SKU: sku, Name: "Thing " + sku})
				if err != nil {
					t.Error(err)
					return
				}
				ids, err := x.Items(t.Context(), sku, 1)
				if err != nil || len(ids) != 1 || ids[0] != it.ID {
					t.Errorf("%s just written: found %v (%v), want %v", sku, ids, err, it.ID)
				}
				if now := x.Seen(); now < seen {
					t.Errorf("the cursor went back from %v to %v", seen, now)
				} else {
					seen = now
				}
			}
		})
	}
	writers.Wait()
	stop()
	running.Wait()
}

func TestItemsUnderTheNewNameOnly(t *testing.T) {
	db := storetest.Open(t)
	it := addItem(t, db, store.ItemDraft{SKU: "A-1", Name: "Sprinkler head"})
	x := openIndex(t, db, t.TempDir())
	catchUp(t, x)
	wantSKUs(t, db, x, "sprinkler", "A-1")
	if _, err := db.UpdateItem(t.Context(), storetest.Staff, it.ID, it.Version,
		store.ItemDraft{SKU: "B-7", Name: "Rotor nozzle", Barcodes: []string{"99887766"}}); err != nil {
		t.Fatal(err)
	}
	for q, want := range map[string][]string{"sprinkler": {}, "a-1": {}, "rotor": {"B-7"}, "b7": {"B-7"}, "99887766": {"B-7"}} {
		wantSKUs(t, db, x, q, want...)
	}
}
