package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"go.etcd.io/bbolt"
)

// mostFolds bounds how often a repair folds: what is made from the ledger, what is made from that, and so on.
const mostFolds = 6

// A Repair is what [DB.Repair] did.
type Repair struct {
	Faults []Fault // what there was before, none if nothing was to be done
	Copy   string  // where the file as it was lies; "" if nothing was to be done
}

// Repair makes everything anew that is derived: balances, levels, demand, indexes. It changes no movement and no
// record, and copies the file aside first, to a new file that begins with aside. It fails, and changes nothing,
// when the ledger itself is damaged or cannot be read ([Conflict]); then only a backup helps.
func (db *DB) Repair(ctx context.Context, aside string) (Repair, error) {
	faults, err := db.Faults(ctx)
	if err != nil || !slices.ContainsFunc(faults, Fault.derived) {
		return Repair{Faults: faults}, err
	}
	r := Repair{Faults: faults, Copy: aside + "." + db.Now().Format("20060102-150405")}
	if _, err := db.copyTo(r.Copy); err != nil {
		return r, fmt.Errorf("copy the file aside: %w", err)
	}
	err = db.update(ctx, func(tx *bbolt.Tx) error { return readable(func() error { return db.foldAll(tx) }) })
	return r, err
}

func (f Fault) derived() bool { return f.Kind == InDerived }

// foldAll makes the derived buckets what they should be, again until nothing changes any more.
func (db *DB) foldAll(tx *bbolt.Tx) error {
	for range mostFolds {
		c := &checker{}
		if err := c.all(tx); err != nil {
			return err
		}
		if i := slices.IndexFunc(c.faults, func(f Fault) bool { return f.Kind == InLedger }); i >= 0 {
			return Errorf(Conflict, "The ledger itself is damaged, and nothing can be made from it: %s. Restore a backup.", c.faults[i].Says)
		}
		if !slices.ContainsFunc(c.faults, Fault.derived) {
			return nil
		}
		if err := db.fold(tx, c.want); err != nil {
			return err
		}
	}
	return errors.New("what is derived does not settle")
}

// fold writes what the derived buckets should hold, as far as is known by now.
func (db *DB) fold(tx *bbolt.Tx, want map[string]map[string][]byte) error {
	for _, name := range derived {
		if err := makeEqual(tx.Bucket(name), want[string(name)]); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	for _, name := range sized {
		b := tx.Bucket(name)
		if err := b.SetSequence(uint64(countKeys(b))); err != nil {
			return err
		}
	}
	for _, name := range numbered {
		b := tx.Bucket(name)
		if k, _ := b.Cursor().Last(); k != nil && b.Sequence() < firstID[uint64](k) {
			if err := b.SetSequence(firstID[uint64](k)); err != nil {
				return err
			}
		}
	}
	return db.queueNegatives(tx)
}

// queueNegatives has a count asked for wherever there is less than nothing.
func (db *DB) queueNegatives(tx *bbolt.Tx) error {
	for k, q := range onHandIn(tx, nil) {
		if q < 0 {
			if err := db.queueCount(tx, firstID[ItemID](k), secondID[PlaceID](k), whyNegative); err != nil {
				return err
			}
		}
	}
	return nil
}

// makeEqual makes b hold want and nothing else.
func makeEqual(b *bbolt.Bucket, want map[string][]byte) error {
	var gone [][]byte
	for k := range withPrefix(b, nil) {
		if _, ok := want[string(k)]; !ok {
			gone = append(gone, bytes.Clone(k))
		}
	}
	for _, k := range gone {
		if err := b.Delete(k); err != nil {
			return err
		}
	}
	for _, k := range slices.Sorted(maps.Keys(want)) {
		if key := []byte(k); !hasKey(b, key) || !bytes.Equal(b.Get(key), want[k]) {
			if err := b.Put(key, want[k]); err != nil {
				return err
			}
		}
	}
	return nil
}
