package jobber

import (
	"context"
	"fmt"
	"slices"
	"time"

	"lwc-inventory/store"
)

// A result counts what a step did.
type result struct {
	read    int // jobs
	changed int
	told    []time.Time // when jobs changed in a way that Jobber sends a webhook of for certain
	leftOut string      // a job that could not be taken over, and why: a sentence
}

func (r *result) add(more result) {
	r.read += more.read
	r.changed += more.changed
	r.told = append(r.told, more.told...)
	if more.leftOut != "" {
		r.leftOut = more.leftOut
	}
}

// hold waits for the turn to store jobs; the caller calls release.
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
	err := s.still(ctx, account)
	if err != nil {
		s.release()
	}
	return err
}

// still fails when an account is not the one connected any more.
func (s *Service) still(ctx context.Context, account string) error {
	link, err := s.store.JobberLink(ctx)
	if err == nil && (link.State != store.Connected || link.AccountID != account) {
		err = failed(notConnected, "the account changed")
	}
	return err
}

// refetch reads jobs by their ids and stores them. Those that Jobber does not have are marked deleted.
// It is finished even on a stop.
func (s *Service) refetch(ctx context.Context, account string, cause store.SyncCause, ids []string) (result, error) {
	ctx, cancel := finishing(ctx)
	defer cancel()
	var sum result
	for len(ids) > 0 {
		res, overtaken, err := s.refetchOnce(ctx, account, cause, ids)
		sum.add(res)
		if err != nil {
			return sum, err
		}
		ids = overtaken // somebody else stored them meanwhile: whose was newer?
	}
	return sum, nil
}

// refetchOnce is refetch, but for jobs that others stored since it began: those it returns.
func (s *Service) refetchOnce(ctx context.Context, account string, cause store.SyncCause, ids []string) (result, []string, error) {
	if err := s.still(ctx, account); err != nil {
		return result{}, nil, err
	}
	began := s.order.begin()
	defer s.order.end(began)
	jobs, missing, err := s.client.jobs(ctx, ids)
	if err != nil {
		return result{}, nil, err
	}
	if err := s.holdFor(ctx, account); err != nil {
		return result{}, nil, err
	}
	defer s.release()
	var overtaken []string
	late := func(id string) bool {
		if !s.order.overtaken(began, id) {
			return false
		}
		overtaken = append(overtaken, id)
		return true
	}
	jobs = slices.DeleteFunc(jobs, func(j remoteJob) bool { return late(j.ID) })
	missing = slices.DeleteFunc(missing, late)
	res, err := s.apply(ctx, account, cause, jobs, missing)
	return res, overtaken, err
}

// apply stores jobs that were read, in one commit, and marks those deleted that are missing. One that
// cannot be understood is left out, with a line in the log: the others must not wait for it.
func (s *Service) apply(ctx context.Context, account string, cause store.SyncCause, jobs []remoteJob, missing []string) (result, error) {
	var snaps []store.JobSnapshot
	var ids []string
	res := result{read: len(jobs) + len(missing)}
	for _, j := range jobs {
		snap, err := snapshot(account, j)
		if err != nil {
			s.log.Warn("job left out", "job", j.Number, "err", err)
			res.leftOut = fmt.Sprintf("Job %d is left out: a quantity on it is no amount.", j.Number)
			if err := s.store.JobRefused(ctx, cause, account, j.ID, res.leftOut); err != nil {
				return res, err
			}
			continue
		}
		snaps, ids = append(snaps, snap), append(ids, j.ID)
	}
	if len(snaps) > 0 {
		applied, err := s.store.ApplyJobs(ctx, cause, snaps)
		if err != nil {
			return res, err
		}
		for i, a := range applied {
			if a.Told {
				res.told = append(res.told, snaps[i].UpdatedAt)
			}
			if a.Changed {
				res.changed++
			}
		}
		s.order.note(ids)
	}
	for _, id := range missing {
		if err := s.store.JobDeleted(ctx, cause, account, id); err != nil {
			return res, err
		}
		s.order.note([]string{id})
		res.changed++
	}
	return res, nil
}
