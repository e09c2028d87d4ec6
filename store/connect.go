package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"time"

	"go.etcd.io/bbolt"
)

const (
	connectLife = 10 * time.Minute // of a connection that is being made
	maxStrays   = 50               // codes that nobody here asked for, kept at one time
)

// connectRecord is a connection being made, by the hash of its state or of its question's id. What is
// sealed opens something at Jobber.
type connectRecord struct {
	Session  string    `json:"session"`            // whose it is; "": of whoever signs in and takes it
	Verifier []byte    `json:"verifier,omitempty"` // sealed: of RFC 7636, when it was begun here
	Code     []byte    `json:"code,omitempty"`     // sealed: an answer of Jobber's that nobody asked for here
	Granted  []byte    `json:"granted,omitempty"`  // sealed: a Grant of another account
	Other    string    `json:"other,omitempty"`    // that account's name
	Expires  time.Time `json:"expires"`
}

// A Grant is what Jobber gave for a code: tokens, and whose.
type Grant struct {
	Tokens      Tokens
	AccountID   string
	AccountName string
	UserName    string // who allowed it; "" if Jobber does not say
}

// A ConnectQuestion is what an owner must say yes to before Jobber is connected.
type ConnectQuestion struct {
	Other string // the account, when it is another one than whose jobs are here; "": one not known yet
	Here  string // whose jobs are here
}

func connectKey(id string) []byte {
	sum := sha256.Sum256([]byte(id))
	return sum[:]
}

// BeginConnect remembers for ten minutes that a session went to Jobber with this state.
func (db *DB) BeginConnect(ctx context.Context, state, session, verifier string) error {
	return db.addConnect(ctx, state, connectRecord{Session: session, Verifier: db.seal.seal("verifier", verifier)})
}

// FinishConnect returns the verifier of a connection that was begun. A state is good once.
// It fails with [Forbidden] when the state is unknown, used, too old, or another session's.
func (db *DB) FinishConnect(ctx context.Context, state, session string) (string, error) {
	r, err := db.takeConnect(ctx, state)
	if err != nil {
		return "", err
	}
	if r.Session == "" || r.Session != session || !r.Expires.After(db.Now()) || r.Verifier == nil {
		return "", Errorf(Forbidden, "This answer of Jobber's does not belong to your session, or came too late. Connect again from the settings.")
	}
	return db.seal.open("verifier", r.Verifier)
}

// AskConnect keeps a code that nobody here asked for, for ten minutes, until an owner says under this id
// whether to use it. Without a session it belongs to the first that opens the question.
// It fails with [TooMany] when too many of those wait.
func (db *DB) AskConnect(ctx context.Context, id, session, code string) error {
	return db.addConnect(ctx, id, connectRecord{Session: session, Code: db.seal.seal("code", code)})
}

// AskAccount keeps a grant of another account, for ten minutes, until the session says what to do with it.
func (db *DB) AskAccount(ctx context.Context, id, session string, g Grant) error {
	raw, err := json.Marshal(g)
	if err != nil {
		return err
	}
	return db.addConnect(ctx, id, connectRecord{Session: session, Granted: db.seal.seal("granted", string(raw)), Other: g.AccountName})
}

// addConnect keeps r and forgets what is too old. A grant that is too old stays: it is to be given back.
func (db *DB) addConnect(ctx context.Context, id string, r connectRecord) error {
	return db.update(ctx, func(tx *bbolt.Tx) error {
		b := tx.Bucket(connectBucket)
		var old [][]byte
		strays := 0
		for k, v := range withPrefix(b, nil) {
			var r connectRecord
			switch err := json.Unmarshal(v, &r); {
			case err != nil || !r.Expires.After(db.Now()) && r.Granted == nil:
				old = append(old, k)
			case r.Session == "":
				strays++
			}
		}
		for _, k := range old {
			if err := b.Delete(k); err != nil {
				return err
			}
		}
		if r.Session == "" && r.Code != nil && strays >= maxStrays {
			return Errorf(TooMany, "Too many come from Jobber without being signed in. Sign in first, then try again.")
		}
		r.Expires = db.Now().Add(connectLife)
		return put(b, connectKey(id), r)
	})
}

