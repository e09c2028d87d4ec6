package store_test

import (
	"slices"
	"strings"
	"testing"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// A count goes along what stands in a place, and what belongs there or should be, place by place and by name, be it a few of many
// or many.
func TestCountGoesAlongWhatIsThere(t *testing.T) {
	h := newHouse(t)
	places, err := h.db.Places(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	tallied := store.CountSpot{Place: h.bin, Item: 200} // nothing stands there, and it belongs elsewhere
	tally(t, h.db, tallied.Item, tallied.Place, 3)
	within := map[store.PlaceID][]store.PlaceID{0: {storetest.Home, h.shelf, h.bin, h.truck}, storetest.Home: {storetest.Home, h.shelf, h.bin},
		h.shelf: {h.shelf, h.bin}, h.bin: {h.bin}, h.truck: {h.truck}}
	for in, scoped := range within {
		for _, category := range []string{"", "fasteners"} {
			var want []store.CountSpot
			for _, p := range places {
				if !slices.Contains(scoped, p.ID) {
					continue
				}
				for _, s := range h.all {
					at := store.CountSpot{Place: p.ID, Item: s.ID}
					belongs := !s.Archived && (s.Place == p.ID || h.par[at])
					if (onHand(s, p.ID) || at == tallied || belongs) && (category == "" || !s.Archived && strings.EqualFold(s.Category, category)) {
						want = append(want, at)
					}
				}
			}
			var got []store.CountSpot
			for page, pages := 1, 1; page <= pages; page++ {
				s := countOf(t, h.db, store.CountAsk{Scope: store.CountScope{Place: in, Category: category}, Page: page})
				for _, l := range s.Lines {
					got = append(got, store.CountSpot{Place: l.Place.ID, Item: l.Item.ID})
				}
				if pages = s.Pages; s.Total != len(want) {
					t.Errorf("place %d, %q: %d lines, want %d", in, category, s.Total, len(want))
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("place %d, %q:\n%v, want\n%v", in, category, got, want)
			}
		}
	}
}
