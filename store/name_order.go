package store

import (
	"bytes"
	"iter"
	"slices"

	"go.etcd.io/bbolt"
)

// A nameOrder is items by name: the active ones, the archived ones, or the active ones of a category.
type nameOrder struct {
	index  *bbolt.Bucket
	prefix []byte // of the keys; after it they are wordKeys of names
}

func activeByName(tx *bbolt.Tx) nameOrder   { return nameOrder{index: tx.Bucket(itemName)} }
func archivedByName(tx *bbolt.Tx) nameOrder { return nameOrder{index: tx.Bucket(itemArchived)} }

func categoryByName(tx *bbolt.Tx, category string) nameOrder {
	return nameOrder{tx.Bucket(itemCategory), append([]byte(fold(category)), 0)}
}

// all yields every item.
func (o nameOrder) all() iter.Seq[ItemID] { return lastIDs[ItemID](withPrefix(o.index, o.prefix)) }

// of returns those of ids, each there once, that are in the order, by name.
//
// It goes along all names and picks: to read a thousand items only to sort them costs far more than to pass ten thousand
// keys. A few among many are read.
func (o nameOrder) of(tx *bbolt.Tx, ids []ItemID) ([]ItemID, error) {
	if len(ids) <= int(o.index.Sequence())/64 {
		return o.read(tx, ids)
	}
	wanted := make([]bool, newestItem(tx)+1)
	for _, id := range ids {
		if id < ItemID(len(wanted)) {
			wanted[id] = true
		}
	}
	picked := make([]ItemID, 0, len(ids))
	for id := range o.all() {
		if id < ItemID(len(wanted)) && wanted[id] {
			picked = append(picked, id)
		}
	}
	return picked, nil
}

// newestItem is the highest number of an item: they are given one after another.
func newestItem(tx *bbolt.Tx) ItemID { return ItemID(tx.Bucket(itemBucket).Sequence()) }

// read is of for a few ids.
func (o nameOrder) read(tx *bbolt.Tx, ids []ItemID) ([]ItemID, error) {
	var keys [][]byte
	for _, id := range ids {
		it, err := getItem(tx, id)
		if CodeOf(err) == NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		if key := append(slices.Clip(o.prefix), wordKey(id, it.Name)...); hasKey(o.index, key) {
			keys = append(keys, key)
		}
	}
	slices.SortFunc(keys, bytes.Compare)
	picked := make([]ItemID, len(keys))
	for i, key := range keys {
		picked[i] = lastID[ItemID](key)
	}
	return picked, nil
}
