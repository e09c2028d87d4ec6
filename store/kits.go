package store

import (
	"context"
	"strings"

	"go.etcd.io/bbolt"
)

// A KitRow is a kit in a list.
type KitRow struct {
	Kit
	Items   []string // the names of its first items
	More    int      // how many others it has
	Answers int      // names and products that are this kit
}

// A KitPage is one page of the kits, and how many there are.
type KitPage struct {
	Rows  []KitRow
	Total int
	Page  int
	Pages int // at least 1
}

// shownParts is how many items of a kit a list names.
const shownParts = 3

// Kits returns a page of the kits by name: all, or those with every word of query in their names.
// A page past the end is the last one.
func (db *DB) Kits(ctx context.Context, query string, page, size int) (KitPage, error) {
	var p KitPage
	err := db.view(ctx, func(tx *bbolt.Tx) error {
		var ids []KitID
		for name, v := range withPrefix(tx.Bucket(kitName), nil) {
			if hasWords(string(name), query) {
				ids = append(ids, firstID[KitID](v))
			}
		}
		from, to := pageOf(page, size, len(ids), &p.Page, &p.Pages)
		p.Total = len(ids)
		for _, id := range ids[from:to] {
			row, err := kitRow(tx, id)
			if err != nil {
				return err
			}
			p.Rows = append(p.Rows, row)
		}
		return nil
	})
	return p, err
}

// hasWords reports whether a folded text has every word of query.
func hasWords(text, query string) bool {
	for w := range strings.FieldsSeq(fold(query)) {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

func kitRow(tx *bbolt.Tx, id KitID) (KitRow, error) {
	k, err := getKit(tx, id)
	if err != nil {
		return KitRow{}, err
	}
	row := KitRow{Kit: k, Answers: len(keysOfKit(tx, id))}
	for i, p := range k.Parts {
		if i == shownParts {
			row.More = len(k.Parts) - shownParts
			break
		}
		it, err := getItem(tx, p.Item)
		if err != nil {
			return row, err
		}
		row.Items = append(row.Items, it.Name)
	}
	return row, nil
}

// A KitSheet is all that the page of a kit shows.
type KitSheet struct {
	Kit
	Parts []KitPart
	Used  []Remembered // the answers that are this kit, at most 50
}

// A KitPart is one item of a kit.
type KitPart struct {
	Stock
	Factor Qty // of the item in one kit
}

// KitSheet returns a kit with its items. It fails with [NotFound].
func (db *DB) KitSheet(ctx context.Context, id KitID) (KitSheet, error) {
	const most = 50
	var s KitSheet
	err := db.view(ctx, func(tx *bbolt.Tx) (err error) {
		if s.Kit, err = getKit(tx, id); err != nil {
			return err
		}
		for _, p := range s.Kit.Parts {
			st, err := stockOf(tx, p.Item)
			if err != nil {
				return err
			}
			s.Parts = append(s.Parts, KitPart{st, p.Factor})
		}
		keys := keysOfKit(tx, id)
		for _, key := range keys[:min(most, len(keys))] {
			r, err := remembered(tx, key)
			if err != nil {
				return err
			}
			s.Used = append(s.Used, r)
		}
		return nil
	})
	return s, err
}
