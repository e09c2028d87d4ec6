package mailbox_test

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/smtp"
	"strings"
	"testing"

	"lwc-inventory/alerts/mailbox"
)

func open(t *testing.T) (*mailbox.Mailbox, string) {
	t.Helper()
	m := mailbox.New(slog.New(slog.NewTextHandler(t.Output(), nil)))
	addr, err := m.Listen()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	})
	return m, addr
}

// lines ends lines as mail does.
func lines(s string) []byte {
	return []byte(strings.ReplaceAll(strings.TrimLeft(s, "\n"), "\n", "\r\n"))
}

const rich = `
From: LWC Inventory <stock@lwc.example>
To: dana@lwc.example
Subject: =?UTF-8?q?1_out:_Romex_12/2_=E2=80=93_250_ft?=
Date: Mon, 23 Nov 2026 09:51:00 -0600
Message-ID: <abc@lwc.example>
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary=b1

--b1
Content-Type: text/plain; charset=UTF-8
Content-Transfer-Encoding: quoted-printable

=E2=88=922 ea available. A soft=
 break.
--b1
Content-Type: text/html; charset=UTF-8
Content-Transfer-Encoding: base64

PGh0bWw+PGhlYWQ+PC9oZWFkPjxzY3JpcHQ+YWxlcnQoMSk8L3NjcmlwdD48
Yj7iiJIyPC9iPjwvaHRtbD4=
--b1--
`

func TestMailboxTakesMail(t *testing.T) {
	box, addr := open(t)
	if err := smtp.SendMail(addr, nil, "stock@lwc.example", []string{"dana@lwc.example"}, lines(rich)); err != nil {
		t.Fatal(err)
	}
	mails := box.Mails()
	if len(mails) != 1 {
		t.Fatalf("%d mails", len(mails))
	}
	x := mails[0]
	for _, tt := range []struct{ name, got, want string }{
		{"from", x.From, "stock@lwc.example"},
		{"to", x.To, "dana@lwc.example"},
		{"subject", x.Subject, "1 out: Romex 12/2 – 250 ft"},
		{"date", x.Date.UTC().Format("2006-01-02 15:04"), "2026-11-23 15:51"},
		{"message id", x.MessageID, "<abc@lwc.example>"},
		{"text", x.Text, "−2 ea available. A soft break."},
		{"html", x.HTML, "<html><head></head><script>alert(1)</script><b>−2</b></html>"},
	} {
		if tt.got != tt.want {
			t.Errorf("%s is %q, want %q", tt.name, tt.got, tt.want)
		}
	}
	if x.ID != 1 || x.Received.IsZero() {
		t.Errorf("id %d, received %v", x.ID, x.Received)
	}
}

func TestMailboxTakesPlainMail(t *testing.T) {
	box, addr := open(t)
	if err := smtp.SendMail(addr, nil, "a@b.example", []string{"c@d.example", "e@f.example"}, []byte("Subject: hello\r\n\r\nJust text.\r\n")); err != nil {
		t.Fatal(err)
	}
	x := box.Mails()[0]
	if x.Text != "Just text.\n" || x.HTML != "" || x.To != "c@d.example, e@f.example" || !x.Date.IsZero() {
		t.Errorf("mail %+v", x)
	}
}

func TestMailboxRefusesWhatIsNoMail(t *testing.T) {
	box, addr := open(t)
	err := smtp.SendMail(addr, nil, "a@b.example", []string{"c@d.example"},
		[]byte("Subject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nthis is no header"))
	if err == nil || !strings.Contains(err.Error(), "Cannot read this mail") {
		t.Errorf("the server said %v", err)
	}
	if n := len(box.Mails()); n != 0 {
		t.Errorf("%d mails kept", n)
	}
}

