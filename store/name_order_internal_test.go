package store

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"go.etcd.io/bbolt"
)

// Damage in an index may name items that nobody made. A count goes on with those that are there, be they a few of many or many.
func TestNamesOfWhatIsNotThere(t *testing.T) {
	db, err := Open(t.TempDir()+"/lwc.db", Options{Secret: make([]byte, 32)})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	by := Actor{Name: "test"}
	shelf, err := db.CreatePlace(t.Context(), by, PlaceDraft{Name: "Shelf", Kind: KindShelf})
	if err != nil {
		t.Fatal(err)
	}
	const items = 300
	for i := range items {
		d := ItemDraft{SKU: fmt.Sprint("S-", i), Name: fmt.Sprintf("Thing %03d", i)}
		if i == 7 {
			d.Place = shelf.ID
		}
		if _, err := db.CreateItem(t.Context(), by, d); err != nil {
			t.Fatal(err)
		}
	}
	ghosts := []ItemID{items + 1, 1 << 40, math.MaxUint64}
	err = db.bolt.Update(func(tx *bbolt.Tx) error {
		for _, ghost := range ghosts {
			for _, place := range []PlaceID{firstPlace, shelf.ID} {
				if err := tx.Bucket(itemPlace).Put(pairKey(place, ghost), nil); err != nil {
					return err
				}
			}
		}
		return tx.Bucket(itemName).Put(wordKey(ghosts[2], "a ghost"), nil)
	})
	if err != nil {
		t.Fatal(err)
	}
	for place, want := range map[PlaceID]int{firstPlace: items - 1, shelf.ID: 1} {
		err := db.view(t.Context(), func(tx *bbolt.Tx) error {
			spots, err := countSpots(tx, CountScope{Place: place}, db.Now())
			haunted := slices.ContainsFunc(spots, func(s CountSpot) bool { return s.Item > items })
			if len(spots) != want || haunted {
				t.Errorf("place %d: %d spots, ghosts %t, want %d and none", place, len(spots), haunted, want)
			}
			return err
		})
		if err != nil {
			t.Errorf("place %d: %v", place, err)
		}
	}
}
