package jobbertest

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"
)

// ErrNotFound is in the chain of errors about a record that there is not.
var ErrNotFound = errors.New("not found")

// occurrence is something that webhooks tell.
type occurrence struct{ topic, item string }

// act changes the data and sends the webhooks of what happened, in order.
func (s *Server) act(do func(st *state, now time.Time) ([]occurrence, error)) error {
	s.mu.Lock()
	now := s.now()
	happened, err := do(s.st, now)
	account, url := s.st.account.ID, s.urls.webhook
	s.mu.Unlock()
	if err != nil {
		return err
	}
	s.tell(account, url, now, happened)
	return nil
}

// tell sends webhooks if an app is there to be told.
func (s *Server) tell(account, url string, at time.Time, happened []occurrence) {
	how := s.manner.is().Hooks
	if url == "" || how.Off || !s.grants.holds(account) {
		return
	}
	for _, o := range how.order(happened) {
		s.hooks.send(url, o, how.body(o.topic, s.opts.ClientID, account, o.item, at), how.Delay)
	}
}

// onJob is act on one job, which counts as updated.
func (s *Server) onJob(id string, do func(st *state, j *Job, now time.Time) ([]occurrence, error)) error {
	return s.act(func(st *state, now time.Time) ([]occurrence, error) {
		j := st.jobs[id]
		if j == nil {
			return nil, fmt.Errorf("job %q: %w", id, ErrNotFound)
		}
		happened, err := do(st, j, now)
		if err == nil {
			j.UpdatedAt = now
		}
		return happened, err
	})
}

// Job returns a job as it stands, and whether there is one with that id.
func (s *Server) Job(id string) (Job, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if j := s.st.jobs[id]; j != nil {
		return j.clone(), true
	}
	return Job{}, false
}

// Jobs returns all jobs by their start, those without one last.
func (s *Server) Jobs() []Job {
	s.mu.RLock()
	defer s.mu.RUnlock()
	out := make([]Job, 0, len(s.st.jobs))
	for _, j := range s.st.jobs {
		out = append(out, j.clone())
	}
	far := time.Unix(1<<40, 0)
	slices.SortFunc(out, func(a, b Job) int {
		return cmp.Or(orTime(a.StartAt, far).Compare(orTime(b.StartAt, far)), cmp.Compare(a.Number, b.Number))
	})
	return out
}

func orTime(t *time.Time, other time.Time) time.Time {
	if t == nil {
		return other
	}
	return *t
}

// AddJob adds a job. An empty id, number and dates of record are filled in. Sends JOB_CREATE and,
// for the first visit, VISIT_CREATE.
func (s *Server) AddJob(j Job) (Job, error) {
	j = j.clone()
	err := s.act(func(st *state, now time.Time) ([]occurrence, error) {
		j.ID = cmp.Or(j.ID, st.newID("Job"))
		if st.jobs[j.ID] != nil {
			return nil, fmt.Errorf("job %q is there already", j.ID)
		}
		if st.clients[j.ClientID] == nil || st.properties[j.PropertyID] == nil {
			return nil, fmt.Errorf("client or property of the job: %w", ErrNotFound)
		}
		if j.Number == 0 {
			for _, other := range st.jobs {
				j.Number = max(j.Number, other.Number)
			}
			j.Number++
		}
		j.CreatedAt, j.UpdatedAt = now, now
		kept := j.clone()
		st.jobs[j.ID] = &kept
		happened := []occurrence{{"JOB_CREATE", j.ID}}
		if len(j.Visits) > 0 {
			happened = append(happened, occurrence{"VISIT_CREATE", j.Visits[0].ID})
		}
		return happened, nil
	})
	return j, err
}

// onLines is onJob for the lines of an owner, which is a job's id or a visit's.
func (s *Server) onLines(owner string, do func(st *state, lines *[]LineItem) error) error {
	job := owner
	s.mu.RLock()
	if _, j := s.st.visit(owner); j != nil {
		job = j.ID
	}
	s.mu.RUnlock()
	return s.onJob(job, func(st *state, j *Job, _ time.Time) ([]occurrence, error) {
		told := []occurrence{{"JOB_UPDATE", j.ID}}
		if s.manner.is().Hooks.QuietLines {
			told = nil
		}
		if job == owner {
			return told, do(st, &j.Lines)
		}
		v, _ := st.visit(owner)
		if v == nil {
			return nil, fmt.Errorf("visit %q: %w", owner, ErrNotFound)
		}
		if told != nil {
			told = append([]occurrence{{"VISIT_UPDATE", v.ID}}, told...)
		}
		return told, do(st, &v.Lines)
	})
}

// SetLineQuantity changes the quantity of a line of owner, a job's id or a visit's. Sends
// JOB_UPDATE, and VISIT_UPDATE for a visit's line.
func (s *Server) SetLineQuantity(owner, line string, quantity float64) error {
	if math.IsNaN(quantity) || math.IsInf(quantity, 0) {
		return fmt.Errorf("%v is no quantity", quantity)
	}
	return s.onLines(owner, func(_ *state, lines *[]LineItem) error {
		i := lineIndex(*lines, line)
		if i < 0 {
			return fmt.Errorf("line %q: %w", line, ErrNotFound)
		}
		(*lines)[i].Quantity = quantity
		return nil
	})
}

// AddLine adds a line to owner and returns it with its id. A line of a product takes over what it
// leaves empty from there. Sends as [Server.SetLineQuantity] does.
func (s *Server) AddLine(owner string, l LineItem) (LineItem, error) {
	err := s.onLines(owner, func(st *state, lines *[]LineItem) error {
		if p := st.product(l.ProductID); p != nil {
			l.Name, l.Description = cmp.Or(l.Name, p.Name), cmp.Or(l.Description, p.Description)
			l.UnitPrice, l.UnitCost = cmp.Or(l.UnitPrice, p.Price), cmp.Or(l.UnitCost, p.Cost)
			l.Category = cmp.Or(l.Category, p.Category)
		} else if l.ProductID != "" {
			return fmt.Errorf("product %q: %w", l.ProductID, ErrNotFound)
		}
		if l.Name == "" {
			return errors.New("a line needs a name")
		}
		l.ID = cmp.Or(l.ID, st.newID("JobLineItem"))
		l.Category = cmp.Or(l.Category, CategoryProduct)
		*lines = append(*lines, l)
		return nil
	})
	return l, err
}

// RemoveLine takes a line from owner. Sends as [Server.SetLineQuantity] does.
func (s *Server) RemoveLine(owner, line string) error {
	return s.onLines(owner, func(_ *state, lines *[]LineItem) error {
		i := lineIndex(*lines, line)
		if i < 0 {
			return fmt.Errorf("line %q: %w", line, ErrNotFound)
		}
		*lines = slices.Delete(*lines, i, i+1)
		return nil
	})
}

func lineIndex(lines []LineItem, id string) int {
	return slices.IndexFunc(lines, func(l LineItem) bool { return l.ID == id })
}
