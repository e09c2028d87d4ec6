package store

import (
	"cmp"
	"context"
	"slices"

	"go.etcd.io/bbolt"
)

// A LoadLine is an item to be moved to a place, and from where.
type LoadLine struct {
	Item  Item
	From  Place
	There Qty       // on hand at From
	Qty   Qty       // in the item's unit
	Pack  Pack      // in which the amount is said; zero: in the item's unit
	Have  Qty       // at the place it goes to
	Par   Qty       // there; 0: none
	At    []Balance // every place that has some, most first, but the one it goes to
}

// A LoadShort is what a place lacks and no shelf has.
type LoadShort struct {
	Item      Item
	Have, Par Qty
	Lacks     Qty
}

// A LoadList is what is to be moved to a place, in one act.
type LoadList struct {
	To      Place
	Lines   []LoadLine // as one walks past them
	Missing []LoadShort
}

// A LoadWant asks for an item on a list; what is zero the store decides.
type LoadWant struct {
	Item ItemID
	From PlaceID
	Qty  Qty  // in the item's unit; 0: one
	Pack Pack // the item's own, in which it was said
}

// RestockList returns what brings a place up to its pars: from the shelf where an item belongs, then from those that have
// most. What no shelf has is missing. It fails with [NotFound].
func (db *DB) RestockList(ctx context.Context, to PlaceID) (LoadList, error) {
	var l LoadList
	err := db.view(ctx, func(tx *bbolt.Tx) (err error) {
		l = LoadList{}
		if l.To, err = getPlace(tx, to); err != nil {
			return err
		}
		for _, item := range underPar(tx, to) {
			it, err := getItem(tx, item)
			if err != nil {
				return err
			}
			if err := l.restock(tx, it); err != nil {
				return err
			}
		}
		return l.walk(tx)
	})
	return l, err
}

// underPar returns the items of which a place has less than its par.
func underPar(tx *bbolt.Tx, place PlaceID) []ItemID {
	var under []ItemID
	for k := range withPrefix(tx.Bucket(parPlace), idKey(place)) {
		item := secondID[ItemID](k)
		if onHandAt(tx, item, place) < parAt(tx, item, place).Par {
			under = append(under, item)
		}
	}
	return under
}

// restock adds what brings it up to its par.
func (l *LoadList) restock(tx *bbolt.Tx, it Item) error {
	have, par := onHandAt(tx, it.ID, l.To.ID), parAt(tx, it.ID, l.To.ID).Par
	at, err := l.sources(tx, it)
	if err != nil {
		return err
	}
	lacks := par - max(have, 0)
	for _, b := range at {
		if b.Place.Kind != KindWarehouse && b.Place.Kind != KindShelf || b.OnHand <= 0 || lacks == 0 {
			continue
		}
		q := min(b.OnHand, lacks)
		lacks -= q
		l.Lines = append(l.Lines, LoadLine{Item: it, From: b.Place, There: b.OnHand, Qty: q, Have: have, Par: par, At: at})
	}
	if lacks > 0 {
		l.Missing = append(l.Missing, LoadShort{Item: it, Have: have, Par: par, Lacks: lacks})
	}
	return nil
}

// sources returns where an item can come from: where it belongs first, then where there is most.
func (l *LoadList) sources(tx *bbolt.Tx, it Item) ([]Balance, error) {
	at, err := balances(tx, it)
	if err != nil {
		return nil, err
	}
	at = slices.DeleteFunc(at, func(b Balance) bool { return b.Place.ID == l.To.ID || b.Place.Archived })
	slices.SortStableFunc(at, func(a, b Balance) int { return cmp.Compare(home(it, b), home(it, a)) })
	return at, nil
}

// home is 1 where it belongs and some of it is, else 0.
func home(it Item, b Balance) int {
	if b.Place.ID == it.Place && b.OnHand > 0 {
		return 1
	}
	return 0
}

// LoadList returns the list of what somebody wants to move to a place. A want of the same item from the same place
// adds to the one before. With no place to go to, that is still to be chosen. It fails with [NotFound].
func (db *DB) LoadList(ctx context.Context, to PlaceID, wants []LoadWant) (LoadList, error) {
	var l LoadList
	err := db.view(ctx, func(tx *bbolt.Tx) (err error) {
		l = LoadList{}
		if to != 0 {
			if l.To, err = getPlace(tx, to); err != nil {
				return err
			}
		}
		for _, w := range wants {
			if err := l.want(tx, w); err != nil {
				return err
			}
		}
		return nil
	})
	return l, err
}

func (l *LoadList) want(tx *bbolt.Tx, w LoadWant) error {
	it, err := getItem(tx, w.Item)
	if err != nil {
		return err
	}
	at, err := l.sources(tx, it)
	if err != nil {
		return err
	}
	if w.From == 0 {
		w.From = it.Place
		if i := slices.IndexFunc(at, func(b Balance) bool { return b.OnHand > 0 }); i >= 0 {
			w.From = at[i].Place.ID
		}
	}
	if w.Qty == 0 {
		w.Qty = one
	}
	for i := range l.Lines {
		if l.Lines[i].Item.ID == w.Item && l.Lines[i].From.ID == w.From {
			line := &l.Lines[i]
			line.Qty = min(line.Qty+w.Qty, maxQty)
			if line.Pack.Holds != 0 && line.Qty%line.Pack.Holds != 0 {
				line.Pack = Pack{}
			}
			return nil
		}
	}
	from, err := getPlace(tx, w.From)
	if err != nil {
		return err
	}
	l.Lines = append(l.Lines, LoadLine{Item: it, From: from, There: onHandAt(tx, it.ID, from.ID), Qty: w.Qty, Pack: w.Pack,
		Have: onHandAt(tx, it.ID, l.To.ID), Par: parAt(tx, it.ID, l.To.ID).Par, At: at})
	return nil
}

// walk sorts the list as one walks past the shelves, then by name.
func (l *LoadList) walk(tx *bbolt.Tx) error {
	ranks, err := walkRanks(tx)
	if err != nil {
		return err
	}
	slices.SortStableFunc(l.Lines, func(a, b LoadLine) int {
		return cmp.Or(cmp.Compare(ranks[a.From.ID], ranks[b.From.ID]), cmp.Compare(fold(a.Item.Name), fold(b.Item.Name)))
	})
	slices.SortStableFunc(l.Missing, func(a, b LoadShort) int { return cmp.Compare(fold(a.Item.Name), fold(b.Item.Name)) })
	return nil
}
