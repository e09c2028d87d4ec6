package store

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pquerna/otp/hotp"
	"go.etcd.io/bbolt"
)

// A second step is a code besides the password: of an app that counts time (RFC 6238, six digits, 30 seconds,
// SHA-1, which is what apps know), or one of a few kept for when the phone is lost.
const (
	stepSeconds   = 30
	triesBySecond = 5 // wrong codes of one person within signinWindow
	recoveryCodes = 8
	recoveryBytes = 16 // 128 bits: so many need no slow hash (OWASP ASVS 5.0, 6.5.2 and 11.5.1)
)

var base32Plain = base32.StdEncoding.WithPadding(base32.NoPadding)

// secondSeal names the seed of a user's second step for the sealer.
func secondSeal(id UserID) string { return "second step of user " + id.String() }

// BeginSecond makes the seed of a second step, in base32, and keeps it until [DB.ConfirmSecond]. A step that is on
// stays on until then. It fails with [NotFound].
func (db *DB) BeginSecond(ctx context.Context, id UserID) error {
	raw := make([]byte, 20) // as long as the hash: RFC 4226, 4
	rand.Read(raw)          // never fails
	sealed := db.seal.seal(secondSeal(id), base32Plain.EncodeToString(raw))
	return db.keepUser(ctx, id, func(r *userRecord) { r.SecondNew = sealed })
}

// keepUser writes into a user's record what is no change that others see.
func (db *DB) keepUser(ctx context.Context, id UserID, change func(*userRecord)) error {
	return db.update(ctx, func(tx *bbolt.Tx) error {
		r, err := getUser(tx, id)
		if err != nil {
			return err
		}
		change(&r)
		return put(tx.Bucket(userBucket), idKey(id), r)
	})
}

// NewSecond returns the seed that waits to be confirmed, in base32. It fails with [NotFound] when none does.
func (db *DB) NewSecond(ctx context.Context, id UserID) (seed string, err error) {
	err = db.view(ctx, func(tx *bbolt.Tx) error {
		r, err := getUser(tx, id)
		if err != nil {
			return err
		}
		seed, err = db.openSecond(id, r.SecondNew)
		return err
	})
	return seed, err
}

func (db *DB) openSecond(id UserID, sealed []byte) (string, error) {
	if sealed == nil {
		return "", Errorf(NotFound, "There is nothing to confirm. Begin again.")
	}
	return db.seal.open(secondSeal(id), sealed)
}

// ConfirmSecond turns the second step on, now that the app's code proves that it has the seed. It returns the
// recovery codes, which nobody can read again. It fails with [Invalid] for a wrong code and with [NotFound].
func (db *DB) ConfirmSecond(ctx context.Context, id UserID, code string) (recovery []string, err error) {
	recovery, hashes := newRecovery()
	_, err = db.changeUser(ctx, Actor{}, id, "turned on the second step of", func(_ *bbolt.Tx, r *userRecord) error {
		seed, err := db.openSecond(id, r.SecondNew)
		if err != nil {
			return err
		}
		step, err := stepOf(seed, code, db.Now(), 0)
		if err != nil {
			return err
		}
		if step == 0 {
			return invalidField("code", "This is not the app's code. Wait for the next one, and look whether the phone's clock is right.")
		}
		r.Second, r.SecondNew, r.SecondStep, r.Recovery = r.SecondNew, nil, step, hashes
		return nil
	})
	return recovery, err
}

// RenewRecovery makes new recovery codes; the old ones open nothing any more. It fails with [NotFound].
func (db *DB) RenewRecovery(ctx context.Context, id UserID) ([]string, error) {
	recovery, hashes := newRecovery()
	_, err := db.changeUser(ctx, Actor{}, id, "made new recovery codes of", func(_ *bbolt.Tx, r *userRecord) error {
		if r.Second == nil {
			return Errorf(NotFound, "The second step is off.")
		}
		r.Recovery = hashes
		return nil
	})
	return recovery, err
}

// EndSecond turns a person's second step off and forgets their passkeys: their own wish, or an owner's for somebody
// who lost the phone. It fails with [NotFound].
func (db *DB) EndSecond(ctx context.Context, by Actor, id UserID) (User, error) {
	return db.changeUser(ctx, by, id, "turned off the second step and the passkeys of", func(tx *bbolt.Tx, r *userRecord) error {
		r.Second, r.SecondNew, r.SecondStep, r.Recovery = nil, nil, 0, nil
		if by.ID != id {
			return dropPasskeys(tx, id)
		}
		return nil
	})
}

