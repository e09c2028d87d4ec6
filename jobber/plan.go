package jobber

import (
	"time"

	"lwc-inventory/store"
)

// A plan says what is to be done about the deliveries that wait.
type plan struct {
	ignored map[string][]store.Delivery // by why
	due     batch                       // what is to be read now, in the order its first delivery came in
	next    time.Time                   // when the next of the others is due; zero: there is none
}

// planFor sorts the deliveries that wait, oldest first. jobs leads from visits to their jobs, as far as they
// are known: a visit's delivery is one of its job then. A target that failed is put off with all that came
// for it since, so that it is not tried the oftener the more often it changes; it holds up no other.
func planFor(link store.JobberLink, waiting []store.Delivery, jobs map[string]string, now time.Time) plan {
	p := plan{ignored: map[string][]store.Delivery{}}
	var all batch
	for _, d := range waiting {
		if why := unwanted(link, d); why != "" {
			p.ignored[why] = append(p.ignored[why], d)
			continue
		}
		t := target{subjectOf(d.Topic), d.Item}
		if job := jobs[d.Item]; t.about == aboutVisit && job != "" {
			t = target{aboutJob, job}
		}
		all.add(t, d)
	}
	for _, t := range all.order {
		at := time.Time{}
		for _, d := range all.of[t] {
			if d.NextAt.After(at) {
				at = d.NextAt
			}
		}
		if !at.After(now) {
			p.due.add(t, all.of[t]...)
		} else if p.next.IsZero() || at.Before(p.next) {
			p.next = at
		}
	}
	return p
}

// visitsIn returns the ids of the visits that deliveries are about.
func visitsIn(ds []store.Delivery) []string {
	var ids []string
	for _, d := range ds {
		if subjectOf(d.Topic) == aboutVisit {
			ids = append(ids, d.Item)
		}
	}
	return ids
}
