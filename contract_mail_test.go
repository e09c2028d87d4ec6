package main

import (
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"lwc-inventory/alerts/mailbox"
)

// postOffice is a mail server that keeps what it gets, and e the environment with it.
func postOffice(t *testing.T, e map[string]string) *mailbox.Mailbox {
	t.Helper()
	box := mailbox.New(slog.New(slog.DiscardHandler))
	addr, err := box.Listen()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := box.Close(); err != nil {
			t.Error(err)
		}
	})
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		t.Fatal(err)
	}
	e["MAIL_SERVER"], e["MAIL_PORT"], e["MAIL_USE_TLS"], e["MAIL_DEFAULT_SENDER"] = host, port, "false", "Stock <stock@example.com>"
	e["ALERT_WINDOW"], e["ALERT_OUT_WINDOW"] = "0s", "0s"
	return box
}

// about are the mails that name an item, oldest first.
func about(box *mailbox.Mailbox, sku string) []mailbox.Mail {
	all := slices.DeleteFunc(box.Mails(), func(m mailbox.Mail) bool { return !strings.Contains(m.Text, sku) })
	slices.Reverse(all)
	return all
}

// take books an issue that may be unusual.
func (p person) take(item, quantity, id string, more ...string) {
	p.t.Helper()
	fields := append([]string{"kind", "issue", "quantity", quantity, "request_id", id, "confirm", "1"}, more...)
	if a := p.post(item+"/movements", fields...); a.status != 200 {
		p.t.Fatalf("take %s: %d %q", quantity, a.status, a.says())
	}
}

func TestContractACrossingMailsEachActiveUserWithReceiveAlerts(t *testing.T) {
	e := env(t)
	box := postOffice(t, e)
	c := connected(t, e, newJob(1042, 99, pipe(2)))
	ana := c.hire("ana", "warehouse_manager", "email", "ana@example.com", "receive_alerts", "1")
	c.hire("gone", "gm", "email", "gone@example.com", "receive_alerts", "1")
	for _, u := range c.get("/admin/users").find("data-user") {
		if strings.HasPrefix(strings.TrimSpace(u.text), "gone") {
			c.post("/admin/users/"+u.attr["data-user"], "active", "0")
		}
	}
	c.hire("quiet", "gm", "email", "quiet@example.com")
	c.hire("nowhere", "gm", "receive_alerts", "1")
	job := c.job("1042").one(t, "data-job", "data-job", "data-number=1042")
	item := c.itemPage("PIPE-2").url.Path
	ana.take(item, "5.5", "once", "job", job)
	ana.take(item, "5.5", "once", "job", job) // the proxy tries again
	eventually(t, "two mails", func() bool { return len(about(box, "PIPE-2")) == 2 })
	to := []string{}
	for _, m := range about(box, "PIPE-2") {
		to = append(to, m.To)
		for _, words := range []string{"Drain pipe, 2 in", "PIPE-2", "4.5", "5", "5.5", "#1042", "ana", c.base + item} {
			if !strings.Contains(m.Text, words) || !strings.Contains(m.HTML, words) {
				t.Errorf("the mail does not say %q:\n%s", words, m.Text)
			}
		}
		if m.MessageID == "" || m.Date.IsZero() || !strings.Contains(m.Subject, "Drain pipe") || m.From != "stock@example.com" {
			t.Errorf("head of the mail: %+v", m)
		}
	}
	if slices.Sort(to); !slices.Equal(to, []string{"ana@example.com", "lee@example.com"}) {
		t.Errorf("mails went to %q", to)
	}
	ana.take(item, "1", "lower")
	ana.take(item, "0.5", "lower still")
	ana.take(item, "3", "to nothing")
	eventually(t, "the mails that it is out", func() bool { return len(about(box, "PIPE-2")) >= 4 })
	ana.take(item, "1", "below nothing")
	c.take(c.itemPage("WIRE-12").url.Path, "85", "another item")
	eventually(t, "mails of the other item", func() bool { return len(about(box, "WIRE-12")) == 2 })
	mails := about(box, "PIPE-2")
	if len(mails) != 4 || !strings.Contains(strings.ToLower(mails[2].Subject+mails[2].Text), "out") {
		t.Errorf("%d mails, want two that it is low and two that it is out", len(mails))
	}
}

