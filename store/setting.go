package store

import (
	"context"
	"errors"
	"time"

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
)

// A JobberState says how we stand with Jobber.
type JobberState string

const (
	NotConfigured  JobberState = "not-configured" // client id or secret is missing
	Disconnected   JobberState = "disconnected"
	Connected      JobberState = "connected"
	NeedsReconnect JobberState = "needs-reconnect"
)

// A JobberLink is the connection to Jobber without its secrets.
type JobberLink struct {
	State       JobberState
	ClientID    string
	HasSecret   bool
	AccountID   string // Jobber's id; "" before the first connection
	AccountName string
	UserName    string // who allowed it at Jobber
	ConnectedAt time.Time
	Reason      string // with NeedsReconnect: why
}

// linkRecord is what is stored of a connection besides tokens.
type linkRecord struct {
	State       JobberState `json:"state"` // Connected, Disconnected or NeedsReconnect
	AccountID   string      `json:"account_id,omitempty"`
	AccountName string      `json:"account_name,omitempty"`
	UserName    string      `json:"user_name,omitempty"`
	ConnectedAt time.Time   `json:"connected_at,omitzero"`
	Reason      string      `json:"reason,omitempty"`
	Expiry      time.Time   `json:"expiry,omitzero"` // of the access token
}

// Tokens are what Jobber gave us to act for the account.
type Tokens struct {
	Access  string
	Refresh string
	Expiry  time.Time // of Access
}

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

// JobberLink returns how we stand with Jobber. Secrets that cannot be read any more, after a change of
// SECRET_KEY, mean [NeedsReconnect].
func (db *DB) JobberLink(ctx context.Context) (JobberLink, error) {
	var l JobberLink
	err := db.view(ctx, func(tx *bbolt.Tx) error {
		var r linkRecord
		b := tx.Bucket(settingBucket)
		if _, err := get(b, []byte(linkKey), &r); err != nil {
			return err
		}
		l = JobberLink{State: r.State, ClientID: string(b.Get([]byte(clientIDKey))), AccountID: r.AccountID,
			AccountName: r.AccountName, UserName: r.UserName, ConnectedAt: r.ConnectedAt, Reason: r.Reason}
		secret, err := db.secret(tx, clientSecretKey)
		_, tokenErr := db.secret(tx, refreshTokenKey)
		l.HasSecret = err == nil && secret != ""
		switch {
		case errors.Is(err, errSealed) || errors.Is(tokenErr, errSealed):
			l.State, l.Reason = NeedsReconnect, "SECRET_KEY was changed. Enter the client secret and connect again."
		case l.ClientID == "" || !l.HasSecret:
			l.State = NotConfigured
		case l.State == "":
			l.State = Disconnected
		}
		return nil
	})
	return l, err
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
		changed := string(b.Get([]byte(clientIDKey))) != id || secret != "" && secret != old
		if !changed {
			return nil
		}
		if err := b.Put([]byte(clientIDKey), []byte(id)); err != nil {
			return err
		}
		if secret != "" {
			if err := db.putSecret(tx, clientSecretKey, secret); err != nil {
				return err
			}
		}
		return dropTokens(tx, func(r *linkRecord) { r.State, r.Reason = Disconnected, "" })
	})
}

// dropTokens forgets the tokens and changes what is kept of the connection.
func dropTokens(tx *bbolt.Tx, change func(*linkRecord)) error {
	b := tx.Bucket(settingBucket)
	var r linkRecord
	if _, err := get(b, []byte(linkKey), &r); err != nil {
		return err
	}
	for _, key := range []string{accessTokenKey, refreshTokenKey} {
		if err := b.Delete([]byte(key)); err != nil {
			return err
		}
	}
	r.Expiry = time.Time{}
	change(&r)
	return put(b, []byte(linkKey), r)
}

