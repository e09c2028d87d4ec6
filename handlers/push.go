package handlers

import (
	"time"

	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

// pushCookie keeps in a browser which of a person's devices it is, for longer than a session: messages come to who is not
// signed in, too, until they sign out.
const (
	pushCookie = "lwc_push"
	pushLife   = 400 * 24 * time.Hour // the longest that browsers keep one
)

// pushPage is the data of profile/push.
type pushPage struct {
	CSRF    string
	Key     string // of the program, for the browser
	Quiet   bool   // the person wants to hear of nothing at once
	Devices []store.Push
	Here    store.PushID // which of them this browser is; 0: none
	Problem complaints
}

// showPush handles GET /profile/push.
func (s *Server) showPush(c *fiber.Ctx) error { return s.pushPage(c, complaints{}) }

func (s *Server) pushPage(c *fiber.Ctx, p complaints) error {
	u := user(c)
	key, err := s.Store.PushKey(c.UserContext())
	if err != nil {
		return err
	}
	v := pushPage{CSRF: s.csrf(c), Key: key.Public, Quiet: !u.AtOnce(store.Out), Here: s.pushHere(c), Problem: p}
	if v.Devices, err = s.Store.Pushes(c.UserContext(), u.ID); err != nil {
		return err
	}
	return s.page(c, head{Title: "Messages on your devices", Section: "more", Back: &crumb{"/profile", "Profile"}, Narrow: true}, "profile/push", v)
}

// addPush handles POST /profile/push: the browser's own words on where it takes messages.
func (s *Server) addPush(c *fiber.Ctx) error {
	id, err := s.Store.AddPush(c.UserContext(), store.Push{User: user(c).ID, Endpoint: formText(c, "endpoint"), P256dh: formText(c, "p256dh"),
		Auth: formText(c, "auth"), Device: deviceOf(c.Get(fiber.HeaderUserAgent))})
	if p, ok := complaintsIn(err); ok {
		c.Status(formStatus(err))
		return s.pushPage(c, p)
	}
	if err != nil {
		return err
	}
	v := visitOf(c)
	v.sess.Push, v.sess.Seen = id, s.Store.Now()
	if err := s.putSession(v.cookie, v.sess); err != nil {
		return err
	}
	s.setCookie(c, s.hostCookie(pushCookie), id.String(), pushLife)
	return s.done(c, "/profile/push", toast{Text: "On. What runs low comes to this device."})
}

// endPush handles POST /profile/push/:id/end.
func (s *Server) endPush(c *fiber.Ctx) error {
	id, err := store.ParseID[store.PushID](c.Params("id"))
	if err != nil {
		return err
	}
	if err := s.Store.DropPush(c.UserContext(), user(c).ID, id); err != nil {
		return err
	}
	return s.done(c, "/profile/push", toast{Text: "Off. That device gets no more messages."})
}

// pushHere is which device this browser became, whoever's it is; 0: none.
func (s *Server) pushHere(c *fiber.Ctx) store.PushID {
	id, _ := store.ParseID[store.PushID](c.Cookies(s.hostCookie(pushCookie)))
	return id
}

// endMessages switches messages off for the device that was signed in with x.
func (s *Server) endMessages(c *fiber.Ctx, x session) error {
	if x.Push == 0 {
		return nil
	}
	return s.Store.DropPush(c.UserContext(), x.User, x.Push)
}

// sendPushWorker handles GET /push-worker.js: a worker's reach is the folder that it comes from.
func (s *Server) sendPushWorker(c *fiber.Ctx) error {
	f, ok := s.Static.Lookup(s.Static.URL("push-worker.js"))
	if !ok {
		return fiber.ErrNotFound
	}
	c.Set(fiber.HeaderCacheControl, "no-cache")
	c.Set(fiber.HeaderContentType, f.ContentType)
	return c.Send(f.Body())
}
