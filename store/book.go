package store

import (
	"context"

	"go.etcd.io/bbolt"
)

// An Entry is one movement to be booked. What is left zero the kind and the item decide.
type Entry struct {
	Item     ItemID
	Kind     Kind
	Qty      Qty  // what was counted, with Count
	Pack     Pack // what Qty is of; zero: of the item's unit. See [Item.Amount]
	From, To PlaceID
	Job      JobID
	Line     LineID
	Reason   string
	Note     string
}

// An Act is what a person does at once: one or more movements, booked together or not at all.
type Act struct {
	RequestID string // made by the client; the same one books once
	By        Actor
	Entries   []Entry
	Instead   MovementID // taken back in the same commit, since these take its place; zero for none
	Confirmed bool       // the person was asked and means it
}

// A Receipt says what an act booked.
type Receipt struct {
	Movements []Movement
	Repeated  bool // it was booked before, under the same request id
}

// Book books an act: all its entries in one commit, durable when Book returns.
//
// An act with a request id that was booked before changes nothing and gets the first answer again.
// Stock may go below zero: the shelf is right. Book fails with [Invalid] (fields named as the movement
// form's), with [NotFound] for an unknown item, place or job, with [Conflict] when what it takes the place of
// was undone before, and with [Unusual], once, when an entry is out of the ordinary and the act is not confirmed.
func (db *DB) Book(ctx context.Context, a Act) (Receipt, error) {
	if len(a.Entries) == 0 {
		return Receipt{}, Errorf(Invalid, "There is nothing to book.")
	}
	r, _, err := db.act(ctx, a.RequestID, func(tx *bbolt.Tx) ([]Movement, int, error) {
		ms, err := db.bookInstead(tx, a)
		return ms, 0, err
	})
	return r, err
}

// bookAll books the act's entries in their order.
func (db *DB) bookAll(tx *bbolt.Tx, a Act) ([]Movement, error) {
	at := db.Now()
	var ms []Movement
	for _, e := range a.Entries {
		it, err := getItem(tx, e.Item)
		if err != nil {
			return nil, err
		}
		m, err := resolve(tx, it, e)
		if err != nil {
			return nil, err
		}
		if !a.Confirmed {
			if err := unusual(tx, it, m); err != nil {
				return nil, err
			}
		}
		m.By, m.At, m.RequestID, m.Held = a.By, at, a.RequestID, m.holds(tx)
		if m, err = db.addMovement(tx, it, m); err != nil {
			return nil, err
		}
		ms = append(ms, m)
	}
	return ms, nil
}

// A JobAct is a person taking for a job, or bringing back from it, without saying how much.
type JobAct struct {
	RequestID string
	By        Actor
	Job       JobID
	Line      LineID // 0: every line
	Item      ItemID // of the line, when it is a kit; 0: all of it
	Confirmed bool
}

// IssueRemaining issues what a job still needs. Of one line it takes the whole rest, and fails with
// [Unusual] as [DB.Book] does; of every line it takes what is here, and returns how many lines stay short.
// It fails with [NotFound], or with [Conflict] when there is nothing to take.
func (db *DB) IssueRemaining(ctx context.Context, a JobAct) (Receipt, int, error) {
	if a.Line == 0 {
		return db.PickAll(ctx, PickAll{RequestID: a.RequestID, By: a.By, Scope: PickScope{Job: a.Job}, Confirmed: a.Confirmed})
	}
	return db.actOnLines(ctx, a, Issue, func(l SheetLine) Entry {
		return Entry{Item: l.Stock.ID, Kind: Issue, Qty: l.Remaining, From: l.Source.Place.ID, Job: a.Job, Line: l.ID}
	})
}

// ReturnIssued takes back all that is out on a job, or on one of its lines, to where it belongs.
// It fails as [DB.IssueRemaining] does.
func (db *DB) ReturnIssued(ctx context.Context, a JobAct) (Receipt, error) {
	r, _, err := db.actOnLines(ctx, a, Return, func(l SheetLine) Entry {
		return Entry{Item: l.Stock.ID, Kind: Return, Qty: l.Issued, Job: a.Job, Line: l.ID}
	})
	return r, err
}

// actOnLines books, in one act, what entry says of each line; short counts the lines of which something is left to take.
func (db *DB) actOnLines(ctx context.Context, a JobAct, kind Kind, entry func(SheetLine) Entry) (r Receipt, short int, err error) {
	return db.act(ctx, a.RequestID, func(tx *bbolt.Tx) ([]Movement, int, error) {
		lines, err := actLines(tx, a, kind)
		if err != nil {
			return nil, 0, err
		}
		var ms []Movement
		left := 0
		for _, l := range lines {
			e := entry(l)
			if kind == Issue && e.Qty < l.Remaining {
				left++
			}
			if e.Qty <= 0 {
				continue
			}
			more, err := db.bookAll(tx, Act{RequestID: a.RequestID, By: a.By, Entries: []Entry{e}, Confirmed: a.Confirmed})
			if err != nil {
				return nil, 0, err
			}
			ms = append(ms, more...)
		}
		if len(ms) == 0 {
			return nil, 0, nothingTo(kind, left)
		}
		return ms, left, nil
	})
}

// nothingTo says why an act on a job's lines has nothing to book.
func nothingTo(kind Kind, short int) error {
	switch {
	case kind == Return:
		return Errorf(Conflict, "Nothing is out on this job.")
	case short > 0:
		return Errorf(Conflict, "None of it is here. %s short.", lines(short))
	}
	return Errorf(Conflict, "Everything was taken already.")
}

// actLines returns the lines an act on a job is about.
func actLines(tx *bbolt.Tx, a JobAct, kind Kind) ([]SheetLine, error) {
	sheet, err := sheetOf(tx, a.Job)
	if err != nil {
		return nil, err
	}
	if kind == Issue && sheet.State == JobDeleted {
		return nil, Errorf(Conflict, "Jobber deleted job #%d. Nothing more is taken for it.", sheet.Number)
	}
	if kind == Issue && sheet.State == JobClosed {
		return nil, Errorf(Conflict, "Job #%d is closed and waits for nothing. Say how much to take.", sheet.Number)
	}
	var ls []SheetLine
	for _, l := range sheet.Lines {
		if l.Stock.ID != 0 && (a.Line == 0 || l.ID == a.Line && (a.Item == 0 || l.Stock.ID == a.Item)) {
			ls = append(ls, l)
		}
	}
	if a.Line != 0 && len(ls) == 0 {
		return nil, Errorf(NotFound, "This line is not on job #%d, or is no such item.", sheet.Number)
	}
	if a.Line == 0 && kind == Return {
		for _, x := range sheet.Extra {
			ls = append(ls, SheetLine{Stock: x.Stock, Issued: x.Issued})
		}
	}
	return ls, nil
}
