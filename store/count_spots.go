package store

import (
	"context"
	"slices"
	"time"

	"go.etcd.io/bbolt"
)

// countSpots returns what a scope is about, by the walk, then by name.
func countSpots(tx *bbolt.Tx, scope CountScope, now time.Time) ([]CountSpot, error) {
	places, err := scope.places(tx)
	if err != nil {
		return nil, err
	}
	rules, err := countRules(tx)
	if err != nil {
		return nil, err
	}
	groups := make([]spotGroup, len(places))
	for i, p := range places {
		groups[i] = scope.group(tx, p, func(counted int64) bool { return rules.stale(counted, now) })
	}
	names, err := scope.names(tx, groups)
	if err != nil {
		return nil, err
	}
	var spots []CountSpot
	for _, g := range groups {
		items := names.of(g)
		spots = slices.Grow(spots, len(items))
		for _, item := range items {
			spots = append(spots, CountSpot{g.place, item})
		}
	}
	return spots, nil
}

// places returns the places of a scope, as they are walked. It fails with [NotFound].
func (scope CountScope) places(tx *bbolt.Tx) ([]PlaceID, error) {
	tree, err := placeTree(tx)
	if err != nil {
		return nil, err
	}
	var in map[PlaceID]bool // nil: all
	if scope.Place != 0 {
		if _, err := getPlace(tx, scope.Place); err != nil {
			return nil, err
		}
		if in, err = within(tx, scope.Place); err != nil {
			return nil, err
		}
	}
	var places []PlaceID
	for _, p := range tree {
		if in == nil || in[p.ID] {
			places = append(places, p.ID)
		}
	}
	return places, nil
}

// A spotGroup is the items that a count of one place may be about, some more than once.
type spotGroup struct {
	place PlaceID
	known []ItemID // something stands there, was counted or is asked for
	homes []ItemID // belong there or should be there: when they are active, an empty place is worth a look too
}

func (scope CountScope) group(tx *bbolt.Tx, place PlaceID, stale func(counted int64) bool) spotGroup {
	g := spotGroup{place: place, known: itemsAt(tx, countDue, place)}
	if !scope.Due {
		g.known = append(g.known, itemsAt(tx, tallyBucket, place)...)
		g.known = slices.AppendSeq(g.known, stockedAt(tx, place))
	}
	if scope.Stale {
		counted := tx.Bucket(countedBucket)
		g.known = slices.DeleteFunc(g.known, func(item ItemID) bool {
			return !stale(int64(qtyOf(counted.Get(pairKey(item, place)))))
		})
	}
	if !scope.Due && !scope.Stale {
		g.homes = append(itemsAt(tx, itemPlace, place), itemsAt(tx, parPlace, place)...)
	}
	return g
}

// itemsAt returns the items that an index by place and item has for place.
func itemsAt(tx *bbolt.Tx, index []byte, place PlaceID) []ItemID {
	return slices.Collect(lastIDs[ItemID](withPrefix(tx.Bucket(index), idKey(place))))
}

// spotNames are the items of groups by name, first those that are active.
type spotNames struct {
	items  []ItemID
	active uint32   // how many of them
	turn   []uint32 // of each item there is, from 1; 0: it is not in items
}

// names returns the items that a scope may be about of those in groups.
func (scope CountScope) names(tx *bbolt.Tx, groups []spotGroup) (spotNames, error) {
	var all []ItemID
	for _, g := range groups {
		all = append(append(all, g.known...), g.homes...)
	}
	slices.Sort(all)
	all = slices.Compact(all)
	order := activeByName(tx)
	if scope.Category != "" {
		order = categoryByName(tx, scope.Category)
	}
	items, err := order.of(tx, all)
	n := spotNames{active: uint32(len(items))}
	if err == nil && scope.Category == "" {
		var archived []ItemID
		archived, err = archivedByName(tx).of(tx, all)
		items = append(items, archived...)
	}
	n.turn = make([]uint32, newestItem(tx)+1)
	for i, id := range items {
		n.turn[id] = uint32(i + 1)
	}
	n.items = items
	return n, err
}

// of returns the items of a group by name, each once.
func (n spotNames) of(g spotGroup) []ItemID {
	turns := make([]uint32, 0, len(g.known)+len(g.homes))
	add := func(ids []ItemID, most uint32) {
		for _, id := range ids {
			if id < ItemID(len(n.turn)) && n.turn[id] != 0 && n.turn[id] <= most {
				turns = append(turns, n.turn[id])
			}
		}
	}
	add(g.known, uint32(len(n.items)))
	add(g.homes, n.active)
	slices.Sort(turns)
	turns = slices.Compact(turns)
	items := make([]ItemID, len(turns))
	for i, t := range turns {
		items[i] = n.items[t-1]
	}
	return items
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
