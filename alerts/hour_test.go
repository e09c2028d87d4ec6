package alerts

import (
	"testing"
	"time"

	"lwc-inventory/store"
)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func TestParseClock(t *testing.T) {
	for text, want := range map[string]string{"07:00": "07:00", "7:05": "07:05", "23:59": "23:59", "off": "off"} {
		if c, err := ParseClock(text); err != nil || c.String() != want {
			t.Errorf("%q is %v, %v", text, c, err)
		}
	}
	for _, text := range []string{"", "24:00", "7", "07:60", "noon", "07:00:00"} {
		if c, err := ParseClock(text); err == nil {
			t.Errorf("%q is %v", text, c)
		}
	}
}

// The moment of an hour, on days on which clocks jump: Cairo's do so on a weekday.
func TestClockOn(t *testing.T) {
	for _, tt := range []struct {
		zone, day, clock string
		want             string // UTC
	}{
		{"America/Chicago", "2026-11-23", "07:00", "2026-11-23T13:00:00Z"},
		{"America/Chicago", "2026-03-06", "07:00", "2026-03-06T13:00:00Z"}, // the Friday before
		{"America/Chicago", "2026-03-09", "07:00", "2026-03-09T12:00:00Z"}, // the Monday after
		{"America/Chicago", "2026-11-02", "07:00", "2026-11-02T13:00:00Z"},
		{"America/Chicago", "2026-03-08", "02:30", "2026-03-08T08:00:00Z"}, // 2:30 is left out: 3:00
		{"America/Chicago", "2026-03-08", "02:00", "2026-03-08T08:00:00Z"},
		{"America/Chicago", "2026-03-08", "03:00", "2026-03-08T08:00:00Z"},
		{"America/Chicago", "2026-11-01", "01:30", "2026-11-01T06:30:00Z"}, // comes twice: the first
		{"America/Chicago", "2026-11-01", "00:30", "2026-11-01T05:30:00Z"},
		{"America/Chicago", "2026-11-01", "02:30", "2026-11-01T08:30:00Z"},
		{"America/Chicago", "2026-11-01", "07:00", "2026-11-01T13:00:00Z"},
		{"Africa/Cairo", "2026-04-24", "00:30", "2026-04-23T22:00:00Z"}, // a Friday that begins at 1:00
		{"Africa/Cairo", "2026-04-24", "07:00", "2026-04-24T04:00:00Z"},
		{"Africa/Cairo", "2026-10-29", "23:30", "2026-10-29T20:30:00Z"}, // a Thursday that has 23:30 twice
		{"Africa/Cairo", "2026-10-30", "00:00", "2026-10-29T22:00:00Z"},
		{"Australia/Lord_Howe", "2026-10-04", "02:15", "2026-10-03T15:30:00Z"}, // half an hour is left out
		{"Australia/Lord_Howe", "2026-04-05", "01:45", "2026-04-04T14:45:00Z"}, // half an hour comes twice
		{"Pacific/Apia", "2011-12-30", "07:00", "2011-12-30T10:00:00Z"},        // a day is left out
		{"UTC", "2026-03-08", "02:30", "2026-03-08T02:30:00Z"},
	} {
		c, err := ParseClock(tt.clock)
		if err != nil {
			t.Fatal(err)
		}
		got := c.on(store.Date(tt.day), zone(t, tt.zone)).UTC().Format(time.RFC3339)
		if got != tt.want {
			t.Errorf("%s of %s in %s is %s, want %s", tt.clock, tt.day, tt.zone, got, tt.want)
		}
	}
}

// Over two years in several places: on each weekday one digest, at the first moment that clocks show the hour or more.
func TestDigestDayOverTheYears(t *testing.T) {
	for _, name := range []string{"America/Chicago", "Africa/Cairo", "Australia/Lord_Howe", "America/Santiago", "UTC"} {
		for _, clock := range []string{"00:00", "00:30", "01:30", "02:30", "07:00", "23:30"} {
			at, err := ParseClock(clock)
			if err != nil {
				t.Fatal(err)
			}
			r := rules{digest: at, loc: zone(t, name)}
			now := time.Date(2026, 1, 1, 12, 0, 0, 0, r.loc)
			done, sent := r.lastDigestDay(now), 0
			for end := now.AddDate(2, 0, 0); now.Before(end); {
				day, next := r.digestDay(done, now)
				if day != "" {
					if day <= done || day != store.DateOf(now.In(r.loc)) {
						t.Fatalf("%s %s: the digest of %s at %v, after that of %s", name, clock, day, now, done)
					}
					if before := now.Add(-time.Second).In(r.loc); store.DateOf(before) == day && before.Format("15:04") >= clock {
						t.Fatalf("%s %s: at %v, and it was time before", name, clock, now)
					}
					done = day
					sent++
					continue
				}
				if !next.After(now) {
					t.Fatalf("%s %s: at %v the next is %v", name, clock, now, next)
				}
				now = next
			}
			want := 521 // the weekdays after the first day
			if clock > "12:00" {
				want = 522
			}
			if sent != want {
				t.Errorf("%s %s: %d digests, want %d", name, clock, sent, want)
			}
		}
	}
}
