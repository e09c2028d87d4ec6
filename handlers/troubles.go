package handlers

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"
)

// keptTroubles is how many of the newest errors are kept for the status page.
const keptTroubles = 20

// Troubles counts what is logged as a warning or an error, and keeps the newest errors, for the status page and the metrics.
// They are this run's: a new start begins at nothing.
type Troubles struct {
	mu       sync.Mutex
	warnings int
	errors   int
	panics   int
	newest   []Trouble // the newest last
	hours    map[int64]int
}

// A Trouble is an error that was logged.
type Trouble struct {
	At   time.Time
	Part string // of the program
	Text string // message, and the error's first line
	ID   string // of the request it belongs to; "": of none
}

// Watch returns a handler that writes to next what t counts.
func (t *Troubles) Watch(next slog.Handler) slog.Handler { return troubleHandler{next: next, of: t} }

// Counts is how often something was logged as a warning and as an error, and how many of the errors were panics.
func (t *Troubles) Counts() (warnings, errors, panics int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.warnings, t.errors, t.panics
}

// Newest returns the newest errors, the newest first, and how many there were in the 24 hours before now.
func (t *Troubles) Newest(now time.Time) (all []Trouble, today int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for hour, n := range t.hours {
		if hour > now.Unix()/3600-24 {
			today += n
		}
	}
	all = slices.Clone(t.newest)
	slices.Reverse(all)
	return all, today
}

func (t *Troubles) note(one Trouble, level slog.Level) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if level < slog.LevelError {
		t.warnings++
		return
	}
	t.errors++
	if strings.Contains(one.Text, "panic") {
		t.panics++
	}
	if t.newest = append(t.newest, one); len(t.newest) > keptTroubles {
		t.newest = slices.Delete(t.newest, 0, 1)
	}
	hour := one.At.Unix() / 3600
	if t.hours == nil || len(t.hours) > 48 {
		t.hours = map[int64]int{hour: t.hours[hour]}
	}
	t.hours[hour]++
}

type troubleHandler struct {
	next slog.Handler
	of   *Troubles
	part string
}

func (h troubleHandler) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelWarn || h.next.Enabled(ctx, l)
}

func (h troubleHandler) Handle(ctx context.Context, r slog.Record) error {
	if r.Level >= slog.LevelWarn {
		one := Trouble{At: r.Time.UTC(), Part: h.part, Text: r.Message}
		r.Attrs(func(a slog.Attr) bool {
			switch a.Key {
			case "err":
				line, _, _ := strings.Cut(a.Value.String(), "\n")
				one.Text += ": " + line
			case "id":
				one.ID = a.Value.String()
			}
			return true
		})
		h.of.note(one, r.Level)
	}
	if !h.next.Enabled(ctx, r.Level) {
		return nil
	}
	return h.next.Handle(ctx, r)
}

func (h troubleHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	for _, a := range attrs {
		if a.Key == "part" {
			h.part = a.Value.String()
		}
	}
	h.next = h.next.WithAttrs(attrs)
	return h
}

func (h troubleHandler) WithGroup(name string) slog.Handler {
	h.next = h.next.WithGroup(name)
	return h
}
