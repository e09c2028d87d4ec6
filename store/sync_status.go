package store

import (
	"context"
	"time"

	"go.etcd.io/bbolt"
)

// A SyncState says how the last pull from Jobber went.
type SyncState string

const (
	SyncNever   SyncState = "never"
	SyncRunning SyncState = "running"
	SyncOK      SyncState = "ok"
	SyncFailing SyncState = "failing"
)

// A SyncStatus is what is known of the last pull from Jobber.
type SyncStatus struct {
	Account    string    `json:"account,omitempty"` // whose jobs; "": of the first account there was
	State      SyncState `json:"state"`
	StartedAt  time.Time `json:"started_at,omitzero"`
	FinishedAt time.Time `json:"finished_at,omitzero"`
	Jobs       int       `json:"jobs,omitempty"`    // looked at
	Changed    int       `json:"changed,omitempty"` // of them
	Problem    string    `json:"problem,omitempty"` // a sentence for the owner
	LastOK     time.Time `json:"last_ok,omitzero"`
	Watermark  time.Time `json:"watermark,omitzero"` // the newest updatedAt that was taken in
	ListedAt   time.Time `json:"listed_at,omitzero"` // when a pull last looked at all jobs there are
}

// SyncStatus returns how the last pull went.
func (db *DB) SyncStatus(ctx context.Context) (SyncStatus, error) {
	s := SyncStatus{State: SyncNever}
	err := db.view(ctx, func(tx *bbolt.Tx) error {
		_, err := get(tx.Bucket(settingBucket), []byte(syncKey), &s)
		return err
	})
	return s, err
}

// SaveSyncStatus keeps how a pull goes. One of an account that is not connected any more says nothing of the
// present one: it is dropped.
func (db *DB) SaveSyncStatus(ctx context.Context, s SyncStatus) error {
	return db.update(ctx, func(tx *bbolt.Tx) error {
		var now SyncStatus
		if _, err := get(tx.Bucket(settingBucket), []byte(syncKey), &now); err != nil || now.Account != s.Account {
			return err
		}
		return put(tx.Bucket(settingBucket), []byte(syncKey), s)
	})
}
