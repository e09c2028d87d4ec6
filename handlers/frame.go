package handlers

import (
	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

// A syncLine is the word on Jobber that every page carries.
type syncLine struct {
	Class, Icon, Text, Href string
}

// A banner is the data of layout/banner: a state that lasts, and one way out of it.
type banner struct {
	Class string // is-out, is-low, is-ok, is-info
	Icon  string
	Lead  string // in bold
	Text  string
	Href  string // where the way out leads; "" for none
	Link  string
}

// jobberNow is how the connection to Jobber stands. The frame of every page shows it.
type jobberNow struct {
	Link store.JobberLink
	Sync store.SyncStatus
}

// jobberNow reads how it stands, once in a request.
func (s *Server) jobberNow(c *fiber.Ctx) (jobberNow, error) {
	v := visitOf(c)
	if v.jobber != nil {
		return *v.jobber, nil
	}
	var now jobberNow
	var err error
	if now.Link, err = s.Store.JobberLink(c.UserContext()); err != nil {
		return now, err
	}
	if now.Sync, err = s.Store.SyncStatus(c.UserContext()); err != nil {
		return now, err
	}
	if now.Sync.State == store.SyncRunning && (s.Jobber == nil || !s.Jobber.Progress().Running) {
		now.Sync.State = store.SyncState(settled(now.Sync)) // the program was stopped in the middle of one
	}
	v.jobber = &now
	return now, nil
}

// frameState fills in what the frame says of Jobber.
func (s *Server) frameState(c *fiber.Ctx, f *frame) error {
	now, err := s.jobberNow(c)
	if err != nil {
		return err
	}
	link, sync := now.Link, now.Sync
	f.State = s.syncLine(link, sync)
	f.State.Href = "/more"
	if f.User.Role == store.Owner {
		f.State.Href = "/admin/settings"
		if needsOwner(link) && c.Path() != "/admin/settings" { // which says so itself
			f.Banner = s.jobberBanner(link, sync)
		}
	}
	return nil
}

func (s *Server) syncLine(link store.JobberLink, sync store.SyncStatus) syncLine {
	switch {
	case link.State == store.NeedsReconnect:
		return syncLine{Class: "is-out", Icon: "offline", Text: "Jobber connection lost"}
	case needsOwner(link):
		return syncLine{Class: "is-out", Icon: "offline", Text: "Jobber refuses our ID"}
	case link.State != store.Connected:
		return syncLine{Class: "is-low", Icon: "offline", Text: "Jobber not connected"}
	}
	switch sync.State {
	case store.SyncRunning:
		return syncLine{Class: "is-info", Icon: "sync", Text: "Syncing"}
	case store.SyncFailing:
		return syncLine{Class: "is-low", Icon: "low", Text: "Sync failing"}
	case store.SyncOK:
		return syncLine{Class: "is-ok", Icon: "ok", Text: "Synced " + s.showAgo(sync.LastOK)}
	}
	return syncLine{Class: "is-info", Icon: "clock", Text: "Not synced yet"}
}

// needsOwner reports whether there was a connection and it takes an owner to have one again.
func needsOwner(l store.JobberLink) bool {
	return l.State == store.NeedsReconnect || l.State == store.Connected && l.Refused
}

func (s *Server) jobberBanner(link store.JobberLink, sync store.SyncStatus) *banner {
	b := &banner{Class: "is-out", Icon: "out", Lead: "Jobber is not connected any more.",
		Text: "Stock goes on as always.", Href: "/admin/settings", Link: "Connect again"}
	if link.State == store.Connected {
		b.Lead, b.Link = "Jobber refuses our client ID and secret.", "Correct them"
	}
	if !sync.LastOK.IsZero() {
		b.Text = "Jobs are as of " + s.showWhen(sync.LastOK) + ". " + b.Text
	}
	return b
}
