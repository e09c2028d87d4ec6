package store

import (
	"cmp"
	"slices"

	"go.etcd.io/bbolt"
)

// A SourceRule says why a line is taken from its place.
type SourceRule string

const (
	SourceHome   SourceRule = "home"   // the item's default place
	SourceMost   SourceRule = "most"   // the place that has most
	SourceHeld   SourceRule = "held"   // it was set aside there for the job
	SourceChosen SourceRule = "chosen" // somebody chose it on the pick list
)

// sourceOf chooses where to take qty of an item: its default place when that has enough, else the
// warehouse or shelf that has most, else the truck or site that has most, else the default place.
// What is set aside for jobs is not there to be taken.
func sourceOf(tx *bbolt.Tx, it Item, qty Qty) (PlaceID, SourceRule, error) {
	held, err := heldByPlace(tx, it.ID)
	if err != nil {
		return 0, "", err
	}
	if onHandAt(tx, it.ID, it.Place)-held[it.Place] >= max(qty, 1) {
		return it.Place, SourceHome, nil
	}
	best, most, bestFixed := it.Place, Qty(0), false
	for k, q := range onHandIn(tx, idKey(it.ID)) {
		q -= held[secondID[PlaceID](k)]
		if q <= 0 {
			continue
		}
		p, err := getPlace(tx, secondID[PlaceID](k))
		if err != nil {
			return 0, "", err
		}
		fixed := p.Kind == KindWarehouse || p.Kind == KindShelf
		if fixed && !bestFixed || fixed == bestFixed && q > most {
			best, most, bestFixed = p.ID, q, fixed
		}
	}
	if best == it.Place {
		return best, SourceHome, nil
	}
	return best, SourceMost, nil
}

// sourceFor chooses where to take qty of an item for a job's line: where it was set aside for it, else the
// place somebody chose, else as sourceOf does. Job 0 is none.
func sourceFor(tx *bbolt.Tx, it Item, qty Qty, job JobID, line LineID) (PlaceID, SourceRule, error) {
	if job == 0 {
		return sourceOf(tx, it, qty)
	}
	held, err := heldFor(tx, it.ID, job, line)
	if err != nil {
		return 0, "", err
	}
	if len(held) > 0 && held[0].OnHand >= qty {
		return held[0].Place.ID, SourceHeld, nil
	}
	return chosenSource(tx, PickRef{job, line, it.ID}, it, qty)
}

// chosenSource is the place somebody chose for a line, as long as it is in use, else what sourceOf chooses.
func chosenSource(tx *bbolt.Tx, ref PickRef, it Item, qty Qty) (PlaceID, SourceRule, error) {
	r, err := getPick(tx, ref.Job, ref.Line, ref.Item)
	if err != nil {
		return 0, "", err
	}
	if r.From != 0 {
		p, err := getPlace(tx, r.From)
		if err != nil {
			return 0, "", err
		}
		if !p.Archived {
			return r.From, SourceChosen, nil
		}
	}
	return sourceOf(tx, it, qty)
}

// findSource says where the line is taken from, and what is set aside for it.
func (l *SheetLine) findSource(tx *bbolt.Tx, job JobID) error {
	var err error
	if l.Held, err = heldFor(tx, l.Stock.ID, job, l.ID); err != nil {
		return err
	}
	if l.ToPick() == 0 && len(l.Held) > 0 {
		l.Source, l.Rule = l.Held[0], SourceHeld
		return nil
	}
	from, rule, err := chosenSource(tx, PickRef{job, l.ID, l.Stock.ID}, l.Stock.Item, l.ToPick())
	if err != nil {
		return err
	}
	p, err := getPlace(tx, from)
	l.Source, l.Rule = Balance{Place: p, OnHand: onHandAt(tx, l.Stock.ID, from)}, rule
	return err
}

// heldKey names what is set aside of an item at a place for a job's line.
func heldKey(item ItemID, place PlaceID, job JobID, line LineID) []byte {
	return append(pairKey(item, place), pairKey(job, line)...)
}

// heldChange is what m does to what is set aside: the place, and how much comes or goes. An undo does the reverse.
func (m Movement) heldChange() (PlaceID, Qty) {
	switch {
	case m.Job == 0 || m.Held == 0:
		return 0, 0
	case (m.Kind == Transfer) == (m.Reverses == 0):
		return m.To, m.Held
	}
	return m.From, -m.Held
}

// addHeld books what m sets aside for its job, or takes of it.
func addHeld(tx *bbolt.Tx, m Movement) error {
	place, q := m.heldChange()
	if q == 0 {
		return nil
	}
	b, k := tx.Bucket(heldBucket), heldKey(m.Item, place, m.Job, m.Line)
	return b.Put(k, ints(int64(qtyOf(b.Get(k))+q)))
}

// holds says how much of m goes to what is set aside, or comes from it. It is asked before m is booked.
func (m Movement) holds(tx *bbolt.Tx) Qty {
	switch {
	case m.Job == 0:
		return 0
	case m.Kind == Transfer:
		return m.Qty
	case m.Kind == Issue:
		return min(m.Qty, max(qtyOf(tx.Bucket(heldBucket).Get(heldKey(m.Item, m.From, m.Job, m.Line))), 0))
	}
	return 0
}

// heldFor returns what is set aside of an item for a job's line, most first. What was carried off without a
// word is not there any more, whatever was set aside.
func heldFor(tx *bbolt.Tx, item ItemID, job JobID, line LineID) ([]Balance, error) {
	var all []Balance
	for k, v := range withPrefix(tx.Bucket(heldBucket), idKey(item)) {
		place := secondID[PlaceID](k)
		if firstID[JobID](k[16:]) != job || lastID[LineID](k) != line {
			continue
		}
		q := min(qtyOf(v), onHandAt(tx, item, place))
		if q <= 0 {
			continue
		}
		p, err := getPlace(tx, place)
		if err != nil {
			return nil, err
		}
		all = append(all, Balance{Place: p, OnHand: q})
	}
	slices.SortStableFunc(all, func(a, b Balance) int { return cmp.Compare(b.OnHand, a.OnHand) })
	return all, nil
}

// heldByPlace adds up what is set aside of an item for open jobs.
func heldByPlace(tx *bbolt.Tx, item ItemID) (map[PlaceID]Qty, error) {
	held := map[PlaceID]Qty{}
	for k, v := range withPrefix(tx.Bucket(heldBucket), idKey(item)) {
		q := qtyOf(v)
		if q <= 0 {
			continue
		}
		r, err := getJob(tx, firstID[JobID](k[16:]))
		if err != nil {
			return nil, err
		}
		if r.State == JobOpen {
			held[secondID[PlaceID](k)] += q
		}
	}
	return held, nil
}
