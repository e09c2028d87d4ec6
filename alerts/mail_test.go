package alerts

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares got with a file in testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

func TestLowMailWithoutBaseURL(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop(t)
		tape := s.item("TAPE", "Tape, black", "ft", 3000, 3000)
		s.book(store.Entry{Item: tape.ID, Kind: store.ScrapKind, Qty: 500})
		m := s.mail("")
		golden(t, "low-nolinks.txt.golden", "Subject: "+m.Subject+"\n\n"+m.Text)
		if m.Unsubscribe != "" {
			t.Errorf("unsubscribe at %q", m.Unsubscribe)
		}
		if strings.Contains(m.HTML, "href") || !strings.HasSuffix(m.MessageID, "@localhost>") {
			t.Errorf("id %q, links to nowhere in\n%s", m.MessageID, m.HTML)
		}
	})
}

func TestCause(t *testing.T) {
	for _, tt := range []struct {
		name string
		act  func(s *shop, it store.Item, job store.JobID)
		want string
	}{
		{"take for a job", func(s *shop, it store.Item, job store.JobID) {
			s.book(store.Entry{Item: it.ID, Kind: store.Issue, Job: job, Qty: 6000})
		}, "Ana took 6 ea for #1047 (Karen Miller) at 9:41"},
		{"take for no job", func(s *shop, it store.Item, _ store.JobID) {
			s.book(store.Entry{Item: it.ID, Kind: store.Issue, Qty: 6000})
		}, "Ana took 6 ea at 9:41"},
		{"scrap", func(s *shop, it store.Item, _ store.JobID) {
			s.book(store.Entry{Item: it.ID, Kind: store.ScrapKind, Qty: 6000})
		}, "Ana scrapped 6 ea at 9:41"},
		{"adjust", func(s *shop, it store.Item, _ store.JobID) {
			s.book(store.Entry{Item: it.ID, Kind: store.Adjust, Qty: 6000, From: storetest.Home, Reason: "broken"})
		}, "Ana took 6 ea off in an adjustment at 9:41"},
		{"count", func(s *shop, it store.Item, _ store.JobID) {
			s.book(store.Entry{Item: it.ID, Kind: store.Count, Qty: 7000})
		}, "Ana counted 7 ea where 12 should be at 9:41"},
		{"a job at Jobber needs it", func(s *shop, _ store.Item, _ store.JobID) {
			storetest.Job(s.t, s.db, 1042, s.db.Now().Add(24*hour), storetest.Line("X-1", 6))
		}, "Jobber's job #1042 (Karen Miller) needs 6 ea more, seen at 9:41"},
		{"a line is matched", func(s *shop, it store.Item, _ store.JobID) {
			storetest.Job(s.t, s.db, 1042, s.db.Now().Add(24*hour), storetest.Line("what is this", 6))
			waiting, err := s.db.Waiting(s.t.Context())
			if err != nil || len(waiting) != 1 {
				s.t.Fatalf("%d lines wait, error %v", len(waiting), err)
			}
			if _, err := s.db.AnswerLine(s.t.Context(), store.Answer{Line: waiting[0].Line, Item: it.ID, By: s.ana}); err != nil {
				s.t.Fatal(err)
			}
		}, "Ana matched a line of #1042 (Karen Miller) at 9:41, so that 6 ea more is held for it"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newShop(t)
				time.Sleep(2 * minute)
				it := s.item("X-1", "Item", "ea", 12000, 10000)
				tt.act(s, it, storetest.Job(t, s.db, 1047, time.Time{}))
				if m := s.mail(""); !strings.Contains(m.Text, tt.want+".\n") {
					t.Errorf("the mail lacks %q:\n%s", tt.want, m.Text)
				}
			})
		})
	}
}

func TestJobLabel(t *testing.T) {
	for _, tt := range []struct {
		job  store.JobHead
		want string
	}{
		{store.JobHead{Number: 7, Title: "Rewire", Client: store.Client{Name: "Karen  Miller", Company: "Miller & Co"}}, "#7 (Karen Miller)"},
		{store.JobHead{Number: 7, Title: "Rewire", Client: store.Client{Company: "Miller & Co"}}, "#7 (Miller & Co)"},
		{store.JobHead{Number: 7, Title: "Rewire"}, "#7 (Rewire)"},
		{store.JobHead{Number: 7}, "#7"},
	} {
		if got := jobLabel(tt.job); got != tt.want {
			t.Errorf("%+v: %q, want %q", tt.job, got, tt.want)
		}
	}
}

