package handlers

import (
	"bytes"
	"errors"
	"image/png"
	"net/http"
	"net/url"
	"strings"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/qr"
	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

// secondForm is the data of account/second: an app gets the seed, and proves it.
type secondForm struct {
	CSRF    string
	Seed    string // in groups of four
	Link    string // what the picture says, for a phone that shows this page itself
	Problem complaints
}

// recoveryPage is the data of account/recovery: codes that are shown this once.
type recoveryPage struct {
	Codes []string
	Fresh bool // the second step was turned on with them
}

// beginSecond handles POST /profile/second/begin.
func (s *Server) beginSecond(c *fiber.Ctx) error {
	if err := s.needFresh(c); err != nil {
		return err
	}
	if err := s.Store.BeginSecond(c.UserContext(), user(c).ID); err != nil {
		return err
	}
	return c.Redirect("/profile/second", http.StatusSeeOther)
}

// showSecond handles GET /profile/second.
func (s *Server) showSecond(c *fiber.Ctx) error { return s.secondPage(c, complaints{}) }

func (s *Server) secondPage(c *fiber.Ctx, p complaints) error {
	if err := s.needFresh(c); err != nil {
		return err
	}
	u := user(c)
	seed, err := s.Store.NewSecond(c.UserContext(), u.ID)
	if err != nil {
		return err
	}
	v := secondForm{CSRF: s.csrf(c), Link: seedLink(u, seed), Problem: p}
	for i := 0; i < len(seed); i += 4 {
		v.Seed += seed[i:min(i+4, len(seed))] + " "
	}
	v.Seed = strings.TrimSpace(v.Seed)
	h := head{Title: "Second step", Section: "more", Back: &crumb{"/profile/account", "Sign-in and devices"}, Narrow: true}
	return s.page(c, h, "account/second", v)
}

// seedLink is what authenticator apps read (Key URI format, as Google Authenticator has made it common).
func seedLink(u store.User, seed string) string {
	return "otpauth://totp/" + url.PathEscape("LWC Inventory:"+u.Username) + "?" + strings.ReplaceAll(url.Values{"secret": {seed}, "issuer": {"LWC Inventory"}}.Encode(), "+", "%20")
}

// sendSecond handles GET /profile/second.png: the seed as a QR code.
func (s *Server) sendSecond(c *fiber.Ctx) error {
	if err := s.needFresh(c); err != nil {
		return err
	}
	seed, err := s.Store.NewSecond(c.UserContext(), user(c).ID)
	if err != nil {
		return err
	}
	code, err := qr.Encode(seedLink(user(c), seed), qr.M, qr.Auto)
	if err != nil {
		return err
	}
	if code, err = barcode.Scale(code, 264, 264); err != nil {
		return err
	}
	var out bytes.Buffer
	if err := png.Encode(&out, code); err != nil {
		return err
	}
	return c.Type("png").Send(out.Bytes())
}

// confirmSecond handles POST /profile/second: the app's first code turns the second step on.
func (s *Server) confirmSecond(c *fiber.Ctx) error {
	if err := s.needFresh(c); err != nil {
		return err
	}
	codes, err := s.Store.ConfirmSecond(c.UserContext(), user(c).ID, formText(c, "code"))
	if p, ok := complaintsIn(err); ok {
		c.Status(formStatus(err))
		return s.secondPage(c, p)
	}
	if err != nil {
		return err
	}
	s.Log.Info("second step on", "id", visitOf(c).ID, "user", uint64(user(c).ID))
	return s.recoveryPage(c, recoveryPage{Codes: codes, Fresh: true})
}

func (s *Server) recoveryPage(c *fiber.Ctx, v recoveryPage) error {
	h := head{Title: "Recovery codes", Section: "more", Back: &crumb{"/profile/account", "Sign-in and devices"}, Narrow: true}
	return s.page(c, h, "account/recovery", v)
}

// renewRecovery handles POST /profile/second/recovery.
func (s *Server) renewRecovery(c *fiber.Ctx) error {
	if err := s.needFresh(c); err != nil {
		return err
	}
	codes, err := s.Store.RenewRecovery(c.UserContext(), user(c).ID)
	if err != nil {
		return err
	}
	return s.recoveryPage(c, recoveryPage{Codes: codes})
}

// endSecond handles POST /profile/second/off.
func (s *Server) endSecond(c *fiber.Ctx) error {
	if err := s.needFresh(c); err != nil {
		return err
	}
	u := user(c)
	if _, err := s.Store.EndSecond(c.UserContext(), u.Actor(), u.ID); err != nil {
		return err
	}
	return s.done(c, "/profile/account", toast{Text: "The second step is off."})
}

// endSecondOf handles POST /admin/users/:id/second/off: somebody lost the phone, and the owner knows them.
func (s *Server) endSecondOf(c *fiber.Ctx) error {
	u, _, err := s.userToChange(c)
	if err != nil {
		return err
	}
	if err := s.needFresh(c); err != nil {
		return err
	}
	if _, err := s.Store.EndSecond(c.UserContext(), user(c).Actor(), u.ID); err != nil {
		return err
	}
	return s.done(c, "/admin/users/"+u.ID.String(), toast{Text: u.Username + " signs in with the password alone."})
}

// stepForm is the data of gate/code: the second step of signing in.
type stepForm struct {
	CSRF    string
	Next    string
	Problem string
}

// showStep handles GET /login/code?next=.
func (s *Server) showStep(c *fiber.Ctx) error {
	if visitOf(c).half.User == 0 {
		return c.Redirect("/login", http.StatusSeeOther)
	}
	return s.stepPage(c, stepForm{Next: ownPath(c.Query("next"), "/dashboard")})
}

func (s *Server) stepPage(c *fiber.Ctx, v stepForm) error {
	v.CSRF = s.csrf(c)
	return s.page(c, head{Title: "Sign in"}, "gate/code", v)
}

// takeStep handles POST /login/code. A wrong code brings the form back with 422, too many with 429.
func (s *Server) takeStep(c *fiber.Ctx) error {
	half := visitOf(c).half
	if half.User == 0 {
		return c.Redirect("/login", http.StatusSeeOther)
	}
	v := stepForm{Next: ownPath(formText(c, "next"), "/dashboard")}
	u, recovered, err := s.Store.CheckSecond(c.UserContext(), half.User, formText(c, "code"))
	e, ok := errors.AsType[*store.Error](err)
	switch {
	case err == nil && u.Epoch == half.Epoch:
		how := "the password, a code"
		if recovered {
			how = "the password, a recovery code"
		}
		return s.enter(c, u, how, v.Next)
	case err == nil: // the password was changed meanwhile
		return c.Redirect("/login", http.StatusSeeOther)
	case ok && e.Code == store.TooMany:
		c.Status(http.StatusTooManyRequests)
		c.Set(fiber.HeaderRetryAfter, seconds(e.RetryAfter))
	case ok && e.Code == store.Forbidden:
		c.Status(http.StatusUnprocessableEntity)
	default:
		return err
	}
	s.Log.Warn("second step refused", "id", visitOf(c).ID, "user", uint64(half.User), "code", e.Code)
	v.Problem = e.Message
	return s.stepPage(c, v)
}
