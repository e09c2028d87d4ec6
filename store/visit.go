package store

import (
	"context"
	"encoding/binary"

	"go.etcd.io/bbolt"
)

// visitKeys returns the index entries that lead from the visits of a job to it.
func visitKeys(id JobID, r jobRecord) [][3][]byte {
	var keys [][3][]byte
	for _, v := range r.Visits {
		if v.Remote != "" {
			keys = append(keys, [3][]byte{jobVisit, binary.BigEndian.AppendUint64(visitPrefix(r.Account, v.Remote), uint64(id)), nil})
		}
	}
	return keys
}

func visitPrefix(account, visit string) []byte { return append(remoteKey(account, visit), 0) }

// jobOfRecord returns the job that a record of Jobber's is, or is a visit of; 0 for none here.
func jobOfRecord(tx *bbolt.Tx, account, remote string) JobID {
	if v := tx.Bucket(jobRemote).Get(remoteKey(account, remote)); v != nil {
		return firstID[JobID](v)
	}
	for k := range withPrefix(tx.Bucket(jobVisit), visitPrefix(account, remote)) {
		return lastID[JobID](k)
	}
	return 0
}

// JobsOfVisits returns Jobber's ids of the jobs that visits belong to, by the visits' ids, as far as
// the jobs here have these visits.
func (db *DB) JobsOfVisits(ctx context.Context, account string, visits []string) (map[string]string, error) {
	jobs := map[string]string{}
	err := db.view(ctx, func(tx *bbolt.Tx) error {
		for _, v := range visits {
			id := jobOfRecord(tx, account, v)
			if id == 0 {
				continue
			}
			r, err := getJob(tx, id)
			if err != nil {
				return err
			}
			jobs[v] = r.Remote
		}
		return nil
	})
	return jobs, err
}
