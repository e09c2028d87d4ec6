package handlers

import (
	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

// profilePage is the data of profile/show.
type profilePage struct {
	CSRF     string
	User     store.User
	Email    string // as typed
	Alerts   alertChoices
	Problem  complaints
	Password bool // the complaints are about the form for the password
	PIN      bool // or about the one for the PIN
	Ask      bool // the form for the mail address asks for the password, too

	draft store.ProfileDraft // what was typed of the rest
}

// showProfile handles GET /profile.
func (s *Server) showProfile(c *fiber.Ctx) error {
	return s.profilePage(c, profilePage{draft: profileOf(user(c))})
}

// profileOf is what u says of themselves now.
func profileOf(u store.User) store.ProfileDraft {
	return store.ProfileDraft{Email: u.Email, ReceiveAlerts: u.ReceiveAlerts, Alerts: u.Alerts, Categories: u.Categories}
}

func (s *Server) profilePage(c *fiber.Ctx, v profilePage) error {
	v.CSRF, v.User, v.Email = s.csrf(c), user(c), v.draft.Email
	var err error
	if v.Alerts, err = s.alertChoices(c, v.draft, v.Problem); err != nil {
		return err
	}
	v.Ask = v.Ask || !s.fresh(c)
	return s.page(c, head{Title: "Profile", Section: "more", Back: &crumb{"/more", "More"}, Narrow: true}, "profile/show", v)
}

// updateProfile handles POST /profile, for the mail address, the password or both. A form without
// a mail field changes neither the address nor the alerts.
func (s *Server) updateProfile(c *fiber.Ctx) error {
	u := user(c)
	d := profileOf(u)
	d.Password = formValue(c, "password")
	if formHas(c, "email") {
		d.Email = formText(c, "email")
		readAlerts(c, &d)
	}
	v := profilePage{draft: d, Password: formHas(c, "password")}
	if formHas(c, "password") && d.Password == "" && !formHas(c, "email") {
		v.Problem, _ = complaintsIn(fieldError("password", "Write the new password."))
		c.Status(fiber.StatusUnprocessableEntity)
		return s.profilePage(c, v)
	}
	if d.Email != u.Email && d.Password == "" { // links that open the account are mailed there
		err := s.proveAgain(c)
		if p, ok := complaintsIn(err); ok {
			v.Problem, v.Ask = p, true
			c.Status(formStatus(err))
			return s.profilePage(c, v)
		}
		if err != nil {
			return err
		}
	}
	after, err := s.Store.ChangeOwnAccount(c.UserContext(), u.ID, formValue(c, "current_password"), d)
	if p, ok := complaintsIn(err); ok {
		v.Problem = p
		c.Status(formStatus(err))
		return s.profilePage(c, v)
	}
	if err != nil {
		return err
	}
	text := "Saved."
	if d.Password != "" {
		text = "Password changed. Your other devices are signed out."
		s.Log.Info("password changed", "id", visitOf(c).ID, "user", uint64(u.ID))
	}
	if after.Epoch != u.Epoch { // all sessions have ended, this one goes on under a new id
		if err := s.goOn(c, after); err != nil {
			return err
		}
	}
	return s.done(c, "/profile", toast{Text: text})
}

// updatePIN handles POST /profile/pin: a PIN for shared tablets, or none any more.
func (s *Server) updatePIN(c *fiber.Ctx) error {
	u, pin := user(c), formText(c, "pin")
	password, text := formValue(c, "current_password"), "Saved. Your PIN opens the shared tablets."
	var err error
	if formTick(c, "remove") {
		_, err = s.Store.RemovePIN(c.UserContext(), u.ID, password)
		text = "Your PIN is gone."
	} else {
		_, err = s.Store.SetPIN(c.UserContext(), u.ID, password, pin)
	}
	if p, ok := complaintsIn(err); ok {
		c.Status(formStatus(err))
		return s.profilePage(c, profilePage{draft: profileOf(u), Problem: p, PIN: true})
	}
	if err != nil {
		return err
	}
	s.Log.Info("pin changed", "id", visitOf(c).ID, "user", uint64(u.ID))
	return s.done(c, "/profile", toast{Text: text})
}
