// Package handlers answers HTTP requests: it turns them into calls on the store, and what the
// store says into HTML.
//
// routes.go lists all that can be asked and by whom. Every address answers twice: a whole page,
// or the changed piece of it when htmx asks.
package handlers

import (
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/compress"
	"github.com/gofiber/template/html/v2"

	"lwc-inventory/jobber"
	"lwc-inventory/static"
	"lwc-inventory/store"
)

const (
	bodyLimit      = 1 << 20          // bytes of a request's body; no form of ours comes near it
	requestTime    = 15 * time.Second // for one answer; the store's own waits are far shorter
	readBufferSize = 16 << 10         // bytes of a request's head: OAuth callbacks are long
)

// A Server is what every handler needs.
type Server struct {
	Store    *store.DB
	Index    *store.Index
	Jobber   *jobber.Service
	Log      *slog.Logger
	Views    fs.FS
	Static   *static.Files
	Sessions *SessionStore

	// Mail and SendTest are what the settings page knows of the mail server. SendTest returns what
	// the server answered as the error's text.
	Mail     MailInfo
	SendTest func(ctx context.Context, to string) error

	BaseURL        string         // the public address, without a slash at the end; "" when unknown
	Location       *time.Location // in which times are shown
	Secret         []byte         // signs form tokens and toasts
	Secure         bool           // cookies travel over TLS only
	TrustedProxies []string       // addresses or networks whose forwarding headers count

	views   *html.Engine
	metrics *metrics
	keys    keys
	proxies []netip.Prefix
	origin  string // of BaseURL, or ""
}

// MailInfo describes the mail server, as far as a page may show it.
type MailInfo struct {
	Configured bool
	Server     string // host, port and kind of encryption
	From       string
}

// App returns the program's web side, ready to listen. Requests still running when ctx ends are
// told so by their context. App fails on a template that does not parse and on a trusted proxy
// that is neither an address nor a network.
func (s *Server) App(ctx context.Context) (*fiber.App, error) {
	if err := s.prepare(); err != nil {
		return nil, err
	}
	app := fiber.New(fiber.Config{
		AppName:                 "lwc-inventory",
		Immutable:               true, // strings from a request outlive it
		ErrorHandler:            s.fail,
		DisableStartupMessage:   true,
		BodyLimit:               bodyLimit,
		ReadBufferSize:          readBufferSize,
		ReadTimeout:             15 * time.Second,
		WriteTimeout:            time.Minute, // for who reads an answer a byte at a time
		IdleTimeout:             2 * time.Minute,
		EnableTrustedProxyCheck: true, // without it anyone's X-Forwarded-Proto is believed
		TrustedProxies:          s.TrustedProxies,
	})
	app.Use(s.limitTime(ctx), s.observe, s.contain, s.secureHeaders)
	app.Get("/static/*", s.serveStatic) // before compress: the files are compressed already
	app.Use(compress.New(compress.Config{Level: compress.LevelDefault}))
	app.Use(s.recognise)
	s.register(app)
	return app, nil
}

func (s *Server) prepare() error {
	s.keys = deriveKeys(s.Secret)
	s.metrics = newMetrics(s.Store, s.Log)
	s.Sessions.Log = s.Log
	if s.Location == nil {
		s.Location = time.UTC
	}
	if u, err := url.Parse(s.BaseURL); err == nil && u.Host != "" {
		s.origin = u.Scheme + "://" + u.Host
	}
	for _, text := range s.TrustedProxies {
		p, err := parseProxy(text)
		if err != nil {
			return fmt.Errorf("trusted proxy %q: %w", text, err)
		}
		s.proxies = append(s.proxies, p)
	}
	// The engine logs a template that does not parse and goes on; loading it here makes that an error.
	s.views = html.NewFileSystem(http.FS(s.Views), ".html")
	s.views.AddFuncMap(s.templateFuncs())
	if err := s.views.Load(); err != nil {
		return fmt.Errorf("views: %w", err)
	}
	return nil
}

func parseProxy(text string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(text); err == nil {
		return netip.PrefixFrom(a.Unmap(), a.Unmap().BitLen()), nil
	}
	return netip.ParsePrefix(text)
}