// JobberTokens returns the tokens in force. It fails with [NotFound] when we are not connected,
// and with [Conflict] when they cannot be read with this SECRET_KEY.
func (db *DB) JobberTokens(ctx context.Context) (Tokens, error) {
	var t Tokens
	err := db.view(ctx, func(tx *bbolt.Tx) error {
		var r linkRecord
		if _, err := get(tx.Bucket(settingBucket), []byte(linkKey), &r); err != nil {
			return err
		}
		access, err := db.secret(tx, accessTokenKey)
		refresh, err2 := db.secret(tx, refreshTokenKey)
		if errors.Is(err, errSealed) || errors.Is(err2, errSealed) {
			return Errorf(Conflict, "SECRET_KEY was changed. Connect to Jobber again.")
		}
		if r.State != Connected || refresh == "" {
			return Errorf(NotFound, "Jobber is not connected.")
		}
		t = Tokens{Access: access, Refresh: refresh, Expiry: r.Expiry}
		return errors.Join(err, err2)
	})
	return t, err
}

// SaveJobberTokens keeps rotated tokens, durably, before it returns: the old ones are dead by then.
// It fails with [NotFound] when the connection was ended meanwhile.
func (db *DB) SaveJobberTokens(ctx context.Context, t Tokens) error {
	return db.update(ctx, func(tx *bbolt.Tx) error {
		b := tx.Bucket(settingBucket)
		var r linkRecord
		if _, err := get(b, []byte(linkKey), &r); err != nil {
			return err
		}
		if r.State != Connected {
			return Errorf(NotFound, "Jobber is not connected.")
		}
		r.Expiry = utc(t.Expiry)
		return errors.Join(put(b, []byte(linkKey), r), db.putTokens(tx, t))
	})
}

func (db *DB) putTokens(tx *bbolt.Tx, t Tokens) error {
	return errors.Join(db.putSecret(tx, accessTokenKey, t.Access), db.putSecret(tx, refreshTokenKey, t.Refresh))
}

// JobberConnected keeps a new connection. It fails with [Conflict] when jobs of another account are here:
// two companies' jobs are never mixed.
func (db *DB) JobberConnected(ctx context.Context, by Actor, t Tokens, accountID, accountName, userName string) error {
	return db.update(ctx, func(tx *bbolt.Tx) error {
		b := tx.Bucket(settingBucket)
		var r linkRecord
		if _, err := get(b, []byte(linkKey), &r); err != nil {
			return err
		}
		if k, _ := tx.Bucket(jobBucket).Cursor().First(); k != nil && r.AccountID != "" && r.AccountID != accountID {
			return Errorf(Conflict, "The jobs here are %s's. %s is another Jobber account, and the two are never mixed.",
				r.AccountName, accountName)
		}
		r = linkRecord{State: Connected, AccountID: accountID, AccountName: accountName, UserName: userName,
			ConnectedAt: db.Now(), Expiry: utc(t.Expiry)}
		return errors.Join(put(b, []byte(linkKey), r), db.putTokens(tx, t))
	})
}

// JobberDropped notes that Jobber does not take our tokens any more, and why, for the owner to read.
// A connection that the owner ended stays ended.
func (db *DB) JobberDropped(ctx context.Context, reason string) error {
	return db.update(ctx, func(tx *bbolt.Tx) error {
		var r linkRecord
		if _, err := get(tx.Bucket(settingBucket), []byte(linkKey), &r); err != nil || r.State != Connected {
			return err
		}
		return dropTokens(tx, func(r *linkRecord) { r.State, r.Reason = NeedsReconnect, reason })
	})
}

// JobberDisconnected forgets the tokens because an owner wants so. The jobs stay.
func (db *DB) JobberDisconnected(ctx context.Context, by Actor) error {
	return db.update(ctx, func(tx *bbolt.Tx) error {
		return dropTokens(tx, func(r *linkRecord) { r.State, r.Reason = Disconnected, "" })
	})
}
