package alerts

import (
	"context"
	"fmt"
	"time"

	"lwc-inventory/store"
)

// SendTest sends a test mail to a person, once, and notes in the log of mails what came of it. problem has the
// server's own words when the mail did not go out. Send must not be nil.
func (s *Service) SendTest(ctx context.Context, to store.User) (problem string, err error) {
	now := s.Store.Now()
	m := store.Mail{Key: "test " + to.ID.String() + now.UTC().Format(time.RFC3339Nano), To: to.ID, Kind: store.MailTest, CreatedAt: now}
	msg, err := s.message(ctx, m, to)
	if err != nil {
		return "", fmt.Errorf("write the test mail: %w", err)
	}
	if failure := s.Send.Send(ctx, msg); failure != nil {
		s.Log.Warn("test mail refused", "user", to.ID, "err", failure)
		problem = problemOf(failure)
	}
	if err := s.Store.TestMailed(ctx, to.ID, msg.MessageID, msg.Subject, problem); err != nil {
		return problem, fmt.Errorf("note the test mail: %w", err)
	}
	return problem, nil
}
