package store

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.etcd.io/bbolt"
)

// sound returns the bytes of a sound database with a few hundred entries.
func sound(t *testing.T) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "whole.db")
	db, err := Open(path, Options{Secret: make([]byte, 32)})
	if err != nil {
		t.Fatal(err)
	}
	act := Act{RequestID: "1", By: Actor{Name: "test"}}
	for i := range 100 {
		it, err := db.CreateItem(t.Context(), act.By, ItemDraft{SKU: fmt.Sprint("S-", i), Name: "Thing", Category: "Things"})
		if err != nil {
			t.Fatal(err)
		}
		act.Entries = append(act.Entries, Entry{Item: it.ID, Kind: Receive, Qty: 5000})
	}
	if _, err := db.Book(t.Context(), act); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// proved opens the file and checks it, as a restore does.
func proved(t *testing.T, data []byte) error {
	t.Helper()
	path := filepath.Join(t.TempDir(), "lwc.db")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	db, err := Open(path, Options{Secret: make([]byte, 32)})
	if err != nil {
		return err
	}
	defer db.Close()
	return db.Check(t.Context())
}

// A backup that was cut short or damaged on its way is told as that; it does not end the program.
func TestDamagedFiles(t *testing.T) {
	data := sound(t)
	if err := proved(t, data); err != nil {
		t.Fatalf("a sound file: %v", err)
	}
	for _, n := range []int{100, 4096, 8192, 16384, len(data) / 4} {
		if err := proved(t, data[:n]); err == nil {
			t.Errorf("cut to %d of %d bytes, and nothing is wrong with it", n, len(data))
		}
	}
	if err := proved(t, nil); err == nil || !strings.Contains(err.Error(), "is empty") {
		t.Errorf("an empty file: %v", err)
	}
}

// quantities are the buckets of which no figure may be wrong on any page.
var quantities = [][]byte{movementBucket, stockBucket, lowBucket, demandBucket, issuedBucket, heldBucket}

// A bit that flips somewhere in a file that nobody could close is found, or it changed no quantity. In a file that
// was closed every one is found.
func TestFlippedBits(t *testing.T) {
	data := sound(t)
	random := rand.New(rand.NewPCG(1, 1)) // the same bits every time
	path := filepath.Join(t.TempDir(), "whole.db")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	db, err := Open(path, Options{Secret: make([]byte, 32)})
	if err != nil {
		t.Fatal(err)
	}
	want := contents(t, db)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	sum, err := os.ReadFile(sumPath(path))
	if err != nil {
		t.Fatal(err)
	}
	found, all := 0, 0
	for page := 0; page < len(data); page += 4096 {
		bad := slices.Clone(data)
		at := page + random.IntN(4096)
		bad[at] ^= 1 << random.IntN(8)
		all++
		if err := proved(t, bad); err != nil {
			found++
			continue
		}
		path := filepath.Join(t.TempDir(), "lwc.db")
		if err := errors.Join(os.WriteFile(path, bad, 0o600), os.WriteFile(sumPath(path), sum, 0o600)); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(path, Options{Secret: make([]byte, 32)}); err == nil || !strings.Contains(err.Error(), "is damaged") {
			t.Errorf("a bit at %d, in a file that was closed: %v", at, err)
		}
		if err := os.Remove(sumPath(path)); err != nil {
			t.Fatal(err)
		}
		db, err := Open(path, Options{Secret: make([]byte, 32)})
		if err != nil {
			t.Fatal(err)
		}
		now := contents(t, db)
		for _, name := range quantities {
			if now[string(name)] != want[string(name)] {
				t.Errorf("a bit at %d, and nothing is wrong with %s", at, name)
			}
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if found == 0 {
		t.Errorf("%d of %d flipped bits were found", found, all)
	}
	t.Logf("%d of %d bits found without a sum; the others changed no quantity", found, all)
}

// Another program's file is not taken for a new installation.
func TestForeignFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "other.db")
	b, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = b.Update(func(tx *bbolt.Tx) error {
		_, err := tx.CreateBucket([]byte("widgets"))
		return err
	})
	if err := errors.Join(err, b.Close()); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	db, err := Open(path, Options{Secret: make([]byte, 32)})
	if err == nil {
		db.Close()
	}
	if err == nil || !strings.Contains(err.Error(), "another program") {
		t.Errorf("opened another program's file: %v", err)
	}
	if after, err := os.ReadFile(path); err != nil || !slices.Equal(before, after) {
		t.Errorf("the file was changed: %v", err)
	}
}

func TestBackup(t *testing.T) {
	dir := t.TempDir()
	db, err := Open(filepath.Join(dir, "lwc.db"), Options{Secret: make([]byte, 32)})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.CreateItem(t.Context(), Actor{}, ItemDraft{SKU: "AB-1", Name: "Thing"}); err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(dir, "backup.db")
	size, err := db.Backup(t.Context(), to)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(to)
	if err != nil || info.Size() != size || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v; want %d bytes for its owner alone", info, err, size)
	}
	if _, err := db.Backup(t.Context(), to); !os.IsExist(err) {
		t.Errorf("over a file that is there: %v", err)
	}
	if _, err := db.Backup(t.Context(), filepath.Join(dir, "nowhere", "b.db")); !os.IsNotExist(err) {
		t.Errorf("into a folder that is not there: %v", err)
	}
	names, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(names) != 2 {
		t.Errorf("in the folder lie %q, %v; want the database and its backup", names, err)
	}
	copied, err := Open(to, Options{Secret: make([]byte, 32)})
	if err != nil {
		t.Fatal(err)
	}
	defer copied.Close()
	if it, err := copied.ItemByCode(t.Context(), "ab-1"); err != nil || it.Name != "Thing" {
		t.Errorf("in the backup is %+v, %v", it, err)
	}
}
