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

// A SheetLine is a line of a job with all a person needs to take it.
type SheetLine struct {
	ID          LineID
	Name        string // as Jobber says
	Description string
	Category    Category
	State       LineState
	Removed     bool
	How         string // why it is this item, or not stock
	Asked       Qty    // Jobber's quantity
	Stock       Stock  // the item; ID 0 while it is none
	Required    Qty    // in the item's unit, as all below
	Issued      Qty    // less what came back
	Remaining   Qty    // still to be taken, never below 0
	There       Qty    // on hand, less what earlier jobs and lines above need; never below 0
	Short       Qty    // remaining that is not there
	Source      Balance
}

// An ExtraLine is an item that went to a job without being on it.
type ExtraLine struct {
	Stock  Stock
	Issued Qty
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
	Lines   []SheetLine
	Extra   []ExtraLine
	History []HistoryEntry // newest first, at most 50
	Tally   Tally
}

// JobSheet returns a job with its materials. It fails with [NotFound].
func (db *DB) JobSheet(ctx context.Context, id JobID) (JobSheet, error) {
	var s JobSheet
	err := db.view(ctx, func(tx *bbolt.Tx) (err error) {
		if s, err = sheetOf(tx, id); err != nil {
			return err
		}
		s.History, err = entries(tx, backFrom(tx.Bucket(movementJob), idKey(id), idKey(id+1)), 50)
		return err
	})
	return s, err
}

// Line returns one line with its job. It fails with [NotFound].
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
	weighed, tally, err := weigh(tx, id, r)
	if err != nil {
		return JobSheet{}, err
	}
	s.Tally = tally
	for _, w := range weighed {
		l := SheetLine{ID: w.ID, Name: w.Name, Description: w.Description, Category: w.Category, State: w.State,
			Removed: w.Removed, How: w.How, Asked: w.Qty, Required: w.Required, Issued: w.Issued,
			Remaining: w.Remaining, There: w.There, Short: w.Short}
		if w.Item.ID != 0 {
			if l.Stock, err = stockOf(tx, w.Item.ID); err != nil {
				return JobSheet{}, err
			}
			from, err := sourceOf(tx, w.Item, w.Remaining)
			if err != nil {
				return JobSheet{}, err
			}
			i := slices.IndexFunc(l.Stock.At, func(b Balance) bool { return b.Place.ID == from })
			l.Source = l.Stock.At[max(i, 0)]
		}
		s.Lines = append(s.Lines, l)
	}
	s.Extra, err = extraOf(tx, id, r)
	return s, err
}

// extraOf returns what went to the job of items that none of its lines is.
func extraOf(tx *bbolt.Tx, id JobID, r jobRecord) ([]ExtraLine, error) {
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
		extra = append(extra, ExtraLine{Stock: s, Issued: out[item]})
	}
	return extra, nil
}

// A weighedLine is a line held against the stock.
type weighedLine struct {
	lineRecord
	Item                                      Item
	State                                     LineState
	Required, Issued, Remaining, There, Short Qty
}

// weigh holds a job's lines against the stock: by date the earlier jobs come first, and of one job the upper lines.
func weigh(tx *bbolt.Tx, id JobID, r jobRecord) ([]weighedLine, Tally, error) {
	var when int64
	if starts := r.starts(); len(starts) > 0 {
		when = max(starts[0].Unix(), 1)
	}
	there, issued := map[ItemID]Qty{}, map[ItemID]map[LineID]Qty{}
	var tally Tally
	ws := make([]weighedLine, 0, len(r.Lines))
	for _, l := range r.Lines {
		w := weighedLine{lineRecord: l}
		if l.Item != 0 {
			it, err := getItem(tx, l.Item)
			if err != nil {
				return nil, tally, err
			}
			if _, seen := there[l.Item]; !seen {
				there[l.Item] = levelOf(tx, l.Item).OnHand - heldBefore(tx, l.Item, id, when)
				issued[l.Item] = r.issuedByLine(tx, id, l.Item)
			}
			w.Item, w.Required, w.Issued = it, l.required(), issued[l.Item][l.ID]
			w.There = max(there[l.Item], 0)
			if r.State == JobOpen {
				w.Remaining = max(w.Required-w.Issued, 0)
				w.Short = max(w.Remaining-w.There, 0)
				there[l.Item] -= w.Remaining
			}
		}
		w.State = w.judge()
		tally.add(w.State)
		ws = append(ws, w)
	}
	return ws, tally, nil
}

func (w weighedLine) judge() LineState {
	switch {
	case w.Removed:
		return LineRemoved
	case w.NotStock:
		return LineNotStock
	case w.Item.ID == 0:
		return LineUnmatched
	case w.Required == 0 && w.Issued == 0:
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
