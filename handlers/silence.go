package handlers

import (
	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

// A silence is the data of hook/silence, which tells an owner what to do: webhooks should come and do not.
type silence struct {
	store.Heartbeat
	Owner   bool
	Address string // ours, to enter at Jobber
	Topics  []string
}

// wantedTopics are what Jobber should tell us of.
var wantedTopics = []string{"JOB_CREATE", "JOB_UPDATE", "JOB_CLOSED", "JOB_DESTROY", "VISIT_CREATE", "VISIT_UPDATE", "VISIT_COMPLETE",
	"VISIT_DESTROY", "CLIENT_UPDATE", "PROPERTY_UPDATE", "APP_DISCONNECT"}

// silence returns nil while webhooks come, or nobody has reason to miss them.
func (s *Server) silence(c *fiber.Ctx) (*silence, error) {
	now, err := s.jobberNow(c)
	if err != nil {
		return nil, err
	}
	h, err := s.Store.Heartbeat(c.UserContext())
	if err != nil || !h.SilentOn(now.Link) {
		return nil, err
	}
	return &silence{Heartbeat: h, Owner: user(c).Role == store.Owner, Address: s.publicBase(c) + "/jobs/jobber/webhook", Topics: wantedTopics}, nil
}

// banner is the silence in short. It leads an owner to what to do.
func (v *silence) banner(since string) *banner {
	b := &banner{Class: "is-low", Icon: "offline", Lead: "Jobber may have switched its webhooks off.",
		Text: plural(v.Missed, "job", "jobs") + " changed there since " + since + ", and no webhook told of it. Changes come in with the next sync, later than they could."}
	if v.Owner {
		b.Href, b.Link = "/admin/settings#silence", "See how to switch them on"
	} else {
		b.Text += " An owner sees in Settings how to switch them on."
	}
	return b
}
