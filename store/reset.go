package store

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"time"

	"go.etcd.io/bbolt"
)

// A mailed link sets a new password once. It is not kept: it is made of the account's reset number and a key
// derived from SECRET_KEY when the mail leaves, so that neither the file nor a backup of it opens an account.
const (
	resetLife       = 30 * time.Minute
	resetsByAccount = 3 // links within signinWindow
	resetsByAddress = 10
)

// resetRecord is a link that was mailed to a user and not used.
type resetRecord struct {
	Number  []byte    `json:"number"`
	Expires time.Time `json:"expires"`
}

// AskReset queues a mail with a link to the person of that name or mail address, if there is one who may sign in
// and has an address. Nobody learns whether: what it returns is the same. It fails with [TooMany] when too many
// were asked for from addr.
func (db *DB) AskReset(ctx context.Context, name, addr string) error {
	name = oneLine(name)
	if len(name) > 254 {
		name = name[:254]
	}
	number := make([]byte, 16)
	rand.Read(number) // never fails
	return db.update(ctx, func(tx *bbolt.Tx) error {
		if err := db.countReset(tx, []byte("b "+addr), resetsByAddress); err != nil {
			return err
		}
		id, r, err := userToReset(tx, name)
		if err != nil {
			return err
		}
		if err := db.countReset(tx, []byte("r "+fold(name)), resetsByAccount); CodeOf(err) == TooMany || id == 0 {
			return nil // said to nobody
		} else if err != nil {
			return err
		}
		r.Reset = &resetRecord{Number: number, Expires: db.Now().Add(resetLife)}
		if _, err := putUser(tx, id, r); err != nil {
			return err
		}
		e := AuditEntry{By: Actor{Name: "Somebody"}, Kind: AuditUser, What: "asked for a link to set a new password for " + r.Username, About: userPage(id), From: addr}
		if err := db.audit(tx, e); err != nil {
			return err
		}
		return db.queueMail(tx, Mail{Key: "reset/" + hex.EncodeToString(number), To: id, Kind: MailReset})
	})
}

// countReset counts an asking under key. It fails with [TooMany] when there were limit.
func (db *DB) countReset(tx *bbolt.Tx, key []byte, limit int) error {
	b, now := tx.Bucket(signinBucket), db.Now()
	tries := recentTries(b.Get(key), now)
	if len(tries) >= limit {
		wait := time.Unix(tries[len(tries)-limit], 0).Add(signinWindow).Sub(now)
		return &Error{Code: TooMany, RetryAfter: wait, Message: "Too many links were asked for. Wait a while and try again."}
	}
	return b.Put(key, ints(append(tries, now.Unix())...))
}

// userToReset finds an active user with a mail address by name or by that address; id 0 if there is none. An address
// that several have finds none of them.
func userToReset(tx *bbolt.Tx, name string) (UserID, userRecord, error) {
	var found UserID
	var record userRecord
	for k := range withPrefix(tx.Bucket(userBucket), nil) {
		id := firstID[UserID](k)
		r, err := getUser(tx, id)
		if err != nil {
			return 0, r, err
		}
		if !r.Active || r.Email == "" || fold(name) == "" {
			continue
		}
		if fold(r.Username) == fold(name) {
			return id, r, nil
		}
		if fold(r.Email) == fold(name) {
			if found != 0 {
				return 0, r, nil
			}
			found, record = id, r
		}
	}
	return found, record, nil
}

// ResetToken is what the link in a mail carries; "" when the link is used, too old, or another was asked for since.
func (db *DB) ResetToken(ctx context.Context, m Mail) (token string, err error) {
	err = db.view(ctx, func(tx *bbolt.Tx) error {
		r, err := getUser(tx, m.To)
		if err != nil || r.Reset == nil || !r.Reset.Expires.After(db.Now()) || m.Key != "reset/"+hex.EncodeToString(r.Reset.Number) {
			return err
		}
		token = db.resetToken(m.To, *r.Reset)
		return nil
	})
	return token, err
}

func (db *DB) resetToken(id UserID, r resetRecord) string {
	h := hmac.New(sha256.New, db.seal.links)
	h.Write(idKey(id))
	h.Write(r.Number)
	return base64.RawURLEncoding.EncodeToString(append(idKey(id), h.Sum(nil)...))
}

// UserOfReset returns whose password a link may set. It fails with [NotFound].
func (db *DB) UserOfReset(ctx context.Context, token string) (User, error) {
	var u User
	err := db.view(ctx, func(tx *bbolt.Tx) error {
		id, r, err := db.findReset(tx, token)
		u = r.user(id)
		return err
	})
	return u, err
}

func (db *DB) findReset(tx *bbolt.Tx, token string) (UserID, userRecord, error) {
	gone := Errorf(NotFound, "This link was used already, or is too old. Ask for a new one.")
	raw, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(raw) != 8+sha256.Size {
		return 0, userRecord{}, gone
	}
	id := UserID(binary.BigEndian.Uint64(raw))
	r, err := getUser(tx, id)
	if err != nil || !r.Active || r.Reset == nil || !r.Reset.Expires.After(db.Now()) {
		return 0, userRecord{}, gone
	}
	if !hmac.Equal([]byte(token), []byte(db.resetToken(id, *r.Reset))) {
		return 0, userRecord{}, gone
	}
	return id, r, nil
}

// ResetPassword sets a new password by a link, which is used up, and ends all sessions. A second step stays on. It
// fails with [Invalid], and with [NotFound] for a link that opens nothing.
func (db *DB) ResetPassword(ctx context.Context, token, password string) (User, error) {
	u, err := db.UserOfReset(ctx, token)
	if err != nil {
		return User{}, err
	}
	bad := problems{}
	checkPassword(bad, "password", password, u.Username)
	if err := bad.err(); err != nil {
		return User{}, err
	}
	hash, err := db.hash.make(ctx, password)
	if err != nil {
		return User{}, err
	}
	return db.changeUser(ctx, Actor{}, u.ID, "set a new password by a mailed link for", func(tx *bbolt.Tx, r *userRecord) error {
		if _, _, err := db.findReset(tx, token); err != nil {
			return err // used meanwhile
		}
		r.Hash = hash
		r.Epoch++
		return tx.Bucket(signinBucket).Delete([]byte("u " + fold(r.Username)))
	})
}
