package store

import (
	"bytes"
	"context"
	"slices"
	"time"

	"go.etcd.io/bbolt"
)

// A Remembered is an answer with all that a list says of it.
type Remembered struct {
	ID       AnswerID
	Name     string // of the line, as it was answered
	Linked   bool   // it is for a product of Jobber's, whatever the line is called
	Line     LineID // a line it is for; 0: there is none now
	Lines    int    // lines of jobs that are not deleted
	Item     ItemID // one of the three
	Kit      KitID
	NotStock bool
	ItemName string // or the kit's
	SKU      string
	Unit     string
	Factor   Qty // items for one of the line
	By       string
	At       time.Time
	Before   string // what was remembered before, in words; "": nothing
}

// A RememberedPage is one page of what was answered, and how much there is.
type RememberedPage struct {
	Rows  []Remembered
	Total int
	Page  int
	Pages int // at least 1
}

// Answers returns what is remembered of lines, the newest first: all, or what has every word of query in the
// line's name or in what was answered. A page past the end is the last one.
func (db *DB) Answers(ctx context.Context, query string, page, size int) (RememberedPage, error) {
	var p RememberedPage
	err := db.view(ctx, func(tx *bbolt.Tx) error {
		keys, err := answersWith(tx, query)
		if err != nil {
			return err
		}
		from, to := pageOf(page, size, len(keys), &p.Page, &p.Pages)
		p.Total = len(keys)
		for _, key := range keys[from:to] {
			r, err := remembered(tx, key)
			if err != nil {
				return err
			}
			p.Rows = append(p.Rows, r)
		}
		return nil
	})
	return p, err
}

// answersWith returns the match keys of the answers that have all words of query, the newest first.
func answersWith(tx *bbolt.Tx, query string) ([][]byte, error) {
	var keys [][]byte
	for _, key := range withPrefix(tx.Bucket(matchAnswer), nil) {
		if query != "" {
			m, err := storedMatch(tx, key)
			if err != nil {
				return nil, err
			}
			what, err := m.what(tx)
			if err != nil {
				return nil, err
			}
			if !hasWords(fold(m.Name+" "+what), query) {
				continue
			}
		}
		keys = append(keys, bytes.Clone(key))
	}
	slices.Reverse(keys)
	return keys, nil
}

// Answer returns one remembered answer. It fails with [NotFound] for one that was changed or taken back.
func (db *DB) Answer(ctx context.Context, id AnswerID) (Remembered, error) {
	var r Remembered
	err := db.view(ctx, func(tx *bbolt.Tx) (err error) {
		key := tx.Bucket(matchAnswer).Get(idKey(id))
		if key == nil {
			return Errorf(NotFound, "This answer was changed or taken back.")
		}
		r, err = remembered(tx, key)
		return err
	})
	return r, err
}

func remembered(tx *bbolt.Tx, key []byte) (Remembered, error) {
	m, err := storedMatch(tx, key)
	if err != nil {
		return Remembered{}, err
	}
	r := Remembered{ID: m.ID, Name: m.Name, Linked: bytes.HasPrefix(key, []byte("product ")), Item: m.Item, Kit: m.Kit,
		NotStock: m.NotStock, Factor: m.factor(), By: m.By.Name, At: m.At}
	for k := range withPrefix(tx.Bucket(lineKey), key) {
		r.Line = lastID[LineID](k)
		r.Lines++
	}
	switch {
	case m.Kit != 0:
		k, err := getKit(tx, m.Kit)
		if err != nil {
			return r, err
		}
		r.ItemName = k.Name
	case m.Item != 0:
		it, err := getItem(tx, m.Item)
		if err != nil {
			return r, err
		}
		r.ItemName, r.SKU, r.Unit = it.Name, it.SKU, it.Unit
	}
	if m.Before != nil && !m.Before.Forgotten {
		r.Before, err = m.Before.what(tx)
		if CodeOf(err) == NotFound {
			r.Before, err = "", nil // its kit is gone
		}
	}
	return r, err
}

// AnsweredAs returns for each of the items the names of lines that were answered with it.
func (db *DB) AnsweredAs(ctx context.Context, items []ItemID) (map[ItemID][]string, error) {
	names := map[ItemID][]string{}
	err := db.view(ctx, func(tx *bbolt.Tx) (err error) {
		for _, id := range items {
			if names[id], err = answeredAs(tx, id); err != nil {
				return err
			}
		}
		return nil
	})
	return names, err
}

// aliasLimit is how many names an item is found by besides its own.
const aliasLimit = 20

func answeredAs(tx *bbolt.Tx, id ItemID) ([]string, error) {
	var names []string
	for k := range withPrefix(tx.Bucket(matchItem), idKey(id)) {
		m, err := getMatch(tx, k[8:])
		if err != nil {
			return nil, err
		}
		if names = append(names, m.Name); len(names) == aliasLimit {
			break
		}
	}
	return names, nil
}
