package store

import (
	"context"
	"errors"
	"os"

	"go.etcd.io/bbolt"
)

// Backup writes one moment of the database to a new file, which only its owner may read, and returns
// its size. It may run beside everything else. Secrets in it stay sealed; their key is not in it.
// It fails when the file exists.
func (db *DB) Backup(ctx context.Context, path string) (size int64, err error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return 0, err
	}
	err = db.view(ctx, func(tx *bbolt.Tx) error {
		size, err = tx.WriteTo(f)
		return err
	})
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return 0, errors.Join(err, os.Remove(path))
	}
	return size, nil
}
