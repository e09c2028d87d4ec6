package store

import (
	"context"

	"go.etcd.io/bbolt"
)

// An Undo names what to take back: one movement, or all that its act booked.
type Undo struct {
	Movement  MovementID
	WholeAct  bool
	RequestID string
	By        Actor
}

// Undo books the reverse of a movement: the same item, quantity, places and cost, the other way.
// The movement stays. The same request undoes once and gets the same answer again.
// Undo fails with [NotFound], and with [Conflict] when it was undone before or is itself an undo.
func (db *DB) Undo(ctx context.Context, u Undo) (Receipt, error) {
	if err := checkRequest(u.RequestID); err != nil {
		return Receipt{}, err
	}
	var r Receipt
	err := db.update(ctx, func(tx *bbolt.Tx) (err error) {
		r, _, err = db.once(tx, u.RequestID, func() ([]Movement, int, error) {
			ms, err := db.undoAll(tx, u)
			return ms, 0, err
		})
		return err
	})
	return r, err
}

func (db *DB) undoAll(tx *bbolt.Tx, u Undo) ([]Movement, error) {
	first, err := getMovement(tx, u.Movement)
	if err != nil {
		return nil, err
	}
	ids := []MovementID{first.ID}
	if u.WholeAct && first.RequestID != "" {
		var act requestRecord
		if _, err := get(tx.Bucket(requestBucket), []byte(first.RequestID), &act); err != nil {
			return nil, err
		}
		ids = act.Movements
	}
	var undone []Movement
	at := db.Now()
	for _, id := range ids {
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
			continue // the rest of the act is still to be taken back
		}
		back, err := db.addMovement(tx, Movement{Item: m.Item, Kind: m.Kind, Qty: m.Qty, From: m.To, To: m.From,
			Job: m.Job, Line: m.Line, UnitCost: m.UnitCost, By: u.By, At: at, RequestID: u.RequestID, Reverses: m.ID})
		if err != nil {
			return nil, err
		}
		undone = append(undone, back)
	}
	return undone, nil
}
