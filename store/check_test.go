package store

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"go.etcd.io/bbolt"
)

// Each kind of damage must be named. The file is altered behind the store's back.
func TestCheckFindsWhatWasAltered(t *testing.T) {
	actor := Actor{Name: "test"}
	for _, tt := range []struct {
		name  string
		alter func(tx *bbolt.Tx) error
		says  string
	}{
		{"nothing", func(*bbolt.Tx) error { return nil }, ""},
		{"a movement's quantity", func(tx *bbolt.Tx) error {
			b := tx.Bucket(movementBucket)
			v := bytes.Replace(bytes.Clone(b.Get(idKey(MovementID(1)))), []byte(`"qty":5000`), []byte(`"qty":9000`), 1)
			return b.Put(idKey(MovementID(1)), v)
		}, "movement 2: the one before it was altered"},
		{"the newest movement", func(tx *bbolt.Tx) error {
			b := tx.Bucket(movementBucket)
			v := bytes.Replace(bytes.Clone(b.Get(idKey(MovementID(2)))), []byte(`"name":"test"`), []byte(`"name":"nope"`), 1)
			return b.Put(idKey(MovementID(2)), v)
		}, "not the one the ledger ended with"},
		{"the tail of the ledger", func(tx *bbolt.Tx) error { return tx.Bucket(movementBucket).Delete(idKey(MovementID(2))) },
			"not the one the ledger ended with"},
		{"a movement from the middle", func(tx *bbolt.Tx) error { return tx.Bucket(movementBucket).Delete(idKey(MovementID(1))) },
			"some are missing"},
		{"a balance", func(tx *bbolt.Tx) error { return tx.Bucket(stockBucket).Put(pairKey(ItemID(1), firstPlace), ints(7)) },
			"stock: key"},
		{"a level", func(tx *bbolt.Tx) error { return tx.Bucket(levelBucket).Put(idKey(ItemID(1)), ints(1, 1)) }, "levels: key"},
		{"a list of a place", func(tx *bbolt.Tx) error { return tx.Bucket(stockPlace).Delete(pairKey(firstPlace, ItemID(1))) }, "stock.place: key"},
		{"a count", func(tx *bbolt.Tx) error { return tx.Bucket(countedBucket).Put(pairKey(ItemID(1), firstPlace), ints(1)) }, "counted: key"},
		{"a SKU", func(tx *bbolt.Tx) error { return tx.Bucket(itemSKU).Delete([]byte("ab-1")) }, "items.sku: key"},
		{"a list", func(tx *bbolt.Tx) error { return tx.Bucket(itemName).Put(wordKey(ItemID(9), "ghost"), nil) }, "items.name: key"},
		{"a demand", func(tx *bbolt.Tx) error {
			return tx.Bucket(demandBucket).Put(pairKey(ItemID(1), JobID(1)), ints(1, 0, 9))
		},
			"demand: key"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			db, err := Open(t.TempDir()+"/lwc.db", Options{Secret: make([]byte, 32)})
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			it, err := db.CreateItem(t.Context(), actor, ItemDraft{SKU: "AB-1", Name: "Thing"})
			if err != nil {
				t.Fatal(err)
			}
			_, err = db.ApplyJobs(t.Context(), FromSweep, []JobSnapshot{{Account: "a", Remote: "j", Number: 1, StartAt: time.Unix(1e9, 0),
				Lines: []SnapshotLine{{Remote: "l", Name: "AB-1", Qty: 2000, Category: CategoryProduct}}}})
			if err != nil {
				t.Fatal(err)
			}
			for _, request := range []string{"1", "2"} {
				act := Act{RequestID: request, By: actor, Entries: []Entry{{Item: it.ID, Kind: Receive, Qty: 5000}}}
				if _, err := db.Book(t.Context(), act); err != nil {
					t.Fatal(err)
				}
			}
			if err := db.bolt.Update(tt.alter); err != nil {
				t.Fatal(err)
			}
			err = db.Check(t.Context())
			if tt.says == "" && err != nil || tt.says != "" && (err == nil || !strings.Contains(err.Error(), tt.says)) {
				t.Errorf("Check says %v, want %q", err, tt.says)
			}
		})
	}
}
