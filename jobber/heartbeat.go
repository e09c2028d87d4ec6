package jobber

import (
	"context"
	"time"

	"lwc-inventory/store"
)

// What it takes to say that webhooks do not come.
const (
	hookGrace    = 2 * time.Minute // Jobber's come within some twenty seconds; its clock and ours may differ too
	enoughMissed = 3               // changes that none told of
	enoughSweeps = 2               // that found them
)

// listen judges what a sweep found. changes are when jobs changed at Jobber in a way that it tells of for
// certain; running is since when we can hear.
//
// A change counts when we ran and were connected for a while before it, when the webhook had time to come,
// and when no webhook about any job came since: then it was not just one that got lost. So nothing is said
// of what changed while we were down, of a first sync, or of an edit of lines, which may be told of or not.
func listen(h store.Heartbeat, link store.JobberLink, changes []time.Time, running, now time.Time) store.Heartbeat {
	if h.Account != link.AccountID {
		h = store.Heartbeat{Account: link.AccountID}
	}
	if !h.MissedSince.After(link.ConnectedAt) {
		h = store.Heartbeat{Account: link.AccountID, HeardAt: h.HeardAt}
	}
	from := running
	for _, t := range []time.Time{link.ConnectedAt, h.HeardAt} {
		if t.After(from) {
			from = t
		}
	}
	missed := 0
	for _, at := range changes {
		if at.Before(from.Add(hookGrace)) || at.After(now.Add(-hookGrace)) {
			continue
		}
		missed++
		if h.MissedSince.IsZero() || at.Before(h.MissedSince) {
			h.MissedSince = at.UTC()
		}
	}
	if missed > 0 {
		h.Missed, h.Sweeps = h.Missed+missed, h.Sweeps+1
		h.Silent = h.Missed >= enoughMissed && h.Sweeps >= enoughSweeps
	}
	return h
}

// heed takes a sweep's finds into what is known of the webhooks' coming.
func (s *Service) heed(ctx context.Context, changes []time.Time) error {
	before, err := s.store.Heartbeat(ctx)
	if err != nil {
		return err
	}
	link, err := s.store.JobberLink(ctx)
	if err != nil {
		return err
	}
	after := listen(before, link, changes, s.running(), s.store.Now())
	if after == before {
		return nil
	}
	if after.Silent && !before.Silent {
		s.log.Warn("no webhooks come: jobber may have switched them off", "since", after.MissedSince, "missed", after.Missed)
	}
	return s.store.SaveHeartbeat(ctx, after)
}

// running returns since when webhooks can come in.
func (s *Service) running() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.began
}
