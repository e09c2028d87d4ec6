package store

import (
	"cmp"
	"context"
	"slices"
	"strconv"

	"go.etcd.io/bbolt"
)

// A CountFinish ends a count: what was counted in its scope is booked.
type CountFinish struct {
	RequestID string
	By        Actor
	Scope     CountScope
	Approves  bool // By may approve differences, so that none waits
}

// FinishCount books what was counted in a scope, in one act: each line by whoever counted it, on top of what moved
// since. Differences above the limit of [CountRules] wait for [DB.JudgeCount]; waiting is how many this count left. It fails
// with [Conflict] when nothing was counted.
func (db *DB) FinishCount(ctx context.Context, f CountFinish) (r Receipt, waiting int, err error) {
	return db.act(ctx, f.RequestID, func(tx *bbolt.Tx) ([]Movement, int, error) { return db.finishCount(tx, f) })
}

func (db *DB) finishCount(tx *bbolt.Tx, f CountFinish) ([]Movement, int, error) {
	open, err := openTallies(tx, f.Scope, db.Now())
	if err != nil {
		return nil, 0, err
	}
	if len(open) == 0 {
		return nil, 0, Errorf(Conflict, "Nothing was counted that is not booked already.")
	}
	rules, err := countRules(tx)
	if err != nil {
		return nil, 0, err
	}
	var booked []Movement
	waiting := 0
	for _, at := range open {
		it, err := getItem(tx, at.Item)
		if err != nil {
			return nil, 0, err
		}
		t, _, err := tallyAt(tx, at.Item, at.Place)
		if err != nil {
			return nil, 0, err
		}
		if !f.Approves && rules.wait(it, t.Counted-t.Was) {
			waiting++
			t.Waits = true
			if err := put(tx.Bucket(tallyBucket), pairKey(at.Place, at.Item), t); err != nil {
				return nil, 0, err
			}
			continue
		}
		note := ""
		if f.By != t.By {
			note = "Finished by " + f.By.Name
		}
		m, err := db.bookTally(tx, it, at.Place, t, Movement{RequestID: f.RequestID, Note: note})
		if err != nil {
			return nil, 0, err
		}
		booked = append(booked, m)
	}
	return booked, waiting, nil
}

// bookTally books what was counted: the difference to what the books said at that moment, on top of what moved since.
// m brings the request and the note.
func (db *DB) bookTally(tx *bbolt.Tx, it Item, place PlaceID, t tallyRecord, m Movement) (Movement, error) {
	due, err := dueOf(tx, it.ID, place)
	if err != nil {
		return m, err
	}
	if err := tx.Bucket(tallyBucket).Delete(pairKey(place, it.ID)); err != nil {
		return m, err
	}
	m.Item, m.Kind, m.Counted, m.Was, m.UnitCost, m.By, m.At = it.ID, Count, t.Counted, t.Was, it.Cost, t.By, db.Now()
	if m.Reason = due.Why; m.Reason == "" {
		m.Reason = "Regular count"
	}
	if t.Counted < t.Was {
		m.From, m.To, m.Qty = place, Adjustment, t.Was-t.Counted
	} else {
		m.From, m.To, m.Qty = Adjustment, place, t.Counted-t.Was
	}
	return db.addMovement(tx, it, m)
}

// A CountVerdict is what a manager says of a difference that waits.
type CountVerdict string

const (
	CountApproved CountVerdict = "approve" // it is booked
	CountAgain    CountVerdict = "again"   // the item is asked for again
	CountRejected CountVerdict = "reject"  // the books stand
)

// A CountJudgement is a manager's answer to a difference that waits.
type CountJudgement struct {
	RequestID string
	By        Actor
	Spot      CountSpot
	Version   string // of the [Variance] the manager saw
	Verdict   CountVerdict
}

// JudgeCount answers a difference that waits. Its receipt holds a movement when it was approved. It fails with
// [Invalid] for another verdict, with [NotFound] when nothing waits there, and with [Conflict] when it was counted
// again meanwhile.
func (db *DB) JudgeCount(ctx context.Context, j CountJudgement) (r Receipt, err error) {
	r, _, err = db.act(ctx, j.RequestID, func(tx *bbolt.Tx) ([]Movement, int, error) {
		ms, err := db.judgeCount(tx, j)
		return ms, 0, err
	})
	return r, err
}

func (db *DB) judgeCount(tx *bbolt.Tx, j CountJudgement) ([]Movement, error) {
	it, err := getItem(tx, j.Spot.Item)
	if err != nil {
		return nil, err
	}
	t, ok, err := tallyAt(tx, j.Spot.Item, j.Spot.Place)
	switch {
	case err != nil:
		return nil, err
	case !ok || !t.Waits:
		return nil, Errorf(NotFound, "No difference of %s waits there any more.", it.Name)
	case t.version() != j.Version:
		return nil, Errorf(Conflict, "%s was counted again meanwhile. Look at it again.", it.Name)
	}
	switch j.Verdict {
	case CountApproved:
		m, err := db.bookTally(tx, it, j.Spot.Place, t, Movement{RequestID: j.RequestID, Note: "Approved by " + j.By.Name})
		return []Movement{m}, err
	case CountAgain, CountRejected:
		if err := tx.Bucket(tallyBucket).Delete(pairKey(j.Spot.Place, j.Spot.Item)); err != nil {
			return nil, err
		}
		if err := tx.Bucket(countDue).Delete(pairKey(j.Spot.Place, j.Spot.Item)); err != nil {
			return nil, err
		}
		if j.Verdict == CountAgain {
			return nil, db.queueCount(tx, it.ID, j.Spot.Place, j.By.Name+" asks to count it again")
		}
		if onHandAt(tx, it.ID, j.Spot.Place) < 0 {
			return nil, db.queueCount(tx, it.ID, j.Spot.Place, whyNegative)
		}
		return nil, nil
	}
	return nil, invalidField("verdict", "Choose: approve, count again or reject.")
}

// version tells one count of a spot from another.
func (r tallyRecord) version() string { return strconv.FormatInt(r.At.UnixNano(), 36) }

// A Variance is a difference that waits for a manager.
type Variance struct {
	Item    Item
	Place   Place
	Tally   CountTally
	Books   Qty    // now
	Worth   Money  // of the difference, never below 0
	Version string // for [CountJudgement]
}

// Variances returns the differences that wait for a manager, as one walks past them, then by name.
func (db *DB) Variances(ctx context.Context) ([]Variance, error) {
	var all []Variance
	err := db.view(ctx, func(tx *bbolt.Tx) error {
		all = nil
		ranks, err := walkRanks(tx)
		if err != nil {
			return err
		}
		for k := range withPrefix(tx.Bucket(tallyBucket), nil) {
			at := CountSpot{firstID[PlaceID](k), secondID[ItemID](k)}
			t, _, err := tallyAt(tx, at.Item, at.Place)
			if err != nil {
				return err
			}
			if !t.Waits {
				continue
			}
			l, err := countLine(tx, at)
			if err != nil {
				return err
			}
			differs := l.Tally.Differs()
			all = append(all, Variance{Item: l.Item, Place: l.Place, Tally: l.Tally, Books: l.Books,
				Worth: l.Item.worth(max(differs, -differs)), Version: t.version()})
		}
		slices.SortStableFunc(all, func(a, b Variance) int {
			return cmp.Or(cmp.Compare(ranks[a.Place.ID], ranks[b.Place.ID]), cmp.Compare(fold(a.Item.Name), fold(b.Item.Name)))
		})
		return nil
	})
	return all, err
}