func TestContractWhatIsNoCrossing(t *testing.T) {
	e := env(t)
	box := postOffice(t, e)
	lee := company(t, e)
	fresh := lee.item("sku", "NEW-1", "name", "New", "minimum", "10")
	lee.post(fresh+"/movements", "kind", "receive", "quantity", "4", "request_id", "stocking up")
	raised := lee.item("sku", "RAISED-1", "name", "Raised")
	lee.post(raised+"/movements", "kind", "receive", "quantity", "4", "request_id", "stock")
	lee.post(raised, "sku", "RAISED-1", "name", "Raised", "minimum", "9")
	importItems(t, lee, "sku,name,minimum,quantity", "IMP-1,Imported,5,1", "IMP-2,Imported two,5,0", "SURE-1,Sure,5,5")
	lee.take("/items/"+lee.get("/items").one(t, "data-item", "data-item", "data-sku=SURE-1"), "1", "x")
	eventually(t, "the one mail", func() bool { return len(about(box, "SURE-1")) == 1 })
	for _, sku := range []string{"NEW-1", "RAISED-1", "IMP-1", "IMP-2"} {
		if n := len(about(box, sku)); n != 0 {
			t.Errorf("%d mails about %s", n, sku)
		}
	}
}

func TestContractTheTestMailShowsTheServersOwnAnswer(t *testing.T) {
	e := env(t)
	box := postOffice(t, e)
	lee := company(t, e)
	if a := lee.get("/admin/settings/"); a.one(t, "data-mail", "data-mail") != "ok" {
		t.Errorf("mail is %s", a.one(t, "data-mail", "data-mail"))
	}
	if a := lee.post("/admin/settings/mail/test"); a.status != 200 || !strings.Contains(a.says(), "lee@example.com") || len(box.Mails()) != 1 {
		t.Errorf("test mail: %d %q, %d mails", a.status, a.says(), len(box.Mails()))
	}
	if err := box.Close(); err != nil {
		t.Fatal(err)
	}
	if a := lee.post("/admin/settings/mail/test"); a.status != 200 || !strings.Contains(a.body, "refused") {
		t.Errorf("test mail to a dead server: %d %q", a.status, a.says())
	}
	item := lee.item("sku", "A-1", "name", "Thing", "minimum", "5")
	lee.post(item+"/movements", "kind", "receive", "quantity", "6", "request_id", "in")
	lee.take(item, "2", "out")
	eventually(t, "mail to fail", func() bool {
		return lee.get("/admin/settings/").one(t, "data-mail", "data-mail") == "failing"
	})
	eventually(t, "the mail that failed to be counted", func() bool {
		return lee.get("/dashboard").one(t, "value", "data-figure=unsent-mails") == "1"
	})
}

// The real binary, killed between the booking and the mail.
func TestContractKilledBetweenBookingAndMailSendsOnce(t *testing.T) {
	dir, e := t.TempDir(), env(t)
	box := postOffice(t, e)
	e["ALERT_WINDOW"] = "1s"
	binary := filepath.Join(dir, "lwc-inventory")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	e["ADDR"] = ln.Addr().String()
	ln.Close()
	lee := person{t, "http://" + e["ADDR"], e, visitor(t)}
	launch := func() *exec.Cmd {
		cmd := exec.Command(binary)
		cmd.Dir, cmd.Env = dir, os.Environ()
		for k, v := range e {
			cmd.Env = append(cmd.Env, k+"="+v)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		eventually(t, "the start", func() bool {
			conn, err := net.DialTimeout("tcp", e["ADDR"], time.Second)
			if err == nil {
				conn.Close()
			}
			return err == nil
		})
		return cmd
	}
	kill := func(cmd *exec.Cmd) {
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		cmd.Wait() // it was killed: that is no news
	}
	cmd := launch()
	lee.post("/setup", "username", "lee", "email", "lee@example.com", "password", ownersPassword)
	item := lee.item("sku", "A-1", "name", "Thing", "minimum", "5")
	lee.post(item+"/movements", "kind", "receive", "quantity", "6", "request_id", "in")
	lee.take(item, "2", "out")
	kill(cmd)
	if n := len(box.Mails()); n != 0 {
		t.Fatalf("%d mails before the kill: the test is too slow", n)
	}
	cmd = launch()
	// Killed after the mail server took the mail and before we noted it, it would come again, under the same
	// Message-ID: SMTP knows no better. This kill comes after the note.
	noted := func() bool { return lee.get("/dashboard").one(t, "value", "data-figure=unsent-mails") == "0" }
	eventually(t, "the mail", func() bool { return len(box.Mails()) > 0 && noted() })
	kill(cmd)
	cmd = launch()
	lee.take(item, "4", "to nothing")
	eventually(t, "the mail that it is out", func() bool { return len(box.Mails()) > 1 && noted() })
	kill(cmd)
	if n := len(box.Mails()); n != 2 {
		t.Errorf("%d mails, want one that it is low and one that it is out", n)
	}
}
