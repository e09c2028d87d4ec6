//go:build unix

package store_test

import (
	"errors"
	"fmt"
	"strings"
	"syscall"
	"testing"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// What a full disk refused is not there, reading goes on, and the same act is booked once there is room.
func TestFullDisk(t *testing.T) {
	if !storetest.Alone(t) {
		return
	}
	db := storetest.Open(t)
	it := storetest.Item(t, db, "AB-1", 5, 0)
	act := store.Act{RequestID: "r", By: storetest.Staff, Entries: []store.Entry{{Item: it.ID, Kind: store.Receive, Qty: 2000}}}
	has := func(when string, want store.Qty) {
		t.Helper()
		if s, err := db.Stock(t.Context(), it.ID); err != nil || s.Level.OnHand != want {
			t.Errorf("%s: on hand %v, %v; want %v", when, s.Level.OnHand, err, want)
		}
	}
	room := storetest.FullDisk(t)
	for range 20 { // each leaves bbolt to forget what it began
		if _, err := db.Book(t.Context(), act); store.CodeOf(err) != store.NoRoom || !errors.Is(err, syscall.EFBIG) {
			t.Fatalf("an act on a full disk: %v", err)
		}
	}
	has("full", 5000)
	if err := db.Check(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := db.Backup(t.Context(), t.TempDir()+"/copy.db"); store.CodeOf(err) != store.NoRoom {
		t.Errorf("a backup on a full disk: %v", err)
	}
	room()
	for range 2 {
		if _, err := db.Book(t.Context(), act); err != nil {
			t.Fatal(err)
		}
	}
	has("room again", 7000)
}

// Only a full disk is called one; bbolt hands on some errors as words.
func TestDiskError(t *testing.T) {
	for _, tt := range []struct {
		err  error
		want store.Code
	}{
		{nil, ""},
		{syscall.ENOSPC, store.NoRoom},
		{fmt.Errorf("write lwc.db: %w", syscall.EDQUOT), store.NoRoom},
		{fmt.Errorf("file resize error: truncate lwc.db: %s", syscall.EFBIG), store.NoRoom},
		{syscall.EIO, store.DiskFault},
		{syscall.EROFS, store.DiskFault},
		{errors.New("no space left on device was not said"), store.DiskFault},
	} {
		got := store.DiskError(tt.err)
		if store.CodeOf(got) != tt.want || tt.err != nil && !errors.Is(got, tt.err) {
			t.Errorf("%v is %v, want %v", tt.err, got, tt.want)
		}
		if e, ok := errors.AsType[*store.Error](got); ok && strings.Contains(e.Message, "lwc.db") {
			t.Errorf("people read %q", e.Message)
		}
	}
}
