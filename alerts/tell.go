package alerts

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"lwc-inventory/store"
)

// tell ends the wait of crossings once one of them is due, and returns one mail to each person with what they want of
// them. Whatever else waits goes with it: better one mail with company than another in a few minutes.
//
// That an item is low is not told while it is snoozed or more is on its way; that it is out always is. It waits, and is looked
// at each morning: once it is quiet no more the inbox has it, and a mail where there is no digest to tell it.
func (r rules) tell(st *state, now time.Time) []store.Mail {
	crossings := r.due(st.episodes, now)
	if len(crossings) == 0 {
		return nil
	}
	today := store.DateOf(now.In(r.loc))
	crossings = slices.DeleteFunc(crossings, func(c store.Crossing) bool {
		quiet := c.Severity == store.Low && st.facts[c.Item].mute.Quiet(today)
		if quiet {
			st.wait(c, r.morning(now))
		}
		return quiet
	})
	for i, c := range crossings {
		crossings[i] = r.withOrder(c, st.facts[c.Item].mute)
	}
	st.post(crossings)
	crossings = slices.DeleteFunc(crossings, func(c store.Crossing) bool {
		listed := r.digest.On && r.waitsOn(c)
		if listed {
			st.settle(c, time.Time{})
		}
		return listed
	})
	var mails []store.Mail
	heard := map[store.EventID]bool{}
	for _, u := range st.people {
		theirs := slices.DeleteFunc(slices.Clone(crossings), func(c store.Crossing) bool {
			return !u.Reachable() || !u.AtOnce(c.Severity) || !u.Follows(st.facts[c.Item].category)
		})
		if len(theirs) == 0 {
			continue
		}
		for _, c := range theirs {
			heard[c.Event] = true
		}
		first := theirs[0]
		key := fmt.Sprintf("%d/%s/%d", first.Event, first.Severity, u.ID)
		mails = append(mails, store.Mail{Key: key, To: u.ID, Crossings: theirs, MessageID: messageID(key, first.At, r.base)})
	}
	mails = append(mails, r.pushed(st, crossings, heard)...)
	for _, c := range crossings {
		at := time.Time{}
		if heard[c.Event] {
			at = now
		}
		st.settle(c, at)
	}
	return mails
}

// due returns the crossings to tell now, or none: the worst first, then in the order things happened.
func (r rules) due(eps map[store.Scope]store.Episode, now time.Time) []store.Crossing {
	var all []store.Crossing
	any := false
	for _, ep := range eps {
		c := ep.Crossing
		if c == nil {
			continue
		}
		ripe := r.ripe(*c, now)
		if r.waitsOn(*c) && !ripe {
			continue // it is not to be told before its time, in company neither
		}
		any = any || ripe
		all = append(all, *c)
	}
	if !any {
		return nil
	}
	slices.SortFunc(all, func(a, b store.Crossing) int {
		return cmp.Or(cmp.Compare(rank(b.Severity), rank(a.Severity)), cmp.Compare(a.Event, b.Event))
	})
	return all
}

// waitsOn reports whether c waits for more than company: until it is quiet, or soon after the last message, no more.
func (r rules) waitsOn(c store.Crossing) bool { return c.Due.Sub(c.At) > max(r.low, r.out) }

// ripe reports whether the wait of c is over. What happened in the future, or waits longer than anything does, was written by
// a clock that was ahead.
func (r rules) ripe(c store.Crossing, now time.Time) bool {
	longest := max(r.low, r.out, r.recross, 26*time.Hour) // the last until the next morning, over a change of clocks
	return !c.Due.After(now) || c.At.After(now) || c.Due.After(now.Add(longest))
}

// morning is when it is looked again at what is quiet, after now: when nobody is woken by it.
func (r rules) morning(now time.Time) time.Time {
	at := Clock{On: true, Hour: 7}
	local := now.In(r.loc)
	if t := at.on(store.DateOf(local), r.loc); t.After(now) {
		return t
	}
	return at.on(store.DateOf(local.AddDate(0, 0, 1)), r.loc)
}

// wait makes a crossing wait on.
func (st *state) wait(c store.Crossing, due time.Time) {
	ep := st.episodes[c.Scope()]
	c.Due = due
	ep.Crossing = &c
	st.episodes[c.Scope()] = ep
}

// settle notes that a crossing waits no more, and when somebody was told of it; a zero time: nobody was.
func (st *state) settle(c store.Crossing, told time.Time) {
	ep := st.episodes[c.Scope()]
	ep.Crossing = nil
	if !told.IsZero() {
		ep.ToldAt = told
	}
	st.episodes[c.Scope()] = ep
}

// imported returns the one summary of an import to each person who wants to hear at once of what it brought.
func (r rules) imported(people []store.User, ev store.Event) []store.Mail {
	var mails []store.Mail
	for _, u := range people {
		sum := importFor(u, store.ImportSummary{By: ev.By, At: ev.At, Of: ev.Imported})
		if !u.Reachable() || sum.Out+sum.Low == 0 {
			continue
		}
		key := fmt.Sprintf("import/%d/%d", ev.ID, u.ID)
		mails = append(mails, store.Mail{Key: key, To: u.ID, Kind: store.MailImport, Import: &sum,
			MessageID: messageID(key, ev.At, r.base)})
	}
	return mails
}

// importFor returns an import in the numbers that u wants to hear.
func importFor(u store.User, sum store.ImportSummary) store.ImportSummary {
	sum.Items, sum.Out, sum.Low = 0, 0, 0
	for _, t := range sum.Of {
		if !u.Follows(t.Category) {
			continue
		}
		sum.Items += t.Items
		if u.AtOnce(store.Out) {
			sum.Out += t.Out
		}
		if u.AtOnce(store.Low) {
			sum.Low += t.Low
		}
	}
	return sum
}

// unreachable says why u is not to be mailed about stock, "" if they are.
func unreachable(u store.User) string {
	switch {
	case !u.Active:
		return "The account is not active."
	case !u.ReceiveAlerts:
		return "Alerts are off for this person."
	case strings.TrimSpace(u.Email) == "":
		return "This person has no address."
	}
	return ""
}

// messageID names a mail for good: it is the same at each try, and another installation's,
// or that of a new database, differs by the time.
func messageID(key string, at time.Time, base string) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %s", key, at.UTC().Format(time.RFC3339Nano)))
	host := "localhost"
	if u, err := url.Parse(base); err == nil && u.Hostname() != "" {
		host = u.Hostname()
	}
	if strings.Contains(host, ":") {
		host = "[IPv6:" + host + "]"
	}
	return "<" + hex.EncodeToString(sum[:16]) + "@" + host + ">"
}
