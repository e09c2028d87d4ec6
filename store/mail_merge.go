package store

import (
	"cmp"
	"context"
	"slices"
	"time"

	"go.etcd.io/bbolt"
)

// staleAfter is how old the figures of a mail may be when it goes.
const staleAfter = time.Minute

// MergeMails makes one mail of all that waits for a person about stock: after an outage they hear of it once. The
// newest one tells what the others told; the others are merged into it. It, or a single one that has waited, gets the
// figures of now. It reports whether anything changed.
//
// A mail that the server may have taken is left out: it goes again as it was, or not at all.
func (db *DB) MergeMails(ctx context.Context, to UserID) (changed bool, err error) {
	err = db.view(ctx, func(tx *bbolt.Tx) error { // mostly there is nothing to do, and it costs no commit
		queued, err := db.toMerge(tx, to)
		changed = len(queued) > 0
		return err
	})
	if err != nil || !changed {
		return false, err
	}
	err = db.update(ctx, func(tx *bbolt.Tx) error {
		queued, err := db.toMerge(tx, to)
		if changed = len(queued) > 0; err != nil || !changed {
			return err
		}
		last := len(queued) - 1
		into := queued[last]
		for _, m := range slices.Backward(queued[:last]) {
			into = into.with(m)
			m.State, m.Into = MailStateMerged, into.ID
			m.rest()
			m.step(db.Now(), "")
			if err := putMail(tx, m); err != nil {
				return err
			}
		}
		into.NextAt, into.AsOf = time.Time{}, db.Now()
		if err := refreshCrossings(tx, into.Crossings); err != nil {
			return err
		}
		return putMail(tx, into)
	})
	return changed, err
}

// toMerge returns what [DB.MergeMails] makes one mail of, oldest first: several, or one with figures that are old.
func (db *DB) toMerge(tx *bbolt.Tx, to UserID) ([]Mail, error) {
	queued, err := queuedMails(tx)
	queued = slices.DeleteFunc(queued, func(m Mail) bool { return m.To != to || !m.mergeable() })
	if len(queued) == 1 && db.Now().Sub(queued[0].Told()) < staleAfter {
		return nil, err
	}
	return queued, err
}

// mergeable reports whether another mail may tell what m does. One that somebody asked for again goes as it was.
func (m Mail) mergeable() bool {
	return m.Channel == ChannelMail && m.Kind.OfStock() && !m.InDoubt() && m.Again == 0
}

// InDoubt reports whether the server may have taken m: then it says the same at the next try, under the same Message-ID.
func (m Mail) InDoubt() bool { return m.Doubtful || !m.TryingAt.IsZero() }

// with returns m telling what an older mail told, too. Of an item that both name the newer word counts.
func (m Mail) with(older Mail) Mail {
	m.Merged += 1 + older.Merged
	for _, c := range older.Crossings {
		same := func(o Crossing) bool { return o.Item == c.Item && o.Place == c.Place }
		if !slices.ContainsFunc(m.Crossings, same) {
			m.Crossings = append(m.Crossings, c)
		}
	}
	switch {
	case m.Digest == nil:
		m.Digest = older.Digest
	case older.Digest != nil: // the newer one says how things stand, but not all that came back
		m.Digest.Back = append(m.Digest.Back, m.Digest.without(older.Digest.Back)...)
	}
	switch {
	case m.Import == nil:
		m.Import = older.Import
	case older.Import != nil:
		sum, was := *m.Import, *older.Import
		sum.Items, sum.Out, sum.Low = sum.Items+was.Items, sum.Out+was.Out, sum.Low+was.Low
		sum.Of = slices.Concat(sum.Of, was.Of)
		m.Import = &sum
	}
	return m.OfItsKind()
}

// OfItsKind returns m as what it tells first: of crossings, how things stand, or of an import.
func (m Mail) OfItsKind() Mail {
	switch {
	case len(m.Crossings) > 0:
		m.Kind = MailLow
	case m.Digest != nil:
		m.Kind = MailDigest
	case m.Import != nil:
		m.Kind = MailImport
	}
	return m
}

// without returns the crossings of what the digest does not tell of.
func (d *Digest) without(cs []Crossing) []Crossing {
	told := map[Scope]bool{}
	for _, c := range d.Tells() {
		told[c.Scope()] = true
	}
	return slices.DeleteFunc(slices.Clone(cs), func(c Crossing) bool { return told[c.Scope()] })
}

// refreshCrossings gives crossings the figures of now, the worst first. What got better is told as it is, for as long as
// it is: a mail that still waits may find it as bad again, and no other mail tells of that. What got worse than it was
// when it was queued has a crossing of its own.
func refreshCrossings(tx *bbolt.Tx, cs []Crossing) error {
	for i := range cs {
		c := &cs[i]
		it, err := getItem(tx, c.Item)
		if err != nil {
			return err
		}
		now, minimum := levelOf(tx, c.Item), it.Minimum
		if c.Place != 0 {
			now, minimum = Level{OnHand: onHandAt(tx, c.Item, c.Place)}, parAt(tx, c.Item, c.Place).Minimum
		}
		c.OnHand, c.Allocated, c.Available, c.Minimum = now.OnHand, now.Allocated, now.Available(), minimum
		c.Was = cmp.Or(c.Was, c.Severity)
		c.Severity, c.Back = c.Was, false
		switch {
		case minimum <= 0 || c.Available >= minimum || it.Archived:
			c.Back = true
		case c.Available > 0:
			c.Severity = Low
		}
	}
	slices.SortStableFunc(cs, func(a, b Crossing) int {
		return cmp.Or(cmp.Compare(a.weight(), b.weight()), cmp.Compare(a.Event, b.Event))
	})
	return nil
}

// weight orders crossings: out, low, back.
func (c Crossing) weight() int {
	switch {
	case c.Back:
		return 2
	case c.Severity == Low:
		return 1
	}
	return 0
}
