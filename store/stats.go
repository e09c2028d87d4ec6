package store

import (
	"context"
	"time"

	"go.etcd.io/bbolt"
)

// WriteStats is what writing did since the database was opened.
type WriteStats struct {
	Commits int64         // each is synced to the disk
	Acts    int64         // that the commits hold: those that come at once share one
	Writing time.Duration // spent writing and syncing
}

// WriteStats returns what writing did so far.
func (db *DB) WriteStats() WriteStats {
	st := db.bolt.Stats()
	return WriteStats{Commits: db.commits.Load(), Acts: db.acts.Load(), Writing: st.TxStats.GetWriteTime()}
}

// Size returns how many bytes the database's file has.
func (db *DB) Size(ctx context.Context) (n int64, err error) {
	err = db.view(ctx, func(tx *bbolt.Tx) error {
		n = tx.Size()
		return nil
	})
	return n, err
}
