package handlers

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net/url"
	"slices"

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

func mac(key []byte, parts ...string) []byte {
	h := hmac.New(sha256.New, key)
	for _, p := range parts {
		h.Write([]byte(p))
		h.Write([]byte{0})
	}
	return h.Sum(nil)
}

// sign is the signature of a toast, for one visitor.
func (s *Server) sign(text, visitor string) string {
	return base64.RawURLEncoding.EncodeToString(mac(s.keys.toast, visitor, text))
}

// csrf returns the token that forms of this visitor carry. A visitor without a cookie gets one:
// the token is bound to it. It looks different in every answer: were it always the same bytes,
// how well a page compresses that also shows what a stranger chose would give them away.
func (s *Server) csrf(c *fiber.Ctx) string {
	v := visitOf(c)
	if v.cookie == "" {
		v.cookie = newVisitorID()
		s.setCookie(c, s.cookieName(), v.cookie, 0) // 0: until the browser is closed
	}
	if v.mask == nil {
		v.mask = make([]byte, sha256.Size)
		rand.Read(v.mask) // never fails
	}
	masked := make([]byte, sha256.Size)
	subtle.XORBytes(masked, v.mask, mac(s.keys.form, v.cookie))
	return base64.RawURLEncoding.EncodeToString(slices.Concat(v.mask, masked))
}

// unmask returns what lies under the mask of a token; nil for what is no token.
func unmask(token string) []byte {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(raw) != 2*sha256.Size {
		return nil
	}
	plain := make([]byte, sha256.Size)
	subtle.XORBytes(plain, raw[:sha256.Size], raw[sha256.Size:])
	return plain
}

// checkToken refuses a form that this visitor was not given.
func (s *Server) checkToken(c *fiber.Ctx) error {
	got := c.Get("X-CSRF-Token")
	if got == "" {
		got = formValue(c, "_csrf")
	}
	v := visitOf(c)
	if v.cookie == "" || !hmac.Equal(unmask(got), mac(s.keys.form, v.cookie)) {
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
