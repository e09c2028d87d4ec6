package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// What is low stands by name, be it a few of many or many.
func TestLowByName(t *testing.T) {
	db := storetest.Open(t)
	var file strings.Builder
	file.WriteString("sku,name,minimum,quantity\n")
	const items = 300
	for i := range items {
		fmt.Fprintf(&file, "S-%03d,%s bolt %03d,5,10\n", i, []string{"zinc", "Brass", "ACME"}[i%3], (i*7)%items)
	}
	if _, err := db.ImportItems(t.Context(), storetest.Staff, strings.NewReader(file.String())); err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{1, 2, 3, 60} { // of three hundred, four are few
		for i := range n {
			it, err := db.ItemByCode(t.Context(), fmt.Sprintf("S-%03d", (i*13)%items))
			if err != nil {
				t.Fatal(err)
			}
			if s, err := db.Stock(t.Context(), it.ID); err != nil || s.State != store.StateOK {
				continue // since the round before
			}
			storetest.Book(t, db, store.Entry{Item: it.ID, Kind: store.ScrapKind, Qty: []store.Qty{units(7), units(10)}[i%2]})
		}
		page, err := db.ListStock(t.Context(), store.ItemFilter{State: store.StateLow, Size: items})
		if err != nil || page.Total != n {
			t.Fatalf("%d are low (%v), want %d", page.Total, err, n)
		}
		var names, outFirst []string
		for _, s := range page.Rows {
			names = append(names, strings.ToLower(s.Name))
			if s.State == store.StateOut {
				outFirst = append(outFirst, s.SKU)
			}
		}
		if !slices.IsSorted(names) {
			t.Errorf("%d low items are not by name: %v", n, names)
		}
		for _, s := range page.Rows {
			if s.State == store.StateLow {
				outFirst = append(outFirst, s.SKU)
			}
		}
		today, err := db.Today(t.Context(), day(0, 12))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, s := range today.Low {
			got = append(got, s.SKU)
		}
		if want := outFirst[:min(n, 8)]; !slices.Equal(got, want) {
			t.Errorf("of %d low items the first page shows %v, want %v", n, got, want)
		}
	}
}
