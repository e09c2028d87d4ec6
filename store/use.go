package store

import (
	"context"
	"time"

	"go.etcd.io/bbolt"
)

const (
	useLook  = 8 * 7 * 24 * time.Hour // how far back use is looked at
	useKnown = 2 * 7 * 24 * time.Hour // how long an item must have been here for its use to be known
)

// UsePerWeek returns how much of each item went to jobs or was scrapped in a week, by its ledger of the eight
// weeks before a moment: what came back and what was undone does not count. An item that was not used,
// or has been here for less than two weeks, is not in it. It says the same of a moment whenever it is asked.
func (db *DB) UsePerWeek(ctx context.Context, items []ItemID, at time.Time) (map[ItemID]Qty, error) {
	use := map[ItemID]Qty{}
	err := db.view(ctx, func(tx *bbolt.Tx) error {
		for _, id := range items {
			perWeek, err := usePerWeek(tx, id, at)
			if err != nil {
				return err
			}
			if perWeek > 0 {
				use[id] = perWeek
			}
		}
		return nil
	})
	return use, err
}

func usePerWeek(tx *bbolt.Tx, id ItemID, at time.Time) (Qty, error) {
	var used Qty
	var span time.Duration // from the first movement that counts
	for id := range movementsOf(tx, id, 0) {
		m, err := getMovement(tx, id)
		if err != nil {
			return 0, err
		}
		if m.At.After(at) {
			continue
		}
		if span = at.Sub(m.At); span > useLook {
			span = useLook
			break
		}
		if m.To == JobEnd || m.To == Scrap {
			used += m.Qty
		}
		if m.From == JobEnd || m.From == Scrap {
			used -= m.Qty
		}
	}
	if span < useKnown {
		return 0, nil
	}
	return used * 7 * 24 / Qty(span/time.Hour), nil
}
