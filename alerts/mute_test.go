package alerts

import (
	"testing"
	"testing/synctest"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

func TestMuted(t *testing.T) {
	for _, tt := range []struct {
		name string
		act  func(d day) // from Monday, nine o'clock
		want string
	}{
		{"snoozed until a day: neither at once nor in the digest before that day", func(d day) {
			d.snooze(d.a, "2000-01-06")
			take(d.t, d.db, d.a, 3)
			until(6, 12, 0)
		}, "digest: low A"},
		{"snoozed until the next receipt", func(d day) {
			d.snooze(d.a, "")
			take(d.t, d.db, d.a, 6)
			until(5, 12, 0)
			put(d.t, d.db, d.a, 1)
			until(6, 12, 0)
		}, "digest: low A"},
		{"snoozed, received, and the receipt undone", func(d day) {
			d.snooze(d.a, "")
			take(d.t, d.db, d.a, 6)
			d.undo(storetest.Book(d.t, d.db, store.Entry{Item: d.a.ID, Kind: store.Receive, Qty: 1000}))
			until(6, 12, 0)
		}, ""},
		{"snoozed in the window: not told", func(d day) {
			take(d.t, d.db, d.a, 3)
			after(5 * minute)
			d.snooze(d.a, "2000-02-01")
			after(hour)
		}, ""},
		{"OUT is never muted by a snooze", func(d day) {
			d.snooze(d.a, "2000-02-01")
			take(d.t, d.db, d.a, 3)
			after(hour)
			take(d.t, d.db, d.a, 9)
			until(4, 12, 0)
		}, "out A; digest: out A"},
		{"OUT is never muted by an order", func(d day) {
			d.order(d.a, 50, "2000-02-01")
			take(d.t, d.db, d.a, 12)
			until(4, 12, 0)
		}, "out A; digest: out A"},
		{"awake again: told at the next crossing", func(d day) {
			d.snooze(d.a, "2000-02-01")
			d.mute(store.MuteAct{Item: d.a.ID, Verb: store.MuteWake})
			take(d.t, d.db, d.a, 3)
			after(hour)
		}, "low A"},
		{"on order mutes repeats", func(d day) {
			take(d.t, d.db, d.a, 3)
			after(hour)
			d.order(d.a, 50, "2000-01-12")
			put2 := func() {
				storetest.Book(d.t, d.db, store.Entry{Item: d.a.ID, Kind: store.Adjust, Qty: 3000, To: storetest.Home, Reason: "found"})
			}
			put2() // enough, and not received
			until(5, 9, 0)
			take(d.t, d.db, d.a, 3)
			until(7, 12, 0)
		}, "low A; digest: back A; digest: ordered A"},
		{"a late order mutes nothing", func(d day) {
			d.order(d.a, 50, "2000-01-04")
			until(5, 9, 0)
			take(d.t, d.db, d.a, 3)
			after(hour)
		}, "low A"},
		{"part of an order came: the rest mutes", func(d day) {
			d.order(d.a, 50, "2000-01-12")
			put(d.t, d.db, d.a, 20)
			take(d.t, d.db, d.a, 23)
			after(hour)
		}, ""},
		{"all of an order came: it is settled", func(d day) {
			d.order(d.a, 5, "2000-01-12")
			put(d.t, d.db, d.a, 5)
			take(d.t, d.db, d.a, 8)
			after(hour)
		}, "low A"},
		{"company of something muted goes alone", func(d day) {
			d.snooze(d.a, "2000-02-01")
			take(d.t, d.db, d.a, 3)
			take(d.t, d.db, d.b, 3)
			after(hour)
		}, "low B"},
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

// A mail says what is on its way of what ran out.
func TestACrossingKnowsWhatIsOnOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDay(t)
		d.order(d.a, 50, "2000-01-12")
		stop := running(t, service(t, d.db, d.post))
		put(t, d.db, d.a, 20)
		take(t, d.db, d.a, 32)
		after(hour)
		stop()
		m, err := d.db.Mail(t.Context(), 1)
		if err != nil {
			t.Fatal(err)
		}
		if c := m.Crossings[0]; c.OnOrder != 30000 || store.DateOf(c.Expected) != "2000-01-12" {
			t.Errorf("on order %v, expected %v", c.OnOrder, c.Expected)
		}
	})
}
