package handlers

import (
	"net/url"

	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

// A half says which side of a split screen a page is: where there is room, a list and what was chosen
// from it stand side by side. Elsewhere each is a page of its own.
type half string

const (
	listHalf   half = "list"
	detailHalf half = "detail"
)

// besideCookie holds the address of the list that the browser shows, and only while its screen has room
// for two halves: static/split.js sets it. So a page comes with its list in one answer, and phones get none.
const besideCookie = "beside"

// A filter gives what a list is asked for, by name; "" for what is not.
type filter func(name string) string

// asked is what the request's own address asks for.
func asked(c *fiber.Ctx) filter { return func(name string) string { return c.Query(name) } }

// hasRoom reports whether the browser shows a list beside its details.
func hasRoom(c *fiber.Ctx) bool { return c.Cookies(besideCookie) != "" }

// remembered is what the browser's list under path asks for; nothing when it shows another.
func remembered(c *fiber.Ctx, path string) filter {
	text, err := url.QueryUnescape(c.Cookies(besideCookie))
	if err != nil {
		return url.Values{}.Get
	}
	at, err := url.Parse(text)
	if err != nil || at.Path != path {
		return url.Values{}.Get
	}
	return at.Query().Get
}

// beside is the list under path for a detail's page, as the browser last showed it; nil when it has no room for one, and
// for a script, whose page has it already. What the browser remembers may be gone since: then the list is shown from its start.
func (s *Server) beside(c *fiber.Ctx, path string, list func(filter) (part, error)) (*part, error) {
	if !hasRoom(c) || halfAsked(c) != "" {
		return nil, nil
	}
	p, err := list(remembered(c, path))
	if code := store.CodeOf(err); code == store.NotFound || code == store.Invalid {
		p, err = list(url.Values{}.Get)
	}
	return &p, err
}

// halfAsked is the half of a split screen that a link asks for; "" for a whole page.
func halfAsked(c *fiber.Ctx) half {
	if !fromHTMX(c) || partial(c) {
		return ""
	}
	return half(c.Get("HX-Target"))
}

// answerHalf answers a link of a split screen, which leaves the other half alone.
func (s *Server) answerHalf(c *fiber.Ctx, f frame) error {
	if f.Half == listHalf {
		keepAddress(c)
	}
	return s.fragments(c, part{"layout/half", f})
}

// keepAddress leaves the address to the detail when somebody moves through the list beside it.
func keepAddress(c *fiber.Ctx) {
	if from, err := url.Parse(c.Get("HX-Current-URL")); err != nil || from.Path != c.Path() {
		c.Set("HX-Replace-Url", "false") // which to htmx says that nothing is pushed, too
	}
}
