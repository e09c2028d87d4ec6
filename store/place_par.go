package store

import (
	"context"
	"time"

	"go.etcd.io/bbolt"
)

// A PlacePar says how much of an item there should be at one place.
type PlacePar struct {
	Item    ItemID
	Place   PlaceID
	Minimum Qty  // it is low there below this; 0: none
	Par     Qty  // a restock brings it up to this; 0: none
	Home    bool // with [DB.SetPlacePar]: the item belongs there from now on
}

// SetPlacePar sets minimum and par of an item at a place; both 0 forget them. With Home the place becomes the item's own.
// It fails with [Invalid] and [NotFound].
func (db *DB) SetPlacePar(ctx context.Context, by Actor, p PlacePar) error {
	bad := problems{}
	if p.Minimum < 0 || p.Minimum > maxQty {
		bad.add("minimum", "A minimum is 0 or more.")
	}
	if p.Par < 0 || p.Par > maxQty {
		bad.add("par", "Par is 0 or more.")
	}
	if p.Par > 0 && p.Par < p.Minimum {
		bad.add("par", "Par is the level to restock up to: at least the minimum of %v.", p.Minimum)
	}
	if err := bad.err(); err != nil {
		return err
	}
	return db.update(ctx, func(tx *bbolt.Tx) error {
		it, err := getItem(tx, p.Item)
		if err != nil {
			return err
		}
		place, err := getPlace(tx, p.Place)
		if err != nil {
			return err
		}
		if p.Home && it.Place != p.Place {
			d := draftOf(it)
			d.Place = p.Place
			if _, err := db.saveItem(tx, by, it, d, it.Archived); err != nil {
				return err
			}
		}
		if err := db.auditPar(tx, by, it, p); err != nil {
			return err
		}
		was := parAt(tx, p.Item, p.Place).Minimum
		if err := putPar(tx, p); err != nil || was == p.Minimum {
			return err
		}
		why := levelCause{At: db.Now(), Cause: CauseOpening, By: by.Name}
		return emitSpot(tx, it, place, onHandAt(tx, it.ID, place.ID), p.Minimum, why)
	})
}

// auditPar notes that minimum or par of an item at a place are to be p's.
func (db *DB) auditPar(tx *bbolt.Tx, by Actor, it Item, p PlacePar) error {
	place, err := getPlace(tx, p.Place)
	if err != nil {
		return err
	}
	old := parAt(tx, p.Item, p.Place)
	changes := changed([3]string{"minimum", old.Minimum.String(), p.Minimum.String()}, [3]string{"par", old.Par.String(), p.Par.String()})
	if len(changes) == 0 {
		return nil
	}
	return db.audit(tx, AuditEntry{By: by, Kind: AuditItem, What: "changed " + it.SKU + " at " + place.Name, About: itemPage(it.ID), Changes: changes})
}

// putPar writes p, or forgets it when it asks for nothing.
func putPar(tx *bbolt.Tx, p PlacePar) error {
	key, turned := pairKey(p.Item, p.Place), pairKey(p.Place, p.Item)
	if p.Minimum == 0 && p.Par == 0 {
		if err := tx.Bucket(parBucket).Delete(key); err != nil {
			return err
		}
		return tx.Bucket(parPlace).Delete(turned)
	}
	if err := tx.Bucket(parBucket).Put(key, ints(int64(p.Minimum), int64(p.Par))); err != nil {
		return err
	}
	return tx.Bucket(parPlace).Put(turned, nil)
}

// parAt returns minimum and par of an item at a place.
func parAt(tx *bbolt.Tx, item ItemID, place PlaceID) PlacePar {
	p := PlacePar{Item: item, Place: place}
	intsOf(tx.Bucket(parBucket).Get(pairKey(item, place)), (*int64)(&p.Minimum), (*int64)(&p.Par))
	return p
}

