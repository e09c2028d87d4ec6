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
		{"a level", func(tx *bbolt.Tx) error { return tx.Bucket(stockBucket).Put(idKey(ItemID(1)), ints(1, 1)) }, "stock: key"},
		{"a list of a place", func(tx *bbolt.Tx) error { return tx.Bucket(stockPlace).Delete(pairKey(firstPlace, ItemID(1))) }, "stock.place: key"},
		{"a count", func(tx *bbolt.Tx) error { return tx.Bucket(countedBucket).Put(pairKey(ItemID(1), firstPlace), ints(1)) }, "counted: key"},
		{"where an item belongs", func(tx *bbolt.Tx) error { return tx.Bucket(itemPlace).Delete(pairKey(firstPlace, ItemID(1))) }, "items.place: key"},
		{"a par", func(tx *bbolt.Tx) error { return tx.Bucket(parBucket).Put(pairKey(ItemID(1), firstPlace), ints(1, 2)) }, "pars.place: key"},
		{"a par of nothing", func(tx *bbolt.Tx) error { return tx.Bucket(parBucket).Put(pairKey(ItemID(9), firstPlace), ints(1, 2)) }, "pars: item 9 is gone"},
		{"a count of nothing", func(tx *bbolt.Tx) error {
			return put(tx.Bucket(tallyBucket), pairKey(firstPlace, ItemID(9)), tallyRecord{})
		}, "tallies: key"},
		{"a count below zero", func(tx *bbolt.Tx) error {
			return put(tx.Bucket(tallyBucket), pairKey(firstPlace, ItemID(1)), tallyRecord{Counted: -1})
		}, "counted below zero"},
		{"an archived place that holds something", func(tx *bbolt.Tx) error {
			_, err := putPlace(tx, Place{ID: firstPlace, Version: 1, Kind: KindWarehouse, Name: "Warehouse", Archived: true})
			return err
		}, "place 1 is archived"},
		{"a SKU", func(tx *bbolt.Tx) error { return tx.Bucket(itemSKU).Delete([]byte("ab-1")) }, "items.sku: key"},
		{"a list", func(tx *bbolt.Tx) error { return tx.Bucket(itemName).Put(wordKey(ItemID(9), "ghost"), nil) }, "items.name: key"},
		{"a demand", func(tx *bbolt.Tx) error {
			return tx.Bucket(demandBucket).Put(pairKey(ItemID(1), JobID(1)), ints(1, 0, 9))
		},
			"demand: key"},
		{"a list of a timeline", func(tx *bbolt.Tx) error { return tx.Bucket(timelineJob).Delete(pairKey(JobID(1), SyncID(1))) }, "timeline.job: key"},
		{"the number of timelines", func(tx *bbolt.Tx) error { return tx.Bucket(timelineJob).SetSequence(7) }, "timeline.job: has 1 keys and says 7"},
		{"a job with a timeline", func(tx *bbolt.Tx) error { return put(tx.Bucket(timelineBucket), idKey(SyncID(1)), SyncEntry{Job: 9}) }, "its job 9 is not here"},
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

// What is below zero must be asked for.
func TestCheckFindsWhatNobodyIsAskedToCount(t *testing.T) {
	db, err := Open(t.TempDir()+"/lwc.db", Options{Secret: make([]byte, 32)})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	it, err := db.CreateItem(t.Context(), Actor{}, ItemDraft{SKU: "AB-1", Name: "Thing"})
	if err != nil {
		t.Fatal(err)
	}
	act := Act{RequestID: "1", Confirmed: true, Entries: []Entry{{Item: it.ID, Kind: Issue, Qty: 5000}}}
	if _, err := db.Book(t.Context(), act); err != nil {
		t.Fatal(err)
	}
	if err := db.bolt.Update(func(tx *bbolt.Tx) error { return tx.Bucket(countDue).Delete(pairKey(firstPlace, it.ID)) }); err != nil {
		t.Fatal(err)
	}
	if err := db.Check(t.Context()); err == nil || !strings.Contains(err.Error(), "counts.due") {
		t.Errorf("Check says %v", err)
	}
	if _, err := db.Repair(t.Context(), t.TempDir()+"/aside"); err != nil {
		t.Fatal(err)
	}
	if err := db.Check(t.Context()); err != nil {
		t.Errorf("after the repair Check says %v", err)
	}
}
