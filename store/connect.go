package store

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"time"

	"go.etcd.io/bbolt"
)

// connectRecord is a connection being made: who began it, and the verifier of RFC 7636.
type connectRecord struct {
	Session  string    `json:"session"`
	Verifier []byte    `json:"verifier"` // sealed
	Expires  time.Time `json:"expires"`
}

// BeginConnect remembers for ten minutes that a session went to Jobber with this state.
func (db *DB) BeginConnect(ctx context.Context, state, session, verifier string) error {
	key := sha256.Sum256([]byte(state))
	return db.update(ctx, func(tx *bbolt.Tx) error {
		b := tx.Bucket(connectBucket)
		var old [][]byte
		for k, v := range withPrefix(b, nil) {
			var r connectRecord
			if err := json.Unmarshal(v, &r); err != nil || !r.Expires.After(db.Now()) {
				old = append(old, k)
			}
		}
		for _, k := range old {
			if err := b.Delete(k); err != nil {
				return err
			}
		}
		return put(b, key[:], connectRecord{Session: session, Verifier: db.seal.seal("verifier", verifier),
			Expires: db.Now().Add(10 * time.Minute)})
	})
}

// FinishConnect returns the verifier of a connection that was begun. A state is good once.
// It fails with [Forbidden] when the state is unknown, used, too old, or another session's.
func (db *DB) FinishConnect(ctx context.Context, state, session string) (string, error) {
	key := sha256.Sum256([]byte(state))
	var r connectRecord
	err := db.update(ctx, func(tx *bbolt.Tx) error {
		r = connectRecord{}
		b := tx.Bucket(connectBucket)
		if _, err := get(b, key[:], &r); err != nil {
			return err
		}
		return b.Delete(key[:])
	})
	if err != nil {
		return "", err
	}
	if r.Session == "" || r.Session != session || !r.Expires.After(db.Now()) {
		return "", Errorf(Forbidden, "This answer of Jobber's does not belong to your session, or came too late. Connect again from the settings.")
	}
	return db.seal.open("verifier", r.Verifier)
}
