package handlers

import (
	"errors"
	"math"
	"net/http"
	"net/url"
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
	Passkeys bool // there are some here
	Mail     bool // a link for a new password can be mailed
}

// showLogin handles GET /login?next=.
func (s *Server) showLogin(c *fiber.Ctx) error {
	next := ownPath(c.Query("next"), "/dashboard")
	if u := user(c); u.ID != 0 {
		if stationOf(c).ID == 0 && c.Query("again") != "" {
			visitOf(c).User = store.User{} // the page is a visitor's
			return s.loginPage(c, loginForm{Next: next, Username: u.Username})
		}
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
	v.CSRF, v.Passkeys, v.Mail = s.csrf(c), s.passkeys != nil, s.Mail.Configured
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
		if u.HasSecond {
			return s.askStep(c, u, v.Next)
		}
		return s.enter(c, u, "the password", v.Next)
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

// enter lets in whoever proved to be u, in the way that how names, and leads to next. The log knows of it first.
func (s *Server) enter(c *fiber.Ctx, u store.User, how, next string) error {
	addr := s.clientAddr(c).String()
	err := s.Store.Note(c.UserContext(), store.AuditEntry{By: u.Actor(), Kind: store.AuditSignIn, From: addr,
		What: "signed in with " + how + ", in " + deviceOf(c.Get(fiber.HeaderUserAgent))})
	if err != nil {
		return err
	}
	if err := s.leaveStation(c, u); err != nil {
		return err
	}
	if err := s.beginSession(c, u); err != nil {
		return err
	}
	s.Log.Info("signed in", "id", visitOf(c).ID, "user", uint64(u.ID), "addr", addr, "how", how)
	return c.Redirect(next, http.StatusSeeOther)
}

// askStep remembers that the password was right, and leads to the page that wants the code.
func (s *Server) askStep(c *fiber.Ctx, u store.User, next string) error {
	if err := s.leaveStation(c, u); err != nil {
		return err
	}
	now := s.Store.Now()
	if err := s.startSession(c, session{User: u.ID, Epoch: u.Epoch, Created: now, Seen: now, Half: true}); err != nil {
		return err
	}
	return c.Redirect("/login/code?"+url.Values{"next": {next}}.Encode(), http.StatusSeeOther)
}

// leaveStation ends the station that the device was: it is u's from here on.
func (s *Server) leaveStation(c *fiber.Ctx, u store.User) error {
	if st := stationOf(c); st.ID != 0 {
		return s.Store.EndStation(c.UserContext(), u.Actor(), st.ID)
	}
	return nil
}

// signOut handles POST /logout.
func (s *Server) signOut(c *fiber.Ctx) error {
	if stationOf(c).ID != 0 {
		return s.standUp(c) // the device stays signed in; a manager ends it
	}
	if err := s.endMessages(c, visitOf(c).sess); err != nil {
		return err
	}
	if err := s.endSession(c); err != nil {
		return err
	}
	return c.Redirect("/login", http.StatusSeeOther)
}

// seconds writes a delay for Retry-After, which knows whole seconds only.
func seconds(d time.Duration) string { return strconv.Itoa(int(math.Ceil(d.Seconds()))) }
