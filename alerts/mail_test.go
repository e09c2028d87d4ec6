package alerts

import (
	"flag"
	"fmt"
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

// A shop is a warehouse on a Monday in November, and Ana who works there.
type shop struct {
	t   *testing.T
	db  *store.DB
	ana store.Actor
	n   int
}

func newShop(t *testing.T) *shop {
	t.Helper()
	morning := time.Date(2026, 11, 23, 15, 38, 0, 0, time.UTC)
	time.Sleep(time.Until(morning)) // in a bubble: the clock jumps there
	db := storetest.Open(t)
	return &shop{t: t, db: db, ana: storetest.User(t, db, "Ana", store.Warehouse).Actor()}
}

// item adds an item with its first stock. Quantities are in thousandths.
func (s *shop) item(sku, name, unit string, onHand, minimum store.Qty) store.Item {
	s.t.Helper()
	it, err := s.db.CreateItem(s.t.Context(), s.ana, store.ItemDraft{SKU: sku, Name: name, Unit: unit, Minimum: minimum})
	if err != nil {
		s.t.Fatal(err)
	}
	s.book(store.Entry{Item: it.ID, Kind: store.Receive, Qty: onHand})
	return it
}

// book books an entry as Ana, a minute after the one before.
func (s *shop) book(e store.Entry) store.Movement {
	s.t.Helper()
	s.n++
	r, err := s.db.Book(s.t.Context(), store.Act{RequestID: fmt.Sprint("book ", s.n), By: s.ana, Confirmed: true,
		Entries: []store.Entry{e}})
	if err != nil {
		s.t.Fatal(err)
	}
	time.Sleep(minute)
	return r.Movements[0]
}

// mail judges what happened, lets the windows pass, and writes the mail that comes of it.
func (s *shop) mail(base string) Message {
	s.t.Helper()
	service := service(s.t, s.db, nil)
	service.BaseURL, service.Location = base, time.FixedZone("CST", -6*60*60)
	stop := running(s.t, service)
	after(10 * minute)
	stop()
	due, _, err := s.db.QueuedMails(s.t.Context(), s.db.Now(), 10)
	if err != nil || len(due) != 1 {
		s.t.Fatalf("%d mails, error %v", len(due), err)
	}
	to, err := s.db.User(s.t.Context(), due[0].To)
	if err != nil {
		s.t.Fatal(err)
	}
	m, err := service.message(s.t.Context(), due[0], to)
	if err != nil {
		s.t.Fatal(err)
	}
	time.Sleep(3 * hour)
	if again, err := service.message(s.t.Context(), due[0], to); err != nil || again != m {
		s.t.Errorf("a later try says something else: %+v, error %v", again, err)
	}
	return m
}

func TestLowMail(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop(t)
		gfci := s.item("GFCI-20-W", "GFCI receptacle 20 A, white", "ea", 8000, 6000)
		s.item("BRK-20-1P", "Breaker 20 A, 1-pole", "ea", 12000, 10000)
		cable := s.item("NM-12-2", "Cable NM-B 12/2 with ground", "ft", 1075500, 1000000)
		strap := s.item("STR-34", `Strap 3/4" <EMT> & "more"`, "ea", 2000, 50000)
		extra := s.book(store.Entry{Item: strap.ID, Kind: store.Receive, Qty: 100000})
		miller := storetest.Job(t, s.db, 1047, s.db.Now().Add(20*time.Hour))
		s.book(store.Entry{Item: gfci.ID, Kind: store.Issue, Job: miller, Qty: 10000})
		storetest.Job(t, s.db, 1042, s.db.Now().Add(24*time.Hour), storetest.Line("BRK-20-1P", 6))
		s.book(store.Entry{Item: cable.ID, Kind: store.Count, Qty: 850250})
		if _, err := s.db.Undo(t.Context(), store.Undo{Movement: extra.ID, RequestID: "undo", By: s.ana}); err != nil {
			t.Fatal(err)
		}
		m := s.mail("https://stock.lwc.example/")
		if m.To != "Ana@example.com" || !strings.HasSuffix(m.MessageID, "@stock.lwc.example>") {
			t.Errorf("to %q, id %q", m.To, m.MessageID)
		}
		golden(t, "low.txt.golden", "Subject: "+m.Subject+"\n\n"+m.Text)
		golden(t, "low.html.golden", m.HTML)
	})
}

func TestLowMailWithoutBaseURL(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop(t)
		tape := s.item("TAPE", "Tape, black", "", 3000, 3000)
		s.book(store.Entry{Item: tape.ID, Kind: store.ScrapKind, Qty: 500})
		m := s.mail("")
		golden(t, "low-nolinks.txt.golden", "Subject: "+m.Subject+"\n\n"+m.Text)
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
