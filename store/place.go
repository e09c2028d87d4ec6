package store

import (
	"context"
	"slices"
	"unicode/utf8"

	"go.etcd.io/bbolt"
)

// A PlaceKind says what sort of place it is.
type PlaceKind string

const (
	KindWarehouse PlaceKind = "warehouse"
	KindShelf     PlaceKind = "shelf" // or bin, in a warehouse or in another shelf
	KindTruck     PlaceKind = "truck"
	KindSite      PlaceKind = "site" // where a job is done
)

// placeKinds is the order of kinds in lists.
var placeKinds = []PlaceKind{KindWarehouse, KindShelf, KindTruck, KindSite}

// maxDepth bounds how many places a new one may stand in.
const maxDepth = 9

// A Place is where stock stands. Places form a tree.
type Place struct {
	ID       PlaceID
	Version  uint64
	Kind     PlaceKind
	Name     string
	Parent   PlaceID // zero: none
	Walk     int     // its turn among those of its kind beside it, from 1; 0: after them, by name
	User     UserID  // who answers for it, as a driver for a truck; zero: nobody
	Archived bool    // empty and out of the lists
}

// A PlaceDraft is what a person may say of a place.
type PlaceDraft struct {
	Name   string
	Kind   PlaceKind
	Parent PlaceID
	User   UserID // zero: nobody
}

type placeRecord struct {
	Version  uint64    `json:"version"`
	Kind     PlaceKind `json:"kind"`
	Name     string    `json:"name"`
	Parent   PlaceID   `json:"parent,omitempty"`
	Walk     int       `json:"walk,omitempty"`
	User     UserID    `json:"user,omitempty"`
	Archived bool      `json:"archived,omitempty"`
}

// CreatePlace adds a place. It fails with [Invalid], or with [Conflict] when the name is taken.
func (db *DB) CreatePlace(ctx context.Context, by Actor, d PlaceDraft) (Place, error) {
	var p Place
	err := db.update(ctx, func(tx *bbolt.Tx) (err error) {
		p, err = addPlace(tx, d)
		return err
	})
	return p, err
}

func addPlace(tx *bbolt.Tx, d PlaceDraft) (Place, error) {
	d.Name = oneLine(d.Name)
	if err := checkPlace(tx, 0, d); err != nil {
		return Place{}, err
	}
	id, err := next[PlaceID](tx.Bucket(placeBucket))
	if err != nil {
		return Place{}, err
	}
	return putPlace(tx, Place{ID: id, Version: 1, Kind: d.Kind, Name: d.Name, Parent: d.Parent, User: d.User})
}

// UpdatePlace changes a place. It fails with [Invalid], [NotFound], or with [Conflict] when
// the name is taken or version is not the place's any more.
func (db *DB) UpdatePlace(ctx context.Context, by Actor, id PlaceID, version uint64, d PlaceDraft) (Place, error) {
	d.Name = oneLine(d.Name)
	var p Place
	err := db.update(ctx, func(tx *bbolt.Tx) error {
		old, err := getPlace(tx, id)
		if err != nil {
			return err
		}
		if old.Version != version {
			return Errorf(Conflict, "Someone changed %s meanwhile. Look at it again.", old.Name)
		}
		if err := checkPlace(tx, id, d); err != nil {
			return err
		}
		if err := tx.Bucket(placeName).Delete([]byte(fold(old.Name))); err != nil {
			return err
		}
		p = Place{ID: id, Version: version + 1, Kind: d.Kind, Name: d.Name, Parent: d.Parent, User: d.User,
			Walk: old.Walk, Archived: old.Archived}
		if d.Kind != old.Kind || d.Parent != old.Parent {
			p.Walk = 0 // it stands among others now
		}
		p, err = putPlace(tx, p)
		return err
	})
	return p, err
}

