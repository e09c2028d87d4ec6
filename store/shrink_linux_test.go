package store

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// openTimes counts how often this process has the file open.
func openTimes(t *testing.T, path string) (n int) {
	t.Helper()
	want, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	fds, err := filepath.Glob("/proc/self/fd/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, fd := range fds {
		if info, err := os.Stat(fd); err == nil && os.SameFile(info, want) {
			n++
		}
	}
	return n
}

// Who waits for the file while it is written anew gets the new one: what they write into the old would be lost.
func TestWhoWaitsGetsTheSmallFile(t *testing.T) {
	db, path := roomy(t, 20)
	type opened struct {
		db  *DB
		err error
	}
	waits := make(chan opened, 1)
	go func() {
		db, err := Open(path, frozen())
		waits <- opened{db, err}
	}()
	for deadline := time.Now().Add(20 * time.Second); openTimes(t, path) < 2; {
		if time.Now().After(deadline) {
			t.Fatal("nobody waits")
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	next := <-waits
	if next.err != nil {
		t.Fatal(next.err)
	}
	it, err := next.db.CreateItem(t.Context(), Actor{}, thing(1))
	if err != nil {
		t.Fatal(err)
	}
	if err := next.db.Close(); err != nil {
		t.Fatal(err)
	}
	if db, err = Open(path, frozen()); err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if got, err := db.Item(t.Context(), it.ID); err != nil || got.SKU != it.SKU {
		t.Errorf("the item is %+v, %v", got, err)
	}
}
