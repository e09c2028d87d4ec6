package handlers

import (
	"testing"
	"time"
)

func TestLeft(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "", -time.Second: "", 20 * time.Second: "less than a minute left", 50 * time.Second: "about 1 minute left",
		12*time.Minute + 20*time.Second: "about 12 minutes left", 100 * time.Minute: "about 2 hours left",
	} {
		if got := left(d); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
}

func TestAgeInMonths(t *testing.T) {
	from := time.Date(2025, 4, 16, 0, 0, 0, 0, time.UTC)
	for now, want := range map[string]string{"2025-04-16": "0 months", "2025-05-15": "0 months", "2025-05-16": "1 month", "2026-11-25": "19 months", "2025-01-01": "0 months"} {
		at, err := time.Parse(time.DateOnly, now)
		if got := ageInMonths(from, at); got != want || err != nil {
			t.Errorf("on %s: %q, want %q", now, got, want)
		}
	}
}
