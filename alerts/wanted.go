package alerts

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"lwc-inventory/store"
)

// wanted returns what of m its reader u wants to hear: they may have chosen otherwise since it was queued. It tells
// nothing when there is nothing left.
func wanted(m store.Mail, u store.User, categories map[store.ItemID]string) store.Mail {
	m.Crossings = slices.DeleteFunc(slices.Clone(m.Crossings), func(c store.Crossing) bool {
		return !u.AtOnce(cmp.Or(c.Was, c.Severity)) || !u.Follows(categories[c.Item])
	})
	if m.Digest != nil {
		theirs := digestFor(u, *m.Digest, categories)
		if m.Digest = &theirs; !u.Digest() || len(theirs.Tells())+len(theirs.Short) == 0 {
			m.Digest = nil
		}
	}
	if m.Import != nil && m.Import.Of != nil {
		theirs := importFor(u, *m.Import)
		if m.Import = &theirs; theirs.Out+theirs.Low == 0 {
			m.Import = nil
		}
	}
	return m.OfItsKind()
}

// awake returns what of m is to be told today: not that something is low which was snoozed or put on order since m was
// queued. The digest tells of that once it is quiet no more; where there is none, this is the only word of it.
func (r rules) awake(m store.Mail, mutes map[store.ItemID]store.Mute, now time.Time) store.Mail {
	today := store.DateOf(now.In(r.loc))
	var left []store.Crossing
	for _, c := range m.Crossings {
		mute := mutes[c.Item]
		if r.digest.On && c.Severity == store.Low && !c.Back && mute.Quiet(today) {
			continue
		}
		c.OnOrder, c.Expected = 0, time.Time{}
		left = append(left, r.withOrder(c, mute))
	}
	m.Crossings = left
	return m.OfItsKind()
}

// empty reports whether m tells of no stock.
func empty(m store.Mail) bool { return len(m.Crossings) == 0 && m.Digest == nil && m.Import == nil }

// reader is who is to get the mail m, and what of it they are to be told now; or why nothing.
func (s *Service) reader(ctx context.Context, m store.Mail) (as store.Mail, to store.User, why string, err error) {
	to, err = s.Store.User(ctx, m.To)
	switch {
	case store.CodeOf(err) == store.NotFound:
		return m, to, "There is no such person any more.", nil
	case err != nil:
		return m, to, "", fmt.Errorf("read user %d: %w", m.To, err)
	}
	if why := unwantedOf(m, to); why != "" {
		return m, to, why, nil
	}
	switch {
	case m.Kind.OfStock():
		m, why, err = s.toTell(ctx, m, to)
	case m.Kind == store.MailReset:
		why, err = s.linkIsOver(ctx, m)
	}
	return m, to, why, err
}

// linkIsOver says why the link in m is of no use any more.
func (s *Service) linkIsOver(ctx context.Context, m store.Mail) (why string, err error) {
	token, err := s.Store.ResetToken(ctx, m)
	if err != nil {
		return "", fmt.Errorf("read the link: %w", err)
	}
	if token == "" {
		return "The link was used, is too old, or a newer one was asked for.", nil
	}
	return "", nil
}

// toTell returns what m tells u now, or why nothing. What the server may have taken is told as it was, and so is what
// somebody asked for again; but nobody is told what they do not want.
func (s *Service) toTell(ctx context.Context, m store.Mail, u store.User) (store.Mail, string, error) {
	asIs := m.InDoubt() || m.Again != 0
	anew := m.Digest != nil && !m.AsOf.IsZero() && !asIs // it waited
	if anew {
		now, err := s.digestNow(ctx, *m.Digest)
		if err != nil {
			return m, "", err
		}
		m.Digest = &now
	}
	categories, mutes, err := s.about(ctx, m)
	if err != nil {
		return m, "", err
	}
	if m = wanted(m, u, categories); empty(m) {
		return m, "This person does not want such mails any more.", nil
	}
	if asIs {
		return m, "", nil
	}
	if m = s.rules().awake(m, mutes, s.Store.Now()); empty(m) {
		return m, "What is low was snoozed or put on order meanwhile.", nil
	}
	if anew && m.Digest != nil {
		short := cutShort(*m.Digest)
		m.Digest = &short
	}
	return m, "", nil
}

// digestNow returns a digest that waited as it would be now, whole lists. New is what it called new, and what it did not
// know.
func (s *Service) digestNow(ctx context.Context, d store.Digest) (store.Digest, error) {
	var about, known []store.Scope
	for _, c := range d.Tells() {
		about = append(about, c.Scope())
		if !c.New {
			known = append(known, c.Scope())
		}
	}
	now := s.Store.Now()
	standing, err := s.Store.Standing(ctx, now.In(s.Location), about)
	if err != nil {
		return d, fmt.Errorf("read how things stand: %w", err)
	}
	anew := s.rules().digestOf(standing, store.DigestMark{At: d.Since, Listed: known}, now)
	anew.Day = d.Day
	return anew, nil
}

// about reads what counts of the items that m tells of.
func (s *Service) about(ctx context.Context, m store.Mail) (map[store.ItemID]string, map[store.ItemID]store.Mute, error) {
	var items []store.ItemID
	crossings := m.Crossings
	if d := m.Digest; d != nil {
		crossings = slices.Concat(crossings, d.Tells())
		for _, j := range d.Short {
			for _, l := range j.Items {
				items = append(items, l.Item)
			}
		}
	}
	for _, c := range crossings {
		items = append(items, c.Item)
	}
	slices.Sort(items)
	facts := map[store.ItemID]fact{}
	if err := s.facts(ctx, slices.Compact(items), facts); err != nil {
		return nil, nil, err
	}
	categories, mutes := map[store.ItemID]string{}, map[store.ItemID]store.Mute{}
	for id, f := range facts {
		categories[id], mutes[id] = f.category, f.mute
	}
	return categories, mutes, nil
}
