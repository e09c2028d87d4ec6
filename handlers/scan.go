package handlers

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

const (
	scanHits   = 10
	truckLimit = 8 // to choose from with one tap; the others have labels
)

// scanShow is the data of scan/show: the page that scans.
type scanShow struct {
	scanState
	CSRF      string
	RequestID string // of a code that is typed without a script
	Code      string // typed, and to be mended
	Problem   complaints
	Ask       scanAsk
	Hits      []scanHit
}

// scanHead is the data of scan/head: the verbs, and what scans are about.
type scanHead struct {
	scanState
	OOB bool // takes the place of the one on the page
}

// scanAsk is the data of scan/ask: what a scan came to when it is not simply done. At most one of its
// parts is set.
type scanAsk struct {
	Unknown *unknownCode
	Attach  *attachCode
	Found   *foundThing
	Sure    *pendingScan // is it meant?
	Where   *pendingScan // where to?
	Refused string       // why it cannot be
}

// unknownCode is the data of scan/unknown: nobody knows the code yet.
type unknownCode struct {
	Code   string
	Attach string    // where it is given to an item
	Ignore string    // where nothing is done about it
	Rows   []itemRow // whose names come near it: people type words too
}

// foundThing is the data of scan/found: what is looked for, and how much there is.
type foundThing struct {
	Item  *itemRow // nil: a place or a job
	Where []store.Balance
	Icon  string
	Name  string
	Note  string
	Href  string
}

// pendingScan is the data of scan/sure and scan/where: a scan that waits for an answer.
type pendingScan struct {
	scanState
	Code, RequestID, CSRF string
	Name                  string // of the item
	Confirm               confirm
	Trucks                []store.Place
}

// cleanCode is a code as it was scanned or typed, without what is no part of any.
func cleanCode(text string) string {
	text = strings.TrimSpace(strings.ToValidUTF8(text, ""))
	if r := []rune(text); len(r) > longestCode {
		text = string(r[:longestCode])
	}
	return text
}

// longestCode is how long a code may be, in characters. An address on a label is far shorter.
const longestCode = 200

// showScan handles GET /scan. With a code it leads to the page of what the code stands for; a code of
// nothing is looked up as words too, since people type names into this field.
func (s *Server) showScan(c *fiber.Ctx) error {
	st, err := s.scanState(c)
	if err != nil {
		return err
	}
	if c.Query("verb") != "" {
		s.keepScanState(c, st)
	}
	code := cleanCode(c.Query("code"))
	if code == "" {
		if partial(c) {
			return s.fragments(c, part{"scan/head", scanHead{st, false}})
		}
		return s.scanPage(c, scanShow{scanState: st})
	}
	found, err := s.behind(c, code)
	if err == nil && found.Place.ID != 0 && st.Verb.Kind == store.Count {
		return c.Redirect(countOfPlace(found.Place.ID), fiber.StatusSeeOther)
	}
	if err == nil {
		return c.Redirect(pageOf(found), fiber.StatusSeeOther)
	}
	if store.CodeOf(err) != store.NotFound {
		return err
	}
	unknown, err := s.unknownCode(c, st, code)
	if err != nil {
		return err
	}
	if partial(c) {
		return s.fragments(c, part{"scan/ask", scanAsk{Unknown: &unknown}})
	}
	return s.scanPage(c, scanShow{scanState: st, Ask: scanAsk{Unknown: &unknown}})
}

// Head is the upper part of the page.
func (v scanShow) Head() scanHead { return scanHead{v.scanState, false} }

// scanPage answers with the whole page. It is the one that may run the decoder.
func (s *Server) scanPage(c *fiber.Ctx, v scanShow) error {
	var err error
	if v.Hits, err = s.recentHits(c, v.Href()); err != nil {
		return err
	}
	v.CSRF, v.RequestID = s.csrf(c), newID()
	c.Set(fiber.HeaderContentSecurityPolicy, scanPolicy)
	return s.page(c, head{Title: "Scan: " + v.Verb.Name, Section: "scan"}, "scan/show", v)
}

// unknownCode is the question about a code of nothing.
func (s *Server) unknownCode(c *fiber.Ctx, st scanState, code string) (unknownCode, error) {
	rows, err := s.lookAlikes(c, code)
	to := st.values()
	to.Set("code", code)
	return unknownCode{Code: code, Attach: "/scan/attach?" + to.Encode(), Ignore: st.Href(), Rows: rows}, err
}

func (s *Server) lookAlikes(c *fiber.Ctx, words string) ([]itemRow, error) {
	ids, err := s.Index.Items(c.UserContext(), words, scanHits)
	if err != nil {
		return nil, err
	}
	found, err := s.Store.Stocks(c.UserContext(), ids)
	if err != nil {
		return nil, err
	}
	rows := make([]itemRow, len(found))
	for i, st := range found {
		rows[i] = newItemRow(st, 0)
	}
	return rows, nil
}
