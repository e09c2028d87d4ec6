package alerts

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// outage makes the mail server go away, or come back.
func (p *postman) outage(away bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.n, p.failure = 0, &SendError{Server: true, Doing: "connect to mail.example:25", Err: errors.New("connection refused")}
	if away {
		p.n = 1 << 30
	}
}

func TestSMTPDown3hThenUpOneMergedMail(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDay(t)
		storetest.User(t, d.db, "ed", store.Warehouse)
		c := storetest.Item(t, d.db, "C", 12, 10)
		d.post.outage(true)
		stop := running(t, service(t, d.db, d.post))
		take(t, d.db, d.a, 3)
		after(hour)
		take(t, d.db, d.b, 12)
		after(hour)
		take(t, d.db, c, 3)
		after(30 * minute)
		put(t, d.db, c, 20)
		after(30 * minute)
		if s := stats(t, d.db); s.Failing != 2 || s.Unsent != 2 { // each failed with what waited already
			t.Errorf("stats %+v", s)
		}
		d.post.outage(false)
		after(3 * hour)
		stop()
		if got := d.post.to(); got != "dana@example.com ed@example.com" {
			t.Errorf("mails went to %q", got)
		}
		for _, m := range d.post.mails() {
			if m.Subject != "1 out, 1 low, 1 back: Item B, Item A, Item C" {
				t.Errorf("subject %q", m.Subject)
			}
			for _, words := range []string{"OUT Item B", "LOW Item A", "BACK Item C"} {
				if !strings.Contains(m.Text, words) {
					t.Errorf("the mail lacks %q:\n%s", words, m.Text)
				}
			}
		}
	})
}

// A mail that the server may have taken is not told in another: it comes again as it was, under its own name.
func TestAMailInDoubtIsNotMerged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDay(t)
		d.post.n, d.post.failure = 1, &SendError{Doubtful: true, Doing: "send", Err: errors.New("no answer")}
		stop := running(t, service(t, d.db, d.post))
		take(t, d.db, d.a, 3)
		after(10 * minute)
		d.post.outage(true)
		take(t, d.db, d.b, 3)
		after(hour)
		d.post.outage(false)
		after(3 * hour)
		stop()
		if got := d.post.subjects(); got != "1 low: Item A; 1 low: Item B" {
			t.Errorf("sent %q", got)
		}
	})
}

func TestMailSetUpAfterADayOneMail(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDay(t)
		stop := running(t, service(t, d.db, nil))
		take(t, d.db, d.a, 3)
		after(hour)
		take(t, d.db, d.b, 3)
		after(23 * hour)
		stop()
		stop = running(t, service(t, d.db, d.post))
		after(time.Second)
		stop()
		if got := d.post.subjects(); got != "2 low: Item A, Item B" {
			t.Errorf("sent %q", got)
		}
	})
}

// What waited for the server alone goes with the first mail that gets through, not when its own wait is over.
func TestTheServerIsBackForEverybody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDay(t)
		d.post.outage(true)
		stop := running(t, service(t, d.db, d.post))
		take(t, d.db, d.a, 3)
		after(9 * hour) // the next try is hours away
		d.post.outage(false)
		storetest.User(t, d.db, "ed", store.Warehouse)
		take(t, d.db, d.b, 3) // told to both
		after(10 * minute)
		stop()
		if got := d.post.to(); got != "dana@example.com ed@example.com" {
			t.Errorf("mails went to %q", got)
		}
		if got := d.post.subjects(); got != "2 low: Item A, Item B; 1 low: Item B" {
			t.Errorf("sent %q", got)
		}
	})
}

// A mail that waits says how things are when it goes, whatever they were in between: nobody is told less than is so.
func TestWhatIsAsBadAgainIsTold(t *testing.T) {
	type act func(t *testing.T, d day)
	taken := func(n int) act { return func(t *testing.T, d day) { take(t, d.db, d.a, n) } }
	back := func(n int) act { return func(t *testing.T, d day) { put(t, d.db, d.a, n) } }
	for _, tt := range []struct {
		name                string
		chosen              store.AlertChoice
		fell, better, worse act
		upAgain             bool // the server, before it gets worse
		want                string
	}{
		{"out, some, out", store.AlertAll, taken(12), back(3), taken(3), false, "1 out: Item A"},
		{"out, some, out, for one who wants no more than that", store.AlertOut, taken(12), back(3), taken(3), true, "1 out: Item A"},
		// the second is the new crossing, told when a day has passed since the first
		{"low, enough, low", store.AlertAll, taken(3), back(3), taken(3), false, "1 low: Item A; 1 low: Item A"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDay(t)
				d.choose(d.dana, func(p *store.ProfileDraft) { p.Alerts = tt.chosen })
				d.post.outage(true)
				stop := running(t, service(t, d.db, d.post))
				tt.fell(t, d)
				after(30 * minute)
				tt.better(t, d)
				after(3 * hour)
				d.post.outage(!tt.upAgain)
				tt.worse(t, d)
				after(3 * hour)
				d.post.outage(false)
				after(30 * hour)
				stop()
				if got := d.post.subjects(); got != tt.want {
					t.Errorf("sent %q, want %q", got, tt.want)
				}
			})
		})
	}
}