// checkPlace reports what is wrong with a draft for the place id, zero for a new one.
func checkPlace(tx *bbolt.Tx, id PlaceID, d PlaceDraft) error {
	bad := problems{}
	if n := utf8.RuneCountInString(d.Name); n == 0 || n > 60 {
		bad.add("name", "Write a name of 1 to 60 characters.")
	}
	if !slices.Contains(placeKinds, d.Kind) {
		bad.add("kind", "Choose what sort of place it is.")
	}
	for p, steps := d.Parent, 0; p != 0; steps++ {
		up, err := getPlace(tx, p)
		if CodeOf(err) == NotFound {
			bad.add("parent", "There is no such place to stand in.")
			break
		}
		if err != nil {
			return err
		}
		if p == id {
			bad.add("parent", "A place cannot stand in itself.")
			break
		}
		if up.Archived {
			bad.add("parent", "%s is archived. Choose another place.", up.Name)
			break
		}
		if steps == maxDepth {
			bad.add("parent", "Places stand at most %d deep in each other. Choose one further up.", maxDepth)
			break
		}
		p = up.Parent
	}
	if d.User != 0 {
		if _, err := getUser(tx, d.User); CodeOf(err) == NotFound {
			bad.add("user", "There is no such person. Choose one of the list.")
		} else if err != nil {
			return err
		}
	}
	if err := bad.err(); err != nil {
		return err
	}
	if v := tx.Bucket(placeName).Get([]byte(fold(d.Name))); v != nil && firstID[PlaceID](v) != id {
		return &Error{Code: Conflict, Message: "Another place has this name.",
			Fields: map[string]string{"name": quoted(d.Name) + " is taken. Choose another name."}}
	}
	return nil
}

func putPlace(tx *bbolt.Tx, p Place) (Place, error) {
	if err := tx.Bucket(placeName).Put([]byte(fold(p.Name)), idKey(p.ID)); err != nil {
		return Place{}, err
	}
	return p, put(tx.Bucket(placeBucket), idKey(p.ID), placeRecord{p.Version, p.Kind, p.Name, p.Parent, p.Walk, p.User, p.Archived})
}

// Place returns the place named id. It fails with [NotFound].
func (db *DB) Place(ctx context.Context, id PlaceID) (Place, error) {
	var p Place
	err := db.view(ctx, func(tx *bbolt.Tx) (err error) {
		p, err = getPlace(tx, id)
		return err
	})
	return p, err
}

func getPlace(tx *bbolt.Tx, id PlaceID) (Place, error) {
	var r placeRecord
	ok, err := get(tx.Bucket(placeBucket), idKey(id), &r)
	if err != nil {
		return Place{}, err
	}
	if !ok {
		return Place{}, Errorf(NotFound, "There is no place with the number %v.", id)
	}
	return Place{ID: id, Version: r.Version, Kind: r.Kind, Name: r.Name, Parent: r.Parent, Walk: r.Walk, User: r.User,
		Archived: r.Archived}, nil
}

func allPlaces(tx *bbolt.Tx) ([]Place, error) {
	var all []Place
	b := tx.Bucket(placeBucket)
	for k := range withPrefix(b, nil) {
		p, err := getPlace(tx, firstID[PlaceID](k))
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, nil
}

// within returns root and every place that stands in it.
func within(tx *bbolt.Tx, root PlaceID) (map[PlaceID]bool, error) {
	all, err := allPlaces(tx)
	if err != nil {
		return nil, err
	}
	in := map[PlaceID]bool{root: true}
	for grown := true; grown; {
		grown = false
		for _, p := range all {
			if in[p.Parent] && !in[p.ID] {
				in[p.ID], grown = true, true
			}
		}
	}
	return in, nil
}

// A PlaceLevel says how much there is to see at a place.
type PlaceLevel struct {
	Items    int // items with a balance there
	Negative int // of them below zero
}

// PlaceLevels returns what there is at each place itself, without what stands in it.
func (db *DB) PlaceLevels(ctx context.Context) (map[PlaceID]PlaceLevel, error) {
	levels := map[PlaceID]PlaceLevel{}
	err := db.view(ctx, func(tx *bbolt.Tx) error {
		for k, q := range onHandIn(tx, nil) {
			place := secondID[PlaceID](k)
			l := levels[place]
			if q != 0 {
				l.Items++
			}
			if q < 0 {
				l.Negative++
			}
			levels[place] = l
		}
		return nil
	})
	return levels, err
}

// placeTitle returns what to call the end p of a movement.
func placeTitle(tx *bbolt.Tx, p PlaceID) (string, error) {
	if p == 0 || p.Virtual() {
		return p.String(), nil
	}
	place, err := getPlace(tx, p)
	return place.Name, err
}
