package jobber

import (
	"context"
	"slices"
	"time"

	"lwc-inventory/store"
)

const (
	overlap = 2 * time.Minute // behind the watermark: changes that Jobber committed late
	relist  = 24 * time.Hour  // between looks at all jobs there are
)

// A puller is one pull.
type puller struct {
	s       *Service
	account string
	before  store.SyncStatus
	status  store.SyncStatus
	whole   bool        // looks at all jobs there are, and not only at those that changed
	told    []time.Time // see result
	leftOut string      // the last job that could not be taken over, and why
}

// dueWhole reports whether the next pull is to look at all jobs there are: the first ones until one ended
// well, and then one a day. It finds what no change tells of: jobs that are gone, and such as slipped
// from one page to another while the list was read.
func dueWhole(before store.SyncStatus, now time.Time) bool {
	return before.LastOK.IsZero() || now.Sub(before.ListedAt) >= relist
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
	if err := r.s.store.SaveSyncStatus(ctx, *st); err != nil || r.before.LastOK.IsZero() {
		return err
	}
	return r.s.heed(ctx, r.told)
}

// run lists the jobs that are not here as Jobber has them, and reads those. It goes on where a pull
// that was cut off ended: what that one stored is here.
func (r *puller) run(ctx context.Context) error {
	began := r.s.store.Now()
	todo, newest, err := r.list(ctx)
	if err != nil {
		return err
	}
	for some := range slices.Chunk(todo, r.s.client.batch()) {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		res, err := r.s.refetch(ctx, r.account, r.cause(), some)
		r.count(res)
		if err != nil {
			return err
		}
	}
	if newest.After(r.status.Watermark) {
		r.status.Watermark = newest
	}
	if r.whole {
		r.status.ListedAt = began
	}
	return nil
}

func (r *puller) cause() store.SyncCause {
	if r.before.LastOK.IsZero() {
		return store.FromFirstSync
	}
	return store.FromSweep
}

// list returns the ids of the jobs to read, the last changed first, and when the newest changed. It
// reads the list at Jobber to its end, or back to a little before the watermark.
func (r *puller) list(ctx context.Context) (todo []string, newest time.Time, err error) {
	since := r.before.Watermark.Add(-overlap)
	seen := map[string]bool{}
	_, err = all(ctx, func(ctx context.Context, after string) (connection[jobMark], error) {
		var d jobsUpdatedData
		if err := r.s.client.do(ctx, jobsUpdatedQuery, from(after, map[string]any{"first": r.marks(after)}), &d); err != nil {
			return d.Jobs, err
		}
		next := connection[jobMark]{Page: d.Jobs.Page} // the nodes are not kept
		fresh := d.Jobs.Nodes[:0]
		for _, j := range d.Jobs.Nodes {
			if j.UpdatedAt.After(newest) {
				newest = j.UpdatedAt.UTC()
			}
			if !r.whole && j.UpdatedAt.Before(since) {
				next.Page.More = false
				break
			}
			if !seen[j.ID] {
				seen[j.ID] = true
				fresh = append(fresh, j)
			}
		}
		unknown, err := r.unknown(ctx, fresh)
		todo = append(todo, unknown...)
		r.s.progressed(func(p *Progress) { p.Found = len(seen) })
		return next, err
	})
	if err == nil && r.whole {
		todo, err = r.gone(ctx, todo, seen)
	}
	r.s.progressed(func(p *Progress) { p.begin(r.cause(), len(seen), len(todo), r.s.store.Now()) })
	return todo, newest, err
}

// marks returns how many jobs to list together: few where mostly nothing changed, many after that.
func (r *puller) marks(after string) int {
	if after == "" && !r.whole {
		return firstMarks
	}
	return moreNodes
}

// unknown returns those of jobs that are not here as they last changed at Jobber.
func (r *puller) unknown(ctx context.Context, jobs []jobMark) ([]string, error) {
	ids := make([]string, len(jobs))
	for i, j := range jobs {
		ids[i] = j.ID
	}
	known, err := r.s.store.KnownJobs(ctx, r.account, ids)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, j := range jobs {
		if at, ok := known[j.ID]; !ok || !at.Equal(j.UpdatedAt.Truncate(time.Second)) {
			out = append(out, j.ID)
		}
	}
	return out, nil
}

// gone adds the jobs that are here and were not in the list of all. They are read again: what Jobber
// does not have is null then.
func (r *puller) gone(ctx context.Context, todo []string, listed map[string]bool) ([]string, error) {
	here, err := r.s.store.RemoteJobs(ctx, r.account)
	for _, id := range here {
		if !listed[id] {
			todo = append(todo, id)
		}
	}
	return todo, err
}

// count adds what was done to the figures.
func (r *puller) count(res result) {
	r.status.Jobs += res.read
	r.status.Changed += res.changed
	r.told = append(r.told, res.told...)
	if res.leftOut != "" {
		r.leftOut = res.leftOut
	}
	r.s.progressed(func(p *Progress) { p.Done += res.read })
}
