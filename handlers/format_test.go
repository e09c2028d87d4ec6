package handlers

import (
	"testing"
	"time"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

func TestNumbers(t *testing.T) {
	for q, want := range map[store.Qty]string{0: "0", 5000: "5", 12500: "12.5", -3000: "−3", 1_000_000: "1,000",
		-1_234_567_891: "−1,234,567.891", 999_000: "999"} {
		if got := showQty(q); got != want {
			t.Errorf("%d is %q, want %q", q, got, want)
		}
	}
	for q, want := range map[store.Qty]string{0: "0", 5000: "+5", -5000: "−5", 1_500_000: "+1,500"} {
		if got := showSigned(q); got != want {
			t.Errorf("change of %d is %q, want %q", q, got, want)
		}
	}
	for m, want := range map[store.Money]string{0: "$0.00", 68500: "$6.85", 12_345_678: "$1,234.5678"} {
		if got := showMoney(m); got != want {
			t.Errorf("%d is %q, want %q", m, got, want)
		}
	}
	if got := plural(1, "job", "jobs") + ", " + plural(1200, "job", "jobs"); got != "1 job, 1,200 jobs" {
		t.Error(got)
	}
}

func TestTimes(t *testing.T) {
	chicago, err := time.LoadLocation("America/Chicago")
	if err != nil {
		t.Fatal(err)
	}
	// Monday 23 November 2026, 22:30 in Chicago: already Tuesday in UTC.
	now := time.Date(2026, 11, 23, 22, 30, 0, 0, chicago)
	db, err := store.Open(t.TempDir()+"/lwc.db", store.Options{Secret: storetest.Secret(), Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	s := &Server{Store: db, Location: chicago}
	at := func(day, hour, minute int) time.Time {
		return time.Date(2026, 11, day, hour, minute, 0, 0, chicago).UTC()
	}
	for _, tt := range []struct {
		at   time.Time
		when string
	}{
		{time.Time{}, ""},
		{at(23, 9, 41), "today 9:41"},
		{at(23, 0, 0), "today 0:00"},
		{at(22, 23, 59), "yesterday 23:59"},
		{at(24, 8, 5), "tomorrow 8:05"},
		{at(20, 16, 2), "Fri 16:02"},
		{at(28, 7, 0), "Sat 7:00"},
		{at(12, 7, 40), "12 Nov 7:40"},
		{at(30, 7, 40), "30 Nov 7:40"},
		{time.Date(2025, 8, 4, 12, 0, 0, 0, chicago), "4 Aug 2025"},
	} {
		if got := s.showWhen(tt.at); got != tt.when {
			t.Errorf("%v is %q, want %q", tt.at, got, tt.when)
		}
	}
	for d, want := range map[time.Duration]string{0: "just now", 59 * time.Second: "just now", 4 * time.Minute: "4 min ago",
		119 * time.Minute: "1 h ago", 23 * time.Hour: "23 h ago", 24 * time.Hour: "yesterday 22:30", -time.Hour: "today 23:30"} {
		if got := s.showAgo(now.Add(-d)); got != want {
			t.Errorf("%v ago is %q, want %q", d, got, want)
		}
	}
	if got := s.showDay(at(24, 8, 5)) + ", " + s.showClock(at(24, 8, 5)) + ", " + s.showISO(at(24, 8, 5)); got != "Tue 24 Nov, 08:05, 2026-11-24T08:05:00-06:00" {
		t.Error(got)
	}
}

func TestOwnPath(t *testing.T) {
	for path, want := range map[string]string{"": "/x", "/": "/", "/a?b=//c": "/a?b=//c", "a": "/x", "//a": "/x", `/\a`: "/x",
		"/a\nb": "/x", "https://a/": "/x", "javascript:alert(1)": "/x"} {
		if got := ownPath(path, "/x"); got != want {
			t.Errorf("%q leads to %q, want %q", path, got, want)
		}
	}
}
