package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"github.com/zeebo/xxh3"
	"go.etcd.io/bbolt"
	"golang.org/x/sync/errgroup"
)

// bbolt's pages carry no checksums: a bit that flips on the disk would be read as a fact. So a file that is closed
// in order has a sum beside it, in a file that opening removes. Where it is, not a bit may have changed; where it
// is missing, the process that had the file died, and what the file says of itself is all there is to go by.
//
// The sum is XXH3, 128 bits: it is against disks, not against people, who could write another. All of the file is read before
// the first answer, so it has to be as fast as memory.

// sumMark begins a sum. One that begins otherwise is another program's, and says nothing.
const sumMark = "xxh3-128 "

// sumPart is how much of the file one goroutine reads at a time.
const sumPart = 4 << 20

// sumPath is where the sum of a closed database lies.
func sumPath(path string) string { return path + ".sum" }

// sumOf returns the sum of the file: of its size, and of the sums of its parts in turn.
func sumOf(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	parts := make([][16]byte, (info.Size()+sumPart-1)/sumPart)
	var all errgroup.Group
	all.SetLimit(runtime.GOMAXPROCS(0))
	for i := range parts {
		all.Go(func() error {
			h := xxh3.New()
			_, err := io.CopyBuffer(h, io.NewSectionReader(f, int64(i)*sumPart, sumPart), make([]byte, 256<<10))
			parts[i] = h.Sum128().Bytes()
			return err
		})
	}
	err = errors.Join(all.Wait(), f.Close())
	whole := binary.BigEndian.AppendUint64(nil, uint64(info.Size()))
	for _, p := range parts {
		whole = append(whole, p[:]...)
	}
	return fmt.Appendf(nil, "%s%x", sumMark, xxh3.Hash128(whole).Bytes()), err
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
	if err != nil || !bytes.HasPrefix(want, []byte(sumMark)) {
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
