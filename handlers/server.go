// Package handlers answers HTTP requests: it turns them into calls on the store, and what the
// store says into HTML.
//
// routes.go lists all that can be asked and by whom. Every address answers twice: a whole page,
// or the changed piece of it when htmx asks.
package handlers

import (
	"cmp"
	"context"
	"crypto/x509"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/compress"
	"github.com/gofiber/template/html/v2"

	"lwc-inventory/backup"
	"lwc-inventory/jobber"
	"lwc-inventory/static"
	"lwc-inventory/store"
)

const (
	bodyLimit      = 1 << 20          // bytes of a request's body; no form of ours comes near it
	requestTime    = 15 * time.Second // for one answer; the store's own waits are far shorter
	readTime       = 15 * time.Second // for a request to arrive, head and body
	readBufferSize = 16 << 10         // bytes of a request's head: OAuth callbacks are long
)

// mostConnections is how many there are at once; one more gets 503. Each costs some kilobytes and a file handle.
const mostConnections = 10_000

// A Server is what every handler needs.
type Server struct {
	Store    *store.DB
	Index    *store.Index
	Jobber   *jobber.Service
	Log      *slog.Logger
	Views    fs.FS
	Static   *static.Files
	Sessions *SessionStore

	Version  string    // of the program
	Troubles *Troubles // what was logged; not nil

	// Backups makes copies of the data. Restore puts one in the place of it and has the program start again; nil where
	// nobody can. It fails with a sentence when the copy is no good, and then nothing has changed.
	Backups *backup.Service
	Restore func(ctx context.Context, by store.Actor, name, passphrase string) error

	// Mail and SendTest are what the pages know of the mail server. SendTest sends a test mail and returns the
	// server's own words when it did not take it. It is nil while mail is not configured.
	Mail     MailInfo
	SendTest func(ctx context.Context, to store.User) (problem string, err error)
	MailText func(ctx context.Context, m store.Mail, to store.User) (subject, text string, err error) // what a mail says

	Alerts AlertInfo // what the page of alerts says of its times

	// TestHook sends a test to the owners' webhook; what that answered is the error's text. OwnNetworks says that
	// some networks of ours may be reached, where https is not asked for.
	TestHook    func(ctx context.Context) error
	OwnNetworks bool

	BaseURL        string            // the public address, without a slash at the end; "" when unknown
	Location       *time.Location    // in which times are shown
	Secret         []byte            // signs form tokens and toasts
	Secure         bool              // cookies travel over TLS only
	Authority      *x509.Certificate // that devices are to install; nil when there is none of our own
	TrustedProxies []string          // addresses or networks whose forwarding headers count
	ReadTime       time.Duration     // for a request to arrive; 0: readTime

	desk     desk
	likelies likelyCache
	views    *html.Engine
	metrics  *metrics
	began    time.Time // of this run
	streams  *streams
	pieces   pieces
	keys     keys
	proxies  []netip.Prefix
	passkeys *webauthn.WebAuthn // nil: browsers have none at our address
	origin   string             // of BaseURL, or ""
}

// MailInfo describes the mail server, as far as a page may show it.
type MailInfo struct {
	Configured bool
	Server     string // host, port and kind of encryption
	From       string
	SignIn     string // the user name at the server; "": none is needed
}

// App returns the program's web side, ready to listen. Requests still running when ctx ends are
// told so by their context. App fails on a template that does not parse and on a trusted proxy
// that is neither an address nor a network.
func (s *Server) App(ctx context.Context) (*fiber.App, error) {
	if err := s.prepare(); err != nil {
		return nil, err
	}
	s.streams = newStreams(ctx)
	app := fiber.New(fiber.Config{
		AppName:                 "lwc-inventory",
		Immutable:               true, // strings from a request outlive it
		ErrorHandler:            s.fail,
		DisableStartupMessage:   true,
		BodyLimit:               bodyLimit,
		ReadBufferSize:          readBufferSize,
		ReadTimeout:             cmp.Or(s.ReadTime, readTime),
		Concurrency:             mostConnections,
		WriteTimeout:            time.Minute, // for who reads an answer a byte at a time
		IdleTimeout:             2 * time.Minute,
		EnableTrustedProxyCheck: true, // without it anyone's X-Forwarded-Proto is believed
		TrustedProxies:          s.TrustedProxies,
	})
	app.Server().HeaderReceived = s.room
	app.Use(s.limitTime(ctx), s.observe, s.contain, s.secureHeaders)
	app.Get("/static/*", s.serveStatic) // before compress: the files are compressed already
	app.Use(compress.New(compress.Config{Level: compress.LevelDefault,
		Next: func(c *fiber.Ctx) bool { // streams
			return c.Path() == "/pick/live" || c.Path() == "/items.csv" || strings.HasPrefix(c.Path(), "/admin/backups/")
		}}))
	app.Use(s.recognise)
	s.register(app)
	return app, nil
}

func (s *Server) prepare() error {
	s.keys = deriveKeys(s.Secret)
	s.began = s.Store.Now()
	s.metrics = newMetrics(s)
	s.Sessions.Log = s.Log
	if s.Location == nil {
		s.Location = time.UTC
	}
	if u, err := url.Parse(s.BaseURL); err == nil && u.Host != "" {
		s.origin = u.Scheme + "://" + u.Host
	}
	var err error
	if s.passkeys, err = newPasskeys(s.origin); err != nil {
		return err
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
