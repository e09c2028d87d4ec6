package store

import (
	"cmp"
	"context"
	"math"
	"slices"

	"go.etcd.io/bbolt"
)

// Places returns every place that is not archived, each followed by what stands in it, as one walks past
// them: by kind, by their turn, then by name.
func (db *DB) Places(ctx context.Context) ([]Place, error) {
	var tree []Place
	err := db.view(ctx, func(tx *bbolt.Tx) (err error) {
		tree, err = placeTree(tx)
		return err
	})
	return tree, err
}

func placeTree(tx *bbolt.Tx) ([]Place, error) {
	all, err := allPlaces(tx)
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(p Place) bool { return p.Archived })
	slices.SortFunc(all, walkBefore)
	inside := map[PlaceID][]Place{}
	for _, p := range all {
		inside[p.Parent] = append(inside[p.Parent], p)
	}
	tree := make([]Place, 0, len(all))
	var add func(parent PlaceID)
	add = func(parent PlaceID) {
		for _, p := range inside[parent] {
			tree = append(tree, p)
			add(p.ID)
		}
	}
	add(0)
	return tree, nil
}

// walkBefore orders places that stand beside each other.
func walkBefore(a, b Place) int {
	turn := func(p Place) int {
		if p.Walk == 0 {
			return math.MaxInt // nobody gave it one
		}
		return p.Walk
	}
	return cmp.Or(cmp.Compare(slices.Index(placeKinds, a.Kind), slices.Index(placeKinds, b.Kind)),
		cmp.Compare(turn(a), turn(b)), cmp.Compare(fold(a.Name), fold(b.Name)))
}

// walkRanks numbers the places in the order of [DB.Places], from 1: lists of what to fetch and what to count
// are sorted by it. A place that is archived has none.
func walkRanks(tx *bbolt.Tx) (map[PlaceID]int, error) {
	tree, err := placeTree(tx)
	ranks := make(map[PlaceID]int, len(tree))
	for i, p := range tree {
		ranks[p.ID] = i + 1
	}
	return ranks, err
}

// WalkPlace gives a place its turn, from 1, among those of its kind that stand beside it; the others make room.
// A turn past the end is the last one. It fails with [NotFound].
func (db *DB) WalkPlace(ctx context.Context, by Actor, id PlaceID, turn int) (Place, error) {
	var p Place
	err := db.update(ctx, func(tx *bbolt.Tx) (err error) {
		if p, err = getPlace(tx, id); err != nil {
			return err
		}
		if p.Archived {
			return Errorf(NotFound, "%s is archived.", p.Name)
		}
		tree, err := placeTree(tx)
		if err != nil {
			return err
		}
		beside := slices.DeleteFunc(tree, func(o Place) bool {
			return o.Parent != p.Parent || o.Kind != p.Kind || o.ID == id
		})
		beside = slices.Insert(beside, min(max(turn, 1)-1, len(beside)), p)
		for i, o := range beside {
			if o.Walk == i+1 {
				continue
			}
			o.Walk = i + 1
			if _, err := putPlace(tx, o); err != nil {
				return err
			}
			if o.ID == id {
				p = o
			}
		}
		return nil
	})
	return p, err
}
