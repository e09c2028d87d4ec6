package handlers

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

// ceremonyLife is how long a browser has to answer a challenge.
const ceremonyLife = 5 * time.Minute

// newPasskeys returns the rules of passkeys under BASE_URL; nil where browsers have none: without HTTPS, or on an
// address without a name. The name never comes from a request.
func newPasskeys(origin string) (*webauthn.WebAuthn, error) {
	u, err := url.Parse(origin)
	if err != nil || u.Scheme != "https" && u.Hostname() != "localhost" {
		return nil, nil
	}
	if _, err := netip.ParseAddr(u.Hostname()); err == nil || u.Hostname() == "" {
		return nil, nil
	}
	w, err := webauthn.New(&webauthn.Config{RPID: u.Hostname(), RPDisplayName: "LWC Inventory", RPOrigins: []string{origin},
		AuthenticatorSelection: protocol.AuthenticatorSelection{ResidentKey: protocol.ResidentKeyRequirementRequired,
			UserVerification: protocol.VerificationRequired}}) // a stolen key alone opens nothing
	if err != nil {
		return nil, fmt.Errorf("passkeys for %s: %w", origin, err)
	}
	return w, nil
}

// A keyHolder is a person as the library sees them.
type keyHolder struct {
	store.User
	handle []byte
	keys   []webauthn.Credential
}

// WebAuthnID and the others are what the library asks of a person.
func (h keyHolder) WebAuthnID() []byte                         { return h.handle }
func (h keyHolder) WebAuthnName() string                       { return h.Username }
func (h keyHolder) WebAuthnDisplayName() string                { return h.Username }
func (h keyHolder) WebAuthnCredentials() []webauthn.Credential { return h.keys }

func holderOf(u store.User, handle []byte, own []store.Passkey) (keyHolder, error) {
	h := keyHolder{User: u, handle: handle}
	for _, p := range own {
		var k webauthn.Credential
		if err := json.Unmarshal(p.Data, &k); err != nil {
			return h, fmt.Errorf("passkey of user %v: %w", u.ID, err)
		}
		h.keys = append(h.keys, k)
	}
	return h, nil
}

func errNoPasskeys() error {
	return store.Errorf(store.NotFound, "Passkeys need HTTPS and a name in BASE_URL.")
}

// errBadPasskey says no more than that: what was wrong with the answer is the library's to know, and the log's.
func errBadPasskey() error {
	return store.Errorf(store.Invalid, "This passkey was not accepted. Try again, or sign in with your password.")
}

// keepCeremony keeps the challenge for this visitor, once. takeCeremony returns it and forgets it.
func (s *Server) keepCeremony(c *fiber.Ctx, d *webauthn.SessionData) error {
	raw, err := json.Marshal(d)
	if err != nil {
		return err
	}
	return s.Sessions.Set(ceremonyKey(visitOf(c).cookie), raw, ceremonyLife)
}

func (s *Server) takeCeremony(c *fiber.Ctx) (webauthn.SessionData, error) {
	var d webauthn.SessionData
	key := ceremonyKey(visitOf(c).cookie)
	raw, err := s.Sessions.Get(key)
	if err != nil {
		return d, err
	}
	if raw == nil {
		return d, errBadPasskey()
	}
	return d, errors.Join(s.Sessions.Delete(key), json.Unmarshal(raw, &d))
}

func ceremonyKey(cookie string) string { return ceremonyPrefix + sessionKey(cookie) }

const ceremonyPrefix = "passkey "

// beginPasskey handles POST /profile/passkeys/begin: what the browser needs to make a passkey, as JSON.
func (s *Server) beginPasskey(c *fiber.Ctx) error {
	if s.passkeys == nil {
		return errNoPasskeys()
	}
	if err := s.needFresh(c); err != nil {
		return err
	}
	h, err := s.ownHolder(c)
	if err != nil {
		return err
	}
	var known []protocol.CredentialDescriptor
	for _, k := range h.keys {
		known = append(known, k.Descriptor())
	}
	options, d, err := s.passkeys.BeginRegistration(h, webauthn.WithExclusions(known))
	if err != nil {
		return err
	}
	if err := s.keepCeremony(c, d); err != nil {
		return err
	}
	return c.JSON(options)
}

func (s *Server) ownHolder(c *fiber.Ctx) (keyHolder, error) {
	u := user(c)
	handle, err := s.Store.PasskeyHandle(c.UserContext(), u.ID)
	if err != nil {
		return keyHolder{}, err
	}
	own, err := s.Store.Passkeys(c.UserContext(), u.ID)
	if err != nil {
		return keyHolder{}, err
	}
	return holderOf(u, handle, own)
}

