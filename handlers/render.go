package handlers

import (
	"bytes"
	"html/template"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

// A head says how a page stands in its frame.
type head struct {
	Title   string
	Section string // of the navigation: today jobs scan items more
	Back    *crumb // the way back from a deep page; nil on top pages
	Task    bool   // a page for one act: no brand on phones
	Narrow  bool   // text and forms: a line does not grow past reading length
	Half    half   // of a split screen; "" for a page that is always alone
	Beside  *part  // the list of a detail; nil where it has no room
}

// A crumb leads back to the page above.
type crumb struct{ Href, Text string }

// A frame is the data of layout/page: what surrounds a view and no view knows of.
type frame struct {
	head
	User   store.User // zero for a visitor, who gets no navigation
	State  syncLine
	Bell   bell
	Banner *banner
	Toast  toast
	Desk   *deskLine     // who acts at a station; nil on every other device
	Body   template.HTML // a view this package has just rendered
	List   template.HTML // what stands beside it
}

// Class is the class of the body element.
func (f frame) Class() string {
	switch {
	case f.User.ID == 0:
		return "gate"
	case f.Task:
		return "task"
	case f.Back != nil:
		return "deep"
	}
	return ""
}

// A toast is a line of news for the person at the screen.
type toast struct {
	Text string
	Bad  bool
	Undo *undoForm // offers to take it back; nil if it cannot be
	OOB  bool      // it comes beside another fragment, and finds its own place; set by toastPart
}

// A confirm is the data of layout/confirm, which stands in a form in the place of its button when
// the store found the act unusual.
type confirm struct {
	Question string // the store's
	Note     string // what follows from a yes; may be empty
	Yes      string // repeats the act: "Take 20 ea"
	Back     string // where "Change" leads
}

// A part is one view and its data.
type part struct {
	view string
	data any
}

// partial reports whether the request wants a piece of a page and not a page.
// A boosted link, and history restored after a miss, want the page.
func partial(c *fiber.Ctx) bool { return fromHTMX(c) && c.Get("HX-Boosted") != "true" }

// fromHTMX reports whether a script swaps the answer into a page that is already there.
func fromHTMX(c *fiber.Ctx) bool {
	return c.Get("HX-Request") == "true" && c.Get("HX-History-Restore-Request") != "true"
}

// page answers with a whole page around the view. The view is rendered first, on its own: the
// engine's layouts share state between requests and break when a fragment is rendered beside one.
func (s *Server) page(c *fiber.Ctx, h head, view string, data any) error {
	body, err := s.html(part{view, data})
	if err != nil {
		return err
	}
	if h.Half != "" && halfAsked(c) == h.Half {
		return s.answerHalf(c, frame{head: h, Body: body})
	}
	f := frame{head: h, User: user(c), Toast: s.takeToast(c), Body: body}
	if h.Beside != nil {
		if f.List, err = s.html(*h.Beside); err != nil {
			return err
		}
	}
	if st := stationOf(c); st.ID != 0 && f.User.ID != 0 {
		f.Desk = &deskLine{CSRF: s.csrf(c), Name: f.User.Username, Station: st.Name}
	}
	if f.User.ID != 0 {
		if err := s.frameState(c, &f); err != nil {
			return err
		}
		if f.Bell, err = s.bell(c); err != nil {
			return err
		}
	}
	return s.fragments(c, part{"layout/page", f})
}

// buffers hold views between their rendering and their frame's.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

func (s *Server) html(p part) (template.HTML, error) {
	out := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(out)
	out.Reset()
	err := s.views.Render(out, p.view, p.data)
	return template.HTML(out.String()), err
}

// fragments answers with the parts, one after another, and nothing around them. They are written straight
// into the answer, whose memory Fiber uses again.
func (s *Server) fragments(c *fiber.Ctx, parts ...part) error {
	c.Response().ResetBody()
	for _, p := range parts {
		if err := s.views.Render(c.Response().BodyWriter(), p.view, p.data); err != nil {
			c.Response().ResetBody() // half a page is none
			return err
		}
	}
	c.Vary("HX-Request", "HX-Boosted", "HX-History-Restore-Request")
	c.Type("html", "utf-8")
	return nil
}

// toastPart is a toast that comes beside another fragment.
func (s *Server) toastPart(t toast) part {
	t.OOB = true
	return part{"layout/toast", t}
}

// done answers a form whose work is finished: it leads to the page at to, which shows the toast once.
func (s *Server) done(c *fiber.Ctx, to string, t toast) error {
	s.keepToast(c, t)
	if partial(c) { // a script cannot follow to a page of another frame
		c.Set("HX-Redirect", to)
		return c.SendStatus(fiber.StatusNoContent)
	}
	return c.Redirect(to, fiber.StatusSeeOther)
}

// longestPath is how long an address is that a page may lead back to, in bytes: it travels in
// headers and in a cookie. Ours are far shorter.
const longestPath = 2000

// ownPath returns path if it leads to a page of this program, and otherwise instead.
// Browsers read both //host and /\host as another site, and do not see tabs and line ends.
func ownPath(path, instead string) string {
	switch {
	case !strings.HasPrefix(path, "/"), strings.HasPrefix(path, "//"), strings.Contains(path, `\`),
		strings.ContainsFunc(path, unicode.IsControl), !utf8.ValidString(path), len(path) > longestPath:
		return instead
	}
	return path
}
