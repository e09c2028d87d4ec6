package alerts

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

func TestRunRetries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDay(t)
		d.post.n, d.post.failure = 3, &SendError{Doing: "send through mail.example:25", Answer: "451 4.7.1 Come back later"}
		stop := running(t, service(t, d.db, d.post))
		take(t, d.db, d.a, 3)
		after(10 * minute)
		if d.post.tries() != 1 {
			t.Fatalf("%d tries", d.post.tries())
		}
		if s := stats(t, d.db); s.Unsent != 1 || s.LastProblem != "send through mail.example:25: 451 4.7.1 Come back later" {
			t.Errorf("stats %+v", s)
		}
		after(20 * time.Second)
		if d.post.tries() != 2 {
			t.Errorf("%d tries 20 s after the first", d.post.tries())
		}
		after(85*time.Second - time.Millisecond) // 15 + 30 + 60: the fourth try gets through
		if d.post.tries() != 3 {
			t.Errorf("%d tries", d.post.tries())
		}
		after(time.Millisecond)
		if got := d.post.subjects(); got != "1 low: Item A" {
			t.Errorf("sent %q", got)
		}
		if s := stats(t, d.db); s.Unsent != 0 || s.LastProblem != "" || s.LastSent.IsZero() {
			t.Errorf("stats %+v", s)
		}
		stop()
	})
}

func TestRetryAt(t *testing.T) {
	s := outlet{Service: service(t, storetest.Open(t), nil)}
	for tries, want := range map[int]time.Duration{0: 15 * time.Second, 1: 30 * time.Second, 4: 4 * minute,
		12: 15 * 4096 * time.Second, 13: 24 * hour, 16: 24 * hour, 1000: 24 * hour} {
		got := s.retryAt(store.Mail{Tries: tries}).Sub(s.Store.Now()).Round(time.Second)
		if got != want {
			t.Errorf("after %d tries: %v, want %v", tries, got, want)
		}
	}
}

func TestRunRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDay(t)
		d.post.n, d.post.failure = 1, &SendError{Permanent: true, Doing: "send", Answer: "550 5.1.1 Nobody here by that name"}
		stop := running(t, service(t, d.db, d.post))
		take(t, d.db, d.a, 3)
		after(72 * hour)
		if d.post.tries() != 1 {
			t.Errorf("%d tries of a mail refused for good", d.post.tries())
		}
		s := stats(t, d.db)
		if len(s.Refused) != 1 || s.Unsent != 0 || s.LastProblem != "send: 550 5.1.1 Nobody here by that name" {
			t.Errorf("stats %+v", s)
		}
		stop()
	})
}

func TestRunServerAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDay(t)
		storetest.User(t, d.db, "ed", store.Warehouse)
		d.post.n, d.post.failure = 1, &SendError{Server: true, Doing: "connect to mail.example:25", Err: errors.New("no route")}
		stop := running(t, service(t, d.db, d.post))
		take(t, d.db, d.a, 3)
		after(10 * minute)
		if d.post.tries() != 1 {
			t.Errorf("%d tries at a server that is away", d.post.tries())
		}
		after(15 * time.Second)
		if got := d.post.to(); got != "dana@example.com ed@example.com" {
			t.Errorf("told %q", got)
		}
		stop()
	})
}

func TestRunOneBadMailHoldsUpNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDay(t)
		storetest.User(t, d.db, "ed", store.Warehouse)
		first := true
		d.post.during = func() {
			if first {
				first = false
				panic("what is this")
			}
		}
		stop := running(t, service(t, d.db, d.post))
		take(t, d.db, d.a, 3)
		after(10 * minute)
		if got := d.post.to(); got != "ed@example.com" {
			t.Errorf("told %q", got)
		}
		after(15 * time.Second)
		if got := d.post.to(); got != "ed@example.com dana@example.com" {
			t.Errorf("told %q", got)
		}
		stop()
	})
}

func TestRunFlagTakenAway(t *testing.T) {
	for name, change := range map[string]func(*store.UserDraft){
		"flag taken away between crossing and sending: not sent": func(d *store.UserDraft) { d.ReceiveAlerts = false },
		"deactivated":  func(d *store.UserDraft) { d.Active = false },
		"address gone": func(d *store.UserDraft) { d.Email = "" },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDay(t)
				d.post.n, d.post.failure = 1, errors.New("not now")
				stop := running(t, service(t, d.db, d.post))
				take(t, d.db, d.a, 3)
				after(10 * minute)
				changeUser(t, d.db, d.dana, change)
				after(hour)
				if d.post.tries() != 1 || len(d.post.mails()) != 0 {
					t.Errorf("%d tries, sent %q", d.post.tries(), d.post.to())
				}
				if s := stats(t, d.db); s.Unsent != 0 || len(s.Refused) != 0 {
					t.Errorf("stats %+v", s)
				}
				stop()
			})
		})
	}
}
