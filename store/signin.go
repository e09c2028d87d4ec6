package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.etcd.io/bbolt"
)

// Guessing is slowed per account and per address, over restarts too.
const signinWindow = 15 * time.Minute

// triesBy is how many wrong passwords an account and an address have in signinWindow.
var triesBy = []int{10, 30}

// SignIn returns the user with this name and password. addr is where the try comes from; "" counts for none.
// It fails with [Forbidden] and one sentence whether the name, the password or the account is at fault,
// and with [TooMany] when there were too many wrong tries.
//
// A try counts as wrong from its beginning, so that many at once do not slip through together.
func (db *DB) SignIn(ctx context.Context, username, password, addr string) (User, error) {
	username = oneLine(username)
	if len(username) > 100 {
		username = username[:100]
	}
	keys := [][]byte{[]byte("u " + fold(username))}
	if addr != "" {
		keys = append(keys, []byte("a "+addr))
	}
	id, hash, err := db.beginSignIn(ctx, username, keys)
	if err != nil {
		return User{}, err
	}
	old, err := db.anyOldHash(ctx)
	if err != nil {
		return User{}, err
	}
	for {
		u, err := db.trySignIn(ctx, id, hash, old, password, keys)
		if !errors.Is(err, errNewHash) {
			return u, err
		}
		if id, hash, err = db.hashOf(ctx, username); err != nil {
			return User{}, err
		}
	}
}

// errNewHash means that a user's hash was changed while the password was held against the old one:
// by a change of the password, or by another sign-in that made the hash anew.
var errNewHash = errors.New("the password has a new hash")

func wrongPassword() error { return Errorf(Forbidden, "Wrong user name or password.") }

// trySignIn holds the password against the hash and signs the user in. It fails with errNewHash.
func (db *DB) trySignIn(ctx context.Context, id UserID, hash, old, password string, keys [][]byte) (User, error) {
	if len(password) > maxPassword*4 { // bytes
		password, hash = "", ""
	}
	fits, stale, err := db.hash.check(ctx, hash, old, password)
	if err != nil {
		return User{}, err
	}
	if !fits {
		return User{}, errors.Join(db.noteGuessing(ctx, keys), wrongPassword())
	}
	fresh := ""
	if stale {
		if fresh, err = db.hash.make(ctx, password); err != nil {
			return User{}, err
		}
	}
	return db.endSignIn(ctx, id, hash, fresh, keys)
}

// noteGuessing tells the log of an account or an address that may not try any more, once: whoever goes on is refused
// before anything is written.
func (db *DB) noteGuessing(ctx context.Context, keys [][]byte) error {
	return db.update(ctx, func(tx *bbolt.Tx) error {
		for i, key := range keys {
			if len(recentTries(tx.Bucket(signinBucket).Get(key), db.Now())) != triesBy[i] {
				continue
			}
			e := AuditEntry{By: Actor{Name: "Somebody"}, Kind: AuditSignIn, What: fmt.Sprintf("gave %d wrong passwords for %s and has to wait", triesBy[i], quoted(string(key[2:])))}
			if i == 1 {
				e.What = fmt.Sprintf("gave %d wrong passwords and has to wait", triesBy[i])
			}
			if len(keys) > 1 {
				e.From = string(keys[1][2:])
			}
			if err := db.audit(tx, e); err != nil {
				return err
			}
		}
		return nil
	})
}

// beginSignIn counts the try and returns the hash to check it against, "" if there is no such active user.
func (db *DB) beginSignIn(ctx context.Context, username string, keys [][]byte) (id UserID, hash string, err error) {
	err = db.update(ctx, func(tx *bbolt.Tx) error {
		id, hash = 0, ""
		b, now := tx.Bucket(signinBucket), db.Now()
		for i, key := range keys {
			tries := recentTries(b.Get(key), now)
			if limit := triesBy[i]; len(tries) >= limit {
				wait := time.Unix(tries[len(tries)-limit], 0).Add(signinWindow).Sub(now)
				return &Error{Code: TooMany, RetryAfter: wait, Message: "Too many wrong tries. Wait a while and try again."}
			}
			if err := b.Put(key, ints(append(tries, now.Unix())...)); err != nil {
				return err
			}
		}
		var err error
		id, hash, err = hashOf(tx, username)
		return err
	})
	return id, hash, err
}

// hashOf returns the hash of an active user's password, "" if there is no such user.
func hashOf(tx *bbolt.Tx, username string) (UserID, string, error) {
	v := tx.Bucket(userName).Get([]byte(fold(username)))
	if v == nil {
		return 0, "", nil
	}
	id := firstID[UserID](v)
	r, err := getUser(tx, id)
	if err != nil || !r.Active {
		return id, "", err
	}
	return id, r.Hash, nil
}

func (db *DB) hashOf(ctx context.Context, username string) (id UserID, hash string, err error) {
	err = db.view(ctx, func(tx *bbolt.Tx) error {
		id, hash, err = hashOf(tx, username)
		return err
	})
	return id, hash, err
}

// endSignIn takes back the try that was none: the account begins anew, the address has one less.
func (db *DB) endSignIn(ctx context.Context, id UserID, hash, fresh string, keys [][]byte) (User, error) {
	var u User
	err := db.update(ctx, func(tx *bbolt.Tx) error {
		r, err := getUser(tx, id)
		if err != nil {
			return err
		}
		if !r.Active {
			return wrongPassword() // switched off while we looked
		}
		if r.Hash != hash {
			return errNewHash
		}
		b := tx.Bucket(signinBucket)
		if err := b.Delete(keys[0]); err != nil {
			return err
		}
		for _, key := range keys[1:] {
			tries := recentTries(b.Get(key), db.Now())
			if err := b.Put(key, ints(tries[:max(len(tries)-1, 0)]...)); err != nil {
				return err
			}
		}
		if err := forgetTries(b, db.Now()); err != nil {
			return err
		}
		if fresh != "" {
			r.Hash = fresh
		}
		r.LastSeen = db.Now()
		u, err = putUser(tx, id, r)
		return err
	})
	return u, err
}

// forgetTries drops rows of which no try counts any more, so that guessing at names does not fill the
// file. At most a thousand at a time: the next sign-in goes on.
func forgetTries(b *bbolt.Bucket, now time.Time) error {
	var old [][]byte
	for k, v := range withPrefix(b, nil) {
		if len(old) == 1000 {
			break
		}
		if len(recentTries(v, now)) == 0 {
			old = append(old, k)
		}
	}
	for _, k := range old {
		if err := b.Delete(k); err != nil {
			return err
		}
	}
	return nil
}

// recentTries reads the times of tries that still count, oldest first. One from a future was written by a clock that
// went wrong; it would count until then.
func recentTries(v []byte, now time.Time) []int64 {
	var tries []int64
	for len(v) > 0 {
		var t int64
		intsOf(v, &t)
		v = v[len(ints(t)):]
		if at := time.Unix(t, 0); at.After(now.Add(-signinWindow)) && at.Before(now.Add(signinWindow)) {
			tries = append(tries, t)
		}
	}
	return tries
}
