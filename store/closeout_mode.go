package store

import (
	"context"
	"errors"

	"go.etcd.io/bbolt"
)

// A CloseoutMode says what happens when a job is closed at Jobber with something out.
type CloseoutMode string

const (
	CloseoutAsk    CloseoutMode = "ask"    // a card asks what came back
	CloseoutUsed   CloseoutMode = "used"   // all of it counts as used, and nobody is asked
	CloseoutIgnore CloseoutMode = "ignore" // nothing is noted
)

const closeoutKey = "closeout"

// closeoutMode reads the setting; what was never set is ask.
func closeoutMode(tx *bbolt.Tx) CloseoutMode {
	switch m := CloseoutMode(tx.Bucket(settingBucket).Get([]byte(closeoutKey))); m {
	case CloseoutUsed, CloseoutIgnore:
		return m
	}
	return CloseoutAsk
}

// CloseoutMode returns what happens when a job is closed.
func (db *DB) CloseoutMode(ctx context.Context) (CloseoutMode, error) {
	var m CloseoutMode
	err := db.view(ctx, func(tx *bbolt.Tx) error {
		m = closeoutMode(tx)
		return nil
	})
	return m, err
}

// SetCloseoutMode decides what happens when a job is closed from now on. Cards that are open stay open.
// It fails with [Invalid] for a mode that is none.
func (db *DB) SetCloseoutMode(ctx context.Context, by Actor, m CloseoutMode) error {
	switch m {
	case CloseoutAsk, CloseoutUsed, CloseoutIgnore:
	default:
		return invalidField("mode", "Choose one of the three.")
	}
	return db.update(ctx, func(tx *bbolt.Tx) error {
		changes := changed([3]string{"what came back of closed jobs", string(closeoutMode(tx)), string(m)})
		if len(changes) == 0 {
			return nil
		}
		return errors.Join(tx.Bucket(settingBucket).Put([]byte(closeoutKey), []byte(m)),
			db.audit(tx, AuditEntry{By: by, Kind: AuditSetting, What: "changed what happens to closed jobs", About: "/admin/closeout", Changes: changes}))
	})
}
