package alerts

import (
	"errors"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

func TestRunKilled(t *testing.T) {
	never := func(day) {}
	for _, tt := range []struct {
		name   string
		before func(d day) // what happens before the second service starts
	}{
		{"between the booking and the judging", never},
		{"in the window", func(d day) {
			stop := running(d.t, service(d.t, d.db, d.post))
			after(5 * minute)
			stop()
		}},
		{"off while the window passes", func(d day) {
			stop := running(d.t, service(d.t, d.db, d.post))
			stop()
			after(hour)
		}},
		{"between queueing and sending; or: not configured, then configured", func(d day) {
			stop := running(d.t, service(d.t, d.db, nil))
			after(3 * hour)
			if s := stats(d.t, d.db); s.Unsent != 1 {
				d.t.Errorf("stats %+v", s)
			}
			stop()
		}},
		{"between a failure and the next try", func(d day) {
			stop := running(d.t, service(d.t, d.db, &postman{n: 100, failure: errors.New("down")}))
			after(hour)
			stop()
		}},
		{"after it was sent", func(d day) {
			stop := running(d.t, service(d.t, d.db, d.post))
			after(hour)
			stop()
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDay(t)
				take(t, d.db, d.a, 3)
				tt.before(d)
				stop := running(t, service(t, d.db, d.post))
				after(24 * hour)
				take(t, d.db, d.b, 1) // nothing to tell, but every event is looked at again
				after(hour)
				stop()
				if got := d.post.subjects(); got != "1 low: Item A" {
					t.Errorf("sent %q", got)
				}
			})
		})
	}
}

// When the process dies after the server took a mail and before that is written down, the
// mail goes out again. It has the same Message-ID, so that mailboxes can show it once.
func TestRunKilledWhileSending(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "lwc.db")
		db, err := store.Open(path, store.Options{Secret: storetest.Secret()})
		if err != nil {
			t.Fatal(err)
		}
		it := storetest.Item(t, db, "A", 12, 10)
		storetest.User(t, db, "dana", store.GM)
		post, dying := &postman{}, &postman{during: func() { db.Close() }}
		stop := running(t, service(t, db, dying))
		take(t, db, it, 3)
		after(10 * minute)
		stop()

		db = storetest.OpenAt(t, path)
		stop = running(t, service(t, db, post))
		after(hour)
		stop()
		first, second := dying.mails(), post.mails()
		if len(first) != 1 || len(second) != 1 {
			t.Fatalf("sent %d times and %d times", len(first), len(second))
		}
		if a, b := first[0], second[0]; a != b {
			t.Errorf("sent\n%+v\nand then\n%+v", a, b)
		}
	})
}

func TestRunFinishesTheMailUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDay(t)
		d.post.during = func() { time.Sleep(5 * time.Second) }
		stop := running(t, service(t, d.db, d.post))
		take(t, d.db, d.a, 3)
		after(10*minute + time.Second)
		stop()
		if len(d.post.mails()) != 1 {
			t.Error("the mail was cut off")
		}
		if s := stats(t, d.db); s.Unsent != 0 || s.LastSent.IsZero() {
			t.Errorf("stats %+v", s)
		}
	})
}
