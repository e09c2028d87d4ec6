package jobber

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"golang.org/x/oauth2"

	"lwc-inventory/store"
)

// connectTimeout is how long it may take to make a connection of an answer of Jobber's.
const connectTimeout = time.Minute

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
// Without a code the owner said no at Jobber. When the account is another one than whose jobs are here,
// nothing is connected yet: ask is then the question that [Service.Accept] or [Service.Decline] answers.
//
// It fails with [store.Forbidden] when this session did not ask for it, or too long ago, and with
// [store.Conflict] when Jobber does not go along.
func (s *Service) Connect(ctx context.Context, by store.Actor, session, state, code string) (ask string, err error) {
	if code == "" {
		return "", store.Errorf(store.Conflict, "Access was not given at Jobber. Nothing has changed.")
	}
	verifier, err := s.store.FinishConnect(ctx, state, session)
	if err != nil {
		return "", err
	}
	return s.use(ctx, by, session, code, oauth2.VerifierOption(verifier))
}

// use trades a code and connects, or asks about the account.
func (s *Service) use(ctx context.Context, by store.Actor, session, code string, opts ...oauth2.AuthCodeOption) (ask string, err error) {
	// A code is good once: from here on it does not matter whether somebody still waits for the page.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), connectTimeout)
	defer cancel()
	t, err := s.exchange(ctx, code, opts...)
	if err != nil {
		return "", forOwner(err)
	}
	account, user, err := s.whose(ctx, t.Access)
	if err != nil {
		return "", forOwner(err)
	}
	g := store.Grant{Tokens: t, AccountID: account.ID, AccountName: account.Name, UserName: user}
	err = s.connected(ctx, by, g, false)
	if store.CodeOf(err) != store.Conflict {
		return "", err
	}
	ask = rand.Text()
	if err := s.store.AskAccount(ctx, ask, session, g); err != nil {
		s.giveBack(ctx, g)
		return "", err
	}
	return ask, nil
}

// exchange trades a code for tokens.
func (s *Service) exchange(ctx context.Context, code string, opts ...oauth2.AuthCodeOption) (store.Tokens, error) {
	cfg, err := s.oauth(ctx)
	if err != nil {
		return store.Tokens{}, err
	}
	ctx = context.WithValue(ctx, oauth2.HTTPClient, s.tokens.http)
	t, err := cfg.Exchange(ctx, code, opts...)
	if err != nil {
		switch err = judgeToken(err); kindOf(err) {
		case dropped: // there is no connection yet that could end
			err = &failure{kind: badCode, err: err}
		case credentials:
			err = errors.Join(err, s.store.JobberRefused(ctx, true))
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

// connected stores a new connection and asks for a sync. No job of the old one is on its way into the
// store meanwhile. agreed says that an owner wants another account's jobs aside.
func (s *Service) connected(ctx context.Context, by store.Actor, g store.Grant, agreed bool) error {
	if err := s.hold(ctx); err != nil {
		return err
	}
	defer s.release()
	if err := s.tokens.lock(ctx); err != nil {
		return err
	}
	defer s.tokens.unlock()
	var err error
	if agreed {
		err = s.store.JobberSwitched(ctx, by, g)
	} else {
		err = s.store.JobberConnected(ctx, by, g.Tokens, g.AccountID, g.AccountName, g.UserName)
	}
	if err != nil {
		return err
	}
	s.tokens.note(g.Tokens)
	s.log.Info("jobber connected", "account", g.AccountName, "by", by.Name)
	s.SyncNow()
	return nil
}

// forOwner makes an error that the owner can read of a failure. Other errors stay what they are.
func forOwner(err error) error {
	if kindOf(err) == "" {
		return err
	}
	return fmt.Errorf("%w (%w)", store.Errorf(store.Conflict, "%s", sentence(err)), err)
}
