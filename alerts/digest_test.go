package alerts

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// order notes that qty of an item is on its way.
func (d day) order(it store.Item, qty int64, due store.Date) {
	d.t.Helper()
	d.mute(store.MuteAct{Item: it.ID, Verb: store.MuteOrder, Qty: store.Qty(qty * 1000), Date: due})
}

func (d day) snooze(it store.Item, until store.Date) {
	d.t.Helper()
	d.mute(store.MuteAct{Item: it.ID, Verb: store.MuteSnooze, Date: until})
}

func (d day) mute(a store.MuteAct) store.Mute {
	d.t.Helper()
	a.By, a.Today, a.RequestID = storetest.Staff, store.DateOf(d.db.Now()), fmt.Sprint("mute ", d.db.Now().UnixNano(), a.Verb)
	m, err := d.db.SetMute(d.t.Context(), a)
	if err != nil {
		d.t.Fatal(err)
	}
	return m
}

func TestDigest(t *testing.T) {
	for _, tt := range []struct {
		name string
		act  func(d day) // from Monday, nine o'clock; till the end all mails are sent
		want string
	}{
		{"nothing to say: none", func(d day) { until(8, 0, 0) }, ""},
		{"low of an opening: each weekday until it is back, not at the weekend", func(d day) {
			it := storetest.Item(d.t, d.db, "NEW", 4, 10)
			until(6, 12, 0)
			put(d.t, d.db, it, 6)
			until(11, 12, 0)
		}, "digest: low NEW; digest: low NEW; digest: low NEW; digest: back NEW"},
		{"all its lists", func(d day) {
			storetest.Item(d.t, d.db, "OUT", 0, 10)
			storetest.Item(d.t, d.db, "LOW", 4, 10)
			d.order(storetest.Item(d.t, d.db, "ORD", 4, 10), 20, "2000-01-10")
			storetest.Item(d.t, d.db, "JOB", 2, 0)
			storetest.Job(d.t, d.db, 1042, time.Now().Add(6*24*hour), storetest.Line("JOB", 5))
			storetest.Job(d.t, d.db, 1043, time.Now().Add(20*24*hour), storetest.Line("JOB", 5)) // not in the next days
			take(d.t, d.db, d.a, 3)
			after(hour)
			put(d.t, d.db, d.a, 3)
			until(4, 12, 0)
		}, "low A; digest: out OUT low LOW ordered ORD back A job 1 lacks 3"},
		{"on order and in time is said once, and again when it is late", func(d day) {
			d.order(storetest.Item(d.t, d.db, "ORD", 4, 10), 20, "2000-01-06")
			until(10, 12, 0)
		}, "digest: ordered ORD; digest: ordered ORD; digest: ordered ORD"}, // Tuesday; Friday, Monday
		{"on order settles with the receipt", func(d day) {
			it := storetest.Item(d.t, d.db, "ORD", 4, 10)
			d.order(it, 20, "2000-01-06")
			until(5, 12, 0)
			put(d.t, d.db, it, 20)
			until(10, 12, 0)
		}, "digest: ordered ORD; digest: back ORD"},
		{"back is said of what was told at once, or listed", func(d day) {
			take(d.t, d.db, d.a, 3)
			m := take(d.t, d.db, d.b, 3)
			d.undo(m) // nobody heard
			after(hour)
			put(d.t, d.db, d.a, 3)
			until(5, 12, 0)
		}, "low A; digest: back A"},
		{"archived is not back", func(d day) {
			take(d.t, d.db, d.a, 3)
			after(hour)
			if _, err := d.db.ArchiveItem(d.t.Context(), storetest.Staff, d.a.ID, true); err != nil {
				d.t.Fatal(err)
			}
			until(5, 12, 0)
		}, "low A"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDay(t)
				until(3, 9, 0)
				s := service(t, d.db, d.post)
				s.Digest = seven
				stop := running(t, s)
				tt.act(d)
				if got := d.diary(d.dana); got != tt.want {
					t.Errorf("told %q, want %q", got, tt.want)
				}
				stop()
			})
		})
	}
}

// A digest shows as much of a list as fits and counts the rest, and marks what was not in the one before.
func TestDigestCountsWhatItLeavesOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDay(t)
		until(3, 9, 0)
		for i := range longestList + 7 {
			storetest.Item(t, d.db, fmt.Sprintf("L%03d", i), 4, 10)
		}
		s := service(t, d.db, d.post)
		s.Digest = seven
		stop := running(t, s)
		until(4, 12, 0)
		storetest.Item(t, d.db, "A-NEW", 4, 10)
		until(5, 12, 0)
		stop()
		for id, wantNew := range map[store.MailID]int{1: longestList, 2: 1} {
			m, err := d.db.Mail(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			fresh := 0
			for _, c := range m.Digest.Low {
				if c.New {
					fresh++
				}
			}
			if len(m.Digest.Low) != longestList || m.Digest.More.Low != 6+int(id) || fresh != wantNew {
				t.Errorf("mail %d: %d rows and %d more, %d new", id, len(m.Digest.Low), m.Digest.More.Low, fresh)
			}
		}
	})
}

