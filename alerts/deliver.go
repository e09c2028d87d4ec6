package alerts

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"lwc-inventory/store"
)

const (
	firstRetry = 15 * time.Second // then twice as long each time
	maxRetry   = 24 * time.Hour
	grace      = 10 * time.Second // for the mail that is on its way when the program stops
	atOnce     = 50               // mails read from the store in one go
	tidyEvery  = 6 * time.Hour
)

// An outlet is where messages of one channel leave.
type outlet struct {
	*Service
	channel store.Channel
	// write says what m is to its receiver, and send hands that over. Only what send fails with is the
	// receiver's word: an error that is no [*SendError] may pass.
	//
	// look says what of m is still to be told, and to whom; or why nobody is to get it any more.
	look   func(ctx context.Context, m store.Mail) (as store.Mail, to store.User, why string, err error)
	write  func(ctx context.Context, m store.Mail, to store.User) (Message, error)
	send   func(ctx context.Context, m Message) error
	tidied time.Time
	unkept func(context.Context) error // what came of a message and is not on disk
}

// deliver sends every message of the channel that is due. It returns when the next one will be.
//
// What happened to one is committed before the next is touched. When the server itself is
// away, the others are put off with it: trying each in turn would only wait as often.
//
// What the disk would not keep is held in memory and written first: while the disk is full at most one
// goes out, and it goes out once.
func (o *outlet) deliver(ctx context.Context) (time.Time, error) {
	if err := o.keepLast(ctx); err != nil {
		return time.Time{}, err
	}
	if err := o.tidy(ctx); err != nil {
		return time.Time{}, err
	}
	for {
		due, next, err := o.Store.QueuedMails(ctx, o.channel, o.Store.Now(), atOnce)
		if err != nil {
			return time.Time{}, fmt.Errorf("read queued mails: %w", err)
		}
		if len(due) == 0 {
			return next, nil
		}
		if merged, err := o.merge(ctx, due); err != nil || merged {
			if err != nil {
				return time.Time{}, fmt.Errorf("merge mails: %w", err)
			}
			continue // to read them as they are now
		}
		var away error
		for _, m := range due {
			if ctx.Err() != nil {
				return time.Time{}, ctx.Err()
			}
			if away == nil {
				away, err = o.deliverOne(ctx, m)
			} else {
				err = o.putOff(ctx, m, away)
			}
			if err != nil {
				return time.Time{}, fmt.Errorf("mail %d: %w", m.ID, err)
			}
		}
	}
}

// merge makes one mail of those that wait for each person who is due one: after an outage, or after mail was
// set up, nobody gets ten. It reports whether any changed.
func (o *outlet) merge(ctx context.Context, due []store.Mail) (bool, error) {
	if o.channel != store.ChannelMail {
		return false, nil
	}
	var looked []store.UserID
	any := false
	for _, m := range due {
		if !m.Kind.OfStock() || slices.Contains(looked, m.To) {
			continue
		}
		looked = append(looked, m.To)
		changed, err := o.Store.MergeMails(ctx, m.To)
		if err != nil {
			return false, err
		}
		any = any || changed
	}
	return any, nil
}

// deliverOne sends m and records what came of it. away is the server's failure if no other
// mail would get through either; err is the store's.
func (o *outlet) deliverOne(ctx context.Context, m store.Mail) (away, err error) {
	// A mail under way is finished and recorded even while the program stops: cut off after
	// the server has taken it, it would be sent again.
	ctx, stop := outlive(ctx, grace)
	defer stop()

	m, to, why, err := o.look(ctx, m)
	switch {
	case err != nil:
		return nil, err
	case why != "":
		return nil, o.cancel(ctx, m, why)
	}
	var msg Message
	if failure := guard(func() (err error) { msg, err = o.write(ctx, m, to); return err }); failure != nil {
		o.Log.Error("mail cannot be written; will try again", "mail", m.ID, "err", failure)
		return nil, o.Store.MailFailed(ctx, m.ID, store.MailFailure{Next: o.retryAt(m), Problem: problemOf(failure), Untried: true})
	}
	// Its cause may be gone since it was read with the others.
	m.Subject = msg.Subject
	switch now, err := o.Store.MailTrying(ctx, m); {
	case err != nil:
		return nil, fmt.Errorf("begin a try: %w", err)
	case now.State != store.MailStateQueued:
		return nil, nil
	}
	return o.record(ctx, m, guard(func() error { return o.send(ctx, msg) }))
}

