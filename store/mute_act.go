package store

import (
	"context"
	"fmt"

	"go.etcd.io/bbolt"
)

// A MuteVerb is what somebody does about an item that is low.
type MuteVerb string

const (
	MuteSnooze  MuteVerb = "snooze"  // keep quiet until Date, or until some is received
	MuteWake    MuteVerb = "wake"    // end the snooze
	MuteOrder   MuteVerb = "order"   // Qty is on its way, expected on Date; takes the place of an earlier order
	MuteNoOrder MuteVerb = "noorder" // nothing more comes
	MuteUndo    MuteVerb = "undo"    // take back the last change, which made Version
)

// A MuteAct is one change of what mutes an item.
type MuteAct struct {
	Item      ItemID
	Verb      MuteVerb
	Date      Date // with MuteSnooze ("": until some is received) and MuteOrder
	Qty       Qty  // with MuteOrder
	Version   uint64
	Today     Date // where the person is
	RequestID string
	By        Actor
}

// SetMute does what a says, and returns the item's mute as it then is. The same request does it once.
// It fails with [Invalid], [NotFound], and with [Conflict] when there is nothing to end, or somebody changed it since.
func (db *DB) SetMute(ctx context.Context, a MuteAct) (Mute, error) {
	if err := a.check(); err != nil {
		return Mute{}, err
	}
	var m Mute
	err := db.update(ctx, func(tx *bbolt.Tx) error {
		it, err := getItem(tx, a.Item)
		if err != nil {
			return err
		}
		if _, _, err := db.once(tx, a.RequestID, func(tx *bbolt.Tx) ([]Movement, int, error) {
			return nil, 0, db.changeMute(tx, it, a)
		}); err != nil {
			return err
		}
		m, err = muteOf(tx, a.Item)
		return err
	})
	return m, err
}

func (a MuteAct) check() error {
	if err := checkRequest(a.RequestID); err != nil {
		return err
	}
	bad := problems{}
	switch a.Verb {
	case MuteSnooze:
		if a.Date != "" && a.Date <= a.Today {
			bad.add("until", "Choose a day after today.")
		}
	case MuteOrder:
		if a.Qty <= 0 || a.Qty > maxQty {
			bad.add("quantity", "Write how much is on order.")
		}
		if a.Date == "" {
			bad.add("due", "Write when it is expected.")
		} else if a.Date < a.Today {
			bad.add("due", "This day is over. Write when it is expected now.")
		}
	case MuteWake, MuteNoOrder, MuteUndo:
	default:
		return Errorf(Invalid, "Choose what to do: snooze it, or say that it is on order.")
	}
	return bad.err()
}

// changeMute writes what a makes of an item's mute, and what it was before.
func (db *DB) changeMute(tx *bbolt.Tx, it Item, a MuteAct) error {
	m, err := muteOf(tx, it.ID)
	if err != nil {
		return err
	}
	before := &MuteWas{m.Snooze, m.Order}
	newest := MovementID(tx.Bucket(movementBucket).Sequence())
	switch a.Verb {
	case MuteSnooze:
		m.Snooze = &Snooze{By: a.By, At: db.Now(), Until: a.Date, After: newest}
	case MuteOrder:
		m.Order = &OnOrder{By: a.By, At: db.Now(), Qty: a.Qty, Due: a.Date, After: newest}
	case MuteWake:
		if m.Snooze == nil {
			return Errorf(Conflict, "%s is not snoozed any more.", it.Name)
		}
		m.Snooze = nil
	case MuteNoOrder:
		if m.Order == nil {
			return Errorf(Conflict, "Nothing of %s is on order any more.", it.Name)
		}
		m.Order = nil
	case MuteUndo:
		if m.Before == nil || m.Version != a.Version {
			return Errorf(Conflict, "Someone changed it since. Look at %s again.", it.Name)
		}
		m.Snooze, m.Order, before = m.Before.Snooze, m.Before.Order, nil
	}
	m.Version, m.By, m.At, m.Before = m.Version+1, a.By, db.Now(), before
	if err := put(tx.Bucket(muteBucket), idKey(it.ID), m); err != nil {
		return err
	}
	return db.audit(tx, AuditEntry{By: a.By, Kind: AuditItem, What: a.said(it), About: itemPage(it.ID)})
}

// said is what the act did, as the log tells it.
func (a MuteAct) said(it Item) string {
	switch a.Verb {
	case MuteSnooze:
		if a.Date == "" {
			return "snoozed " + it.SKU + " until some is received"
		}
		return fmt.Sprintf("snoozed %s until %s", it.SKU, a.Date)
	case MuteOrder:
		return fmt.Sprintf("noted that %v %s of %s is on order, expected %s", a.Qty, it.Unit, it.SKU, a.Date)
	case MuteWake:
		return "ended the snooze of " + it.SKU
	case MuteNoOrder:
		return "noted that nothing more of " + it.SKU + " is on order"
	}
	return "took back what was last noted of " + it.SKU + " being low"
}
