package store

import "fmt"

// pars are of items and places that are there.
func (c *checker) pars() error {
	for k := range withPrefix(c.tx.Bucket(parBucket), nil) {
		item, place := firstID[ItemID](k), secondID[PlaceID](k)
		if _, err := getItem(c.tx, item); err != nil {
			c.bad("pars: item %v is gone", item)
		}
		if _, err := getPlace(c.tx, place); err != nil {
			c.bad("pars: place %v is gone", place)
		}
		c.expect(parPlace, pairKey(place, item), nil)
	}
	return nil
}

// counts are about items and places that are there, and none is archived with its place.
func (c *checker) counts() error {
	for _, name := range [][]byte{countDue, tallyBucket} {
		for k := range withPrefix(c.tx.Bucket(name), nil) {
			l, err := countLine(c.tx, CountSpot{firstID[PlaceID](k), secondID[ItemID](k)})
			if err != nil {
				return fmt.Errorf("%s: key %x: %w", name, k, err)
			}
			if l.Place.Archived {
				c.bad("%s: item %v is to be counted at %v, which is archived", name, l.Item.ID, l.Place.ID)
			}
			if l.Done && l.Tally.Counted < 0 {
				c.bad("%s: item %v was counted below zero at %v", name, l.Item.ID, l.Place.ID)
			}
		}
	}
	return nil
}
