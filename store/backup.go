package store

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"go.etcd.io/bbolt"
)

// Backup writes one moment of the database to a new file, which only its owner may read, and returns
// its size. It may run beside everything else. Secrets in it stay sealed; their key is not in it.
// It fails when the file exists.
func (db *DB) Backup(ctx context.Context, path string) (size int64, err error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	return db.copyTo(path)
}

// copyTo writes a copy of the database to a new file. The copy gets its name when it is whole and on disk,
// so that dying on the way leaves nothing that looks like one.
func (db *DB) copyTo(path string) (size int64, err error) {
	if _, err := os.Lstat(path); err == nil {
		return 0, &os.PathError{Op: "back up", Path: path, Err: os.ErrExist}
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.part") // for its owner alone
	if err != nil {
		return 0, err
	}
	err = db.bolt.View(func(tx *bbolt.Tx) error {
		size, err = tx.WriteTo(f)
		return err
	})
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return 0, errors.Join(DiskError(err), os.Remove(f.Name()))
	}
	return size, syncFolder(filepath.Dir(path))
}

// syncFolder makes a new name in a folder durable.
func syncFolder(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
