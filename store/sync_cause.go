package store

import "time"

// A SyncCause says what made us ask Jobber.
type SyncCause struct {
	Source  SyncSource `json:"source"`
	Topic   string     `json:"topic,omitempty"`   // of the webhook; of several for one job the last
	SentAt  time.Time  `json:"sent_at,omitzero"`  // when that happened, says Jobber
	More    int        `json:"more,omitempty"`    // webhooks that were worked off together with it
	By      string     `json:"by,omitempty"`      // who asked, or gave the answer
	Request string     `json:"request,omitempty"` // of who asked: the same id twice counts once
}

// The causes that have nothing more to say.
var (
	FromFirstSync = SyncCause{Source: SourceFirstSync} // its demand is an opening balance: no crossing
	FromSweep     = SyncCause{Source: SourceSweep}
	FromWebhook   = SyncCause{Source: SourceWebhook}
)

// FromDeliveries is the cause when some webhooks about one job are worked off together.
func FromDeliveries(ds []Delivery) SyncCause {
	c := FromWebhook
	for _, d := range ds {
		if c.Topic == "" || d.OccurredAt.After(c.SentAt) {
			c.Topic, c.SentAt = d.Topic, d.OccurredAt
		}
	}
	c.More = max(0, len(ds)-1)
	return c
}

// FromPerson is the cause when somebody asks for one job now.
func FromPerson(by Actor, request string) SyncCause {
	return SyncCause{Source: SourceManual, By: by.Name, Request: request}
}

func (c SyncCause) cause() Cause {
	if c.Source == SourceFirstSync {
		return CauseOpening
	}
	return CauseSync
}

// asked reports whether it is news that Jobber said the same: a sweep's own look is none.
func (c SyncCause) asked() bool { return c.Source == SourceWebhook || c.Source == SourceManual }
