package store

import (
	"context"
	"errors"
	"time"

	"go.etcd.io/bbolt"
)

// MailStats are the mails in numbers.
type MailStats struct {
	Unsent        int // queued
	Failing       int // of these, have failed before
	Refused       []RefusedPerson
	LastSent      time.Time
	LastProblem   string // of the newest mail that had one and is not sent
	LastProblemAt time.Time
	NextTry       time.Time // of a mail that failed; zero: none
}

// A RefusedPerson is somebody to whom the last mail was refused for good.
type RefusedPerson struct {
	To    UserID
	Mail  MailID
	Words string // the server's
	At    time.Time
}

// lookedAt is how many of the newest mails tell how mail is doing.
const lookedAt = 100

// MailStats returns how mail is doing.
func (db *DB) MailStats(ctx context.Context) (MailStats, error) {
	var s MailStats
	err := db.view(ctx, func(tx *bbolt.Tx) error { return errors.Join(s.count(tx), s.look(tx)) })
	return s, err
}

// count looks at what is still to be sent.
func (s *MailStats) count(tx *bbolt.Tx) error {
	queued, err := queuedMails(tx)
	for _, m := range queued {
		if m.Channel != ChannelMail {
			continue
		}
		s.Unsent++
		if m.Problem == "" {
			continue
		}
		s.Failing++
		s.problem(m)
		if s.NextTry.IsZero() || m.NextAt.Before(s.NextTry) {
			s.NextTry = m.NextAt
		}
	}
	return err
}

// look reads the newest mails: what was sent last, and to whom the last one was refused.
func (s *MailStats) look(tx *bbolt.Tx) error {
	settled, looked := map[UserID]bool{}, 0
	for k := range backFrom(tx.Bucket(mailBucket), nil, idKey(^MailID(0))) {
		if looked++; looked > lookedAt {
			break
		}
		m, err := getMail(tx, firstID[MailID](k))
		if err != nil {
			return err
		}
		if m.Channel != ChannelMail {
			continue
		}
		if m.SentAt.After(s.LastSent) {
			s.LastSent = m.SentAt
		}
		if m.State != MailStateSent && m.State != MailStateRefused || settled[m.To] {
			continue
		}
		settled[m.To] = true
		if m.State == MailStateRefused {
			s.problem(m)
			s.Refused = append(s.Refused, RefusedPerson{To: m.To, Mail: m.ID, Words: m.Problem, At: m.ProblemAt})
		}
	}
	return nil
}

func (s *MailStats) problem(m Mail) {
	if m.ProblemAt.After(s.LastProblemAt) {
		s.LastProblem, s.LastProblemAt = m.Problem, m.ProblemAt
	}
}
