package handlers

import (
	"crypto/sha256"
	"fmt"
	"strings"

	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

// trustPage is the data of trust/show: how a phone learns to trust this program's own certificate.
type trustPage struct {
	Name        string   // what phones call the certificate
	Fingerprint []string // SHA-256 of it, in groups of two bytes, as phones show it
	Address     string   // where to go afterwards
}

// showTrust handles GET /trust. It needs no session: who cannot trust the page yet should not sign in on it.
func (s *Server) showTrust(c *fiber.Ctx) error {
	if s.Authority == nil {
		return errNoAuthority()
	}
	sum := sha256.Sum256(s.Authority.Raw)
	v := trustPage{Name: s.Authority.Subject.CommonName, Address: s.BaseURL}
	for i := 0; i < len(sum); i += 2 {
		v.Fingerprint = append(v.Fingerprint, fmt.Sprintf("%02X %02X", sum[i], sum[i+1]))
	}
	h := head{Title: "Trust this address", Section: "more", Narrow: true}
	if user(c).ID != 0 {
		h.Back = &crumb{"/more", "More"}
	}
	return s.page(c, h, "trust/show", v)
}

// sendAuthority handles GET /trust/authority.crt: the certificate to install. It is no secret.
func (s *Server) sendAuthority(c *fiber.Ctx) error {
	if s.Authority == nil {
		return errNoAuthority()
	}
	c.Set(fiber.HeaderContentType, "application/x-x509-ca-cert")
	name := strings.ReplaceAll(s.Authority.Subject.CommonName, " ", "-")
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="`+name+`.crt"`)
	return c.Send(s.Authority.Raw)
}

func errNoAuthority() error {
	return store.Errorf(store.NotFound, "There is nothing to install: this server has a certificate that phones know, or none.")
}
