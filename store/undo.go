package store

import (
	"context"
	"fmt"
	"strings"

	"go.etcd.io/bbolt"
)

// An Undo names what to take back: one movement, or all that its act booked.
type Undo struct {
	Movement  MovementID
	WholeAct  bool
	RequestID string
	By        Actor
	Confirmed bool // the person was asked and means it
}

// Undo books the reverse of a movement: the same item, quantity, places and cost, the other way.
// The movement stays. The same request undoes once and gets the same answer again.
// Undo fails with [NotFound], with [Conflict] when it was undone before or is itself an undo, and with [Unusual]
// when it is not confirmed and a place would be left with less than nothing.
func (db *DB) Undo(ctx context.Context, u Undo) (Receipt, error) {
	r, _, err := db.act(ctx, u.RequestID, func(tx *bbolt.Tx) ([]Movement, int, error) {
		ms, err := db.undoAll(tx, u)
		return ms, 0, err
	})
	return r, err
}

func (db *DB) undoAll(tx *bbolt.Tx, u Undo) ([]Movement, error) {
	ms, err := undoable(tx, u)
	if err != nil {
		return nil, err
	}
	if !u.Confirmed {
		if err := belowZero(tx, ms); err != nil {
			return nil, err
		}
	}
	var undone []Movement
	at := db.Now()
	for _, m := range ms {
		it, err := getItem(tx, m.Item)
		if err != nil {
			return nil, err
		}
		back, err := db.addMovement(tx, it, Movement{Item: m.Item, Kind: m.Kind, Qty: m.Qty, From: m.To, To: m.From,
			Job: m.Job, Line: m.Line, UnitCost: m.UnitCost, By: u.By, At: at, RequestID: u.RequestID, Reverses: m.ID, Held: m.Held})
		if err != nil {
			return nil, err
		}
		if m.Job != 0 {
			if err := unsettleCloseout(tx, m.Job, m.RequestID); err != nil {
				return nil, err
			}
		}
		undone = append(undone, back)
	}
	return undone, nil
}

// undoable returns the movements that u is about and that stand. Of an act some of whose entries were undone
// already it is the rest.
func undoable(tx *bbolt.Tx, u Undo) ([]Movement, error) {
	first, err := getMovement(tx, u.Movement)
	if err != nil {
		return nil, err
	}
	act := idRuns{{first.ID, 1}}
	if u.WholeAct {
		if act, err = actOf(tx, first); err != nil {
			return nil, err
		}
	}
	var ms []Movement
	for id := range act.all() {
		m, err := getMovement(tx, id)
		if err != nil {
			return nil, err
		}
		if m.Reverses != 0 {
			return nil, Errorf(Conflict, "This entry undid another. Book it again instead.")
		}
		if tx.Bucket(movementUndone).Get(idKey(id)) != nil {
			if id == u.Movement {
				return nil, Errorf(Conflict, "This was undone already.")
			}
			continue
		}
		ms = append(ms, m)
	}
	return ms, nil
}

// belowZero asks, with an [Unusual] error, before undoing what would leave a place with less than nothing.
func belowZero(tx *bbolt.Tx, ms []Movement) error {
	type spot struct {
		item  ItemID
		place PlaceID
	}
	change := map[spot]Qty{}
	for _, m := range ms {
		change[spot{m.Item, m.To}] -= m.Qty
		change[spot{m.Item, m.From}] += m.Qty
	}
	var words []string
	for _, m := range ms {
		at := spot{m.Item, m.To}
		left := onHandAt(tx, at.item, at.place) + change[at]
		if at.place.Virtual() || change[at] >= 0 || left >= 0 {
			continue
		}
		delete(change, at) // named once
		it, err := getItem(tx, m.Item)
		if err != nil {
			return err
		}
		place, err := placeTitle(tx, m.To)
		if err != nil {
			return err
		}
		words = append(words, fmt.Sprintf("%s goes to %s %s of %s", place, minus(left), it.Unit, it.Name))
	}
	if len(words) == 0 {
		return nil
	}
	rest := ""
	if len(words) > 3 {
		words, rest = words[:3], fmt.Sprintf(", and %d more go below zero", len(words)-3)
	}
	return Errorf(Unusual, "%s%s. Undo it all the same?", strings.Join(words, ", "), rest)
}

// bookInstead takes back what the act takes the place of, if anything, and books its entries. The moment between is nobody's to
// confirm: the entries are asked about themselves.
func (db *DB) bookInstead(tx *bbolt.Tx, a Act) ([]Movement, error) {
	if a.Instead != 0 {
		if _, err := db.undoAll(tx, Undo{Movement: a.Instead, RequestID: a.RequestID, By: a.By, Confirmed: true}); err != nil {
			return nil, err
		}
	}
	return db.bookAll(tx, a)
}
