package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sync/errgroup"

	"lwc-inventory/alerts/mailbox"
	"lwc-inventory/handlers"
	"lwc-inventory/jobber/jobbertest"
	"lwc-inventory/store"
	"lwc-inventory/store/sample"
)

// The demo is the whole product on a play company: a sample warehouse, a stand-in for Jobber on a port of
// its own, and a mail server that keeps what it gets. Only these three are simulated. The product talks to
// them over HTTP and SMTP with the code that would talk to the real ones.

// demoUsers are the people of the play company. Their passwords are no secret.
var demoUsers = []store.UserDraft{
	{Username: "lcarver", Email: "lee@lwc.example", Role: store.Owner, ReceiveAlerts: true, Active: true, Password: "owner-of-the-demo"},
	{Username: "dwhit", Email: "dana@lwc.example", Role: store.GM, ReceiveAlerts: true, Active: true, Password: "manager-of-the-demo"},
	{Username: "ana", Email: "ana@lwc.example", Role: store.Warehouse, ReceiveAlerts: true, Active: true, Password: "warehouse-demo"},
	{Username: "joe", Role: store.Warehouse, Active: true, Password: "warehouse-demo-2"},
}

// demo serves the product with a play company until ctx ends. Its data is gone then, unless it is kept.
func (p program) demo(ctx context.Context, cfg config, addrSet bool, args []string) (err error) {
	set := flag.NewFlagSet("demo", flag.ContinueOnError)
	set.SetOutput(io.Discard)
	keep := set.String("keep", "", "")
	if err := set.Parse(args); err != nil || set.NArg() > 0 {
		return fmt.Errorf("%w: demo [--keep DIR]", errUsage)
	}
	cfg.DataDir = *keep
	if *keep == "" {
		if cfg.DataDir, err = os.MkdirTemp("", "lwc-demo-"); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(cfg.DataDir)) }()
	}
	log, err := p.demoLog(cfg, *keep != "")
	if err != nil {
		return err
	}
	d, err := openDemo(cfg, addrSet, log)
	if err != nil {
		return err
	}
	return d.run(ctx, p)
}

// demoLog keeps the log out of the way of the addresses: in a kept folder it is a file.
func (p program) demoLog(cfg config, kept bool) (*slog.Logger, error) {
	if !kept {
		return slog.New(slog.NewTextHandler(p.stderr, &slog.HandlerOptions{Level: max(cfg.LogLevel, slog.LevelWarn)})), nil
	}
	if err := os.MkdirAll(cfg.DataDir, 0o700); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(filepath.Join(cfg.DataDir, "demo.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	return slog.New(slog.NewTextHandler(f, &slog.HandlerOptions{Level: cfg.LogLevel})), nil
}

// A demo is the product and what it plays with.
type demo struct {
	app      *app
	office   *jobbertest.Server
	officeLn net.Listener
	mailbox  *mailbox.Mailbox
	mailLn   net.Listener
	over     http.RoundTripper // to the product: trusts its certificate, if it made one
	log      *slog.Logger
}

const (
	demoClientID = "3ef22a50-demo-4b4e-9b1a-2f6b00000001"
	// demoClientSecret signs the stand-in's webhooks to the demo, and nothing else.
	demoClientSecret = "a-secret-that-only-the-demo-and-its-stand-in-share"
)

func openDemo(cfg config, addrSet bool, log *slog.Logger) (*demo, error) {
	cfg.TLSCert, cfg.TLSKey, cfg.TLSDomains = "", "", nil // of the real thing; TLS_SELF is there to try a phone's camera
	if !addrSet {
		cfg.Addr = "127.0.0.1:5001" // passwords that everybody knows stay on this machine
	}
	ln, err := net.Listen("tcp", cfg.Addr)
	if err != nil && !addrSet {
		ln, err = net.Listen("tcp", "127.0.0.1:0")
	}
	if err != nil {
		return nil, fmt.Errorf("ADDR is %q: %w", cfg.Addr, err)
	}
	roots := x509.NewCertPool()
	d := &demo{log: log, mailbox: mailbox.New(log), over: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}}
	if d.officeLn, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return nil, err
	}
	if d.mailLn, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return nil, err
	}
	smtp, err := d.mailbox.Listen()
	if err != nil {
		return nil, err
	}
	office := "http://" + d.officeLn.Addr().String()
	cfg.JobberAuthorizeURL, cfg.JobberTokenURL = office+"/api/oauth/authorize", office+"/api/oauth/token"
	cfg.JobberGraphQLURL = office + "/api/graphql"
	if err := demoMail(&cfg, smtp); err != nil {
		return nil, err
	}
	if cfg.BaseURL == "" {
		cfg.BaseURL = localURL(cfg, ln.Addr())
	}
	d.office = jobbertest.New(jobbertest.Sample(time.Now().In(cfg.Location)), jobbertest.Options{AppName: "LWC Inventory",
		ClientID: demoClientID, ClientSecret: demoClientSecret, CallbackURL: cfg.BaseURL + "/jobs/jobber/callback",
		WebhookURL: localURL(cfg, ln.Addr()) + "/jobs/jobber/webhook", Transport: d.over})
	if d.app, err = openApp(cfg, ln, log, &handlers.Troubles{}); err != nil {
		return nil, err
	}
	d.app.web.Restore = nil // there would be nobody to start it again
	if d.app.trust != nil {
		roots.AddCert(d.app.trust.cert)
	}
	return d, nil
}

