package store

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.etcd.io/bbolt"
)

// Codes that were kept as written are found by either spelling afterwards, and no two items share one.
func TestRekeyCodes(t *testing.T) {
	db, err := Open(filepath.Join(t.TempDir(), "lwc.db"), frozen())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	const lone, taken, both = "785901447120", "123456789012", "999999999993"
	for i, codes := range [][]string{{lone}, {taken}, {"0" + taken}, {both, "0" + both, "own"}} {
		if _, err := db.CreateItem(t.Context(), frozenBy, ItemDraft{SKU: string(rune('A' + i)), Name: "Item"}); err != nil {
			t.Fatal(err)
		}
		// As layout 1 would have it.
		if err := db.bolt.Update(func(tx *bbolt.Tx) error {
			id := ItemID(i + 1)
			it, err := getItem(tx, id)
			if err != nil {
				return err
			}
			it.Barcodes = codes
			for _, c := range codes {
				if err := tx.Bucket(itemCode).Put([]byte(c), idKey(id)); err != nil {
					return err
				}
			}
			return put(tx.Bucket(itemBucket), idKey(id), recordOf(it))
		}); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Check(t.Context()); err == nil {
		t.Error("the old keys pass the check")
	}
	if err := db.bolt.Update(rekeyCodes); err != nil {
		t.Fatal(err)
	}
	if err := db.Check(t.Context()); err != nil {
		t.Error(err)
	}
	for code, want := range map[string]string{lone: "A", "0" + lone: "A", taken: "C", "0" + taken: "C", both: "D", "own": "D"} {
		if it, err := db.ItemByCode(t.Context(), code); err != nil || it.SKU != want {
			t.Errorf("%s finds %q, want %s (%v)", code, it.SKU, want, err)
		}
	}
	b, err := db.Item(t.Context(), 2)
	if err != nil || len(b.Barcodes) != 0 || !strings.Contains(b.Notes, taken+" was taken off: it is the same as one of C") {
		t.Errorf("item B is %+v, %v", b, err)
	}
	d, err := db.Item(t.Context(), 4)
	if err != nil || !slices.Equal(d.Barcodes, []string{"0" + both, "own"}) || d.Notes != "" {
		t.Errorf("item D is %+v, %v", d, err)
	}
}
