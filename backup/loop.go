package backup

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime/debug"
	"time"

	"lwc-inventory/store"
)

// retryAfter is how long a copy that failed waits for its next try.
const retryAfter = time.Hour

// Run makes a copy every day until ctx ends, and then returns nil. One that was missed, because the machine was off
// or the disk full, is made up for.
func (s *Service) Run(ctx context.Context) error {
	if !s.Daily {
		return nil
	}
	for ctx.Err() == nil {
		wait, err := s.turn(ctx)
		if err != nil && ctx.Err() == nil {
			s.Log.Error("backup failed; will try again", "err", err, "wait", wait)
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-timer.C:
		}
		timer.Stop()
	}
	return nil
}

// turn makes the copy that is due, if one is, and returns when to look again.
func (s *Service) turn(ctx context.Context) (time.Duration, error) {
	st, err := s.Store.BackupStatus(ctx)
	if err != nil {
		return retryAfter, err
	}
	if st.Since.IsZero() {
		st.Since = s.Store.Now()
		if err := s.Store.SaveBackupStatus(ctx, st); err != nil {
			return retryAfter, err
		}
	}
	if wait := s.due(st).Sub(s.Store.Now()); wait > 0 {
		return min(wait, retryAfter), nil // a clock that jumps is noticed within the hour
	}
	return retryAfter, s.guarded(ctx, st)
}

// due returns when the next copy is to be made.
func (s *Service) due(st store.BackupStatus) time.Time {
	now := s.Store.Now()
	if st.Tried.After(now) { // the clock was ahead
		return now
	}
	failed := st.Problem != "" || s.Remote != nil && st.AwayProblem != ""
	if failed {
		return st.Tried.Add(retryAfter)
	}
	last := st.Good
	if last.IsZero() {
		last = st.Since
	}
	at := last.In(s.Location)
	next := time.Date(at.Year(), at.Month(), at.Day(), s.Hour, s.Min, 0, 0, s.Location)
	if !next.After(last) {
		next = time.Date(at.Year(), at.Month(), at.Day()+1, s.Hour, s.Min, 0, 0, s.Location)
	}
	return next
}

// guarded makes the daily copy, and turns a panic into an error: it must not end the program.
func (s *Service) guarded(ctx context.Context, st store.BackupStatus) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return s.daily(ctx, st)
}

// daily makes today's copy, sends it away, and notes what came of it.
func (s *Service) daily(ctx context.Context, st store.BackupStatus) error {
	s.one.Lock()
	defer s.one.Unlock()
	st.Tried = s.Store.Now()
	c, err := s.write(ctx, false, s.Passphrase)
	if err != nil {
		st.Problem = sentence(err, "The copy could not be made. The log says why.")
		return errors.Join(err, s.Store.SaveBackupStatus(ctx, st))
	}
	st.Good, st.Name, st.Size, st.Problem = s.Store.Now(), c.Name, c.Size, ""
	err = s.tidy()
	if s.Remote != nil {
		away := s.Remote.send(ctx, filepath.Join(s.Dir, c.Name))
		if away == nil {
			st.Away, st.AwayProblem = s.Store.Now(), ""
			away = s.Remote.tidy(ctx, s.Location)
		} else {
			st.AwayProblem = "The copy did not get off the machine: " + away.Error()
		}
		err = errors.Join(err, away)
	}
	return errors.Join(err, s.Store.SaveBackupStatus(ctx, st))
}

// sentence is what err says to a person, or otherwise.
func sentence(err error, otherwise string) string {
	if e, ok := errors.AsType[*store.Error](err); ok {
		return e.Message
	}
	return otherwise
}
