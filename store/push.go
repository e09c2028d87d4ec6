package store

import (
	"context"
	"crypto/ecdh"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"time"

	"go.etcd.io/bbolt"
)

// pushKeyName is the setting that holds the program's key for push services (VAPID, RFC 8292), sealed.
const pushKeyName = "push_key"

// mostPushes is how many devices of one person are told; the oldest goes.
const mostPushes = 10

// A Push is a device that a person wants messages on (RFC 8030). All of it is sealed at rest: who has it can send.
type Push struct {
	ID       PushID    `json:"-"`
	User     UserID    `json:"-"`
	Endpoint string    `json:"endpoint"`
	P256dh   string    `json:"p256dh"` // the device's public key, base64url
	Auth     string    `json:"auth"`   // its secret, base64url
	Device   string    `json:"device"` // "Chrome on Android"
	At       time.Time `json:"at"`
}

// A PushKey signs what goes to push services. Both halves are base64url.
type PushKey struct {
	Public  string `json:"public"`
	Private string `json:"private"`
}

// PushKey returns the program's key, which it makes once. Where SECRET_KEY does not open it, it makes a new one and
// forgets the devices, since they know the old one.
func (db *DB) PushKey(ctx context.Context) (PushKey, error) {
	k, err := db.readPushKey(ctx)
	if err == nil && k.Public != "" || err != nil && !errors.Is(err, errSealed) {
		return k, err
	}
	err = db.update(ctx, func(tx *bbolt.Tx) error {
		var err error
		if k, err = db.pushKey(tx); err == nil && k.Public != "" || err != nil && !errors.Is(err, errSealed) {
			return err
		}
		if err != nil { // sealed
			if err := tx.DeleteBucket(pushBucket); err != nil {
				return err
			}
			if _, err := tx.CreateBucket(pushBucket); err != nil {
				return err
			}
		}
		private, err := ecdh.P256().GenerateKey(rand.Reader)
		if err != nil {
			return err
		}
		raw := base64.RawURLEncoding
		k = PushKey{Public: raw.EncodeToString(private.PublicKey().Bytes()), Private: raw.EncodeToString(private.Bytes())}
		text, err := json.Marshal(k)
		if err != nil {
			return err
		}
		return db.putSecret(tx, pushKeyName, string(text))
	})
	return k, err
}

func (db *DB) readPushKey(ctx context.Context) (k PushKey, err error) {
	err = db.view(ctx, func(tx *bbolt.Tx) (err error) {
		k, err = db.pushKey(tx)
		return err
	})
	return k, err
}

func (db *DB) pushKey(tx *bbolt.Tx) (k PushKey, err error) {
	text, err := db.secret(tx, pushKeyName)
	if err == nil && text != "" {
		err = json.Unmarshal([]byte(text), &k)
	}
	return k, err
}

// AddPush adds a device of p.User's and returns its id. A device that is known already is only brought up to date, and is
// nobody else's from then on. It fails with [Invalid].
func (db *DB) AddPush(ctx context.Context, p Push) (PushID, error) {
	if err := p.check(); err != nil {
		return 0, err
	}
	err := db.update(ctx, func(tx *bbolt.Tx) error {
		b := tx.Bucket(pushBucket)
		all, err := db.pushes(tx, nil)
		if err != nil {
			return err
		}
		var theirs []Push
		for _, o := range all {
			if o.Endpoint == p.Endpoint {
				if err := b.Delete(pairKey(o.User, o.ID)); err != nil {
					return err
				}
			} else if o.User == p.User {
				theirs = append(theirs, o)
			}
		}
		for ; len(theirs) >= mostPushes; theirs = theirs[1:] {
			if err := b.Delete(pairKey(p.User, theirs[0].ID)); err != nil {
				return err
			}
		}
		if p.ID, err = next[PushID](b); err != nil {
			return err
		}
		p.At = db.Now()
		text, err := json.Marshal(p)
		if err != nil {
			return err
		}
		return b.Put(pairKey(p.User, p.ID), db.seal.seal(pushKeyName, string(text)))
	})
	return p.ID, err
}

func (p Push) check() error {
	u, err := url.Parse(p.Endpoint)
	key, err2 := base64.RawURLEncoding.DecodeString(p.P256dh)
	auth, err3 := base64.RawURLEncoding.DecodeString(p.Auth)
	_, err4 := ecdh.P256().NewPublicKey(key)
	if errors.Join(err, err2, err3, err4) != nil || u.Scheme != "https" || u.Hostname() == "" || u.User != nil || len(p.Endpoint) > 2000 || len(auth) != 16 {
		return invalidField("endpoint", "This browser did not say where it takes messages. Switch it on with the button, with JavaScript.")
	}
	return nil
}

// pushes reads the devices under a prefix, oldest first for each person. What cannot be read any more is left out.
func (db *DB) pushes(tx *bbolt.Tx, prefix []byte) (all []Push, err error) {
	for k, v := range withPrefix(tx.Bucket(pushBucket), prefix) {
		text, err := db.seal.open(pushKeyName, v)
		if errors.Is(err, errSealed) {
			continue
		}
		p := Push{User: firstID[UserID](k), ID: lastID[PushID](k)}
		if err := errors.Join(err, json.Unmarshal([]byte(text), &p)); err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, nil
}

// Pushes returns a person's devices, the oldest first; everybody's for 0.
func (db *DB) Pushes(ctx context.Context, who UserID) (all []Push, err error) {
	var prefix []byte
	if who != 0 {
		prefix = idKey(who)
	}
	err = db.view(ctx, func(tx *bbolt.Tx) (err error) {
		all, err = db.pushes(tx, prefix)
		return err
	})
	return all, err
}

// DropPush forgets a device of a person's. One that is gone already is no error.
func (db *DB) DropPush(ctx context.Context, who UserID, id PushID) error {
	return db.update(ctx, func(tx *bbolt.Tx) error { return tx.Bucket(pushBucket).Delete(pairKey(who, id)) })
}

// DropOtherPushes forgets all devices of a person's but keep; 0: all.
func (db *DB) DropOtherPushes(ctx context.Context, who UserID, keep PushID) error {
	return db.update(ctx, func(tx *bbolt.Tx) error { return dropPushes(tx, who, keep) })
}

func dropPushes(tx *bbolt.Tx, who UserID, keep PushID) error {
	b := tx.Bucket(pushBucket)
	for _, id := range slices.Collect(lastIDs[PushID](withPrefix(b, idKey(who)))) {
		if id == keep {
			continue
		}
		if err := b.Delete(pairKey(who, id)); err != nil {
			return err
		}
	}
	return nil
}
