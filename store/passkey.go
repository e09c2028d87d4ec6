package store

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"slices"
	"time"
	"unicode/utf8"

	"go.etcd.io/bbolt"
)

// A Passkey is a key pair on a person's device (W3C Web Authentication, level 3); we have the public half.
type Passkey struct {
	ID        []byte // the authenticator's
	User      UserID
	Name      string          // the person's: "Office laptop"
	Data      json.RawMessage // what the web side needs to check signatures
	CreatedAt time.Time
	UsedAt    time.Time // zero: never
}

// passkeyRecord is a Passkey as it lies in the file.
type passkeyRecord struct {
	User      UserID          `json:"user"`
	Name      string          `json:"name"`
	Data      json.RawMessage `json:"data"`
	CreatedAt time.Time       `json:"created_at"`
	UsedAt    time.Time       `json:"used_at,omitzero"`
}

// mostPasskeys is how many one person has.
const mostPasskeys = 10

// PasskeyHandle returns the random name under which a person's passkeys know their account; it is made once.
func (db *DB) PasskeyHandle(ctx context.Context, id UserID) ([]byte, error) {
	fresh := make([]byte, 32)
	rand.Read(fresh) // never fails
	var handle []byte
	err := db.keepUser(ctx, id, func(r *userRecord) {
		if r.Handle == nil {
			r.Handle = fresh
		}
		handle = r.Handle
	})
	return handle, err
}

// AddPasskey keeps a passkey of p.User's. It fails with [Invalid] for a name that is none, and with [Conflict] when it
// is there already or there are too many.
func (db *DB) AddPasskey(ctx context.Context, p Passkey) error {
	p.Name = oneLine(p.Name)
	if n := utf8.RuneCountInString(p.Name); n < 1 || n > 60 {
		return invalidField("name", "Write a name of 1 to 60 characters, like Office laptop.")
	}
	_, err := db.changeUser(ctx, Actor{}, p.User, "added the passkey “"+p.Name+"” for", func(tx *bbolt.Tx, r *userRecord) error {
		own, err := passkeysOf(tx, p.User)
		switch {
		case err != nil:
			return err
		case len(own) >= mostPasskeys:
			return Errorf(Conflict, "You have %d passkeys. Remove one first.", mostPasskeys)
		case tx.Bucket(passkeyBucket).Get(p.ID) != nil:
			return Errorf(Conflict, "This passkey is known already.")
		}
		return put(tx.Bucket(passkeyBucket), p.ID, passkeyRecord{User: p.User, Name: p.Name, Data: p.Data, CreatedAt: db.Now()})
	})
	return err
}

// RemovePasskey forgets one of the person's passkeys. It fails with [NotFound] for one that is not theirs.
func (db *DB) RemovePasskey(ctx context.Context, id UserID, key []byte) error {
	_, err := db.changeUser(ctx, Actor{}, id, "removed a passkey of", func(tx *bbolt.Tx, r *userRecord) error {
		p, err := getPasskey(tx, key)
		if err != nil {
			return err
		}
		if p.User != id {
			return errNoPasskey()
		}
		return tx.Bucket(passkeyBucket).Delete(key)
	})
	return err
}

func errNoPasskey() error { return Errorf(NotFound, "This passkey is not known here any more.") }

func dropPasskeys(tx *bbolt.Tx, id UserID) error {
	own, err := passkeysOf(tx, id)
	if err != nil {
		return err
	}
	for _, p := range own {
		if err := tx.Bucket(passkeyBucket).Delete(p.ID); err != nil {
			return err
		}
	}
	return nil
}

// Passkeys returns a person's passkeys, the oldest first.
func (db *DB) Passkeys(ctx context.Context, id UserID) ([]Passkey, error) {
	var all []Passkey
	err := db.view(ctx, func(tx *bbolt.Tx) (err error) {
		all, err = passkeysOf(tx, id)
		return err
	})
	return all, err
}

// passkeysOf reads all passkeys: there are some for each person, and people are few.
func passkeysOf(tx *bbolt.Tx, id UserID) ([]Passkey, error) {
	var all []Passkey
	for k := range withPrefix(tx.Bucket(passkeyBucket), nil) {
		p, err := getPasskey(tx, k)
		if err != nil {
			return nil, err
		}
		if p.User == id {
			all = append(all, p)
		}
	}
	slices.SortFunc(all, func(a, b Passkey) int { return a.CreatedAt.Compare(b.CreatedAt) })
	return all, nil
}

func getPasskey(tx *bbolt.Tx, key []byte) (Passkey, error) {
	var r passkeyRecord
	ok, err := get(tx.Bucket(passkeyBucket), key, &r)
	if err == nil && !ok {
		err = errNoPasskey()
	}
	return Passkey{ID: bytes.Clone(key), User: r.User, Name: r.Name, Data: r.Data, CreatedAt: r.CreatedAt, UsedAt: r.UsedAt}, err
}

// PasskeyOwner returns the active person whose passkey it is, with the handle and all passkeys of that person.
// It fails with [NotFound].
func (db *DB) PasskeyOwner(ctx context.Context, key []byte) (u User, handle []byte, own []Passkey, err error) {
	err = db.view(ctx, func(tx *bbolt.Tx) error {
		p, err := getPasskey(tx, key)
		if err != nil {
			return err
		}
		r, err := getUser(tx, p.User)
		if err != nil {
			return err
		}
		if !r.Active {
			return errNoPasskey()
		}
		u, handle = r.user(p.User), r.Handle
		own, err = passkeysOf(tx, p.User)
		return err
	})
	return u, handle, own, err
}

// PasskeyUsed notes that a passkey opened its account, with what is to be known of it from now on. It fails with
// [NotFound] when the passkey or the account is gone meanwhile.
func (db *DB) PasskeyUsed(ctx context.Context, key []byte, data json.RawMessage) (User, error) {
	var u User
	err := db.update(ctx, func(tx *bbolt.Tx) error {
		p, err := getPasskey(tx, key)
		if err != nil {
			return err
		}
		r, err := getUser(tx, p.User)
		if err != nil {
			return err
		}
		if !r.Active {
			return errNoPasskey()
		}
		r.LastSeen = db.Now()
		if u, err = putUser(tx, p.User, r); err != nil {
			return err
		}
		return put(tx.Bucket(passkeyBucket), key, passkeyRecord{User: p.User, Name: p.Name, Data: data, CreatedAt: p.CreatedAt, UsedAt: db.Now()})
	})
	return u, err
}
