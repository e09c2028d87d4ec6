package handlers

import (
	"cmp"

	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

// mailPage is the data of mail/show.
type mailPage struct {
	mailRow
	CSRF   string
	Text   string // what it says
	Resend string // what the button says; "" when it cannot be sent again
}

// showMail handles GET /admin/mails/:id: what a mail says, and what became of it.
func (s *Server) showMail(c *fiber.Ctx) error {
	id, err := store.ParseID[store.MailID](c.Params("id"))
	if err != nil {
		return err
	}
	m, err := s.Store.Mail(c.UserContext(), id)
	if err != nil {
		return err
	}
	row := store.MailRow{Mail: m}
	to, err := s.Store.User(c.UserContext(), m.To)
	if err != nil && store.CodeOf(err) != store.NotFound {
		return err
	}
	row.Name = to.Username
	v := mailPage{mailRow: mailRowOf(row), CSRF: s.csrf(c), Resend: resendWord(m)}
	if s.MailText != nil {
		var subject string
		if subject, v.Text, err = s.MailText(c.UserContext(), m, to); err != nil {
			return err
		}
		v.Title = cmp.Or(subject, v.Title)
	}
	return s.page(c, head{Title: "Mail", Section: "more", Back: &crumb{"/admin/mails", "Mails"}, Narrow: true}, "mail/show", v)
}

// resendWord says what sending m again is called.
func resendWord(m store.Mail) string {
	switch {
	case m.State == store.MailStateQueued && m.NextAt.IsZero():
		return "" // it goes as soon as it can
	case m.State == store.MailStateQueued:
		return "Try now"
	case m.Kind == store.MailTest, m.Kind.Secret(), m.State == store.MailStateMerged, m.State == store.MailStateCancelled && !m.Kind.OfStock():
		return ""
	}
	return "Send it again"
}

// resendMail handles POST /admin/mails/:id/resend.
func (s *Server) resendMail(c *fiber.Ctx) error {
	id, err := store.ParseID[store.MailID](c.Params("id"))
	if err != nil {
		return err
	}
	request, err := requestID(c)
	if err != nil {
		return err
	}
	goes, err := s.Store.ResendMail(c.UserContext(), user(c).Actor(), id, request)
	if err != nil {
		return err
	}
	s.Log.Info("mail sent again", "id", visitOf(c).ID, "mail", uint64(id), "as", uint64(goes), "by", uint64(user(c).ID))
	news := "It is tried now."
	if !s.Mail.Configured {
		news = "It goes as soon as mail is set up."
	}
	return s.done(c, "/admin/mails/"+goes.String(), toast{Text: news})
}

// mailTrouble is the banner of managers while mails fail, or somebody's are refused; nil when all is well.
func (s *Server) mailTrouble(c *fiber.Ctx, stats store.MailStats) (*banner, error) {
	if !s.Mail.Configured || admit(managers, user(c).Role) != nil {
		return nil, nil
	}
	b := &banner{Class: "is-out", Icon: "mail"}
	switch {
	case stats.Failing > 0:
		b.Lead, b.Text = plural(stats.Failing, "mail does", "mails do")+" not go out.", stats.LastProblem
		b.Href, b.Link = mailsHref(store.MailStateQueued, 0), "See which"
	case len(stats.Refused) > 0:
		first := stats.Refused[0]
		to, err := s.Store.User(c.UserContext(), first.To)
		if err != nil && store.CodeOf(err) != store.NotFound {
			return nil, err
		}
		b.Lead, b.Text = "Mail to "+nameOr(to.Username)+" is refused.", first.Words
		b.Href, b.Link = "/admin/mails/"+first.Mail.String(), "See the mail"
	default:
		return nil, nil
	}
	return b, nil
}

// nameOr is the name of a person, who may be gone.
func nameOr(name string) string {
	if name == "" {
		return "somebody who is not here any more"
	}
	return name
}
