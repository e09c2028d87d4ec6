package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"go.etcd.io/bbolt"
)

// ArchivePlace takes an empty place out of the lists, or brings it back with the places it stands in. Its history
// stays. It fails with [NotFound], and with [Conflict] while something stands or belongs there: the sentence
// says what. The first place of an installation stays, since items belong there unless somebody says otherwise.
func (db *DB) ArchivePlace(ctx context.Context, by Actor, id PlaceID, archived bool) (Place, error) {
	var p Place
	err := db.update(ctx, func(tx *bbolt.Tx) (err error) {
		if p, err = getPlace(tx, id); err != nil || p.Archived == archived {
			return err
		}
		if !archived {
			if err := revivePlace(tx, id); err != nil {
				return err
			}
			if p, err = getPlace(tx, id); err != nil {
				return err
			}
			return emitSpotsAt(tx, p, levelCause{At: db.Now(), Cause: CauseOpening, By: by.Name})
		}
		if err := placeEmpty(tx, p); err != nil {
			return err
		}
		p.Archived, p.Walk = true, 0
		if p, err = putPlace(tx, p); err != nil {
			return err
		}
		for _, name := range [][]byte{countDue, tallyBucket} { // nobody can count there any more
			if err := dropPrefix(tx.Bucket(name), idKey(id)); err != nil {
				return err
			}
		}
		return emitSpotsAt(tx, p, levelCause{At: db.Now(), Cause: CauseOpening, By: by.Name})
	})
	return p, err
}

// placeEmpty fails with [Conflict] when the place cannot be done without.
func placeEmpty(tx *bbolt.Tx, p Place) error {
	if p.ID == firstPlace {
		return Errorf(Conflict, "%s stays: items belong there unless somebody says otherwise.", p.Name)
	}
	all, err := allPlaces(tx)
	if err != nil {
		return err
	}
	for _, other := range all {
		if other.Parent == p.ID && !other.Archived {
			return Errorf(Conflict, "%s stands in %s. Archive it first, or put it somewhere else.", other.Name, p.Name)
		}
	}
	for id := range stockedAt(tx, p.ID) {
		it, err := getItem(tx, id)
		if err != nil {
			return err
		}
		return Errorf(Conflict, "%s still has %s %s of %s. Move it first.", p.Name, minus(onHandAt(tx, id, p.ID)), it.Unit, it.Name)
	}
	return nothingBelongs(tx, p)
}

// nothingBelongs fails with [Conflict] when items have p for their own place, archived ones too: they may come back.
func nothingBelongs(tx *bbolt.Tx, p Place) error {
	var first ItemID
	n := 0
	for k := range withPrefix(tx.Bucket(itemPlace), idKey(p.ID)) {
		if n++; n == 1 {
			first = secondID[ItemID](k)
		}
	}
	if n == 0 {
		return nil
	}
	it, err := getItem(tx, first)
	if err != nil {
		return err
	}
	if n == 1 {
		return Errorf(Conflict, "%s belongs to %s. Give it another place first.", it.Name, p.Name)
	}
	return Errorf(Conflict, "%s and %s belong to %s. Give them another place first.", it.Name, others(n-1), p.Name)
}

func others(n int) string {
	if n == 1 {
		return "1 other item"
	}
	return fmt.Sprintf("%d other items", n)
}

// revivePlace brings an archived place back, and what it stands in.
func revivePlace(tx *bbolt.Tx, id PlaceID) error {
	for id != 0 {
		p, err := getPlace(tx, id)
		if err != nil || !p.Archived {
			return err
		}
		p.Archived = false
		if _, err := putPlace(tx, p); err != nil {
			return err
		}
		id = p.Parent
	}
	return nil
}

// ArchivedPlaces returns the places that were archived, by name.
func (db *DB) ArchivedPlaces(ctx context.Context) ([]Place, error) {
	var all []Place
	err := db.view(ctx, func(tx *bbolt.Tx) (err error) {
		all, err = allPlaces(tx)
		return err
	})
	all = slices.DeleteFunc(all, func(p Place) bool { return !p.Archived })
	slices.SortFunc(all, func(a, b Place) int { return cmp.Compare(fold(a.Name), fold(b.Name)) })
	return all, err
}
