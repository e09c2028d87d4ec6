package store

import (
	"context"
	"time"

	"go.etcd.io/bbolt"
)

// KnownJobs returns, by Jobber's id, when those of an account's jobs last changed at Jobber that are
// here and not deleted. The others are missing in the answer.
func (db *DB) KnownJobs(ctx context.Context, account string, remotes []string) (map[string]time.Time, error) {
	known := make(map[string]time.Time, len(remotes))
	err := db.view(ctx, func(tx *bbolt.Tx) error {
		for _, remote := range remotes {
			v := tx.Bucket(jobRemote).Get(remoteKey(account, remote))
			if v == nil {
				continue
			}
			r, err := getJob(tx, firstID[JobID](v))
			if err != nil {
				return err
			}
			if r.State != JobDeleted {
				known[remote] = r.UpdatedAt
			}
		}
		return nil
	})
	return known, err
}

// RemoteJobs returns Jobber's ids of all jobs of an account that are here and not deleted, in no order
// that means anything.
func (db *DB) RemoteJobs(ctx context.Context, account string) ([]string, error) {
	var remotes []string
	err := db.view(ctx, func(tx *bbolt.Tx) error {
		for _, v := range withPrefix(tx.Bucket(jobRemote), remoteKey(account, "")) {
			r, err := getJob(tx, firstID[JobID](v))
			if err != nil {
				return err
			}
			if r.State != JobDeleted {
				remotes = append(remotes, r.Remote)
			}
		}
		return nil
	})
	return remotes, err
}
