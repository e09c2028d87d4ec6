package alerts

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"lwc-inventory/store"
)

// A watch shows the judge what happens, and that time passes, and commits what it decides.
type watch struct {
	*Service

	// read is the newest event judged. The stored cursor may lag behind it over events that
	// changed no episode: judging those once more changes nothing either, and to write the
	// cursor down for them would cost a commit for each act of everybody.
	read, stored store.EventID
	started      bool

	// waits are the crossings that wait to be told, as the store has them; nil when they are to be read. With thousands of them
	// they are not read anew for each act that changes one.
	waits map[store.Scope]store.Crossing
	look  bool      // it is to be judged whatever is due: at the start, and for what a clock that was ahead has written
	asked time.Time // when it was last asked what is due
	mark  store.DigestMark
}

const (
	batch  = 500  // events judged in one commit
	maxLag = 1000 // events the stored cursor may lag behind; what nobody needs any more stays as long
)

// pass judges every event there is, and then what the time is for. It returns when it will be for more.
func (w *watch) pass(ctx context.Context) (next time.Time, err error) {
	if !w.started {
		if err := w.start(ctx); err != nil {
			return time.Time{}, err
		}
	}
	for {
		more, err := w.judgeBatch(ctx)
		if err != nil {
			return time.Time{}, err
		}
		if !more {
			return w.judgeTime(ctx)
		}
	}
}

// start reads how far the judge was, and sets the digest's mark if there never was one.
func (w *watch) start(ctx context.Context) (err error) {
	if w.stored, err = w.Store.AlertCursor(ctx); err != nil {
		return fmt.Errorf("read the cursor: %w", err)
	}
	if w.mark, err = w.Store.DigestMark(ctx); err != nil {
		return fmt.Errorf("read the digest's mark: %w", err)
	}
	w.read, w.started, w.look = w.stored, true, true
	return nil
}

// judgeBatch judges the next events and commits what came of them. It reports whether there may be more.
func (w *watch) judgeBatch(ctx context.Context) (more bool, err error) {
	evs, err := w.Store.EventsAfter(ctx, w.read, batch)
	if err != nil || len(evs) == 0 {
		return false, err
	}
	before := state{episodes: map[store.Scope]store.Episode{}, mark: w.mark}
	var items []store.ItemID
	for _, ev := range evs {
		switch ev.Kind {
		case store.LevelChanged, store.SpotChanged:
			if before.episodes[ev.Scope()], err = w.Store.Episode(ctx, ev.Scope()); err != nil {
				return false, fmt.Errorf("episode of item %d: %w", ev.Item, err)
			}
			items = append(items, ev.Item)
		case store.ItemsCame:
			if before.people, err = w.Store.Users(ctx); err != nil {
				return false, fmt.Errorf("read users: %w", err)
			}
		}
	}
	if before.mutes, err = w.Store.Mutes(ctx, items); err != nil {
		return false, fmt.Errorf("read mutes: %w", err)
	}
	after, mails := judge(before, evs, w.Store.Now(), w.rules())
	last := evs[len(evs)-1].ID
	if err := w.finish(ctx, before, after, mails, last, last-w.stored > maxLag); err != nil {
		return false, err
	}
	w.read = last
	return len(evs) == batch, nil
}

// judgeTime judges what is due by now. It returns when something will be.
func (w *watch) judgeTime(ctx context.Context) (next time.Time, err error) {
	if err := w.readWaits(ctx); err != nil {
		return time.Time{}, err
	}
	now, r := w.Store.Now(), w.rules()
	w.look = w.look || now.Before(w.asked) // the clock was set back
	w.asked = now
	day, digest := r.digestDay(w.mark.Day, now)
	fresh := r.digest.On && w.mark.Day == ""
	if next := w.nextDue(); !w.look && !fresh && day == "" && (next.IsZero() || next.After(now)) {
		return earlier(next, digest), nil
	}
	before, err := w.state(ctx, day != "" && !fresh, now)
	if err != nil {
		return time.Time{}, err
	}
	after, mails := judge(before, nil, now, r)
	if err := w.finish(ctx, before, after, mails, w.read, false); err != nil {
		return time.Time{}, err
	}
	w.look = false
	_, digest = r.digestDay(w.mark.Day, now)
	return earlier(w.nextDue(), digest), nil
}

// readWaits reads what waits, unless it is known.
func (w *watch) readWaits(ctx context.Context) error {
	if w.waits != nil {
		return nil
	}
	all, err := w.Store.WaitingCrossings(ctx)
	if err != nil {
		return fmt.Errorf("read what waits: %w", err)
	}
	w.waits = map[store.Scope]store.Crossing{}
	for _, ep := range all {
		w.waits[ep.Scope()] = *ep.Crossing
	}
	return nil
}

