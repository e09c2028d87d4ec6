package store

import (
	"encoding/binary"
	"slices"
	"time"

	"go.etcd.io/bbolt"
)

// A MailState says what became of a mail.
type MailState string

const (
	MailStateQueued    MailState = "queued"
	MailStateSent      MailState = "sent"
	MailStateRefused   MailState = "refused"   // for good, by the mail server
	MailStateMerged    MailState = "merged"    // what it told is in another mail
	MailStateCancelled MailState = "cancelled" // nobody is to get it any more
)

// A MailKind says what a mail is about.
type MailKind string

const (
	MailLow            MailKind = ""                // stock that ran low or out
	MailDigest         MailKind = "digest"          // how things stand in the morning
	MailImport         MailKind = "import"          // what an import brought that is low
	MailJobberLost     MailKind = "jobber-lost"     // the connection to Jobber ended: to owners
	MailJobberRefused  MailKind = "jobber-refused"  // Jobber does not know our client id and secret: to owners
	MailWebhookRefused MailKind = "webhook-refused" // a webhook of ours is not taken any more: to owners
	MailReset          MailKind = "reset"           // a link to set a new password
	MailTest           MailKind = "test"            // somebody asked whether mail works; it is never queued
)

// OfStock reports whether a mail of this kind tells of stock: then it may be merged with others.
func (k MailKind) OfStock() bool { return k == MailLow || k == MailDigest || k == MailImport }

// Secret reports whether only its receiver may read what a mail of this kind says.
func (k MailKind) Secret() bool { return k == MailReset }

// A Channel is the way by which a message leaves.
type Channel string

const (
	ChannelMail    Channel = ""
	ChannelPush    Channel = "push"
	ChannelWebhook Channel = "webhook"
)

// A Mail is one message to one user: what it is about, and how far it is. It is an entry of the outbox, and
// most leave as mails; the others have a channel of their own.
type Mail struct {
	ID        MailID         `json:"-"`
	Key       string         `json:"key"` // names the occasion; one key is one mail
	To        UserID         `json:"to"`
	Channel   Channel        `json:"channel,omitempty"`
	Target    string         `json:"target,omitempty"` // on other channels than mail: which device, which address
	Kind      MailKind       `json:"kind,omitempty"`
	MessageID string         `json:"message_id"` // the same over all tries; "": made of Key and CreatedAt
	CreatedAt time.Time      `json:"created_at"`
	AsOf      time.Time      `json:"as_of,omitzero"`      // when its figures were taken, if not when it was queued
	Crossings []Crossing     `json:"crossings,omitempty"` // the worst first
	Digest    *Digest        `json:"digest,omitempty"`
	Import    *ImportSummary `json:"import,omitempty"`
	Reason    string         `json:"reason,omitempty"`  // of MailJobberLost and MailWebhookRefused: why, a sentence or two
	Subject   string         `json:"subject,omitempty"` // as it was last tried
	State     MailState      `json:"state"`
	Tries     int            `json:"tries,omitempty"`
	NextAt    time.Time      `json:"next_at,omitzero"`
	TryingAt  time.Time      `json:"trying_at,omitzero"` // a try began then, and its end is not known
	Doubtful  bool           `json:"doubtful,omitempty"` // the server may have taken it though it did not say so
	Away      bool           `json:"away,omitempty"`     // the last try failed for the server's sake, not the mail's
	Problem   string         `json:"problem,omitempty"`  // what the server said last
	ProblemAt time.Time      `json:"problem_at,omitzero"`
	SentAt    time.Time      `json:"sent_at,omitzero"`
	Merged    int            `json:"merged,omitempty"` // mails of which this tells, besides its own
	Into      MailID         `json:"into,omitempty"`   // of one that was merged: the mail that tells it
	Again     MailID         `json:"again,omitempty"`  // somebody asked to send that one once more
	Trail     []MailStep     `json:"trail,omitempty"`
}

// A MailStep is one line of what became of a mail: when, what it was from then on, and why.
type MailStep struct {
	At    time.Time `json:"at"`
	State MailState `json:"state"`
	Words string    `json:"words,omitempty"`
}

// A Digest is what a digest tells, as it was when it was queued. Its crossings name no event: they say how things stand.
// They are by name, of one item the total before its places; what is ordered by the day it is expected. What is low
// and snoozed is in no list.
type Digest struct {
	Day     Date       `json:"day,omitempty"`     // whose digest it is
	Since   time.Time  `json:"since,omitzero"`    // the hour of the one before, sent or not; zero: there was none
	Out     []Crossing `json:"out,omitempty"`     // on order or not
	Low     []Crossing `json:"low,omitempty"`     // and not ordered
	Ordered []Crossing `json:"ordered,omitempty"` // low, with OnOrder and Expected
	Short   []ShortJob `json:"short,omitempty"`   // jobs of the next 7 days, the first first
	Back    []Crossing `json:"back,omitempty"`    // told of since or in the one before, and at their minimum again
	More    DigestMore `json:"more,omitzero"`     // what the lists leave out
}

