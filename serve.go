package main

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
	"golang.org/x/term"

	"lwc-inventory/alerts"
	"lwc-inventory/backup"
	"lwc-inventory/handlers"
	"lwc-inventory/jobber"
	"lwc-inventory/static"
	"lwc-inventory/store"
	"lwc-inventory/views"
)

// serve is the program as it runs day by day: it returns when ctx ends and everything has stopped.
// A backup that an owner restores is put in place between two rounds.
func (p program) serve(ctx context.Context, cfg config) error {
	troubles := &handlers.Troubles{}
	log := slog.New(troubles.Watch(p.logger(cfg.LogLevel).Handler()))
	for ready := p.ready; ; ready = nil {
		ln, err := net.Listen("tcp", cfg.Addr) // here, so that a taken port is an error of the start
		if err != nil {
			return fmt.Errorf("ADDR is %q: %w", cfg.Addr, err)
		}
		app, err := openApp(cfg, ln, log, troubles)
		if err != nil {
			return errors.Join(err, ln.Close())
		}
		log.Info("serving", "addr", ln.Addr().String(), "data", cfg.DataDir, "version", version())
		cfg.Addr = ln.Addr().String() // of a port that was not named, for the next round
		if err := app.run(ctx, ready); err != nil || !app.restored.Load() {
			return err
		}
		kept, err := putRestored(cfg, app.secret)
		if err != nil {
			return fmt.Errorf("restore: %w", err)
		}
		log.Warn("restored a backup; starting again on it", "before", kept)
	}
}

// logger writes text to a terminal and JSON to anything else.
func (p program) logger(level slog.Level) *slog.Logger {
	o := &slog.HandlerOptions{Level: level}
	if f, ok := p.stderr.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		return slog.New(slog.NewTextHandler(f, o))
	}
	return slog.New(slog.NewJSONHandler(p.stderr, o))
}

// An app is every part of the running program, wired together.
type app struct {
	cfg      config
	log      *slog.Logger
	troubles *handlers.Troubles
	ln       net.Listener
	tls      *tls.Config // nil: plain HTTP
	trust    *authority  // nil: not our own
	db       *store.DB
	index    *store.Index
	sessions *handlers.SessionStore
	jobber   *jobber.Service
	alerts   *alerts.Service
	web      *handlers.Server
	admin    *adminServer
	secret   []byte
	backups  *backup.Service

	stop     context.CancelFunc // ends this round
	restored atomic.Bool        // a backup is unpacked and is to be put in place
}

// openApp opens the data folder and builds the parts. What it opened it closes again when it fails.
func openApp(cfg config, ln net.Listener, log *slog.Logger, troubles *handlers.Troubles) (*app, error) {
	secret, err := openFolder(cfg)
	if err != nil {
		return nil, err
	}
	a := &app{cfg: cfg, log: log, troubles: troubles, ln: ln, secret: secret}
	if a.tls, a.trust, err = certificates(cfg, time.Now); err != nil {
		return nil, err
	}
	if a.tls != nil {
		a.ln = tlsListener{ln, a.tls}
	}
	if a.cfg.BaseURL == "" {
		a.cfg.BaseURL = localURL(cfg, ln.Addr())
	}
	if err := a.open(secret); err != nil {
		return nil, errors.Join(err, a.close())
	}
	return a, nil
}

