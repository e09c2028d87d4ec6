package store

import (
	"bytes"
	"context"
	"iter"
	"slices"

	"go.etcd.io/bbolt"
)

// An ItemFilter says which items to list. The zero filter lists the first page of all active ones.
type ItemFilter struct {
	Category string  // "": any
	State    State   // StateLow: low or out; StateOut: out; else any
	Place    PlaceID // with a balance there or in what stands in it; 0: any
	Archived bool    // archived items instead of active ones
	Page     int     // from 1
	Size     int     // rows a page; 0 means 25
}

// A StockPage is one page of a list, and how long the list is.
type StockPage struct {
	Rows  []Stock
	Total int
	Page  int
	Pages int // at least 1
}

// ListStock returns a page of items by name. A page past the end is the last one.
func (db *DB) ListStock(ctx context.Context, f ItemFilter) (StockPage, error) {
	var page StockPage
	err := db.view(ctx, func(tx *bbolt.Tx) error {
		ids, total, err := f.pick(tx)
		if err != nil {
			return err
		}
		from, to := pageOf(f.Page, f.Size, total, &page.Page, &page.Pages)
		page.Total, page.Rows = total, make([]Stock, 0, to-from)
		n := 0
		for id := range ids {
			if n >= to {
				break
			}
			if n++; n <= from {
				continue
			}
			s, err := stockOf(tx, id)
			if err != nil {
				return err
			}
			page.Rows = append(page.Rows, s)
		}
		return nil
	})
	return page, err
}

// pageOf cuts total rows into pages and returns the bounds of one, which it makes sure exists.
func pageOf(page, size, total int, got, pages *int) (from, to int) {
	if size <= 0 {
		size = 25
	}
	*pages = max(1, (total+size-1)/size)
	*got = min(max(page, 1), *pages)
	from = (*got - 1) * size
	return from, min(from+size, total)
}

// pick returns the items that pass, by name, and their number.
func (f ItemFilter) pick(tx *bbolt.Tx) (iter.Seq[ItemID], int, error) {
	names := tx.Bucket(itemName)
	if f.Archived {
		names = tx.Bucket(itemArchived)
	}
	all := keysOf(names, nil)
	byState := f.State == StateLow || f.State == StateOut
	switch {
	case f.Category == "" && !byState && f.Place == 0:
		return all, int(names.Sequence()), nil
	case f.Archived && byState:
		return slices.Values([]ItemID(nil)), 0, nil // what is archived is never low
	case f.Category != "" && !f.Archived:
		all = keysOf(tx.Bucket(itemCategory), append([]byte(fold(f.Category)), 0))
	case byState:
		low, err := lowByName(tx)
		if err != nil {
			return nil, 0, err
		}
		all = slices.Values(low)
	}
	there, err := f.itemsThere(tx)
	if err != nil {
		return nil, 0, err
	}
	var ids []ItemID
	for id := range all {
		ok, err := f.passes(tx, id)
		if err != nil {
			return nil, 0, err
		}
		if ok && (there == nil || there[id]) {
			ids = append(ids, id)
		}
	}
	return slices.Values(ids), len(ids), nil
}

// passes judges an item by its state, and an archived one by its category: that index has active ones alone.
func (f ItemFilter) passes(tx *bbolt.Tx, id ItemID) (bool, error) {
	if f.Archived && f.Category != "" {
		it, err := getItem(tx, id)
		if err != nil || fold(it.Category) != fold(f.Category) {
			return false, err
		}
	}
	switch f.State {
	case StateLow:
		return stateOf(tx, id) != StateOK, nil
	case StateOut:
		return stateOf(tx, id) == StateOut, nil
	}
	return true, nil
}

// itemsThere returns the items with a balance at the filter's place, or nil when it asks for none.
func (f ItemFilter) itemsThere(tx *bbolt.Tx) (map[ItemID]bool, error) {
	if f.Place == 0 {
		return nil, nil
	}
	places, err := within(tx, f.Place)
	if err != nil {
		return nil, err
	}
	there := map[ItemID]bool{}
	for p := range places {
		for k := range withPrefix(tx.Bucket(stockPlace), idKey(p)) {
			if id := secondID[ItemID](k); onHandAt(tx, id, p) != 0 {
				there[id] = true
			}
		}
	}
	return there, nil
}

// keysOf yields the items an index names, in its order.
func keysOf(b *bbolt.Bucket, prefix []byte) iter.Seq[ItemID] {
	return lastIDs[ItemID](withPrefix(b, prefix))
}

// lowByName returns the items that are low or out, by name.
//
// It goes along the names of all and picks: to read a thousand items only to sort them costs far more than to pass
// ten thousand keys. A few among many are read.
func lowByName(tx *bbolt.Tx) ([]ItemID, error) {
	low := map[ItemID]bool{}
	for k := range withPrefix(tx.Bucket(lowBucket), nil) {
		low[firstID[ItemID](k)] = true
	}
	names := tx.Bucket(itemName)
	ids := make([]ItemID, 0, len(low))
	if len(low) > int(names.Sequence())/64 {
		for id := range keysOf(names, nil) {
			if low[id] {
				ids = append(ids, id)
			}
		}
		return ids, nil
	}
	keys := map[ItemID][]byte{}
	for id := range low {
		it, err := getItem(tx, id)
		if err != nil {
			return nil, err
		}
		keys[id], ids = wordKey(id, it.Name), append(ids, id)
	}
	slices.SortFunc(ids, func(a, b ItemID) int { return bytes.Compare(keys[a], keys[b]) })
	return ids, nil
}
