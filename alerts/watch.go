package alerts

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"lwc-inventory/store"
)

// A watch turns events into episodes, and episodes that are due into mails.
type watch struct {
	*Service

	// read is the newest event judged. The stored cursor may lag behind it over events that
	// changed no episode: judging those once more changes nothing either, and to write the
	// cursor down for them would cost a commit for each act of everybody.
	read, stored store.EventID
	started      bool

	// nextDue is when the next crossing is due, zero if none waits. It is read from the store
	// again only when stale: most acts change no episode.
	nextDue time.Time
	stale   bool
}

const (
	batch  = 500  // events judged in one commit
	maxLag = 5000 // events the stored cursor may lag behind
)

// pass judges every event there is, then queues what is due. It returns when the next crossing will be.
func (w *watch) pass(ctx context.Context) (next time.Time, err error) {
	if !w.started {
		if w.stored, err = w.Store.AlertCursor(ctx); err != nil {
			return time.Time{}, fmt.Errorf("read the cursor: %w", err)
		}
		w.read, w.started, w.stale = w.stored, true, true
	}
	for {
		more, err := w.judgeBatch(ctx)
		if err != nil {
			return time.Time{}, err
		}
		if !more {
			return w.queueDue(ctx)
		}
	}
}

// judgeBatch judges the next events and commits what came of them. It reports whether there may be more.
func (w *watch) judgeBatch(ctx context.Context) (more bool, err error) {
	evs, err := w.Store.EventsAfter(ctx, w.read, batch)
	if err != nil || len(evs) == 0 {
		return false, err
	}
	last := evs[len(evs)-1].ID
	changed := map[store.ItemID]store.Episode{}
	for _, ev := range evs {
		if ev.Kind != store.LevelChanged {
			continue
		}
		ep, ok := changed[ev.Item]
		if !ok {
			if ep, err = w.Store.Episode(ctx, ev.Item); err != nil {
				return false, fmt.Errorf("episode of item %d: %w", ev.Item, err)
			}
		}
		if after := judge(ep, ev, windows{w.Window, w.OutWindow}); ok || !sameEpisode(ep, after) {
			changed[ev.Item] = after
		}
	}
	if len(changed) > 0 || last-w.stored > maxLag {
		if err := w.finish(ctx, store.AlertStep{Cursor: last, Episodes: inOrder(changed)}); err != nil {
			return false, err
		}
	}
	w.read = last
	return len(evs) == batch, nil
}

// finish commits a step, and with it how far events were read.
func (w *watch) finish(ctx context.Context, step store.AlertStep) error {
	w.stale = true
	if err := w.Store.FinishAlerts(ctx, step); err != nil {
		return fmt.Errorf("finish alerts: %w", err)
	}
	w.stored = step.Cursor
	return nil
}

// sameEpisode reports whether nothing came of an event. An item without an episode has a zero one.
func sameEpisode(a, b store.Episode) bool {
	if a.Severity == "" && b.Severity == "" {
		return true
	}
	if a.Severity != b.Severity || !a.OpenedAt.Equal(b.OpenedAt) || (a.Crossing == nil) != (b.Crossing == nil) {
		return false
	}
	return a.Crossing == nil || a.Crossing == b.Crossing
}

func inOrder(eps map[store.ItemID]store.Episode) []store.Episode {
	all := make([]store.Episode, 0, len(eps))
	for _, ep := range eps {
		all = append(all, ep)
	}
	slices.SortFunc(all, func(a, b store.Episode) int { return cmp.Compare(a.Item, b.Item) })
	return all
}

// queueDue queues one mail to each person as soon as a crossing is due. Whatever else
// waits goes with it: better one mail with company than another in a few minutes.
func (w *watch) queueDue(ctx context.Context) (next time.Time, err error) {
	now := w.Store.Now()
	if !w.stale && (w.nextDue.IsZero() || w.nextDue.After(now)) {
		return w.nextDue, nil
	}
	waiting, err := w.Store.WaitingCrossings(ctx)
	if err != nil {
		return time.Time{}, fmt.Errorf("read crossings: %w", err)
	}
	w.nextDue, w.stale = time.Time{}, false
	for _, ep := range waiting {
		w.nextDue = earlier(w.nextDue, ep.Crossing.Due)
	}
	if len(waiting) == 0 || w.nextDue.After(now) {
		return w.nextDue, nil
	}
	return time.Time{}, w.queue(ctx, waiting)
}

// queue ends the wait of the episodes' crossings: from here on they are mails.
func (w *watch) queue(ctx context.Context, waiting []store.Episode) error {
	users, err := w.Store.Users(ctx)
	if err != nil {
		return fmt.Errorf("read users: %w", err)
	}
	crossings := make([]store.Crossing, len(waiting))
	for i := range waiting {
		crossings[i] = *waiting[i].Crossing
		waiting[i].Crossing = nil
	}
	step := store.AlertStep{Cursor: w.read, Episodes: waiting, Mails: w.mails(users, crossings)}
	if err := w.finish(ctx, step); err != nil {
		return err
	}
	if len(step.Mails) == 0 {
		w.Log.Warn("stock ran low and there is nobody to tell: no active user has alerts on and an address",
			"items", len(crossings))
	}
	return nil
}

// mails makes one mail for each person to tell, all with the same crossings.
func (w *watch) mails(users []store.User, crossings []store.Crossing) []store.Mail {
	// Worst first, then in the order things happened: the order of the mail.
	slices.SortFunc(crossings, func(a, b store.Crossing) int {
		return cmp.Or(cmp.Compare(rank(b.Severity), rank(a.Severity)), cmp.Compare(a.Event, b.Event))
	})
	first := crossings[0]
	var all []store.Mail
	for _, u := range users {
		if why := unwanted(u); why != "" {
			continue
		}
		key := fmt.Sprintf("%d/%s/%d", first.Event, first.Severity, u.ID)
		all = append(all, store.Mail{Key: key, To: u.ID, Crossings: crossings,
			MessageID: messageID(key, first.At, w.BaseURL)})
	}
	return all
}

// unwanted says why u is not to be mailed, "" if they are.
func unwanted(u store.User) string {
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
