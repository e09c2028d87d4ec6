package alerts

import "lwc-inventory/store"

// show posts to the inbox in the app what a change made of an episode, from was to ep, beside what is told when its window
// has passed: that it is over, if the inbox has it, and that it opened where telling was left to the digest.
//
// What is snoozed is left out, as it is in mails.
func (r rules) show(st *state, was store.Episode, ev store.Event) {
	ep := st.episodes[ev.Scope()]
	c := store.Crossing{Item: ev.Item, Place: ev.Place, Severity: was.Severity, Event: ev.ID, At: ev.At, Available: ev.After.Available(),
		OnHand: ev.After.OnHand, Allocated: ev.After.Allocated, Held: ev.After.Allocated - ev.Before.Allocated, Minimum: ev.Minimum, By: ev.By,
		Job: ev.Job, Movement: ev.Movement}
	switch {
	case ep.Severity == "" && was.Posted:
		c.Back = true
	case ep.Severity == "", ep.Crossing != nil, ep.Posted, was.Crossing == nil && !worse(ep.Severity, was.Severity):
		return
	case ep.Severity == store.Low && st.mutes[ev.Item].Quiet(store.DateOf(ev.At.In(r.loc))):
		return
	default:
		c.Severity, ep.Posted = ep.Severity, true
		st.episodes[ev.Scope()] = ep
	}
	st.news = append(st.news, store.News{Crossing: &c})
}

// post posts crossings whose window has passed.
func (st *state) post(crossings []store.Crossing) {
	for _, c := range crossings {
		ep := st.episodes[c.Scope()]
		ep.Posted = true
		st.episodes[c.Scope()] = ep
		st.news = append(st.news, store.News{Crossing: &c})
	}
}

// postImport posts that an import brought low items.
func (st *state) postImport(ev store.Event) {
	low := 0
	for _, t := range ev.Imported {
		low += t.Out + t.Low
	}
	if low > 0 {
		st.news = append(st.news, store.News{Import: &store.NewsFile{By: ev.By, Was: ev.Imported}})
	}
}
