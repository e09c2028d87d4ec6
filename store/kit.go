package store

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"go.etcd.io/bbolt"
)

// A Part is one item of what a line is made of.
type Part struct {
	Item   ItemID `json:"item"`
	Factor Qty    `json:"factor"` // items for one of the line, in thousandths
}

// A Kit is a recipe: the items that one of a line is made of. Kits hold items, never other kits.
type Kit struct {
	ID      KitID
	Version uint64 // raised by each change
	Name    string // unique, whatever its case
	Parts   []Part // each item once
}

// kitRecord is a Kit as it lies in the file.
type kitRecord struct {
	Version uint64    `json:"version"`
	Name    string    `json:"name"`
	Parts   []Part    `json:"parts"`
	By      Actor     `json:"by"`
	At      time.Time `json:"at"`
}

// A KitDraft is what a person may say of a kit.
type KitDraft struct {
	Name  string
	Parts []Part
}

// maxParts keeps a kit to what a page can show.
const maxParts = 100

// check fails with [Invalid]; its fields are name, item and factor.
func (d KitDraft) check(tx *bbolt.Tx) error {
	bad := problems{}
	if n := utf8.RuneCountInString(d.Name); n < 1 || n > 200 {
		bad.add("name", "Write a name of 1 to 200 characters.")
	}
	if len(d.Parts) == 0 {
		bad.add("item", "A kit needs at least one item.")
	} else if len(d.Parts) > maxParts {
		bad.add("item", "At most %d items.", maxParts)
	}
	seen := map[ItemID]bool{}
	for _, p := range d.Parts {
		if p.Factor <= 0 || p.Factor > maxQty {
			bad.add("factor", "Write how many of the item one kit has, above 0.")
		}
		if seen[p.Item] {
			bad.add("item", "This item is in the kit already. Change its amount there.")
		}
		seen[p.Item] = true
	}
	if err := bad.err(); err != nil {
		return err
	}
	for _, p := range d.Parts {
		if _, err := getItem(tx, p.Item); err != nil {
			return fieldError(err, "item")
		}
	}
	return nil
}

// CreateKit adds a kit; the same one again is the one there is. It fails with [Invalid], with [NotFound] for an unknown item, or with [Conflict] when the name is taken.
func (db *DB) CreateKit(ctx context.Context, by Actor, d KitDraft) (Kit, error) {
	var k Kit
	err := db.update(ctx, func(tx *bbolt.Tx) (err error) {
		k, err = db.addKit(tx, by, d)
		return err
	})
	return k, err
}

func (db *DB) addKit(tx *bbolt.Tx, by Actor, d KitDraft) (Kit, error) {
	if v := tx.Bucket(kitName).Get([]byte(fold(oneLine(d.Name)))); v != nil {
		k, err := getKit(tx, firstID[KitID](v))
		if err != nil || slices.Equal(k.Parts, d.Parts) {
			return k, err
		}
	}
	id, err := next[KitID](tx.Bucket(kitBucket))
	if err != nil {
		return Kit{}, err
	}
	return db.saveKit(tx, by, Kit{ID: id}, d)
}

// UpdateKit changes a kit, and in the same commit what all open jobs with such lines need. What was issued stays issued.
// A draft that says what the kit is already changes nothing. It fails as [DB.CreateKit] does, and with [Conflict]
// when version is not the kit's any more: someone was faster.
func (db *DB) UpdateKit(ctx context.Context, by Actor, id KitID, version uint64, d KitDraft) (Kit, error) {
	var k Kit
	err := db.update(ctx, func(tx *bbolt.Tx) error {
		old, err := getKit(tx, id)
		if err != nil {
			return err
		}
		if k = old; oneLine(d.Name) == old.Name && slices.Equal(d.Parts, old.Parts) {
			return nil
		}
		if old.Version != version {
			return Errorf(Conflict, "Someone changed the kit %s meanwhile. Look at it again.", old.Name)
		}
		if k, err = db.saveKit(tx, by, old, d); err != nil {
			return err
		}
		_, err = db.matchAgain(tx, by, keysOfKit(tx, id)...)
		return err
	})
	return k, err
}

