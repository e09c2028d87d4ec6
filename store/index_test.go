package store_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// openIndex opens the index in dir; the test closes it.
func openIndex(t testing.TB, db *store.DB, dir string) *store.Index {
	t.Helper()
	x, err := store.OpenIndex(db, dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := x.Close(); err != nil {
			t.Error(err)
		}
	})
	return x
}

func catchUp(t testing.TB, x *store.Index) {
	t.Helper()
	if err := x.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func addItem(t testing.TB, db *store.DB, d store.ItemDraft) store.Item {
	t.Helper()
	it, err := db.CreateItem(t.Context(), storetest.Staff, d)
	if err != nil {
		t.Fatal(err)
	}
	return it
}

// skus returns the SKUs of the items that q finds, best first.
func skus(t testing.TB, db *store.DB, x *store.Index, q string) []string {
	t.Helper()
	ids, err := x.Items(t.Context(), q, 10)
	if err != nil {
		t.Fatalf("search for %q: %v", q, err)
	}
	found := []string{}
	for _, id := range ids {
		it, err := db.Item(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, it.SKU)
	}
	return found
}

func wantSKUs(t testing.TB, db *store.DB, x *store.Index, q string, want ...string) {
	t.Helper()
	if got := skus(t, db, x, q); !slices.Equal(got, want) {
		t.Errorf("%q finds %v, want %v", q, got, want)
	}
}

func TestStockActsMoveTheCursor(t *testing.T) {
	db := storetest.Open(t)
	x := openIndex(t, db, t.TempDir())
	catchUp(t, x)
	it := storetest.Item(t, db, "A-1", 5, 9)
	for range 3 {
		storetest.Book(t, db, store.Entry{Item: it.ID, Kind: store.ScrapKind, Qty: 1000})
	}
	wantSKUs(t, db, x, "a-1", "A-1")
	if last, err := db.LastEvent(t.Context()); err != nil || x.Seen() != last {
		t.Errorf("the index is at event %v, the database at %v (%v)", x.Seen(), last, err)
	}
}

func TestIndexOpensWhereItWas(t *testing.T) {
	db, dir := storetest.Open(t), t.TempDir()
	shelfOfItems(t, db)
	x := openIndex(t, db, dir)
	if x.Ready() {
		t.Error("an empty index is ready")
	}
	catchUp(t, x)
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	addItem(t, db, store.ItemDraft{SKU: "NEW-1", Name: "Made while the index was closed"})
	x = openIndex(t, db, dir)
	if !x.Ready() {
		t.Error("the index was complete, and is not when opened again")
	}
	wantSKUs(t, db, x, "new-1", "NEW-1")
	wantSKUs(t, db, x, "bfp", "BFP-100")
}

func TestIndexCloses(t *testing.T) {
	db := storetest.Open(t)
	shelfOfItems(t, db)
	x := openIndex(t, db, t.TempDir())
	catchUp(t, x)
	for range 2 {
		if err := x.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if err := x.CatchUp(t.Context()); err == nil {
		t.Error("a closed index catches up")
	}
	if ids, err := x.Items(t.Context(), "copper", 10); err != nil || len(ids) > 0 {
		t.Errorf("search of a closed index: %v, %v", ids, err)
	}
	if err := x.Run(t.Context()); err != nil {
		t.Errorf("Run of a closed index: %v", err)
	}
}

func TestIndexIsMadeAnew(t *testing.T) {
	for name, harm := range map[string]func(t *testing.T, dir string){
		"deleted": func(t *testing.T, dir string) {
			if err := os.RemoveAll(filepath.Join(dir, store.IndexFolder)); err != nil {
				t.Fatal(err)
			}
		},
		"a segment is gone":          eachFile("*.zap", os.Remove),
		"a segment is cut short":     eachFile("*.zap", func(path string) error { return os.Truncate(path, 100) }),
		"a segment is empty":         eachFile("*.zap", func(path string) error { return os.Truncate(path, 0) }),
		"a segment is overwritten":   eachFile("*.zap", scribble),
		"the root is cut short":      eachFile("root.bolt", func(path string) error { return os.Truncate(path, 1000) }),
		"the description is garbage": eachFile("../index_meta.json", func(path string) error { return os.WriteFile(path, []byte("{"), 0o600) }),
	} {
		t.Run(name, func(t *testing.T) {
			db, dir := storetest.Open(t), t.TempDir()
			shelfOfItems(t, db)
			storetest.Job(t, db, 77, time.Time{})
			x := openIndex(t, db, dir)
			catchUp(t, x)
			if err := x.Close(); err != nil {
				t.Fatal(err)
			}
			harm(t, dir)
			x = openIndex(t, db, dir)
			for _, q := range []string{"copper", "ackflo", "junctin", "elb-00042"} {
				if _, err := x.Items(t.Context(), q, 10); err != nil {
					t.Errorf("search for %q before it is made anew: %v", q, err)
				}
			}
			wantSKUs(t, db, x, "elb-00042", "ELB-00042") // a scan finds its item at any time
			catchUp(t, x)
			if !x.Ready() {
				t.Error("the index is not ready")
			}
			for q, want := range map[string]string{"copper 90": "ELB-00042", "ackflo": "BFP-100", "junctin": "BOX-4"} {
				if got := append(skus(t, db, x, q), ""); got[0] != want {
					t.Errorf("%q finds %v, want %s", q, got, want)
				}
			}
			if jobs, err := x.Jobs(t.Context(), "77", 5); err != nil || len(jobs) != 1 {
				t.Errorf("job 77: found %v (%v)", jobs, err)
			}
		})
	}
}

// eachFile returns a harm done to every file of the index's store that fits pattern.
func eachFile(pattern string, do func(path string) error) func(t *testing.T, dir string) {
	return func(t *testing.T, dir string) {
		t.Helper()
		files, err := filepath.Glob(filepath.Join(dir, store.IndexFolder, "store", pattern))
		if err != nil || len(files) == 0 {
			t.Fatalf("no %s in the index (%v)", pattern, err)
		}
		for _, f := range files {
			if err := do(f); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// scribble overwrites the file, its end apart, which is what is looked at when it is opened.
func scribble(path string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	for i := range len(data) - 400 {
		data[i] = byte(i*7 + 0xE5)
	}
	return os.WriteFile(path, data, 0o600)
}

// Run makes a damaged index anew by itself, and follows what happens after that.
func TestRunMendsTheIndex(t *testing.T) {
	db, dir := storetest.Open(t), t.TempDir()
	shelfOfItems(t, db)
	x := openIndex(t, db, dir)
	catchUp(t, x)
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	eachFile("*.zap", scribble)(t, dir)
	x = openIndex(t, db, dir)
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() {
		if err := x.Run(ctx); err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	deadline := time.Now().Add(20 * time.Second)
	for got := ""; got != "BFP-100"; {
		got = append(skus(t, db, x, "ackflo"), "")[0]
		if time.Now().After(deadline) {
			t.Fatal("the index is not mended after 20 s")
		}
	}
	stop()
	running.Wait()
}

// A database that was put back from a backup has not seen what its index has.
func TestIndexOfAnotherDatabase(t *testing.T) {
	dir := t.TempDir()
	t.Run("newer", func(t *testing.T) {
		db := storetest.Open(t)
		shelfOfItems(t, db)
		catchUp(t, openIndex(t, db, dir))
	})
	t.Run("older", func(t *testing.T) {
		db := storetest.Open(t)
		addItem(t, db, store.ItemDraft{SKU: "OLD-1", Name: "Copper something"})
		x := openIndex(t, db, dir)
		catchUp(t, x)
		wantSKUs(t, db, x, "copper", "OLD-1")
		if ids, err := x.Items(t.Context(), "backflow", 5); err != nil || len(ids) > 0 {
			t.Errorf("found %v (%v) of the other database", ids, err)
		}
	})
}

func TestIndexOfAnotherVersion(t *testing.T) {
	db, dir := storetest.Open(t), t.TempDir()
	old := filepath.Join(dir, "search.v0")
	if err := os.MkdirAll(filepath.Join(old, "store"), 0o700); err != nil {
		t.Fatal(err)
	}
	openIndex(t, db, dir)
	if _, err := os.Stat(old); !os.IsNotExist(err) {
		t.Errorf("the index of an older program is still there (%v)", err)
	}
}

func TestIndexInUse(t *testing.T) {
	db, dir := storetest.Open(t), t.TempDir()
	shelfOfItems(t, db)
	x := openIndex(t, db, dir)
	catchUp(t, x)
	if other, err := store.OpenIndex(db, dir, nil); err == nil {
		other.Close()
		t.Fatal("an index that is in use opens again")
	} else if !strings.Contains(err.Error(), "in use") {
		t.Errorf("opening an index that is in use: %v", err)
	}
	wantSKUs(t, db, x, "bfp", "BFP-100")
}
