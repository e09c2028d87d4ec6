package alerts

import (
	"context"
	"fmt"
	"time"

	"lwc-inventory/store"
)

// A noteLetter is a few sentences and one way out.
type noteLetter struct {
	frame
	Lines []string
}

func (*noteLetter) template() string { return "note" }

// toOwners is why somebody gets what concerns the program itself.
const toOwners = "Every owner gets this, once for each time it happens."

// noteLetter writes what is not about stock.
func (s *Service) noteLetter(ctx context.Context, m store.Mail) (*noteLetter, error) {
	switch m.Kind {
	case store.MailJobberLost, store.MailJobberRefused:
		return s.jobberLetter(ctx, m)
	case store.MailWebhookRefused:
		return &noteLetter{frame: frame{Title: "A webhook is not taken any more", Preview: m.Reason, Why: toOwners,
			URL: s.link("/admin/settings"), Button: "See the settings"}, Lines: []string{m.Reason}}, nil
	case store.MailReset:
		return s.resetLetter(ctx, m)
	case store.MailTest:
		return s.testLetter(), nil
	}
	return nil, fmt.Errorf("there is no mail of the kind %q", m.Kind)
}

// testLetter is what somebody gets who asks whether mail works.
func (s *Service) testLetter() *noteLetter {
	return &noteLetter{frame: frame{Subject: "LWC Inventory: test mail", Title: "Mail works", URL: s.link("/admin/settings"),
		Preview: "This is the test mail of LWC Inventory.", Button: "Back to the settings",
		Why: "You get this because somebody with your account asked for a test."},
		Lines: []string{"This is the test mail of LWC Inventory. Mails about low stock will come the same way."}}
}

// jobberLetter tells that the connection to Jobber needs an owner.
func (s *Service) jobberLetter(ctx context.Context, m store.Mail) (*noteLetter, error) {
	sync, err := s.Store.SyncStatus(ctx)
	if err != nil {
		return nil, fmt.Errorf("read how the sync stands: %w", err)
	}
	l := &noteLetter{frame: frame{Title: "Jobber is not connected any more", Why: toOwners,
		URL: s.link("/admin/settings"), Button: "Connect again"}, Lines: []string{m.Reason}}
	if m.Kind == store.MailJobberRefused {
		l.Title, l.Button = "Jobber refuses our client ID and secret", "Correct them"
		l.Lines = []string{"Jobber says that no app has the client ID and secret entered here. " +
			"Copy both again from Jobber's Developer Center."}
	}
	l.Preview = l.Lines[0]
	asOf := "Until an owner has seen to it, no jobs come in and none change here. Stock goes on as always."
	if !sync.LastOK.IsZero() {
		asOf = "Jobs are as of " + longMoment(sync.LastOK.In(s.Location)) + ". " + asOf
	}
	l.Lines = append(l.Lines, asOf)
	return l, nil
}

func longMoment(t time.Time) string { return t.Format("Monday 2 January, ") + clock(t) }

// unwantedOf says why u is not to get m, "" if they are. What concerns the connection is for owners, also
// for those who do not want to hear of stock.
func unwantedOf(m store.Mail, u store.User) string {
	if m.Kind.OfStock() {
		return unreachable(u)
	}
	if m.Kind == store.MailReset { // they asked for it, whatever they want to hear of stock
		u.ReceiveAlerts = true
		return unreachable(u)
	}
	if u.Role != store.Owner {
		return "This person is no owner any more."
	}
	u.ReceiveAlerts = true
	return unreachable(u)
}
