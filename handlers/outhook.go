package handlers

import (
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

// outhook is the data of setting/outhook: the webhook by which the program tells another one what is low.
type outhook struct {
	CSRF    string
	Hook    store.Hook
	URL     string // as typed
	On      bool   // as ticked
	Secret  string // made just now, and shown this once
	Request string // of a new secret
	Last    []outhookAnswer
	Test    *outhookTest
	Problem complaints
}

// An outhookAnswer is what became of one message.
type outhookAnswer struct {
	Subject string
	State   store.MailState
	At      time.Time // of the last thing that happened to it
	Words   string    // the receiver's
	Next    time.Time // the next try; zero: there is none
}

// outhookTest is the data of setting/outtest: what came of a test.
type outhookTest struct{ Answer string }

const outhookAnswers = 8

func (s *Server) outhook(c *fiber.Ctx) (outhook, error) {
	h, err := s.Store.Hook(c.UserContext())
	if err != nil {
		return outhook{}, err
	}
	v := outhook{CSRF: s.csrf(c), Hook: h, URL: h.URL, On: h.On || h.URL == "", Request: newID()}
	mails, err := s.Store.HookMails(c.UserContext(), outhookAnswers)
	if err != nil {
		return outhook{}, err
	}
	for _, m := range mails {
		a := outhookAnswer{Subject: m.Subject, State: m.State, At: m.CreatedAt, Next: m.NextAt}
		if n := len(m.Trail); n > 0 {
			a.At, a.Words = m.Trail[n-1].At, m.Trail[n-1].Words
		}
		v.Last = append(v.Last, a)
	}
	return v, nil
}

// saveOuthook handles POST /admin/settings/webhook. The first time the answer shows the secret.
func (s *Server) saveOuthook(c *fiber.Ctx) error {
	address, on := formText(c, "hook_url"), formTick(c, "hook_on")
	var secret string
	err := s.openHook(address)
	if err == nil {
		secret, err = s.Store.SaveHook(c.UserContext(), user(c).Actor(), address, on)
	}
	if p, ok := complaintsIn(err); ok {
		v, readErr := s.settings(c)
		if readErr != nil {
			return readErr
		}
		v.Outhook.URL, v.Outhook.On, v.Outhook.Problem = address, on, p
		c.Status(formStatus(err))
		return s.settingPage(c, v)
	}
	if err != nil {
		return err
	}
	s.Log.Info("webhook for stock saved", "id", visitOf(c).ID, "on", on, "by", uint64(user(c).ID))
	return s.showOuthook(c, secret)
}

// openHook refuses addresses without encryption, unless some networks are our own.
func (s *Server) openHook(address string) error {
	if strings.HasPrefix(strings.ToLower(address), "http://") && !s.OwnNetworks {
		return fieldError("hook_url", "Write an address that begins with https://. To reach a machine of your own network, set ALERT_WEBHOOK_NETWORKS.")
	}
	return nil
}

// renewOuthook handles POST /admin/settings/webhook/secret.
func (s *Server) renewOuthook(c *fiber.Ctx) error {
	request, err := requestID(c)
	if err != nil {
		return err
	}
	secret, err := s.Store.RenewHookSecret(c.UserContext(), user(c).Actor(), request)
	if err != nil {
		return err
	}
	return s.showOuthook(c, secret)
}

// showOuthook shows a new secret in the answer itself and nowhere else: no address and no cookie ever holds it.
func (s *Server) showOuthook(c *fiber.Ctx, secret string) error {
	if secret == "" {
		return s.done(c, "/admin/settings", toast{Text: "Saved."})
	}
	v, err := s.settings(c)
	if err != nil {
		return err
	}
	v.Outhook.Secret = secret
	return s.settingPage(c, v)
}

// testOuthook handles POST /admin/settings/webhook/test.
func (s *Server) testOuthook(c *fiber.Ctx) error {
	h, err := s.Store.Hook(c.UserContext())
	if err != nil {
		return err
	}
	if h.URL == "" || s.TestHook == nil {
		return store.Errorf(store.Conflict, "There is no webhook yet. Enter its address first.")
	}
	var result outhookTest
	if err := s.TestHook(c.UserContext()); err != nil {
		result.Answer = err.Error()
		s.Log.Warn("test of the webhook refused", "id", visitOf(c).ID, "err", err)
	}
	if partial(c) {
		return s.fragments(c, part{"setting/outtest", result})
	}
	v, err := s.settings(c)
	if err != nil {
		return err
	}
	v.Outhook.Test = &result
	return s.settingPage(c, v)
}
