package handlers

import (
	"context"
	"errors"
	"runtime"
	"time"

	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

// statusPage is the data of status/show: how the program is, for the owner.
type statusPage struct {
	Chips    moreChips
	Version  string
	Go       string
	Since    time.Time // of this run
	Up       string
	Database int64 // bytes
	Index    int64
	Behind   int  // changes that search has not taken in
	Ready    bool // search is whole
	Sync     store.SyncStatus
	Linked   bool // with Jobber
	Hooks    store.WebhookStats
	Mail     store.MailStats
	Backup   backupNow
	Troubles []Trouble
	Today    int // errors of the last 24 hours
}

// showStatus handles GET /admin/status.
func (s *Server) showStatus(c *fiber.Ctx) error {
	v, err := s.statusPage(c.UserContext())
	if err != nil {
		return err
	}
	v.Chips = chipsOf(c, "status")
	return s.page(c, head{Title: "Status", Section: "more", Back: &crumb{"/more", "More"}, Narrow: true}, "status/show", v)
}

func (s *Server) statusPage(ctx context.Context) (statusPage, error) {
	now := s.Store.Now()
	v := statusPage{Version: s.Version, Go: runtime.Version(), Since: s.began, Up: upFor(now.Sub(s.began)), Ready: s.Index.Ready()}
	var err [8]error
	v.Database, err[0] = s.Store.Size(ctx)
	v.Index, err[1] = s.Index.Size()
	behind, err2 := s.Index.Behind(ctx)
	v.Behind, err[2] = int(behind), err2
	v.Sync, err[3] = s.Store.SyncStatus(ctx)
	v.Hooks, err[4] = s.Store.WebhookStats(ctx, now.Add(-24*time.Hour))
	v.Mail, err[5] = s.Store.MailStats(ctx)
	v.Backup, err[6] = s.backupNow(ctx)
	var link store.JobberLink
	link, err[7] = s.Store.JobberLink(ctx)
	v.Linked = link.State == store.Connected
	v.Troubles, v.Today = s.Troubles.Newest(now)
	return v, errors.Join(err[:]...)
}

// upFor is how long something goes on, in its two largest units.
func upFor(d time.Duration) string {
	days, hours, minutes := int(d.Hours())/24, int(d.Hours())%24, int(d.Minutes())%60
	switch {
	case days > 0:
		return plural(days, "day", "days") + ", " + plural(hours, "hour", "hours")
	case hours > 0:
		return plural(hours, "hour", "hours") + ", " + plural(minutes, "minute", "minutes")
	}
	return plural(minutes, "minute", "minutes")
}
