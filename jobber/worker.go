package jobber

import (
	"context"
	"slices"
	"time"

	"lwc-inventory/store"
)

const (
	atOnce     = 50 // targets worked off before the inbox is looked at again
	firstRetry = 5 * time.Second
	lastRetry  = 10 * time.Minute
	tidyEvery  = time.Hour
)

// A worker works off the inbox. Its fields belong to its loop.
type worker struct {
	s       *Service
	outages int       // times in a row that Jobber did not answer at all
	pause   time.Time // nothing is asked until then
	tidied  time.Time // when old deliveries were dropped last
}

// workLoop works off deliveries as they come in and as their retries fall due.
func (s *Service) workLoop(ctx context.Context) error {
	w := &worker{s: s}
	for {
		changed := s.store.Queued() // before looking, so that nothing slips in between
		wait := w.rest()
		if wait > 0 {
			changed = nil // new deliveries do not make Jobber answer
		} else {
			var err error
			if wait, err = w.look(ctx); err != nil && ctx.Err() == nil {
				return err
			}
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-changed:
		case <-timer.C:
		}
		timer.Stop()
		if ctx.Err() != nil {
			return nil
		}
	}
}

// rest returns how long nothing is to be asked; 0 or less for now.
func (w *worker) rest() time.Duration { return w.pause.Sub(w.s.store.Now()) }

// look works off what is due and returns how long until something else is.
func (w *worker) look(ctx context.Context) (time.Duration, error) {
	if err := w.tidy(ctx); err != nil {
		return 0, err
	}
	link, err := w.s.store.JobberLink(ctx)
	if err != nil || link.State != store.Connected { // until then they wait: a deletion is told once only
		return never, err
	}
	waiting, err := w.s.store.PendingDeliveries(ctx)
	if err != nil {
		return 0, err
	}
	jobs, err := w.s.store.JobsOfVisits(ctx, link.AccountID, visitsIn(waiting))
	if err != nil {
		return 0, err
	}
	p := planFor(link, waiting, jobs, w.s.store.Now())
	due, more := p.due.first(atOnce)
	err = w.work(ctx, link, p.ignored, due)
	switch {
	case halted(err):
		return never, nil // until the store changes
	case err != nil:
		return 0, err
	case w.rest() > 0:
		return w.rest(), nil
	case more:
		return 0, nil
	case p.next.IsZero():
		return never, nil
	}
	return max(0, p.next.Sub(w.s.store.Now())), nil
}

// tidy drops old deliveries, now and then.
func (w *worker) tidy(ctx context.Context) error {
	if w.s.store.Now().Sub(w.tidied) < tidyEvery {
		return nil
	}
	for more := true; more && ctx.Err() == nil; {
		var err error
		if more, err = w.s.store.DropDeliveries(ctx); err != nil {
			return err
		}
	}
	w.tidied = w.s.store.Now()
	return nil
}

// work notes what is ignored and works off what is due. It returns early when the program stops and when
// Jobber cannot be asked.
func (w *worker) work(ctx context.Context, link store.JobberLink, ignored map[string][]store.Delivery, due batch) error {
	for why, ds := range ignored {
		if err := w.s.store.DeliveryDone(ctx, idsOf(ds), store.DeliveryIgnored, why); err != nil {
			return err
		}
	}
	if !sleep(ctx, w.unsettled(due.deliveries())) {
		return nil
	}
	var jobs batch
	for _, t := range due.order {
		if ctx.Err() != nil || w.rest() > 0 {
			return nil
		}
		if t.about == aboutJob {
			jobs.add(t, due.of[t]...)
		} else if err := w.step(ctx, link, t, due.of[t], &jobs); err != nil {
			return err
		}
	}
	for _, t := range jobs.order {
		if ctx.Err() != nil || w.rest() > 0 {
			return nil
		}
		_, err := w.s.refetch(ctx, link.AccountID, store.FromDeliveries(jobs.of[t]), []string{t.id})
		if err := w.close(ctx, jobs.of[t], "", err); err != nil {
			return err
		}
	}
	return nil
}

