package store

import (
	"context"
	"slices"

	"go.etcd.io/bbolt"
)

// A LineState says how a line of a job stands.
type LineState string

const (
	LineOpen      LineState = "open"      // it is here and waits to be taken
	LineShort     LineState = "short"     // there is not enough of it
	LineIssued    LineState = "issued"    // all of it was taken
	LineRemoved   LineState = "removed"   // gone at Jobber
	LineNotStock  LineState = "not-stock" // labour and the like
	LineUnmatched LineState = "unmatched" // nobody said yet which item it is
)

// A SheetLine is one material of a job with all a person needs to take it: a line, or one item of a line
// that is a kit. The line and the item together name it.
type SheetLine struct {
	ID          LineID // of the line: all items of a kit have the same
	Name        string // as Jobber says
	Description string
	Category    Category
	State       LineState
	Removed     bool
	How         string // why it is this item, or not stock
	Kit         string // the kit of which it is a part; "" for none
	Asked       Qty    // Jobber's quantity
	Factor      Qty    // items for one of the line; 0 while it is none
	Stock       Stock  // the item; ID 0 while it is none
	Required    Qty    // in the item's unit, as all below
	Issued      Qty    // less what came back
	Remaining   Qty    // still to be taken, never below 0
	There       Qty    // on hand, less what earlier jobs and lines above need; never below 0
	Short       Qty    // remaining that is not there
	Source      Balance
	Rule        SourceRule // why it is taken from there
	Held        []Balance  // set aside for the job, most first
	Use         Use
	Answered    AnswerID // what somebody said it is, or that it was forgotten; 0: nobody did
}

// Aside is how much of the line is set aside for the job and waits to be handed over.
func (l SheetLine) Aside() Qty {
	var sum Qty
	for _, b := range l.Held {
		sum += b.OnHand
	}
	return sum
}

// ToPick is what is still to be fetched from the shelves, never below 0.
func (l SheetLine) ToPick() Qty { return max(l.Remaining-l.Aside(), 0) }

// An ExtraLine is an item that went to a job without being on it.
type ExtraLine struct {
	Stock  Stock
	Issued Qty
	Use    Use
}

// A Tally counts a job's lines that are stock.
type Tally struct {
	Lines     int
	Picked    int
	Ready     int
	Short     int
	Unmatched int
}

// A JobSheet is all that the page of a job shows.
type JobSheet struct {
	Job
	Lines    []SheetLine
	Extra    []ExtraLine
	History  []HistoryEntry // newest first, at most 50
	Tally    Tally
	Closeout Closeout // the question what came back
}

// JobSheet returns a job with its materials. It fails with [NotFound].
func (db *DB) JobSheet(ctx context.Context, id JobID) (JobSheet, error) {
	var s JobSheet
	err := db.view(ctx, func(tx *bbolt.Tx) (err error) {
		if s, err = sheetOf(tx, id); err != nil {
			return err
		}
		s.History, err = entries(tx, jobMovements(tx, id), 50)
		return err
	})
	return s, err
}

// Line returns one line with its job; of a kit, its first item. It fails with [NotFound].
func (db *DB) Line(ctx context.Context, id LineID) (SheetLine, JobHead, error) {
	var line SheetLine
	var head JobHead
	err := db.view(ctx, func(tx *bbolt.Tx) error {
		job, _, err := jobOfLine(tx, id)
		if err != nil {
			return err
		}
		sheet, err := sheetOf(tx, job)
		if err != nil {
			return err
		}
		head = sheet.JobHead
		if i := slices.IndexFunc(sheet.Lines, func(l SheetLine) bool { return l.ID == id }); i >= 0 {
			line = sheet.Lines[i]
		}
		return nil
	})
	return line, head, err
}

// sheetOf weighs a job's lines and looks up where each would be taken.
func sheetOf(tx *bbolt.Tx, id JobID) (JobSheet, error) {
	r, err := getJob(tx, id)
	if err != nil {
		return JobSheet{}, err
	}
	s := JobSheet{Job: r.job(id)}
	var weighed []weighedLine
	weighed, s.Tally = weigh(tx, id, r)
	closeout, err := getCloseout(tx, id)
	if err != nil {
		return JobSheet{}, err
	}
	s.Closeout = closeout.closeout()
	uses, err := usesOf(tx, id)
	if err != nil {
		return JobSheet{}, err
	}
	for _, w := range weighed {
		l := SheetLine{ID: w.ID, Name: w.Name, Description: w.Description, Category: w.Category, State: w.State,
			Removed: w.Removed, How: w.How, Kit: w.KitName, Asked: w.Qty, Factor: w.Factor, Required: w.Required, Issued: w.Issued,
			Remaining: w.Remaining, There: w.There, Short: w.Short}
		m, err := storedMatch(tx, w.matchKey())
		if err != nil {
			return JobSheet{}, err
		}
		l.Answered = m.ID
		if w.Item != 0 {
			if l.Stock, err = stockOf(tx, w.Item); err != nil {
				return JobSheet{}, err
			}
			if err := l.findSource(tx, id); err != nil {
				return JobSheet{}, err
			}
			l.Use = uses[PickRef{id, l.ID, w.Item}]
		}
		s.Lines = append(s.Lines, l)
	}
	s.Extra, err = extraOf(tx, id, r, uses)
	return s, err
}

