package handlers

import (
	"errors"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

// loginForm is the data of gate/login.
type loginForm struct {
	CSRF     string
	Next     string // where to go afterwards
	Username string
	Problem  string
}

// showLogin handles GET /login?next=.
func (s *Server) showLogin(c *fiber.Ctx) error {
	next := ownPath(c.Query("next"), "/dashboard")
	if user(c).ID != 0 {
		return c.Redirect(next, http.StatusSeeOther)
	}
	any, err := s.Store.HasUsers(c.UserContext())
	if err != nil {
		return err
	}
	if !any {
		return c.Redirect("/setup", http.StatusSeeOther)
	}
	return s.loginPage(c, loginForm{Next: next})
}

func (s *Server) loginPage(c *fiber.Ctx, v loginForm) error {
	v.CSRF = s.csrf(c)
	return s.page(c, head{Title: "Sign in"}, "gate/login", v)
}

// signIn handles POST /login. A wrong password brings the form back with 422, too many with 429.
func (s *Server) signIn(c *fiber.Ctx) error {
	v := loginForm{Username: formText(c, "username"), Next: ownPath(formText(c, "next"), "/dashboard")}
	addr := s.clientAddr(c).String()
	u, err := s.Store.SignIn(c.UserContext(), v.Username, formValue(c, "password"), networkOf(s.clientAddr(c)))
	e, ok := errors.AsType[*store.Error](err)
	switch {
	case err == nil:
		if err := s.beginSession(c, u); err != nil {
			return err
		}
		s.Log.Info("signed in", "id", visitOf(c).ID, "user", uint64(u.ID), "addr", addr)
		return c.Redirect(v.Next, http.StatusSeeOther)
	case ok && e.Code == store.TooMany:
		c.Status(http.StatusTooManyRequests)
		c.Set(fiber.HeaderRetryAfter, seconds(e.RetryAfter))
	case ok && (e.Code == store.Forbidden || e.Code == store.Invalid):
		c.Status(http.StatusUnprocessableEntity)
	default:
		return err
	}
	s.Log.Warn("sign-in refused", "id", visitOf(c).ID, "addr", addr, "code", e.Code)
	v.Problem = e.Message
	// Whoever is signed in here stays so; the page is the visitor's all the same.
	visitOf(c).User = store.User{}
	return s.loginPage(c, v)
}

// signOut handles POST /logout.
func (s *Server) signOut(c *fiber.Ctx) error {
	if err := s.endSession(c); err != nil {
		return err
	}
	return c.Redirect("/login", http.StatusSeeOther)
}

// seconds writes a delay for Retry-After, which knows whole seconds only.
func seconds(d time.Duration) string { return strconv.Itoa(int(math.Ceil(d.Seconds()))) }
