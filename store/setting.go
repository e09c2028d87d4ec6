package store

import (
	"context"
	"errors"

	"go.etcd.io/bbolt"
)

// The settings. The first four names are the older application's; all but the client id are sealed.
const (
	clientIDKey     = "jobber_client_id"
	clientSecretKey = "jobber_client_secret"
	accessTokenKey  = "jobber_access_token"
	refreshTokenKey = "jobber_refresh_token"
	linkKey         = "jobber_link" // JSON linkRecord
	syncKey         = "jobber_sync" // JSON SyncStatus
	apiKey          = "jobber_api"  // JSON APIStatus
)

// sealedSettings are the settings that are secrets.
var sealedSettings = []string{clientSecretKey, accessTokenKey, refreshTokenKey, hookKey, pushKeyName}

// secret reads a sealed setting. "" means there is none; it fails with errSealed.
func (db *DB) secret(tx *bbolt.Tx, key string) (string, error) {
	v := tx.Bucket(settingBucket).Get([]byte(key))
	if v == nil {
		return "", nil
	}
	return db.seal.open(key, v)
}

func (db *DB) putSecret(tx *bbolt.Tx, key, value string) error {
	return tx.Bucket(settingBucket).Put([]byte(key), db.seal.seal(key, value))
}

// JobberCredentials returns our app's id and secret. It fails with [NotFound] when they were not entered,
// or cannot be read any more.
func (db *DB) JobberCredentials(ctx context.Context) (id, secret string, err error) {
	err = db.view(ctx, func(tx *bbolt.Tx) error {
		id = string(tx.Bucket(settingBucket).Get([]byte(clientIDKey)))
		var err error
		secret, err = db.secret(tx, clientSecretKey)
		if err != nil && !errors.Is(err, errSealed) {
			return err
		}
		if id == "" || secret == "" {
			return Errorf(NotFound, "Enter Jobber's client ID and client secret first.")
		}
		return nil
	})
	return id, secret, err
}

// SaveJobberCredentials keeps our app's id and secret; an empty secret keeps the one there is.
// Another id or secret ends the connection. It fails with [Invalid].
func (db *DB) SaveJobberCredentials(ctx context.Context, by Actor, id, secret string) error {
	id, secret = oneLine(id), oneLine(secret)
	bad := problems{}
	if id == "" || len(id) > 200 {
		bad.add(clientIDKey, "Write the client ID from Jobber's Developer Center.")
	}
	if len(secret) > 200 {
		bad.add(clientSecretKey, "This is too long for a client secret.")
	}
	if err := bad.err(); err != nil {
		return err
	}
	return db.update(ctx, func(tx *bbolt.Tx) error {
		b := tx.Bucket(settingBucket)
		old, err := db.secret(tx, clientSecretKey)
		if err != nil && !errors.Is(err, errSealed) {
			return err
		}
		if secret == "" && old == "" {
			return invalidField(clientSecretKey, "Write the client secret from Jobber's Developer Center.")
		}
		other := string(b.Get([]byte(clientIDKey))) != id || secret != "" && secret != old
		if !other { // an owner has looked and finds them right
			return db.forgive(tx, "An owner finds them right.")
		}
		e := AuditEntry{By: by, Kind: AuditSetting, What: "entered Jobber's client ID and secret", About: "/admin/settings",
			Changes: changed([3]string{"client ID", string(b.Get([]byte(clientIDKey))), id})}
		if err := errors.Join(b.Put([]byte(clientIDKey), []byte(id)), db.audit(tx, e)); err != nil {
			return err
		}
		if secret != "" {
			if err := db.putSecret(tx, clientSecretKey, secret); err != nil {
				return err
			}
		}
		return errors.Join(db.settleMails(tx, "An owner entered another client id or secret."),
			dropTokens(tx, func(r *linkRecord) { endedByOwner(r); r.Refused = false }))
	})
}
