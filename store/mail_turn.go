package store

import (
	"context"
	"time"

	"go.etcd.io/bbolt"
)

// QueuedMails returns up to limit messages of a channel that are due at now, oldest first, and the time when
// the next of the others is due; zero if there is none.
func (db *DB) QueuedMails(ctx context.Context, ch Channel, now time.Time, limit int) (due []Mail, next time.Time, err error) {
	err = db.view(ctx, func(tx *bbolt.Tx) error {
		all, err := queuedMails(tx)
		for _, m := range all {
			switch {
			case m.Channel != ch:
			case m.waits(now):
				if next.IsZero() || m.NextAt.Before(next) {
					next = m.NextAt
				}
			case len(due) < limit:
				due = append(due, m)
			}
		}
		return err
	})
	return due, next, err
}

// waits reports whether m was put off to a time that has not come. A failure in the future was written by a clock that was
// ahead: the time it was put off to means nothing.
func (m Mail) waits(now time.Time) bool { return m.NextAt.After(now) && !m.ProblemAt.After(now) }

// Mail returns a mail as it is now. It fails with [NotFound].
func (db *DB) Mail(ctx context.Context, id MailID) (Mail, error) {
	var m Mail
	err := db.view(ctx, func(tx *bbolt.Tx) (err error) {
		m, err = getMail(tx, id)
		return err
	})
	return m, err
}

// diedTrying is what is known of a try that began before the program ended.
const diedTrying = "The program stopped in the middle of a try. The server may have taken it."

// MailTrying notes that a try to send a mail begins, under which subject and with what it tells. It returns the mail as it
// is now: one that is no longer queued is not to be sent.
//
// A try that ended with the process is known by this note: the server may have taken the mail.
func (db *DB) MailTrying(ctx context.Context, as Mail) (Mail, error) {
	var now Mail
	err := db.update(ctx, func(tx *bbolt.Tx) error {
		m, err := getMail(tx, as.ID)
		now = m
		if err != nil || m.State != MailStateQueued {
			return err
		}
		if !m.TryingAt.IsZero() {
			m.Doubtful, m.Tries = true, m.Tries+1
			m.step(m.TryingAt, diedTrying)
		}
		m.TryingAt, m.AsOf, m.Subject = db.Now(), as.AsOf, as.Subject
		m.Kind, m.Crossings, m.Digest, m.Import = as.Kind, as.Crossings, as.Digest, as.Import
		now = m
		return putMail(tx, m)
	})
	return now, err
}

// MailSent notes that the server took a mail. Others that waited because the server was away are due now.
func (db *DB) MailSent(ctx context.Context, id MailID) error {
	return db.update(ctx, func(tx *bbolt.Tx) error {
		m, err := getMail(tx, id)
		if err != nil {
			return err
		}
		m.State, m.SentAt, m.Tries = MailStateSent, db.Now(), m.Tries+1
		m.rest()
		m.step(m.SentAt, "")
		if err := putMail(tx, m); err != nil {
			return err
		}
		return serverIsBack(tx, m.Channel)
	})
}

// rest ends a try.
func (m *Mail) rest() { m.TryingAt, m.NextAt, m.Away = time.Time{}, time.Time{}, false }

// serverIsBack makes mails due that waited for the server alone.
func serverIsBack(tx *bbolt.Tx, ch Channel) error {
	if ch == ChannelPush { // each device has a server of its own
		return nil
	}
	all, err := queuedMails(tx)
	if err != nil {
		return err
	}
	for _, m := range all {
		if m.Channel != ch || !m.Away || m.NextAt.IsZero() {
			continue
		}
		m.NextAt = time.Time{}
		if err := putMail(tx, m); err != nil {
			return err
		}
	}
	return nil
}

// A MailFailure is why a mail did not go out this time.
type MailFailure struct {
	Next     time.Time // when to try again
	Problem  string    // the server's own words, or ours
	Away     bool      // no other mail would have got through either
	Doubtful bool      // the server may have taken it all the same
	Untried  bool      // no try had begun: it is put off with others
}

// MailFailed puts a mail off, with what went wrong.
func (db *DB) MailFailed(ctx context.Context, id MailID, f MailFailure) error {
	return db.changeMail(ctx, id, f.Problem, func(m *Mail) {
		if !f.Untried { // one that began before the program ended stays in doubt
			m.TryingAt = time.Time{}
		}
		m.Tries, m.NextAt, m.Away = m.Tries+1, f.Next.UTC(), f.Away
		m.Problem, m.ProblemAt = f.Problem, db.Now()
		m.Doubtful = m.Doubtful || f.Doubtful
	})
}

// MailRefused notes that the server refused a mail for good, in its own words.
func (db *DB) MailRefused(ctx context.Context, id MailID, problem string) error {
	return db.changeMail(ctx, id, problem, func(m *Mail) {
		m.rest()
		m.State, m.Tries, m.Problem, m.ProblemAt = MailStateRefused, m.Tries+1, problem, db.Now()
	})
}

// MailCancelled notes that a mail is not to be sent any more, and why.
func (db *DB) MailCancelled(ctx context.Context, id MailID, why string) error {
	return db.changeMail(ctx, id, why, func(m *Mail) {
		m.rest()
		m.State, m.Problem = MailStateCancelled, why
	})
}

func (db *DB) changeMail(ctx context.Context, id MailID, words string, change func(*Mail)) error {
	return db.update(ctx, func(tx *bbolt.Tx) error {
		m, err := getMail(tx, id)
		if err != nil {
			return err
		}
		change(&m)
		m.step(db.Now(), words)
		return putMail(tx, m)
	})
}
