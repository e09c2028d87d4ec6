package jobbertest

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Reschedule moves a job to begin at start and end at end. Its open visits move along, the first of
// them to exactly there; a job without an open visit gets one. Sends VISIT_UPDATE for each visit
// that moved (or VISIT_CREATE) and JOB_UPDATE.
func (s *Server) Reschedule(job string, start, end time.Time) error {
	if end.Before(start) {
		return errors.New("the end is before the start")
	}
	return s.onJob(job, func(st *state, j *Job, _ time.Time) ([]occurrence, error) {
		if j.Closed() {
			return nil, fmt.Errorf("job %d is closed", j.Number)
		}
		happened := moveVisits(st, j, start, end)
		j.StartAt, j.EndAt = &start, &end
		for _, v := range j.Visits {
			if v.EndAt != nil && v.EndAt.After(*j.EndAt) {
				j.EndAt = clonePtr(v.EndAt)
			}
		}
		return append(happened, occurrence{"JOB_UPDATE", j.ID}), nil
	})
}

// moveVisits moves the open visits of a job by as much as the first of them.
func moveVisits(st *state, j *Job, start, end time.Time) []occurrence {
	var happened []occurrence
	var by time.Duration
	for i := range j.Visits {
		v := &j.Visits[i]
		switch {
		case v.CompletedAt != nil:
			continue
		case len(happened) == 0:
			if v.StartAt != nil {
				by = start.Sub(*v.StartAt)
			}
			v.StartAt, v.EndAt = clonePtr(&start), clonePtr(&end)
		case v.StartAt != nil:
			moved := v.StartAt.Add(by)
			v.StartAt = &moved
			if v.EndAt != nil {
				moved := v.EndAt.Add(by)
				v.EndAt = &moved
			}
		default: // an unscheduled visit stays one
			continue
		}
		happened = append(happened, occurrence{"VISIT_UPDATE", v.ID})
	}
	if len(happened) == 0 {
		v := Visit{ID: st.newID("Visit"), Title: j.Title, StartAt: clonePtr(&start), EndAt: clonePtr(&end)}
		j.Visits = append(j.Visits, v)
		happened = append(happened, occurrence{"VISIT_CREATE", v.ID})
	}
	return happened
}

// CloseJob completes a job and its open visits. Sends VISIT_COMPLETE for each of those and JOB_CLOSED.
func (s *Server) CloseJob(job string) error {
	return s.onJob(job, func(_ *state, j *Job, now time.Time) ([]occurrence, error) {
		if j.Closed() {
			return nil, fmt.Errorf("job %d is closed already", j.Number)
		}
		var happened []occurrence
		for i := range j.Visits {
			if v := &j.Visits[i]; v.CompletedAt == nil {
				v.CompletedAt = clonePtr(&now)
				happened = append(happened, occurrence{"VISIT_COMPLETE", v.ID})
			}
		}
		j.CompletedAt, j.Status = clonePtr(&now), StatusByDate
		return append(happened, occurrence{"JOB_CLOSED", j.ID}), nil
	})
}

// ReopenJob opens a closed job; its visits stay complete. Sends JOB_UPDATE.
func (s *Server) ReopenJob(job string) error {
	return s.onJob(job, func(_ *state, j *Job, _ time.Time) ([]occurrence, error) {
		if !j.Closed() {
			return nil, fmt.Errorf("job %d is open", j.Number)
		}
		j.CompletedAt, j.Status = nil, StatusByDate
		return []occurrence{{"JOB_UPDATE", j.ID}}, nil
	})
}

// DeleteJob removes a job with its visits: queries for them answer null from then on. Sends
// VISIT_DESTROY for each visit and JOB_DESTROY.
func (s *Server) DeleteJob(job string) error {
	return s.onJob(job, func(st *state, j *Job, _ time.Time) ([]occurrence, error) {
		var happened []occurrence
		for _, v := range j.Visits {
			happened = append(happened, occurrence{"VISIT_DESTROY", v.ID})
		}
		delete(st.jobs, j.ID)
		return append(happened, occurrence{"JOB_DESTROY", j.ID}), nil
	})
}

// DeleteVisit removes a visit: queries for it answer null from then on. Sends VISIT_DESTROY. The job counts
// as updated; nobody knows whether Jobber sends a webhook for it too, so none is sent.
func (s *Server) DeleteVisit(visit string) error {
	s.mu.RLock()
	_, j := s.st.visit(visit)
	s.mu.RUnlock()
	if j == nil {
		return fmt.Errorf("visit %q: %w", visit, ErrNotFound)
	}
	return s.onJob(j.ID, func(_ *state, j *Job, _ time.Time) ([]occurrence, error) {
		j.Visits = slices.DeleteFunc(j.Visits, func(v Visit) bool { return v.ID == visit })
		return []occurrence{{"VISIT_DESTROY", visit}}, nil
	})
}

// AddVisits schedules more visits of a job. As at Jobber, only the first of them is told of: sends VISIT_CREATE for it.
func (s *Server) AddVisits(job string, visits ...Visit) error {
	if len(visits) == 0 {
		return errors.New("no visits")
	}
	return s.onJob(job, func(st *state, j *Job, _ time.Time) ([]occurrence, error) {
		for i := range visits {
			visits[i].ID = cmp.Or(visits[i].ID, st.newID("Visit"))
		}
		j.Visits = append(j.Visits, Job{Visits: visits}.clone().Visits...)
		return []occurrence{{"VISIT_CREATE", visits[0].ID}}, nil
	})
}

// RenameClient gives a client another company name, or with company empty another first and last
// name. Sends CLIENT_UPDATE; the client's jobs do not count as updated.
func (s *Server) RenameClient(client, first, last, company string) error {
	return s.act(func(st *state, _ time.Time) ([]occurrence, error) {
		c := st.clients[client]
		if c == nil {
			return nil, fmt.Errorf("client %q: %w", client, ErrNotFound)
		}
		c.First, c.Last, c.Company = first, last, company
		return []occurrence{{"CLIENT_UPDATE", c.ID}}, nil
	})
}

// MoveProperty gives a property another street and city. Sends PROPERTY_UPDATE; the jobs there do not
// count as updated.
func (s *Server) MoveProperty(property, street, city string) error {
	return s.act(func(st *state, _ time.Time) ([]occurrence, error) {
		p := st.properties[property]
		if p == nil {
			return nil, fmt.Errorf("property %q: %w", property, ErrNotFound)
		}
		p.Street1, p.Street2, p.City = street, "", city
		return []occurrence{{"PROPERTY_UPDATE", p.ID}}, nil
	})
}

// Disconnect is the admin's button at Jobber: all tokens of the first account die at once. Sends
// APP_DISCONNECT.
func (s *Server) Disconnect() {
	s.mu.RLock()
	account, url := s.st.account.ID, s.urls.webhook
	s.mu.RUnlock()
	item := account
	if s.manner.is().DisconnectNamesNothing {
		item = ""
	}
	s.tell(account, url, s.now(), []occurrence{{"APP_DISCONNECT", item}})
	s.grants.disconnect(account)
}
