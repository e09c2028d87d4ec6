package alerts

import (
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// What waits to be mailed is cut to what its reader wants, and to what is so, when it goes: by then they may have chosen
// otherwise, and things may have changed.
func TestWhatWaitedIsCut(t *testing.T) {
	for _, tt := range []struct {
		name string
		acts func(d day) // from Monday, nine o'clock, while the server is away; the digest is at seven
		want string
	}{
		{"digest only: the digest stays", func(d day) {
			take(d.t, d.db, d.a, 3)
			until(4, 9, 0)
			take(d.t, d.db, d.b, 12)
			after(hour)
			d.choose(d.dana, func(p *store.ProfileDraft) { p.Alerts = store.AlertDigest })
		}, "digest: out B low A"},
		{"out only: what is low goes", func(d day) {
			take(d.t, d.db, d.a, 3)
			after(hour)
			take(d.t, d.db, d.b, 12)
			after(hour)
			d.choose(d.dana, func(p *store.ProfileDraft) { p.Alerts = store.AlertOut })
		}, "out B"},
		{"a category that was dropped", func(d day) {
			wire := d.itemOf("WIRE", "Wire")
			take(d.t, d.db, d.a, 3)
			take(d.t, d.db, wire, 3)
			until(4, 9, 0)
			d.choose(d.dana, func(p *store.ProfileDraft) { p.Categories = []string{"Wire"} })
		}, "low WIRE digest: low WIRE"},
		{"snoozed meanwhile", func(d day) {
			take(d.t, d.db, d.a, 3)
			take(d.t, d.db, d.b, 3)
			after(hour)
			d.snooze(d.a, "2000-02-01")
		}, "low B"},
		{"on order meanwhile", func(d day) {
			take(d.t, d.db, d.a, 3)
			take(d.t, d.db, d.b, 12)
			after(hour)
			d.order(d.a, 50, "2000-01-12")
			d.order(d.b, 50, "2000-01-12")
		}, "out B"},
		{"nothing is left", func(d day) {
			take(d.t, d.db, d.a, 3)
			after(hour)
			d.snooze(d.a, "2000-02-01")
		}, ""},
		{"the digest says how things stand", func(d day) {
			take(d.t, d.db, d.a, 3)
			until(4, 9, 0)
			put(d.t, d.db, d.a, 20)
			until(5, 9, 0)
			take(d.t, d.db, d.a, 20)
			put(d.t, d.db, d.b, 1)
			until(5, 10, 0)
		}, "low A digest: low A"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDay(t)
				until(3, 9, 0)
				d.post.outage(true)
				s := service(t, d.db, d.post)
				s.Digest = seven
				stop := running(t, s)
				tt.acts(d)
				d.post.outage(false)
				after(3 * hour)
				stop()
				if got := d.diary(d.dana); got != tt.want {
					t.Errorf("told %q, want %q", got, tt.want)
				}
				for _, m := range d.post.mails() {
					for _, sku := range []string{"A", "B"} {
						if n := strings.Count(m.Text, "Item "+sku+"\n"); n > 1 {
							t.Errorf("the mail tells of item %s %d times:\n%s", sku, n, m.Text)
						}
					}
				}
			})
		})
	}
}

// Mail that is set up long after says how things are by then.
func TestMailSetUpLateTellsHowThingsAre(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDay(t)
		stop := running(t, service(t, d.db, nil))
		take(t, d.db, d.a, 3)
		after(hour)
		put(t, d.db, d.a, 20)
		after(40 * 24 * hour)
		stop()
		stop = running(t, service(t, d.db, d.post))
		after(time.Second)
		stop()
		if got := d.post.subjects(); got != "1 back: Item A" {
			t.Errorf("sent %q", got)
		}
	})
}

