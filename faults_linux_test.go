package main

import (
	"fmt"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"lwc-inventory/jobber/jobbertest"
)

// Whatever the disk refuses: the act answers 500 in plain words, every page is read as before, the log names the
// error, nothing that was good is harmed, and the same act counts once when the disk is well again.
func TestDiskRefuses(t *testing.T) {
	binary := built(t)
	database := func(what func(call) bool) func(call) bool {
		return func(c call) bool { return c.file == "lwc.db" && what(c) }
	}
	for _, tt := range []struct {
		name   string
		err    syscall.Errno
		what   func(call) bool
		status int
		stays  bool // nothing more is written until it is started again
	}{
		{"a write", syscall.EIO, database(call.writes), 500, false},
		{"a sync", syscall.EIO, database(call.syncs), 500, false},
		{"the last write of a commit", syscall.EIO, database(func(c call) bool { return c.writes() && c.args[3] < 8192 }), 500, false},
		{"the last sync of a commit", syscall.EIO, func() func(call) bool {
			n := 0
			return database(func(c call) bool {
				if c.syncs() {
					n++
				}
				return c.syncs() && n%2 == 0
			})
		}(), 500, true},
		{"every change: the folder is read-only", syscall.EROFS, func(c call) bool {
			return c.writes() && c.file != "" && strings.Contains(c.file, ".") || c.nr == unix.SYS_OPENAT && c.args[2]&(unix.O_WRONLY|unix.O_RDWR) != 0 ||
				c.nr == unix.SYS_MKDIRAT || c.nr == unix.SYS_UNLINKAT
		}, 500, false},
		{"every write: no space", syscall.ENOSPC, func(c call) bool { return c.writes() && strings.Contains(c.file, ".") }, 507, false},
		{"every sync: no space", syscall.ENOSPC, call.syncs, 507, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v := newVictim(t, binary, northside(), jobbertest.Behaviour{})
			b := &badDisk{t: t}
			v.kill()
			v.wrap = b.wrap
			v.start()
			item := v.item("sku", "AB-1", "name", "Thing", "unit", "ea")
			receive := func(id string) answer {
				return v.post(item+"/movements", "kind", "receive", "quantity", "1", "request_id", id)
			}
			receive("before")
			b.set(func(c call) syscall.Errno {
				if tt.what(c) {
					return tt.err
				}
				return 0
			})
			for range 3 {
				if a := receive("refused"); a.status != tt.status || !strings.Contains(a.says(), "disk") {
					t.Errorf("an act: %d %q", a.status, a.says())
				}
			}
			for _, path := range []string{"/dashboard", "/items?q=thing", item, "/history"} {
				if a := v.get(path); a.status != 200 {
					t.Errorf("%s: %d", path, a.status)
				}
			}
			if !strings.Contains(v.log.String(), tt.err.Error()) {
				t.Errorf("the log does not say %q", tt.err.Error())
			}
			b.set(nil)
			if tt.stays {
				if a := receive("refused"); a.status != 500 || !strings.Contains(a.says(), "start") {
					t.Errorf("an act after a commit that half happened: %d %q", a.status, a.says())
				}
				if a := v.get("/readyz"); a.status != 503 {
					t.Errorf("it says it is ready: %d", a.status)
				}
				v.kill()
				v.start()
			}
			for range 2 {
				if a := receive("refused"); a.status != 200 {
					t.Errorf("an act when the disk is well again: %d %q", a.status, a.says())
				}
			}
			if got := v.get(item).total("on-hand"); got != "2" {
				t.Errorf("on hand is %s, want 2", got)
			}
			v.wrap = nil
			v.whole()
		})
	}
}

// With no handle left new visitors wait, those who are there are served, and the rest comes by itself.
func TestOutOfHandles(t *testing.T) {
	v := newVictim(t, built(t), northside(), jobbertest.Behaviour{})
	item := v.item("sku", "AB-1", "name", "Thing", "unit", "ea")
	limit := func(n uint64) {
		t.Helper()
		var was unix.Rlimit
		if err := unix.Prlimit(v.cmd.Process.Pid, unix.RLIMIT_NOFILE, nil, &was); err != nil {
			t.Fatal(err)
		}
		if err := unix.Prlimit(v.cmd.Process.Pid, unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: min(n, was.Max), Max: was.Max}, nil); err != nil {
			t.Fatal(err)
		}
	}
	limit(3) // stdin, stdout and stderr have the lowest numbers; whatever else is closed meanwhile frees none below
	late := make(chan int)
	go func() {
		other := v.person
		other.b = visitor(t) // a connection of its own
		late <- other.get("/login").status
	}()
	eventually(t, "the log to tell", func() bool { return strings.Contains(v.log.String(), "too many open files") })
	for i := range 3 {
		if a := v.post(item+"/movements", "kind", "receive", "quantity", "1", "request_id", fmt.Sprint("r-", i)); a.status != 200 {
			t.Errorf("an act without a handle left: %d %q", a.status, a.says())
		}
	}
	limit(1024)
	if status := <-late; status != 200 {
		t.Errorf("who waited: %d", status)
	}
	if got := v.get(item).total("on-hand"); got != "3" {
		t.Errorf("on hand is %s", got)
	}
	v.whole()
}
