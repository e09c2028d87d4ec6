package store

import (
	"cmp"
	"context"
	"slices"

	"go.etcd.io/bbolt"
)

// A WaitingLine stands for all lines that one answer would settle.
type WaitingLine struct {
	Line  LineID
	Name  string
	Qty   Qty // of this one
	Jobs  int // jobs that wait for the answer
	First JobHead
}

// Waiting returns the lines of open jobs that are no item yet, those that most jobs wait for first.
func (db *DB) Waiting(ctx context.Context) ([]WaitingLine, error) {
	byKey := map[string]*WaitingLine{}
	err := db.view(ctx, func(tx *bbolt.Tx) error {
		seen := map[string]bool{}
		for k, v := range withPrefix(tx.Bucket(lineWaiting), nil) {
			l, err := getLine(tx, firstID[LineID](k))
			if err != nil {
				return err
			}
			id, key := firstID[JobID](v), string(l.matchKey())
			r, err := getJob(tx, id)
			if err != nil {
				return err
			}
			h := r.head(id)
			w := byKey[key]
			if w == nil {
				w = &WaitingLine{Line: l.ID, Name: l.Name, Qty: l.Qty, First: h}
				byKey[key] = w
			} else if sooner(h, w.First) {
				w.Line, w.Name, w.Qty, w.First = l.ID, l.Name, l.Qty, h
			}
			if pair := key + string(idKey(id)); !seen[pair] {
				seen[pair] = true
				w.Jobs++
			}
		}
		return nil
	})
	var all []WaitingLine
	for _, w := range byKey {
		all = append(all, *w)
	}
	slices.SortFunc(all, func(a, b WaitingLine) int {
		return cmp.Or(cmp.Compare(b.Jobs, a.Jobs), cmp.Compare(a.Line, b.Line))
	})
	return all, err
}

// sooner reports whether a is on before b. No date comes last.
func sooner(a, b JobHead) bool {
	if a.Dated() != b.Dated() {
		return a.Dated()
	}
	return a.StartAt.Before(b.StartAt)
}
