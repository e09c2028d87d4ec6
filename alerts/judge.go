package alerts

import (
	"maps"
	"time"

	"lwc-inventory/store"
)

// rules are what an installation decided about alerts.
type rules struct {
	low, out time.Duration  // how long a crossing waits for company, and for somebody to take it back
	recross  time.Duration  // a crossing to low sooner than this after the last message goes to the digest
	digest   Clock          // when the digest goes out
	loc      *time.Location // whose days and hours count
	base     string         // the address of this installation
}

func (r rules) window(s store.Severity) time.Duration {
	if s == store.Out {
		return r.out
	}
	return r.low
}

// A state is all that judge looks at. What is not needed for a change may be left out.
type state struct {
	episodes map[store.Scope]store.Episode // of what the change is about; of all that wait, when time passes
	people   []store.User
	devices  []store.Push                // that they want messages on
	facts    map[store.ItemID]fact       // of the items that wait, when time passes
	mutes    map[store.ItemID]store.Mute // of the items that something happened to
	mark     store.DigestMark
	standing *store.Standing // when the hour of a digest has come
	news     []store.News    // that judge makes, for the inbox in the app
}

// A fact is what else counts of an item.
type fact struct {
	category string
	mute     store.Mute
}

// judge is how alerts are decided: from how things are, what happened, and when it is now, to how things then are and
// the messages to send. It looks at nothing else. evs are what happened, in turn; without any, time has passed.
//
// Of each item, in total and at each place with a minimum of its own: OK → low → out. A crossing opens an episode and
// waits in it until its window has passed. What gets worse meanwhile replaces it, what gets better softens it, and back
// at the minimum nothing is left of it. Once dealt with, a severity is not told again before there was enough.
// Opening balances, imports and changed minimums never open an episode, but they may end one.
func judge(st state, evs []store.Event, now time.Time, r rules) (state, []store.Mail) {
	st.episodes, st.news = maps.Clone(st.episodes), nil
	var mails []store.Mail
	for _, ev := range evs {
		switch ev.Kind {
		case store.LevelChanged, store.SpotChanged:
			was := st.episodes[ev.Scope()]
			st.episodes[ev.Scope()] = r.follow(was, ev)
			r.show(&st, was, ev)
		case store.ItemsCame:
			st.postImport(ev)
			mails = append(mails, r.imported(st.people, ev)...)
		}
	}
	if len(evs) > 0 {
		return st, mails
	}
	mails = append(mails, r.tell(&st, now)...)
	return st, append(mails, r.digests(&st, now)...)
}

// follow returns what ep becomes through ev, a change of its level.
func (r rules) follow(ep store.Episode, ev store.Event) store.Episode {
	ep.Item, ep.Place = ev.Item, ev.Place
	was, is := ev.Before.Severity(ev.Minimum), ev.After.Severity(ev.Minimum)
	switch {
	case is == "":
		return store.Episode{Item: ep.Item, Place: ep.Place, ToldAt: ep.ToldAt}
	case worse(is, ep.Severity) && tells(ev, was, is):
		return r.opened(ep, ev, is)
	case ep.Crossing != nil:
		return r.refreshed(ep, ev, is)
	}
	return ep
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
func (r rules) opened(ep store.Episode, ev store.Event, is store.Severity) store.Episode {
	due := ev.At.Add(r.window(is))
	if c := ep.Crossing; c != nil && c.Due.Before(due) {
		due = c.Due
	}
	if ep.Severity == "" || untold(ep) {
		ep.OpenedAt = ev.At
	}
	ep.Severity = is
	ep.Crossing = &store.Crossing{Item: ev.Item, Place: ev.Place, Severity: is, Event: ev.ID, At: ev.At, Due: due,
		Held: ev.After.Allocated - ev.Before.Allocated, By: ev.By, Job: ev.Job, Movement: ev.Movement}
	return r.spared(withFigures(ep, ev))
}

// refreshed gives the crossing that waits in ep the figures of ev. An item that is no longer
// out is told as low, or not at all if that was told before.
func (r rules) refreshed(ep store.Episode, ev store.Event, is store.Severity) store.Episode {
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
	return r.spared(ep)
}

// spared leaves to the digest that an item is low again so soon after the last message. Where there is no digest, it
// waits until it is soon no more. A message after the crossing was noted by a clock that was ahead, and counts for nothing.
func (r rules) spared(ep store.Episode) store.Episode {
	c := ep.Crossing
	soon := ep.ToldAt.Add(r.recross)
	if c.Severity != store.Low || ep.ToldAt.IsZero() || ep.ToldAt.After(c.At) || !c.At.Before(soon) {
		return ep
	}
	if r.digest.On {
		ep.Crossing = nil
	} else if c.Due.Before(soon) {
		later := *c
		later.Due = soon
		ep.Crossing = &later
	}
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
