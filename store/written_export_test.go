package store

import "go.etcd.io/bbolt"

// Written is what a database wrote since it was opened.
type Written struct{ Commits, Pages, Bytes int64 }

// Written tells it, for benchmarks.
func (db *DB) Written() Written {
	var w Written
	_ = db.bolt.View(func(tx *bbolt.Tx) error { w.Commits = int64(tx.ID()); return nil })
	s := db.bolt.Stats()
	w.Pages, w.Bytes = s.TxStats.GetPageCount(), s.TxStats.GetPageAlloc()
	return w
}
