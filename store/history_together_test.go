package store_test

import (
	"testing"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// What a row of a history costs does not grow with the act it was booked in.
func TestTogetherIsCountedSoFar(t *testing.T) {
	for _, tt := range []struct{ lines, want int }{{3, 3}, {store.MostTogether - 1, store.MostTogether - 1}, {store.MostTogether + 20, store.MostTogether}} {
		db := storetest.Open(t)
		it := storetest.Item(t, db, "AB-1", 0, 0)
		act := store.Act{RequestID: "delivery", By: storetest.Staff}
		for range tt.lines {
			act.Entries = append(act.Entries, store.Entry{Item: it.ID, Kind: store.Receive, Qty: units(1)})
		}
		if _, err := db.Book(t.Context(), act); err != nil {
			t.Fatal(err)
		}
		all, _, err := db.History(t.Context(), 0, 1)
		if err != nil || len(all) != 1 || all[0].Together != tt.want {
			t.Errorf("%d lines in one act: %+v, %v, want %d together", tt.lines, all, err, tt.want)
		}
	}
}
