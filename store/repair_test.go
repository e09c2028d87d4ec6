package store

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.etcd.io/bbolt"
)

// contents are the keys and values of every bucket, with its sequence.
func contents(t *testing.T, db *DB) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := db.bolt.View(func(tx *bbolt.Tx) error {
		return tx.ForEach(func(name []byte, b *bbolt.Bucket) error {
			var text strings.Builder
			fmt.Fprintln(&text, b.Sequence())
			for k, v := range withPrefix(b, nil) {
				fmt.Fprintf(&text, "%x %x\n", k, v)
			}
			all[string(name)] = text.String()
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// everything is a database with something in every bucket.
func everything(t *testing.T) *DB {
	t.Helper()
	db := openFrozen(t)
	fill(t, db)
	return db
}

// Each way to damage each derived bucket is named with a key, and healed; nothing else changes.
func TestRepairHealsWhatIsDerived(t *testing.T) {
	db := everything(t)
	sound := contents(t, db)
	harms := map[string]func(b *bbolt.Bucket, k, v []byte) error{
		"a key is lost":  func(b *bbolt.Bucket, k, _ []byte) error { return b.Delete(k) },
		"a key is false": func(b *bbolt.Bucket, k, _ []byte) error { return b.Put(append(k, 7), nil) },
		"a value is false": func(b *bbolt.Bucket, k, v []byte) error {
			return b.Put(k, append(v, 1))
		},
		"all is lost": func(b *bbolt.Bucket, _, _ []byte) error {
			var all [][]byte
			for k := range withPrefix(b, nil) {
				all = append(all, bytes.Clone(k))
			}
			for _, k := range all {
				if err := b.Delete(k); err != nil {
					return err
				}
			}
			return nil
		},
	}
	harms["the last value is false"] = func(b *bbolt.Bucket, _, _ []byte) error { // stock has keys of two kinds
		k, v := b.Cursor().Last()
		return b.Put(bytes.Clone(k), append(bytes.Clone(v), 1))
	}
	for _, name := range derived {
		for what, harm := range harms {
			err := db.bolt.Update(func(tx *bbolt.Tx) error {
				b := tx.Bucket(name)
				k, v := b.Cursor().First()
				return harm(b, bytes.Clone(k), bytes.Clone(v))
			})
			if err != nil {
				t.Fatal(err)
			}
			faults, err := db.Faults(t.Context())
			named := func(f Fault) bool { return f.Kind == InDerived && strings.HasPrefix(f.Says, string(name)+": key ") }
			if err != nil || !slices.ContainsFunc(faults, named) {
				t.Errorf("%s, %s: the check says %v, %v", name, what, faults, err)
			}
			r, err := db.Repair(t.Context(), filepath.Join(t.TempDir(), "aside"))
			if err != nil {
				t.Fatalf("%s, %s: %v", name, what, err)
			}
			if _, err := os.Stat(r.Copy); err != nil || len(r.Faults) != len(faults) {
				t.Errorf("%s, %s: the file as it was is at %q: %v; %d faults of %d", name, what, r.Copy, err, len(r.Faults), len(faults))
			}
			for bucket, now := range contents(t, db) {
				if now != sound[bucket] {
					t.Fatalf("%s, %s: in %s there is now\n%s\nand was\n%s", name, what, bucket, now, sound[bucket])
				}
			}
		}
	}
}

// The number of the next record may not be one that is taken: it would take that record's place.
func TestRepairHealsNumbers(t *testing.T) {
	db := everything(t)
	for _, name := range numbered {
		err := db.bolt.Update(func(tx *bbolt.Tx) error { return tx.Bucket(name).SetSequence(0) })
		if err != nil {
			t.Fatal(err)
		}
		if err := db.Check(t.Context()); err == nil || !strings.Contains(err.Error(), string(name)+": key ") {
			t.Errorf("%s: the check says %v", name, err)
		}
		if _, err := db.Repair(t.Context(), filepath.Join(t.TempDir(), "aside")); err != nil {
			t.Error(err)
		}
		if err := db.Check(t.Context()); err != nil {
			t.Errorf("%s: after the repair: %v", name, err)
		}
	}
}

// Nothing is made from a ledger that was altered, and a sound file is left alone.
func TestRepairLeavesTheLedgerAlone(t *testing.T) {
	db := everything(t)
	aside := filepath.Join(t.TempDir(), "aside")
	if r, err := db.Repair(t.Context(), aside); err != nil || r.Copy != "" || len(r.Faults) != 0 {
		t.Errorf("a sound file: %+v, %v", r, err)
	}
	err := db.bolt.Update(func(tx *bbolt.Tx) error {
		key := idKey(MovementID(1))
		v := bytes.Replace(bytes.Clone(tx.Bucket(movementBucket).Get(key)), []byte(`"qty":10000`), []byte(`"qty":90000`), 1)
		return errors.Join(tx.Bucket(movementBucket).Put(key, v), tx.Bucket(stockBucket).Delete(pairKey(ItemID(1), firstPlace)))
	})
	if err != nil {
		t.Fatal(err)
	}
	before := contents(t, db)
	if _, err := db.Repair(t.Context(), aside); CodeOf(err) != Conflict || !strings.Contains(err.Error(), "Restore a backup") {
		t.Errorf("the repair of an altered ledger: %v", err)
	}
	for bucket, now := range contents(t, db) {
		if now != before[bucket] {
			t.Errorf("%s was changed", bucket)
		}
	}
}