func TestMailboxKeepsTheLast(t *testing.T) {
	box, addr := open(t)
	c, err := smtp.Dial(addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for i := range 203 {
		if err := send(c, fmt.Sprintf("Subject: mail %d\r\n\r\ntext\r\n", i+1)); err != nil {
			t.Fatal(err)
		}
	}
	mails := box.Mails()
	if len(mails) != 200 || mails[0].Subject != "mail 203" || mails[199].Subject != "mail 4" {
		t.Errorf("%d mails, from %q to %q", len(mails), mails[0].Subject, mails[len(mails)-1].Subject)
	}
}

func send(c *smtp.Client, mail string) error {
	if err := c.Mail("a@b.example"); err != nil {
		return err
	}
	if err := c.Rcpt("c@d.example"); err != nil {
		return err
	}
	w, err := c.Data()
	if err != nil {
		return err
	}
	if _, err := io.WriteString(w, mail); err != nil {
		return err
	}
	return w.Close()
}

func TestMailboxPages(t *testing.T) {
	box, addr := open(t)
	if got := get(t, box, "/"); !strings.Contains(got.body, "No mail yet") {
		t.Errorf("empty list: %s", got.body)
	}
	hostile := strings.Replace(rich, "Subject: =", "Subject: <b>& =", 1)
	for _, mail := range []string{hostile, "\nSubject: second\n\nonly text\n"} {
		if err := smtp.SendMail(addr, nil, "stock@lwc.example", []string{"dana@lwc.example"}, lines(mail)); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		path    string
		status  int
		policy  string
		has     []string
		without []string
	}{
		{"/", 200, "default-src 'none'", []string{"2 mails, newest first", `data-mail="1"`, `href="1"`, "To dana@lwc.example",
			"&lt;b&gt;&amp; 1 out: Romex 12/2 – 250 ft", "nothing left it"}, []string{"<b>&"}},
		{"/1", 200, "frame-src 'self'", []string{`src="1/html"`, `sandbox="allow-top-navigation-by-user-activation"`, "−2 ea available",
			"&lt;abc@lwc.example&gt;", "nothing left it"}, []string{"alert(1)"}},
		{"/1/html", 200, "sandbox allow-top-navigation-by-user-activation; default-src 'none'; style-src 'unsafe-inline'",
			[]string{`<head><base target="_top">`, "<b>−2</b>"}, nil},
		{"/2", 200, "frame-src 'self'", []string{"only text"}, []string{"<iframe"}},
		{"/mailbox.css", 200, "default-src 'none'", []string{"--paper"}, nil},
		{"/3", 404, "", []string{"There is no such mail"}, nil},
		{"/x/html", 404, "", []string{"There is no such mail"}, nil},
	} {
		t.Run(tt.path, func(t *testing.T) {
			got := get(t, box, tt.path)
			if got.status != tt.status || !strings.Contains(got.policy, tt.policy) {
				t.Errorf("status %d, policy %q", got.status, got.policy)
			}
			for _, s := range tt.has {
				if !strings.Contains(got.body, s) {
					t.Errorf("lacks %q:\n%s", s, got.body)
				}
			}
			for _, s := range tt.without {
				if strings.Contains(got.body, s) {
					t.Errorf("has %q:\n%s", s, got.body)
				}
			}
		})
	}
	if list := get(t, box, "/").body; strings.Index(list, "second") > strings.Index(list, "Romex") {
		t.Error("the newest mail is not first")
	}
}

type answer struct {
	status       int
	policy, body string
}

func get(t *testing.T, box *mailbox.Mailbox, path string) answer {
	t.Helper()
	w := httptest.NewRecorder()
	box.Handler().ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
	return answer{w.Code, w.Header().Get("Content-Security-Policy"), w.Body.String()}
}

func TestMailboxCloses(t *testing.T) {
	box := mailbox.New(slog.New(slog.DiscardHandler))
	addr, err := box.Listen()
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := box.Close(); err != nil {
			t.Error(err)
		}
	}
	if c, err := smtp.Dial(addr); err == nil {
		c.Close()
		t.Error("still answers")
	}
}
