package store

import (
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
	order := activeByName(tx)
	switch {
	case f.Archived:
		order = archivedByName(tx)
	case f.Category != "":
		order = categoryByName(tx, f.Category)
	}
	ids, some, err := f.narrow(tx)
	switch {
	case err != nil:
		return nil, 0, err
	case some:
		ids, err = order.of(tx, ids)
	case f.Category == "":
		return order.all(), int(order.index.Sequence()), nil
	default:
		ids = slices.Collect(order.all())
	}
	if err == nil && f.Archived && f.Category != "" {
		ids, err = f.ofCategory(tx, ids)
	}
	return slices.Values(ids), len(ids), err
}

// narrow returns the items that pass by state and place, by number, and whether the filter asks for that.
func (f ItemFilter) narrow(tx *bbolt.Tx) (ids []ItemID, some bool, err error) {
	byState := f.State == StateLow || f.State == StateOut
	if byState {
		ids = lowItems(tx, f.State)
	}
	if f.Place == 0 {
		return ids, byState, nil
	}
	places, err := within(tx, f.Place)
	if err != nil {
		return nil, true, err
	}
	var there []ItemID
	for p := range places {
		there = slices.AppendSeq(there, stockedAt(tx, p))
	}
	slices.Sort(there)
	there = slices.Compact(there)
	if byState {
		there = slices.DeleteFunc(there, func(id ItemID) bool {
			_, low := slices.BinarySearch(ids, id)
			return !low
		})
	}
	return there, true, nil
}

// ofCategory keeps the items of the filter's category: the index by category has active ones alone.
func (f ItemFilter) ofCategory(tx *bbolt.Tx, ids []ItemID) ([]ItemID, error) {
	var kept []ItemID
	for _, id := range ids {
		it, err := getItem(tx, id)
		if err != nil {
			return nil, err
		}
		if fold(it.Category) == fold(f.Category) {
			kept = append(kept, id)
		}
	}
	return kept, nil
}

// lowItems returns the items that are out, and those that are low too unless only [StateOut] is asked for, by number.
func lowItems(tx *bbolt.Tx, s State) []ItemID {
	var ids []ItemID
	for k, v := range withPrefix(tx.Bucket(lowBucket), nil) {
		if s == StateLow || State(v) == s {
			ids = append(ids, firstID[ItemID](k))
		}
	}
	return ids
}
