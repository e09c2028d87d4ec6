package alerts

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// connected makes a connection to Jobber, or makes it again.
func connected(t *testing.T, db *store.DB) {
	t.Helper()
	err := errors.Join(db.SaveJobberCredentials(t.Context(), storetest.Staff, "id", "secret"),
		db.JobberConnected(t.Context(), storetest.Staff, store.Tokens{Access: "a", Refresh: "r"}, storetest.Account, "LWC", "Lee"))
	if err != nil {
		t.Fatal(err)
	}
}

func dropped(t *testing.T, db *store.DB, reason string) {
	t.Helper()
	if err := db.JobberDropped(t.Context(), reason); err != nil {
		t.Fatal(err)
	}
}

// Every owner who can be reached hears of a lost connection, once, whether or not stock interests them.
func TestOwnersHearThatJobberIsLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDay(t) // dana is a gm
		storetest.User(t, d.db, "lee", store.Owner)
		silent := storetest.User(t, d.db, "max", store.Owner)
		changeUser(t, d.db, silent, func(u *store.UserDraft) { u.ReceiveAlerts = false })
		gone := storetest.User(t, d.db, "old", store.Owner)
		changeUser(t, d.db, gone, func(u *store.UserDraft) { u.Active = false })
		connected(t, d.db)
		if err := d.db.SaveSyncStatus(t.Context(), store.SyncStatus{State: store.SyncOK, LastOK: d.db.Now()}); err != nil {
			t.Fatal(err)
		}
		stop := running(t, service(t, d.db, d.post))
		dropped(t, d.db, "Disconnected at Jobber.")
		dropped(t, d.db, "Disconnected at Jobber.") // a second call that failed
		after(time.Minute)
		stop()
		stop = running(t, service(t, d.db, d.post))
		after(25 * time.Hour)
		if got := d.post.to(); got != "lee@example.com max@example.com" {
			t.Fatalf("sent to %q", got)
		}
		m := d.post.mails()[0]
		for _, want := range []string{"Jobber is not connected any more", "Disconnected at Jobber.", "Jobs are as of ",
			"https://stock.lwc.example/admin/settings", "For lee."} {
			if !strings.Contains(m.Text, want) || !strings.Contains(m.HTML, want) {
				t.Errorf("no %q in\n%s\n%s", want, m.Text, m.HTML)
			}
		}
		if m.Subject != "Jobber is not connected any more" || m.MessageID == "" || strings.Contains(m.Text, "<") {
			t.Errorf("subject %q, id %q\n%s", m.Subject, m.MessageID, m.Text)
		}
		connected(t, d.db)
		dropped(t, d.db, "Again.")
		after(time.Minute)
		stop()
		if got := d.post.to(); got != "lee@example.com max@example.com lee@example.com max@example.com" {
			t.Errorf("after the second loss: %q", got)
		}
	})
}

// What is settled before the mail went out is not told any more.
func TestSettledBeforeItIsTold(t *testing.T) {
	for _, tt := range []struct {
		name   string
		settle func(*testing.T, *store.DB) error
	}{
		{"connected again", func(t *testing.T, db *store.DB) error { connected(t, db); return nil }},
		{"an owner disconnected", func(t *testing.T, db *store.DB) error {
			return db.JobberDisconnected(t.Context(), storetest.Staff)
		}},
		{"another secret", func(t *testing.T, db *store.DB) error {
			return db.SaveJobberCredentials(t.Context(), storetest.Staff, "id", "another")
		}},
		{"the owner is a gm now", func(t *testing.T, db *store.DB) error {
			storetest.User(t, db, "next", store.Owner)
			lee, err := db.User(t.Context(), 2)
			changeUser(t, db, lee, func(u *store.UserDraft) { u.Role = store.GM })
			return err
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDay(t)
				storetest.User(t, d.db, "lee", store.Owner)
				connected(t, d.db)
				dropped(t, d.db, "Disconnected at Jobber.")
				if s := stats(t, d.db); s.Unsent != 1 {
					t.Fatalf("no mail waits: %+v", s)
				}
				d.post.n, d.post.failure = 1, errors.New("down")
				stop := running(t, service(t, d.db, d.post))
				if err := tt.settle(t, d.db); err != nil {
					t.Fatal(err)
				}
				after(25 * time.Hour)
				stop()
				if got := d.post.mails(); len(got) != 0 {
					t.Errorf("sent %+v", got)
				}
				if s := stats(t, d.db); s.Unsent != 0 {
					t.Errorf("a mail waits: %+v", s)
				}
			})
		})
	}
}

// A mail that is settled while the ones before it are being sent is not sent either.
func TestSettledWhileOthersAreSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDay(t)
		storetest.User(t, d.db, "lee", store.Owner)
		storetest.User(t, d.db, "max", store.Owner)
		connected(t, d.db)
		dropped(t, d.db, "Disconnected at Jobber.")
		d.post.during = func() { connected(t, d.db) }
		stop := running(t, service(t, d.db, d.post))
		after(time.Hour)
		stop()
		if got := d.post.to(); got != "lee@example.com" {
			t.Errorf("sent to %q", got)
		}
	})
}

// Wrong credentials are another trouble with another way out, and are told once as well.
func TestOwnersHearThatTheSecretIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDay(t)
		storetest.User(t, d.db, "lee", store.Owner)
		connected(t, d.db)
		stop := running(t, service(t, d.db, d.post))
		for range 3 {
			if err := d.db.JobberRefused(t.Context(), true); err != nil {
				t.Fatal(err)
			}
		}
		after(time.Hour)
		stop()
		if got := d.post.subjects(); got != "Jobber refuses our client ID and secret" {
			t.Errorf("sent %q", got)
		}
		if m := d.post.mails(); len(m) == 1 && !strings.Contains(m[0].Text, "Developer Center") {
			t.Errorf("the mail does not say what to do:\n%s", m[0].Text)
		}
	})
}

// Another SECRET_KEY ends the connection for as long as it is in force. Owners hear of it once.
func TestOwnersHearThatTheKeyWasChanged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "lwc.db")
		first, err := store.Open(path, store.Options{Secret: storetest.Secret(), Passes: 1})
		if err != nil {
			t.Fatal(err)
		}
		storetest.User(t, first, "lee", store.Owner)
		connected(t, first)
		if err := errors.Join(first.JobberUnreadable(t.Context()), first.Close()); err != nil {
			t.Fatal(err)
		}
		db, err := store.Open(path, store.Options{Secret: []byte("another secret, also of thirty-two bytes")})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		post := &postman{}
		stop := running(t, service(t, db, post))
		for range 3 {
			if err := db.JobberUnreadable(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		after(time.Hour)
		stop()
		if m := post.mails(); len(m) != 1 || !strings.Contains(m[0].Text, "SECRET_KEY was changed") {
			t.Errorf("sent %+v", m)
		}
	})
}
