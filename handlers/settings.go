package handlers

import (
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

// settingPage is the data of setting/show.
type settingPage struct {
	CSRF    string
	Chips   moreChips
	Jobber  jobberSetting
	Mail    mailSetting
	Outhook outhook
	Problem complaints // about the form for the client id and secret
}

// jobberSetting is the data of setting/jobber and setting/ending.
type jobberSetting struct {
	CSRF     string
	API      apiSetting
	Link     store.JobberLink
	Sync     syncView
	Hooks    store.WebhookStats
	Silence  *silence // nil while webhooks come
	ClientID string   // as typed
	Webhook  string   // addresses to enter at Jobber
	Callback string
	Private  bool // Jobber cannot reach these addresses
	Ending   bool // asks whether to disconnect
}

// mailSetting is the data of setting/mail.
type mailSetting struct {
	CSRF  string
	State string // not-configured, ok, failing
	Info  MailInfo
	Stats store.MailStats
	Alone int    // crossings that wait for company
	To    string // where a test mail would go; "" if the owner has no address
	Test  *mailTest
}

// mailTest is the data of setting/tested: what came of a test mail.
type mailTest struct {
	To     string
	Answer string // the server's own; "" if it took the mail
}

// showSettings handles GET /admin/settings?ask=disconnect.
func (s *Server) showSettings(c *fiber.Ctx) error {
	v, err := s.settings(c)
	if err != nil {
		return err
	}
	v.Jobber.Ending = c.Query("ask") == "disconnect" && canDisconnect(v.Jobber.Link)
	if partial(c) {
		return s.fragments(c, part{"setting/ending", v.Jobber})
	}
	return s.settingPage(c, v)
}

func (s *Server) settingPage(c *fiber.Ctx, v settingPage) error {
	return s.page(c, head{Title: "Settings", Section: "more", Back: &crumb{"/more", "More"}, Narrow: true}, "setting/show", v)
}

// settings reads all that the page shows.
func (s *Server) settings(c *fiber.Ctx) (settingPage, error) {
	now, err := s.jobberNow(c)
	if err != nil {
		return settingPage{}, err
	}
	hooks, err := s.Store.WebhookStats(c.UserContext(), s.midnight())
	if err != nil {
		return settingPage{}, err
	}
	silent, err := s.silence(c)
	if err != nil {
		return settingPage{}, err
	}
	mail, err := s.mailSetting(c)
	if err != nil {
		return settingPage{}, err
	}
	out, err := s.outhook(c)
	if err != nil {
		return settingPage{}, err
	}
	sync, err := s.syncView(c, time.Time{})
	if err != nil {
		return settingPage{}, err
	}
	api, err := s.apiSetting(c)
	if err != nil {
		return settingPage{}, err
	}
	base := s.publicBase(c)
	return settingPage{CSRF: s.csrf(c), Chips: chipsOf(c, "settings"), Mail: mail, Outhook: out, Jobber: jobberSetting{
		CSRF: s.csrf(c), Link: now.Link, Sync: sync, Hooks: hooks, Silence: silent, API: api, ClientID: now.Link.ClientID,
		Webhook: base + "/jobs/jobber/webhook", Callback: base + "/jobs/jobber/callback",
		Private: !strings.HasPrefix(base, "https://"),
	}}, nil
}

// publicBase is the address of the program as Jobber would reach it. Without BASE_URL it is a
// guess: the address of this very page.
func (s *Server) publicBase(c *fiber.Ctx) string {
	if s.BaseURL != "" {
		return strings.TrimRight(s.BaseURL, "/")
	}
	return c.Protocol() + "://" + string(c.Context().Host())
}

func (s *Server) mailSetting(c *fiber.Ctx) (mailSetting, error) {
	stats, err := s.Store.MailStats(c.UserContext())
	if err != nil {
		return mailSetting{}, err
	}
	alone, err := s.Store.WaitingCrossings(c.UserContext())
	return mailSetting{CSRF: s.csrf(c), State: mailState(s.Mail, stats), Info: s.Mail, Stats: stats, Alone: len(alone), To: user(c).Email}, err
}

// mailState is the word for how mail stands. It fails while a mail waits after an error, and
// while somebody's last mail was refused.
func mailState(info MailInfo, stats store.MailStats) string {
	switch {
	case !info.Configured:
		return "not-configured"
	case stats.Failing > 0 || len(stats.Refused) > 0:
		return "failing"
	}
	return "ok"
}

// canDisconnect reports whether there is a connection to end.
func canDisconnect(l store.JobberLink) bool {
	return l.State == store.Connected || l.State == store.NeedsReconnect
}

// CanDisconnect is for the view.
func (v jobberSetting) CanDisconnect() bool { return canDisconnect(v.Link) }

// saveJobber handles POST /admin/settings/jobber. A secret that was typed is never shown again.
func (s *Server) saveJobber(c *fiber.Ctx) error {
	id, secret := formText(c, "jobber_client_id"), formText(c, "jobber_client_secret")
	err := s.Store.SaveJobberCredentials(c.UserContext(), user(c).Actor(), id, secret)
	if p, ok := complaintsIn(err); ok {
		v, readErr := s.settings(c)
		if readErr != nil {
			return readErr
		}
		v.Problem, v.Jobber.ClientID = p, id
		c.Status(formStatus(err))
		return s.settingPage(c, v)
	}
	if err != nil {
		return err
	}
	s.Log.Info("jobber credentials saved", "id", visitOf(c).ID, "by", uint64(user(c).ID))
	return s.done(c, "/admin/settings", toast{Text: "Saved."})
}

// sendTestMail handles POST /admin/settings/mail/test: a mail to the owner who asks, and what the
// server said to it.
func (s *Server) sendTestMail(c *fiber.Ctx) error {
	to := user(c).Email
	if to == "" {
		return store.Errorf(store.Invalid, "You have no mail address yet. Add it in your profile.")
	}
	if !s.Mail.Configured || s.SendTest == nil {
		return store.Errorf(store.Conflict, "Mail is not set up. Set MAIL_SERVER and MAIL_DEFAULT_SENDER, then start again.")
	}
	problem, err := s.SendTest(c.UserContext(), user(c))
	if err != nil {
		return err
	}
	result := mailTest{To: to, Answer: problem}
	if partial(c) {
		return s.fragments(c, part{"setting/tested", result})
	}
	if result.Answer == "" {
		return s.done(c, "/admin/settings", toast{Text: "The mail server took the mail to " + to + "."})
	}
	v, err := s.settings(c)
	if err != nil {
		return err
	}
	v.Mail.Test = &result
	return s.settingPage(c, v)
}