// open opens the files and builds the parts on them.
func (a *app) open(secret []byte) (err error) {
	cfg, log := a.cfg, a.log
	if a.db, err = store.Open(databasePath(cfg), store.Options{Secret: secret, Old: oldKey(cfg), Shrink: true, Log: log.With("part", "store")}); err != nil {
		return err
	}
	if err := a.prove(context.Background()); err != nil {
		return err
	}
	if a.index, err = store.OpenIndex(a.db, indexPath(cfg), log.With("part", "index")); err != nil {
		return err
	}
	if a.sessions, err = handlers.OpenSessions(sessionsPath(cfg)); err != nil {
		return err
	}
	files, err := static.New()
	if err != nil {
		return err
	}
	a.jobber = jobber.New(jobber.Config{Store: a.db, AuthorizeURL: cfg.JobberAuthorizeURL, TokenURL: cfg.JobberTokenURL,
		GraphQLURL: cfg.JobberGraphQLURL, Version: cfg.JobberAPIVersion, Interval: cfg.JobberSyncInterval,
		BaseURL: cfg.BaseURL, Log: log.With("part", "jobber")})
	a.alerts = &alerts.Service{Store: a.db, BaseURL: cfg.BaseURL, Location: cfg.Location, Window: cfg.AlertWindow,
		OutWindow: cfg.AlertOutWindow, Recross: cfg.AlertRecross, Digest: cfg.AlertDigestAt, Reach: alerts.Reach{Own: cfg.OwnNetworks}, Log: log.With("part", "alerts")}
	a.web = &handlers.Server{Store: a.db, Index: a.index, Jobber: a.jobber, Log: log.With("part", "web"),
		Version: version(), Troubles: a.troubles,
		Views: views.FS, Static: files, Sessions: a.sessions, BaseURL: cfg.BaseURL, Location: cfg.Location,
		Secret: secret, Secure: strings.HasPrefix(cfg.BaseURL, "https:"), TrustedProxies: cfg.TrustedProxies}
	a.web.Alerts = handlers.AlertInfo{Window: cfg.AlertWindow, OutWindow: cfg.AlertOutWindow, Recross: cfg.AlertRecross,
		Digest: cfg.AlertDigestAt.String()}
	if a.trust != nil {
		a.web.Authority = a.trust.cert
		sum := sha256.Sum256(a.trust.cert.Raw)
		log.Info("vouching for itself", "page", cfg.BaseURL+"/trust", "fingerprint", hex.EncodeToString(sum[:]))
	}
	if err := a.wireBackups(); err != nil {
		return err
	}
	a.wireMail()
	a.web.TestHook, a.web.OwnNetworks = a.alerts.TestHook, len(cfg.OwnNetworks) > 0
	a.admin, err = openAdmin(a)
	return err
}

// wireMail gives the parts that mail their server, if one is configured.
func (a *app) wireMail() {
	a.web.MailText = a.alerts.MailText
	if !a.cfg.mailConfigured() {
		return
	}
	smtp := alerts.SMTP{Server: a.cfg.MailServer, Port: a.cfg.MailPort, UseTLS: a.cfg.MailUseTLS,
		Username: a.cfg.MailUsername, Password: a.cfg.MailPassword, From: a.cfg.MailSender}
	a.alerts.Send, a.web.SendTest = smtp, a.alerts.SendTest
	how := "without encryption"
	if a.cfg.MailPort == 465 {
		how = "TLS"
	} else if a.cfg.MailUseTLS {
		how = "STARTTLS"
	}
	a.web.Mail = handlers.MailInfo{Configured: true, From: a.cfg.MailSender, SignIn: a.cfg.MailUsername,
		Server: a.cfg.MailServer + ", port " + strconv.Itoa(a.cfg.MailPort) + ", " + how}
}

// run serves until ctx ends. HTTP stops taking requests first and finishes those it has; they run on a
// context that outlives ctx. Then the goroutines end, and last the files close.
func (a *app) run(ctx context.Context, ready chan<- net.Addr) (err error) {
	defer func() { err = errors.Join(err, a.close()) }()
	requests, cutOff := context.WithCancel(context.WithoutCancel(ctx))
	defer cutOff()
	web, err := a.web.App(requests)
	if err != nil {
		return err
	}
	defer roomyHeap(heapRoom)() // from here on: what a start leaves behind is not to lie around
	if ready != nil {
		ready <- a.ln.Addr()
	}
	ctx, a.stop = context.WithCancel(ctx)
	defer a.stop()
	g, ctx := errgroup.WithContext(ctx)
	silent := newListener(a.ln, a.log)
	g.Go(func() error { return web.Listener(silent) })
	for _, loop := range []func(context.Context) error{a.index.Run, a.jobber.Run, a.alerts.Run, a.sessions.Run, a.backups.Run, a.admin.run, a.fetchCertificates} {
		g.Go(func() error { return loop(ctx) })
	}
	g.Go(func() error {
		<-ctx.Done()
		a.log.Info("stopping")
		silent.closeSilent()
		a.web.EndStreams()
		err := web.ShutdownWithTimeout(10 * time.Second)
		if errors.Is(err, context.DeadlineExceeded) {
			a.log.Warn("requests were cut off") // their context ends with this function; what was answered is on disk
			err = nil
		}
		// Told to stop before it served, the server has not seen the listener and would wait on it for ever.
		if closed := a.ln.Close(); closed != nil && !errors.Is(closed, net.ErrClosed) {
			err = errors.Join(err, closed)
		}
		return err
	})
	return g.Wait()
}

