package jobber

import (
	"context"
	"errors"
	"slices"

	"golang.org/x/sync/errgroup"
)

// errVanished says that a job went away between two pages of it.
var errVanished = errors.New("the job went away while it was read")

// job reads one job to the end of all its lists. It is false for one that Jobber does not have.
func (c *client) job(ctx context.Context, id string) (remoteJob, bool, error) {
	var d jobData
	vars := map[string]any{"id": id, "lines": jobLines, "visits": jobVisits, "crew": crewSize}
	if err := c.do(ctx, jobQuery, vars, &d); err != nil {
		return remoteJob{}, false, err
	}
	if d.Job == nil {
		return remoteJob{}, false, nil
	}
	err := c.complete(ctx, d.Job)
	if errors.Is(err, errVanished) {
		return remoteJob{}, false, nil
	}
	return *d.Job, err == nil, err
}

// readAtOnce is how many jobs are read to their ends at the same time.
const readAtOnce = 4

// jobs reads jobs by their ids, each to the end of all its lists, and returns the ids of those that
// Jobber does not have.
func (c *client) jobs(ctx context.Context, ids []string) (found []remoteJob, missing []string, err error) {
	if len(ids) > 1 {
		if found, err = c.listed(ctx, ids); err != nil {
			return nil, nil, err
		}
	}
	here := make(map[string]*remoteJob, len(found))
	for i := range found {
		here[found[i].ID] = &found[i]
	}
	whole := make([]*remoteJob, len(ids))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(readAtOnce)
	for i, id := range ids {
		g.Go(func() error {
			j, ok, err := c.whole(ctx, id, here[id])
			if ok {
				whole[i] = &j
			}
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, nil, err
	}
	found = found[:0:0]
	for i, j := range whole {
		if j != nil {
			found = append(found, *j)
		} else {
			missing = append(missing, ids[i])
		}
	}
	return found, missing, nil
}

// whole reads the rest of a job that was listed. One that was not is asked for by itself before it is
// taken to be gone: a list may leave out more than what there is not.
func (c *client) whole(ctx context.Context, id string, j *remoteJob) (remoteJob, bool, error) {
	if j == nil {
		return c.job(ctx, id)
	}
	err := c.complete(ctx, j)
	if errors.Is(err, errVanished) {
		return remoteJob{}, false, nil
	}
	return *j, err == nil, err
}

// listed reads jobs by their ids as far as one page of each of their lists goes.
func (c *client) listed(ctx context.Context, ids []string) ([]remoteJob, error) {
	var found []remoteJob
	for some := range slices.Chunk(ids, c.batch()) {
		var d jobsData
		vars := listing()
		vars["ids"], vars["first"] = some, len(some)
		if err := c.do(ctx, jobsQuery, vars, &d); err != nil {
			return nil, err
		}
		found = append(found, d.Jobs.Nodes...)
	}
	return found, nil
}

// listing is how much of each job is read where many are.
func listing() map[string]any {
	return map[string]any{"lines": syncLines, "visits": syncVisits, "crew": crewSize}
}

// batch returns how many jobs are best read together.
func (c *client) batch() int { return c.points.page(jobsQuery, listing()) }

// complete reads on where the lists of j end, and for a visit-billed job what its visits use.
// It fails with errVanished when the job is gone meanwhile.
func (c *client) complete(ctx context.Context, j *remoteJob) error {
	err := rest(ctx, &j.Lines, func(ctx context.Context, after string) (connection[remoteLine], error) {
		d, err := c.jobPart(ctx, jobLinesQuery, j.ID, from(after, map[string]any{"first": moreNodes}))
		return d.Lines, err
	})
	if err != nil {
		return err
	}
	err = rest(ctx, &j.Visits, func(ctx context.Context, after string) (connection[remoteVisit], error) {
		d, err := c.jobPart(ctx, jobVisitsQuery, j.ID, from(after, map[string]any{"first": jobVisits, "crew": crewSize}))
		return d.Visits, err
	})
	if err != nil {
		return err
	}
	for i := range j.Visits.Nodes {
		v := &j.Visits.Nodes[i]
		err := rest(ctx, &v.Crew, func(ctx context.Context, after string) (connection[remoteUser], error) {
			d, err := c.visitPart(ctx, visitCrewQuery, v.ID, after)
			return d.Crew, err
		})
		if err != nil {
			return err
		}
	}
	if j.Billing == visitBased {
		return c.used(ctx, j)
	}
	return nil
}

// used reads the lines of all visits of j into them.
func (c *client) used(ctx context.Context, j *remoteJob) error {
	visits, err := all(ctx, func(ctx context.Context, after string) (connection[remoteVisit], error) {
		vars := map[string]any{"first": usedVisits, "lines": usedLines}
		d, err := c.jobPart(ctx, usedLinesQuery, j.ID, from(after, vars))
		return d.Visits, err
	})
	if err != nil {
		return err
	}
	lines := map[string]connection[remoteLine]{}
	for _, v := range visits {
		err := rest(ctx, &v.Lines, func(ctx context.Context, after string) (connection[remoteLine], error) {
			d, err := c.visitPart(ctx, visitLinesQuery, v.ID, after)
			return d.Lines, err
		})
		if err != nil {
			return err
		}
		lines[v.ID] = v.Lines
	}
	for i, v := range j.Visits.Nodes {
		j.Visits.Nodes[i].Lines = lines[v.ID]
	}
	return nil
}

// jobPart asks for a list of one job.
func (c *client) jobPart(ctx context.Context, op operation, id string, vars map[string]any) (remoteJob, error) {
	var d jobData
	vars["id"] = id
	if err := c.do(ctx, op, vars, &d); err != nil {
		return remoteJob{}, err
	}
	if d.Job == nil {
		return remoteJob{}, errVanished
	}
	return *d.Job, nil
}

// visitPart asks for a list of one visit.
func (c *client) visitPart(ctx context.Context, op operation, id, after string) (remoteVisit, error) {
	var d visitData
	if err := c.do(ctx, op, from(after, map[string]any{"id": id, "first": moreNodes}), &d); err != nil {
		return remoteVisit{}, err
	}
	if d.Visit == nil {
		return remoteVisit{}, errVanished
	}
	return *d.Visit, nil
}

// jobOfVisit returns the id of the job a visit belongs to, "" for a visit that Jobber does not have.
func (c *client) jobOfVisit(ctx context.Context, id string) (string, error) {
	var d visitJobData
	if err := c.do(ctx, visitJobQuery, map[string]any{"id": id}, &d); err != nil || d.Visit == nil {
		return "", err
	}
	return d.Visit.Job.ID, nil
}

// openJobsOf returns the ids of the open jobs of a client or at a property, as op asks. A closed job
// keeps the names it was done under.
func (c *client) openJobsOf(ctx context.Context, op operation, id string) ([]string, error) {
	jobs, err := all(ctx, func(ctx context.Context, after string) (connection[jobMark], error) {
		var d jobsOfData
		err := c.do(ctx, op, from(after, map[string]any{"id": id, "first": marks}), &d)
		if err != nil || d.Of == nil {
			return connection[jobMark]{}, err
		}
		return d.Of.Jobs, nil
	})
	var ids []string
	for _, j := range jobs {
		if !closed(j.Status, j.CompletedAt) {
			ids = append(ids, j.ID)
		}
	}
	return ids, err
}

// A pager reads the page of a list that follows a cursor.
type pager[T any] func(ctx context.Context, after string) (connection[T], error)

// all reads a whole list.
func all[T any](ctx context.Context, next pager[T]) ([]T, error) {
	c, err := next(ctx, "")
	if err != nil {
		return nil, err
	}
	err = rest(ctx, &c, next)
	return c.Nodes, err
}

// rest adds to c what follows it. It fails when the cursors do not lead on.
func rest[T any](ctx context.Context, c *connection[T], next pager[T]) error {
	for c.Page.More {
		if c.Page.End == "" {
			return failed(failing, "A list goes on but does not say where.")
		}
		more, err := next(ctx, c.Page.End)
		if err != nil {
			return err
		}
		if more.Page.More && more.Page.End == c.Page.End {
			return failed(failing, "A list repeats itself.")
		}
		c.Nodes, c.Page = append(c.Nodes, more.Nodes...), more.Page
	}
	return nil
}

// from adds the cursor to the variables; there is none on a first page.
func from(after string, vars map[string]any) map[string]any {
	if after != "" {
		vars["after"] = after
	}
	return vars
}
