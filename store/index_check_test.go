package store_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/blevesearch/bleve/v2"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// says are the faults' words.
func says(t testing.TB, faults []store.Fault, err error) []string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	var words []string
	for _, f := range faults {
		if f.Kind != store.InIndex {
			t.Errorf("a fault of the index is in %q: %s", f.Kind, f.Says)
		}
		words = append(words, f.Says)
	}
	return words
}

// A check compares the index with the database by every document, open and closed alike, and a rebuild mends it.
func TestIndexFaults(t *testing.T) {
	db, dir := storetest.Open(t), t.TempDir()
	hammer := addItem(t, db, store.ItemDraft{SKU: "HAM-1", Name: "Claw hammer", Unit: "ea"})
	saw := addItem(t, db, store.ItemDraft{SKU: "SAW-1", Name: "Hand saw", Unit: "ea"})
	if got, err := store.IndexFaults(t.Context(), db, dir); err != nil || got != nil {
		t.Errorf("an index that is not there has faults: %v, %v", got, err)
	}
	x := openIndex(t, db, dir)
	catchUp(t, x)
	faults, err := x.Faults(t.Context())
	if got := says(t, faults, err); got != nil {
		t.Fatalf("a new index has faults: %q", got)
	}
	level := addItem(t, db, store.ItemDraft{SKU: "LEV-1", Name: "Level", Unit: "ea"})
	faults, err = x.Faults(t.Context())
	if got := says(t, faults, err); got != nil {
		t.Errorf("what the index has still to take in is a fault: %q", got)
	}
	catchUp(t, x)
	if err := x.Tamper(func(b *bleve.Batch) error {
		b.Delete(store.DocOfItem(hammer.ID))
		return b.Index("i999", map[string]string{"name": "A ghost"})
	}); err != nil {
		t.Fatal(err)
	}
	if err := x.Misname(saw.ID, "Band saw"); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"search: " + store.DocOfItem(hammer.ID) + " is missing",
		"search: " + store.DocOfItem(saw.ID) + ` is known as "i\x1fsaw-1\x1f\x1fband saw\x1fband saw\x1f\x1f\x1f8" and should be "i\x1fsaw-1\x1f\x1fhand saw\x1fhand saw\x1f\x1f\x1f8"`,
		"search: i999 does not belong there",
	}
	faults, err = x.Faults(t.Context())
	if got := says(t, faults, err); !slices.Equal(got, want) {
		t.Errorf("the open index has the faults\n%q\nwant\n%q", got, want)
	}
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	faults, err = store.IndexFaults(t.Context(), db, dir)
	if got := says(t, faults, err); !slices.Equal(got, want) {
		t.Errorf("the closed index has the faults\n%q\nwant\n%q", got, want)
	}
	again := openIndex(t, db, dir)
	if err := again.Rebuild(t.Context()); err != nil {
		t.Fatal(err)
	}
	faults, err = again.Faults(t.Context())
	if got := says(t, faults, err); got != nil {
		t.Errorf("an index made anew has faults: %q", got)
	}
	if got := skus(t, db, again, "lev"); !slices.Equal(got, []string{level.SKU}) {
		t.Errorf("the index made anew finds %q", got)
	}
}

// An index that cannot be read is one fault, not the end of the check.
func TestIndexFaultsOfDamage(t *testing.T) {
	db, dir := storetest.Open(t), t.TempDir()
	addItem(t, db, store.ItemDraft{SKU: "HAM-1", Name: "Claw hammer", Unit: "ea"})
	x := openIndex(t, db, dir)
	if err := x.Rebuild(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, store.IndexFolder, "index_meta.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	faults, err := store.IndexFaults(t.Context(), db, dir)
	if got := says(t, faults, err); len(got) != 1 {
		t.Errorf("a damaged index has the faults %q, want one", got)
	}
}