// newRecovery returns codes as people write them down, and as they are kept.
func newRecovery() (codes, hashes []string) {
	for range recoveryCodes {
		raw := make([]byte, recoveryBytes)
		rand.Read(raw) // never fails
		text := strings.ToLower(base32Plain.EncodeToString(raw))
		code := strings.Join([]string{text[:7], text[7:13], text[13:20], text[20:]}, "-")
		codes, hashes = append(codes, code), append(hashes, recoveryHash(code))
	}
	return codes, hashes
}

// recoveryHash is the same for every way in which people type a code.
func recoveryHash(code string) string {
	sum := sha256.Sum256([]byte(lettersAndDigits(code)))
	return hex.EncodeToString(sum[:])
}

func lettersAndDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'a' && r <= 'z' {
			return r
		}
		return -1
	}, strings.ToLower(s))
}

// stepOf returns the step of time, after the last one used, whose code it is; 0 if it is none. Clocks may be one
// step apart (RFC 6238, 5.2).
func stepOf(seed, code string, now time.Time, last uint64) (uint64, error) {
	this := uint64(now.Unix() / stepSeconds)
	code = lettersAndDigits(code)
	var found uint64
	for step := this - 1; step <= this+1; step++ {
		want, err := hotp.GenerateCode(seed, step)
		if err != nil {
			return 0, fmt.Errorf("a code of the second step: %w", err)
		}
		if step > last && subtle.ConstantTimeCompare([]byte(code), []byte(want)) == 1 {
			found = step
		}
	}
	return found, nil
}

func secondKey(id UserID) []byte { return append([]byte("t "), idKey(id)...) }

// CheckSecond returns the user if the code is their app's, or one of their recovery codes, which is then used up.
// A code counts once. It fails with [Forbidden] for a wrong one, and with [TooMany] after five.
//
// As with passwords, a try counts as wrong from its beginning.
func (db *DB) CheckSecond(ctx context.Context, id UserID, code string) (u User, recovered bool, err error) {
	err = db.update(ctx, func(tx *bbolt.Tx) error {
		b, now := tx.Bucket(signinBucket), db.Now()
		tries := recentTries(b.Get(secondKey(id)), now)
		if len(tries) >= triesBySecond {
			wait := time.Unix(tries[len(tries)-triesBySecond], 0).Add(signinWindow).Sub(now)
			return &Error{Code: TooMany, RetryAfter: wait, Message: "Too many wrong codes. Wait a while and try again."}
		}
		return b.Put(secondKey(id), ints(append(tries, now.Unix())...))
	})
	if err != nil {
		return User{}, false, err
	}
	err = db.update(ctx, func(tx *bbolt.Tx) error {
		r, err := getUser(tx, id)
		if err != nil {
			return err
		}
		if recovered, err = db.useCode(&r, id, code); err != nil {
			return err
		}
		if u, err = putUser(tx, id, r); err != nil {
			return err
		}
		if recovered {
			e := AuditEntry{By: u.Actor(), Kind: AuditSignIn, What: fmt.Sprintf("used a recovery code; %d are left", len(r.Recovery)), About: userPage(id)}
			if err := db.audit(tx, e); err != nil {
				return err
			}
		}
		return tx.Bucket(signinBucket).Delete(secondKey(id))
	})
	return u, recovered, err
}

// useCode marks in r that the code was used. It fails with [Forbidden].
func (db *DB) useCode(r *userRecord, id UserID, code string) (recovered bool, err error) {
	wrong := Errorf(Forbidden, "This code is wrong, or was used already.")
	if !r.Active || r.Second == nil {
		return false, wrong
	}
	if i := slices.Index(r.Recovery, recoveryHash(code)); i >= 0 {
		r.Recovery = slices.Delete(slices.Clone(r.Recovery), i, i+1)
		return true, nil
	}
	seed, err := db.openSecond(id, r.Second)
	if errors.Is(err, errSealed) {
		return false, Errorf(Forbidden, "The app's codes cannot be checked since SECRET_KEY was changed. Use a recovery code.")
	}
	if err != nil {
		return false, err
	}
	step, err := stepOf(seed, code, db.Now(), r.SecondStep)
	switch {
	case err != nil:
		return false, err
	case step == 0:
		return false, wrong
	}
	r.SecondStep = step
	return false, nil
}
