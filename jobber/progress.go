package jobber

import (
	"time"

	"lwc-inventory/store"
)

// Progress tells how far a pull is. It is kept in memory only; a pull that goes on after a start counts
// what is here already as done.
type Progress struct {
	Running bool
	Found   int       // jobs in Jobber's list, as far as it was looked at
	Done    int       // jobs
	Total   int       // 0: not known yet
	begun   int       // jobs that were done when the reading began
	since   time.Time // when that was
}

// begin says that the list is read: total jobs, of which todo are to be read. In a first sync all of
// them count, and what is here already is done.
func (p *Progress) begin(cause store.SyncCause, total, todo int, now time.Time) {
	p.Total, p.Done = todo, 0
	if cause == store.FromFirstSync {
		p.Total = max(total, todo)
		p.Done = p.Total - todo
	}
	p.begun, p.since = p.Done, now
}

// enough is from how many jobs on the pace of a pull says how long the rest takes.
const enough = 20

// Left returns how long the rest takes at the pace so far; 0 when that is not known yet.
func (p Progress) Left(now time.Time) time.Duration {
	read := p.Done - p.begun
	if !p.Running || read < enough {
		return 0
	}
	return now.Sub(p.since) / time.Duration(read) * time.Duration(max(p.Total-p.Done, 0))
}

// Progress returns how far the pull is that runs now, or was the last. One that is asked for counts
// as running.
func (s *Service) Progress() Progress {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.sweep) > 0 && !s.progress.Running {
		return Progress{Running: true}
	}
	return s.progress
}

func (s *Service) progressed(change func(*Progress)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&s.progress)
}
