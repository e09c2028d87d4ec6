package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

const manyItems = 1200

// A house has many items in the warehouse and a truck, a few on a shelf and in its bin. Some are archived, low, out, belong on the
// shelf, or should be there.
type house struct {
	db                *store.DB
	shelf, bin, truck store.PlaceID
	par               map[store.CountSpot]bool
	all               []store.Stock // by name, the active ones first
}

func newHouse(t *testing.T) house {
	t.Helper()
	h := house{db: storetest.Open(t), par: map[store.CountSpot]bool{}}
	h.shelf = place(t, h.db, "Aisle", store.KindShelf, storetest.Home).ID
	h.bin = place(t, h.db, "Bin", store.KindShelf, h.shelf).ID
	h.truck = place(t, h.db, "Truck", store.KindTruck, 0).ID
	var file strings.Builder
	file.WriteString("sku,name,category,minimum,quantity\n")
	for i := range manyItems {
		fmt.Fprintf(&file, "S-%04d,%s bolt %04d,%s,%d,%d\n", i, []string{"zinc", "Brass", "ACME"}[i%3], (i*7)%manyItems,
			[]string{"Fasteners", "fasteners", "Odd", ""}[i%4], i%9, i%5)
	}
	if _, err := h.db.ImportItems(t.Context(), storetest.Staff, strings.NewReader(file.String())); err != nil {
		t.Fatal(err)
	}
	act := store.Act{RequestID: "house", By: storetest.Staff, Confirmed: true}
	for i := range store.ItemID(manyItems) {
		if i%2 == 0 {
			act.Entries = append(act.Entries, store.Entry{Item: 1 + i, Kind: store.Receive, Qty: 1000, To: h.truck})
		}
		if i%300 == 0 {
			act.Entries = append(act.Entries, store.Entry{Item: 1 + i, Kind: store.Receive, Qty: 1000, To: h.shelf},
				store.Entry{Item: 1 + i, Kind: store.Receive, Qty: 1000, To: h.bin},
				store.Entry{Item: 2 + i, Kind: store.Issue, Qty: 1000, From: h.bin}) // below zero there
		}
		if i%50 == 0 { // it was there
			act.Entries = append(act.Entries, store.Entry{Item: 5 + i, Kind: store.Receive, Qty: 1000, To: h.shelf},
				store.Entry{Item: 5 + i, Kind: store.ScrapKind, Qty: 1000, From: h.shelf})
		}
	}
	if _, err := h.db.Book(t.Context(), act); err != nil {
		t.Fatal(err)
	}
	for i := range store.ItemID(manyItems) {
		if i%270 == 3 {
			p := store.PlacePar{Item: 1 + i, Place: h.bin, Minimum: 1000, Par: 2000, Home: i%4 == 3}
			h.par[store.CountSpot{Place: h.bin, Item: 1 + i}] = true
			if err := h.db.SetPlacePar(t.Context(), storetest.Staff, p); err != nil {
				t.Fatal(err)
			}
		}
		if i%10 == 3 || i%300 == 0 && i > 300 {
			if _, err := h.db.ArchiveItem(t.Context(), storetest.Staff, 1+i, true); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, archived := range []bool{false, true} {
		page, err := h.db.ListStock(t.Context(), store.ItemFilter{Archived: archived, Size: manyItems})
		if err != nil {
			t.Fatal(err)
		}
		h.all = append(h.all, page.Rows...)
	}
	if len(h.all) != manyItems {
		t.Fatalf("%d items, want %d", len(h.all), manyItems)
	}
	return h
}

func onHand(s store.Stock, at ...store.PlaceID) bool {
	return slices.ContainsFunc(s.At, func(b store.Balance) bool { return b.OnHand != 0 && slices.Contains(at, b.Place.ID) })
}

// Every filter of the list shows what passes it, by name, be it a few of many or many.
func TestListShowsWhatPasses(t *testing.T) {
	h := newHouse(t)
	within := map[store.PlaceID][]store.PlaceID{0: nil, storetest.Home: {storetest.Home, h.shelf, h.bin}, h.shelf: {h.shelf, h.bin},
		h.bin: {h.bin}, h.truck: {h.truck}}
	for place, places := range within {
		for _, category := range []string{"", "Fasteners", "ODD", "none"} {
			for _, state := range []store.State{"", store.StateLow, store.StateOut} {
				for _, archived := range []bool{false, true} {
					f := store.ItemFilter{Place: place, Category: category, State: state, Archived: archived, Size: manyItems}
					var want []string
					for _, s := range h.all {
						if s.Archived == archived && (category == "" || strings.EqualFold(s.Category, category)) &&
							(place == 0 || onHand(s, places...)) &&
							(state == "" || s.State == state || state == store.StateLow && s.State == store.StateOut) {
							want = append(want, s.SKU)
						}
					}
					page, err := h.db.ListStock(t.Context(), f)
					if err != nil {
						t.Fatal(err)
					}
					var got []string
					for _, s := range page.Rows {
						got = append(got, s.SKU)
					}
					if !slices.Equal(got, want) || page.Total != len(want) {
						t.Errorf("%+v: %d of %d %v, want %d %v", f, len(got), page.Total, got, len(want), want)
					}
				}
			}
		}
	}
}
