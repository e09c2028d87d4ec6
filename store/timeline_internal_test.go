package store

import (
	"path/filepath"
	"testing"

	"go.etcd.io/bbolt"
)

// All timelines together hold 20,000 entries: of those of one job or of many, the oldest go.
func TestTimelinesAreBoundedTogether(t *testing.T) {
	db, err := Open(filepath.Join(t.TempDir(), "lwc.db"), frozen())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ApplyJobs(t.Context(), FromFirstSync, []JobSnapshot{{Account: "acc", Remote: "r", Number: 1}}); err != nil {
		t.Fatal(err)
	}
	err = db.update(t.Context(), func(tx *bbolt.Tx) error {
		for i := range allEntries + 5 {
			if err := addEntry(tx, SyncEntry{Job: JobID(i + 2), Result: SyncChanged}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	err = db.view(t.Context(), func(tx *bbolt.Tx) error {
		all, byJob := tx.Bucket(timelineBucket), tx.Bucket(timelineJob)
		k, _ := all.Cursor().First()
		if n := countKeys(all); n != allEntries || countKeys(byJob) != n || byJob.Sequence() != uint64(n) || firstID[SyncID](k) != 7 {
			t.Errorf("%d entries from %d on, %d by job, which says %d", n, firstID[SyncID](k), countKeys(byJob), byJob.Sequence())
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
