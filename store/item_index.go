package store

import (
	"context"

	"go.etcd.io/bbolt"
)

// firstPlace is the warehouse that a new installation begins with.
const firstPlace PlaceID = 1

// itemIndexes are the buckets that lead to items.
var itemIndexes = [][]byte{itemSKU, itemCode, itemName, itemArchived, itemCategory, itemSupplier, itemSame, itemPlace, stockPlace}

// codesFree fails with [Conflict] when another item than id has d's SKU or one of its barcodes,
// as either: what is scanned must be one item.
func codesFree(tx *bbolt.Tx, id ItemID, d ItemDraft) error {
	if err := codeFree(tx, id, "sku", d.SKU); err != nil {
		return err
	}
	for _, c := range d.Barcodes {
		if err := codeFree(tx, id, "barcode", c); err != nil {
			return err
		}
	}
	return nil
}

func codeFree(tx *bbolt.Tx, id ItemID, field, code string) error {
	for _, v := range [][]byte{tx.Bucket(itemSKU).Get([]byte(fold(code))), tx.Bucket(itemCode).Get([]byte(codeKey(code)))} {
		if v == nil || firstID[ItemID](v) == id {
			continue
		}
		other, err := getItem(tx, firstID[ItemID](v))
		if err != nil {
			return err
		}
		sentence := quoted(code) + " is taken by " + other.Name + "."
		return &Error{Code: Conflict, Message: sentence, Fields: map[string]string{field: sentence}}
	}
	return nil
}

// itemKeys returns every index entry of it but the unique codes: bucket, key, value.
func itemKeys(it Item) [][3][]byte {
	home := [3][]byte{itemPlace, pairKey(it.Place, it.ID), nil}
	if it.Archived {
		return [][3][]byte{home, {itemArchived, wordKey(it.ID, it.Name), nil}}
	}
	keys := [][3][]byte{
		home,
		{itemName, wordKey(it.ID, it.Name), nil},
		{itemSame, wordKey(it.ID, normalize(it.Name)), nil},
	}
	if it.Category != "" {
		keys = append(keys, [3][]byte{itemCategory, wordKey(it.ID, it.Category, it.Name), []byte(it.Category)})
	}
	if it.Supplier != "" {
		keys = append(keys, [3][]byte{itemSupplier, wordKey(it.ID, it.Supplier), []byte(it.Supplier)})
	}
	return keys
}

func indexItem(tx *bbolt.Tx, it Item) error {
	if err := tx.Bucket(itemSKU).Put([]byte(fold(it.SKU)), idKey(it.ID)); err != nil {
		return err
	}
	for _, c := range it.Barcodes {
		if err := tx.Bucket(itemCode).Put([]byte(codeKey(c)), idKey(it.ID)); err != nil {
			return err
		}
	}
	for _, e := range itemKeys(it) {
		if err := addKey(tx.Bucket(e[0]), e[1], e[2]); err != nil {
			return err
		}
	}
	return nil
}

func unindexItem(tx *bbolt.Tx, it Item) error {
	if it.Version == 0 {
		return nil // new: nothing is there yet
	}
	if err := tx.Bucket(itemSKU).Delete([]byte(fold(it.SKU))); err != nil {
		return err
	}
	for _, c := range it.Barcodes {
		if err := tx.Bucket(itemCode).Delete([]byte(codeKey(c))); err != nil {
			return err
		}
	}
	for _, e := range itemKeys(it) {
		if err := dropKey(tx.Bucket(e[0]), e[1]); err != nil {
			return err
		}
	}
	return nil
}

// Categories returns the categories of active items, as written, in order.
func (db *DB) Categories(ctx context.Context) ([]string, error) {
	return db.spellings(ctx, itemCategory)
}

// Suppliers returns the suppliers of active items, as written, in order.
func (db *DB) Suppliers(ctx context.Context) ([]string, error) {
	return db.spellings(ctx, itemSupplier)
}

// spellings returns the first value under each first word of the bucket's keys.
// It seeks from word to word, so its cost is the number of words and not of items.
func (db *DB) spellings(ctx context.Context, bucket []byte) ([]string, error) {
	var all []string
	err := db.view(ctx, func(tx *bbolt.Tx) error {
		c := tx.Bucket(bucket).Cursor()
		for k, v := c.First(); k != nil; {
			all = append(all, string(v))
			k, v = c.Seek(append([]byte(fold(string(v))), 1)) // past every key of this word: they go on with a 0
		}
		return nil
	})
	return all, err
}

// indexHomes lists where items belong in a file from before that index.
func indexHomes(tx *bbolt.Tx) error {
	for k := range withPrefix(tx.Bucket(itemBucket), nil) {
		it, err := getItem(tx, firstID[ItemID](k))
		if err != nil {
			return err
		}
		if err := addKey(tx.Bucket(itemPlace), pairKey(it.Place, it.ID), nil); err != nil {
			return err
		}
	}
	return nil
}
