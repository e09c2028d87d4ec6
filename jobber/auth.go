package jobber

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"golang.org/x/oauth2"

	"lwc-inventory/store"
)

const (
	connectTimeout = time.Minute      // to make a connection of an answer of Jobber's
	goodbyeTimeout = 10 * time.Second // to tell Jobber that it ends
)

// AuthorizeURL returns the address at Jobber where an owner, signed in here as session, gives the
// app access. The answer comes back to [Service.Connect] within ten minutes, once.
// It fails with [store.Conflict] while there is no client id and secret.
func (s *Service) AuthorizeURL(ctx context.Context, session string) (string, error) {
	cfg, err := s.oauth(ctx)
	if err != nil {
		return "", forOwner(err)
	}
	state, verifier := rand.Text(), oauth2.GenerateVerifier()
	if err := s.store.BeginConnect(ctx, state, session, verifier); err != nil {
		return "", err
	}
	return cfg.AuthCodeURL(state, oauth2.S256ChallengeOption(verifier)), nil
}

// Connect takes what Jobber brought to the callback, stores the connection, and asks for a sync.
// Without a code the owner said no at Jobber.
//
// It fails with [store.Forbidden] when this session did not ask for it, or too long ago, and with
// [store.Conflict] when Jobber does not go along or the account is another one than the jobs here.
func (s *Service) Connect(ctx context.Context, by store.Actor, session, state, code string) error {
	if code == "" {
		return store.Errorf(store.Conflict, "Access was not given at Jobber. Nothing has changed.")
	}
	verifier, err := s.store.FinishConnect(ctx, state, session)
	if err != nil {
		return err
	}
	// A code is good once: from here on it does not matter whether somebody still waits for the page.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), connectTimeout)
	defer cancel()
	t, err := s.exchange(ctx, code, verifier)
	if err != nil {
		return forOwner(err)
	}
	account, user, err := s.whose(ctx, t.Access)
	if err != nil {
		return forOwner(err)
	}
	if err := s.connected(ctx, by, t, account, user); err != nil {
		return err
	}
	s.log.Info("jobber connected", "account", account.Name, "by", by.Name)
	s.SyncNow()
	return nil
}

// exchange trades a code for tokens.
func (s *Service) exchange(ctx context.Context, code, verifier string) (store.Tokens, error) {
	cfg, err := s.oauth(ctx)
	if err != nil {
		return store.Tokens{}, err
	}
	ctx = context.WithValue(ctx, oauth2.HTTPClient, s.tokens.http)
	t, err := cfg.Exchange(ctx, code, oauth2.VerifierOption(verifier))
	if err != nil {
		if err = judgeToken(err); kindOf(err) == dropped { // there is no connection yet that could end
			err = &failure{kind: badCode, err: err}
		}
		return store.Tokens{}, err
	}
	return tokensOf(t), nil
}

type account struct{ ID, Name string }

// whose asks whose account a new token is for, and who connected it if the app may know.
func (s *Service) whose(ctx context.Context, token string) (account, string, error) {
	var d accountData
	if err := s.client.once(ctx, token, accountQuery, nil, &d); err != nil {
		return account{}, "", err
	}
	if d.Account == nil || d.Account.ID == "" {
		return account{}, "", failed(failing, "It does not say whose account this is.")
	}
	var who connectedUserData
	if err := s.client.once(ctx, token, connectedUserQuery, nil, &who); err != nil {
		s.log.Warn("jobber does not say who connected it", "err", err)
	}
	name := ""
	if who.User != nil {
		name = who.User.Name.Full
	}
	return account{d.Account.ID, d.Account.Name}, name, nil
}

// connected stores a new connection. No job of the old one is on its way into the store meanwhile.
func (s *Service) connected(ctx context.Context, by store.Actor, t store.Tokens, a account, user string) error {
	if err := s.hold(ctx); err != nil {
		return err
	}
	defer s.release()
	if err := s.tokens.lock(ctx); err != nil {
		return err
	}
	defer s.tokens.unlock()
	before, err := s.store.JobberLink(ctx)
	if err != nil {
		return err
	}
	if err := s.store.JobberConnected(ctx, by, t, a.ID, a.Name, user); err != nil {
		return err
	}
	s.tokens.note(t)
	if before.AccountID != "" && before.AccountID != a.ID {
		// What was read of the other account says nothing of this one.
		return s.store.SaveSyncStatus(ctx, store.SyncStatus{State: store.SyncNever})
	}
	return nil
}

// Disconnect ends the connection at Jobber, as its rules ask, and here. If Jobber cannot be told, the
// connection ends here all the same. The jobs stay.
func (s *Service) Disconnect(ctx context.Context, by store.Actor) error {
	link, err := s.store.JobberLink(ctx)
	if err != nil {
		return err
	}
	if link.State == store.Connected {
		if err := s.tellDisconnect(ctx); err != nil {
			s.log.Warn("jobber could not be told of the disconnect", "err", err)
		}
	}
	if err := s.tokens.lock(ctx); err != nil {
		return err
	}
	defer s.tokens.unlock()
	s.tokens.unsaved = nil
	if err := s.store.JobberDisconnected(ctx, by); err != nil {
		return err
	}
	s.log.Info("jobber disconnected", "by", by.Name)
	return nil
}

func (s *Service) tellDisconnect(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, goodbyeTimeout)
	defer cancel()
	var d disconnectData
	if err := s.client.ask(ctx, disconnectMutation, nil, &d); err != nil {
		return err
	}
	for _, e := range d.Disconnect.UserErrors {
		return failed(refused, "%s", e.Message)
	}
	return nil
}

// forOwner makes an error that the owner can read of a failure. Other errors stay what they are.
func forOwner(err error) error {
	if kindOf(err) == "" {
		return err
	}
	return fmt.Errorf("%w (%w)", store.Errorf(store.Conflict, "%s", sentence(err)), err)
}
