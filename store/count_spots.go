package store

import (
	"cmp"
	"context"
	"slices"
	"time"

	"go.etcd.io/bbolt"
)

// countSpots returns what a scope is about, by the walk, then by name.
func countSpots(tx *bbolt.Tx, scope CountScope, now time.Time) ([]CountSpot, error) {
	ranks, err := walkRanks(tx)
	if err != nil {
		return nil, err
	}
	places := ranks
	if scope.Place != 0 {
		if _, err := getPlace(tx, scope.Place); err != nil {
			return nil, err
		}
		in, err := within(tx, scope.Place)
		if err != nil {
			return nil, err
		}
		places = map[PlaceID]int{}
		for p := range in {
			if ranks[p] != 0 {
				places[p] = ranks[p]
			}
		}
	}
	names, active := scope.items(tx)
	rules, err := countRules(tx)
	if err != nil {
		return nil, err
	}
	spots := map[CountSpot]bool{}
	add := func(at CountSpot) {
		if places[at.Place] == 0 || names[at.Item] == 0 {
			return
		}
		if scope.Due && tx.Bucket(countDue).Get(pairKey(at.Place, at.Item)) == nil {
			return
		}
		if counted := int64(qtyOf(tx.Bucket(countedBucket).Get(pairKey(at.Item, at.Place)))); scope.Stale && !rules.stale(counted, now) {
			return
		}
		spots[at] = true
	}
	eachSpot(tx, scope, add)
	if !scope.Due && !scope.Stale {
		eachHome(tx, names, active, add)
	}
	return inOrder(spots, places, names), nil
}

// inOrder sorts spots by the ranks of their places, then of their items.
func inOrder(spots map[CountSpot]bool, places map[PlaceID]int, names map[ItemID]int) []CountSpot {
	type ranked struct {
		place, item int
		spot        CountSpot
	}
	all := make([]ranked, 0, len(spots))
	for at := range spots {
		all = append(all, ranked{places[at.Place], names[at.Item], at})
	}
	slices.SortFunc(all, func(a, b ranked) int { return cmp.Or(cmp.Compare(a.place, b.place), cmp.Compare(a.item, b.item)) })
	sorted := make([]CountSpot, len(all))
	for i, r := range all {
		sorted[i] = r.spot
	}
	return sorted
}

// items numbers the items that a scope may be about, by name, from 1: first those that are active.
func (scope CountScope) items(tx *bbolt.Tx) (names map[ItemID]int, active int) {
	names = map[ItemID]int{}
	if scope.Category != "" {
		for id := range keysOf(tx.Bucket(itemCategory), append([]byte(fold(scope.Category)), 0)) {
			names[id] = len(names) + 1
		}
		return names, len(names)
	}
	for id := range keysOf(tx.Bucket(itemName), nil) {
		names[id] = len(names) + 1
	}
	active = len(names)
	for id := range keysOf(tx.Bucket(itemArchived), nil) {
		names[id] = len(names) + 1
	}
	return names, active
}

// eachSpot yields, some more than once, the spots where something stands, was counted or is asked for.
func eachSpot(tx *bbolt.Tx, scope CountScope, yield func(CountSpot)) {
	for _, name := range [][]byte{tallyBucket, countDue} {
		for k := range withPrefix(tx.Bucket(name), nil) {
			yield(CountSpot{firstID[PlaceID](k), secondID[ItemID](k)})
		}
	}
	if scope.Due {
		return
	}
	for k, q := range onHandIn(tx, nil) {
		if q != 0 {
			yield(CountSpot{secondID[PlaceID](k), firstID[ItemID](k)})
		}
	}
}

// eachHome yields where active items belong or should be: an empty place is worth a look too.
func eachHome(tx *bbolt.Tx, names map[ItemID]int, active int, yield func(CountSpot)) {
	for _, name := range [][]byte{itemPlace, parPlace} {
		for k := range withPrefix(tx.Bucket(name), nil) {
			if item := secondID[ItemID](k); names[item] <= active {
				yield(CountSpot{firstID[PlaceID](k), item})
			}
		}
	}
}

// openTallies returns what was counted in a scope and not finished.
func openTallies(tx *bbolt.Tx, scope CountScope, now time.Time) ([]CountSpot, error) {
	tallies, err := allTallies(tx)
	if err != nil {
		return nil, err
	}
	spots, err := countSpots(tx, scope, now)
	var open []CountSpot
	for _, at := range spots {
		if t, ok := tallies[at]; ok && !t.Waits {
			open = append(open, at)
		}
	}
	return open, err
}

// FindCountSpot returns where an item is to be counted: its line in the scope that is not counted yet, else its first line
// there, else the scope's place itself. It fails with [NotFound] when the scope has no line and no place for it.
func (db *DB) FindCountSpot(ctx context.Context, scope CountScope, item ItemID) (CountSpot, error) {
	var found CountSpot
	err := db.view(ctx, func(tx *bbolt.Tx) error {
		found = CountSpot{}
		it, err := getItem(tx, item)
		if err != nil {
			return err
		}
		spots, err := countSpots(tx, scope, db.Now())
		if err != nil {
			return err
		}
		for _, at := range spots {
			if at.Item != item {
				continue
			}
			_, done, err := tallyAt(tx, at.Item, at.Place)
			if err != nil {
				return err
			}
			if !done {
				found = at
				return nil
			}
			if found.Item == 0 {
				found = at
			}
		}
		if found.Item == 0 {
			found = CountSpot{scope.Place, item}
		}
		if found.Place == 0 {
			return Errorf(NotFound, "%s is not in this count. Count its shelf.", it.Name)
		}
		return nil
	})
	return found, err
}
