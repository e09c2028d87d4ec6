package main

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"testing"

	"lwc-inventory/jobber/jobbertest"
)

// The real binary is killed while people book: what was answered is there, once.
func killedWhileBooking(t *testing.T, binary string) {
	v := newVictim(t, binary, northside(), jobbertest.Behaviour{})
	item := v.item("sku", "AB-1", "name", "Thing", "unit", "ea")
	answered := 0
	book := func(request string) {
		t.Helper()
		if a := v.post(item+"/movements", "kind", "receive", "quantity", "1", "request_id", request); a.status != 200 {
			t.Fatalf("receive: %d", a.status)
		}
	}
	for round := range 5 {
		var last string
		for i := range 5 {
			last = fmt.Sprintf("kill-%d-%d", round, i)
			book(last)
			answered++
		}
		v.kill()
		v.start()
		book(last) // the proxy tries again
	}
	if got := v.get(item).total("on-hand"); got != fmt.Sprint(answered) {
		t.Errorf("%d receipts were answered, and on hand is %s", answered, got)
	}
	v.whole()
	onlyOurs(t, v.env["DATA_DIR"])
}

// onlyOurs fails for what others may read in a data folder.
func onlyOurs(t *testing.T, folder string) {
	t.Helper()
	seen := 0
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if seen++; info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s is %v", path, info.Mode())
		}
		return nil
	})
	if err != nil || seen < 5 {
		t.Errorf("looked at %d files: %v", seen, err)
	}
}
