package jobber

import (
	"context"
	"crypto/rand"
	"time"

	"lwc-inventory/store"
)

// Stray keeps a code that came without a state: from Jobber's marketplace, or from somebody who wants
// their account connected here. It does nothing with it until an owner accepts the question it returns.
// Without a session the question is for the first owner who opens it.
func (s *Service) Stray(ctx context.Context, session, code string) (ask string, err error) {
	ask = rand.Text()
	return ask, s.store.AskConnect(ctx, ask, session, code)
}

// Accept connects what a question is about. The account may turn out to be another one than whose jobs are
// here: then there is one more question, next. It fails as [Service.Connect] does, and with [store.NotFound]
// when the question was answered, is too old or is another session's.
func (s *Service) Accept(ctx context.Context, by store.Actor, session, ask string) (next string, err error) {
	code, g, err := s.store.TakeQuestion(ctx, ask, session)
	if err != nil {
		return "", err
	}
	if code != "" {
		return s.use(ctx, by, session, code)
	}
	return "", s.connected(context.WithoutCancel(ctx), by, g, true)
}

// Decline leaves everything as it is. What Jobber gave already is given back; told is false when Jobber
// could not be told. It fails with [store.NotFound] as [Service.Accept] does.
func (s *Service) Decline(ctx context.Context, session, ask string) (told bool, err error) {
	_, g, err := s.store.TakeQuestion(ctx, ask, session)
	if err != nil || g.Tokens.Access == "" {
		return true, err
	}
	return s.giveBack(context.WithoutCancel(ctx), g), nil
}

// giveBack ends a connection that was never taken up, and reports whether Jobber could be told.
func (s *Service) giveBack(ctx context.Context, g store.Grant) bool {
	ctx, cancel := context.WithTimeout(ctx, goodbyeTimeout)
	defer cancel()
	var d disconnectData
	err := s.client.once(ctx, g.Tokens.Access, disconnectMutation, nil, &d)
	if err == nil {
		err = d.problem()
	}
	if err != nil && kindOf(err) != dropped {
		s.log.Warn("jobber could not be told that an account is not connected", "account", g.AccountName, "err", err)
		return false
	}
	s.log.Info("an account was not connected, and its tokens were given back", "account", g.AccountName)
	return true
}

// giveBackLoop gives back what nobody answered for in time.
func (s *Service) giveBackLoop(ctx context.Context) error {
	for {
		changed := s.store.Queued() // before looking, so that nothing slips in between
		due, next, err := s.store.Unanswered(ctx)
		if err != nil {
			return err
		}
		for _, g := range due {
			s.giveBack(context.WithoutCancel(ctx), g)
		}
		wait := time.Duration(never)
		if !next.IsZero() {
			wait = max(0, next.Sub(s.store.Now()))
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-changed:
		case <-timer.C:
		}
		timer.Stop()
		if ctx.Err() != nil {
			return nil
		}
	}
}
