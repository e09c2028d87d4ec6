package handlers

import (
	"encoding/base64"

	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

// accountPage is the data of account/show: all by which a person gets in.
type accountPage struct {
	CSRF    string
	Fresh   bool // what is here may be changed; else it is asked to sign in again first
	Again   string
	Devices []device
	User    store.User
	Keys    []passkeyRow
	Able    bool // passkeys work at our address
}

// passkeyRow is one passkey of account/show.
type passkeyRow struct {
	store.Passkey
	Key string // its id, as forms name it
}

// showAccount handles GET /profile/account.
func (s *Server) showAccount(c *fiber.Ctx) error {
	v := accountPage{CSRF: s.csrf(c), Fresh: s.fresh(c), Again: againHref("/profile/account")}
	var err error
	if v.Devices, err = s.devicesOf(user(c), visitOf(c).cookie); err != nil {
		return err
	}
	v.User, v.Able = user(c), s.passkeys != nil
	own, err := s.Store.Passkeys(c.UserContext(), v.User.ID)
	if err != nil {
		return err
	}
	for _, p := range own {
		v.Keys = append(v.Keys, passkeyRow{p, base64.RawURLEncoding.EncodeToString(p.ID)})
	}
	return s.page(c, head{Title: "Sign-in and devices", Section: "more", Back: &crumb{"/profile", "Profile"}, Narrow: true}, "account/show", v)
}

// endDevices handles POST /profile/sessions/end: the session in `session`, or with `others` all but this one. Messages end where it ends.
func (s *Server) endDevices(c *fiber.Ctx) error {
	if err := s.needFresh(c); err != nil {
		return err
	}
	u := user(c)
	all, err := s.devicesOf(u, visitOf(c).cookie)
	if err != nil {
		return err
	}
	key, others, ended := formText(c, "session"), formTick(c, "others"), 0
	for _, d := range all {
		if d.This || !others && d.Key != key {
			continue
		}
		if err := s.endMessages(c, d.session); err != nil {
			return err
		}
		if err := s.Sessions.Delete(d.Key); err != nil {
			return err
		}
		ended++
	}
	if ended == 0 && !others {
		return store.Errorf(store.NotFound, "This device is signed out already.")
	}
	if others { // those too whose sessions ran out
		if err := s.Store.DropOtherPushes(c.UserContext(), u.ID, visitOf(c).sess.Push); err != nil {
			return err
		}
	}
	e := store.AuditEntry{By: u.Actor(), Kind: store.AuditSignIn, What: "signed out " + plural(ended, "other device", "other devices"), From: s.clientAddr(c).String()}
	if err := s.Store.Note(c.UserContext(), e); err != nil {
		return err
	}
	return s.done(c, "/profile/account", toast{Text: plural(ended, "device", "devices") + " signed out."})
}

// endSessions handles POST /admin/users/:id/sessions/end: a person is signed out everywhere.
func (s *Server) endSessions(c *fiber.Ctx) error {
	u, _, err := s.userToChange(c)
	if err != nil {
		return err
	}
	after, err := s.Store.EndSessions(c.UserContext(), user(c).Actor(), u.ID)
	if err != nil {
		return err
	}
	if u.ID == user(c).ID {
		if err := s.goOn(c, after); err != nil {
			return err
		}
	}
	return s.done(c, "/admin/users/"+u.ID.String(), toast{Text: u.Username + " is signed out everywhere."})
}

// needFresh refuses who signed in too long ago to change how they get in, or to carry the data away.
func (s *Server) needFresh(c *fiber.Ctx) error {
	if s.fresh(c) {
		return nil
	}
	return &store.Error{Code: store.Forbidden, Message: "You signed in a while ago. Sign in again, then you can do this."}
}

// proveAgain wants the current password from who signed in too long ago. It fails with [store.Invalid].
func (s *Server) proveAgain(c *fiber.Ctx) error {
	password := formValue(c, "current_password")
	if password == "" && s.fresh(c) {
		return nil
	}
	if password == "" {
		return fieldError("current_password", "Write your current password: you signed in a while ago.")
	}
	return s.Store.ProvePassword(c.UserContext(), user(c), password)
}

// againHref leads to the sign-in page though one is signed in, and from there to next.
func againHref(next string) string { return "/login?again=1&next=" + next }

// Others is how many devices there are besides this one.
func (v accountPage) Others() int { return max(len(v.Devices)-1, 0) }
