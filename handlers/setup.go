package handlers

import (
	"net/http"

	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

// setupForm is the data of gate/setup.
type setupForm struct {
	CSRF            string
	Username, Email string
	Problem         complaints
}

// showSetup handles GET /setup, which is there only while there is no user.
func (s *Server) showSetup(c *fiber.Ctx) error {
	if err := s.onlyFirst(c); err != nil {
		return err
	}
	return s.setupPage(c, setupForm{})
}

func (s *Server) setupPage(c *fiber.Ctx, v setupForm) error {
	v.CSRF = s.csrf(c)
	return s.page(c, head{Title: "Set up"}, "gate/setup", v)
}

// setUp handles POST /setup: it makes the first owner and signs them in.
func (s *Server) setUp(c *fiber.Ctx) error {
	if err := s.onlyFirst(c); err != nil {
		return err
	}
	v := setupForm{Username: formText(c, "username"), Email: formText(c, "email")}
	u, err := s.Store.SetUp(c.UserContext(), store.UserDraft{
		Username: v.Username, Email: v.Email, Password: formValue(c, "password"),
		Role: store.Owner, Active: true, ReceiveAlerts: v.Email != "",
	})
	if problem, ok := complaintsIn(err); ok && store.CodeOf(err) == store.Invalid {
		v.Problem = problem
		c.Status(http.StatusUnprocessableEntity)
		return s.setupPage(c, v)
	}
	if err != nil {
		return err
	}
	if err := s.beginSession(c, u); err != nil {
		return err
	}
	s.Log.Info("set up", "id", visitOf(c).ID, "user", uint64(u.ID))
	return s.done(c, "/dashboard", toast{Text: "Welcome, " + u.Username + ". You are the owner."})
}

// onlyFirst fails with [store.NotFound] when somebody is here already.
func (s *Server) onlyFirst(c *fiber.Ctx) error {
	any, err := s.Store.HasUsers(c.UserContext())
	if err == nil && any {
		err = store.Errorf(store.NotFound, "There is nothing at this address. The set-up is done.")
	}
	return err
}
