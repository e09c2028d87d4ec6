package store

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"go.etcd.io/bbolt"
)

// roomy is a database, its path, and the megabytes that its file has free.
func roomy(t *testing.T, megabytes int) (*DB, string) {
	t.Helper()
	o := frozen()
	o.Shrink = true
	path := filepath.Join(t.TempDir(), "lwc.db")
	db, err := Open(path, o)
	if err != nil {
		t.Fatal(err)
	}
	fill(t, db)
	key := func(i int) []byte { return idKey(MailID(i)) }
	err = db.update(t.Context(), func(tx *bbolt.Tx) error {
		for i := range megabytes {
			if err := tx.Bucket(settingBucket).Put(key(i), make([]byte, 1<<20)); err != nil {
				return err
			}
		}
		return nil
	})
	for i := range megabytes {
		if err == nil {
			err = db.update(t.Context(), func(tx *bbolt.Tx) error { return tx.Bucket(settingBucket).Delete(key(i)) })
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	return db, path
}

func sizeOf(t *testing.T, path string) int64 {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

// A file with much free is small once it is closed, and says what it said.
func TestCloseShrinksTheFile(t *testing.T) {
	db, path := roomy(t, 20)
	want := contents(t, db)
	if before := sizeOf(t, path); before < 20<<20 {
		t.Fatalf("the file has %d bytes", before)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if after := sizeOf(t, path); after > 2<<20 {
		t.Errorf("the file has %d bytes still", after)
	}
	db, err := Open(path, frozen())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if db.WasCut() {
		t.Error("the new file was not closed in order")
	}
	for name, now := range contents(t, db) {
		if now != want[name] {
			t.Errorf("%s is now\n%s\nand was\n%s", name, now, want[name])
		}
	}
	if err := db.Check(t.Context()); err != nil {
		t.Error(err)
	}
}

// Writing little anew is worth nothing, and what cannot be written leaves the file as it is.
func TestCloseLeavesTheFile(t *testing.T) {
	for name, tt := range map[string]struct {
		free int
		harm func(db *DB, path string) error
	}{
		"little is free":      {5, func(*DB, string) error { return nil }},
		"nobody asked for it": {20, func(db *DB, _ string) error { db.shrinks = false; return nil }},
		"there is no way to write": {20, func(_ *DB, path string) error {
			return os.MkdirAll(filepath.Join(shrinkPath(path), "in the way"), 0o700)
		}},
		"it lies somewhere else": {20, func(_ *DB, path string) error {
			return errors.Join(os.Rename(path, path+".there"), os.Symlink(path+".there", path))
		}},
	} {
		t.Run(name, func(t *testing.T) {
			db, path := roomy(t, tt.free)
			want := contents(t, db)
			if err := tt.harm(db, path); err != nil {
				t.Fatal(err)
			}
			before, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			if after, err := os.Stat(path); err != nil || !os.SameFile(before, after) {
				t.Errorf("it is another file: %v", err)
			}
			if err := os.RemoveAll(shrinkPath(path)); err != nil {
				t.Fatal(err)
			}
			if db, err = Open(path, frozen()); err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			if db.WasCut() || contents(t, db)[string(movementBucket)] != want[string(movementBucket)] {
				t.Error("it was not closed in order")
			}
		})
	}
}

// Who died while writing the smaller file leaves a part of it. It goes, and the file is what counts.
func TestHalfOfASmallFileGoes(t *testing.T) {
	db, path := roomy(t, 0)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(shrinkPath(path), []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	db, err := Open(path, frozen())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := os.Stat(shrinkPath(path)); !os.IsNotExist(err) {
		t.Errorf("it is there still: %v", err)
	}
	if err := db.Check(t.Context()); err != nil {
		t.Error(err)
	}
}
