package mailbox

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"strconv"
	"strings"
)

//go:embed page/*
var pageFS embed.FS

var pages = template.Must(template.ParseFS(pageFS, "page/*.html"))

const (
	// framePolicy is for our own pages.
	framePolicy = "default-src 'none'; style-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

	// mailPolicy is for the HTML of a mail: paint and nothing else. No script, no picture, no form;
	// its links may lead away from the mailbox when somebody follows them.
	mailPolicy = "sandbox allow-top-navigation-by-user-activation; default-src 'none'; style-src 'unsafe-inline'; " +
		"base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)

// list is the data of list.html.
type list struct{ Mails []Mail }

// Handler serves the mailbox: the list at /, a mail at /ID, its HTML at /ID/html. All links
// are relative, so that it may stand under any path that ends in a slash.
func (m *Mailbox) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		m.page(w, "list.html", list{m.Mails()})
	})
	mux.HandleFunc("GET /mailbox.css", func(w http.ResponseWriter, r *http.Request) {
		header(w, "text/css; charset=utf-8", framePolicy)
		http.ServeFileFS(w, r, pageFS, "page/mailbox.css")
	})
	mux.HandleFunc("GET /{id}", func(w http.ResponseWriter, r *http.Request) {
		if x, ok := m.asked(w, r); ok {
			m.page(w, "mail.html", x)
		}
	})
	mux.HandleFunc("GET /{id}/html", func(w http.ResponseWriter, r *http.Request) {
		if x, ok := m.asked(w, r); ok {
			header(w, "text/html; charset=utf-8", mailPolicy)
			m.write(w, []byte(leadOut(x.HTML)))
		}
	})
	return mux
}

// asked returns the mail that r is about, or answers that there is none.
func (m *Mailbox) asked(w http.ResponseWriter, r *http.Request) (Mail, bool) {
	id, err := strconv.Atoi(r.PathValue("id"))
	x, ok := m.mail(id)
	if err != nil || !ok {
		http.Error(w, "There is no such mail. The mailbox keeps the last 200.", http.StatusNotFound)
		return Mail{}, false
	}
	return x, true
}

// leadOut makes the links of a mail open in the window and not in the frame the mail is shown in.
func leadOut(html string) string {
	const base = `<base target="_top">`
	if head, rest, ok := strings.Cut(html, "<head>"); ok {
		return head + "<head>" + base + rest
	}
	return base + html
}

// page renders to memory first: a page is whole or an error.
func (m *Mailbox) page(w http.ResponseWriter, name string, data any) {
	var b bytes.Buffer
	if err := pages.ExecuteTemplate(&b, name, data); err != nil {
		m.log.Error("page not shown", "page", name, "err", err)
		http.Error(w, "The mailbox had an error.", http.StatusInternalServerError)
		return
	}
	header(w, "text/html; charset=utf-8", framePolicy)
	m.write(w, b.Bytes())
}

func (m *Mailbox) write(w http.ResponseWriter, b []byte) {
	if _, err := w.Write(b); err != nil {
		m.log.Debug("the browser went away", "err", err)
	}
}

func header(w http.ResponseWriter, kind, policy string) {
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
}
