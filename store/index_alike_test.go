package store_test

import (
	"slices"
	"testing"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// A line of a job is no search: it has words that no item has, and the item that is meant has others.
func TestAlike(t *testing.T) {
	db := storetest.Open(t)
	skus := map[store.ItemID]string{}
	for _, d := range []store.ItemDraft{
		{SKU: "CU-EL", Name: "Copper elbow 90, 1/2 in"},
		{SKU: "PEX-EL", Name: "PEX elbow, 1/2 in"},
		{SKU: "CU-TEE", Name: "Copper tee, 3/4 in"},
		{SKU: "QX77", Name: "Shower trim"},
		{SKU: "WB-1", Name: "Workbench, 4 ft"},
		{SKU: "OLD", Name: "Copper elbow, old"},
	} {
		d.Unit = "ea"
		it, err := db.CreateItem(t.Context(), storetest.Staff, d)
		if err != nil {
			t.Fatal(err)
		}
		skus[it.ID] = d.SKU
		if d.SKU == "OLD" {
			if _, err := db.ArchiveItem(t.Context(), storetest.Staff, it.ID, true); err != nil {
				t.Fatal(err)
			}
		}
	}
	x := openIndex(t, db, t.TempDir())
	catchUp(t, x)
	for _, tt := range []struct {
		phrase string
		limit  int
		whole  int
		want   []string // in this order
	}{
		{"copper elbows", 8, 1, []string{"CU-EL", "CU-TEE", "PEX-EL"}},
		{"copper elbows", 1, 1, []string{"CU-EL"}},
		{"Install elbow of coper upstairs", 1, 0, []string{"CU-EL"}}, // a slip in one word
		{"Fit QX77/QX78 anywhere", 8, 0, []string{"QX77"}},
		{"shop work", 8, 0, []string{"WB-1"}}, // the beginning of a word
		{"7 in", 8, 0, nil},
		{"xyzzy", 8, 0, nil},
		{" ", 8, 0, nil},
		{"copper", 0, 0, nil},
	} {
		ids, whole, err := x.Alike(t.Context(), tt.phrase, tt.limit)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, id := range ids {
			got = append(got, skus[id])
		}
		if tt.limit > 1 && len(got) > 1 {
			slices.Sort(got[1:]) // the others share as much
		}
		if !slices.Equal(got, tt.want) || whole != tt.whole {
			t.Errorf("%q: %q, %d of them whole, want %q and %d", tt.phrase, got, whole, tt.want, tt.whole)
		}
	}
}
