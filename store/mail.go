package store

import (
	"context"
	"time"

	"go.etcd.io/bbolt"
)

// A MailState says what became of a mail.
type MailState string

const (
	MailStateQueued    MailState = "queued"
	MailStateSent      MailState = "sent"
	MailStateRefused   MailState = "refused"   // for good, by the mail server
	MailStateCancelled MailState = "cancelled" // nobody is to get it any more
)

// A Mail is one message to one user: what it is about, and how far it is.
type Mail struct {
	ID        MailID     `json:"-"`
	Key       string     `json:"key"` // names the occasion; one key is one mail
	To        UserID     `json:"to"`
	MessageID string     `json:"message_id"` // the same over all tries
	CreatedAt time.Time  `json:"created_at"`
	Crossings []Crossing `json:"crossings"`
	State     MailState  `json:"state"`
	Tries     int        `json:"tries,omitempty"`
	NextAt    time.Time  `json:"next_at,omitzero"`
	Problem   string     `json:"problem,omitempty"` // what the server said last
	ProblemAt time.Time  `json:"problem_at,omitzero"`
	SentAt    time.Time  `json:"sent_at,omitzero"`
}

func (db *DB) queueMail(tx *bbolt.Tx, m Mail) error {
	keys := tx.Bucket(mailKey)
	if keys.Get([]byte(m.Key)) != nil {
		return nil
	}
	id, err := next[MailID](tx.Bucket(mailBucket))
	if err != nil {
		return err
	}
	m.ID, m.State, m.CreatedAt = id, MailStateQueued, db.Now()
	if err := keys.Put([]byte(m.Key), idKey(id)); err != nil {
		return err
	}
	return putMail(tx, m)
}

func putMail(tx *bbolt.Tx, m Mail) error {
	queued, key := tx.Bucket(mailQueued), idKey(m.ID)
	var err error
	if m.State == MailStateQueued {
		err = queued.Put(key, nil)
	} else {
		err = queued.Delete(key)
	}
	if err != nil {
		return err
	}
	return put(tx.Bucket(mailBucket), key, m)
}

func getMail(tx *bbolt.Tx, id MailID) (Mail, error) {
	var m Mail
	ok, err := get(tx.Bucket(mailBucket), idKey(id), &m)
	if err == nil && !ok {
		err = Errorf(NotFound, "There is no mail with the number %v.", id)
	}
	m.ID = id
	return m, err
}

// QueuedMails returns up to limit mails that are due at now, oldest first, and the time when the next
// of the others is due; zero if there is none.
func (db *DB) QueuedMails(ctx context.Context, now time.Time, limit int) (due []Mail, next time.Time, err error) {
	err = db.view(ctx, func(tx *bbolt.Tx) error {
		for k := range withPrefix(tx.Bucket(mailQueued), nil) {
			m, err := getMail(tx, firstID[MailID](k))
			if err != nil {
				return err
			}
			switch {
			case m.NextAt.After(now):
				if next.IsZero() || m.NextAt.Before(next) {
					next = m.NextAt
				}
			case len(due) < limit:
				due = append(due, m)
			}
		}
		return nil
	})
	return due, next, err
}

// MailSent notes that the mail server took a mail.
func (db *DB) MailSent(ctx context.Context, id MailID) error {
	return db.changeMail(ctx, id, func(m *Mail) {
		m.State, m.SentAt, m.NextAt = MailStateSent, db.Now(), time.Time{}
	})
}

// MailFailed puts a mail off until next, with what went wrong.
func (db *DB) MailFailed(ctx context.Context, id MailID, next time.Time, problem string) error {
	return db.changeMail(ctx, id, func(m *Mail) {
		m.Tries, m.NextAt, m.Problem, m.ProblemAt = m.Tries+1, next.UTC(), problem, db.Now()
	})
}

// MailRefused notes that the mail server refused a mail for good, in its own words.
func (db *DB) MailRefused(ctx context.Context, id MailID, problem string) error {
	return db.changeMail(ctx, id, func(m *Mail) {
		m.State, m.Tries, m.Problem, m.ProblemAt = MailStateRefused, m.Tries+1, problem, db.Now()
	})
}

// MailCancelled notes that a mail is not to be sent any more, and why.
func (db *DB) MailCancelled(ctx context.Context, id MailID, why string) error {
	return db.changeMail(ctx, id, func(m *Mail) { m.State, m.Problem = MailStateCancelled, why })
}

func (db *DB) changeMail(ctx context.Context, id MailID, change func(*Mail)) error {
	return db.update(ctx, func(tx *bbolt.Tx) error {
		m, err := getMail(tx, id)
		if err != nil {
			return err
		}
		change(&m)
		return putMail(tx, m)
	})
}

// MailStats are the mails in numbers.
type MailStats struct {
	Unsent        int // queued
	Waiting       int // crossings in their window
	Refused       int // among the last 100 mails
	LastSent      time.Time
	LastProblem   string // of the newest mail that had one and is not sent
	LastProblemAt time.Time
}

// MailStats returns how mail is doing.
func (db *DB) MailStats(ctx context.Context) (MailStats, error) {
	var s MailStats
	waiting, err := db.WaitingCrossings(ctx)
	if err != nil {
		return s, err
	}
	s.Waiting = len(waiting)
	err = db.view(ctx, func(tx *bbolt.Tx) error {
		s.Unsent = countKeys(tx.Bucket(mailQueued))
		looked := 0
		for k := range backFrom(tx.Bucket(mailBucket), nil, idKey(^MailID(0))) {
			if looked++; looked > 100 {
				break
			}
			m, err := getMail(tx, firstID[MailID](k))
			if err != nil {
				return err
			}
			s.add(m)
		}
		return nil
	})
	return s, err
}

func (s *MailStats) add(m Mail) {
	if m.State == MailStateRefused {
		s.Refused++
	}
	if m.SentAt.After(s.LastSent) {
		s.LastSent = m.SentAt
	}
	open := m.State == MailStateQueued || m.State == MailStateRefused
	if open && m.Problem != "" && m.ProblemAt.After(s.LastProblemAt) {
		s.LastProblem, s.LastProblemAt = m.Problem, m.ProblemAt
	}
}
