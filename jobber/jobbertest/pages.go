package jobbertest

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"strconv"
	"strings"
)

//go:embed pages
var pageFiles embed.FS

// pages are the templates of the office and the consent page.
var pages = template.Must(template.New("").Funcs(template.FuncMap{
	"qty":   func(q float64) string { return strconv.FormatFloat(q, 'f', -1, 64) },
	"words": func(s any) string { return strings.ReplaceAll(fmt.Sprint(s), "_", " ") },
}).ParseFS(pageFiles, "pages/*.html"))

// show answers with a page. It is rendered first, so that a fault never sends half of one.
func show(w http.ResponseWriter, name string, data any) { showStatus(w, http.StatusOK, name, data) }

func showStatus(w http.ResponseWriter, status int, name string, data any) {
	var b bytes.Buffer
	if err := pages.ExecuteTemplate(&b, name, data); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	if w.Header().Get("Content-Security-Policy") == "" {
		// Without form-action: browsers apply it to the redirect that follows the form, too.
		w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; frame-ancestors 'none'")
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	w.Write(b.Bytes()) // whoever asked may be gone; nobody is left to tell
}

func css(w http.ResponseWriter, r *http.Request) {
	http.ServeFileFS(w, r, pageFiles, "pages/standin.css")
}
