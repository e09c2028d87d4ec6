package store

import (
	"context"
	"time"

	"go.etcd.io/bbolt"
)

// A BackupStatus is what is known of the copies that are made by themselves.
type BackupStatus struct {
	Since   time.Time `json:"since,omitzero"`    // when this installation began to make them
	Tried   time.Time `json:"tried,omitzero"`    // the last time
	Good    time.Time `json:"good,omitzero"`     // the last one that was verified, in the folder
	Name    string    `json:"name,omitempty"`    // of it
	Size    int64     `json:"size,omitempty"`    // of it, in bytes
	Problem string    `json:"problem,omitempty"` // why the last try failed: a sentence for the owner

	Away        time.Time `json:"away,omitzero"`          // the last one that was verified, off the machine
	AwayProblem string    `json:"away_problem,omitempty"` // why the last one did not get there
}

// BackupLate is how old the last good copy may be before owners are warned.
const BackupLate = 48 * time.Hour

// Late reports whether the owners should hear that there is no good copy of late, here or, if away, off the machine.
func (s BackupStatus) Late(now time.Time, away bool) bool {
	late := func(good time.Time) bool {
		if good.IsZero() {
			good = s.Since
		}
		return !good.IsZero() && now.Sub(good) > BackupLate
	}
	return s.Problem != "" || late(s.Good) || away && (s.AwayProblem != "" || late(s.Away))
}

const backupKey = "backup_status"

// BackupStatus returns what is known of the copies.
func (db *DB) BackupStatus(ctx context.Context) (BackupStatus, error) {
	var s BackupStatus
	err := db.view(ctx, func(tx *bbolt.Tx) error {
		_, err := get(tx.Bucket(settingBucket), []byte(backupKey), &s)
		return err
	})
	return s, err
}

// SaveBackupStatus keeps what is known of the copies.
func (db *DB) SaveBackupStatus(ctx context.Context, s BackupStatus) error {
	return db.update(ctx, func(tx *bbolt.Tx) error { return put(tx.Bucket(settingBucket), []byte(backupKey), s) })
}
