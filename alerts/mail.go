package alerts

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	html "html/template"
	"slices"
	"strings"
	text "text/template"
	"unicode/utf8"

	"lwc-inventory/store"
)

//go:embed mail/*.tmpl
var mailFS embed.FS

var (
	lowText = text.Must(text.ParseFS(mailFS, "mail/low.txt.tmpl"))
	lowHTML = html.Must(html.New("low.html.tmpl").Funcs(html.FuncMap{"outlook": outlook}).ParseFS(mailFS, "mail/low.html.tmpl"))
)

// outlook is for Outlook on Windows, which knows no max-width and wants a table of fixed width
// around the mail. Templates drop comments, and to everybody else these are some.
func outlook(part string) html.HTML {
	if part == "open" {
		return `<!--[if mso]><table role="presentation" width="560" cellpadding="0" cellspacing="0"><tr><td><![endif]-->`
	}
	return `<!--[if mso]></td></tr></table><![endif]-->`
}

// lowMail is the data of low.txt.tmpl and low.html.tmpl.
type lowMail struct {
	Subject    string
	Title      string // "1 out, 2 low"
	When       string
	For        string
	Preview    string // what a mailbox shows beside the subject
	Items      []lowItem
	ItemsURL   string
	ProfileURL string
}

// lowItem is one item of a lowMail, with its figures as they were when the crossing was told.
type lowItem struct {
	Out       bool
	Name      string
	SKU       string
	URL       string
	Available string
	Unit      string
	Minimum   string
	OnHand    string
	Allocated string
	Cause     cause
}

// Word is the item's state as one says it.
func (i lowItem) Word() string {
	if i.Out {
		return "OUT"
	}
	return "LOW"
}

// message writes the mail m to a person. It says the same at every try, whenever that is.
func (s *Service) message(ctx context.Context, m store.Mail, to store.User) (Message, error) {
	data, err := s.lowMail(ctx, m, to)
	if err != nil {
		return Message{}, err
	}
	var plain, rich bytes.Buffer
	if err := lowText.Execute(&plain, data); err != nil {
		return Message{}, err
	}
	if err := lowHTML.Execute(&rich, data); err != nil {
		return Message{}, err
	}
	return Message{To: to.Email, Subject: data.Subject, MessageID: m.MessageID,
		Text: plain.String(), HTML: rich.String()}, nil
}

// lowMail gathers what the mail m says.
func (s *Service) lowMail(ctx context.Context, m store.Mail, to store.User) (lowMail, error) {
	jobs, err := s.jobsOf(ctx, m.Crossings)
	if err != nil {
		return lowMail{}, err
	}
	now := m.CreatedAt.In(s.Location)
	data := lowMail{When: now.Format("Monday 2 January, ") + clock(now), For: to.Username,
		ItemsURL: s.link("/items?low=1"), ProfileURL: s.link("/profile")}
	var names, figures []string
	out := 0
	for _, c := range m.Crossings {
		it, err := s.Store.Item(ctx, c.Item)
		if err != nil {
			return lowMail{}, fmt.Errorf("item %d: %w", c.Item, err)
		}
		why, err := s.causeOf(ctx, c, it.Unit, jobs, now)
		if err != nil {
			return lowMail{}, err
		}
		row := lowItem{Out: c.Severity == store.Out, Name: oneLine(it.Name), SKU: it.SKU, Unit: it.Unit,
			URL: s.link("/items/", it.ID.String()), Available: figure(c.Available), Minimum: figure(c.Minimum),
			OnHand: figure(c.OnHand), Allocated: amount(c.Allocated, it.Unit), Cause: why}
		if row.Out {
			out++
		}
		data.Items = append(data.Items, row)
		names = append(names, row.Name)
		figures = append(figures, fmt.Sprintf("%s %s of %s", row.Name, row.Available, amount(c.Minimum, it.Unit)))
	}
	data.Title = titleOf(out, len(data.Items)-out)
	data.Subject = data.Title + ": " + listed(names, maxSubject-utf8.RuneCountInString(data.Title)-2)
	data.Preview = listed(figures, 200) + "."
	return data, nil
}

// jobsOf reads the jobs that the crossings name. One that is gone is left out.
func (s *Service) jobsOf(ctx context.Context, crossings []store.Crossing) (map[store.JobID]store.JobHead, error) {
	var ids []store.JobID
	for _, c := range crossings {
		if c.Job != 0 && !slices.Contains(ids, c.Job) {
			ids = append(ids, c.Job)
		}
	}
	rows, err := s.Store.JobRows(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("read jobs: %w", err)
	}
	jobs := make(map[store.JobID]store.JobHead, len(rows))
	for _, r := range rows {
		jobs[r.ID] = r.JobHead
	}
	return jobs, nil
}

// link is an address of ours, "" when we do not know under which name people reach us.
func (s *Service) link(path ...string) string {
	base := strings.TrimRight(s.BaseURL, "/")
	if base == "" {
		return ""
	}
	return base + strings.Join(path, "")
}

const maxSubject = 120 // characters: what mailboxes show, and some more

// titleOf counts what the mail is about: "1 out, 2 low".
func titleOf(out, low int) string {
	switch {
	case low == 0:
		return fmt.Sprintf("%d out", out)
	case out == 0:
		return fmt.Sprintf("%d low", low)
	}
	return fmt.Sprintf("%d out, %d low", out, low)
}

// listed joins as many names as fit in room characters, and counts the others.
// A single name that is too long is cut between words.
func listed(names []string, room int) string {
	for n := len(names); n > 0; n-- {
		s := strings.Join(names[:n], ", ")
		if rest := len(names) - n; rest > 0 {
			s += fmt.Sprintf(" and %d more", rest)
		}
		if utf8.RuneCountInString(s) <= room {
			return s
		}
	}
	more := ""
	if len(names) > 1 {
		more = fmt.Sprintf(" and %d more", len(names)-1)
	}
	return cut(names[0], room-utf8.RuneCountInString(more)) + more
}

// cut shortens s to at most room characters, at a space if there is one late enough.
func cut(s string, room int) string {
	r := []rune(s)
	if len(r) <= room {
		return s
	}
	short := string(r[:room-1])
	if i := strings.LastIndexByte(short, ' '); i > len(short)/2 && r[room-1] != ' ' {
		short = short[:i]
	}
	return strings.TrimRight(short, " ,;") + "…"
}
