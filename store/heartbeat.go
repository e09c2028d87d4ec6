package store

import (
	"context"
	"strings"
	"time"

	"go.etcd.io/bbolt"
)

// heartbeatKey is the setting that holds the Heartbeat.
const heartbeatKey = "jobber_heartbeat"

// A Heartbeat tells whether webhooks about jobs still come. Jobber may switch them off, and says nothing when it does.
type Heartbeat struct {
	Account     string    `json:"account"`
	HeardAt     time.Time `json:"heard_at,omitzero"`     // when the last one came in; zero: none yet
	MissedSince time.Time `json:"missed_since,omitzero"` // the first change at Jobber since then that none told of; zero: there is none
	Missed      int       `json:"missed,omitempty"`      // how many such changes there were
	Sweeps      int       `json:"sweeps,omitempty"`      // that found them
	Silent      bool      `json:"silent,omitempty"`      // enough of them: something is wrong
}

// SilentOn reports whether webhooks should come over a connection and do not.
func (h Heartbeat) SilentOn(l JobberLink) bool {
	return h.Silent && l.State == Connected && h.Account == l.AccountID && h.MissedSince.After(l.ConnectedAt)
}

// Heartbeat returns what is known of the webhooks' coming.
func (db *DB) Heartbeat(ctx context.Context) (Heartbeat, error) {
	var h Heartbeat
	err := db.view(ctx, func(tx *bbolt.Tx) error {
		_, err := get(tx.Bucket(settingBucket), []byte(heartbeatKey), &h)
		return err
	})
	return h, err
}

// SaveHeartbeat keeps what a sweep found out. When a webhook came in since h was read, that counts and h does not.
func (db *DB) SaveHeartbeat(ctx context.Context, h Heartbeat) error {
	return db.update(ctx, func(tx *bbolt.Tx) error {
		b := tx.Bucket(settingBucket)
		var now Heartbeat
		if _, err := get(b, []byte(heartbeatKey), &now); err != nil {
			return err
		}
		if now.Account == h.Account && now.HeardAt.After(h.HeardAt) {
			return nil
		}
		return put(b, []byte(heartbeatKey), h)
	})
}

// hear notes that a webhook about a job came in. With it any silence is over.
func (db *DB) hear(tx *bbolt.Tx, d Delivery) error {
	about := strings.HasPrefix(d.Topic, "JOB_") || strings.HasPrefix(d.Topic, "VISIT_")
	if d.Status == DeliveryIgnored || !about {
		return nil
	}
	return put(tx.Bucket(settingBucket), []byte(heartbeatKey), Heartbeat{Account: d.Account, HeardAt: db.Now()})
}