// When the digest goes out, over changes of the clock and a machine that is off.
func TestDigestOnTime(t *testing.T) {
	chicago, cairo := zone(t, "America/Chicago"), zone(t, "Africa/Cairo")
	half := func(hour int) Clock { return Clock{On: true, Hour: hour, Minute: 30} }
	for _, tt := range []struct {
		name   string
		loc    *time.Location
		at     Clock
		begin  string // local
		off    string // local, when the machine goes off; "": never
		on     string // and on again
		end    string
		expect string // local times of the mails
	}{
		{"spring, a weekend", chicago, seven, "2026-03-05T12:00", "", "", "2026-03-10T12:00",
			"Fri 07:00 CST, Mon 07:00 CDT, Tue 07:00 CDT"},
		{"autumn, a weekend", chicago, seven, "2026-10-29T12:00", "", "", "2026-11-03T12:00",
			"Fri 07:00 CDT, Mon 07:00 CST, Tue 07:00 CST"},
		{"an hour that does not exist", cairo, half(0), "2026-04-22T12:00", "", "", "2026-04-28T12:00",
			"Thu 00:30 EET, Fri 01:00 EEST, Mon 00:30 EEST, Tue 00:30 EEST"},
		{"an hour that exists twice", cairo, half(23), "2026-10-28T12:00", "", "", "2026-10-30T23:45",
			"Wed 23:30 EEST, Thu 23:30 EEST, Fri 23:30 EET"},
		{"off at that hour: late, once", chicago, seven, "2026-11-23T12:00", "2026-11-24T06:00", "2026-11-24T09:15", "2026-11-25T12:00",
			"Tue 09:15 CST, Wed 07:00 CST"},
		{"off over midnight: late, once", chicago, half(23), "2026-11-23T12:00", "2026-11-23T23:00", "2026-11-24T00:45", "2026-11-24T23:45",
			"Tue 00:45 CST, Tue 23:30 CST"},
		{"off for a day and more: the next one says it", chicago, seven, "2026-11-23T12:00", "2026-11-23T13:00", "2026-11-25T05:00", "2026-11-25T12:00",
			"Wed 07:00 CST"},
		{"off from Friday to Sunday: Monday", chicago, seven, "2026-11-26T12:00", "2026-11-26T13:00", "2026-11-29T12:00", "2026-11-30T12:00",
			"Mon 07:00 CST"},
		{"off for an hour after it was sent: once", chicago, seven, "2026-11-23T12:00", "2026-11-24T07:30", "2026-11-24T08:30", "2026-11-24T12:00",
			"Tue 07:00 CST"},
		{"a new installation after the hour waits for the next day", chicago, seven, "2026-11-23T08:00", "", "", "2026-11-24T12:00", "Tue 07:00 CST"},
		{"a new installation before the hour does not", chicago, seven, "2026-11-23T06:00", "", "", "2026-11-23T12:00", "Mon 07:00 CST"},
		{"never", chicago, Clock{}, "2026-11-23T06:00", "", "", "2026-11-25T12:00", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				goTo := func(local string) {
					at, err := time.ParseInLocation("2006-01-02T15:04", local, tt.loc)
					if err != nil {
						t.Fatal(err)
					}
					after(time.Until(at))
				}
				goTo(tt.begin)
				d := newDay(t)
				storetest.Item(t, d.db, "LOW", 4, 10)
				var times []string
				d.post.during = func() { times = append(times, time.Now().In(tt.loc).Format("Mon 15:04 MST")) }
				s := service(t, d.db, d.post)
				s.Digest, s.Location = tt.at, tt.loc
				stop := running(t, s)
				if tt.off != "" {
					goTo(tt.off)
					stop()
					goTo(tt.on)
					stop = running(t, s)
				}
				goTo(tt.end)
				stop()
				if got := strings.Join(times, ", "); got != tt.expect {
					t.Errorf("mailed at %s, want %s", got, tt.expect)
				}
			})
		})
	}
}

// A clock that was months ahead does not silence the digest until then.
func TestDigestAfterAClockThatWasAhead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDay(t)
		take(t, d.db, d.a, 3)
		ahead := store.DigestMark{Day: "2000-06-01", At: d.db.Now().AddDate(0, 5, 0)}
		if err := d.db.FinishAlerts(t.Context(), store.AlertStep{Digest: &ahead}); err != nil {
			t.Fatal(err)
		}
		s := service(t, d.db, d.post)
		s.Digest = seven
		stop := running(t, s)
		until(5, 9, 0)
		stop()
		if n := len(d.post.mails()); n != 4 {
			t.Errorf("sent %q, want what is low, and a digest each weekday", d.post.subjects())
		}
	})
}
