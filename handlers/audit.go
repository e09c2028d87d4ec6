package handlers

import (
	"net/url"
	"time"

	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

const auditPerPage = 50

// auditList is the data of audit/list: who changed what is no stock.
type auditList struct {
	Who, What, Day string // the filter, as it stands in the address
	Problem        string // about the day
	People         []store.User
	Kinds          []auditChoice
	Entries        []store.AuditEntry
	Older          string // address of the page with older entries; "" at the end
	Later          bool   // this page does not begin with the newest
}

// auditChoice is one kind of entries in the filter.
type auditChoice struct{ Value, Text string }

// auditWords are the kinds as the page says them.
var auditWords = map[store.AuditKind]string{
	store.AuditSignIn: "Signing in", store.AuditUser: "Users, passwords and stations", store.AuditSetting: "Settings and Jobber",
	store.AuditMatch: "Matches and kits", store.AuditItem: "Items, minimums and prices", store.AuditData: "Imports, exports and backups",
}

// Filtered reports whether some entries are left out.
func (v auditList) Filtered() bool { return v.Who != "" || v.What != "" || v.Day != "" }

// listAudit handles GET /admin/audit?who=&what=&day=&before=. What cannot be read in the address filters nothing,
// but for the day, which people type.
func (s *Server) listAudit(c *fiber.Ctx) error {
	v := auditList{}
	f, err := s.auditFilter(c, &v)
	if err != nil {
		return err
	}
	if v.People, err = s.Store.Users(c.UserContext()); err != nil {
		return err
	}
	for _, k := range store.AuditKinds {
		v.Kinds = append(v.Kinds, auditChoice{string(k), auditWords[k]})
	}
	entries, more, err := s.Store.Audit(c.UserContext(), f, auditPerPage)
	if err != nil {
		return err
	}
	v.Entries = entries
	if more {
		v.Older = "/admin/audit?" + url.Values{"who": {v.Who}, "what": {v.What}, "day": {v.Day},
			"before": {entries[len(entries)-1].ID.String()}}.Encode()
	}
	return s.page(c, head{Title: "Audit log", Section: "more", Back: &crumb{"/more", "More"}}, "audit/list", v)
}

// auditFilter reads the filter and notes in v what it understood.
func (s *Server) auditFilter(c *fiber.Ctx, v *auditList) (store.AuditFilter, error) {
	var f store.AuditFilter
	if id, err := store.ParseID[store.UserID](c.Query("who")); err == nil {
		f.Who, v.Who = id, id.String()
	}
	if k := store.AuditKind(c.Query("what")); k.Valid() {
		f.Kind, v.What = k, string(k)
	}
	if day := c.Query("day"); day != "" {
		from, err := time.ParseInLocation(time.DateOnly, day, s.Location)
		if err != nil {
			v.Problem = "Write the day like 2026-11-26."
			c.Status(fiber.StatusUnprocessableEntity)
		} else {
			f.From, f.To, v.Day = from, from.AddDate(0, 0, 1), day
		}
	}
	var err error
	f.Before, err = beforeQuery[store.AuditID](c)
	v.Later = f.Before != 0
	return f, err
}
