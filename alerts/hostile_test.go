package alerts

import (
	"bytes"
	"mime"
	netmail "net/mail"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// hostile is what names may hold that other programs hand us, or a client that is none of ours.
const hostile = "Romex\r\nBcc: all@x.example\r\n\r\n<script>alert(1)</script>\x00\u2028Subject: x\u202e %0d%0aCc: y@x.example ?= =?utf-8?q?=0d=0aX-Bad:_1?="

// Whatever a name holds, a mail has the heads that we give it, one receiver, one line of subject, and no markup but ours.
func TestHostileNames(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop(t)
		it := s.item("H-1", hostile, "e\r\na", 12000, 10000)
		snap := storetest.Snapshot(1047, s.db.Now())
		snap.Client.Name, snap.Title = hostile, hostile
		jobs, err := s.db.ApplyJobs(t.Context(), store.FromSweep, []store.JobSnapshot{snap})
		if err != nil {
			t.Fatal(err)
		}
		m := s.book(store.Entry{Item: it.ID, Kind: store.Issue, Job: jobs[0].Job, Qty: 6000})
		mail := store.Mail{Key: hostile, CreatedAt: s.db.Now(), Crossings: []store.Crossing{{Item: it.ID, Severity: store.Low, Event: 1, By: hostile,
			Job: jobs[0].Job, Movement: m.ID, Available: 6000, Minimum: 10000, At: s.db.Now()}},
			Import: &store.ImportSummary{By: hostile, Items: 1}, Digest: &store.Digest{Short: []store.ShortJob{{Job: jobs[0].Job,
				Items: []store.ShortItem{{Item: it.ID, Lack: 1000}}}}}}
		for _, kind := range []store.MailKind{store.MailLow, store.MailDigest, store.MailImport, store.MailJobberLost, store.MailWebhookRefused} {
			mail.Kind, mail.Reason = kind, hostile
			msg, err := service(t, s.db, nil).message(t.Context(), mail, store.User{Username: hostile, Email: "dana@lwc.example"})
			if err != nil {
				t.Fatal(err)
			}
			checkHeads(t, string(kind), msg)
			if strings.Contains(msg.HTML, "<script") || strings.Contains(msg.HTML, "href=\"http://") {
				t.Errorf("%s: markup of others:\n%s", kind, msg.HTML)
			}
		}
	})
}

// checkHeads fails for a head that is none of ours, or holds what is not its own.
func checkHeads(t *testing.T, name string, msg Message) {
	t.Helper()
	composed, err := SMTP{From: "LWC Inventory <stock@lwc.example>"}.compose(msg)
	if err != nil {
		t.Fatal(err)
	}
	var raw bytes.Buffer
	if _, err := composed.WriteTo(&raw); err != nil {
		t.Fatal(err)
	}
	got, err := netmail.ReadMessage(&raw)
	if err != nil {
		t.Fatal(err)
	}
	ours := []string{"Auto-Submitted", "Content-Type", "Date", "From", "In-Reply-To", "List-Unsubscribe", "Message-Id", "Mime-Version",
		"References", "Subject", "To", "X-Auto-Response-Suppress"}
	for head, values := range got.Header {
		if !slices.Contains(ours, head) || len(values) != 1 {
			t.Errorf("%s: head %s: %q", name, head, values)
		}
	}
	if to := got.Header.Get("To"); to != "<dana@lwc.example>" {
		t.Errorf("%s: to %q", name, to)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(got.Header.Get("Subject"))
	if err != nil || strings.ContainsAny(subject, "\r\n\x00\u2028\u202e") {
		t.Errorf("%s: subject %q, %v", name, subject, err)
	}
}

// An address is one address, or the mail is refused: nobody slips in as another receiver.
func TestHostileAddresses(t *testing.T) {
	for _, to := range []string{"a@x.example, b@x.example", "a@x.example\r\nBcc: b@x.example", "a@x.example\nRCPT TO:<b@x.example>", "<a@x.example> <b@x.example>", ""} {
		if msg, err := (SMTP{From: "stock@lwc.example"}).compose(Message{To: to, Subject: "x", Text: "x"}); err == nil {
			t.Errorf("%q is taken for an address: %v", to, msg.GetToString())
		}
	}
}

func TestSendTest(t *testing.T) {
	for _, refused := range []bool{false, true} {
		srv := &server{}
		if refused {
			srv.atRcpt = smtpError(550, "Nobody here by that name")
		}
		db := storetest.Open(t)
		s := service(t, db, serve(t, srv, nil, false))
		lee := storetest.User(t, db, "lee", store.Owner)
		problem, err := s.SendTest(t.Context(), lee)
		if err != nil || strings.Contains(problem, "550 5.1.1 Nobody here by that name") != refused {
			t.Errorf("problem %q, %v", problem, err)
		}
		rows, _, err := db.Mails(t.Context(), "", 0, 9)
		if err != nil || len(rows) != 1 || rows[0].Name != "lee" || rows[0].Problem != problem || (rows[0].State == store.MailStateSent) == refused {
			t.Errorf("the log of mails holds %+v, %v", rows, err)
		}
		if !refused && (len(srv.took) != 1 || !strings.Contains(string(srv.took[0]), "Subject: LWC Inventory: test mail") || srv.to[0] != "lee@example.com") {
			t.Errorf("to %q: %s", srv.to, srv.took)
		}
	}
}