// addPasskey handles POST /profile/passkeys: `name`, and in `credential` what the browser made.
func (s *Server) addPasskey(c *fiber.Ctx) error {
	if s.passkeys == nil {
		return errNoPasskeys()
	}
	if err := s.needFresh(c); err != nil {
		return err
	}
	d, err := s.takeCeremony(c)
	if err != nil {
		return err
	}
	h, err := s.ownHolder(c)
	if err != nil {
		return err
	}
	answer, err := protocol.ParseCredentialCreationResponseBytes([]byte(formValue(c, "credential")))
	if err != nil {
		return s.refusePasskey(c, err)
	}
	key, err := s.passkeys.CreateCredential(h, d, answer)
	if err != nil {
		return s.refusePasskey(c, err)
	}
	raw, err := json.Marshal(key)
	if err != nil {
		return err
	}
	if err := s.Store.AddPasskey(c.UserContext(), store.Passkey{ID: key.ID, User: h.ID, Name: formText(c, "name"), Data: raw}); err != nil {
		return err
	}
	return s.done(c, "/profile/account", toast{Text: "The passkey works from now on."})
}

func (s *Server) refusePasskey(c *fiber.Ctx, err error) error {
	s.Log.Warn("passkey refused", "id", visitOf(c).ID, "addr", s.clientAddr(c).String(), "err", err)
	return errBadPasskey()
}

// removePasskey handles POST /profile/passkeys/remove.
func (s *Server) removePasskey(c *fiber.Ctx) error {
	if err := s.needFresh(c); err != nil {
		return err
	}
	key, err := base64.RawURLEncoding.DecodeString(formText(c, "passkey"))
	if err != nil || len(key) == 0 {
		return store.Errorf(store.NotFound, "There is no such passkey.")
	}
	if err := s.Store.RemovePasskey(c.UserContext(), user(c).ID, key); err != nil {
		return err
	}
	return s.done(c, "/profile/account", toast{Text: "The passkey opens nothing any more."})
}

// askPasskey handles POST /login/passkey/begin: a challenge for whichever passkey the visitor has, as JSON.
func (s *Server) askPasskey(c *fiber.Ctx) error {
	if s.passkeys == nil {
		return errNoPasskeys()
	}
	options, d, err := s.passkeys.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return err
	}
	if err := s.keepCeremony(c, d); err != nil {
		return err
	}
	return c.JSON(options)
}

// takePasskey handles POST /login/passkey: `credential` holds the browser's answer. A passkey is two factors, the
// device and what unlocks it, so no other step follows.
func (s *Server) takePasskey(c *fiber.Ctx) error {
	v := loginForm{Next: ownPath(formText(c, "next"), "/dashboard")}
	u, err := s.passkeyUser(c)
	if e, ok := errors.AsType[*store.Error](err); ok && (e.Code == store.Invalid || e.Code == store.NotFound) {
		c.Status(http.StatusUnprocessableEntity)
		v.Problem = e.Message
		visitOf(c).User = store.User{}
		return s.loginPage(c, v)
	}
	if err != nil {
		return err
	}
	return s.enter(c, u, "a passkey", v.Next)
}

func (s *Server) passkeyUser(c *fiber.Ctx) (store.User, error) {
	if s.passkeys == nil {
		return store.User{}, errNoPasskeys()
	}
	d, err := s.takeCeremony(c)
	if err != nil {
		return store.User{}, err
	}
	answer, err := protocol.ParseCredentialRequestResponseBytes([]byte(formValue(c, "credential")))
	if err != nil {
		return store.User{}, s.refusePasskey(c, err)
	}
	_, key, err := s.passkeys.ValidatePasskeyLogin(func(id, handle []byte) (webauthn.User, error) {
		u, own, keys, err := s.Store.PasskeyOwner(c.UserContext(), id)
		if err != nil {
			return nil, err
		}
		return holderOf(u, own, keys)
	}, d, answer)
	if err != nil {
		return store.User{}, s.refusePasskey(c, err)
	}
	if key.Authenticator.CloneWarning {
		return store.User{}, s.refusePasskey(c, errors.New("the passkey counted backwards: somebody has a copy"))
	}
	raw, err := json.Marshal(key)
	if err != nil {
		return store.User{}, err
	}
	return s.Store.PasskeyUsed(c.UserContext(), key.ID, raw)
}
