package store

import (
	"fmt"
	"slices"
	"testing"

	"go.etcd.io/bbolt"
)

// moved is a database of two items with n movements in all: two of three are of item 1.
func moved(t *testing.T, n int) *DB {
	t.Helper()
	db := openFrozen(t)
	for _, sku := range []string{"AB-1", "CD-2"} {
		if _, err := db.CreateItem(t.Context(), frozenBy, ItemDraft{SKU: sku, Name: sku, Unit: "ea"}); err != nil {
			t.Fatal(err)
		}
	}
	for i := range n {
		item := ItemID(1)
		if i%3 == 2 {
			item = 2
		}
		if _, err := db.Book(t.Context(), Act{RequestID: fmt.Sprint(i), By: frozenBy, Entries: []Entry{{Item: item, Kind: Receive, Qty: 1000}}}); err != nil {
			t.Fatal(err)
		}
	}
	return db
}

// What an item's movements are, and those before any of them, is what the ledger says: in runs, between them and behind them.
func TestMovementsOfAnItem(t *testing.T) {
	for _, n := range []int{0, 1, 2, 23, 24, 25, 48, 100} { // the 24th movement fills the first run of item 1
		db := moved(t, n)
		err := db.view(t.Context(), func(tx *bbolt.Tx) error {
			for _, item := range []ItemID{1, 2, 3} {
				for before := MovementID(0); before < MovementID(n)+2; before++ {
					var want []MovementID
					for id := range allMovements(tx, before) {
						m, err := getMovement(tx, id)
						if err != nil {
							return err
						}
						if m.Item == item {
							want = append(want, id)
						}
					}
					if got := slices.Collect(movementsOf(tx, item, before)); !slices.Equal(got, want) {
						t.Errorf("of %d movements those of item %v before %v are %v, and should be %v", n, item, before, got, want)
					}
				}
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
		if err := db.Check(t.Context()); err != nil {
			t.Error(err)
		}
	}
}

// A file of layout 2 with long histories is, once it was brought up to date, what this program would have written.
func TestHistoriesAreGathered(t *testing.T) {
	db := moved(t, 100)
	want := contents(t, db)
	err := db.bolt.Update(func(tx *bbolt.Tx) error {
		if err := scatterStands(tx); err != nil {
			return err
		}
		return gatherStands(tx)
	})
	if err != nil {
		t.Fatal(err)
	}
	got := contents(t, db)
	for name := range got {
		if got[name] != want[name] {
			t.Errorf("%s is now\n%s\nand was\n%s", name, got[name], want[name])
		}
	}
	if len(got) != len(want) {
		t.Errorf("there are %d buckets, and there were %d", len(got), len(want))
	}
}

// scatterStands makes layout 2 of layout 3.
func scatterStands(tx *bbolt.Tx) error {
	levels, err := tx.CreateBucket(levelBucket)
	if err != nil {
		return err
	}
	rows, err := tx.CreateBucket(movementItem)
	if err != nil {
		return err
	}
	stock := tx.Bucket(stockBucket)
	for k := range withPrefix(tx.Bucket(itemBucket), nil) {
		l := levelIn(stock, firstID[ItemID](k))
		if err := levels.Put(k, ints(int64(l.OnHand), int64(l.Allocated))); err != nil {
			return err
		}
		for id := range movementsOf(tx, firstID[ItemID](k), 0) {
			if err := rows.Put(pairKey(firstID[ItemID](k), id), nil); err != nil {
				return err
			}
		}
		if err := stock.Delete(k); err != nil {
			return err
		}
	}
	return tx.DeleteBucket(movementOlder)
}
