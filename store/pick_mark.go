package store

import (
	"context"
	"time"

	"go.etcd.io/bbolt"
)

// pickRecord is what people said of a line on a pick list, beside what they booked.
type pickRecord struct {
	From  PlaceID   `json:"from,omitempty"`  // where to take it, when somebody chose
	Short string    `json:"short,omitempty"` // why it was not found
	By    string    `json:"by,omitempty"`    // who could not find it
	At    time.Time `json:"at,omitzero"`
}

// A PickRef names a material on a pick list. A line that is a kit has several.
type PickRef struct {
	Job  JobID
	Line LineID
	Item ItemID
}

func (p PickRef) key() []byte { return tripleKey(p.Job, p.Line, p.Item) }

func getPick(tx *bbolt.Tx, job JobID, line LineID, item ItemID) (pickRecord, error) {
	var r pickRecord
	_, err := get(tx.Bucket(pickBucket), PickRef{job, line, item}.key(), &r)
	return r, err
}

func putPick(tx *bbolt.Tx, p PickRef, r pickRecord) error {
	if r == (pickRecord{}) {
		return tx.Bucket(pickBucket).Delete(p.key())
	}
	return put(tx.Bucket(pickBucket), p.key(), r)
}

// ChooseSource remembers where a line is to be taken from; 0 leaves it to the rules again.
// It fails with [NotFound].
func (db *DB) ChooseSource(ctx context.Context, p PickRef, from PlaceID) error {
	return db.update(ctx, func(tx *bbolt.Tx) error {
		if _, err := pickLine(tx, p); err != nil {
			return err
		}
		if from != 0 {
			p, err := getPlace(tx, from)
			if err != nil {
				return err
			}
			if p.Archived {
				return Errorf(NotFound, "%s is archived.", p.Name)
			}
		}
		r, err := getPick(tx, p.Job, p.Line, p.Item)
		if err != nil {
			return err
		}
		r.From = from
		return putPick(tx, p, r)
	})
}

// MarkShort notes that a line was not found, and why, and has its place counted. An empty reason takes the
// note back; the count stays asked for. It fails with [NotFound], and with [Invalid] for a reason of over 200 characters.
func (db *DB) MarkShort(ctx context.Context, by Actor, p PickRef, reason string) error {
	reason = oneLine(reason)
	if len([]rune(reason)) > 200 {
		return invalidField("reason", "At most 200 characters.")
	}
	return db.update(ctx, func(tx *bbolt.Tx) error {
		l, err := pickLine(tx, p)
		if err != nil {
			return err
		}
		r, err := getPick(tx, p.Job, p.Line, p.Item)
		if err != nil {
			return err
		}
		if reason == "" {
			r.Short, r.By, r.At = "", "", time.Time{}
			return putPick(tx, p, r)
		}
		r.Short, r.By, r.At = reason, by.Name, db.Now()
		if err := putPick(tx, p, r); err != nil {
			return err
		}
		return db.queueCount(tx, p.Item, l.Source.Place.ID, reason)
	})
}

// pickLine returns the material that p names, as the job's sheet has it. It fails with [NotFound].
func pickLine(tx *bbolt.Tx, p PickRef) (SheetLine, error) {
	s, err := sheetOf(tx, p.Job)
	if err != nil {
		return SheetLine{}, err
	}
	for _, l := range s.Lines {
		if l.ID == p.Line && l.Stock.ID == p.Item {
			return l, nil
		}
	}
	return SheetLine{}, Errorf(NotFound, "This line is not on job #%d any more.", s.Number)
}
