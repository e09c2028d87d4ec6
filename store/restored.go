package store

import (
	"context"

	"go.etcd.io/bbolt"
)

// whyRestored is why a mail that waited in a copy is not sent.
const whyRestored = "A backup was restored. It may have gone out since that was made."

// DropWaitingMails cancels what waits to be sent, and what waits in its window to be told: in a copy that is put back it
// is of the past, and may have gone out. Episodes stay open, so that nothing is told twice. The next digest is the one of
// the next hour for it.
func (db *DB) DropWaitingMails(ctx context.Context) error {
	return db.update(ctx, func(tx *bbolt.Tx) error {
		all, err := queuedMails(tx)
		if err != nil {
			return err
		}
		for _, m := range all {
			m.rest()
			m.State, m.Problem = MailStateCancelled, whyRestored
			m.step(db.Now(), whyRestored)
			if err := putMail(tx, m); err != nil {
				return err
			}
		}
		if err := dropWaitingCrossings(tx); err != nil {
			return err
		}
		return tx.Bucket(settingBucket).Delete([]byte(digestKey))
	})
}

// dropWaitingCrossings leaves every episode as if its crossing had been told.
func dropWaitingCrossings(tx *bbolt.Tx) error {
	all, err := episodes(tx)
	if err != nil {
		return err
	}
	for _, e := range all {
		if e.Crossing == nil {
			continue
		}
		e.Crossing = nil
		if err := put(tx.Bucket(episodeBucket), e.Scope().key(), e); err != nil {
			return err
		}
	}
	return nil
}
