package store

import (
	"context"
	"errors"

	"go.etcd.io/bbolt"
)

// A BackLine is what came back of one material of a job.
type BackLine struct {
	Line    LineID
	Item    ItemID
	Back    Qty
	Damaged Qty    // came back, and goes to the bin
	Pack    Pack   // what both are of; as in [Entry]
	Reason  string // why it does
}

// A BringBack is a person saying what came back from a job.
type BringBack struct {
	RequestID string
	By        Actor
	Job       JobID
	Lines     []BackLine
	To        PlaceID // where it is put; 0: each item's default place
	Settle    bool    // that is all: what did not come back was used
	Confirmed bool
}

// BringBack books, in one act, what came back from a job and what of it was scrapped, and settles the question
// that was asked when the job was closed. Nothing back at all is an answer too, when it settles. It fails with
// [Invalid] (fields back-<line>-<item> and damaged-<line>-<item>), and as [DB.Book] does.
func (db *DB) BringBack(ctx context.Context, b BringBack) (Receipt, error) {
	r, _, err := db.act(ctx, b.RequestID, func(tx *bbolt.Tx) ([]Movement, int, error) {
		ms, err := db.bringBack(tx, b)
		return ms, 0, err
	})
	return r, err
}

func (db *DB) bringBack(tx *bbolt.Tx, b BringBack) ([]Movement, error) {
	if _, err := getJob(tx, b.Job); err != nil {
		return nil, err
	}
	var es []backEntry
	bad := problems{}
	for _, l := range b.Lines {
		name := l.Line.String() + "-" + l.Item.String()
		if l.Damaged > 0 && oneLine(l.Reason) == "" {
			bad.add("reason-"+name, "Say what is wrong with it.")
		}
		if l.Back < 0 || l.Damaged < 0 {
			bad.add("back-"+name, "Write an amount of 0 or more.")
		}
		if l.Back > 0 {
			es = append(es, backEntry{"back-" + name, Entry{Item: l.Item, Kind: Return, Qty: l.Back, Pack: l.Pack, To: b.To, Job: b.Job, Line: l.Line}})
		}
		if l.Damaged > 0 {
			es = append(es, backEntry{"damaged-" + name, Entry{Item: l.Item, Kind: ScrapKind, Qty: l.Damaged, Pack: l.Pack, From: JobEnd, Job: b.Job,
				Line: l.Line, Reason: l.Reason}})
		}
	}
	if err := bad.err(); err != nil {
		return nil, err
	}
	if len(es) == 0 && !b.Settle {
		return nil, Errorf(Conflict, "Nothing came back: there is nothing to book.")
	}
	var ms []Movement
	for _, e := range es {
		more, err := db.bookAll(tx, Act{RequestID: b.RequestID, By: b.By, Entries: []Entry{e.Entry}, Confirmed: b.Confirmed})
		if err != nil {
			return nil, e.named(err)
		}
		ms = append(ms, more...)
	}
	if !b.Settle {
		return ms, nil
	}
	return ms, db.settleCloseout(tx, b.Job, b.By, b.RequestID)
}

// backEntry is an entry, and the field of the form that its amount stands in.
type backEntry struct {
	field string
	Entry
}

// named puts a complaint about the amount or its unit beside the entry's field.
func (e backEntry) named(err error) error {
	bad, ok := errors.AsType[*Error](err)
	if !ok || bad.Fields["quantity"] == "" && bad.Fields["unit"] == "" {
		return err
	}
	return &Error{Code: bad.Code, Message: bad.Message, Fields: map[string]string{e.field: bad.Message}}
}

// A Use is what became of a material of a job, as booked on one line. Undone entries do not count.
type Use struct {
	Out      Qty // taken for it
	Back     Qty // put back
	Scrapped Qty // came back, and was thrown away
}

// usesOf adds up what was booked for a job.
func usesOf(tx *bbolt.Tx, job JobID) (map[PickRef]Use, error) {
	uses := map[PickRef]Use{}
	for k := range withPrefix(tx.Bucket(movementJob), idKey(job)) {
		m, err := getMovement(tx, secondID[MovementID](k))
		if err != nil {
			return nil, err
		}
		if !stands(tx, m) {
			continue
		}
		ref := PickRef{job, m.Line, m.Item}
		u := uses[ref]
		switch {
		case m.Kind == Issue:
			u.Out += m.Qty
		case m.Kind == Return:
			u.Back += m.Qty
		case m.Kind == ScrapKind && m.From == JobEnd:
			u.Scrapped += m.Qty
		}
		uses[ref] = u
	}
	return uses, nil
}
