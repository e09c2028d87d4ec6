package handlers

import (
	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

const mailsPerPage = 30

// mailList is the data of mail/list.
type mailList struct {
	Chips   moreChips
	Filters []listFilter
	Banner  *banner // nil while mail works
	Rows    []mailRow
	Older   string // address of the page with older ones; "" at the end
	Later   bool   // this page does not begin with the newest
	All     bool   // no filter
}

// mailRow is the data of mail/row.
type mailRow struct {
	store.MailRow
	Title string // its subject, or what it is about while it was never tried
	Way   string // "Push", "Webhook"; "" for a mail
}

// mailTitles are what the states of a mail are called.
var mailTitles = []struct {
	state store.MailState
	title string
}{{"", "All"}, {store.MailStateQueued, "Waiting"}, {store.MailStateSent, "Sent"}, {store.MailStateRefused, "Refused"},
	{store.MailStateMerged, "Merged"}, {store.MailStateCancelled, "Cancelled"}}

// listMails handles GET /admin/mails?state=&before=: what became of every message to people, the newest first.
func (s *Server) listMails(c *fiber.Ctx) error {
	state := mailStateQuery(c)
	before, err := beforeQuery[store.MailID](c)
	if err != nil {
		return err
	}
	rows, more, err := s.Store.Mails(c.UserContext(), state, before, mailsPerPage)
	if err != nil {
		return err
	}
	v := mailList{Chips: chipsOf(c, "mails"), Later: before != 0, All: state == ""}
	stats, err := s.Store.MailStats(c.UserContext())
	if err != nil {
		return err
	}
	if v.Banner, err = s.mailTrouble(c, stats); err != nil {
		return err
	}
	for _, t := range mailTitles {
		v.Filters = append(v.Filters, listFilter{Title: t.title, Href: mailsHref(t.state, 0), Current: t.state == state})
	}
	for _, r := range rows {
		v.Rows = append(v.Rows, mailRowOf(r))
	}
	if more {
		v.Older = mailsHref(state, rows[len(rows)-1].ID)
	}
	return s.page(c, head{Title: "Mails", Section: "more", Back: &crumb{"/more", "More"}}, "mail/list", v)
}

func mailRowOf(r store.MailRow) mailRow {
	row := mailRow{MailRow: r, Title: r.Subject, Way: map[store.Channel]string{store.ChannelPush: "Push", store.ChannelWebhook: "Webhook"}[r.Channel]}
	if row.Title == "" {
		row.Title = kindWords(r.Mail)
	}
	return row
}

// kindWords says what a mail is about.
func kindWords(m store.Mail) string {
	switch m.Kind {
	case store.MailLow:
		return plural(len(m.Crossings), "item", "items") + " ran low"
	case store.MailDigest:
		return "Digest"
	case store.MailImport:
		return "Import"
	case store.MailJobberLost:
		return "Jobber is not connected any more"
	case store.MailJobberRefused:
		return "Jobber refuses our client ID and secret"
	case store.MailWebhookRefused:
		return "A webhook is not taken any more"
	case store.MailReset:
		return "A link for a new password"
	}
	return "Test"
}

func mailsHref(state store.MailState, before store.MailID) string {
	return listHref("/admin/mails", "state", string(state), before)
}

// mailStateQuery is the filter asked for; an unknown one is none.
func mailStateQuery(c *fiber.Ctx) store.MailState {
	for _, t := range mailTitles {
		if string(t.state) == c.Query("state") {
			return t.state
		}
	}
	return ""
}
