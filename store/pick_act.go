package store

import (
	"context"
	"fmt"

	"go.etcd.io/bbolt"
)

// A Pick is a person fetching one material for a job.
type Pick struct {
	RequestID string
	By        Actor
	PickRef
	Qty       Qty
	Pack      Pack    // as in [Entry]
	Seen      Qty     // what the person saw was still to be fetched
	From      PlaceID // 0: where the list says
	To        PlaceID // 0: handed over to the job; else a truck or a shelf on which it waits for it
	Confirmed bool
}

// Pick books what somebody fetched of one line.
//
// A line is fetched once: when somebody else took of it since the person looked, and less than Qty is left,
// nothing is booked and Pick fails with [Conflict], saying who it was. It fails as [DB.Book] does otherwise.
func (db *DB) Pick(ctx context.Context, p Pick) (Receipt, error) {
	r, _, err := db.act(ctx, p.RequestID, func(tx *bbolt.Tx) ([]Movement, int, error) {
		l, err := pickLine(tx, p.PickRef)
		if err != nil {
			return nil, 0, err
		}
		q, _, err := l.Stock.Amount(p.Qty, p.Pack)
		if err != nil {
			return nil, 0, err
		}
		if left := l.left(p.From); q > left && left < p.Seen {
			return nil, 0, pickedMeanwhile(tx, p, l, left)
		}
		e := p.entry(l)
		ms, err := db.bookAll(tx, Act{RequestID: p.RequestID, By: p.By, Entries: []Entry{e}, Confirmed: p.Confirmed})
		return ms, 0, err
	})
	return r, err
}

// left is what may still be fetched from a place: of what is set aside there only that, of the shelves the rest.
func (l SheetLine) left(from PlaceID) Qty {
	for _, b := range l.Held {
		if b.Place.ID == from {
			return min(b.OnHand, l.Remaining)
		}
	}
	return l.ToPick()
}

// entry is what p books.
func (p Pick) entry(l SheetLine) Entry {
	e := Entry{Item: p.Item, Kind: Issue, Qty: p.Qty, Pack: p.Pack, From: p.From, Job: p.Job, Line: p.Line}
	if e.From == 0 {
		e.From = l.Source.Place.ID
	}
	if p.To != 0 {
		e.Kind, e.To = Transfer, p.To
	}
	return e
}

// pickedMeanwhile says who fetched a line while somebody else was on the way to it.
func pickedMeanwhile(tx *bbolt.Tx, p Pick, l SheetLine, left Qty) error {
	last, err := lastByLine(tx, p.Job)
	if err != nil {
		return err
	}
	text := "The line changed meanwhile."
	if m, ok := last[p.PickRef]; ok {
		text = fmt.Sprintf("%s took %v %s of %s already.", m.By.Name, m.Qty, l.Stock.Unit, l.Stock.Name)
	}
	if left > 0 {
		text += fmt.Sprintf(" %v %s are left to take.", left, l.Stock.Unit)
	}
	return Errorf(Conflict, "%s", text)
}

// A PickAll is a person fetching all that is left on a pick list.
type PickAll struct {
	RequestID string
	By        Actor
	Scope     PickScope
	To        PlaceID // as in [Pick]
	Confirmed bool
}

// PickAll books, in one act, what is here of every line of a pick list that is left, and hands over what was set
// aside when it goes to the job. Lines that somebody could not find are left out. It returns how many lines stay
// short. It fails with [Conflict] when there is nothing to fetch, and as [DB.Book] does.
func (db *DB) PickAll(ctx context.Context, p PickAll) (r Receipt, short int, err error) {
	return db.act(ctx, p.RequestID, func(tx *bbolt.Tx) ([]Movement, int, error) {
		jobs, _, err := p.Scope.jobs(tx)
		if err != nil {
			return nil, 0, err
		}
		var ms []Movement
		left := 0
		for _, id := range jobs {
			more, n, err := db.pickJob(tx, p, id)
			if err != nil {
				return nil, 0, err
			}
			ms, left = append(ms, more...), left+n
		}
		if len(ms) == 0 {
			return nil, 0, nothingTo(Issue, left)
		}
		return ms, left, nil
	})
}

// pickJob books what is here for one job, and returns how many of its lines stay short.
func (db *DB) pickJob(tx *bbolt.Tx, p PickAll, job JobID) (ms []Movement, short int, err error) {
	lines, err := actLines(tx, JobAct{Job: job}, Issue)
	if err != nil {
		return nil, 0, err
	}
	for _, l := range lines {
		r, err := getPick(tx, job, l.ID, l.Stock.ID)
		if err != nil {
			return nil, 0, err
		}
		es, lacks, err := p.entries(tx, job, l, r.Short != "")
		if err != nil {
			return nil, 0, err
		}
		if lacks {
			short++
		}
		more, err := db.bookAll(tx, Act{RequestID: p.RequestID, By: p.By, Entries: es, Confirmed: p.Confirmed})
		if err != nil {
			return nil, 0, err
		}
		ms = append(ms, more...)
	}
	return ms, short, nil
}

// entries are what fetching all books of one line, and whether some of it is not here.
func (p PickAll) entries(tx *bbolt.Tx, job JobID, l SheetLine, notFound bool) (es []Entry, lacks bool, err error) {
	e := Entry{Item: l.Stock.ID, Kind: Issue, Job: job, Line: l.ID, To: p.To}
	if p.To != 0 {
		e.Kind = Transfer
	}
	left := l.Remaining
	for _, b := range l.Held {
		q := min(b.OnHand, left)
		left -= q
		if p.To == 0 && q > 0 {
			e.Qty, e.From = q, b.Place.ID
			es = append(es, e)
		}
	}
	if left == 0 {
		return es, false, nil
	}
	if notFound {
		return es, true, nil
	}
	// The sheet was read before this act: lines of the same item share what stands there.
	it := l.Stock.Item
	if e.From, _, err = chosenSource(tx, PickRef{job, l.ID, it.ID}, it, left); err != nil {
		return nil, false, err
	}
	e.Qty = min(left, max(onHandAt(tx, it.ID, e.From), 0))
	if e.Qty > 0 && e.From != e.To {
		es = append(es, e)
	}
	return es, e.Qty < left, nil
}
