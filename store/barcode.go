package store

import (
	"context"
	"slices"
	"strings"

	"go.etcd.io/bbolt"
)

const upcDigits = 12

// codeKey is the key of a code that is printed on things. Case and spacing do not count, and a UPC-A
// is the EAN-13 with a zero before it: scanners say the one or the other of the same bars.
func codeKey(code string) string {
	k := fold(code)
	if len(k) == upcDigits && allDigits(k) {
		return "0" + k
	}
	return k
}

// SameCode reports whether two spellings are one code: a scan of either finds the same item.
func SameCode(a, b string) bool { return codeKey(a) == codeKey(b) }

// AddBarcode gives an item one more code to be found by. A code that it has already changes nothing.
// It fails with [Invalid] and with [Conflict] when another item has the code (field barcode), or with [NotFound].
func (db *DB) AddBarcode(ctx context.Context, by Actor, id ItemID, code string) (Item, error) {
	code = oneLine(code)
	if code == "" {
		return Item{}, invalidField("barcode", "Scan or write a code.")
	}
	return db.changeBarcodes(ctx, by, id, func(codes []string) []string {
		if slices.ContainsFunc(codes, func(c string) bool { return SameCode(c, code) }) {
			return codes
		}
		return append(slices.Clone(codes), code)
	})
}

// RemoveBarcode takes a code off an item. A code that it does not have changes nothing.
// It fails with [NotFound].
func (db *DB) RemoveBarcode(ctx context.Context, by Actor, id ItemID, code string) (Item, error) {
	return db.changeBarcodes(ctx, by, id, func(codes []string) []string {
		return slices.DeleteFunc(slices.Clone(codes), func(c string) bool { return SameCode(c, code) })
	})
}

func (db *DB) changeBarcodes(ctx context.Context, by Actor, id ItemID, change func([]string) []string) (Item, error) {
	var it Item
	err := db.update(ctx, func(tx *bbolt.Tx) (err error) {
		if it, err = getItem(tx, id); err != nil {
			return err
		}
		d := draftOf(it)
		d.Barcodes = change(it.Barcodes)
		if slices.Equal(d.Barcodes, it.Barcodes) {
			return nil
		}
		if err := d.check(); err != nil {
			return err
		}
		it, err = db.saveItem(tx, by, it, d, it.Archived)
		return err
	})
	return it, err
}

// rekeyCodes puts codes that were kept as written under their [codeKey]. Where two items turn out to have
// the same code, it stays with the one that has it as an EAN; the other says so in its notes.
func rekeyCodes(tx *bbolt.Tx) error {
	b := tx.Bucket(itemCode)
	var old []string
	for k := range withPrefix(b, nil) {
		if codeKey(string(k)) != string(k) {
			old = append(old, string(k))
		}
	}
	for _, k := range old {
		id := firstID[ItemID](b.Get([]byte(k)))
		if err := b.Delete([]byte(k)); err != nil {
			return err
		}
		other := b.Get([]byte(codeKey(k)))
		if other == nil {
			if err := b.Put([]byte(codeKey(k)), idKey(id)); err != nil {
				return err
			}
			continue
		}
		if err := dropTwin(tx, id, firstID[ItemID](other), k); err != nil {
			return err
		}
	}
	return nil
}

// dropTwin takes the code off the item, whose twin has it in another spelling.
func dropTwin(tx *bbolt.Tx, id, twin ItemID, code string) error {
	it, err := getItem(tx, id)
	if err != nil {
		return err
	}
	it.Barcodes = slices.DeleteFunc(it.Barcodes, func(c string) bool { return fold(c) == code })
	if twin != id {
		other, err := getItem(tx, twin)
		if err != nil {
			return err
		}
		it.Notes = strings.TrimSpace(it.Notes + "\nThe code " + code + " was taken off: it is the same as one of " + other.SKU + ".")
	}
	if err := put(tx.Bucket(itemBucket), idKey(id), recordOf(it)); err != nil {
		return err
	}
	return emit(tx, Event{Kind: ItemChanged, At: it.UpdatedAt, Item: id})
}
