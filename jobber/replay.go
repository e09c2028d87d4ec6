package jobber

import (
	"context"
	"errors"
	"time"

	"lwc-inventory/store"
)

// replayTime is how long a person waits for Jobber to answer about one job; what is under way then
// is still finished.
const replayTime = 8 * time.Second

// Replay asks Jobber for one job now, ahead of sweeps, and returns the line of its timeline that tells what
// came of it. The same request twice asks once. When Jobber cannot be asked the line says why. It fails
// with [store.NotFound] for a job that is not here, and with [store.Conflict] for one that there is
// nobody to ask about.
func (s *Service) Replay(ctx context.Context, id store.JobID, by store.Actor, request string) (store.SyncEntry, error) {
	job, err := s.store.Timeline(ctx, id)
	if err != nil {
		return store.SyncEntry{}, err
	}
	cause := store.FromPerson(by, request)
	timed, cancel := context.WithTimeout(ctx, replayTime)
	defer cancel()
	err = s.replay(timed, job.Job, cause)
	if err != nil && ended(err) {
		return store.SyncEntry{}, store.Errorf(store.Conflict, "There is no connection to Jobber for this job. An owner connects it in Settings.")
	}
	ctx = context.WithoutCancel(ctx)
	if err != nil {
		if err := s.store.JobRefused(ctx, cause, job.Account, job.Remote, whyNot(err)); err != nil {
			return store.SyncEntry{}, err
		}
	}
	e, ok, err := s.store.SyncOf(ctx, id, request)
	if err == nil && !ok {
		err = store.Errorf(store.Conflict, "The timeline went on without this. Look again.")
	}
	return e, err
}

// replay reads a job and stores it, unless the request for it was worked off before.
func (s *Service) replay(ctx context.Context, job store.Job, cause store.SyncCause) error {
	select { // one person after the other, so that a second click sees what the first brought
	case s.person <- struct{}{}:
		defer func() { <-s.person }()
	case <-ctx.Done():
		return ctx.Err()
	}
	if _, done, err := s.store.SyncOf(ctx, job.ID, cause.Request); err != nil || done {
		return err
	}
	_, err := s.refetch(ctx, job.Account, cause, []string{job.Remote})
	return err
}

// whyNot is sentence, for somebody who waited.
func whyNot(err error) string {
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return "Jobber does not answer in time."
	}
	return sentence(err)
}
