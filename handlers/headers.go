package handlers

import (
	"strings"

	"github.com/gofiber/fiber/v2"
)

// policy lets a page load nothing but our own files, and run nothing that is written into it.
const policy = "script-src 'self'; " + policyRest

const policyRest = "default-src 'self'; style-src 'self'; img-src 'self' data:; " +
	"object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// scanPolicy lets the scan page also run the decoder of camera pictures, which is WebAssembly of ours.
const scanPolicy = "script-src 'self' 'wasm-unsafe-eval'; " + policyRest

// secureHeaders sets what every answer carries.
func (s *Server) secureHeaders(c *fiber.Ctx) error {
	s.setSecurityHeaders(c)
	return c.Next()
}

func (s *Server) setSecurityHeaders(c *fiber.Ctx) {
	c.Set(fiber.HeaderContentSecurityPolicy, policy)
	c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
	c.Set(fiber.HeaderXFrameOptions, "DENY")
	c.Set(fiber.HeaderReferrerPolicy, "same-origin")
	c.Set(fiber.HeaderPermissionsPolicy, "camera=(self), microphone=(), geolocation=(), payment=()")
	c.Set("Cross-Origin-Opener-Policy", "same-origin")
	c.Set("Cross-Origin-Resource-Policy", "same-origin")
	c.Set(fiber.HeaderCacheControl, "no-store") // pages are for one person and one moment
	if c.Protocol() == "https" {
		c.Set(fiber.HeaderStrictTransportSecurity, "max-age=31536000")
	}
}

// serveStatic handles GET /static/*. The address holds a hash of the content, so browsers may
// keep the file for ever.
func (s *Server) serveStatic(c *fiber.Ctx) error {
	visitOf(c).Route = "/static/*"
	f, ok := s.Static.Lookup(c.Path())
	if !ok {
		return fiber.ErrNotFound
	}
	c.Set(fiber.HeaderCacheControl, "public, max-age=31536000, immutable")
	c.Set(fiber.HeaderETag, f.ETag)
	c.Vary(fiber.HeaderAcceptEncoding)
	if strings.Contains(c.Get(fiber.HeaderIfNoneMatch), f.ETag) {
		return c.SendStatus(fiber.StatusNotModified)
	}
	var body []byte
	switch accepts := c.Request().Header.HasAcceptEncoding; {
	case accepts("br"):
		body = f.Brotli()
		c.Set(fiber.HeaderContentEncoding, "br")
	case accepts("gzip"):
		body = f.Gzip()
		c.Set(fiber.HeaderContentEncoding, "gzip")
	default:
		body = f.Body()
	}
	c.Set(fiber.HeaderContentType, f.ContentType)
	// A body that is not copied: fasthttp only reads it.
	c.Response().SetBodyRaw(body)
	return nil
}