// nextDue is when the first of what waits is due, zero if nothing waits.
func (w *watch) nextDue() (next time.Time) {
	for _, c := range w.waits {
		next = earlier(next, c.Due)
	}
	return next
}

// state reads what the judge needs when time passes; with how everything stands when it is for a digest.
func (w *watch) state(ctx context.Context, digest bool, now time.Time) (st state, err error) {
	st = state{episodes: map[store.Scope]store.Episode{}, facts: map[store.ItemID]fact{}, mark: w.mark}
	all, err := w.Store.Episodes(ctx)
	if err != nil {
		return st, fmt.Errorf("read episodes: %w", err)
	}
	about := slices.Clone(w.mark.Listed)
	var waiting []store.ItemID
	for _, ep := range all {
		if ep.Crossing != nil || digest {
			st.episodes[ep.Scope()] = ep
		}
		if ep.Crossing != nil {
			waiting = append(waiting, ep.Item)
		}
		if ep.ToldAt.After(w.mark.At) && !slices.Contains(w.mark.Listed, ep.Scope()) {
			about = append(about, ep.Scope())
		}
	}
	if len(waiting) == 0 && !digest {
		return st, nil
	}
	if st.people, err = w.Store.Users(ctx); err != nil {
		return st, fmt.Errorf("read users: %w", err)
	}
	if st.devices, err = w.Store.Pushes(ctx, 0); err != nil {
		return st, fmt.Errorf("read devices: %w", err)
	}
	if digest {
		standing, err := w.Store.Standing(ctx, now.In(w.Location), about)
		if err != nil {
			return st, fmt.Errorf("read how things stand: %w", err)
		}
		st.standing = &standing
	}
	return st, w.facts(ctx, waiting, st.facts)
}

// facts reads what counts of items that wait to be told.
func (s *Service) facts(ctx context.Context, items []store.ItemID, into map[store.ItemID]fact) error {
	mutes, err := s.Store.Mutes(ctx, items)
	if err != nil {
		return fmt.Errorf("read mutes: %w", err)
	}
	for _, id := range items {
		it, err := s.Store.Item(ctx, id)
		if err != nil {
			return fmt.Errorf("item %d: %w", id, err)
		}
		into[id] = fact{category: it.Category, mute: mutes[id]}
	}
	return nil
}

// finish commits what the judge made of a state, with how far events were read. What changes nothing costs no commit,
// unless it must.
func (w *watch) finish(ctx context.Context, before, after state, mails []store.Mail, read store.EventID, must bool) error {
	step := store.AlertStep{Cursor: read, Mails: mails, News: after.news}
	for _, of := range slices.SortedFunc(maps.Keys(after.episodes), scopeOrder) {
		if ep := after.episodes[of]; !sameEpisode(before.episodes[of], ep) {
			step.Episodes = append(step.Episodes, ep)
		}
	}
	if after.mark.Day != before.mark.Day {
		step.Digest = &after.mark
	}
	if len(step.Episodes)+len(mails)+len(step.News) == 0 && step.Digest == nil && !must {
		return nil
	}
	if err := w.Store.FinishAlerts(ctx, step); err != nil {
		w.waits = nil // it may have been written all the same
		return fmt.Errorf("finish alerts: %w", err)
	}
	w.stored, w.mark = read, after.mark
	w.note(step.Episodes)
	if told := len(before.facts); told > 0 && len(mails) == 0 && nobody(before.people) {
		w.Log.Warn("stock ran low and there is nobody to tell: no active user has alerts on and an address", "items", told)
	}
	return nil
}

// note keeps what waits as it was just written.
func (w *watch) note(eps []store.Episode) {
	if w.waits == nil {
		return // it will be read
	}
	for _, ep := range eps {
		if ep.Crossing == nil {
			delete(w.waits, ep.Scope())
			continue
		}
		w.waits[ep.Scope()] = *ep.Crossing
		w.look = w.look || ep.Crossing.At.After(w.Store.Now())
	}
}

// nobody reports whether there is no one who can be told of stock.
func nobody(people []store.User) bool {
	return !slices.ContainsFunc(people, store.User.Reachable)
}

func scopeOrder(a, b store.Scope) int {
	return cmp.Or(cmp.Compare(a.Item, b.Item), cmp.Compare(a.Place, b.Place))
}

// sameEpisode reports whether a judgement left an episode as it was: the judge gives what it changes a crossing of its own.
func sameEpisode(a, b store.Episode) bool {
	return a.Severity == b.Severity && a.OpenedAt.Equal(b.OpenedAt) && a.ToldAt.Equal(b.ToldAt) &&
		a.Crossing == b.Crossing && a.Posted == b.Posted
}
