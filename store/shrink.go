package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"go.etcd.io/bbolt"
)

// What large imports and dropped records leave free stays in the file. bbolt uses it again, but each start reads it, to prove
// the file, and each commit lists it. So a file that is closed with much of it free is written anew without.

const (
	shrinkFrom  = 16 << 20 // bytes free: less is not worth the writing
	shrinkShare = 4        // and this part of the file or more
	shrinkStep  = 16 << 20 // bytes written in one transaction
)

// shrinkPath is where a file without free pages is made. What lies there when a database is opened is half of one.
func shrinkPath(path string) string { return path + ".small" }

// shrink puts a file without free pages in the place of this one, if that is worth it. Nobody may write any more; who still
// reads goes on with the file as it was. The new file is locked, as this one is, until done is called.
func (db *DB) shrink() (done func() error, err error) {
	done = func() error { return nil }
	stats, path := db.bolt.Stats(), db.bolt.Path()
	free := int64(stats.FreePageN+stats.PendingPageN) * int64(db.bolt.Info().PageSize)
	info, err := os.Lstat(path)
	if err != nil || !db.shrinks || !info.Mode().IsRegular() || free < max(shrinkFrom, info.Size()/shrinkShare) {
		return done, err // a link stays one, and what it leads to stays where somebody put it
	}
	small, err := bbolt.Open(shrinkPath(path), 0o600, &bbolt.Options{NoSync: true})
	if err != nil {
		return done, err
	}
	err = readable(func() error { return bbolt.Compact(small, db.bolt, shrinkStep) })
	if err == nil {
		err = small.Sync()
	}
	if err == nil {
		err = os.Rename(shrinkPath(path), path)
	}
	if err != nil {
		return done, errors.Join(err, small.Close(), os.Remove(shrinkPath(path)))
	}
	db.log.Info("the database's file was written anew without its free pages", "bytes", info.Size(), "free", free)
	return small.Close, syncFolder(filepath.Dir(path))
}

// dropSmall removes the file of a shrinking that never came to its end.
func dropSmall(path string) error {
	if err := os.Remove(shrinkPath(path)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove what is left of a file that was to be: %w", err)
	}
	return nil
}
