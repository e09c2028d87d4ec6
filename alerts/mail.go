package alerts

import (
	"bytes"
	"context"
	"embed"
	html "html/template"
	"strings"
	text "text/template"
	"time"

	"lwc-inventory/store"
)

//go:embed mail/*.tmpl
var mailFS embed.FS

var (
	textMails = text.Must(text.New("").Funcs(text.FuncMap{"upper": strings.ToUpper}).ParseFS(mailFS, "mail/*.txt.tmpl"))
	htmlMails = html.Must(html.New("").Funcs(html.FuncMap{"outlook": outlook}).ParseFS(mailFS, "mail/*.html.tmpl"))
)

// outlook is for Outlook on Windows alone: it knows no max-width, no padding of links, and takes Times where it does not
// know the first font. Templates drop comments, and to everybody else these are some.
func outlook(part string) html.HTML {
	return map[string]html.HTML{
		"head":              `<!--[if mso]><style>td,h1,h2,p,a,span,div{font-family:'Segoe UI',Arial,sans-serif!important}</style><![endif]-->`,
		"open":              `<!--[if mso]><table role="presentation" width="560" cellpadding="0" cellspacing="0"><tr><td><![endif]-->`,
		"close":             `<!--[if mso]></td></tr></table><![endif]-->`,
		"before the button": `<!--[if mso]><i hidden style="mso-font-width:350%;mso-text-raise:24pt">&emsp;</i><span style="mso-text-raise:12pt"><![endif]-->`,
		"after the button":  `<!--[if mso]></span><i hidden style="mso-font-width:350%">&emsp;&#8203;</i><![endif]-->`,
	}[part]
}

// A frame is what stands around what a mail says.
type frame struct {
	Subject    string
	Title      string // "1 out, 2 low"
	When       string
	For        string
	Note       string // a sentence about the mail itself; mostly ""
	Preview    string // what a mailbox shows beside the subject
	URL        string // where the button leads; "" for none
	Button     string
	Why        string // they get it
	ProfileURL string
}

// A letter is a mail before it is addressed: the data of stock.*.tmpl or of note.*.tmpl.
type letter interface {
	around() *frame
	template() string // name of the templates
}

func (f *frame) around() *frame { return f }

// message writes the mail m to a person. It says the same at every try, whenever that is.
func (s *Service) message(ctx context.Context, m store.Mail, to store.User) (Message, error) {
	l, err := s.letter(ctx, m)
	if err != nil {
		return Message{}, err
	}
	f, told := l.around(), m.Told().In(s.Location)
	f.When, f.For = told.Format("Monday 2 January, ")+clock(told), oneLine(to.Username)
	if m.Kind.OfStock() {
		f.ProfileURL = s.link("/profile")
	}
	if f.Subject == "" {
		f.Subject = f.Title
	}
	var plain, rich bytes.Buffer
	if err := textMails.ExecuteTemplate(&plain, l.template()+".txt.tmpl", l); err != nil {
		return Message{}, err
	}
	if err := htmlMails.ExecuteTemplate(&rich, l.template()+".html.tmpl", l); err != nil {
		return Message{}, err
	}
	id := m.MessageID
	if id == "" {
		id = messageID(m.Key, m.CreatedAt, s.BaseURL)
	}
	return Message{To: to.Email, Subject: oneLine(f.Subject), Text: plain.String(), HTML: rich.String(),
		MessageID: id, Thread: s.threadID(to.ID, told), Unsubscribe: f.ProfileURL}, nil
}

// MailText returns what the mail m says to a person; no text of one that only they may read.
func (s *Service) MailText(ctx context.Context, m store.Mail, to store.User) (subject, text string, err error) {
	if m.Kind.Secret() {
		return m.Subject, "", nil
	}
	msg, err := s.message(ctx, m, to)
	return msg.Subject, msg.Text, err
}

func (s *Service) letter(ctx context.Context, m store.Mail) (letter, error) {
	if m.Kind.OfStock() {
		return s.stockLetter(ctx, m)
	}
	return s.noteLetter(ctx, m)
}

// threadID names a person's mails of one day, so that mailboxes show them as one conversation. No mail has this id
// itself: that way it does not matter which of them came first, or at all.
func (s *Service) threadID(to store.UserID, told time.Time) string {
	y, m, d := told.Date()
	return messageID("day of "+to.String(), time.Date(y, m, d, 0, 0, 0, 0, time.UTC), s.BaseURL)
}

// link is an address of ours, "" when we do not know under which name people reach us.
func (s *Service) link(path ...string) string {
	base := strings.TrimRight(s.BaseURL, "/")
	if base == "" {
		return ""
	}
	return base + strings.Join(path, "")
}
