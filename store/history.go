package store

import (
	"cmp"
	"context"
	"iter"
	"slices"
	"time"

	"go.etcd.io/bbolt"
)

// A HistoryEntry is a movement with all that a page says of it.
type HistoryEntry struct {
	Movement
	ItemName, SKU, Unit string
	FromName, ToName    string // places' names; virtual ends by theirs
	JobNumber           int
	UndoneBy            MovementID // zero: it stands
	UndoneAt            time.Time
	UndoneWho           string
	Undoable            bool
	Together            int // entries of its act that stand, this one among them; counted up to [MostTogether]
}

// MostTogether is how many entries of an act are counted: an import has thousands, and each row of a history asks.
const MostTogether = 100

// An ItemSheet is all that the page of an item shows.
type ItemSheet struct {
	Stock
	Spots   []Spot // where it stands, most first, then where some should be
	Needs   []Need
	History []HistoryEntry // newest first
	More    bool           // there are older entries
	Mute    Mute           // why nobody needs to hear that it is low
}

// A Need is an open job that needs an item.
type Need struct {
	Job                         JobHead
	Required, Issued, Remaining Qty
	Left                        Qty // on hand after this job and those before it; below 0 is short
}

// ItemSheet returns an item with the jobs that need it, by date, and a page of 20 entries of its history:
// the newest, or those older than before. It fails with [NotFound].
func (db *DB) ItemSheet(ctx context.Context, id ItemID, before MovementID) (ItemSheet, error) {
	const page = 20
	var s ItemSheet
	err := db.view(ctx, func(tx *bbolt.Tx) (err error) {
		if s.Stock, err = stockOf(tx, id); err != nil {
			return err
		}
		if s.Spots, err = spotsOf(tx, s.Stock); err != nil {
			return err
		}
		if s.Needs, err = needsOf(tx, s.Stock); err != nil {
			return err
		}
		if s.Mute, err = muteOf(tx, id); err != nil {
			return err
		}
		s.History, err = entries(tx, movementsOf(tx, id, before), page+1)
		if len(s.History) > page {
			s.History, s.More = s.History[:page], true
		}
		return err
	})
	return s, err
}

// needsOf returns the open jobs that still need an item: by date, then those without one.
func needsOf(tx *bbolt.Tx, s Stock) ([]Need, error) {
	var dated, undated []Need
	for k, v := range withPrefix(tx.Bucket(demandBucket), idKey(s.ID)) {
		d := demandOf(v)
		if d.remaining() == 0 {
			continue
		}
		id := secondID[JobID](k)
		r, err := getJob(tx, id)
		if err != nil {
			return nil, err
		}
		n := Need{Job: r.head(id), Required: d.Required, Issued: d.Issued, Remaining: d.remaining()}
		if d.When == 0 {
			undated = append(undated, n)
		} else {
			dated = append(dated, n)
		}
	}
	sortNeeds(dated)
	all := append(dated, undated...)
	left := s.Level.OnHand
	for i := range all {
		left -= all[i].Remaining
		all[i].Left = left
	}
	return all, nil
}

// History returns up to limit movements of all items, newest first, older than before (0: the newest),
// and whether there are older ones still.
func (db *DB) History(ctx context.Context, before MovementID, limit int) ([]HistoryEntry, bool, error) {
	var all []HistoryEntry
	err := db.view(ctx, func(tx *bbolt.Tx) (err error) {
		all, err = entries(tx, allMovements(tx, before), limit+1)
		return err
	})
	if len(all) > limit {
		return all[:limit], true, err
	}
	return all, false, err
}

// LastActs returns the newest movements, newest first.
func (db *DB) LastActs(ctx context.Context, limit int) ([]HistoryEntry, error) {
	all, _, err := db.History(ctx, 0, limit)
	return all, err
}

// entries reads up to limit of the movements.
func entries(tx *bbolt.Tx, movements iter.Seq[MovementID], limit int) ([]HistoryEntry, error) {
	var all []HistoryEntry
	for id := range movements {
		if len(all) == limit {
			break
		}
		e, err := entryOf(tx, id)
		if err != nil {
			return nil, err
		}
		all = append(all, e)
	}
	return all, nil
}

func entryOf(tx *bbolt.Tx, id MovementID) (HistoryEntry, error) {
	m, err := getMovement(tx, id)
	if err != nil {
		return HistoryEntry{}, err
	}
	e := HistoryEntry{Movement: m, Undoable: m.Reverses == 0}
	it, err := getItem(tx, m.Item)
	if err != nil {
		return e, err
	}
	e.ItemName, e.SKU, e.Unit = it.Name, it.SKU, it.Unit
	if e.FromName, err = placeTitle(tx, m.From); err != nil {
		return e, err
	}
	if e.ToName, err = placeTitle(tx, m.To); err != nil {
		return e, err
	}
	if m.Job != 0 {
		r, err := getJob(tx, m.Job)
		if err != nil {
			return e, err
		}
		e.JobNumber = r.Number
	}
	if e.Undoable {
		if e.Together, err = standingOf(tx, m); err != nil {
			return e, err
		}
	}
	if v := tx.Bucket(movementUndone).Get(idKey(id)); v != nil {
		back, err := getMovement(tx, firstID[MovementID](v))
		if err != nil {
			return e, err
		}
		e.UndoneBy, e.UndoneAt, e.UndoneWho, e.Undoable = back.ID, back.At, back.By.Name, false
	}
	return e, nil
}

// sortNeeds sorts by date, then by number here.
func sortNeeds(ns []Need) {
	slices.SortFunc(ns, func(a, b Need) int {
		return cmp.Or(a.Job.StartAt.Compare(b.Job.StartAt), cmp.Compare(a.Job.ID, b.Job.ID))
	})
}

// standingOf counts what stands of the act that booked m, up to [MostTogether].
func standingOf(tx *bbolt.Tx, m Movement) (int, error) {
	act, err := actOf(tx, m)
	undone, n := tx.Bucket(movementUndone), 0
	for id := range act.all() {
		if undone.Get(idKey(id)) == nil {
			n++
		}
		if n == MostTogether {
			break
		}
	}
	return n, err
}
