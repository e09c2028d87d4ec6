package store

import (
	"context"
	"time"

	"go.etcd.io/bbolt"
)

// A Snooze keeps quiet that an item is low: nobody is mailed of it, at once or in the digest. That it is out is
// told all the same.
type Snooze struct {
	By    Actor      `json:"by"`
	At    time.Time  `json:"at"`
	Until Date       `json:"until,omitempty"` // from this day on it is told again; "": once some is received
	After MovementID `json:"after"`           // the newest entry when it began
}

// An OnOrder is what is on its way of an item. Until the day it is expected nobody is mailed at once that the item is low.
type OnOrder struct {
	By    Actor      `json:"by"`
	At    time.Time  `json:"at"`
	Qty   Qty        `json:"qty"`
	Due   Date       `json:"due"`
	After MovementID `json:"after"` // receipts after this entry count against it

	Left Qty `json:"-"` // what has not come yet
}

// A Mute is why nobody needs to hear that an item is low. Receipts end it, and the undo of a receipt brings it back:
// what is received is asked of the ledger and not written down here.
type Mute struct {
	Item    ItemID    `json:"-"`
	Version uint64    `json:"version"` // raised by each change; 0: never muted
	Snooze  *Snooze   `json:"snooze,omitempty"`
	Order   *OnOrder  `json:"order,omitempty"`
	By      Actor     `json:"by"` // of the last change
	At      time.Time `json:"at"`
	Before  *MuteWas  `json:"before,omitempty"` // what the last change took the place of
}

// A MuteWas is what a change of a Mute can be undone to.
type MuteWas struct {
	Snooze *Snooze  `json:"snooze,omitempty"`
	Order  *OnOrder `json:"order,omitempty"`
}

// Snoozed reports whether the item is snoozed on a day.
func (m Mute) Snoozed(today Date) bool {
	return m.Snooze != nil && (m.Snooze.Until == "" || today < m.Snooze.Until)
}

// Ordered reports whether some of the item is still to come.
func (m Mute) Ordered() bool { return m.Order != nil }

// Late reports whether what is on order should have come before this day.
func (m Mute) Late(today Date) bool { return m.Order != nil && m.Order.Due < today }

// Quiet reports whether nobody is to be mailed at once, on a day, that the item is low.
func (m Mute) Quiet(today Date) bool { return m.Snoozed(today) || m.Ordered() && !m.Late(today) }

// muteOf reads what still mutes an item: what receipts have ended is left out.
func muteOf(tx *bbolt.Tx, item ItemID) (Mute, error) {
	m := Mute{Item: item}
	if _, err := get(tx.Bucket(muteBucket), idKey(item), &m); err != nil {
		return m, err
	}
	if s := m.Snooze; s != nil && s.Until == "" {
		got, err := receivedAfter(tx, item, s.After, 1)
		if err != nil {
			return m, err
		}
		if got > 0 {
			m.Snooze = nil
		}
	}
	if o := m.Order; o != nil {
		got, err := receivedAfter(tx, item, o.After, o.Qty)
		if err != nil {
			return m, err
		}
		if o.Left = o.Qty - got; o.Left <= 0 {
			m.Order = nil
		}
	}
	return m, nil
}

// receivedAfter adds up what was received of an item after an entry, less what was undone since, until it is enough.
func receivedAfter(tx *bbolt.Tx, item ItemID, after MovementID, enough Qty) (Qty, error) {
	var sum Qty
	for id := range movementsOf(tx, item, 0) {
		if id <= after || sum >= enough {
			break
		}
		m, err := getMovement(tx, id)
		if err != nil {
			return 0, err
		}
		if m.Kind == Receive && stands(tx, m) {
			sum += m.Qty
		}
	}
	return sum, nil
}

// Mute returns why nobody needs to hear that an item is low. Of an item that never was muted it is the zero Mute.
func (db *DB) Mute(ctx context.Context, item ItemID) (Mute, error) {
	var m Mute
	err := db.view(ctx, func(tx *bbolt.Tx) (err error) {
		m, err = muteOf(tx, item)
		return err
	})
	return m, err
}

// Mutes returns the mutes of some items; of those that have none, there is none in the map.
func (db *DB) Mutes(ctx context.Context, items []ItemID) (map[ItemID]Mute, error) {
	all := map[ItemID]Mute{}
	err := db.view(ctx, func(tx *bbolt.Tx) error {
		clear(all)
		for _, id := range items {
			m, err := muteOf(tx, id)
			if err != nil {
				return err
			}
			if m.Version != 0 {
				all[id] = m
			}
		}
		return nil
	})
	return all, err
}
