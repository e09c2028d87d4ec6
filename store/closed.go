package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"go.etcd.io/bbolt"
)

// bbolt's pages carry no checksums: a bit that flips on the disk would be read as a fact. So a file that is closed
// in order has its SHA-256 beside it, in a file that opening removes. Where it is, not a bit may have changed; where it
// is missing, the process that had the file died, and what the file says of itself is all there is to go by.

// sumPath is where the SHA-256 of a closed database lies, in hex.
func sumPath(path string) string { return path + ".sum" }

func sumOf(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	h := sha256.New()
	_, err = io.Copy(h, f)
	return []byte(hex.EncodeToString(h.Sum(nil))), errors.Join(err, f.Close())
}

// present fails for a file that bbolt would take for a new one, and that was one with data in it.
func present(path string) error {
	info, err := os.Stat(path)
	_, noSum := os.Stat(sumPath(path))
	switch {
	case errors.Is(err, fs.ErrNotExist) && noSum == nil:
		return fmt.Errorf("%s is gone, and %s beside it says that it was here: bring it back, restore a backup, or remove both to begin anew", path, sumPath(path))
	case err == nil && info.Size() == 0:
		return fmt.Errorf("%s is empty: restore a backup, or remove it to begin anew", path)
	case errors.Is(err, fs.ErrNotExist):
		return nil
	}
	return err
}

// closedWell reports whether the file was closed in order. It fails when the file is not as it was then.
func closedWell(path string) (bool, error) {
	want, err := os.ReadFile(sumPath(path))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	got, err := sumOf(path)
	if err == nil && !bytes.Equal(bytes.TrimSpace(want), got) {
		err = fmt.Errorf("%s is damaged: it is not what it was when it was closed. Restore a backup; or, if you put this file there yourself, "+
			"remove %s, and it is checked at the next start", path, sumPath(path))
	}
	return err == nil, err
}

// complete fails for a file that ends before its last page.
func (db *DB) complete(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	return db.bolt.View(func(tx *bbolt.Tx) error {
		if info.Size() < tx.Size() {
			return fmt.Errorf("%s is cut short: it has %d bytes of %d. Restore a backup", path, info.Size(), tx.Size())
		}
		return nil
	})
}

// dropSum takes the sum away, durably: from here on the file changes.
func dropSum(path string) error {
	err := os.Remove(sumPath(path))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return errors.Join(err, syncFolder(filepath.Dir(path)))
}

// leaveSum leaves the sum of a file that nobody writes to any more.
func leaveSum(path string) error {
	sum, err := sumOf(path)
	if err != nil {
		return err
	}
	part := sumPath(path) + ".part"
	f, err := os.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(append(sum, '\n'))
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(part, sumPath(path))
	}
	if err != nil {
		return errors.Join(err, os.Remove(part))
	}
	return syncFolder(filepath.Dir(path))
}
