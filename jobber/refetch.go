package jobber

import (
	"context"
	"errors"
	"fmt"

	"lwc-inventory/store"
)

// A result counts what a step did.
type result struct {
	read    int // jobs
	changed int
	leftOut string // a job that could not be taken over, and why: a sentence
}

// hold waits for the turn to read jobs and store them; the caller calls release.
func (s *Service) hold(ctx context.Context) error {
	select {
	case s.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *Service) release() { <-s.turn }

// holdFor is hold for the jobs of an account, if that is still the one connected.
func (s *Service) holdFor(ctx context.Context, account string) error {
	if err := s.hold(ctx); err != nil {
		return err
	}
	link, err := s.store.JobberLink(ctx)
	if err == nil && (link.State != store.Connected || link.AccountID != account) {
		err = failed(notConnected, "the account changed")
	}
	if err != nil {
		s.release()
	}
	return err
}

// refetch reads jobs by their ids and stores them, in one commit. Those that Jobber does not have are
// marked deleted. It is finished even on a stop.
func (s *Service) refetch(ctx context.Context, account string, cause store.SyncCause, ids []string) (result, error) {
	ctx, cancel := finishing(ctx)
	defer cancel()
	if err := s.holdFor(ctx, account); err != nil {
		return result{}, err
	}
	defer s.release()
	var jobs []remoteJob
	var missing []string
	for _, id := range ids {
		j, ok, err := s.client.job(ctx, id)
		if err != nil {
			return result{}, err
		}
		if ok {
			jobs = append(jobs, j)
		} else {
			missing = append(missing, id)
		}
	}
	res, err := s.apply(ctx, account, cause, jobs)
	if err != nil {
		return res, err
	}
	for _, id := range missing {
		if err := s.store.JobDeleted(ctx, cause, account, id); err != nil {
			return res, err
		}
		res.read++
		res.changed++
	}
	return res, nil
}

// apply stores jobs that were read, in one commit. One that cannot be understood is left out, with a
// line in the log: the others must not wait for it.
func (s *Service) apply(ctx context.Context, account string, cause store.SyncCause, jobs []remoteJob) (result, error) {
	var snaps []store.JobSnapshot
	res := result{read: len(jobs)}
	for _, j := range jobs {
		snap, err := snapshot(account, j)
		if err != nil {
			s.log.Warn("job left out", "job", j.Number, "err", err)
			res.leftOut = fmt.Sprintf("Job %d is left out: a quantity on it is no amount.", j.Number)
			continue
		}
		snaps = append(snaps, snap)
	}
	if len(snaps) == 0 {
		return res, nil
	}
	applied, err := s.store.ApplyJobs(ctx, cause, snaps)
	for _, a := range applied {
		if a.Changed {
			res.changed++
		}
	}
	return res, err
}

func vanished(err error) bool { return errors.Is(err, errVanished) }
