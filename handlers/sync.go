package handlers

import (
	"fmt"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"lwc-inventory/jobber"
	"lwc-inventory/store"
)

// syncStart is how long a page waits for a sync that it asked for to show itself.
const syncStart = 10 * time.Second

// syncView is the data of job/sync: how the jobs come from Jobber, and the button to ask for them now.
// While a sync runs it asks for itself again.
type syncView struct {
	CSRF     string
	State    string // never running ok failing
	Link     store.JobberState
	Refused  bool // Jobber refuses our ID and secret: nothing is asked until an owner corrects them
	Status   store.SyncStatus
	Progress jobber.Progress
	Left     string // how long the rest takes: "about 12 minutes left"; "" when that is not known
	Since    int64  // milliseconds; when this page asked for a sync, 0 if it did not
}

// Connected says that there is a connection.
func (v syncView) Connected() bool { return v.Link == store.Connected }

// CanAsk says that there is somebody to ask.
func (v syncView) CanAsk() bool { return v.Connected() && !v.Refused }

// Running says that a sync is under way, or about to be.
func (v syncView) Running() bool { return v.State == "running" }

// startSync handles POST /jobs/sync. It answers at once; the jobs come while the page looks on.
func (s *Server) startSync(c *fiber.Ctx) error {
	link, err := s.Store.JobberLink(c.UserContext())
	if err != nil {
		return err
	}
	if link.State != store.Connected {
		return store.Errorf(store.Conflict, "Jobber is not connected. An owner connects it in Settings.")
	}
	if link.Refused {
		return store.Errorf(store.Conflict, "Jobber refuses our client ID and secret. An owner corrects them in Settings.")
	}
	asked := s.Store.Now()
	s.Jobber.SyncNow()
	if !partial(c) {
		return s.done(c, "/jobs", toast{Text: "Asking Jobber for its jobs"})
	}
	v, err := s.syncView(c, asked)
	if err != nil {
		return err
	}
	return s.fragments(c, part{"job/sync", v})
}

// showSync handles GET /jobs/sync?since=: how far the sync is. When the one that the page looks on at has
// ended, the page is told so, and shows what it brought.
func (s *Server) showSync(c *fiber.Ctx) error {
	var since time.Time
	if ms, err := strconv.ParseInt(c.Query("since"), 10, 64); err == nil && ms > 0 {
		since = time.UnixMilli(ms)
	}
	v, err := s.syncView(c, since)
	if err != nil {
		return err
	}
	if !partial(c) {
		return s.page(c, head{Title: "Jobs from Jobber", Section: "jobs", Narrow: true,
			Back: &crumb{"/jobs", "Jobs"}}, "job/syncpage", v)
	}
	if !since.IsZero() && !v.Running() {
		c.Set("HX-Trigger", "synced")
	}
	return s.fragments(c, part{"job/sync", v})
}

// syncView reads how the sync is. A sync asked for at asked counts as running until it shows itself:
// the loop that does it may not have woken up yet.
func (s *Server) syncView(c *fiber.Ctx, asked time.Time) (syncView, error) {
	link, err := s.Store.JobberLink(c.UserContext())
	if err != nil {
		return syncView{}, err
	}
	status, err := s.Store.SyncStatus(c.UserContext())
	if err != nil {
		return syncView{}, err
	}
	v := syncView{CSRF: s.csrf(c), State: string(status.State), Link: link.State, Refused: link.Refused, Status: status}
	if s.Jobber != nil {
		v.Progress = s.Jobber.Progress()
		v.Left = left(v.Progress.Left(s.Store.Now()))
	}
	switch {
	case v.Progress.Running:
		v.State = "running"
	case v.Running(): // the program was stopped in the middle of one
		v.State = settled(status)
	}
	if !asked.IsZero() {
		v.Since = asked.UnixMilli()
		unseen := status.FinishedAt.UnixMilli() < v.Since
		if unseen && s.Store.Now().Sub(asked) < syncStart {
			v.State = "running"
		}
	}
	if v.Running() && v.Since == 0 {
		v.Since = s.Store.Now().UnixMilli() // somebody else's: this page looks on as well
	}
	return v, nil
}

// settled is the state of a sync that was cut off: how the last one ended.
func settled(st store.SyncStatus) string {
	switch {
	case st.FinishedAt.IsZero():
		return "never"
	case st.FinishedAt.After(st.LastOK):
		return "failing"
	}
	return "ok"
}

// left says how long something still takes, as roughly as one can know.
func left(d time.Duration) string {
	switch {
	case d <= 0:
		return ""
	case d < 45*time.Second:
		return "less than a minute left"
	case d < 90*time.Minute:
		return fmt.Sprintf("about %s left", plural(int(d.Round(time.Minute)/time.Minute), "minute", "minutes"))
	}
	return fmt.Sprintf("about %s left", plural(int(d.Round(time.Hour)/time.Hour), "hour", "hours"))
}
