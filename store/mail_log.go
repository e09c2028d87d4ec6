package store

import (
	"context"
	"fmt"
	"iter"
	"time"

	"go.etcd.io/bbolt"
)

// A MailRow is a mail with the name of whom it is for.
type MailRow struct {
	Mail
	Name string // "" of a person who is not here any more
}

// Mails returns up to limit mails of a state, "" for any, the newest first, from the one before an id on;
// 0 begins with the newest. It reports whether there are more.
func (db *DB) Mails(ctx context.Context, state MailState, before MailID, limit int) (rows []MailRow, more bool, err error) {
	if before == 0 {
		before = ^MailID(0)
	}
	err = db.view(ctx, func(tx *bbolt.Tx) error {
		for id := range mailsBack(tx, state, before) {
			if more = len(rows) == limit; more {
				return nil
			}
			m, err := getMail(tx, id)
			if err != nil {
				return err
			}
			row := MailRow{Mail: m}
			u, err := getUser(tx, m.To)
			if err != nil && CodeOf(err) != NotFound {
				return err
			}
			row.Name = u.Username
			rows = append(rows, row)
		}
		return nil
	})
	return rows, more, err
}

func mailsBack(tx *bbolt.Tx, state MailState, before MailID) iter.Seq[MailID] {
	pairs := backFrom(tx.Bucket(mailBucket), nil, idKey(before))
	if state != "" {
		pairs = backFrom(tx.Bucket(mailState), mailStatePrefix(state), mailStateKey(state, before))
	}
	return func(yield func(MailID) bool) {
		for k := range pairs {
			if !yield(lastID[MailID](k)) {
				return
			}
		}
	}
}

// ResendMail sends a mail again. One that waits is due now; of one that is settled there will be another, with a Message-ID of its
// own, since mailboxes hide what they have seen. The same request asks once. It returns the mail that
// goes, and fails with [NotFound], and with [Conflict] for a mail that has nothing more to say.
func (db *DB) ResendMail(ctx context.Context, by Actor, id MailID, request string) (MailID, error) {
	goes := id
	err := db.update(ctx, func(tx *bbolt.Tx) error {
		m, err := getMail(tx, id)
		if err != nil {
			return err
		}
		now := db.Now()
		switch {
		case m.State == MailStateQueued:
			m.NextAt = time.Time{}
			m.step(now, by.Name+" asked to try now.")
			return putMail(tx, m)
		case m.Kind == MailTest:
			return Errorf(Conflict, "This was a test. Send another from the settings.")
		case m.Kind.Secret():
			return Errorf(Conflict, "Only whom it was for can ask for another.")
		case m.State == MailStateMerged:
			return Errorf(Conflict, "What this mail told is in mail %v.", m.Into)
		case m.State == MailStateCancelled && !m.Kind.OfStock():
			return Errorf(Conflict, "What this mail told is not so any more.")
		}
		again := m
		again.Key, again.MessageID, again.Again = fmt.Sprintf("again/%d/%s", id, request), "", id
		again.State, again.CreatedAt, again.AsOf = MailStateQueued, now, m.Told()
		again.Tries, again.Doubtful, again.Problem, again.ProblemAt, again.SentAt, again.Trail = 0, false, "", time.Time{}, time.Time{}, nil
		again.step(now, by.Name+" asked to send it again.")
		goes, err = addMail(tx, again)
		return err
	})
	return goes, err
}

// Told returns the moment of which m tells.
func (m Mail) Told() time.Time {
	if m.AsOf.IsZero() {
		return m.CreatedAt
	}
	return m.AsOf
}

// TestMailed notes what came of a test mail: problem has the server's own words, "" if it took the mail. Then
// others that waited because the server was away are due now.
func (db *DB) TestMailed(ctx context.Context, to UserID, messageID, subject, problem string) error {
	return db.update(ctx, func(tx *bbolt.Tx) error {
		now := db.Now()
		m := Mail{Key: "test/" + messageID, To: to, Kind: MailTest, MessageID: messageID, Subject: subject, CreatedAt: now,
			State: MailStateSent, SentAt: now, Tries: 1}
		if problem != "" {
			m.State, m.SentAt, m.Problem, m.ProblemAt = MailStateRefused, time.Time{}, problem, now
		}
		m.step(now, problem)
		if _, err := addMail(tx, m); err != nil || problem != "" {
			return err
		}
		return serverIsBack(tx, ChannelMail)
	})
}

// What is kept of mails that nothing waits for any more.
const (
	keepMails = 20_000 // the newest
	keepMail  = 366 * 24 * time.Hour
)

// DropMails forgets some of the mails that are older than a year or not among the newest 20,000, and reports whether
// there are more of them. Those that wait stay.
func (db *DB) DropMails(ctx context.Context) (more bool, err error) {
	before := db.Now().Add(-keepMail)
	err = db.view(ctx, func(tx *bbolt.Tx) error {
		_, more, err = oldMails(tx, before)
		return err
	})
	if err != nil || !more { // mostly: it costs no commit
		return false, err
	}
	err = db.update(ctx, func(tx *bbolt.Tx) error {
		old, _, err := oldMails(tx, before)
		if err != nil {
			return err
		}
		for _, m := range old {
			for bucket, key := range map[*bbolt.Bucket][]byte{tx.Bucket(mailBucket): idKey(m.ID),
				tx.Bucket(mailKey): []byte(m.Key), tx.Bucket(mailState): mailStateKey(m.State, m.ID)} {
				if err := bucket.Delete(key); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return true, err
}

// oldMails returns the first mails that need not be kept, at most as many as go in one commit, and whether there is one.
func oldMails(tx *bbolt.Tx, before time.Time) (old []Mail, found bool, err error) {
	b := tx.Bucket(mailBucket)
	for k := range withPrefix(b, nil) {
		m, err := getMail(tx, firstID[MailID](k))
		if err != nil {
			return nil, false, err
		}
		if !m.CreatedAt.Before(before) && uint64(m.ID)+keepMails > b.Sequence() || len(old) == dropAtOnce {
			break
		}
		if m.State != MailStateQueued {
			old = append(old, m)
		}
	}
	return old, len(old) > 0, nil
}
