package store

import "go.etcd.io/bbolt"

// An item at a place with a minimum of its own is judged there too, by what stands there: nothing is allocated at a
// place. Where it has none nothing is said.

// judgeSpot tells those who follow events that there is another amount of an item at a place than before, unless that was
// and is enough.
func judgeSpot(tx *bbolt.Tx, item ItemID, place PlaceID, before Qty, why levelCause) error {
	if place == 0 || place.Virtual() {
		return nil
	}
	minimum, after := parAt(tx, item, place).Minimum, onHandAt(tx, item, place)
	if minimum == 0 || after == before || min(before, after) >= minimum {
		return nil
	}
	it, err := getItem(tx, item)
	if err != nil {
		return err
	}
	p, err := getPlace(tx, place)
	if err != nil {
		return err
	}
	return emitSpot(tx, it, p, before, minimum, why)
}

// emitSpot says how an item stands at a place, which had before of it.
func emitSpot(tx *bbolt.Tx, it Item, p Place, before, minimum Qty, why levelCause) error {
	if it.Archived || p.Archived {
		minimum = 0 // nobody is to be told of it
	}
	return emit(tx, Event{Kind: SpotChanged, At: why.At, Item: it.ID, Place: p.ID, Job: why.Job, Movement: why.Movement,
		Cause: why.Cause, By: why.By, Before: Level{OnHand: before}, After: Level{OnHand: onHandAt(tx, it.ID, p.ID)}, Minimum: minimum})
}

// emitSpotsOf says how an item stands wherever it has a minimum, after it came into the lists or went.
func emitSpotsOf(tx *bbolt.Tx, it Item, why levelCause) error {
	for k := range withPrefix(tx.Bucket(parBucket), idKey(it.ID)) {
		p, err := getPlace(tx, secondID[PlaceID](k))
		if err != nil {
			return err
		}
		if err := emitSpot(tx, it, p, onHandAt(tx, it.ID, p.ID), parAt(tx, it.ID, p.ID).Minimum, why); err != nil {
			return err
		}
	}
	return nil
}

// emitSpotsAt says how all that has a minimum at a place stands there, after the place came into the lists or went.
func emitSpotsAt(tx *bbolt.Tx, p Place, why levelCause) error {
	for k := range withPrefix(tx.Bucket(parPlace), idKey(p.ID)) {
		it, err := getItem(tx, secondID[ItemID](k))
		if err != nil {
			return err
		}
		if err := emitSpot(tx, it, p, onHandAt(tx, it.ID, p.ID), parAt(tx, it.ID, p.ID).Minimum, why); err != nil {
			return err
		}
	}
	return nil
}
