package handlers

import (
	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

// profilePage is the data of profile/show.
type profilePage struct {
	CSRF          string
	User          store.User
	Email         string // as typed
	ReceiveAlerts bool
	Problem       complaints
	Password      bool // the complaints are about the form for the password
}

// showProfile handles GET /profile.
func (s *Server) showProfile(c *fiber.Ctx) error {
	u := user(c)
	return s.profilePage(c, profilePage{Email: u.Email, ReceiveAlerts: u.ReceiveAlerts})
}

func (s *Server) profilePage(c *fiber.Ctx, v profilePage) error {
	v.CSRF, v.User = s.csrf(c), user(c)
	return s.page(c, head{Title: "Profile", Section: "more", Back: &crumb{"/more", "More"}, Narrow: true}, "profile/show", v)
}

// updateProfile handles POST /profile, for the mail address, the password or both. A form without
// a mail field changes neither the address nor the alerts.
func (s *Server) updateProfile(c *fiber.Ctx) error {
	u := user(c)
	d := store.ProfileDraft{Email: u.Email, ReceiveAlerts: u.ReceiveAlerts, Password: formValue(c, "password")}
	if formHas(c, "email") {
		d.Email, d.ReceiveAlerts = formText(c, "email"), formTick(c, "receive_alerts")
	}
	v := profilePage{Email: d.Email, ReceiveAlerts: d.ReceiveAlerts, Password: formHas(c, "password")}
	if formHas(c, "password") && d.Password == "" && !formHas(c, "email") {
		v.Problem, _ = complaintsIn(fieldError("password", "Write the new password."))
		c.Status(fiber.StatusUnprocessableEntity)
		return s.profilePage(c, v)
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
		if err := s.beginSession(c, after); err != nil {
			return err
		}
	}
	return s.done(c, "/profile", toast{Text: text})
}
