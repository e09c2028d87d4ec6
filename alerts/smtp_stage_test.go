package alerts

import (
	"slices"
	"strings"
	"testing"
	"time"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// A stage is one step of handing a mail over: what the server says when it goes well, and what it means when it does not.
type stage struct {
	name   string
	answer string
	client func(SMTP) SMTP // nil: a plain one
	away   bool            // what happens here happens to every mail
	final  bool            // a refusal for good here is the mail's own
	doubt  bool            // silence here leaves it open whether the mail arrived
}

// Whatever a server does at whatever stage: it refuses for now or for good, it hangs, it hangs up. A mail is lost by none
// of it, only a final refusal of the mail itself ends its tries, and only silence after all of the mail leaves doubt.
func TestSMTPEveryStage(t *testing.T) {
	signIn := func(s SMTP) SMTP { s.Username, s.Password = "stock", "secret"; return s }
	starttls := func(s SMTP) SMTP { s.UseTLS = true; return s }
	plain := []stage{
		{name: "greeting", answer: "220 hi", away: true},
		{name: "EHLO", answer: "250 hi", away: true},
		{name: "MAIL", answer: "250 ok", final: true},
		{name: "RCPT", answer: "250 ok", final: true},
		{name: "DATA", answer: "354 go on", final: true},
		{name: "text", answer: "250 taken", final: true, doubt: true},
	}
	secure := []stage{plain[0], {name: "EHLO offering TLS", answer: "250-hi\r\n250 STARTTLS", away: true, client: starttls},
		{name: "STARTTLS", answer: "220 go on", away: true, client: starttls},
		{name: "handshake", away: true, client: starttls}}
	signed := []stage{plain[0], {name: "EHLO offering AUTH", answer: "250-hi\r\n250 AUTH PLAIN", away: true, client: signIn},
		{name: "AUTH", answer: "235 come in", away: true, client: signIn}}
	for _, run := range [][]stage{plain, secure, signed} {
		var before []string
		for _, st := range run {
			for _, fault := range []struct {
				name   string
				answer string // "" says nothing
				hangUp bool
			}{{"hangs", "", false}, {"hangs up", "", true}, {"refuses for now", "451 4.7.1 Later", true}, {"refuses for good", "554 5.7.1 Never", true},
				{"babbles", "what", true}} {
				answers := slices.Clone(before)
				if fault.answer != "" {
					answers = append(answers, fault.answer)
				}
				t.Run(st.name+" "+fault.name, func(t *testing.T) {
					t.Parallel()
					s := script(t, fault.hangUp, answers...)
					s.Timeout = 500 * time.Millisecond
					if st.client != nil {
						s = st.client(s)
					}
					e, ok := s.Send(t.Context(), hello).(*SendError)
					if !ok {
						t.Fatal("no SendError")
					}
					never := strings.HasPrefix(fault.answer, "554")
					silent := fault.answer == "" || fault.answer == "what"
					if e.Server != st.away || e.Permanent != (never && st.final) || e.Doubtful != (st.doubt && silent) {
						t.Errorf("away %v, permanent %v, doubtful %v: %v", e.Server, e.Permanent, e.Doubtful, e)
					}
				})
			}
			before = append(before, st.answer)
		}
	}
}

// One receiver's refusal is not another's: the others have theirs, and the words are kept for those who manage.
func TestSMTPRefusesOneReceiver(t *testing.T) {
	db := storetest.Open(t)
	srv := &server{rcpt: map[string]error{"ed@example.com": smtpError(550, "No ed here"), "max@example.com": smtpError(450, "Mailbox busy")}}
	s := service(t, db, serve(t, srv, nil, false))
	var mails []store.Mail
	for _, name := range []string{"dana", "ed", "max", "zoe"} {
		u := storetest.User(t, db, name, store.GM)
		it := storetest.Item(t, db, name, 3, 10)
		mails = append(mails, store.Mail{Key: name, To: u.ID, MessageID: "<" + name + "@lwc>",
			Crossings: []store.Crossing{{Item: it.ID, Severity: store.Low, Minimum: 10000, Available: 3000}}})
	}
	if err := db.FinishAlerts(t.Context(), store.AlertStep{Mails: mails}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.mailOutlet().deliver(t.Context()); err != nil {
		t.Fatal(err)
	}
	rows, _, err := db.Mails(t.Context(), "", 0, 9)
	if err != nil {
		t.Fatal(err)
	}
	became := map[string]string{}
	for _, r := range rows {
		_, words, _ := strings.Cut(r.Problem, ": ")
		became[r.Name] = strings.TrimSpace(string(r.State) + " " + words)
	}
	want := map[string]string{"dana": "sent", "ed": "refused 550 5.1.1 No ed here", "max": "queued 450 4.1.1 Mailbox busy", "zoe": "sent"}
	for name, w := range want {
		if became[name] != w {
			t.Errorf("%s: %q, want %q", name, became[name], w)
		}
	}
	if len(srv.took) != 2 {
		t.Errorf("the server took %d mails", len(srv.took))
	}
	for _, raw := range srv.took {
		n := 0
		for _, name := range []string{"dana", "ed", "max", "zoe"} {
			n += strings.Count(string(raw), name+"@example.com")
		}
		if n != 1 {
			t.Errorf("a mail names %d receivers:\n%s", n, raw)
		}
	}
}