// close closes what is open, in the order opposite to opening.
func (a *app) close() error {
	var errs []error
	if a.admin != nil {
		errs = append(errs, a.admin.close())
	}
	if a.sessions != nil {
		errs = append(errs, a.sessions.Close())
	}
	if a.index != nil {
		errs = append(errs, a.index.Close())
	}
	if a.db != nil {
		errs = append(errs, a.db.Close())
	}
	return errors.Join(errs...)
}

func databasePath(cfg config) string { return filepath.Join(cfg.DataDir, "lwc.db") }

func sessionsPath(cfg config) string { return filepath.Join(cfg.DataDir, "sessions.db") }

func indexPath(cfg config) string { return filepath.Join(cfg.DataDir, "index") }

// openFolder makes the data folder if need be and returns the secret key.
func openFolder(cfg config) ([]byte, error) {
	if err := os.MkdirAll(cfg.DataDir, 0o700); err != nil {
		return nil, fmt.Errorf("DATA_DIR is %q: %w", cfg.DataDir, err)
	}
	return secretKey(cfg)
}

// oldKey returns SECRET_KEY_OLD; nil if there is none.
func oldKey(cfg config) []byte {
	if cfg.SecretKeyOld == "" {
		return nil
	}
	return []byte(cfg.SecretKeyOld)
}

// secretKey returns SECRET_KEY, or the key kept in the data folder, which it makes once.
func secretKey(cfg config) ([]byte, error) {
	if cfg.SecretKey != "" {
		return []byte(cfg.SecretKey), nil
	}
	path := filepath.Join(cfg.DataDir, "secret.key")
	key, err := os.ReadFile(path)
	if err == nil && len(strings.TrimSpace(string(key))) < 32 {
		return nil, fmt.Errorf("%s is damaged: restore it, or set SECRET_KEY", path)
	}
	if err == nil || !errors.Is(err, fs.ErrNotExist) {
		return []byte(strings.TrimSpace(string(key))), err
	}
	raw := make([]byte, 32)
	rand.Read(raw)
	key = []byte(base64.RawURLEncoding.EncodeToString(raw))
	if err := writeDurably(path, append(key, '\n')); err != nil {
		return nil, fmt.Errorf("DATA_DIR is %q: %w", cfg.DataDir, err)
	}
	return key, nil
}

// writeDurably makes a new file that only its owner may read; it is on the disk when writeDurably returns.
func writeDurably(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Sync(), f.Close())
}

// networkAddress is this machine's first address on a private network, or localhost if it has none.
func networkAddress() string {
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		return "localhost"
	}
	for _, addr := range addrs {
		if n, ok := addr.(*net.IPNet); ok && n.IP.IsPrivate() && n.IP.To4() != nil {
			return n.IP.String()
		}
	}
	return "localhost"
}

// localURL is the address when nobody said a public one: that of the domain with a certificate, of this
// machine on its network when phones are to come by TLS_SELF, and otherwise good for this machine only.
func localURL(cfg config, addr net.Addr) string {
	scheme := "http"
	if cfg.encrypted() {
		scheme = "https"
	}
	host, port, err := net.SplitHostPort(addr.String())
	switch ip := net.ParseIP(host); {
	case len(cfg.TLSDomains) > 0:
		return scheme + "://" + cfg.TLSDomains[0]
	case err != nil || ip == nil || ip.IsUnspecified():
		host = "localhost"
		if cfg.TLSSelf { // made for phones, and they are elsewhere
			host = networkAddress()
		}
	}
	return scheme + "://" + net.JoinHostPort(host, port)
}
