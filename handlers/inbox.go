package handlers

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

const newsPerPage = 30

// inboxPage is the data of inbox/list.
type inboxPage struct {
	Rows    []inboxRow
	Older   string // address of the page with older entries; "" at the end
	Later   bool   // this page does not begin with the newest
	Some    bool   // the person follows some categories only
	Station bool   // and has no profile here to change that
}

// inboxRow is the data of inbox/row.
type inboxRow struct {
	store.NewsRow
	File store.ImportTally // of an import: what it brought of the person's categories
}

// A bell is how many entries of the inbox somebody has not seen. The frame of every page has it.
type bell struct{ Unread int }

// Count is what fits beside the bell.
func (b bell) Count() string {
	if b.Unread > 99 {
		return "99+"
	}
	return strconv.Itoa(b.Unread)
}

func (s *Server) bell(c *fiber.Ctx) (bell, error) {
	n, err := s.Store.UnreadNews(c.UserContext(), user(c))
	return bell{n}, err
}

// showInbox handles GET /inbox?before=. Whoever opens it has seen what is there.
func (s *Server) showInbox(c *fiber.Ctx) error {
	before, err := beforeQuery[store.NewsID](c)
	if err != nil {
		return err
	}
	u := user(c)
	rows, more, err := s.Store.NewsPage(c.UserContext(), u, before, newsPerPage)
	if err != nil {
		return err
	}
	v := inboxPage{Later: before != 0, Some: len(u.Categories) > 0, Station: stationOf(c).ID != 0}
	for _, r := range rows {
		v.Rows = append(v.Rows, inboxRow{NewsRow: r, File: fileOf(r.News, u)})
	}
	if more {
		v.Older = "/inbox?before=" + rows[len(rows)-1].ID.String()
	}
	if before == 0 && len(rows) > 0 {
		s.seeNews(c, rows[0].ID)
	}
	return s.page(c, head{Title: "Inbox", Section: "inbox", Narrow: true}, "inbox/list", v)
}

// seeNews notes that the person has seen everything up to an entry. Where it cannot be noted, the disk may be full,
// the page is shown all the same and they have not.
func (s *Server) seeNews(c *fiber.Ctx, upTo store.NewsID) {
	if c.Method() != http.MethodGet || strings.Contains(c.Get("Sec-Purpose"), "prefetch") {
		return
	}
	if err := s.Store.SeeNews(c.UserContext(), user(c).ID, upTo); err != nil {
		s.Log.Warn("inbox not marked as seen", "id", visitOf(c).ID, "err", err)
	}
}

// fileOf adds up what an import brought of the categories that u follows.
func fileOf(n store.News, u store.User) (sum store.ImportTally) {
	if n.Import == nil {
		return sum
	}
	for _, t := range n.Import.Was {
		if u.Follows(t.Category) {
			sum.Items, sum.Out, sum.Low = sum.Items+t.Items, sum.Out+t.Out, sum.Low+t.Low
		}
	}
	return sum
}

// Does is what the movement behind it did, "" where none did.
func (r inboxRow) Does() string {
	if r.Cause.ID == 0 {
		return ""
	}
	return moveEntry{HistoryEntry: r.Cause}.Does()
}

// Delta is what that did to the quantity on hand.
func (r inboxRow) Delta() string { return moveEntry{HistoryEntry: r.Cause}.Delta() }

// ByJobber reports whether nobody here did it.
func (r inboxRow) ByJobber() bool { return r.Crossing.By == "" || r.Crossing.By == "Jobber" }
