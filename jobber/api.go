package jobber

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"lwc-inventory/store"
)

// forgive is after how long a field that Jobber did not have is asked for again. So is every field
// after a start.
const forgive = 24 * time.Hour

// An api keeps what Jobber says of its API where the owner can read it, and which fields are left out of
// queries because Jobber does not have them any more.
type api struct {
	store *store.DB
	asked string
	log   *slog.Logger

	mu     sync.Mutex
	loaded bool
	is     store.APIStatus
	gone   map[string]time.Time // fields left out, and since when
}

func newAPI(db *store.DB, asked string, log *slog.Logger) *api {
	return &api{store: db, asked: asked, log: log, gone: map[string]time.Time{}}
}

// change keeps a change of the status, durably. One that cannot be kept is only logged: an answer of Jobber's
// is worth more than a note about it.
func (a *api) change(ctx context.Context, change func(*store.APIStatus) bool) {
	ctx = context.WithoutCancel(ctx)
	if !a.loaded {
		is, err := a.store.APIStatus(ctx)
		if err != nil {
			a.log.Error("api status not read", "err", err)
			return
		}
		a.is, a.loaded = is, true
	}
	next := a.is
	next.Missing = slices.Clone(a.is.Missing)
	if !change(&next) {
		return
	}
	if err := a.store.SaveAPIStatus(ctx, next); err != nil {
		a.log.Error("api status not kept", "err", err)
		return
	}
	a.is = next
}

// version takes note of which version answered and what Jobber says of it. Each change is one line in the log.
func (a *api) version(ctx context.Context, x extensions) {
	v := x.Versioning
	if v.Version == "" { // not every answer tells
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.change(ctx, func(s *store.APIStatus) bool {
		warning := clip(v.Warning, 1000) // Jobber's are longer than a line
		if s.Asked == a.asked && s.Served == v.Version && s.Warning == warning {
			return false
		}
		s.Asked, s.Served, s.Warning, s.Since = a.asked, v.Version, warning, a.store.Now()
		level := slog.LevelInfo
		if warning != "" || v.Version != a.asked {
			level = slog.LevelWarn
		}
		a.log.Log(ctx, level, "jobber api version", "asked", a.asked, "served", v.Version, "warning", warning)
		return true
	})
}

// missing returns the fields that are to be left out now.
func (a *api) missing() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	var out []string
	for name, since := range a.gone {
		if a.store.Now().Sub(since) < forgive {
			out = append(out, name)
		}
	}
	return out
}

// lost leaves fields out from now on, and tells the owner.
func (a *api) lost(ctx context.Context, names []string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	now := a.store.Now()
	for _, name := range names {
		a.gone[name] = now
		a.change(ctx, func(s *store.APIStatus) bool {
			if slices.ContainsFunc(s.Missing, func(m store.MissingField) bool { return m.Name == name }) {
				return false
			}
			s.Missing = append(s.Missing, store.MissingField{Name: name, Since: now})
			a.log.Warn("jobber has a field no more", "field", name)
			return true
		})
	}
}

// answered takes note that Jobber answered op whole, but for the fields that were left out: others of its
// fields that were missed are back.
func (a *api) answered(ctx context.Context, op operation, out []string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.change(ctx, func(s *store.APIStatus) bool {
		n := len(s.Missing)
		s.Missing = slices.DeleteFunc(s.Missing, func(m store.MissingField) bool {
			_, _, has := op.without([]string{m.Name}, nil)
			back := len(has) > 0 && !slices.Contains(out, m.Name)
			if back {
				delete(a.gone, m.Name)
				a.log.Info("jobber has a field again", "field", m.Name)
			}
			return back
		})
		return len(s.Missing) < n
	})
}