// A Spot is an item at one place: what stands there, what should, and when it was last counted.
type Spot struct {
	Place        Place
	OnHand       Qty
	Minimum, Par Qty       // at this place; 0: none
	Counted      time.Time // zero: never
	Home         bool      // the item belongs there
}

// Low reports whether there is less than the place's minimum.
func (s Spot) Low() bool { return s.Minimum > 0 && s.OnHand < s.Minimum }

// spotsOf returns the places of an item: where it stands, most first, and then those that should have some.
func spotsOf(tx *bbolt.Tx, s Stock) ([]Spot, error) {
	var spots []Spot
	seen := map[PlaceID]bool{}
	add := func(p Place) {
		par := parAt(tx, s.ID, p.ID)
		spot := Spot{Place: p, OnHand: onHandAt(tx, s.ID, p.ID), Minimum: par.Minimum, Par: par.Par, Home: p.ID == s.Item.Place}
		if v := tx.Bucket(countedBucket).Get(pairKey(s.ID, p.ID)); v != nil {
			spot.Counted = time.Unix(int64(qtyOf(v)), 0).UTC()
		}
		spots = append(spots, spot)
		seen[p.ID] = true
	}
	for _, b := range s.At {
		add(b.Place)
	}
	for k := range withPrefix(tx.Bucket(parBucket), idKey(s.ID)) {
		id := secondID[PlaceID](k)
		if seen[id] {
			continue
		}
		p, err := getPlace(tx, id)
		if err != nil {
			return nil, err
		}
		if !p.Archived {
			add(p)
		}
	}
	return spots, nil
}

// A PlaceRow is an item at a place, or at what stands in it.
type PlaceRow struct {
	Item Item
	Spot
	Why string // it is asked to be counted; a sentence without its full stop
}

// A PlaceAsk says which part of a place to show.
type PlaceAsk struct {
	Place PlaceID
	Found []ItemID // only these, when Find is set
	Find  bool
	Page  int // from 1
	Size  int // rows a page; 0 means 25
}

// A PlaceSheet is what stands at a place and in it, what belongs there, and what should be there.
type PlaceSheet struct {
	Place Place
	Rows  []PlaceRow // of one page; as one walks past them, then by name
	Total int
	Under int // items under the par of the place itself
	Page  int
	Pages int // at least 1
}

// PlaceSheet returns a page of what is at a place. It fails with [NotFound].
func (db *DB) PlaceSheet(ctx context.Context, ask PlaceAsk) (PlaceSheet, error) {
	var s PlaceSheet
	err := db.view(ctx, func(tx *bbolt.Tx) (err error) {
		s = PlaceSheet{}
		if s.Place, err = getPlace(tx, ask.Place); err != nil {
			return err
		}
		s.Under = len(underPar(tx, ask.Place))
		spots, err := countSpots(tx, CountScope{Place: ask.Place}, db.Now())
		if err != nil {
			return err
		}
		if ask.Find {
			spots = onlyItems(spots, ask.Found)
		}
		s.Total = len(spots)
		from, to := pageOf(ask.Page, ask.Size, len(spots), &s.Page, &s.Pages)
		for _, at := range spots[from:to] {
			l, err := countLine(tx, at)
			if err != nil {
				return err
			}
			par := parAt(tx, at.Item, at.Place)
			s.Rows = append(s.Rows, PlaceRow{Item: l.Item, Why: l.Why, Spot: Spot{Place: l.Place, OnHand: l.Books, Minimum: par.Minimum,
				Par: par.Par, Counted: l.Counted, Home: l.Item.Place == at.Place}})
		}
		return nil
	})
	return s, err
}

func onlyItems(spots []CountSpot, found []ItemID) []CountSpot {
	wanted := map[ItemID]bool{}
	for _, id := range found {
		wanted[id] = true
	}
	var only []CountSpot
	for _, at := range spots {
		if wanted[at.Item] {
			only = append(only, at)
		}
	}
	return only
}