func (o *outlet) cancel(ctx context.Context, m store.Mail, why string) error {
	o.Log.Info("mail not sent", "mail", m.ID, "user", m.To, "why", why)
	return o.Store.MailCancelled(ctx, m.ID, why)
}

// putOff puts m off because the server is away.
func (o *outlet) putOff(ctx context.Context, m store.Mail, away error) error {
	return o.Store.MailFailed(ctx, m.ID, store.MailFailure{Next: o.retryAt(m), Problem: problemOf(away), Away: true, Untried: true})
}

// record writes down what came of sending m.
func (o *outlet) record(ctx context.Context, m store.Mail, failure error) (away, err error) {
	if failure == nil {
		o.Log.Info("mail sent", "mail", m.ID, "user", m.To, "kind", m.Kind, "items", len(m.Crossings))
		return nil, o.keep(ctx, func(ctx context.Context) error { return o.Store.MailSent(ctx, m.ID) })
	}
	refusal, ok := errors.AsType[*SendError](failure)
	if ok && refusal.Permanent {
		o.Log.Error("mail refused", "mail", m.ID, "user", m.To, "err", failure)
		return nil, o.keep(ctx, func(ctx context.Context) error { return o.Store.MailRefused(ctx, m.ID, problemOf(failure)) })
	}
	next := o.retryAt(m)
	if ok && refusal.After > 0 {
		next = latest(next, o.Store.Now().Add(min(refusal.After, maxRetry)))
	}
	f := store.MailFailure{Next: next, Problem: problemOf(failure), Away: ok && refusal.Server, Doubtful: ok && refusal.Doubtful}
	o.Log.Warn("mail not sent; will try again", "mail", m.ID, "user", m.To, "err", failure, "at", f.Next)
	if f.Away {
		away = failure
	}
	return away, o.keep(ctx, func(ctx context.Context) error { return o.Store.MailFailed(ctx, m.ID, f) })
}

// keep writes what came of a message, now or, when the disk refuses, before the next is looked at.
func (o *outlet) keep(ctx context.Context, write func(context.Context) error) error {
	err := write(ctx)
	if code := store.CodeOf(err); code == store.NoRoom || code == store.DiskFault {
		o.unkept = write
	}
	return err
}

// keepLast writes what the disk refused.
func (o *outlet) keepLast(ctx context.Context) error {
	if o.unkept == nil {
		return nil
	}
	if err := o.unkept(ctx); err != nil {
		return fmt.Errorf("what came of the last mail: %w", err)
	}
	o.unkept = nil
	return nil
}

// retryAt returns when to try m again after one more failure.
func (o *outlet) retryAt(m store.Mail) time.Time {
	wait := maxRetry
	if m.Tries < 16 { // 15 s doubled 13 times is more than a day
		wait = min(firstRetry<<m.Tries, maxRetry)
	}
	return o.Store.Now().Add(wait)
}

// tidy forgets old mails, now and then.
func (o *outlet) tidy(ctx context.Context) error {
	if o.Store.Now().Sub(o.tidied) < tidyEvery {
		return nil
	}
	for more := true; more && ctx.Err() == nil; {
		var err error
		if more, err = o.Store.DropMails(ctx); err != nil {
			return fmt.Errorf("forget old mails: %w", err)
		}
	}
	o.tidied = o.Store.Now()
	return nil
}

// problemOf is what the settings page shows: the server's own words if it said any.
func problemOf(failure error) string {
	if e, ok := errors.AsType[*SendError](failure); ok {
		return e.Error()
	}
	return "The mail could not be sent. The log says why."
}

// outlive returns a context that ends only a while after ctx does.
func outlive(ctx context.Context, grace time.Duration) (context.Context, context.CancelFunc) {
	out, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		t := time.AfterFunc(grace, cancel)
		context.AfterFunc(out, func() { t.Stop() })
	})
	return out, func() { stop(); cancel() }
}