// unsettled returns how long to wait until the seconds in which due happened are over. Jobber tells
// times to the second, and two webhooks of one record and second are taken for one sent twice: what
// is read after that second shows both.
func (w *worker) unsettled(due []store.Delivery) time.Duration {
	var wait time.Duration
	for _, d := range due {
		over := d.OccurredAt.Truncate(time.Second).Add(time.Second)
		wait = max(wait, over.Sub(w.s.store.Now()))
	}
	return min(wait, time.Second) // their clock and ours may differ
}

// step works off the deliveries of one target that is no job. Those of a visit that is not here go to its job.
func (w *worker) step(ctx context.Context, link store.JobberLink, t target, ds []store.Delivery, jobs *batch) error {
	item, cancel := finishing(ctx)
	defer cancel()
	switch t.about {
	case aboutLink:
		note, err := w.disconnected(item, link, ds)
		return w.close(ctx, ds, note, err)
	case aboutVisit:
		job, err := w.s.client.jobOfVisit(item, t.id)
		if err == nil && job != "" {
			jobs.add(target{aboutJob, job}, ds...)
			return nil
		}
		if err == nil {
			w.s.SyncNow()
		}
		return w.close(ctx, ds, "Jobber does not have this visit any more; a sweep looks for its job.", err)
	}
	op := clientJobsQuery
	if t.about == aboutProperty {
		op = propertyJobsQuery
	}
	// Jobber may not count the jobs of a renamed client as updated; then no sweep would find them.
	ids, err := w.s.client.openJobsOf(item, op, t.id)
	for some := range slices.Chunk(ids, w.s.client.batch()) {
		if err == nil {
			_, err = w.s.refetch(ctx, link.AccountID, store.FromDeliveries(ds), some)
		}
	}
	return w.close(ctx, ds, "", err)
}

// disconnected ends the connection because Jobber says that it ended. Word of an older connection that
// comes late is checked: it must not end the one made since.
func (w *worker) disconnected(ctx context.Context, link store.JobberLink, ds []store.Delivery) (note string, err error) {
	last := ds[len(ds)-1]
	if last.OccurredAt.Before(link.ConnectedAt.Truncate(time.Second)) {
		var d accountData
		err := w.s.client.do(ctx, accountQuery, nil, &d)
		if err == nil {
			return "Of an earlier connection.", nil
		}
		if !ended(err) {
			return "", err
		}
	}
	w.s.log.Warn("jobber says that the app was disconnected")
	return "", w.s.tokens.end(ctx, link.ConnectedAt, saidDisconnected)
}

// close notes how working off deliveries went. What is no fault of theirs does not count against them:
// the end of the program or of the connection, an owner who must act, and no answer from Jobber at all.
func (w *worker) close(ctx context.Context, ds []store.Delivery, note string, err error) error {
	switch {
	case err == nil:
		w.outages, w.pause = 0, time.Time{}
		return w.s.store.DeliveryDone(context.WithoutCancel(ctx), idsOf(ds), store.DeliveryOK, note)
	case ctx.Err() != nil:
		return nil
	case halted(err):
		return err
	case kindOf(err) == unreachable:
		wait := w.s.spread(backOff(w.outages, firstRetry, lastRetry))
		w.outages++
		w.pause = w.s.store.Now().Add(wait)
		w.s.log.Warn("jobber does not answer", "err", err, "wait", wait)
		return nil
	}
	tries := 0
	for _, d := range ds {
		tries = max(tries, d.Tries)
	}
	wait := w.s.spread(backOff(tries, firstRetry, lastRetry))
	w.s.log.Warn("webhook not worked off", "topic", ds[0].Topic, "delivery", ds[0].ID, "err", err, "wait", wait)
	return w.s.store.DeliveryFailed(ctx, idsOf(ds), w.s.store.Now().Add(wait), sentence(err))
}
