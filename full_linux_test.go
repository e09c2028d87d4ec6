package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"lwc-inventory/jobber/jobbertest"
)

// A disk of a victim's can be filled and emptied while it runs.
type disk struct {
	fill, empty func(v *victim) error
	stays       bool // full when the binary is started again
}

// limited is a disk on which no file may grow: what a quota does, and what anybody may set.
func limited() disk {
	limit := func(v *victim, n uint64) error {
		return unix.Prlimit(v.cmd.Process.Pid, unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: n, Max: unix.RLIM_INFINITY}, nil)
	}
	return disk{
		fill:  func(v *victim) error { return limit(v, 0) },
		empty: func(v *victim) error { return limit(v, unix.RLIM_INFINITY) },
	}
}

// small moves a victim to a disk of eight megabytes. It reports false where nobody may mount one.
func small(v *victim) (disk, bool) {
	t := v.t
	at := t.TempDir()
	switch err := syscall.Mount("tmpfs", at, "tmpfs", 0, "size=8m"); {
	case errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.EACCES):
		return disk{}, false
	case err != nil:
		t.Fatal(err)
	}
	t.Cleanup(func() {
		v.kill()
		if err := syscall.Unmount(at, 0); err != nil {
			t.Error(err)
		}
	})
	v.kill()
	to := filepath.Join(at, "data")
	if err := os.Remove(filepath.Join(v.env["DATA_DIR"], "admin.sock")); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(to, os.DirFS(v.env["DATA_DIR"])); err != nil {
		t.Fatal(err)
	}
	v.env["DATA_DIR"] = to
	v.start()
	ballast := filepath.Join(at, "ballast")
	return disk{
		fill: func(*victim) error {
			f, err := os.Create(ballast)
			if err != nil {
				return err
			}
			for err == nil {
				_, err = f.Write(make([]byte, 4096))
			}
			if !errors.Is(err, syscall.ENOSPC) {
				return errors.Join(err, f.Close())
			}
			return f.Close()
		},
		empty: func(*victim) error { return os.Remove(ballast) },
		stays: true,
	}, true
}

// The disk of the real binary fills up and has room again, with nobody doing anything to the binary.
func TestDiskFullAndWellAgain(t *testing.T) {
	binary := built(t)
	t.Run("no file may grow", func(t *testing.T) {
		v := newVictim(t, binary, northside(newJob(1042, 1, pipe(4))), jobbertest.Behaviour{})
		fullAndWellAgain(v, limited())
	})
	t.Run("a small disk", func(t *testing.T) {
		v := newVictim(t, binary, northside(newJob(1042, 1, pipe(4))), jobbertest.Behaviour{})
		if d, ok := small(v); ok {
			fullAndWellAgain(v, d)
		} else {
			t.Log("nobody may mount one here; the limit for files shows the same")
		}
	})
}

func fullAndWellAgain(v *victim, d disk) {
	t := v.t
	t.Helper()
	importItems(t, v.person, "sku,name,minimum,quantity", `PIPE-2,"Drain pipe, 2 in",5,100`)
	v.connect()
	v.await("connected", "ok")
	item := v.itemPage("PIPE-2").url.Path
	if err := d.fill(v); err != nil {
		t.Fatal(err)
	}
	on, refused := 100, ""
	for i := 0; refused == ""; i++ {
		id := fmt.Sprint("r-", i)
		switch a := v.post(item+"/movements", "kind", "receive", "quantity", "1", "note", strings.Repeat("n", 400), "request_id", id); {
		case a.status == 200:
			on++
		case a.status == 507 && strings.Contains(a.says(), "disk is full"):
			refused = id
		default:
			t.Fatalf("act %d on a disk that fills up: %d %q", i, a.status, a.says())
		}
		if i > 20_000 {
			t.Fatal("the disk does not fill up")
		}
	}
	began := time.Now()
	for _, path := range []string{"/dashboard", "/items?q=pipe", item, "/jobs?when=all", "/history", "/admin/settings", "/readyz"} {
		if a := v.get(path); a.status != 200 {
			t.Errorf("%s with a full disk: %d", path, a.status)
		}
	}
	if got := v.get(item).total("on-hand"); got != fmt.Sprint(on) {
		t.Errorf("on hand is %s, and %d was answered", got, on)
	}
	at := time.Now().Add(-time.Hour)
	tell := func() int {
		at = at.Add(time.Second) // each is another
		event := jobbertest.Event("JOB_UPDATE", appID, accountID, jobbertest.ID("Job", 1042), at)
		return v.send("POST", "/jobs/jobber/webhook", string(event), "Content-Type: application/json",
			"X-Jobber-Hmac-SHA256: "+jobbertest.Sign(appSecret, event)).status
	}
	told := tell()
	for told == 200 { // there was room for this one
		told = tell()
	}
	if told != 507 {
		t.Errorf("a webhook: %d", told)
	}
	if code, out, errs := command(t, v.env, "", "check"); code != 0 {
		t.Errorf("check beside it: %d %s %s", code, out, errs)
	}
	copied := filepath.Join(filepath.Dir(v.env["DATA_DIR"]), "copy.db")
	if code, _, errs := command(t, v.env, "", "backup", copied); code != 1 || strings.Count(errs, "\n") != 1 || !strings.Contains(errs, "full") {
		t.Errorf("backup to the full disk: %d %q", code, errs)
	}
	if left, err := filepath.Glob(copied + "*"); err != nil || len(left) > 0 {
		t.Errorf("the backup left %q, %v", left, err)
	}
	if d.stays { // nor does a start need room
		v.kill()
		v.start()
		if got := v.get(item).total("on-hand"); got != fmt.Sprint(on) {
			t.Errorf("on hand is %s after a start on the full disk, want %d", got, on)
		}
	}
	if n, most := strings.Count(v.log.String(), "will try again"), 6+4*int(time.Since(began)/time.Second); n > most {
		t.Errorf("%d lines of what is tried again in %v: something spins", n, time.Since(began))
	}
	if err := d.empty(v); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if a := v.post(item+"/movements", "kind", "receive", "quantity", "1", "request_id", refused); a.status != 200 {
			t.Fatalf("with room again: %d %q", a.status, a.says())
		}
	}
	if told := tell(); told != 200 {
		t.Errorf("a webhook with room again: %d", told)
	}
	eventually(t, "the webhook to be worked off", func() bool { return v.pending() == "0" })
	if got := v.get(item).total("on-hand"); got != fmt.Sprint(on+1) {
		t.Errorf("on hand is %s, want %d", got, on+1)
	}
	v.whole()
}
