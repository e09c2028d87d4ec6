package store

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"go.etcd.io/bbolt"
)

// A Kind says what sort of movement it is.
type Kind string

const (
	Receive   Kind = "receive"  // from a supplier
	Issue     Kind = "issue"    // to a job
	Return    Kind = "return"   // from a job
	Transfer  Kind = "transfer" // from place to place
	Adjust    Kind = "adjust"   // found or missing
	Count     Kind = "count"    // what was counted at a place
	ScrapKind Kind = "scrap"    // thrown away
)

// A Movement is one entry of the ledger: an amount of an item going from one end to another.
// Movements are never edited or deleted: a mistake is put right by another movement.
type Movement struct {
	ID        MovementID
	Item      ItemID
	Kind      Kind
	Qty       Qty  // above zero; a count that found what the books said is 0
	Pack      Pack // in which the amount was said; zero: in the item's unit
	From, To  PlaceID
	Counted   Qty // with Count: what was counted
	Was       Qty // with Count: what the books said
	Reason    string
	Note      string
	By        Actor
	At        time.Time
	Job       JobID
	Line      LineID
	UnitCost  Money
	RequestID string
	Reverses  MovementID // zero unless it undoes another
	OnHand    Qty        // of the item, all places, after it
	Held      Qty        // for its job: set aside by a transfer, or taken by an issue from what was set aside
}

// An Actor is who did something: a user, or the program itself with ID 0.
type Actor struct {
	ID   UserID `json:"id,omitempty"`
	Name string `json:"name"`
}

// movementRecord is a Movement as it lies in the file, for good: its hash is in the next one.
type movementRecord struct {
	Item      ItemID     `json:"item"`
	Kind      Kind       `json:"kind"`
	Qty       Qty        `json:"qty"`
	Pack      Pack       `json:"pack,omitzero"`
	From      PlaceID    `json:"from"`
	To        PlaceID    `json:"to"`
	Counted   Qty        `json:"counted,omitempty"`
	Was       Qty        `json:"was,omitempty"`
	Reason    string     `json:"reason,omitempty"`
	Note      string     `json:"note,omitempty"`
	By        Actor      `json:"by"`
	At        time.Time  `json:"at"`
	Job       JobID      `json:"job,omitempty"`
	Line      LineID     `json:"line,omitempty"`
	UnitCost  Money      `json:"unit_cost,omitempty"`
	RequestID string     `json:"request_id,omitempty"`
	Reverses  MovementID `json:"reverses,omitempty"`
	OnHand    Qty        `json:"on_hand"`
	Held      Qty        `json:"held,omitempty"`
}

// addMovement is the one way into the ledger. It writes m, of it, with its indexes, the balances and
// levels it changes and the demand it meets, and returns it with its id and what is on hand after it.
func (db *DB) addMovement(tx *bbolt.Tx, it Item, m Movement) (Movement, error) {
	id, err := next[MovementID](tx.Bucket(movementBucket))
	if err != nil {
		return m, err
	}
	m.ID = id
	cause := CauseAct
	if !hasMovements(tx, m.Item) {
		cause = CauseOpening // the first stock of an item is no news
	}
	from, to := onHandAt(tx, m.Item, m.From), onHandAt(tx, m.Item, m.To)
	if err := addStock(tx, m.Item, m.From, -m.Qty); err != nil {
		return m, err
	}
	if err := addStock(tx, m.Item, m.To, m.Qty); err != nil {
		return m, err
	}
	m.OnHand = foldLevel(tx, m.Item).OnHand
	if err := appendLedger(tx, m); err != nil {
		return m, err
	}
	if m.Kind == Count {
		if err := foldCounted(tx, m.Item, m.counted()); err != nil {
			return m, err
		}
	}
	if m.Job != 0 {
		if err := addIssued(tx, m); err != nil {
			return m, err
		}
		if err := addHeld(tx, m); err != nil {
			return m, err
		}
	}
	if err := db.followCount(tx, m); err != nil {
		return m, err
	}
	why := levelCause{At: m.At, Cause: cause, By: m.By.Name, Job: m.Job, Movement: m.ID}
	if err := judgeSpot(tx, m.Item, m.From, from, why); err != nil {
		return m, err
	}
	if err := judgeSpot(tx, m.Item, m.To, to, why); err != nil {
		return m, err
	}
	return m, db.judgeLevel(tx, it, why)
}