// demoMail points the mailer at the demo's own mail server. Mails go out at once: nobody waits ten minutes in a demo.
func demoMail(cfg *config, smtp string) error {
	host, port, err := net.SplitHostPort(smtp)
	if err != nil {
		return err
	}
	cfg.MailServer, cfg.MailUseTLS, cfg.MailUsername, cfg.MailPassword = host, false, "", ""
	cfg.MailSender = "LWC Inventory <stock@lwc.example>"
	cfg.AlertWindow, cfg.AlertOutWindow = 0, 0
	_, err = fmt.Sscan(port, &cfg.MailPort)
	return err
}

// run serves product, stand-in and mailbox until ctx ends.
func (d *demo) run(ctx context.Context, p program) error {
	if err := d.seed(ctx); err != nil {
		return errors.Join(err, d.app.close())
	}
	g, ctx := errgroup.WithContext(ctx)
	d.serve(ctx, g, d.officeLn, d.office.Handler())
	d.serve(ctx, g, d.mailLn, d.mailbox.Handler())
	ready := make(chan net.Addr, 1)
	g.Go(func() error { return d.app.run(ctx, ready) })
	g.Go(func() error {
		select {
		case addr := <-ready:
			return d.welcome(ctx, p, addr)
		case <-ctx.Done():
			return nil
		}
	})
	err := g.Wait()
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	return errors.Join(err, d.office.Close(grace), d.mailbox.Close())
}

// serve serves one of the demo's own pages until ctx ends.
func (d *demo) serve(ctx context.Context, g *errgroup.Group, ln net.Listener, h http.Handler) {
	s := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second}
	g.Go(func() error {
		if err := s.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	g.Go(func() error {
		<-ctx.Done()
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
		defer cancel()
		return errors.Join(s.Shutdown(grace))
	})
}

// seed fills a new folder: people, the warehouse, and the app's credentials at the stand-in.
func (d *demo) seed(ctx context.Context) error {
	db := d.app.db
	if has, err := db.HasUsers(ctx); err != nil || has {
		return err
	}
	by := store.Actor{Name: "demo"}
	if err := sample.Fill(ctx, db, by); err != nil {
		return err
	}
	for _, u := range demoUsers {
		if _, err := db.CreateUser(ctx, by, u); err != nil {
			return err
		}
	}
	return db.SaveJobberCredentials(ctx, by, demoClientID, demoClientSecret)
}

// welcome connects to the stand-in as the owner would, and says where everything is.
func (d *demo) welcome(ctx context.Context, p program, addr net.Addr) error {
	url := d.app.cfg.BaseURL // Jobber's stand-in leads back there, and a session is good for one host
	if err := connectAsOwner(ctx, url, demoUsers[0], d.over); err != nil {
		return fmt.Errorf("connect to the stand-in: %w", err)
	}
	fmt.Fprintf(p.stdout, "\nLWC Inventory, the demo. Stop it with Ctrl-C.\n\n  %s\n\n", url)
	for _, u := range demoUsers {
		fmt.Fprintf(p.stdout, "  %-10s %-20s %s\n", u.Username, u.Password, u.Role.Title())
	}
	fmt.Fprintf(p.stdout, "\n  a day at the office (a stand-in for Jobber)  http://%s\n  the mailbox (nothing leaves this machine)    http://%s\n\n",
		d.officeLn.Addr(), d.mailLn.Addr())
	if p.ready != nil {
		p.ready <- addr
	}
	return nil
}
