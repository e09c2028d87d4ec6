package store

import (
	"path/filepath"
	"testing"

	"go.etcd.io/bbolt"
)

// Layout 1 let people say that a service is an item. Since then it is a kit or nothing: what was said lives on
// as a kit of that item, and the next sync does not lose it.
func TestServiceAnsweredInLayout1(t *testing.T) {
	path := thaw(t, filepath.Join("testdata", "v1.db.gz"))
	answerService(t, path)
	db, err := Open(path, frozen())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Check(t.Context()); err != nil {
		t.Error(err)
	}
	needed := func(when string) {
		t.Helper()
		s, err := db.JobSheet(t.Context(), 2)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range s.Lines {
			if l.Name == "Install a panel" && (l.Stock.ID != 2 || l.Required != 4000) {
				t.Errorf("%s the service is %v and needs %v, want 4 of item 2", when, l.Stock.ID, l.Required)
			}
		}
	}
	needed("at once")
	_, err = db.ApplyJobs(t.Context(), FromSweep, []JobSnapshot{{Account: "acc", Remote: "job-2", Number: 2, Title: "Other", Lines: []SnapshotLine{
		{Remote: "line AB-1", Name: "AB-1", Qty: 1000, Category: CategoryProduct},
		{Remote: "service", Name: "Install a panel", Qty: 2000, Category: CategoryService}}}})
	if err != nil {
		t.Fatal(err)
	}
	needed("after a sync")
	if err := db.Check(t.Context()); err != nil {
		t.Error(err)
	}
}

// answerService puts a service onto job 2 in a file of layout 1, each of which is 2 of item 2, as lee said.
func answerService(t *testing.T, path string) {
	t.Helper()
	old, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer old.Close()
	err = old.Update(func(tx *bbolt.Tx) error {
		r, err := getJob(tx, 2)
		if err != nil {
			return err
		}
		id, err := next[LineID](tx.Bucket(lineBucket))
		if err != nil {
			return err
		}
		l := lineRecord{ID: id, Remote: "service", Name: "Install a panel", Qty: 2000, Category: CategoryService,
			Item: 2, Factor: 2000, How: "lee said so"}
		r.Lines = append(r.Lines, l)
		for _, e := range jobKeys(2, r) {
			if err := tx.Bucket(e[0]).Put(e[1], e[2]); err != nil {
				return err
			}
		}
		if err := put(tx.Bucket(jobBucket), idKey(JobID(2)), r); err != nil {
			return err
		}
		if err := put(tx.Bucket(matchBucket), l.matchKey(), matchRecord{Item: 2, Factor: 2000, By: frozenBy}); err != nil {
			return err
		}
		return foldDemand(tx, 2, r, 2)
	})
	if err != nil {
		t.Fatal(err)
	}
}
