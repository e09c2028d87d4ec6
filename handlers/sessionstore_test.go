package handlers_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"lwc-inventory/handlers"
)

func openSessions(t *testing.T) *handlers.SessionStore {
	t.Helper()
	s, err := handlers.OpenSessions(filepath.Join(t.TempDir(), "sessions.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// wantRow compares the value under key; "" is none.
func wantRow(t *testing.T, s *handlers.SessionStore, key, value string) {
	t.Helper()
	got, err := s.Get(key)
	if err != nil || string(got) != value || (got == nil) != (value == "") {
		t.Errorf("%s = %q, %v; want %q", key, got, err, value)
	}
}

func setRow(t *testing.T, s *handlers.SessionStore, key, value string, life time.Duration) {
	t.Helper()
	if err := s.Set(key, []byte(value), life); err != nil {
		t.Fatal(err)
	}
}

func TestSessionStore(t *testing.T) {
	s := openSessions(t)
	wantRow(t, s, "a", "")
	setRow(t, s, "a", "1", time.Hour)
	setRow(t, s, "b", "2", 0)
	wantRow(t, s, "a", "1")
	wantRow(t, s, "b", "2")
	if err := s.Touch("a", []byte("3"), time.Hour); err != nil {
		t.Fatal(err)
	}
	wantRow(t, s, "a", "3")
	if err := s.Delete("a"); err != nil {
		t.Fatal(err)
	}
	wantRow(t, s, "a", "")
	if err := s.Touch("a", []byte("4"), time.Hour); err != nil {
		t.Fatal(err)
	}
	wantRow(t, s, "a", "") // signed out meanwhile: stays out
	for i := range 50 {
		setRow(t, s, fmt.Sprint("k", i), "x", time.Hour)
	}
	if err := s.Reset(); err != nil {
		t.Fatal(err)
	}
	for i := range 50 {
		wantRow(t, s, fmt.Sprint("k", i), "")
	}
}

func TestSessionStoreExpires(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := openSessions(t)
		setRow(t, s, "short", "1", time.Minute)
		setRow(t, s, "long", "2", 30*24*time.Hour)
		setRow(t, s, "past", "3", -time.Second)
		wantRow(t, s, "past", "")
		time.Sleep(time.Minute - 1)
		wantRow(t, s, "short", "1")
		time.Sleep(time.Nanosecond)
		wantRow(t, s, "short", "")
		if err := s.Touch("short", []byte("4"), time.Hour); err != nil {
			t.Fatal(err)
		}
		wantRow(t, s, "short", "")

		done := make(chan error)
		ctx, stop := context.WithCancel(t.Context())
		go func() { done <- s.Run(ctx) }()
		time.Sleep(20 * time.Minute) // a sweep
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
		// Back before the deadline, the row would be readable again, were it still there.
		s.Now = func() time.Time { return time.Now().Add(-time.Hour) }
		wantRow(t, s, "short", "")
		wantRow(t, s, "long", "2")
	})
}

func TestSessionStoreKeepsOverRestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sessions.db")
	if err := os.WriteFile(path, nil, 0o666); err != nil { // as an older version may have left it
		t.Fatal(err)
	}
	s, err := handlers.OpenSessions(path)
	if err != nil {
		t.Fatal(err)
	}
	setRow(t, s, "a", "1", time.Hour)
	if _, err := handlers.OpenSessions(path); err == nil {
		t.Error("opened twice")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v; want 0600", info.Mode(), err)
	}
	if s, err = handlers.OpenSessions(path); err != nil {
		t.Fatal(err)
	}
	wantRow(t, s, "a", "1")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Get("a"); err == nil {
		t.Error("a closed store answers")
	}
	if _, err := handlers.OpenSessions(filepath.Join(path, "below")); err == nil {
		t.Error("opened below a file")
	}
}

// What a read returns stays what it was, and is the row's own, while others write.
func TestSessionStoreReadsWhole(t *testing.T) {
	s := openSessions(t)
	const rows = 8
	key := func(i int) string { return fmt.Sprintf("key-%d", i) }
	value := func(i, turn int) []byte {
		return bytes.Repeat([]byte{byte('a' + i)}, 100+(turn*37)%900)
	}
	for i := range rows {
		setRow(t, s, key(i), string(value(i, 0)), time.Hour)
	}
	var writers, readers sync.WaitGroup
	stop := make(chan struct{})
	for w := range 2 {
		writers.Go(func() {
			for turn := range 150 {
				i := (turn*2 + w) % rows
				if err := s.Set(key(i), value(i, turn), time.Hour); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for range 4 {
		readers.Go(func() {
			for turn := 0; ; turn++ {
				select {
				case <-stop:
					return
				default:
				}
				i := turn % rows
				got, err := s.Get(key(i))
				if err != nil || len(got) < 100 || len(bytes.Trim(got, string(rune('a'+i)))) != 0 {
					t.Errorf("%s: torn or foreign: %.40q, %v", key(i), got, err)
					return
				}
			}
		})
	}
	writers.Wait()
	close(stop)
	readers.Wait()
}
