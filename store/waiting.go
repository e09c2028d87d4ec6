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

	Answered AnswerID // that its answer was forgotten; 0: there never was one
}

// Waiting returns the lines of open jobs that are no item yet, those that most jobs wait for first.
func (db *DB) Waiting(ctx context.Context) ([]WaitingLine, error) {
	byKey := map[string]*WaitingLine{}
	err := db.view(ctx, func(tx *bbolt.Tx) error {
		for _, id := range jobsUnder(tx.Bucket(lineWaiting), nil) {
			r, err := getJob(tx, id) // once for all its lines: it may have thousands
			if err != nil {
				return err
			}
			if err := addWaiting(tx, byKey, r, r.head(id)); err != nil {
				return err
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

// addWaiting adds what waits of one job.
func addWaiting(tx *bbolt.Tx, byKey map[string]*WaitingLine, r jobRecord, h JobHead) error {
	counted := map[string]bool{}
	for _, l := range r.Lines {
		if !l.waits() {
			continue
		}
		key := string(l.matchKey())
		w := byKey[key]
		if w == nil {
			m, err := storedMatch(tx, l.matchKey())
			if err != nil {
				return err
			}
			w = &WaitingLine{Line: l.ID, Name: l.Name, Qty: l.Qty, First: h, Answered: m.ID}
			byKey[key] = w
		} else if sooner(h, w.First) {
			w.Line, w.Name, w.Qty, w.First = l.ID, l.Name, l.Qty, h
		}
		if !counted[key] {
			counted[key] = true
			w.Jobs++
		}
	}
	return nil
}

// sooner reports whether a is on before b. No date comes last.
func sooner(a, b JobHead) bool {
	if a.Dated() != b.Dated() {
		return a.Dated()
	}
	return a.StartAt.Before(b.StartAt)
}
