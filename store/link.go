package store

import (
	"context"
	"errors"
	"time"

	"go.etcd.io/bbolt"
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
	Refused     bool   // Jobber does not know this client id and secret: an owner must correct them
	AccountID   string // Jobber's id; "" before the first connection
	AccountName string
	UserName    string // who allowed it at Jobber
	ConnectedAt time.Time
	LostAt      time.Time // with NeedsReconnect or Refused: since when
	Reason      string    // with NeedsReconnect: why
	Warning     string    // what Jobber warned of when it gave the tokens in force; "" for nothing
}

// linkRecord is what is stored of a connection besides tokens.
type linkRecord struct {
	State       JobberState `json:"state"` // Connected, Disconnected or NeedsReconnect
	Refused     bool        `json:"refused,omitempty"`
	AccountID   string      `json:"account_id,omitempty"`
	AccountName string      `json:"account_name,omitempty"`
	UserName    string      `json:"user_name,omitempty"`
	ConnectedAt time.Time   `json:"connected_at,omitzero"`
	LostAt      time.Time   `json:"lost_at,omitzero"`
	Reason      string      `json:"reason,omitempty"`
	Warning     string      `json:"warning,omitempty"`
	Expiry      time.Time   `json:"expiry,omitzero"` // of the access token
}

func getLink(tx *bbolt.Tx) (linkRecord, error) {
	var r linkRecord
	_, err := get(tx.Bucket(settingBucket), []byte(linkKey), &r)
	return r, err
}

func putLink(tx *bbolt.Tx, r linkRecord) error {
	return put(tx.Bucket(settingBucket), []byte(linkKey), r)
}

// JobberLink returns how we stand with Jobber. Secrets that cannot be read any more, after a change of
// SECRET_KEY, mean [NeedsReconnect].
func (db *DB) JobberLink(ctx context.Context) (JobberLink, error) {
	var l JobberLink
	err := db.view(ctx, func(tx *bbolt.Tx) error {
		r, err := getLink(tx)
		if err != nil {
			return err
		}
		l = JobberLink{State: r.State, ClientID: string(tx.Bucket(settingBucket).Get([]byte(clientIDKey))),
			Refused: r.Refused, AccountID: r.AccountID, AccountName: r.AccountName, UserName: r.UserName,
			ConnectedAt: r.ConnectedAt, LostAt: r.LostAt, Reason: r.Reason, Warning: r.Warning}
		secret, err := db.secret(tx, clientSecretKey)
		l.HasSecret = err == nil && secret != ""
		switch {
		case errors.Is(err, errSealed) || db.unreadable(tx):
			l.State, l.Reason = NeedsReconnect, saidSealed
		case l.ClientID == "" || !l.HasSecret:
			l.State = NotConfigured
		case l.State == "":
			l.State = Disconnected
		}
		return nil
	})
	return l, err
}

const saidSealed = "SECRET_KEY was changed. Enter the client secret and connect again."

// unreadable reports whether there are tokens that this SECRET_KEY does not open.
func (db *DB) unreadable(tx *bbolt.Tx) bool {
	_, err := db.secret(tx, refreshTokenKey)
	return errors.Is(err, errSealed)
}

// JobberDropped notes that Jobber does not take our tokens any more, and why, for the owners to read: each
// gets a mail, queued with the loss itself. A connection that an owner ended stays ended.
func (db *DB) JobberDropped(ctx context.Context, reason string) error {
	return db.update(ctx, func(tx *bbolt.Tx) error {
		r, err := getLink(tx)
		if err != nil || r.State != Connected {
			return err
		}
		now := db.Now()
		return errors.Join(
			dropTokens(tx, func(r *linkRecord) {
				r.State, r.Reason, r.LostAt, r.Refused = NeedsReconnect, reason, now, false
			}),
			db.settleMails(tx, "The connection has ended since."),
			db.mailOwners(tx, MailJobberLost, timeMark(now), reason))
	})
}

// JobberUnreadable tells the owners, once, that SECRET_KEY was changed, if tokens lie here that it does not
// open. They stay: the right key may come back.
func (db *DB) JobberUnreadable(ctx context.Context) error {
	var sealed string
	err := db.view(ctx, func(tx *bbolt.Tx) error {
		if db.unreadable(tx) {
			sealed = digest(tx.Bucket(settingBucket).Get([]byte(refreshTokenKey)))
		}
		return nil
	})
	if err != nil || sealed == "" {
		return err
	}
	return db.update(ctx, func(tx *bbolt.Tx) error {
		return db.mailOwners(tx, MailJobberLost, sealed, saidSealed)
	})
}

// JobberRefused notes whether Jobber knows our client id and secret. When it stops knowing them while we
// are connected, each owner gets a mail; when it knows them again, one that was not sent yet is not sent.
func (db *DB) JobberRefused(ctx context.Context, refused bool) error {
	return db.update(ctx, func(tx *bbolt.Tx) error {
		r, err := getLink(tx)
		if err != nil || r.Refused == refused {
			return err
		}
		if !refused {
			return db.forgive(tx, saidKnown)
		}
		r.Refused, r.LostAt = true, db.Now()
		if r.State != Connected { // whoever is connecting reads it on the page
			return putLink(tx, r)
		}
		return errors.Join(putLink(tx, r), db.mailOwners(tx, MailJobberRefused, timeMark(r.LostAt), ""))
	})
}

const saidKnown = "Jobber knows the client id and secret again."

// forgive takes it back that our id and secret are refused.
func (db *DB) forgive(tx *bbolt.Tx, why string) error {
	r, err := getLink(tx)
	if err != nil || !r.Refused {
		return err
	}
	r.Refused, r.LostAt = false, time.Time{}
	return errors.Join(putLink(tx, r), db.settleMails(tx, why))
}

// JobberDisconnected forgets the tokens because an owner wants so. The jobs stay.
func (db *DB) JobberDisconnected(ctx context.Context, by Actor) error {
	return db.update(ctx, func(tx *bbolt.Tx) error {
		return errors.Join(dropTokens(tx, endedByOwner), db.settleMails(tx, "An owner disconnected Jobber."),
			db.audit(tx, AuditEntry{By: by, Kind: AuditSetting, What: "disconnected Jobber", About: "/admin/settings"}))
	})
}

func endedByOwner(r *linkRecord) {
	r.State, r.Reason, r.LostAt = Disconnected, "", time.Time{}
}