// Tells returns all that the digest's lists tell of but jobs.
func (d *Digest) Tells() []Crossing { return slices.Concat(d.Out, d.Low, d.Ordered, d.Back) }

// DigestMore is how many more there are than a digest's lists show.
type DigestMore struct {
	Out     int `json:"out,omitempty"`
	Low     int `json:"low,omitempty"`
	Ordered int `json:"ordered,omitempty"`
	Short   int `json:"short,omitempty"`
	Back    int `json:"back,omitempty"`
}

// A ShortJob is a job that needs more than there is.
type ShortJob struct {
	Job   JobID       `json:"job"`
	At    time.Time   `json:"at"`
	Items []ShortItem `json:"items"`
}

// A ShortItem is how much of an item a job lacks.
type ShortItem struct {
	Item ItemID `json:"item"`
	Lack Qty    `json:"lack"`
}

// An ImportSummary is what an import brought that is out or low.
type ImportSummary struct {
	At    time.Time `json:"at"`
	By    string    `json:"by"`
	Items int       `json:"items"` // that were imported
	Out   int       `json:"out"`
	Low   int       `json:"low"`

	Of []ImportTally `json:"of,omitempty"` // all that came, by category: of it the receiver is told what they want
}

// longestTrail is how many steps of a mail are kept: the first ones, and the last.
const longestTrail = 30

// step adds a line to what became of m.
func (m *Mail) step(at time.Time, words string) {
	m.Trail = append(m.Trail, MailStep{At: at, State: m.State, Words: words})
	if len(m.Trail) > longestTrail {
		m.Trail = append(m.Trail[:3], m.Trail[4:]...)
	}
}

// queueMail adds a mail to the outbox, unless its key was there before.
func (db *DB) queueMail(tx *bbolt.Tx, m Mail) error {
	m.State, m.CreatedAt = MailStateQueued, db.Now()
	m.step(m.CreatedAt, "")
	_, err := addMail(tx, m)
	return err
}

// addMail writes a new mail and returns its id; that of the mail with its key if there is one.
func addMail(tx *bbolt.Tx, m Mail) (MailID, error) {
	keys := tx.Bucket(mailKey)
	if v := keys.Get([]byte(m.Key)); v != nil {
		return firstID[MailID](v), nil
	}
	id, err := next[MailID](tx.Bucket(mailBucket))
	if err != nil {
		return 0, err
	}
	m.ID = id
	if err := keys.Put([]byte(m.Key), idKey(id)); err != nil {
		return 0, err
	}
	if err := tx.Bucket(mailState).Put(mailStateKey(m.State, id), nil); err != nil {
		return 0, err
	}
	return id, put(tx.Bucket(mailBucket), idKey(id), m)
}

// putMail writes a mail that is there already.
func putMail(tx *bbolt.Tx, m Mail) error {
	was, err := getMail(tx, m.ID)
	if err != nil {
		return err
	}
	if was.State != m.State {
		if err := tx.Bucket(mailState).Delete(mailStateKey(was.State, m.ID)); err != nil {
			return err
		}
		if err := tx.Bucket(mailState).Put(mailStateKey(m.State, m.ID), nil); err != nil {
			return err
		}
	}
	return put(tx.Bucket(mailBucket), idKey(m.ID), m)
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

// queuedMails returns every mail that is still to be sent, oldest first.
func queuedMails(tx *bbolt.Tx) ([]Mail, error) {
	var all []Mail
	for k := range withPrefix(tx.Bucket(mailState), mailStatePrefix(MailStateQueued)) {
		m, err := getMail(tx, lastID[MailID](k))
		if err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	return all, nil
}

// unsentMails counts what waits to leave as a mail: other channels wait for others.
func unsentMails(tx *bbolt.Tx) (int, error) {
	n := 0
	for k := range withPrefix(tx.Bucket(mailState), mailStatePrefix(MailStateQueued)) {
		var m struct{ Channel Channel }
		if _, err := get(tx.Bucket(mailBucket), idKey(lastID[MailID](k)), &m); err != nil {
			return 0, err
		}
		if m.Channel == ChannelMail {
			n++
		}
	}
	return n, nil
}

func mailStateKey(s MailState, id MailID) []byte {
	return binary.BigEndian.AppendUint64(mailStatePrefix(s), uint64(id))
}

func mailStatePrefix(s MailState) []byte { return append([]byte(s), 0) }

// indexMails fills the index by state. The list of queued mails goes: the index holds it.
func indexMails(tx *bbolt.Tx) error {
	if err := tx.DeleteBucket(mailQueued); err != nil {
		return err
	}
	for k := range withPrefix(tx.Bucket(mailBucket), nil) {
		m, err := getMail(tx, firstID[MailID](k))
		if err != nil {
			return err
		}
		if err := tx.Bucket(mailState).Put(mailStateKey(m.State, m.ID), nil); err != nil {
			return err
		}
	}
	return nil
}
