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

// shown says what is in a person's inbox, the oldest first.
func shown(t *testing.T, db *store.DB, u store.User) string {
	t.Helper()
	rows, _, err := db.NewsPage(t.Context(), u, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, r := range rows {
		text := "import"
		if c := r.Crossing; c != nil {
			text = fmt.Sprintf("%s %s %v", r.Item.SKU, c.Severity, c.Available)
			if c.Back {
				text = fmt.Sprintf("%s back %v", r.Item.SKU, c.Available)
			}
		}
		all = append([]string{text}, all...)
	}
	return strings.Join(all, "; ")
}

// The inbox in the app has the episodes that mails have, and when they end.
func TestInboxHasTheEpisodesOfTheMails(t *testing.T) {
	for _, tt := range []struct {
		name string
		run  func(d day)
		want string
	}{
		{"12→9 after its window", func(d day) { take(d.t, d.db, d.a, 3); after(10 * time.Minute) }, "A low 9"},
		{"not before", func(d day) { take(d.t, d.db, d.a, 3); after(9 * time.Minute) }, ""},
		{"undo in the window: none", func(d day) { take(d.t, d.db, d.a, 3); put(d.t, d.db, d.a, 3); after(time.Hour) }, ""},
		{"9→8→6 no more", func(d day) {
			take(d.t, d.db, d.a, 3)
			after(time.Hour)
			take(d.t, d.db, d.a, 1)
			after(time.Hour)
			take(d.t, d.db, d.a, 2)
			after(time.Hour)
		}, "A low 9"},
		{"then OUT, then back", func(d day) {
			take(d.t, d.db, d.a, 3)
			after(time.Hour)
			take(d.t, d.db, d.a, 9)
			after(time.Hour)
			put(d.t, d.db, d.a, 30)
			after(gathering)
		}, "A low 9; A out 0; A back 30"},
		{"low again after 2 h, though mails leave it to the digest", func(d day) {
			take(d.t, d.db, d.a, 3)
			after(time.Hour)
			put(d.t, d.db, d.a, 6)
			after(time.Hour)
			take(d.t, d.db, d.a, 6)
			after(gathering)
		}, "A low 9; A back 15; A low 9"},
		{"two in one window", func(d day) { take(d.t, d.db, d.a, 3); take(d.t, d.db, d.b, 12); after(time.Hour) }, "B out 0; A low 9"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDay(t)
				s := service(t, d.db, d.post)
				s.Digest, s.Recross = Clock{On: true, Hour: 7}, 24*time.Hour
				stop := running(t, s)
				d.t = t
				tt.run(d)
				stop()
				if got := shown(t, d.db, d.dana); got != tt.want {
					t.Errorf("the inbox has %q, want %q", got, tt.want)
				}
			})
		})
	}
}

// Nobody needs an address or alerts for it, and a snooze keeps it quiet, as it does mails.
func TestInboxWithoutMail(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDay(t)
		changeUser(t, d.db, d.dana, func(u *store.UserDraft) { u.ReceiveAlerts, u.Email = false, "" })
		s := service(t, d.db, nil)
		s.Digest = Clock{On: true, Hour: 7}
		stop := running(t, s)
		act := store.MuteAct{Item: d.a.ID, Verb: store.MuteSnooze, RequestID: "1", By: storetest.Staff, Date: "2030-01-01", Today: store.DateOf(d.db.Now())}
		if _, err := d.db.SetMute(t.Context(), act); err != nil {
			t.Fatal(err)
		}
		take(t, d.db, d.a, 3)
		take(t, d.db, d.b, 3)
		after(time.Hour)
		put(t, d.db, d.a, 3)
		after(0)
		take(t, d.db, d.b, 9)
		after(time.Hour)
		stop()
		if got, want := shown(t, d.db, d.dana), "B low 9; B out 0"; got != want {
			t.Errorf("the inbox has %q, want %q", got, want)
		}
		if n, err := d.db.UnreadNews(t.Context(), d.dana); err != nil || n != 2 {
			t.Errorf("%d unread, %v", n, err)
		}
	})
}

// An import is one entry, however many items it brought.
func TestInboxOfAnImport(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDay(t)
		stop := running(t, service(t, d.db, nil))
		var rows strings.Builder
		rows.WriteString("sku,name,minimum,quantity,category\n")
		for i := range 30 {
			fmt.Fprintf(&rows, "I-%d,Imported %d,5,%d,Wire\n", i, i, i%10)
		}
		if _, err := d.db.ImportItems(t.Context(), storetest.Staff, strings.NewReader(rows.String())); err != nil {
			t.Fatal(err)
		}
		after(time.Hour)
		stop()
		if got := shown(t, d.db, d.dana); got != "import" {
			t.Errorf("the inbox has %q", got)
		}
		other := d.dana
		other.Categories = []string{"Paint"}
		if got := shown(t, d.db, other); got != "" {
			t.Errorf("who follows paint is shown %q", got)
		}
	})
}
