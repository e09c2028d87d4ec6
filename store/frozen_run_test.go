package store

import (
	"fmt"
	"slices"
	"testing"

	"go.etcd.io/bbolt"
)

// moveOften carries an item to and fro until its movements are a run and some.
func moveOften(t *testing.T, db *DB) error {
	for i := range runLength + 2 {
		e := Entry{Item: 1, Kind: Transfer, Qty: 1000, From: 1, To: 2}
		if i%2 == 1 {
			e.From, e.To = 2, 1
		}
		if _, err := db.Book(t.Context(), Act{RequestID: fmt.Sprint("to and fro ", i), By: frozenBy, Entries: []Entry{e}, Confirmed: true}); err != nil {
			return err
		}
	}
	return nil
}

func readRuns(t *testing.T, db *DB) {
	t.Helper()
	err := db.view(t.Context(), func(tx *bbolt.Tx) error {
		all := slices.Collect(movementsOf(tx, 1, 0))
		if n := len(all); n < runLength+2 || all[n-1] != 1 || all[n-2] != 3 || all[0] != all[runLength+1]+runLength+1 {
			t.Errorf("the movements of item 1 are %v", all)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
