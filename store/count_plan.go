package store

import (
	"bytes"
	"context"
	"time"

	"go.etcd.io/bbolt"
)

// CountTodo is what counting asks of people now.
type CountTodo struct {
	Due     int // items that somebody, or the books, asked for
	Open    int // counted and not finished
	Waiting int // differences that wait for a manager
}

func countTodo(tx *bbolt.Tx) (CountTodo, error) {
	todo := CountTodo{Due: countKeys(tx.Bucket(countDue))}
	for k := range withPrefix(tx.Bucket(tallyBucket), nil) {
		t, _, err := tallyAt(tx, secondID[ItemID](k), firstID[PlaceID](k))
		if err != nil {
			return todo, err
		}
		if t.Waits {
			todo.Waiting++
		} else {
			todo.Open++
		}
	}
	return todo, nil
}

// A CountGroup is a place, with what stands in it, or a category, and how its counts stand.
type CountGroup struct {
	Place Place  // ID 0: a category
	Name  string // of the category
	Depth int    // of the place in the tree, from 0
	Spots int    // where something stands
	Stale int    // of these not counted for as long as the rules say
	Due   int    // asked for
	Open  int    // counted and not finished
	Here  int    // of these, at the place itself
	Last  time.Time
}

// A CountPlan is all that can be counted.
type CountPlan struct {
	CountTodo
	Rules      CountRules
	Stale      int
	Places     []CountGroup // as one walks past them
	Categories []CountGroup // by name
}

// CountPlan returns what there is to count.
func (db *DB) CountPlan(ctx context.Context) (CountPlan, error) {
	var plan CountPlan
	err := db.view(ctx, func(tx *bbolt.Tx) (err error) {
		plan = CountPlan{}
		if plan.CountTodo, err = countTodo(tx); err != nil {
			return err
		}
		if plan.Rules, err = countRules(tx); err != nil {
			return err
		}
		return plan.fill(tx, db.Now())
	})
	return plan, err
}

// fill adds up what stands where.
func (plan *CountPlan) fill(tx *bbolt.Tx, now time.Time) error {
	tree, err := placeTree(tx)
	if err != nil {
		return err
	}
	at := map[PlaceID]*CountGroup{}
	plan.Places = make([]CountGroup, len(tree))
	for i, p := range tree {
		plan.Places[i] = CountGroup{Place: p, Name: p.Name}
		at[p.ID] = &plan.Places[i]
		if up := at[p.Parent]; up != nil {
			plan.Places[i].Depth = up.Depth + 1
		}
	}
	var category map[ItemID]int
	plan.Categories, category = categoryGroups(tx)
	c := tx.Bucket(countedBucket).Cursor() // by item and place as the stock is: one walk beside it, and no search for each
	spot, when := c.First()
	for k, q := range onHandIn(tx, nil) {
		if q == 0 {
			continue
		}
		for spot != nil && bytes.Compare(spot, k) < 0 {
			spot, when = c.Next()
		}
		var counted int64
		if bytes.Equal(spot, k) {
			counted = int64(qtyOf(when))
		}
		stale := plan.Rules.stale(counted, now)
		if stale {
			plan.Stale++
		}
		if g := at[secondID[PlaceID](k)]; g != nil {
			g.add(counted, stale)
		}
		if i, ok := category[firstID[ItemID](k)]; ok {
			plan.Categories[i].add(counted, stale)
		}
	}
	for k := range withPrefix(tx.Bucket(countDue), nil) {
		if g := at[firstID[PlaceID](k)]; g != nil {
			g.Due++
		}
	}
	for k := range withPrefix(tx.Bucket(tallyBucket), nil) {
		t, _, err := tallyAt(tx, secondID[ItemID](k), firstID[PlaceID](k))
		if err != nil {
			return err
		}
		if g := at[firstID[PlaceID](k)]; g != nil && !t.Waits {
			g.Open, g.Here = g.Open+1, g.Here+1
		}
	}
	for i := len(plan.Places) - 1; i >= 0; i-- { // what stands in a place is counted with it
		if up := at[plan.Places[i].Place.Parent]; up != nil {
			up.join(plan.Places[i])
		}
	}
	return nil
}

// categoryGroups returns a group for each category, and which of them each item belongs to.
func categoryGroups(tx *bbolt.Tx) (groups []CountGroup, of map[ItemID]int) {
	of = make(map[ItemID]int, tx.Bucket(itemName).Sequence())
	last := ""
	for k, v := range withPrefix(tx.Bucket(itemCategory), nil) {
		if len(groups) == 0 || string(v) != last && fold(string(v)) != fold(last) {
			last = string(v)
			groups = append(groups, CountGroup{Name: last})
		}
		of[lastID[ItemID](k)] = len(groups) - 1
	}
	return groups, of
}

func (g *CountGroup) add(counted int64, stale bool) {
	g.Spots++
	if stale {
		g.Stale++
	}
	if t := time.Unix(counted, 0).UTC(); counted != 0 && t.After(g.Last) {
		g.Last = t
	}
}

// join adds what stands in a place to it.
func (g *CountGroup) join(in CountGroup) {
	g.Spots, g.Stale, g.Due, g.Open = g.Spots+in.Spots, g.Stale+in.Stale, g.Due+in.Due, g.Open+in.Open
	if in.Last.After(g.Last) {
		g.Last = in.Last
	}
}
