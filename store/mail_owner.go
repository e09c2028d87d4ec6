package store

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"go.etcd.io/bbolt"
)

// mailOwners queues a mail about the connection to Jobber to every active owner who has an address, whether
// or not they want to hear of stock. The occasion is told once.
func (db *DB) mailOwners(tx *bbolt.Tx, kind MailKind, occasion, reason string) error {
	for k := range withPrefix(tx.Bucket(userBucket), nil) {
		id := firstID[UserID](k)
		r, err := getUser(tx, id)
		if err != nil {
			return err
		}
		if !r.Active || r.Role != Owner || r.Email == "" {
			continue
		}
		key := fmt.Sprintf("%s/%s/%d", kind, occasion, id)
		if err := db.queueMail(tx, Mail{Key: key, To: id, Kind: kind, Reason: reason}); err != nil {
			return err
		}
	}
	return nil
}

// settleMails cancels the mails about the connection that are not sent yet.
func (db *DB) settleMails(tx *bbolt.Tx, why string) error {
	queued, err := queuedMails(tx)
	if err != nil {
		return err
	}
	for _, m := range queued {
		if m.Kind != MailJobberLost && m.Kind != MailJobberRefused {
			continue
		}
		m.rest()
		m.State, m.Problem = MailStateCancelled, why
		m.step(db.Now(), why)
		if err := putMail(tx, m); err != nil {
			return err
		}
	}
	return nil
}

// timeMark names an occasion by its moment.
func timeMark(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

// digest names bytes without showing them.
func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:16])
}