// counted returns the place that a count, or the undo of one, is about.
func (m Movement) counted() PlaceID {
	if m.To.Virtual() {
		return m.From
	}
	return m.To
}

// stands reports whether m is neither an undo nor undone.
func stands(tx *bbolt.Tx, m Movement) bool {
	return m.Reverses == 0 && tx.Bucket(movementUndone).Get(idKey(m.ID)) == nil
}

// foldCounted notes when an item was last counted at a place. A count that was undone is none.
func foldCounted(tx *bbolt.Tx, item ItemID, place PlaceID) error {
	b, key := tx.Bucket(countedBucket), pairKey(item, place)
	for id := range movementsOf(tx, item, 0) {
		m, err := getMovement(tx, id)
		if err != nil {
			return err
		}
		if m.Kind == Count && m.counted() == place && stands(tx, m) {
			return b.Put(key, ints(m.At.Unix()))
		}
	}
	return b.Delete(key)
}

// appendLedger writes m after the newest movement and makes it the head of the chain.
func appendLedger(tx *bbolt.Tx, m Movement) error {
	data, err := json.Marshal(movementRecord{Item: m.Item, Kind: m.Kind, Qty: m.Qty, Pack: m.Pack, From: m.From, To: m.To,
		Counted: m.Counted, Was: m.Was, Reason: m.Reason, Note: m.Note, By: m.By, At: m.At, Job: m.Job, Line: m.Line,
		UnitCost: m.UnitCost, RequestID: m.RequestID, Reverses: m.Reverses, OnHand: m.OnHand, Held: m.Held})
	if err != nil {
		return err
	}
	meta := tx.Bucket(metaBucket)
	prev := make([]byte, sha256.Size) // the first has nothing before it
	if head := meta.Get(headKey); head != nil {
		prev = head[8:]
	}
	key := idKey(m.ID)
	value := slices.Concat(prev, data)
	ledger := tx.Bucket(movementBucket)
	ledger.FillPercent = growing
	if err := ledger.Put(key, value); err != nil {
		return err
	}
	if err := meta.Put(headKey, append(idKey(m.ID), chain(key, value)...)); err != nil {
		return err
	}
	if err := listMovement(tx, m.Item, m.ID); err != nil {
		return err
	}
	if m.Job != 0 {
		if err := tx.Bucket(movementJob).Put(pairKey(m.Job, m.ID), nil); err != nil {
			return err
		}
	}
	if m.Reverses != 0 {
		return tx.Bucket(movementUndone).Put(idKey(m.Reverses), key)
	}
	return nil
}

// chain is the hash of a movement: of its id, of the hash before it, and of all it says.
func chain(key, value []byte) []byte {
	h := sha256.New()
	h.Write(key)
	h.Write(value)
	return h.Sum(nil)
}

// Movement returns the movement named id. It fails with [NotFound].
func (db *DB) Movement(ctx context.Context, id MovementID) (Movement, error) {
	var m Movement
	err := db.view(ctx, func(tx *bbolt.Tx) (err error) {
		m, err = getMovement(tx, id)
		return err
	})
	return m, err
}

func getMovement(tx *bbolt.Tx, id MovementID) (Movement, error) {
	v := tx.Bucket(movementBucket).Get(idKey(id))
	if v == nil {
		return Movement{}, Errorf(NotFound, "There is no entry with the number %v.", id)
	}
	return decodeMovement(id, v)
}

func decodeMovement(id MovementID, value []byte) (Movement, error) {
	var r movementRecord
	if len(value) < sha256.Size {
		return Movement{}, fmt.Errorf("movement %v is cut short", id)
	}
	if err := decode(value[sha256.Size:], &r); err != nil {
		return Movement{}, fmt.Errorf("movement %v: %w", id, err)
	}
	return Movement{ID: id, Item: r.Item, Kind: r.Kind, Qty: r.Qty, Pack: r.Pack, From: r.From, To: r.To, Counted: r.Counted,
		Was: r.Was, Reason: r.Reason, Note: r.Note, By: r.By, At: r.At, Job: r.Job, Line: r.Line, UnitCost: r.UnitCost,
		RequestID: r.RequestID, Reverses: r.Reverses, OnHand: r.OnHand, Held: r.Held}, nil
}
