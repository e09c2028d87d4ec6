package store

import (
	"context"
	"time"

	"go.etcd.io/bbolt"
)

// An APIStatus is what is known of Jobber's API: which version answers, and what it lacks.
type APIStatus struct {
	Asked   string         `json:"asked,omitempty"`   // the version asked for
	Served  string         `json:"served,omitempty"`  // the version that answered; "" before the first answer
	Warning string         `json:"warning,omitempty"` // Jobber's own words about the version
	Since   time.Time      `json:"since,omitzero"`    // when the three became so
	Missing []MissingField `json:"missing,omitempty"` // in the order they were missed
}

// A MissingField is a field of Jobber's that there was once, and that is left out of our queries.
type MissingField struct {
	Name  string    `json:"name"` // with its type: "Job.instructions"
	Since time.Time `json:"since"`
}

// APIStatus returns what is known of Jobber's API; zero before the first answer.
func (db *DB) APIStatus(ctx context.Context) (APIStatus, error) {
	var s APIStatus
	err := db.view(ctx, func(tx *bbolt.Tx) error {
		_, err := get(tx.Bucket(settingBucket), []byte(apiKey), &s)
		return err
	})
	return s, err
}

// SaveAPIStatus keeps what is known of Jobber's API.
func (db *DB) SaveAPIStatus(ctx context.Context, s APIStatus) error {
	return db.update(ctx, func(tx *bbolt.Tx) error {
		return put(tx.Bucket(settingBucket), []byte(apiKey), s)
	})
}
