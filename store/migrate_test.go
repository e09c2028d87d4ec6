package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"go.etcd.io/bbolt"
)

var update = flag.Bool("update", false, "write the files in testdata anew")

// A file of every layout there ever was opens, is sound, and says what it said.
func TestMigrations(t *testing.T) {
	newest := filepath.Join("testdata", fmt.Sprintf("v%d.db.gz", len(migrations)))
	if *update {
		freeze(t, newest)
	}
	files, err := filepath.Glob(filepath.Join("testdata", "v*.db.gz"))
	if err != nil || !slices.Contains(files, newest) {
		t.Fatalf("there are %q (%v), and no file of the newest layout: go test -run TestMigrations -update", files, err)
	}
	for _, name := range files {
		t.Run(filepath.Base(name), func(t *testing.T) {
			path := thaw(t, name)
			db, err := Open(path, frozen())
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			if err := db.Check(t.Context()); err != nil {
				t.Error(err)
			}
			layout, err := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(filepath.Base(name), "v"), ".db.gz"))
			if err != nil {
				t.Fatal(err)
			}
			compareFrozen(t, db, layout)
			if err := db.Check(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

// The frozen file proves nothing of a bucket that is empty in it.
func TestFillTouchesEveryBucket(t *testing.T) {
	db, err := Open(filepath.Join(t.TempDir(), "lwc.db"), frozen())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	fill(t, db)
	compareFrozen(t, db, len(migrations))
	err = db.view(t.Context(), func(tx *bbolt.Tx) error {
		return tx.ForEach(func(name []byte, b *bbolt.Bucket) error {
			if k, _ := b.Cursor().First(); k == nil && !bytes.Equal(name, connectBucket) { // a state is good once
				t.Errorf("%s is empty", name)
			}
			return nil
		})
	})
	if err != nil {
		t.Error(err)
	}
}

func TestAFileFromTheFuture(t *testing.T) {
	path := thaw(t, filepath.Join("testdata", "v1.db.gz"))
	setVersion(t, path, uint64(len(migrations)+1))
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	db, err := Open(path, frozen())
	if err == nil {
		db.Close()
	}
	if err == nil || !strings.Contains(err.Error(), "newer than this program's") {
		t.Errorf("it opened: %v", err)
	}
	after, err := os.ReadFile(path)
	names, err2 := filepath.Glob(path + "*")
	if err := errors.Join(err, err2); err != nil || !bytes.Equal(before, after) || len(names) != 1 {
		t.Errorf("it was changed, or %q are there: %v", names, err)
	}
}

func setVersion(t *testing.T, path string, n uint64) {
	t.Helper()
	b, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = b.Update(func(tx *bbolt.Tx) error {
		return tx.Bucket(metaBucket).Put(versionKey, binary.AppendUvarint(nil, n))
	})
	if err := errors.Join(err, b.Close()); err != nil {
		t.Fatal(err)
	}
}

// Before a file is migrated it is copied aside; a migration that fails leaves it as it was.
func TestAMigrationThatFails(t *testing.T) {
	path := thaw(t, filepath.Join("testdata", "v1.db.gz"))
	shipped := migrations
	t.Cleanup(func() { migrations = shipped })
	works := false
	migrations = append(slices.Clone(shipped), func(tx *bbolt.Tx) error {
		if err := tx.Bucket(settingBucket).Put([]byte("new"), []byte("layout")); err != nil || works {
			return err
		}
		return errors.New("no")
	})
	if db, err := Open(path, frozen()); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("to layout %d: no", len(migrations))) {
		t.Errorf("it opened: %v, %v", db, err)
	}
	works = true
	db, err := Open(path, frozen())
	if err != nil {
		t.Fatal(err)
	}
	if v, err := db.version(); err != nil || v != len(migrations) {
		t.Errorf("layout %d, %v", v, err)
	}
	if err := errors.Join(db.Check(t.Context()), db.Close()); err != nil {
		t.Error(err)
	}
	migrations = shipped
	if db, err = Open(path+".v1", frozen()); err != nil {
		t.Fatalf("the copy: %v", err)
	}
	defer db.Close()
	compareFrozen(t, db, 1)
}

// Whoever looks after the server reads where the file lies as it was.
func TestAMigrationIsTold(t *testing.T) {
	path := thaw(t, filepath.Join("testdata", "v2.db.gz"))
	var log bytes.Buffer
	o := frozen()
	o.Log = slog.New(slog.NewTextHandler(&log, nil))
	for _, want := range []int{1, 0} { // once
		log.Reset()
		db, err := Open(path, o)
		if err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(log.String(), path+".v2"); n != want {
			t.Errorf("the copy is named %d times, and should be %d:\n%s", n, want, log.String())
		}
	}
}
