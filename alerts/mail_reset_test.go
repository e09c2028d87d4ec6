package alerts

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

var resetLink = regexp.MustCompile(`https://stock\.lwc\.example/reset\?token=(\S+)`)

// Who asks for a link gets one, on our own host, that works; whoever wants no alerts gets it as well.
func TestResetMail(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDay(t)
		lee := storetest.User(t, d.db, "lee", store.Owner)
		changeUser(t, d.db, lee, func(u *store.UserDraft) { u.ReceiveAlerts = false })
		ask := func() {
			t.Helper()
			if err := d.db.AskReset(t.Context(), "lee", "192.0.2.7"); err != nil {
				t.Fatal(err)
			}
		}
		ask() // before anybody could send
		time.Sleep(time.Hour)
		stop := running(t, service(t, d.db, d.post))
		after(time.Minute)
		if got := d.post.to(); got != "" {
			t.Errorf("a link that is over was sent to %s", got)
		}
		if s := stats(t, d.db); s.Unsent != 0 { // or mail would count as failing for ever
			t.Errorf("a link that is over still waits: %+v", s)
		}
		ask()
		after(time.Minute)
		stop()
		if got := d.post.to(); got != "lee@example.com" {
			t.Fatalf("sent to %q", got)
		}
		m := d.post.mails()[0]
		link := resetLink.FindStringSubmatch(m.Text)
		if link == nil || !strings.Contains(m.HTML, "https://stock.lwc.example/reset?token=") || strings.Contains(m.Subject, "token") {
			t.Fatalf("no link in\n%s", m.Text)
		}
		rows, _, err := d.db.Mails(t.Context(), store.MailStateSent, 0, 1)
		if err != nil || len(rows) != 1 {
			t.Fatal(rows, err)
		}
		if _, text, err := service(t, d.db, nil).MailText(t.Context(), rows[0].Mail, lee); err != nil || strings.Contains(text, "token") {
			t.Errorf("the log of mails shows the link, %v:\n%s", err, text)
		}
		token, err := url.QueryUnescape(link[1])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.db.ResetPassword(t.Context(), token, "another long password"); err != nil {
			t.Errorf("the link: %v", err)
		}
	})
}
