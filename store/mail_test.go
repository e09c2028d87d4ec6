package store_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// outbox queues mails, each under a key of its own, and returns them as they lie in the store.
func outbox(t *testing.T, db *store.DB, mails ...store.Mail) []store.Mail {
	t.Helper()
	_, was, err := db.Mails(t.Context(), "", 0, 1000)
	if err != nil || was {
		t.Fatal(was, err)
	}
	for i := range mails {
		mails[i].Key = fmt.Sprint("test ", time.Now().UnixNano(), i)
	}
	if err := db.FinishAlerts(t.Context(), store.AlertStep{Mails: mails}); err != nil {
		t.Fatal(err)
	}
	rows, _, err := db.Mails(t.Context(), "", 0, len(mails))
	if err != nil || len(rows) != len(mails) {
		t.Fatalf("%d mails, %v", len(rows), err)
	}
	var all []store.Mail
	for _, r := range slices.Backward(rows) {
		all = append(all, r.Mail)
	}
	return all
}

func mailNow(t *testing.T, db *store.DB, id store.MailID) store.Mail {
	t.Helper()
	m, err := db.Mail(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func states(t *testing.T, db *store.DB) string {
	t.Helper()
	rows, _, err := db.Mails(t.Context(), "", 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, r := range slices.Backward(rows) {
		all = append(all, fmt.Sprintf("%d %s", r.ID, r.State))
	}
	return strings.Join(all, ", ")
}

func crossed(it store.Item, s store.Severity, ev store.EventID) store.Crossing {
	return store.Crossing{Item: it.ID, Severity: s, Event: ev, Minimum: it.Minimum, Available: 1000, By: "Ana"}
}

func TestMailsMerge(t *testing.T) {
	db := storetest.Open(t)
	low := storetest.Item(t, db, "LOW", 3, 10)
	out := storetest.Item(t, db, "OUT", 0, 10)
	back := storetest.Item(t, db, "BACK", 12, 10)
	dana, ed := storetest.User(t, db, "dana", store.GM), storetest.User(t, db, "ed", store.GM)
	ms := outbox(t, db,
		store.Mail{To: dana.ID, Crossings: []store.Crossing{crossed(back, store.Low, 1), crossed(out, store.Low, 2)}},
		store.Mail{To: ed.ID, Crossings: []store.Crossing{crossed(back, store.Low, 1)}},
		store.Mail{To: dana.ID, Kind: store.MailJobberLost, Reason: "Gone"},
		store.Mail{To: dana.ID, Channel: store.ChannelWebhook, Crossings: []store.Crossing{crossed(back, store.Low, 1)}},
		store.Mail{To: dana.ID, Kind: store.MailDigest, Digest: &store.Digest{Back: []store.Crossing{crossed(back, "", 0)}}},
		store.Mail{To: dana.ID, Crossings: []store.Crossing{crossed(low, store.Low, 3), crossed(out, store.Out, 4)}})
	doubtful := ms[0]
	if _, err := db.MailTrying(t.Context(), doubtful); err != nil {
		t.Fatal(err)
	}
	if changed, err := db.MergeMails(t.Context(), dana.ID); err != nil || !changed {
		t.Errorf("changed %v while one may have been taken, %v", changed, err)
	}
	ms = append(ms, outbox(t, db, store.Mail{To: dana.ID, Crossings: []store.Crossing{crossed(back, store.Low, 1)}})...)
	if err := db.MailFailed(t.Context(), ms[6].ID, store.MailFailure{Next: db.Now().Add(time.Hour), Problem: "away"}); err != nil {
		t.Fatal(err)
	}
	if changed, err := db.MergeMails(t.Context(), dana.ID); err != nil || !changed {
		t.Errorf("changed %v, %v", changed, err)
	}
	if changed, err := db.MergeMails(t.Context(), dana.ID); err != nil || changed {
		t.Errorf("merged what is one: %v, %v", changed, err)
	}
	if changed, err := db.MergeMails(t.Context(), ed.ID); err != nil || changed {
		t.Errorf("changed the only mail to somebody: %v, %v", changed, err)
	}
	if got, want := states(t, db), "1 queued, 2 queued, 3 queued, 4 queued, 5 merged, 6 merged, 7 queued"; got != want {
		t.Errorf("mails are %s, want %s", got, want)
	}
	m := mailNow(t, db, 7)
	var said []string
	for _, c := range m.Crossings {
		said = append(said, fmt.Sprintf("%d %s %v %v", c.Item, c.Severity, c.Available, c.Back))
	}
	want := []string{fmt.Sprintf("%d out 0 false", out.ID), fmt.Sprintf("%d low 3 false", low.ID), fmt.Sprintf("%d low 12 true", back.ID)}
	if !slices.Equal(said, want) || len(m.Digest.Back) != 1 || !m.NextAt.IsZero() || m.AsOf.IsZero() || m.Kind != store.MailLow || m.Merged != 2 {
		t.Errorf("merged into %+v, which says %q, want %q", m, said, want)
	}
	if was := mailNow(t, db, 6); was.Into != 7 || was.Trail[len(was.Trail)-1].State != store.MailStateMerged {
		t.Errorf("the merged one is %+v", was)
	}
}

func TestAMailThatDiedInATryIsInDoubt(t *testing.T) {
	db := storetest.Open(t)
	m := outbox(t, db, store.Mail{To: 1})[0]
	trying := m
	trying.Subject = "1 low"
	ctx := t.Context()
	for _, began := range []bool{false, true} {
		now, err := db.MailTrying(ctx, trying)
		if err != nil || now.Doubtful != began || now.TryingAt.IsZero() || now.Subject != "1 low" {
			t.Errorf("mail %+v, %v", now, err)
		}
	}
	if err := db.MailFailed(ctx, m.ID, store.MailFailure{Untried: true}); err != nil {
		t.Fatal(err)
	}
	if now := mailNow(t, db, m.ID); now.TryingAt.IsZero() {
		t.Error("a mail put off with others forgot that it was tried")
	}
	if err := db.MailFailed(ctx, m.ID, store.MailFailure{Problem: "451 later"}); err != nil {
		t.Fatal(err)
	}
	if now := mailNow(t, db, m.ID); !now.TryingAt.IsZero() || !now.Doubtful || now.Tries != 3 || len(now.Trail) != 4 {
		t.Errorf("mail %+v", now)
	}
}

func TestAMailThatGotThroughWakesTheOthers(t *testing.T) {
	db := storetest.Open(t)
	ms := outbox(t, db, store.Mail{To: 1}, store.Mail{To: 2}, store.Mail{To: 3}, store.Mail{To: 4, Channel: store.ChannelWebhook}, store.Mail{To: 5})
	later := db.Now().Add(time.Hour)
	for i, away := range []bool{true, true, false, true} {
		if err := db.MailFailed(t.Context(), ms[i].ID, store.MailFailure{Next: later, Away: away}); err != nil {
			t.Fatal(err)
		}
	}
	dueNow := func() string {
		due, _, err := db.QueuedMails(t.Context(), store.ChannelMail, db.Now(), 9)
		if err != nil {
			t.Fatal(err)
		}
		var ids []string
		for _, m := range due {
			ids = append(ids, fmt.Sprint(m.ID))
		}
		return strings.Join(ids, " ")
	}
	if got := dueNow(); got != "5" {
		t.Errorf("due are %s", got)
	}
	if err := db.MailSent(t.Context(), ms[4].ID); err != nil {
		t.Fatal(err)
	}
	if got := dueNow(); got != "1 2" {
		t.Errorf("due after the server is back are %s", got)
	}
	if err := db.MailFailed(t.Context(), ms[0].ID, store.MailFailure{Next: later, Away: true}); err != nil {
		t.Fatal(err)
	}
	if err := db.TestMailed(t.Context(), 1, "<t@lwc>", "Test", "550 no"); err != nil {
		t.Fatal(err)
	}
	if got := dueNow(); got != "2" {
		t.Errorf("due after a refused test are %s", got)
	}
	if err := db.TestMailed(t.Context(), 1, "<t2@lwc>", "Test", ""); err != nil {
		t.Fatal(err)
	}
	if got := dueNow(); got != "1 2" {
		t.Errorf("due after a test are %s", got)
	}
}

func TestResendMail(t *testing.T) {
	ctx := t.Context()
	for _, tt := range []struct {
		name  string
		mail  store.Mail
		after func(db *store.DB, id store.MailID) error
		fails store.Code
		anew  bool
	}{
		{"waiting", store.Mail{}, func(db *store.DB, id store.MailID) error {
			return db.MailFailed(ctx, id, store.MailFailure{Next: db.Now().Add(time.Hour)})
		}, "", false},
		{"sent", store.Mail{}, func(db *store.DB, id store.MailID) error { return db.MailSent(ctx, id) }, "", true},
		{"refused", store.Mail{}, func(db *store.DB, id store.MailID) error { return db.MailRefused(ctx, id, "550 no") }, "", true},
		{"cancelled", store.Mail{}, func(db *store.DB, id store.MailID) error { return db.MailCancelled(ctx, id, "Off") }, "", true},
		{"of Jobber, cancelled", store.Mail{Kind: store.MailJobberLost},
			func(db *store.DB, id store.MailID) error { return db.MailCancelled(ctx, id, "Back") }, store.Conflict, false},
		{"a link for a password", store.Mail{Kind: store.MailReset}, func(db *store.DB, id store.MailID) error { return db.MailSent(ctx, id) }, store.Conflict, false},
		{"not there", store.Mail{}, func(*store.DB, store.MailID) error { return nil }, store.NotFound, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			db := storetest.Open(t)
			tt.mail.To, tt.mail.MessageID = 1, "<first@lwc>"
			m := outbox(t, db, tt.mail)[0]
			if err := tt.after(db, m.ID); err != nil {
				t.Fatal(err)
			}
			if tt.fails == store.NotFound {
				m.ID = 77
			}
			for range 2 { // the second click
				id, err := db.ResendMail(ctx, storetest.Staff, m.ID, "click")
				if store.CodeOf(err) != tt.fails || err == nil && (id != m.ID) != tt.anew {
					t.Fatalf("mail %d goes, %v", id, err)
				}
			}
			due, _, err := db.QueuedMails(ctx, store.ChannelMail, db.Now(), 9)
			if tt.fails == "" && (err != nil || len(due) != 1 || tt.anew && (due[0].MessageID != "" || due[0].Again != m.ID || due[0].Tries != 0)) {
				t.Errorf("due are %+v, %v", due, err)
			}
		})
	}
}

func TestMailStats(t *testing.T) {
	db := storetest.Open(t)
	ctx := t.Context()
	ms := outbox(t, db, store.Mail{To: 1}, store.Mail{To: 2}, store.Mail{To: 1})
	check := func(unsent, failing, refused int, words string) {
		t.Helper()
		s, err := db.MailStats(ctx)
		if err != nil || s.Unsent != unsent || s.Failing != failing || len(s.Refused) != refused || s.LastProblem != words {
			t.Errorf("stats %+v, %v", s, err)
		}
	}
	check(3, 0, 0, "")
	if err := db.MailRefused(ctx, ms[0].ID, "550 no"); err != nil {
		t.Fatal(err)
	}
	check(2, 0, 1, "550 no")
	if err := db.MailFailed(ctx, ms[1].ID, store.MailFailure{Problem: "451 later", Next: db.Now().Add(time.Hour)}); err != nil {
		t.Fatal(err)
	}
	check(2, 1, 1, "451 later")
	if err := db.MailSent(ctx, ms[2].ID); err != nil { // to the same person: the address works again
		t.Fatal(err)
	}
	check(1, 1, 0, "451 later")
}

func TestTheTrailOfAMailIsBounded(t *testing.T) {
	db := storetest.Open(t)
	m := outbox(t, db, store.Mail{To: 1})[0]
	for i := range 100 {
		if err := db.MailFailed(t.Context(), m.ID, store.MailFailure{Problem: fmt.Sprint("try ", i)}); err != nil {
			t.Fatal(err)
		}
	}
	trail := mailNow(t, db, m.ID).Trail
	if len(trail) != 30 || trail[0].Words != "" || trail[1].Words != "try 0" || trail[29].Words != "try 99" {
		t.Errorf("%d steps: %+v", len(trail), trail)
	}
}

func TestOldMailsAreDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db := storetest.Open(t)
		ms := outbox(t, db, store.Mail{To: 1}, store.Mail{To: 2}, store.Mail{To: 3})
		if err := errors.Join(db.MailSent(t.Context(), ms[0].ID), db.MailRefused(t.Context(), ms[2].ID, "550 no")); err != nil {
			t.Fatal(err)
		}
		drop := func(want string) {
			t.Helper()
			for range 9 {
				if more, err := db.DropMails(t.Context()); err != nil {
					t.Fatal(err)
				} else if !more {
					break
				}
			}
			if got := states(t, db); got != want {
				t.Errorf("there are %q, want %q", got, want)
			}
		}
		time.Sleep(365 * 24 * time.Hour)
		drop("1 sent, 2 queued, 3 refused")
		time.Sleep(2 * 24 * time.Hour)
		outbox(t, db, store.Mail{To: 1})
		drop("2 queued, 4 queued") // what waits stays
	})
}
