package jobber

import (
	"context"
	"time"

	"lwc-inventory/store"
)

// Before a pull that failed is tried again; doubled each time.
const (
	firstPull = 30 * time.Second
	lastPull  = 15 * time.Minute
)

// SyncNow asks for a pull. It returns at once; when one runs already, another follows it.
func (s *Service) SyncNow() {
	select {
	case s.sweep <- struct{}{}:
	default: // one is asked for already
	}
}

// syncLoop pulls when asked and when it is time.
func (s *Service) syncLoop(ctx context.Context) error {
	st, err := s.store.SyncStatus(ctx)
	if err != nil {
		return err
	}
	fails := 0
	if st.State == store.SyncFailing { // before the start
		fails = 1
	}
	for {
		wait, err := s.untilPull(ctx, fails)
		if err != nil {
			return err
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-s.sweep:
		case <-timer.C:
		}
		timer.Stop()
		if ctx.Err() != nil {
			return nil
		}
		again, err := s.pull(ctx)
		if err != nil {
			return err
		}
		if again {
			fails++
		} else {
			fails = 0
		}
	}
}

// never is longer than any program runs.
const never = 1 << 62 * time.Nanosecond

// untilPull returns how long until the next pull is due by itself. fails counts the pulls in a row
// that failed and may do better.
func (s *Service) untilPull(ctx context.Context, fails int) (time.Duration, error) {
	link, err := s.store.JobberLink(ctx)
	if err != nil {
		return 0, err
	}
	st, err := s.store.SyncStatus(ctx)
	if err != nil {
		return 0, err
	}
	switch {
	case link.State != store.Connected:
		return never, nil
	case st.State == store.SyncRunning, st.State == store.SyncNever: // cut off by the end of the program, or not begun
		return 0, nil
	case fails > 0:
		return s.spread(backOff(fails-1, firstPull, lastPull)), nil
	case s.interval <= 0:
		return never, nil
	}
	return max(0, st.StartedAt.Add(s.interval).Sub(s.store.Now())), nil // what changed during a long one is due at once
}

// pull brings the store up to date with Jobber and notes how it went. again is true when it failed
// in a way that may pass. An error is one of ours; a stop in the middle is noted as still running,
// and the next start goes on.
func (s *Service) pull(ctx context.Context) (again bool, err error) {
	s.progressed(func(p *Progress) { *p = Progress{Running: true} })
	defer s.progressed(func(p *Progress) { p.Running = false })
	select { // what was asked for until now begins now
	case <-s.sweep:
	default:
	}
	link, err := s.store.JobberLink(ctx)
	if err != nil || link.State != store.Connected {
		return false, err
	}
	before, err := s.store.SyncStatus(ctx)
	if err != nil {
		return false, err
	}
	running := before // with the end and the problem of the last one, until there are others
	running.State, running.StartedAt = store.SyncRunning, s.store.Now()
	if err := s.store.SaveSyncStatus(ctx, running); err != nil {
		return false, err
	}
	r := &puller{s: s, account: link.AccountID, before: before, status: running, whole: dueWhole(before, running.StartedAt)}
	r.status.Jobs, r.status.Changed = 0, 0
	err = r.run(patient(ctx))
	if ctx.Err() != nil {
		return false, nil
	}
	return passing(err), r.finish(ctx, err)
}
