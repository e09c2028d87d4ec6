package backup

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// Every copy says the same as the database did, whatever it was wrapped in, and has its hash beside it.
func TestCopiesComeBack(t *testing.T) {
	db := storetest.Open(t)
	it := storetest.Item(t, db, "AB-1", 12, 0)
	for _, passphrase := range []string{"", "correct horse"} {
		dir := t.TempDir()
		s := New(Config{Store: db, Secret: storetest.Secret(), Dir: filepath.Join(dir, "copies")})
		c, err := s.Hand(t.Context(), passphrase)
		if err != nil {
			t.Fatal(err)
		}
		all, err := s.List()
		if err != nil || len(all) != 1 || all[0] != c || c.Sealed != (passphrase != "") || !c.Hand {
			t.Errorf("in the folder: %+v, %v; made %+v", all, err, c)
		}
		if st, err := db.BackupStatus(t.Context()); err != nil || st.Name != c.Name || st.Good.IsZero() {
			t.Errorf("the last good one is %+v, %v", st, err)
		}
		path, err := s.Path(c.Name)
		if err != nil {
			t.Fatal(err)
		}
		sum, size, err := sumOf(path)
		if beside, err2 := sumBeside(path); err != nil || err2 != nil || beside != sum || size != c.Size {
			t.Errorf("%d bytes with %s, and beside it lies %s: %v, %v", size, sum, beside, err, err2)
		}
		data, err := os.ReadFile(path)
		if err != nil || bytes.Contains(data, []byte("AB-1")) == c.Sealed {
			t.Errorf("sealed %v, and the SKU stands in it %v: %v", c.Sealed, bytes.Contains(data, []byte("AB-1")), err)
		}
		to := filepath.Join(dir, "fresh.db")
		if err := Unpack(t.Context(), storetest.Staff, path, to, passphrase, storetest.Secret()); err != nil {
			t.Fatal(err)
		}
		back := storetest.OpenAt(t, to)
		if st, err := back.Stock(t.Context(), it.ID); err != nil || st.Level.OnHand != 12000 {
			t.Errorf("in the copy: %v, %v", st.Level.OnHand, err)
		}
	}
}

// What is no sound copy is refused with a word, and nothing of it is left.
func TestBadCopiesAreRefused(t *testing.T) {
	db := storetest.Open(t)
	storetest.Item(t, db, "AB-1", 12, 0)
	write := func(passphrase string) string {
		path := filepath.Join(t.TempDir(), "copy.db")
		if _, err := Write(t.Context(), db, path, passphrase, storetest.Secret()); err != nil {
			t.Fatal(err)
		}
		return path
	}
	change := func(path string, at int) string {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		data[len(data)*at/100] ^= 1
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	alone := func(path string) string { // somebody lost its hash
		if err := os.Remove(path + SumEnding); err != nil {
			t.Fatal(err)
		}
		return path
	}
	empty := filepath.Join(t.TempDir(), "empty.db")
	rubbish := filepath.Join(t.TempDir(), "rubbish.db")
	if err := errors.Join(os.WriteFile(empty, nil, 0o600), os.WriteFile(rubbish, []byte("this is no database"), 0o600)); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, path, passphrase, says string
	}{
		{"another passphrase", write("right"), "wrong", "passphrase is another"},
		{"no passphrase", write("right"), "", "takes its passphrase"},
		{"one bit", change(write(""), 50), "", "is damaged"},
		{"one bit, encrypted", change(write("right"), 50), "right", "is damaged"},
		{"one bit, encrypted, without its hash", alone(change(write("right"), 50)), "right", "is damaged"},
		{"empty", empty, "", "is empty"},
		{"no database", rubbish, "", "no sound copy"},
	} {
		to := filepath.Join(t.TempDir(), "fresh.db")
		err := Unpack(t.Context(), storetest.Staff, tt.path, to, tt.passphrase, storetest.Secret())
		if store.CodeOf(err) != store.Invalid || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.says)
		}
		if left, err := filepath.Glob(to + "*"); err != nil || len(left) > 0 {
			t.Errorf("%s: left %q, %v", tt.name, left, err)
		}
	}
	if _, err := Write(t.Context(), db, rubbish, "", storetest.Secret()); store.CodeOf(err) != store.Conflict {
		t.Errorf("over a file that is there: %v", err)
	}
}

// Seven days, four weeks and twelve months of a year and a half of daily copies, and the last five by hand.
func TestDoomed(t *testing.T) {
	var all []Copy
	for day := range 550 {
		at := time.Date(2025, 1, 1+day, 3, 0, 0, 0, time.UTC)
		all = append(all, Copy{Name: at.Format("lwc-" + stamp + ".db"), At: at})
		if day%50 == 0 {
			all = append(all, Copy{Name: at.Format("lwc-hand-" + stamp + ".db"), At: at, Hand: true})
		}
	}
	doomed := Doomed(all, time.UTC)
	var kept []string
	for _, c := range all {
		if !slices.Contains(doomed, c) {
			kept = append(kept, strings.TrimSuffix(strings.TrimPrefix(c.Name, "lwc-"), "-030000.db"))
		}
	}
	want := "20250831 20250930 hand-20251028 20251031 20251130 hand-20251217 20251231 20260131 hand-20260205 20260228 hand-20260327 20260331 " +
		"20260430 hand-20260516 20260531 20260614 20260621 20260628 20260629 20260630 20260701 20260702 20260703 20260704"
	if got := strings.Join(kept, " "); got != want {
		t.Logf("%d of %d are kept", len(kept), len(all))
		t.Errorf("kept\n%s, want\n%s", got, want)
	}
}