// takeConnect returns a record and forgets it; the zero record if there is none.
func (db *DB) takeConnect(ctx context.Context, id string) (connectRecord, error) {
	var r connectRecord
	err := db.update(ctx, func(tx *bbolt.Tx) error {
		r = connectRecord{}
		b := tx.Bucket(connectBucket)
		if _, err := get(b, connectKey(id), &r); err != nil {
			return err
		}
		return b.Delete(connectKey(id))
	})
	return r, err
}

// asks reports whether r is a question that the session may answer at now.
func (r connectRecord) asks(session string, now time.Time) bool {
	return session != "" && r.Session == session && r.Expires.After(now) && (r.Code != nil || r.Granted != nil)
}

func errAnswered() error {
	return Errorf(NotFound, "This question was answered already, or is too old. Connect again from the settings.")
}

// ConnectQuestion returns the question with an id. One that belongs to nobody yet is the session's from
// then on. It fails with [NotFound] when it was answered, is too old, or is another session's.
func (db *DB) ConnectQuestion(ctx context.Context, id, session string) (ConnectQuestion, error) {
	var q ConnectQuestion
	err := db.update(ctx, func(tx *bbolt.Tx) error {
		b := tx.Bucket(connectBucket)
		var r connectRecord
		if _, err := get(b, connectKey(id), &r); err != nil {
			return err
		}
		if r.Session == "" && r.Code != nil && session != "" {
			r.Session = session
			if err := put(b, connectKey(id), r); err != nil {
				return err
			}
		}
		if !r.asks(session, db.Now()) {
			return errAnswered()
		}
		link, err := getLink(tx)
		q = ConnectQuestion{Other: r.Other, Here: link.AccountName}
		return err
	})
	return q, err
}

// TakeQuestion forgets a question, for it is answered, and returns what it was about: a code, or a grant.
// It fails with [NotFound] as [DB.ConnectQuestion] does.
func (db *DB) TakeQuestion(ctx context.Context, id, session string) (code string, g Grant, err error) {
	err = db.update(ctx, func(tx *bbolt.Tx) error {
		b := tx.Bucket(connectBucket)
		var r connectRecord
		if _, err := get(b, connectKey(id), &r); err != nil {
			return err
		}
		if !r.asks(session, db.Now()) {
			return errAnswered()
		}
		if r.Code != nil {
			code, err = db.seal.open("code", r.Code)
		} else {
			g, err = db.openGrant(r)
		}
		return errors.Join(err, b.Delete(connectKey(id)))
	})
	return code, g, err
}

func (db *DB) openGrant(r connectRecord) (Grant, error) {
	var g Grant
	raw, err := db.seal.open("granted", r.Granted)
	if err != nil {
		return g, err
	}
	return g, json.Unmarshal([]byte(raw), &g)
}

// Unanswered forgets the grants nobody answered for in time, and returns them to be given back, and when
// the next of the others is due; zero if there is none. One sealed under another SECRET_KEY is only forgotten.
func (db *DB) Unanswered(ctx context.Context) (due []Grant, next time.Time, err error) {
	var old [][]byte
	err = db.view(ctx, func(tx *bbolt.Tx) error {
		old, next = unanswered(tx, db.Now())
		return nil
	})
	if err != nil || len(old) == 0 {
		return nil, next, err
	}
	err = db.update(ctx, func(tx *bbolt.Tx) error {
		due = nil
		b := tx.Bucket(connectBucket)
		old, next = unanswered(tx, db.Now()) // anew: somebody may have answered since
		for _, k := range old {
			var r connectRecord
			if _, err := get(b, k, &r); err != nil {
				return err
			}
			if g, err := db.openGrant(r); err == nil {
				due = append(due, g)
			}
			if err := b.Delete(k); err != nil {
				return err
			}
		}
		return nil
	})
	return due, next, err
}

// unanswered returns the keys of the grants that are too old, and when the next of the others will be.
func unanswered(tx *bbolt.Tx, now time.Time) (old [][]byte, next time.Time) {
	b := tx.Bucket(connectBucket)
	for k := range withPrefix(b, nil) {
		var r connectRecord
		if _, err := get(b, k, &r); err != nil || r.Granted == nil {
			continue // what cannot be read is forgotten with the next connection
		}
		if !r.Expires.After(now) {
			old = append(old, bytes.Clone(k))
		} else if next.IsZero() || r.Expires.Before(next) {
			next = r.Expires
		}
	}
	return old, next
}
