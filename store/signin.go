package store

import (
	"context"
	"time"

	"go.etcd.io/bbolt"
)

// Guessing is slowed per account and per address, over restarts too.
const (
	signinWindow   = 15 * time.Minute
	triesByAccount = 10
	triesByAddress = 30
)

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
	if len(password) > maxPassword*4 { // bytes
		password, hash = "", ""
	}
	fits, stale, err := db.hash.check(ctx, hash, password)
	if err != nil {
		return User{}, err
	}
	if !fits {
		return User{}, Errorf(Forbidden, "Wrong user name or password.")
	}
	fresh := ""
	if stale {
		if fresh, err = db.hash.make(ctx, password); err != nil {
			return User{}, err
		}
	}
	return db.endSignIn(ctx, id, hash, fresh, keys)
}

// beginSignIn counts the try and returns the hash to check it against, "" if there is no such active user.
func (db *DB) beginSignIn(ctx context.Context, username string, keys [][]byte) (id UserID, hash string, err error) {
	err = db.update(ctx, func(tx *bbolt.Tx) error {
		id, hash = 0, ""
		b, now := tx.Bucket(signinBucket), db.Now()
		for i, key := range keys {
			tries := recentTries(b.Get(key), now)
			if limit := []int{triesByAccount, triesByAddress}[i]; len(tries) >= limit {
				wait := time.Unix(tries[len(tries)-limit], 0).Add(signinWindow).Sub(now)
				return &Error{Code: TooMany, RetryAfter: wait, Message: "Too many wrong tries. Wait a while and try again."}
			}
			if err := b.Put(key, ints(append(tries, now.Unix())...)); err != nil {
				return err
			}
		}
		if v := tx.Bucket(userName).Get([]byte(fold(username))); v != nil {
			id = firstID[UserID](v)
			r, err := getUser(tx, id)
			if err != nil {
				return err
			}
			if r.Active {
				hash = r.Hash
			}
		}
		return nil
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
		if !r.Active || r.Hash != hash {
			return Errorf(Forbidden, "Wrong user name or password.") // changed while we looked
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
		if fresh != "" {
			r.Hash = fresh
		}
		r.LastSeen = db.Now()
		u, err = putUser(tx, id, r)
		return err
	})
	return u, err
}

// recentTries reads the times of tries that still count, oldest first.
func recentTries(v []byte, now time.Time) []int64 {
	var tries []int64
	for len(v) > 0 {
		var t int64
		intsOf(v, &t)
		v = v[len(ints(t)):]
		if time.Unix(t, 0).After(now.Add(-signinWindow)) {
			tries = append(tries, t)
		}
	}
	return tries
}
