package store

import (
	"context"
	"slices"
	"time"

	"go.etcd.io/bbolt"
)

// A CountScope says what a count is about: what fits all that is set. The zero scope is everything.
type CountScope struct {
	Place    PlaceID // and what stands in it
	Category string
	Stale    bool // not counted for as long as the rules say
	Due      bool // what somebody asked for
}

// A CountSpot is an item at a place.
type CountSpot struct {
	Place PlaceID
	Item  ItemID
}

// A CountLine is an item to be counted at a place.
type CountLine struct {
	Item    Item
	Place   Place
	Books   Qty
	Counted time.Time // last; zero: never
	Why     string    // it was asked for; a sentence without its full stop
	Done    bool      // Tally holds what was counted
	Tally   CountTally
}

// A CountAsk says which part of a count to show.
type CountAsk struct {
	Scope CountScope
	Page  int       // from 1; 0: the one that the current line is on
	At    CountSpot // the current line; zero: the first that is to be counted
	Next  bool      // the one to be counted after At instead
}

// A CountSheet is a count as it stands.
type CountSheet struct {
	Lines   []CountLine // of one page; by the walk, then by name
	Total   int
	Left    int // still to be counted
	Open    int // counted and not finished
	Differ  int // of these, not as the books say
	Waiting int // finished, and waiting for a manager
	Page    int
	Pages   int        // at least 1
	Current CountLine  // the line to count now; Item.ID 0: none
	Seen    MovementID // the newest movement; a [CountAnswer] carries it
}

// countPage is how many lines a page of a count has.
const countPage = 40

// CountSheet returns a count as it stands. It fails with [NotFound] for a place that is not there.
func (db *DB) CountSheet(ctx context.Context, ask CountAsk) (CountSheet, error) {
	var s CountSheet
	err := db.view(ctx, func(tx *bbolt.Tx) (err error) {
		s, err = countSheet(tx, ask, db.Now())
		return err
	})
	return s, err
}

func countSheet(tx *bbolt.Tx, ask CountAsk, now time.Time) (CountSheet, error) {
	s := CountSheet{Seen: newestMovement(tx)}
	spots, err := countSpots(tx, ask.Scope, now)
	if err != nil {
		return s, err
	}
	tallies, err := allTallies(tx)
	if err != nil {
		return s, err
	}
	var todo []int
	for i, at := range spots {
		t, done := tallies[at]
		switch {
		case !done:
			todo = append(todo, i)
		case t.Waits:
			s.Waiting++
		default:
			s.Open++
			if t.Counted != t.Was {
				s.Differ++
			}
		}
	}
	s.Left = len(todo)
	line := currentSpot(spots, todo, ask)
	page := ask.Page
	if page == 0 && line >= 0 {
		page = line/countPage + 1
	}
	from, to := pageOf(page, countPage, len(spots), &s.Page, &s.Pages)
	s.Total = len(spots)
	for _, at := range spots[from:to] {
		l, err := countLine(tx, at)
		if err != nil {
			return s, err
		}
		s.Lines = append(s.Lines, l)
	}
	switch {
	case line >= 0:
		s.Current, err = countLine(tx, spots[line])
	case ask.At.Item != 0 && !ask.Next: // found on the shelf, and the books know nothing of it there
		s.Current, err = countLine(tx, ask.At)
	}
	return s, err
}

// currentSpot is which of spots to count now; -1: none of them. todo are those not counted yet.
func currentSpot(spots []CountSpot, todo []int, ask CountAsk) int {
	at := slices.Index(spots, ask.At)
	switch {
	case at >= 0 && !ask.Next:
		return at
	case ask.At.Item != 0 && !ask.Next:
		return -1
	case len(todo) == 0:
		return -1
	}
	if i, _ := slices.BinarySearch(todo, at+1); i < len(todo) {
		return todo[i]
	}
	return todo[0] // what was skipped before
}

// countLine looks up one line.
func countLine(tx *bbolt.Tx, at CountSpot) (CountLine, error) {
	l := CountLine{Books: onHandAt(tx, at.Item, at.Place)}
	var err error
	if l.Item, err = getItem(tx, at.Item); err != nil {
		return l, err
	}
	if l.Place, err = getPlace(tx, at.Place); err != nil {
		return l, err
	}
	if v := tx.Bucket(countedBucket).Get(pairKey(at.Item, at.Place)); v != nil {
		l.Counted = time.Unix(int64(qtyOf(v)), 0).UTC()
	}
	why, err := dueOf(tx, at.Item, at.Place)
	if err != nil {
		return l, err
	}
	l.Why = why.Why
	t, done, err := tallyAt(tx, at.Item, at.Place)
	l.Done, l.Tally = done, t.tally()
	return l, err
}
