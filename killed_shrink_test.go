package main

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"lwc-inventory/jobber/jobbertest"
)

// The real binary is told to stop, begins to write its file anew without what is free in it, and is killed while it does: the
// file is the old one or the new, and all that was answered is in it.
func killedWhileShrinking(t *testing.T, binary string) {
	v := newVictim(t, binary, northside(), jobbertest.Behaviour{})
	item := v.item("sku", "AB-1", "name", "Thing", "unit", "ea")
	v.kill()
	var goods strings.Builder
	goods.WriteString("sku,name,quantity\n")
	for i := range 5000 {
		fmt.Fprintf(&goods, "K-%d,Coupling %d,7\n", i, i)
	}
	file := filepath.Join(t.TempDir(), "goods.csv")
	if err := os.WriteFile(file, []byte(goods.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, errs := command(t, v.env, "", "import", "items", file); code != 0 {
		t.Fatalf("import: %d %s", code, errs)
	}
	path := filepath.Join(v.env["DATA_DIR"], "lwc.db")
	caught, ended := 0, 0
	for round := range 12 {
		room(t, path)
		v.start()
		if a := v.post(item+"/movements", "kind", "receive", "quantity", "1", "request_id", fmt.Sprint("shrink-", round)); a.status != 200 {
			t.Fatalf("receive: %d", a.status)
		}
		if err := v.cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		begun := func() bool { _, err := os.Stat(path + ".small"); return err == nil }
		for limit := time.Now().Add(20 * time.Second); !begun(); {
			if time.Now().After(limit) {
				t.Fatal("it never began")
			}
		}
		for moment := time.Now().Add(rand.N(200 * time.Millisecond)); time.Now().Before(moment) && begun(); {
		}
		if begun() {
			caught++
		} else {
			ended++
		}
		v.kill()
		if code, out, errs := command(t, v.env, "", "check"); code != 0 {
			t.Fatalf("round %d: check: %d %s %s", round, code, out, errs)
		}
	}
	t.Logf("killed %d times before the new file had its name, and %d times after", caught, ended)
	if caught == 0 {
		t.Error("it was never killed while it wrote")
	}
	v.start()
	if got := v.get(item).total("on-hand"); got != "12" {
		t.Errorf("12 receipts were answered, and on hand is %s", got)
	}
	if _, err := os.Stat(path + ".small"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("half of a file is left: %v", err)
	}
	v.whole()
}

// room makes twenty megabytes of the file free.
func room(t *testing.T, path string) {
	t.Helper()
	if err := os.Remove(path + ".sum"); err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	for _, change := range []func(*bbolt.Tx) error{
		func(tx *bbolt.Tx) error {
			b, err := tx.CreateBucket([]byte("room"))
			if err != nil {
				return err
			}
			return b.Put([]byte("room"), make([]byte, 20<<20))
		},
		func(tx *bbolt.Tx) error { return tx.DeleteBucket([]byte("room")) },
	} {
		if err := altered(path, change); err != nil {
			t.Fatal(err)
		}
	}
}
