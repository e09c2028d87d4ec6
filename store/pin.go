package store

import (
	"context"
	"errors"
	"strings"
	"time"

	"go.etcd.io/bbolt"
)

// PINs are short, so a wrong one costs more than a wrong password.
const (
	minPIN     = 4
	maxPIN     = 6
	triesByPIN = 5 // of one person within signinWindow
)

// checkPIN wants 4 to 6 digits that are not the first that somebody would try.
func checkPIN(bad problems, pin string) {
	switch {
	case len(pin) < minPIN || len(pin) > maxPIN || strings.Trim(pin, "0123456789") != "":
		bad.add("pin", "Write 4 to 6 digits.")
	case inStep(pin, 0) || inStep(pin, 1) || inStep(pin, -1):
		bad.add("pin", "Everybody would try this one first. Choose another.")
	}
}

// inStep reports whether each digit is the one before and step.
func inStep(pin string, step int) bool {
	for i := 1; i < len(pin); i++ {
		if int(pin[i]) != int(pin[i-1])+step {
			return false
		}
	}
	return true
}

// SetPIN gives a person the PIN under which they act at a station. It needs the person's password. It fails
// with [Invalid], or with [TooMany] after many wrong passwords.
func (db *DB) SetPIN(ctx context.Context, id UserID, password, pin string) (User, error) {
	bad := problems{}
	checkPIN(bad, pin)
	if err := bad.err(); err != nil {
		return User{}, err
	}
	hash, err := db.hash.make(ctx, pin)
	if err != nil {
		return User{}, err
	}
	return db.putPIN(ctx, id, password, hash)
}

// RemovePIN takes a person's PIN away. It fails as [DB.SetPIN] does.
func (db *DB) RemovePIN(ctx context.Context, id UserID, password string) (User, error) {
	return db.putPIN(ctx, id, password, "")
}

func (db *DB) putPIN(ctx context.Context, id UserID, password, hash string) (User, error) {
	did := "set the PIN of"
	if hash == "" {
		did = "removed the PIN of"
	}
	u, err := db.User(ctx, id)
	if err != nil {
		return User{}, err
	}
	if err := db.ProvePassword(ctx, u, password); err != nil {
		return User{}, err
	}
	return db.changeUser(ctx, u.Actor(), id, did, func(tx *bbolt.Tx, r *userRecord) error {
		r.PIN = hash
		return tx.Bucket(signinBucket).Delete(pinKey(id))
	})
}

// ProvePassword fails with [Invalid] when the password is not u's, and with [TooMany] after many wrong ones.
func (db *DB) ProvePassword(ctx context.Context, u User, password string) error {
	_, err := db.SignIn(ctx, u.Username, password, "")
	if CodeOf(err) == Forbidden {
		return invalidField("current_password", "This is not your current password.")
	}
	return err
}

func pinKey(id UserID) []byte { return append([]byte("p "), idKey(id)...) }

// CheckPIN returns the person whose PIN it is. It fails with [Forbidden] and one sentence whether the PIN, the
// person or the station is at fault, and with [TooMany] after five wrong ones.
//
// As with passwords, a try counts as wrong from its beginning.
func (db *DB) CheckPIN(ctx context.Context, at StationID, id UserID, pin string) (User, error) {
	hash, err := db.beginPIN(ctx, at, id)
	if err != nil {
		return User{}, err
	}
	if len(pin) > maxPIN {
		pin, hash = "", ""
	}
	fits, _, err := db.hash.check(ctx, hash, "", pin)
	if err != nil {
		return User{}, err
	}
	if !fits {
		return User{}, wrongPIN()
	}
	var u User
	err = db.update(ctx, func(tx *bbolt.Tx) error {
		r, err := getUser(tx, id)
		if err != nil {
			return err
		}
		if !r.Active || r.PIN != hash {
			return wrongPIN() // changed while we looked
		}
		u = r.user(id)
		return tx.Bucket(signinBucket).Delete(pinKey(id))
	})
	return u, err
}

func wrongPIN() error { return Errorf(Forbidden, "Wrong PIN.") }

// beginPIN counts the try and returns the hash to check it against, "" if there is none.
func (db *DB) beginPIN(ctx context.Context, at StationID, id UserID) (hash string, err error) {
	err = db.update(ctx, func(tx *bbolt.Tx) error {
		hash = ""
		if st, err := getStation(tx, at); err != nil || !st.EndedAt.IsZero() {
			return errors.Join(err, Errorf(Forbidden, "This device is no station any more."))
		}
		r, err := getUser(tx, id)
		if CodeOf(err) == NotFound {
			return nil // an id that nobody has takes as long as any other
		}
		if err != nil {
			return err
		}
		b, now := tx.Bucket(signinBucket), db.Now()
		tries := recentTries(b.Get(pinKey(id)), now)
		if len(tries) >= triesByPIN {
			wait := time.Unix(tries[len(tries)-triesByPIN], 0).Add(signinWindow).Sub(now)
			return &Error{Code: TooMany, RetryAfter: wait, Message: "Too many wrong PINs. Wait a while, or sign in with your password on your own phone."}
		}
		if r.Active {
			hash = r.PIN
		}
		return b.Put(pinKey(id), ints(append(tries, now.Unix())...))
	})
	return hash, err
}

// PINHolders returns the active people who have a PIN, by name.
func (db *DB) PINHolders(ctx context.Context) ([]User, error) {
	users, err := db.Users(ctx)
	var all []User
	for _, u := range users {
		if u.Active && u.HasPIN {
			all = append(all, u)
		}
	}
	return all, err
}