func TestFigure(t *testing.T) {
	for q, want := range map[store.Qty]string{0: "0", 1000: "1", -2000: "−2", 12500: "12.5", 999999: "999.999", 1000000: "1,000",
		-1234567890: "−1,234,567.89", 999999999000: "999,999,999", -1: "−0.001"} {
		if got := figure(q); got != want {
			t.Errorf("%d thousandths: %q, want %q", q, got, want)
		}
	}
}

func TestMoment(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 51, 0, 0, time.UTC) // a Monday
	for _, tt := range []struct {
		t    time.Time
		want string
	}{
		{now.Add(-10 * time.Minute), "at 9:41"},
		{now.Add(-9*time.Hour - 46*time.Minute), "at 0:05"},
		{now.Add(-10 * time.Hour), "on Sun at 23:51"},
		{now.Add(-6 * 24 * time.Hour), "on 17 Nov at 9:51"},
	} {
		if got := moment(tt.t, now); got != tt.want {
			t.Errorf("%v: %q, want %q", tt.t, got, tt.want)
		}
	}
}

func TestListed(t *testing.T) {
	long := strings.Repeat("a very long name ", 20)
	for _, tt := range []struct {
		names []string
		room  int
		want  string
	}{
		{[]string{"one"}, 20, "one"},
		{[]string{"one", "two", "three"}, 20, "one, two, three"},
		{[]string{"one", "two", "three", "four"}, 20, "one, two and 2 more"},
		{[]string{"Romex 12/2, 250 ft, yellow"}, 20, "Romex 12/2, 250 ft…"},
		{[]string{"Romex 12/2, 250 ft, yellow", "x"}, 22, "Romex 12/2… and 1 more"},
		{[]string{"ÄÖÜäöüÄÖÜäöüÄÖÜäöüÄÖÜäöü"}, 10, "ÄÖÜäöüÄÖÜ…"},
		{[]string{long, long}, 100, ""},
	} {
		got := listed(tt.names, tt.room)
		if tt.want != "" && got != tt.want {
			t.Errorf("%q in %d: %q, want %q", tt.names, tt.room, got, tt.want)
		}
		if n := utf8.RuneCountInString(got); n > tt.room || n == 0 {
			t.Errorf("%q in %d: %q has %d characters", tt.names, tt.room, got, n)
		}
	}
}

func TestMessageID(t *testing.T) {
	at := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	const base = "https://stock.lwc.example:8443/app"
	id := messageID("1/low/2", at, base)
	if id != messageID("1/low/2", at.In(time.FixedZone("x", 3600)), base) || !strings.HasSuffix(id, "@stock.lwc.example>") {
		t.Errorf("id %q", id)
	}
	if id == messageID("1/low/3", at, base) || id == messageID("1/low/2", at.Add(1), base) {
		t.Error("two mails have one id")
	}
	for base, want := range map[string]string{"": "@localhost>", "http://[::1]:5001": "@[IPv6:::1]>", "%": "@localhost>"} {
		if got := messageID("k", at, base); !strings.HasSuffix(got, want) {
			t.Errorf("%q: id %q", base, got)
		}
	}
}

// A person's mails of one day share a thread, in the zone of the warehouse; nobody else's and no other day's do.
func TestThread(t *testing.T) {
	s := service(t, storetest.Open(t), nil)
	s.Location = time.FixedZone("CST", -6*60*60)
	it := storetest.Item(t, s.Store, "A", 3, 10)
	of := func(key string, at time.Time, to store.UserID) Message {
		t.Helper()
		m, err := s.message(t.Context(), store.Mail{Key: key, CreatedAt: at, Crossings: []store.Crossing{{Item: it.ID, Minimum: 10000}}},
			store.User{ID: to, Email: "dana@lwc.example"})
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	morning := time.Date(2026, 11, 23, 13, 0, 0, 0, time.UTC)
	first := of("a", morning, 1)
	for _, tt := range []struct {
		name string
		m    Message
		same bool
	}{
		{"late that day, after midnight in UTC", of("b", morning.Add(16*time.Hour), 1), true},
		{"the next day", of("b", morning.Add(17*time.Hour), 1), false},
		{"another person", of("b", morning, 2), false},
	} {
		if got := tt.m.Thread == first.Thread; got != tt.same || tt.m.MessageID == first.MessageID {
			t.Errorf("%s: the thread is the same: %v, want %v", tt.name, got, tt.same)
		}
	}
	if first.Unsubscribe != "https://stock.lwc.example/profile" || first.Thread == first.MessageID {
		t.Errorf("the first is %+v", first)
	}
}
