package jobber

import (
	"context"
	"fmt"
	"slices"
	"time"

	"lwc-inventory/store"
)

const (
	overlap   = 2 * time.Minute // behind the watermark: changes that Jobber committed late
	applySize = 10              // jobs of a sweep that share a commit
)

// A puller is one pull.
type puller struct {
	s       *Service
	account string
	before  store.SyncStatus
	status  store.SyncStatus
	leftOut string // the last job that could not be taken over, and why
}

// finish notes how the pull went. err is why it failed, nil if it did not.
func (r *puller) finish(ctx context.Context, err error) error {
	st := &r.status
	st.FinishedAt = r.s.store.Now()
	if err != nil {
		st.State, st.Problem, st.Watermark = store.SyncFailing, sentence(err), r.before.Watermark
		r.s.log.Warn("sync failed", "err", err, "jobs", st.Jobs)
	} else {
		st.State, st.Problem, st.LastOK = store.SyncOK, r.leftOut, st.FinishedAt
		r.s.log.Info("synced", "jobs", st.Jobs, "changed", st.Changed, "took", st.FinishedAt.Sub(st.StartedAt))
	}
	return r.s.store.SaveSyncStatus(ctx, *st)
}

// full reads every job, the last changed first. What changes meanwhile is newer than the watermark
// and falls to the next sweep.
func (r *puller) full(ctx context.Context) error {
	var count jobCountData
	if err := r.s.client.do(ctx, jobCountQuery, nil, &count); err != nil {
		return err
	}
	r.s.progressed(func(p *Progress) { p.Total = count.Jobs.Total })
	for next := (page{More: true}); next.More; {
		last := next.End
		var err error
		if next, err = r.onePage(ctx, last); err != nil {
			return err
		}
		if next.More && (next.End == "" || next.End == last) {
			return failed(failing, "The list of jobs does not lead on.")
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return nil
}

// onePage reads and stores the page of jobs that follows a cursor. It is finished even on a stop.
func (r *puller) onePage(ctx context.Context, after string) (page, error) {
	ctx, cancel := finishing(ctx)
	defer cancel()
	if err := r.s.holdFor(ctx, r.account); err != nil {
		return page{}, err
	}
	defer r.s.release()
	jobs, err := r.s.client.jobsPage(ctx, after)
	if err != nil {
		return page{}, err
	}
	found := jobs.Nodes[:0]
	for _, j := range jobs.Nodes {
		err := r.s.client.complete(ctx, &j)
		if vanished(err) {
			continue
		}
		if err != nil {
			return page{}, err
		}
		found = append(found, j)
	}
	cause := store.FromSweep
	if r.before.LastOK.IsZero() {
		cause = store.FromFirstSync
	}
	res, err := r.s.apply(ctx, r.account, cause, found)
	r.count(res, found)
	return jobs.Page, err
}

// sweep reads which jobs changed since the watermark, and then those.
func (r *puller) sweep(ctx context.Context) error {
	ids, newest, err := r.changed(ctx)
	if err != nil {
		return err
	}
	r.s.progressed(func(p *Progress) { p.Total = len(ids) })
	for some := range slices.Chunk(ids, applySize) {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		res, err := r.s.refetch(ctx, r.account, store.FromSweep, some)
		r.count(res, nil)
		if err != nil {
			return err
		}
	}
	if newest.After(r.status.Watermark) {
		r.status.Watermark = newest
	}
	return nil
}

// changed lists the jobs that changed since the last pull that ended well, and when the newest did.
// It reads back to a little before the watermark and leaves out what is here as Jobber has it.
func (r *puller) changed(ctx context.Context) ([]string, time.Time, error) {
	since := r.before.Watermark.Add(-overlap)
	var ids []string
	var newest time.Time
	seen := map[string]bool{}
	_, err := all(ctx, func(ctx context.Context, after string) (connection[jobMark], error) {
		var d jobsUpdatedData
		if err := r.s.client.do(ctx, jobsUpdatedQuery, from(after, map[string]any{"first": marks}), &d); err != nil {
			return d.Jobs, err
		}
		next := connection[jobMark]{Page: d.Jobs.Page}
		for _, j := range d.Jobs.Nodes {
			if j.UpdatedAt.After(newest) {
				newest = j.UpdatedAt.UTC()
			}
			if j.UpdatedAt.Before(since) {
				next.Page.More = false
				break
			}
			known, err := r.known(ctx, j)
			if err != nil {
				return next, err
			}
			if !known && !seen[j.ID] {
				seen[j.ID] = true
				ids = append(ids, j.ID)
			}
		}
		return next, nil
	})
	return ids, newest, err
}

// known reports whether a job is here as it last changed at Jobber.
func (r *puller) known(ctx context.Context, j jobMark) (bool, error) {
	head, err := r.s.store.JobRemote(ctx, r.account, j.ID)
	if store.CodeOf(err) == store.NotFound {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	sheet, err := r.s.store.JobSheet(ctx, head.ID)
	if err != nil {
		return false, fmt.Errorf("job %d: %w", head.Number, err)
	}
	return head.State != store.JobDeleted && sheet.UpdatedAt.Equal(j.UpdatedAt.Truncate(time.Second)), nil
}

// count adds what was done to the figures, and the newest of jobs to the watermark.
func (r *puller) count(res result, jobs []remoteJob) {
	r.status.Jobs += res.read
	r.status.Changed += res.changed
	if res.leftOut != "" {
		r.leftOut = res.leftOut
	}
	for _, j := range jobs {
		if j.UpdatedAt.After(r.status.Watermark) {
			r.status.Watermark = j.UpdatedAt.UTC()
		}
	}
	r.s.progressed(func(p *Progress) { p.Done += res.read })
}