// What is low while it is quiet is in the inbox once the quiet is over. It is told by mail then where there is no digest.
func TestTheQuietEnds(t *testing.T) {
	for _, tt := range []struct {
		name  string
		quiet func(d day)
		by    int // the day in January 2000
		want  string
	}{
		{"a snooze that ends", func(d day) { d.snooze(d.a, "2000-01-06") }, 6, "low A"},
		{"a snooze that has not ended", func(d day) { d.snooze(d.a, "2000-01-07") }, 6, ""},
		{"an order that is late", func(d day) { d.order(d.a, 50, "2000-01-05") }, 6, "low A"},
		{"an order that may still come", func(d day) { d.order(d.a, 50, "2000-01-06") }, 6, ""},
		{"woken by hand", func(d day) {
			d.snooze(d.a, "2000-02-01")
			after(hour)
			d.mute(store.MuteAct{Item: d.a.ID, Verb: store.MuteWake})
		}, 4, "low A"},
		{"some came, not enough", func(d day) {
			d.snooze(d.a, "")
			after(hour)
			storetest.Book(d.t, d.db, store.Entry{Item: d.a.ID, Kind: store.Receive, Qty: 500})
		}, 4, "low A"},
		{"enough came", func(d day) {
			d.snooze(d.a, "2000-01-06")
			after(hour)
			put(d.t, d.db, d.a, 20)
		}, 10, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDay(t)
				until(3, 9, 0)
				stop := running(t, service(t, d.db, d.post)) // whose digest is off
				take(t, d.db, d.a, 3)
				tt.quiet(d)
				until(tt.by, 12, 0)
				stop()
				if got := d.diary(d.dana); got != tt.want {
					t.Errorf("told %q, want %q", got, tt.want)
				}
				d.inbox(tt.want)
			})
		})
		t.Run(tt.name+", with a digest", func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDay(t)
				until(3, 9, 0)
				s := service(t, d.db, d.post)
				s.Digest = seven
				stop := running(t, s)
				take(t, d.db, d.a, 3)
				tt.quiet(d)
				until(tt.by, 12, 0)
				stop()
				for _, m := range strings.Split(d.diary(d.dana), "; ") {
					if m != "" && !strings.HasPrefix(m, "digest: ") {
						t.Errorf("told %q, want no more than the digest", m)
					}
				}
				d.inbox(tt.want)
			})
		})
	}
}

// inbox checks what dana's inbox holds, in turn.
func (d day) inbox(want string) {
	d.t.Helper()
	rows, _, err := d.db.NewsPage(d.t.Context(), d.dana, 0, 10)
	if err != nil {
		d.t.Fatal(err)
	}
	var all []string
	for _, r := range slices.Backward(rows) {
		all = append(all, string(r.Crossing.Severity)+" "+d.name(*r.Crossing))
	}
	if got := strings.Join(all, "; "); got != want {
		d.t.Errorf("the inbox has %q, want %q", got, want)
	}
}

// What waits longer than anything waits was written by a clock that was ahead, and its time has come.
func TestAClockThatWasAhead(t *testing.T) {
	ahead := start.AddDate(1, 0, 0)
	ep := func(c store.Crossing) map[store.Scope]store.Episode {
		return map[store.Scope]store.Episode{{Item: 7}: {Item: 7, Severity: store.Low, OpenedAt: c.At, Crossing: &c}}
	}
	for name, c := range map[string]store.Crossing{
		"of a crossing": {Item: 7, Severity: store.Low, Event: 1, At: ahead, Due: ahead.Add(minute)},
		"by an hour":    {Item: 7, Severity: store.Low, Event: 1, At: start.Add(hour), Due: start.Add(hour + minute)},
		"of its wait":   {Item: 7, Severity: store.Low, Event: 1, At: start, Due: ahead},
	} {
		if _, mails := judge(state{episodes: ep(c), people: []store.User{reader}}, nil, start, usual); len(mails) != 1 {
			t.Errorf("%s: %d mails, want 1", name, len(mails))
		}
	}

	told := store.Episode{Item: 7, ToldAt: ahead}
	if got := usual.follow(told, change{from: 12, to: 9}.event(1)); got.Crossing == nil || got.Crossing.Due.After(start.Add(hour)) {
		t.Errorf("told in the future, then low: %+v", got.Crossing)
	}
}

// A clock that was ahead and is set right holds up nothing: neither a crossing that waits nor a mail that was put off. Nobody
// wakes the program for it.
func TestTheClockIsSetRight(t *testing.T) {
	for name, away := range map[string]bool{"while a crossing waits": false, "while a mail waits": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var ahead atomic.Int64
				ahead.Store(int64(400 * 24 * hour))
				db := storetest.OpenAt(t, t.TempDir()+"/lwc.db", func(o *store.Options) {
					o.Now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
				})
				post, it := &postman{}, storetest.Item(t, db, "A", 12, 10)
				storetest.User(t, db, "dana", store.GM)
				post.outage(away)
				stop := running(t, service(t, db, post))
				take(t, db, it, 3)
				if away {
					after(10 * minute)
				}
				ahead.Store(0)
				post.outage(false)
				after(2 * minute)
				stop()
				if got := post.subjects(); got != "1 low: Item A" {
					t.Errorf("sent %q", got)
				}
			})
		})
	}
}