// DeleteKit removes a kit that no answer needs. It fails with [NotFound], or with [Conflict] when lines are such kits.
func (db *DB) DeleteKit(ctx context.Context, by Actor, id KitID) error {
	return db.update(ctx, func(tx *bbolt.Tx) error {
		k, err := getKit(tx, id)
		if err != nil {
			return err
		}
		if n := len(keysOfKit(tx, id)); n > 0 {
			return Errorf(Conflict, "The kit %s is the answer for %s of Jobber's. Answer anew first.", k.Name, lines(n))
		}
		if err := tx.Bucket(kitName).Delete([]byte(fold(k.Name))); err != nil {
			return err
		}
		return errors.Join(tx.Bucket(kitBucket).Delete(idKey(id)), db.auditKit(tx, by, k, Kit{}))
	})
}

// saveKit writes old as d says, with its index.
func (db *DB) saveKit(tx *bbolt.Tx, by Actor, old Kit, d KitDraft) (Kit, error) {
	d.Name = oneLine(d.Name)
	if err := d.check(tx); err != nil {
		return Kit{}, err
	}
	b, key := tx.Bucket(kitName), []byte(fold(d.Name))
	if v := b.Get(key); v != nil && firstID[KitID](v) != old.ID {
		return Kit{}, &Error{Code: Conflict, Message: "There is a kit of this name already.",
			Fields: map[string]string{"name": "There is a kit of this name already."}}
	}
	if was := []byte(fold(old.Name)); old.Version != 0 && !bytes.Equal(was, key) {
		if err := b.Delete(was); err != nil {
			return Kit{}, err
		}
	}
	if err := b.Put(key, idKey(old.ID)); err != nil {
		return Kit{}, err
	}
	k := Kit{ID: old.ID, Version: old.Version + 1, Name: d.Name, Parts: d.Parts}
	err := put(tx.Bucket(kitBucket), idKey(k.ID), kitRecord{Version: k.Version, Name: k.Name, Parts: k.Parts, By: by, At: db.Now()})
	return k, errors.Join(err, db.auditKit(tx, by, old, k))
}

// auditKit notes that a kit is new, is another now, or is gone: k without an id.
func (db *DB) auditKit(tx *bbolt.Tx, by Actor, old, k Kit) error {
	did := "changed"
	if old.Version == 0 {
		did = "made"
	} else if k.ID == 0 {
		did = "deleted"
	}
	before, err := old.words(tx)
	if err != nil {
		return err
	}
	after, err := k.words(tx)
	if err != nil {
		return err
	}
	return db.audit(tx, AuditEntry{By: by, Kind: AuditMatch, What: did + " the kit " + cmp.Or(k.Name, old.Name), About: "/kits",
		Changes: changed([3]string{"name", old.Name, k.Name}, [3]string{"items", before, after})})
}

// words lists what is in k.
func (k Kit) words(tx *bbolt.Tx) (string, error) {
	var all []string
	for _, p := range k.Parts {
		it, err := getItem(tx, p.Item)
		if err != nil {
			return "", err
		}
		all = append(all, p.Factor.String()+" of "+it.SKU)
	}
	return strings.Join(all, ", "), nil
}

// keysOfKit returns the match keys of the answers that name the kit.
func keysOfKit(tx *bbolt.Tx, id KitID) [][]byte {
	var keys [][]byte
	for k := range withPrefix(tx.Bucket(matchKit), idKey(id)) {
		keys = append(keys, bytes.Clone(k[8:]))
	}
	return keys
}

func getKit(tx *bbolt.Tx, id KitID) (Kit, error) {
	var r kitRecord
	ok, err := get(tx.Bucket(kitBucket), idKey(id), &r)
	if err != nil {
		return Kit{}, err
	}
	if !ok {
		return Kit{}, Errorf(NotFound, "There is no kit with the number %v.", id)
	}
	return Kit{ID: id, Version: r.Version, Name: r.Name, Parts: r.Parts}, nil
}
