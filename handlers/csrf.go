package handlers

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/url"

	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

// keys are made from the secret, one for each use, so that a signature made for one is worth
// nothing for another.
type keys struct{ form, toast []byte }

func deriveKeys(secret []byte) keys {
	derive := func(use string) []byte {
		k, err := hkdf.Key(sha256.New, secret, nil, "lwc-inventory "+use, sha256.Size)
		if err != nil {
			panic(err) // only for lengths that this one is not
		}
		return k
	}
	return keys{form: derive("form token"), toast: derive("toast")}
}

func mac(key []byte, parts ...string) string {
	h := hmac.New(sha256.New, key)
	for _, p := range parts {
		h.Write([]byte(p))
		h.Write([]byte{0})
	}
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}

// sign is the signature of a toast, for one visitor.
func (s *Server) sign(text, visitor string) string { return mac(s.keys.toast, visitor, text) }

// csrf returns the token that forms of this visitor carry. A visitor without a cookie gets one:
// the token is bound to it.
func (s *Server) csrf(c *fiber.Ctx) string {
	v := visitOf(c)
	if v.cookie == "" {
		v.cookie = newVisitorID()
		s.setCookie(c, s.cookieName(), v.cookie, 0) // 0: until the browser is closed
	}
	return mac(s.keys.form, v.cookie)
}

// checkToken refuses a form that this visitor was not given.
func (s *Server) checkToken(c *fiber.Ctx) error {
	got := c.Get("X-CSRF-Token")
	if got == "" {
		got = c.FormValue("_csrf")
	}
	v := visitOf(c)
	if v.cookie == "" || !hmac.Equal([]byte(got), []byte(mac(s.keys.form, v.cookie))) {
		return errForeignForm()
	}
	return nil
}

// checkSite refuses what another site's page sends. Browsers say where a request comes from;
// programs say nothing, and need the token all the same.
func (s *Server) checkSite(c *fiber.Ctx) error {
	switch c.Get("Sec-Fetch-Site") {
	case "same-origin", "none":
		return nil
	case "":
	default:
		return errForeignForm()
	}
	origin := c.Get(fiber.HeaderOrigin)
	if origin == "" || origin == s.origin {
		return nil
	}
	if u, err := url.Parse(origin); err == nil && u.Host != "" && u.Host == string(c.Context().Host()) {
		return nil
	}
	return errForeignForm()
}

func errForeignForm() error {
	return store.Errorf(store.Forbidden, "This page was open too long or came from somewhere else. Reload and try again.")
}
