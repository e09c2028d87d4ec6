package alerts

import (
	"fmt"
	"slices"
	"time"

	"lwc-inventory/store"
)

// digests returns the digest of each person who wants it, when its hour has come, and moves the mark on. One who has
// nothing to read gets none. A new installation has its first on the next weekday.
func (r rules) digests(st *state, now time.Time) []store.Mail {
	if st.mark.Day == "" && r.digest.On {
		st.mark = store.DigestMark{Day: r.lastDigestDay(now), At: now}
	}
	day, _ := r.digestDay(st.mark.Day, now)
	if day == "" || st.standing == nil {
		return nil
	}
	all := r.digestOf(*st.standing, st.mark, now)
	all.Day = day
	var mails []store.Mail
	for _, u := range st.people {
		if !u.Reachable() || !u.Digest() {
			continue
		}
		theirs := digestFor(u, all, st.standing.Categories)
		if !r.worthReading(theirs) {
			continue
		}
		theirs = cutShort(theirs)
		key := fmt.Sprintf("digest/%s/%d", day, u.ID)
		mails = append(mails, store.Mail{Key: key, To: u.ID, Kind: store.MailDigest, Digest: &theirs,
			MessageID: messageID(key, now, r.base)})
	}
	st.mark = store.DigestMark{Day: day, At: now, Listed: scopesOf(all)}
	r.forget(st, now)
	return mails
}

// forget lets go of what is over and neither keeps anything quiet nor is to be told as back.
func (r rules) forget(st *state, now time.Time) {
	for of, ep := range st.episodes {
		if ep.Severity == "" && !now.Before(ep.ToldAt.Add(r.recross)) {
			ep.ToldAt = time.Time{}
			st.episodes[of] = ep
		}
	}
}

// digestOf writes the digest of who wants to know all: whole lists, not yet cut.
func (r rules) digestOf(s store.Standing, mark store.DigestMark, now time.Time) store.Digest {
	d := store.Digest{Since: mark.At, Short: s.Short}
	today := store.DateOf(now.In(r.loc))
	before := map[store.Scope]bool{}
	for _, of := range mark.Listed {
		before[of] = true
	}
	for _, low := range s.Low {
		c := r.standingCrossing(low, now)
		c.New = !before[c.Scope()]
		switch {
		case c.Severity == store.Out:
			d.Out = append(d.Out, c)
		case low.Mute.Snoozed(today):
		case low.Mute.Ordered():
			d.Ordered = append(d.Ordered, c)
		default:
			d.Low = append(d.Low, c)
		}
	}
	for _, low := range s.About {
		if low.Severity == "" {
			c := r.standingCrossing(low, now)
			c.Back = true
			d.Back = append(d.Back, c)
		}
	}
	slices.SortStableFunc(d.Ordered, func(a, b store.Crossing) int { return a.Expected.Compare(b.Expected) })
	return d
}

// standingCrossing is how something stands, with nobody who made it so.
func (r rules) standingCrossing(low store.LowRow, now time.Time) store.Crossing {
	c := store.Crossing{Item: low.Item.ID, Place: low.Place.ID, Severity: low.Severity, At: now, Available: low.Level.Available(),
		OnHand: low.Level.OnHand, Allocated: low.Level.Allocated, Minimum: low.Minimum}
	return r.withOrder(c, low.Mute)
}

// withOrder returns c with what is on its way of its item.
func (r rules) withOrder(c store.Crossing, m store.Mute) store.Crossing {
	if m.Ordered() {
		c.OnOrder, c.Expected = m.Order.Left, m.Order.Due.Time(r.loc)
	}
	return c
}

// scopesOf is what a digest says is out or low.
func scopesOf(d store.Digest) []store.Scope {
	var all []store.Scope
	for _, c := range slices.Concat(d.Out, d.Low, d.Ordered) {
		all = append(all, c.Scope())
	}
	return all
}

// digestFor returns what u wants to hear of d.
func digestFor(u store.User, d store.Digest, categories map[store.ItemID]string) store.Digest {
	for _, list := range []*[]store.Crossing{&d.Out, &d.Low, &d.Ordered, &d.Back} {
		*list = slices.DeleteFunc(slices.Clone(*list), func(c store.Crossing) bool { return !u.Follows(categories[c.Item]) })
	}
	jobs := d.Short
	d.Short = nil
	for _, j := range jobs {
		j.Items = slices.DeleteFunc(slices.Clone(j.Items), func(l store.ShortItem) bool { return !u.Follows(categories[l.Item]) })
		if len(j.Items) > 0 {
			d.Short = append(d.Short, j)
		}
	}
	return d
}

// worthReading reports whether there is something in a digest. What is on order and comes in time was said before
// and is nobody's work.
func (r rules) worthReading(d store.Digest) bool {
	today := d.Day.Time(r.loc)
	return len(d.Out)+len(d.Low)+len(d.Short)+len(d.Back) > 0 ||
		slices.ContainsFunc(d.Ordered, func(c store.Crossing) bool { return c.New || c.Expected.Before(today) })
}

// longestList is how much of each list a digest shows; the rest is behind its link.
const longestList = 50

// cutShort returns d with as much of each list as a mail shows.
func cutShort(d store.Digest) store.Digest {
	d.Out, d.More.Out = firstOf(d.Out)
	d.Low, d.More.Low = firstOf(d.Low)
	d.Ordered, d.More.Ordered = firstOf(d.Ordered)
	d.Short, d.More.Short = firstOf(d.Short)
	d.Back, d.More.Back = firstOf(d.Back)
	return d
}

func firstOf[T any](list []T) (shown []T, more int) {
	n := min(len(list), longestList)
	return list[:n], len(list) - n
}
