package alerts

import (
	"time"

	"lwc-inventory/store"
)

// windows say how long a crossing waits for company, and for somebody to take it back.
type windows struct{ low, out time.Duration }

func (w windows) of(s store.Severity) time.Duration {
	if s == store.Out {
		return w.out
	}
	return w.low
}

// judge returns what ep becomes through ev, a change of its item's level: OK → low → out.
//
// A crossing opens an episode and waits in it until its window has passed. What gets worse
// meanwhile replaces it, what gets better softens it, and back at the minimum nothing is left
// of it. Once told, a severity is not told again before the item was back at its minimum.
// Opening balances, imports and changed minimums never open an episode, but they may end one.
func judge(ep store.Episode, ev store.Event, w windows) store.Episode {
	ep.Item = ev.Item
	was, is := severityOf(ev.Before, ev.Minimum), severityOf(ev.After, ev.Minimum)
	switch {
	case is == "":
		return store.Episode{Item: ev.Item}
	case worse(is, ep.Severity) && tells(ev, was, is):
		return opened(ep, ev, is, w)
	case ep.Crossing != nil:
		return refreshed(ep, ev, is)
	}
	return ep
}

// severityOf judges a level: an item with a minimum is low below it, and out at 0.
func severityOf(l store.Level, minimum store.Qty) store.Severity {
	switch available := l.Available(); {
	case minimum <= 0 || available >= minimum:
		return ""
	case available <= 0:
		return store.Out
	default:
		return store.Low
	}
}

func worse(a, b store.Severity) bool { return rank(a) > rank(b) }

func rank(s store.Severity) int {
	switch s {
	case store.Out:
		return 2
	case store.Low:
		return 1
	}
	return 0
}

// tells reports whether ev is something people hear about: a crossing, or an act that takes
// on from an item that is low though nobody was told, since it was low from its opening on.
func tells(ev store.Event, was, is store.Severity) bool {
	switch ev.Cause {
	case store.CauseAct:
		return worse(is, was) || ev.After.OnHand < ev.Before.OnHand
	case store.CauseSync:
		return worse(is, was)
	}
	return false
}

// opened puts ev's crossing into ep. One that waits there is replaced by it, and the mail
// then goes out when the earlier of the two was due.
func opened(ep store.Episode, ev store.Event, is store.Severity, w windows) store.Episode {
	due := ev.At.Add(w.of(is))
	if c := ep.Crossing; c != nil && c.Due.Before(due) {
		due = c.Due
	}
	if ep.Severity == "" || untold(ep) {
		ep.OpenedAt = ev.At
	}
	ep.Severity = is
	ep.Crossing = &store.Crossing{Item: ev.Item, Severity: is, Event: ev.ID, At: ev.At, Due: due,
		By: ev.By, Job: ev.Job, Movement: ev.Movement}
	return withFigures(ep, ev)
}

// refreshed gives the crossing that waits in ep the figures of ev. An item that is no longer
// out is told as low, or not at all if that was told before.
func refreshed(ep store.Episode, ev store.Event, is store.Severity) store.Episode {
	if is != ep.Crossing.Severity {
		told := !untold(ep)
		ep.Severity = is
		if told {
			ep.Crossing = nil
			return ep
		}
	}
	ep = withFigures(ep, ev)
	ep.Crossing.Severity = is
	return ep
}

// withFigures returns ep with a crossing of its own: the caller's is left as it was.
func withFigures(ep store.Episode, ev store.Event) store.Episode {
	c := *ep.Crossing
	c.Available, c.OnHand, c.Allocated = ev.After.Available(), ev.After.OnHand, ev.After.Allocated
	c.Minimum = ev.Minimum
	ep.Crossing = &c
	return ep
}

// untold reports whether nobody has heard of ep yet: then it was opened by the crossing that still waits.
func untold(ep store.Episode) bool {
	return ep.Crossing != nil && ep.OpenedAt.Equal(ep.Crossing.At)
}
