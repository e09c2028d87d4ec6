package jobber

import (
	"context"
	"time"

	"lwc-inventory/store"
)

// goodbyeTimeout is how long it may take to tell Jobber that a connection ends.
const goodbyeTimeout = 10 * time.Second

// Disconnect ends the connection at Jobber, as its rules ask, and here. told is false when Jobber could not
// be told: the connection ends here all the same, and an admin can end it at Jobber. The jobs stay.
func (s *Service) Disconnect(ctx context.Context, by store.Actor) (told bool, err error) {
	link, err := s.store.JobberLink(ctx)
	if err != nil {
		return false, err
	}
	s.tokens.leaving.Store(true)
	defer s.tokens.leaving.Store(false)
	told = true
	if link.State == store.Connected {
		if err := s.tellDisconnect(ctx); err != nil && !ended(err) {
			s.log.Warn("jobber could not be told of the disconnect", "err", err)
			told = false
		}
	}
	ctx = context.WithoutCancel(ctx) // Jobber has ended it: so do we, whoever waits for the page
	if err := s.tokens.lock(ctx); err != nil {
		return told, err
	}
	defer s.tokens.unlock()
	s.tokens.unsaved = nil
	if err := s.store.JobberDisconnected(ctx, by); err != nil {
		return told, err
	}
	s.log.Info("jobber disconnected", "by", by.Name, "told", told)
	return told, nil
}

func (s *Service) tellDisconnect(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, goodbyeTimeout)
	defer cancel()
	var d disconnectData
	if err := s.client.ask(ctx, disconnectMutation, nil, &d); err != nil {
		return err
	}
	return d.problem()
}
