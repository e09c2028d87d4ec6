package handlers

import (
	"net/url"

	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

// connectPage is the data of setting/connect: what an owner must say yes to before Jobber is connected.
type connectPage struct {
	CSRF     string
	Ask      string // names the question
	Question store.ConnectQuestion
	Link     store.JobberLink
}

// Now is whose account is connected at this moment; "" for none.
func (v connectPage) Now() string {
	if v.Link.State == store.Connected {
		return v.Link.AccountName
	}
	return ""
}

func questionPath(ask string) string {
	return "/jobs/jobber/confirm?" + url.Values{"ask": {ask}}.Encode()
}

// askConnect handles GET /jobs/jobber/confirm?ask=.
func (s *Server) askConnect(c *fiber.Ctx) error {
	ask := c.Query("ask")
	q, err := s.Store.ConnectQuestion(c.UserContext(), ask, sessionKey(visitOf(c).cookie))
	if store.CodeOf(err) == store.NotFound {
		return s.done(c, "/admin/settings", toast{Text: messageOf(err), Bad: true})
	}
	if err != nil {
		return err
	}
	link, err := s.Store.JobberLink(c.UserContext())
	if err != nil {
		return err
	}
	title := "Connect Jobber?"
	if q.Other != "" {
		title = "Another Jobber account"
	}
	return s.page(c, head{Title: title, Section: "more", Narrow: true, Back: &crumb{"/admin/settings", "Settings"}},
		"setting/connect", connectPage{CSRF: s.csrf(c), Ask: ask, Question: q, Link: link})
}

// answerConnect handles POST /jobs/jobber/confirm: answer=yes, and everything else is no.
func (s *Server) answerConnect(c *fiber.Ctx) error {
	session, ask := sessionKey(visitOf(c).cookie), formText(c, "ask")
	if formText(c, "answer") == "yes" {
		next, err := s.Jobber.Accept(c.UserContext(), user(c).Actor(), session, ask)
		return s.connected(c, next, err)
	}
	told, err := s.Jobber.Decline(c.UserContext(), session, ask)
	t := toast{Text: "Nothing was connected, and nothing has changed."}
	switch {
	case store.CodeOf(err) == store.NotFound:
		t = toast{Text: messageOf(err), Bad: true}
	case err != nil:
		return err
	case !told:
		t = toast{Bad: true, Text: "Nothing was connected, but Jobber could not be told. End it there too: in Jobber, under Apps."}
	}
	return s.done(c, "/admin/settings", t)
}