// extraOf returns what went to the job of items that none of its lines is.
func extraOf(tx *bbolt.Tx, id JobID, r jobRecord, uses map[PickRef]Use) ([]ExtraLine, error) {
	mine, out := r.items(), map[ItemID]Qty{}
	var order []ItemID
	for k, v := range withPrefix(tx.Bucket(issuedBucket), idKey(id)) {
		item := secondID[ItemID](k)
		if slices.Contains(mine, item) {
			continue
		}
		if _, seen := out[item]; !seen {
			order = append(order, item)
		}
		out[item] += qtyOf(v)
	}
	var extra []ExtraLine
	for _, item := range order {
		if out[item] == 0 {
			continue
		}
		s, err := stockOf(tx, item)
		if err != nil {
			return nil, err
		}
		extra = append(extra, ExtraLine{Stock: s, Issued: out[item], Use: uses[PickRef{id, 0, item}]})
	}
	return extra, nil
}

// A weighedLine is a line, or one item of its kit, held against the stock.
type weighedLine struct {
	lineRecord
	Item                                      ItemID // 0: none
	Factor                                    Qty
	State                                     LineState
	Required, Issued, Remaining, There, Short Qty
}

// weigh holds a job's lines against the stock: by date the earlier jobs come first, and of one job the upper lines.
// A line that is a kit is weighed item by item.
func weigh(tx *bbolt.Tx, id JobID, r jobRecord) ([]weighedLine, Tally) {
	sc := scales{stock: tx.Bucket(stockBucket), demand: tx.Bucket(demandBucket), booked: tx.Bucket(issuedBucket),
		id: id, r: r, there: map[ItemID]Qty{}, issued: map[ItemID]map[LineID]Qty{}}
	if starts := r.starts(); len(starts) > 0 {
		sc.when = max(starts[0].Unix(), 1)
	}
	var tally Tally
	ws := make([]weighedLine, 0, len(r.Lines))
	for _, l := range r.Lines {
		parts := l.parts()
		if len(parts) == 0 {
			parts = []Part{{}} // it is shown all the same
		}
		for _, p := range parts {
			w := sc.weigh(l, p)
			tally.add(w.State)
			ws = append(ws, w)
		}
	}
	return ws, tally
}

// scales weigh the lines of one job, one after the other. A bucket is opened once for all of them: bbolt searches for it
// each time, and a list has hundreds of lines.
type scales struct {
	stock  *bbolt.Bucket
	demand *bbolt.Bucket
	booked *bbolt.Bucket // issued
	id     JobID
	r      jobRecord
	when   int64                     // as demand has it
	there  map[ItemID]Qty            // what the lines weighed so far leave
	issued map[ItemID]map[LineID]Qty // as issuedByLine shares it
}

// weigh holds one item of a line against the stock; a part of nothing is a line that is no item.
func (sc scales) weigh(l lineRecord, p Part) weighedLine {
	w := weighedLine{lineRecord: l, Item: p.Item, Factor: p.Factor}
	if p.Item == 0 {
		w.State = w.judge()
		return w
	}
	if _, seen := sc.there[p.Item]; !seen {
		sc.there[p.Item] = levelIn(sc.stock, p.Item).OnHand - heldBefore(sc.demand, p.Item, sc.id, sc.when)
		sc.issued[p.Item] = sc.r.issuedByLine(sc.booked, sc.id, p.Item)
	}
	w.Required, w.Issued, w.There = l.required(p.Item), sc.issued[p.Item][l.ID], max(sc.there[p.Item], 0)
	if sc.r.State == JobOpen && w.Required > 0 { // what came back too much makes no demand where there was none
		w.Remaining = max(w.Required-w.Issued, 0)
		w.Short = max(w.Remaining-w.There, 0)
		sc.there[p.Item] -= w.Remaining
	}
	w.State = w.judge()
	return w
}

func (w weighedLine) judge() LineState {
	switch {
	case w.Removed:
		return LineRemoved
	case w.NotStock:
		return LineNotStock
	case w.Item == 0:
		return LineUnmatched
	case w.Required == 0 && w.Issued <= 0:
		return LineNotStock // Jobber asks for none of it
	case w.Issued >= w.Required:
		return LineIssued
	case w.Short > 0:
		return LineShort
	default:
		return LineOpen
	}
}

func (t *Tally) add(s LineState) {
	switch s {
	case LineIssued:
		t.Picked++
	case LineOpen:
		t.Ready++
	case LineShort:
		t.Short++
	case LineUnmatched:
		t.Unmatched++
	default:
		return
	}
	t.Lines++
}
