package handlers

import (
	"fmt"
	"time"

	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

// todayPage is the data of today/show.
type todayPage struct {
	store.Today
	Date    string
	Banner  *banner
	Nobody  *banner     // mails about stock reach nobody
	First   []firstStep // for an installation without items; nil later
	Days    []todayDay
	Acts    []moveEntry
	Sync    syncView
	Mail    todayMail
	Backup  *backupNow // nil for who can do nothing about it
	Manager bool       // may see the webhooks
}

// todayDay is a day's jobs.
type todayDay struct {
	Title string
	Rows  []jobRow
	Pick  string // the address of the day's pick list; "" when there is nothing to fetch
}

// todayMail says whether low-stock mails leave.
type todayMail struct {
	Configured bool
	Unsent     int
	Failing    bool
}

// firstStep is something to do in a new installation.
type firstStep struct {
	Title, Text string
	Href, Link  string // "" where this user can do nothing
	Done        bool
}

// Trouble is how many items are out or low.
func (v todayPage) Trouble() int { return v.Counts.Out + v.Counts.Low }

// HasJobs says that one of the days shown has a job.
func (v todayPage) HasJobs() bool {
	for _, d := range v.Days {
		if len(d.Rows) > 0 {
			return true
		}
	}
	return false
}

// home handles GET /.
func (s *Server) home(c *fiber.Ctx) error {
	return c.Redirect("/dashboard", fiber.StatusSeeOther)
}

// showToday handles GET /dashboard.
func (s *Server) showToday(c *fiber.Ctx) error {
	now := s.now()
	t, err := s.Store.Today(c.UserContext(), now)
	if err != nil {
		return err
	}
	v := todayPage{Today: t, Date: now.Format("Monday 2 January"),
		Mail: todayMail{Configured: s.Mail.Configured, Unsent: t.UnsentMails}, Manager: admit(managers, user(c).Role) == nil}
	if !v.Manager {
		v.Counting.Waiting = 0 // others can do nothing about it
	}
	if v.Sync, err = s.syncView(c, time.Time{}); err != nil {
		return err
	}
	mails, err := s.Store.MailStats(c.UserContext())
	if err != nil {
		return err
	}
	v.Mail.Failing = mailState(s.Mail, mails) == "failing"
	if user(c).Role == store.Owner {
		now, err := s.backupNow(c.UserContext())
		if err != nil {
			return err
		}
		v.Backup = &now
	}
	for _, d := range t.Days {
		v.Days = append(v.Days, todayDay{Title: dayName(now, d.Date), Rows: s.jobRows(d.Jobs, d.Date), Pick: dayPick(d.Date, d.Jobs)})
	}
	v.Acts = s.moveEntries(c, t.Acts, "/dashboard")
	for i := range v.Acts {
		v.Acts[i].OfItem = true
	}
	if t.Counts.Items+t.Counts.Archived == 0 {
		v.First = s.firstSteps(user(c), v.Sync.Link)
	} else {
		if v.Banner, err = s.todayBanner(c, v, mails); err != nil {
			return err
		}
		if v.Nobody, err = s.nobodyBanner(c); err != nil {
			return err
		}
	}
	return s.page(c, head{Title: "Today", Section: "today"}, "today/show", v)
}

// todayBanner is the one state that most needs somebody; nil when all runs. Owners hear of a lost
// connection on every page, above this one.
func (s *Server) todayBanner(c *fiber.Ctx, v todayPage, mails store.MailStats) (*banner, error) {
	owner := user(c).Role == store.Owner
	silent, err := s.silence(c)
	switch {
	case err != nil:
		return nil, err
	case v.Backup != nil && v.Backup.State == "failing":
		return v.Backup.banner(s.showWhen), nil
	case v.Sync.Link == store.NeedsReconnect && owner:
		return nil, nil
	case v.Sync.Link == store.NeedsReconnect:
		return &banner{Class: "is-out", Icon: "out", Lead: "Jobber is not connected any more.",
			Text: "Jobs stay as they were. An owner can connect it again."}, nil
	case v.Sync.Link != store.Connected && owner:
		return &banner{Class: "is-low", Icon: "offline", Lead: "Jobber is not connected.",
			Text: "No jobs arrive.", Href: "/admin/settings", Link: "Connect Jobber"}, nil
	case v.Sync.Link != store.Connected:
		return &banner{Class: "is-low", Icon: "offline", Lead: "Jobber is not connected.",
			Text: "No jobs arrive. An owner can connect it in Settings."}, nil
	case silent != nil && owner:
		return silent.banner(s.showWhen(silent.MissedSince)), nil
	case !v.Mail.Configured:
		return mailBanner(owner, v.Mail.Unsent), nil
	}
	return s.mailTrouble(c, mails)
}

// nobodyBanner tells an owner that mails about stock reach nobody; nil when they reach somebody, or nobody yet since
// mail is not set up.
func (s *Server) nobodyBanner(c *fiber.Ctx) (*banner, error) {
	if user(c).Role != store.Owner || !s.Mail.Configured {
		return nil, nil
	}
	people, err := s.Store.Users(c.UserContext())
	if err != nil || !nobodyHears(people) {
		return nil, err
	}
	return &banner{Class: "is-low", Icon: "mail", Lead: "Nobody is told when something runs low.",
		Text: "No active person has mails on and an address.", Href: alertsPath, Link: "See who"}, nil
}

func mailBanner(owner bool, unsent int) *banner {
	b := &banner{Class: "is-info", Icon: "mail", Lead: "Mail is not set up.", Text: "Nobody is told when something runs low."}
	if unsent > 0 {
		b.Text = fmt.Sprintf("%s.", plural(unsent, "mail waits", "mails wait"))
	}
	if owner {
		b.Href, b.Link = "/admin/settings", "See how"
	}
	return b
}

// firstSteps are what brings a new installation to life, as far as u can.
func (s *Server) firstSteps(u store.User, link store.JobberState) []firstStep {
	items := firstStep{Title: "Put your items in",
		Text: "Start with what you hand out most.", Href: "/items/new", Link: "New item"}
	if admit(managers, u.Role) == nil {
		items.Text += " A whole list comes in at once from a spreadsheet: More, Items from a file."
	}
	jobs := firstStep{Title: "Connect Jobber", Done: link == store.Connected,
		Text: "Its jobs and their materials then arrive by themselves."}
	people := firstStep{Title: "Let people in", Text: "Everyone signs in with a name of their own, so that the history knows who."}
	if u.Role == store.Owner {
		jobs.Href, jobs.Link = "/admin/settings", "Connect Jobber"
	} else {
		jobs.Text += " An owner does this in Settings."
	}
	if u.Role == store.Owner || u.Role == store.GM {
		people.Href, people.Link = "/admin/users", "Add people"
		return []firstStep{items, jobs, people}
	}
	return []firstStep{items, jobs}
}
