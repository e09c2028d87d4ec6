package handlers

import (
	"net/http"

	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

// forgotForm is the data of gate/forgot: who wants a link to set a new password.
type forgotForm struct {
	CSRF    string
	Able    bool // mail is set up
	Sent    bool
	Problem string
}

// resetForm is the data of gate/reset.
type resetForm struct {
	CSRF    string
	Token   string
	Name    string // whose password it is
	Problem complaints
}

// showForgot handles GET /forgot.
func (s *Server) showForgot(c *fiber.Ctx) error { return s.forgotPage(c, forgotForm{}) }

func (s *Server) forgotPage(c *fiber.Ctx, v forgotForm) error {
	v.CSRF, v.Able = s.csrf(c), s.Mail.Configured
	visitOf(c).User = store.User{} // the page is a visitor's
	return s.page(c, head{Title: "New password"}, "gate/forgot", v)
}

// askReset handles POST /forgot. The answer is the same whether or not there is such a person.
func (s *Server) askReset(c *fiber.Ctx) error {
	if !s.Mail.Configured {
		return store.Errorf(store.NotFound, "No mail can be sent here. Your owner can set a new password.")
	}
	err := s.Store.AskReset(c.UserContext(), formText(c, "name"), networkOf(s.clientAddr(c)))
	if err != nil {
		return err
	}
	return s.forgotPage(c, forgotForm{Sent: true})
}

// showReset handles GET /reset?token=, the page that a mailed link opens.
func (s *Server) showReset(c *fiber.Ctx) error {
	return s.resetPage(c, resetForm{Token: c.Query("token")})
}

func (s *Server) resetPage(c *fiber.Ctx, v resetForm) error {
	u, err := s.Store.UserOfReset(c.UserContext(), v.Token)
	if err != nil {
		return err
	}
	v.CSRF, v.Name = s.csrf(c), u.Username
	visitOf(c).User = store.User{}
	return s.page(c, head{Title: "New password"}, "gate/reset", v)
}

// resetPassword handles POST /reset. Whoever has the link has still to sign in, with the second step if it is on.
func (s *Server) resetPassword(c *fiber.Ctx) error {
	v := resetForm{Token: formValue(c, "token")}
	u, err := s.Store.ResetPassword(c.UserContext(), v.Token, formValue(c, "password"))
	if p, ok := complaintsIn(err); ok {
		v.Problem = p
		c.Status(formStatus(err))
		return s.resetPage(c, v)
	}
	if err != nil {
		return err
	}
	s.Log.Info("password reset", "id", visitOf(c).ID, "user", uint64(u.ID), "addr", s.clientAddr(c).String())
	s.keepToast(c, toast{Text: "Your new password works. Sign in with it."})
	return c.Redirect("/login", http.StatusSeeOther)
}
