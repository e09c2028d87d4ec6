package alerts

import (
	"context"
	"errors"
	"fmt"
	"time"

	"lwc-inventory/store"
)

const (
	firstRetry = 15 * time.Second // then twice as long each time
	maxRetry   = 24 * time.Hour
	grace      = 10 * time.Second // for the mail that is on its way when the program stops
	atOnce     = 50               // mails read from the store in one go
)

// deliver sends every mail that is due. It returns when the next one will be.
//
// What happened to a mail is committed before the next is touched. When the server itself is
// away, the others are put off with it: trying each in turn would only wait as often.
func (s *Service) deliver(ctx context.Context) (time.Time, error) {
	for {
		due, next, err := s.Store.QueuedMails(ctx, s.Store.Now(), atOnce)
		if err != nil {
			return time.Time{}, fmt.Errorf("read queued mails: %w", err)
		}
		if len(due) == 0 {
			return next, nil
		}
		var away error
		for _, m := range due {
			if ctx.Err() != nil {
				return time.Time{}, ctx.Err()
			}
			if away == nil {
				away, err = s.deliverOne(ctx, m)
			} else {
				err = s.Store.MailFailed(ctx, m.ID, s.retryAt(m), problemOf(away))
			}
			if err != nil {
				return time.Time{}, fmt.Errorf("mail %d: %w", m.ID, err)
			}
		}
	}
}

// deliverOne sends m and records what came of it. away is the server's failure if no other
// mail would get through either; err is the store's.
func (s *Service) deliverOne(ctx context.Context, m store.Mail) (away, err error) {
	// A mail under way is finished and recorded even while the program stops: cut off after
	// the server has taken it, it would be sent again.
	ctx, stop := outlive(ctx, grace)
	defer stop()

	to, err := s.Store.User(ctx, m.To)
	switch {
	case store.CodeOf(err) == store.NotFound:
		return nil, s.cancel(ctx, m, "There is no such person any more.")
	case err != nil:
		return nil, fmt.Errorf("read user %d: %w", m.To, err)
	}
	// People may have changed their mind, or left, since the mail was queued.
	if why := unwanted(to); why != "" {
		return nil, s.cancel(ctx, m, why)
	}
	failure := guard(func() error {
		msg, err := s.message(ctx, m, to)
		if err != nil {
			return fmt.Errorf("write the mail: %w", err)
		}
		return s.Send.Send(ctx, msg)
	})
	return s.record(ctx, m, failure)
}

func (s *Service) cancel(ctx context.Context, m store.Mail, why string) error {
	s.Log.Info("mail not sent", "mail", m.ID, "user", m.To, "why", why)
	return s.Store.MailCancelled(ctx, m.ID, why)
}

// record writes down what came of sending m.
func (s *Service) record(ctx context.Context, m store.Mail, failure error) (away, err error) {
	if failure == nil {
		s.Log.Info("mail sent", "mail", m.ID, "user", m.To, "items", len(m.Crossings))
		return nil, s.Store.MailSent(ctx, m.ID)
	}
	refusal, ok := errors.AsType[*SendError](failure)
	if ok && refusal.Permanent {
		s.Log.Error("mail refused", "mail", m.ID, "user", m.To, "err", failure)
		return nil, s.Store.MailRefused(ctx, m.ID, problemOf(failure))
	}
	at := s.retryAt(m)
	s.Log.Warn("mail not sent; will try again", "mail", m.ID, "user", m.To, "err", failure, "at", at)
	if ok && refusal.Server {
		away = failure
	}
	return away, s.Store.MailFailed(ctx, m.ID, at, problemOf(failure))
}

// retryAt returns when to try m again after one more failure.
func (s *Service) retryAt(m store.Mail) time.Time {
	wait := maxRetry
	if m.Tries < 16 { // 15 s doubled 13 times is more than a day
		wait = min(firstRetry<<m.Tries, maxRetry)
	}
	return s.Store.Now().Add(wait)
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
