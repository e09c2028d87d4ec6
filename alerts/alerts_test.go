package alerts

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

func TestRun(t *testing.T) {
	for _, tt := range []struct {
		name string
		act  func(d day)
		want string // the subjects of all mails in the end
	}{
		{"minimum 10, 12→9 mails once, 9→8→6 no more", func(d day) {
			take(d.t, d.db, d.a, 3)
			after(hour)
			take(d.t, d.db, d.a, 1)
			after(hour)
			take(d.t, d.db, d.a, 2)
		}, "1 low: Item A"},
		{"6→0 OUT once", func(d day) {
			take(d.t, d.db, d.a, 6)
			after(hour)
			take(d.t, d.db, d.a, 6)
			after(hour)
			take(d.t, d.db, d.a, 1)
		}, "1 low: Item A; 1 out: Item A"},
		{"back to 15 then 9 after 25 h mails again", func(d day) {
			take(d.t, d.db, d.a, 3)
			after(hour)
			put(d.t, d.db, d.a, 6)
			after(25 * hour)
			take(d.t, d.db, d.a, 6)
		}, "1 low: Item A; 1 low: Item A"},
		{"undo in the window: none", func(d day) {
			m := take(d.t, d.db, d.a, 3)
			after(9 * minute)
			if _, err := d.db.Undo(d.t.Context(), store.Undo{Movement: m.ID, RequestID: "u", By: storetest.Staff}); err != nil {
				d.t.Fatal(err)
			}
		}, ""},
		{"undo of one in the window: the other", func(d day) {
			m := take(d.t, d.db, d.a, 3)
			take(d.t, d.db, d.b, 3)
			after(minute)
			if _, err := d.db.Undo(d.t.Context(), store.Undo{Movement: m.ID, RequestID: "u", By: storetest.Staff}); err != nil {
				d.t.Fatal(err)
			}
		}, "1 low: Item B"},
		{"company joins", func(d day) {
			take(d.t, d.db, d.a, 3)
			after(9*minute + 59*time.Second)
			take(d.t, d.db, d.b, 5)
			after(time.Second)
			if got := d.post.subjects(); got != "2 low: Item A, Item B" {
				d.t.Errorf("ten minutes after the first: %q", got)
			}
		}, "2 low: Item A, Item B"},
		{"OUT does not wait as long, and comes first", func(d day) {
			take(d.t, d.db, d.a, 3)
			take(d.t, d.db, d.b, 12)
			after(2*minute - time.Second)
			if d.post.tries() != 0 {
				d.t.Error("mailed before the window was over")
			}
			after(time.Second)
			if d.post.tries() != 1 {
				d.t.Error("not mailed when the window was over")
			}
		}, "1 out, 1 low: Item B, Item A"},
		{"12 crossings in one pick: one mail", func(d day) {
			var act store.Act
			for i := range 12 {
				it := storetest.Item(d.t, d.db, fmt.Sprintf("P%02d", i), 12, 10)
				act.Entries = append(act.Entries, store.Entry{Item: it.ID, Kind: store.ScrapKind, Qty: 3000})
			}
			act.RequestID, act.By, act.Confirmed = "pick", storetest.Staff, true
			if _, err := d.db.Book(d.t.Context(), act); err != nil {
				d.t.Fatal(err)
			}
		}, "12 low: Item P00, Item P01, Item P02, Item P03, Item P04, Item P05, Item P06, Item P07, Item P08, Item P09 and 2 more"},
		{"import of 300 low items: one summary", func(d day) {
			var csv strings.Builder
			csv.WriteString("sku,name,minimum,quantity\n")
			for i := range 300 {
				fmt.Fprintf(&csv, "L%d,Low %d,10,3\n", i, i)
			}
			if _, err := d.db.ImportItems(d.t.Context(), storetest.Staff, strings.NewReader(csv.String())); err != nil {
				d.t.Fatal(err)
			}
		}, "Import: 300 low of 300 items"},
		{"the same post twice: one episode", func(d day) {
			act := store.Act{RequestID: "same", By: storetest.Staff, Confirmed: true,
				Entries: []store.Entry{{Item: d.a.ID, Kind: store.ScrapKind, Qty: 3000}}}
			for range 2 {
				if _, err := d.db.Book(d.t.Context(), act); err != nil {
					d.t.Fatal(err)
				}
				after(hour)
			}
		}, "1 low: Item A"},
		{"a job at Jobber takes hold of more", func(d day) {
			storetest.Job(d.t, d.db, 1042, time.Now().Add(24*hour), storetest.Line("A", 6))
		}, "1 low: Item A"},
		{"archived in the window: none", func(d day) {
			take(d.t, d.db, d.a, 3)
			if _, err := d.db.ArchiveItem(d.t.Context(), storetest.Staff, d.a.ID, true); err != nil {
				d.t.Fatal(err)
			}
		}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDay(t)
				stop := running(t, service(t, d.db, d.post))
				tt.act(d)
				after(48 * hour)
				if got := d.post.subjects(); got != tt.want {
					t.Errorf("mails %q, want %q", got, tt.want)
				}
				stop()
			})
		})
	}
}

func TestRunTellsWhoWantsToKnow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDay(t)
		storetest.User(t, d.db, "ed", store.Warehouse)
		for name, change := range map[string]func(*store.UserDraft){
			"off":       func(d *store.UserDraft) { d.ReceiveAlerts = false },
			"gone":      func(d *store.UserDraft) { d.Active = false },
			"noaddress": func(d *store.UserDraft) { d.Email = "" },
		} {
			changeUser(t, d.db, storetest.User(t, d.db, name, store.Warehouse), change)
		}
		stop := running(t, service(t, d.db, d.post))
		take(t, d.db, d.a, 3)
		after(hour)
		if got := d.post.to(); got != "dana@example.com ed@example.com" {
			t.Errorf("told %q", got)
		}
		sent := d.post.mails()
		if sent[0].MessageID == sent[1].MessageID || strings.Contains(sent[0].HTML+sent[0].Text, "ed@") {
			t.Error("two people share a mail")
		}
		stop()
	})
}

func TestRunNobodyToTell(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDay(t)
		changeUser(t, d.db, d.dana, func(d *store.UserDraft) { d.ReceiveAlerts = false })
		s := service(t, d.db, d.post)
		var log strings.Builder
		s.Log = slog.New(slog.NewTextHandler(&log, nil))
		stop := running(t, s)
		take(t, d.db, d.a, 3)
		after(hour)
		storetest.User(t, d.db, "ed", store.Warehouse)
		after(hour)
		stop()
		if n := strings.Count(log.String(), "level=WARN"); n != 1 || !strings.Contains(log.String(), "nobody to tell") {
			t.Errorf("%d warnings:\n%s", n, &log)
		}
		if len(d.post.mails()) != 0 {
			t.Errorf("told %q long after", d.post.to())
		}
	})
}

func TestRunSendsAcrossManyEvents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDay(t)
		take(t, d.db, d.a, 3)
		act := store.Act{RequestID: "many", By: storetest.Staff, Confirmed: true}
		for range 2 * batch {
			act.Entries = append(act.Entries, store.Entry{Item: d.b.ID, Kind: store.Receive, Qty: 1000})
		}
		if _, err := d.db.Book(t.Context(), act); err != nil {
			t.Fatal(err)
		}
		put(t, d.db, d.a, 3) // the last event takes the first one back
		after(hour)
		stop := running(t, service(t, d.db, d.post))
		after(hour)
		stop()
		if d.post.tries() != 0 {
			t.Errorf("sent %q", d.post.subjects())
		}
	})
}
