package handlers

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

// A labelKind says what a label of ours stands on.
type labelKind string

const (
	itemLabel  labelKind = "i" // number: the item's id
	placeLabel labelKind = "p" // the place's id
	jobLabel   labelKind = "j" // the job's number at Jobber, which people know it by
)

// A label is what one of our own labels says. Its code is a short address, such as
// https://lwc.example/i/12: the scan page knows what it stands for, and any phone's camera opens the page.
type label struct {
	Kind   labelKind
	Number uint64
}

// Path is the label's address on this server.
func (l label) Path() string { return "/" + string(l.Kind) + "/" + strconv.FormatUint(l.Number, 10) }

// labelURL is what the code on a label holds: its address under the public name of this server.
func (s *Server) labelURL(c *fiber.Ctx, l label) string {
	if s.BaseURL != "" {
		return s.BaseURL + l.Path()
	}
	return c.BaseURL() + l.Path()
}

// parseLabel reads a label's address. Only addresses on one of the hosts count: makers print addresses
// of their own on boxes. Case does not count, since codes in capitals are smaller.
func parseLabel(code string, hosts ...string) (label, bool) {
	u, err := url.Parse(strings.ToLower(strings.TrimSpace(code)))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.RawQuery != "" || u.Fragment != "" {
		return label{}, false
	}
	ours := false
	for _, h := range hosts {
		ours = ours || h != "" && strings.EqualFold(h, u.Host)
	}
	kind, digits, _ := strings.Cut(strings.TrimPrefix(u.Path, "/"), "/")
	n, err := store.ParseID[store.ItemID](digits)
	if !ours || err != nil {
		return label{}, false
	}
	switch l := (label{labelKind(kind), uint64(n)}); l.Kind {
	case itemLabel, placeLabel, jobLabel:
		return l, true
	}
	return label{}, false
}

// behind returns what a scanned or typed code stands for. It fails with [store.NotFound].
func (s *Server) behind(c *fiber.Ctx, code string) (store.Scanned, error) {
	base, err := url.Parse(s.BaseURL)
	if err != nil {
		base = &url.URL{} // not set
	}
	l, ours := parseLabel(code, base.Host, string(c.Context().Host()))
	if !ours {
		return s.Store.Scan(c.UserContext(), code)
	}
	var found store.Scanned
	switch l.Kind {
	case itemLabel:
		found.Item, err = s.Store.Stock(c.UserContext(), store.ItemID(l.Number))
	case placeLabel:
		found.Place, err = s.Store.Place(c.UserContext(), store.PlaceID(l.Number))
	default:
		found.Job, err = s.Store.JobNumbered(c.UserContext(), int(min(l.Number, 1<<31)))
	}
	return found, err
}

// pageOf is the page of what a code stands for.
func pageOf(f store.Scanned) string {
	switch {
	case f.Item.ID != 0:
		return "/items/" + f.Item.ID.String()
	case f.Place.ID != 0:
		return "/places/" + f.Place.ID.String()
	}
	return "/jobs/" + f.Job.ID.String()
}

// openLabel handles GET /i/:id, /p/:id and /j/:number: somebody's camera read a label.
func (s *Server) openLabel(c *fiber.Ctx) error {
	found, err := s.behind(c, "http://"+string(c.Context().Host())+c.Path())
	if err != nil {
		return err
	}
	return c.Redirect(pageOf(found), fiber.StatusSeeOther)
}
