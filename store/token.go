package store

import (
	"context"
	"errors"
	"time"

	"go.etcd.io/bbolt"
)

// Tokens are what Jobber gave us to act for the account.
type Tokens struct {
	Access  string
	Refresh string
	Expiry  time.Time // of Access
	Warning string    // what Jobber said with them; "" for nothing
}

// JobberTokens returns the tokens in force. It fails with [NotFound] when we are not connected,
// and with [Conflict] when they cannot be read with this SECRET_KEY.
func (db *DB) JobberTokens(ctx context.Context) (Tokens, error) {
	var t Tokens
	err := db.view(ctx, func(tx *bbolt.Tx) (err error) {
		t, err = db.tokens(tx)
		return err
	})
	return t, err
}

func (db *DB) tokens(tx *bbolt.Tx) (Tokens, error) {
	r, err := getLink(tx)
	if err != nil {
		return Tokens{}, err
	}
	access, err := db.secret(tx, accessTokenKey)
	refresh, err2 := db.secret(tx, refreshTokenKey)
	if errors.Is(err, errSealed) || errors.Is(err2, errSealed) {
		return Tokens{}, Errorf(Conflict, "SECRET_KEY was changed. Connect to Jobber again.")
	}
	if r.State != Connected || refresh == "" {
		return Tokens{}, Errorf(NotFound, "Jobber is not connected.")
	}
	return Tokens{Access: access, Refresh: refresh, Expiry: r.Expiry, Warning: r.Warning}, errors.Join(err, err2)
}

// SaveJobberTokens keeps rotated tokens, durably, before it returns: the old ones are dead by then.
// Jobber knows our id and secret, or there would be none. It fails with [NotFound] when the connection
// was ended meanwhile.
func (db *DB) SaveJobberTokens(ctx context.Context, t Tokens) error {
	return db.update(ctx, func(tx *bbolt.Tx) error {
		if err := db.forgive(tx, saidKnown); err != nil {
			return err
		}
		r, err := getLink(tx)
		if err != nil {
			return err
		}
		if r.State != Connected {
			return Errorf(NotFound, "Jobber is not connected.")
		}
		r.Expiry, r.Warning = utc(t.Expiry), t.Warning
		return errors.Join(putLink(tx, r), db.putTokens(tx, t))
	})
}

// RewriteTokens writes the tokens that are there once more: a disk that takes no writes shows before Jobber makes
// them void and gives new ones, which could then not be kept. It fails as [DB.JobberTokens] does.
func (db *DB) RewriteTokens(ctx context.Context) error {
	return db.update(ctx, func(tx *bbolt.Tx) error {
		t, err := db.tokens(tx)
		if err != nil {
			return err
		}
		return db.putTokens(tx, t)
	})
}

func (db *DB) putTokens(tx *bbolt.Tx, t Tokens) error {
	return errors.Join(db.putSecret(tx, accessTokenKey, t.Access), db.putSecret(tx, refreshTokenKey, t.Refresh))
}

// dropTokens forgets the tokens and changes what is kept of the connection.
func dropTokens(tx *bbolt.Tx, change func(*linkRecord)) error {
	r, err := getLink(tx)
	if err != nil {
		return err
	}
	for _, key := range []string{accessTokenKey, refreshTokenKey} {
		if err := tx.Bucket(settingBucket).Delete([]byte(key)); err != nil {
			return err
		}
	}
	r.Expiry, r.Warning = time.Time{}, ""
	change(&r)
	return putLink(tx, r)
}