// remoteStore is a store that speaks S3, with a bucket for copies.
func remoteStore(t *testing.T) (*Remote, *httptest.Server) {
	t.Helper()
	backend := s3mem.New()
	if err := backend.CreateBucket("copies"); err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(gofakes3.New(backend).Server())
	t.Cleanup(web.Close)
	r, err := NewRemote(RemoteConfig{Endpoint: web.URL, Region: "us-east-1", Bucket: "copies", Prefix: "lwc/", AccessKey: "key", SecretKey: "secret"})
	if err != nil {
		t.Fatal(err)
	}
	return r, web
}

// A copy goes off the machine, comes back the same, and the store keeps as many as the folder does.
func TestRemote(t *testing.T) {
	r, web := remoteStore(t)
	db := storetest.Open(t)
	now := time.Date(2026, 11, 1, 3, 0, 0, 0, time.UTC)
	dir := t.TempDir()
	for range 12 {
		path := filepath.Join(dir, now.Format("lwc-"+stamp+".db"))
		if _, err := Write(t.Context(), db, path, "", storetest.Secret()); err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(r.send(t.Context(), path), r.tidy(t.Context(), time.UTC)); err != nil {
			t.Fatal(err)
		}
		now = now.AddDate(0, 0, 1)
	}
	all, err := r.list(t.Context())
	if err != nil || len(all) != keepDays+1 { // and the first Sunday's, for its week
		t.Errorf("%d copies are kept away, %v: %v", len(all), err, all)
	}
	bad, err := NewRemote(RemoteConfig{Endpoint: web.URL, Region: "us-east-1", Bucket: "nowhere", AccessKey: "key", SecretKey: "secret"})
	if err != nil {
		t.Fatal(err)
	}
	if err := bad.send(t.Context(), filepath.Join(dir, all[0].Name)); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("to a bucket that is not there: %v", err)
	}
}

// A store that keeps something else than what it was sent is found out.
func TestRemoteReadsBack(t *testing.T) {
	_, web := remoteStore(t)
	lying := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if q.Method == http.MethodGet && strings.HasSuffix(q.URL.Path, ".db") {
			w.Header().Set("Last-Modified", time.Now().UTC().Format(http.TimeFormat))
			w.Header().Set("ETag", `"x"`)
			fmt.Fprint(w, "something else")
			return
		}
		q.URL.Host, q.Host = strings.TrimPrefix(web.URL, "http://"), strings.TrimPrefix(web.URL, "http://")
		web.Config.Handler.ServeHTTP(w, q)
	}))
	defer lying.Close()
	r, err := NewRemote(RemoteConfig{Endpoint: lying.URL, Region: "us-east-1", Bucket: "copies", AccessKey: "key", SecretKey: "secret"})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "lwc-20261126-030000.db")
	if _, err := Write(t.Context(), storetest.Open(t), path, "", storetest.Secret()); err != nil {
		t.Fatal(err)
	}
	if err := r.send(t.Context(), path); err == nil || !strings.Contains(err.Error(), "not what was sent") {
		t.Errorf("a store that lies: %v", err)
	}
}

// Ten days pass: a copy each morning at three, none while the folder cannot be made, and one within the hour after.
func TestDailyCopies(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db := storetest.Open(t)
		dir := filepath.Join(t.TempDir(), "copies")
		s := New(Config{Store: db, Secret: storetest.Secret(), Dir: dir, Daily: true, Hour: 3})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- s.Run(ctx) }()
		status := func() store.BackupStatus {
			t.Helper()
			synctest.Wait()
			st, err := db.BackupStatus(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			return st
		}
		if st := status(); st.Since.IsZero() || !st.Good.IsZero() || st.Late(db.Now(), false) {
			t.Errorf("at the start: %+v", st)
		}
		time.Sleep(4*24*time.Hour + 4*time.Hour)
		st := status()
		if all, err := s.List(); err != nil || len(all) != 5 || st.Name != all[0].Name || st.Size != all[0].Size || st.Late(db.Now(), false) {
			t.Errorf("after four days: %d copies, %v, %+v", len(all), err, st)
		}
		if err := os.Rename(dir, dir+".away"); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(dir, nil, 0o600); err != nil { // a file where the folder should be
			t.Fatal(err)
		}
		time.Sleep(3 * 24 * time.Hour)
		if now := status(); now.Good != st.Good || now.Problem == "" || !now.Late(db.Now(), false) {
			t.Errorf("after three days without a folder: %+v", now)
		}
		if err := errors.Join(os.Remove(dir), os.Rename(dir+".away", dir)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(61 * time.Minute)
		if now := status(); now.Problem != "" || db.Now().Sub(now.Good) > time.Hour || now.Late(db.Now(), false) || !now.Late(db.Now(), true) {
			t.Errorf("with the folder again: %+v", now)
		}
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}
