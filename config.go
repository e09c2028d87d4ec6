package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/joho/godotenv"

	"lwc-inventory/alerts"
	"lwc-inventory/backup"
)

// A config is everything the environment decides. README.md's table and .env.example say the same.
type config struct {
	Addr           string
	DataDir        string
	BaseURL        string // without a slash at the end
	SecretKey      string // "": kept in the data folder
	SecretKeyOld   string // the one before it, whose seals are made anew at the start; "": none
	TrustedProxies []string
	LogLevel       slog.Level
	Location       *time.Location
	TLSCert        string
	TLSKey         string
	TLSDomains     []string // for which a public authority gives certificates
	TLSSelf        bool     // with certificates of our own

	MailServer   string
	MailPort     int
	MailUseTLS   bool
	MailUsername string
	MailPassword string
	MailSender   string

	JobberAuthorizeURL string
	JobberTokenURL     string
	JobberGraphQLURL   string
	JobberAPIVersion   string
	JobberSyncInterval time.Duration

	AlertWindow    time.Duration
	AlertOutWindow time.Duration
	AlertRecross   time.Duration
	AlertDigestAt  alerts.Clock
	OwnNetworks    []netip.Prefix // that the owners' webhook may reach though they are not public

	BackupDir        string // "": no copy is made by itself
	BackupAt         alerts.Clock
	BackupPassphrase string
	BackupS3         backup.RemoteConfig // without an endpoint there is none
}

// environment returns a getenv that reads the process's environment first, then the .env file of the
// working folder, if there is one.
func environment(getenv func(string) string, file string) (func(string) string, error) {
	values, err := godotenv.Read(file)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%s: a line cannot be read", file) // the library's words would show the line, and with it secrets
	}
	return func(name string) string {
		if v := getenv(name); v != "" {
			return v
		}
		return values[name]
	}, nil
}

// readConfig takes the settings from getenv and reports everything that is wrong with them, in one line.
func readConfig(getenv func(string) string) (config, error) {
	r := reader{getenv: getenv}
	c := config{
		Addr:           r.address("ADDR", ":5001"),
		DataDir:        r.text("DATA_DIR", "./data"),
		BaseURL:        strings.TrimRight(r.url("BASE_URL", ""), "/"),
		SecretKey:      r.text("SECRET_KEY", ""),
		SecretKeyOld:   r.text("SECRET_KEY_OLD", ""),
		TrustedProxies: r.proxies("TRUSTED_PROXIES"),
		LogLevel:       r.level("LOG_LEVEL"),
		Location:       r.location("TZ"),
		TLSCert:        r.text("TLS_CERT", ""),
		TLSKey:         r.text("TLS_KEY", ""),
		TLSDomains:     r.domains("TLS_DOMAIN"),
		TLSSelf:        r.yesNo("TLS_SELF", false),

		MailServer:   r.text("MAIL_SERVER", ""),
		MailPort:     r.port("MAIL_PORT", 587),
		MailUseTLS:   r.yesNo("MAIL_USE_TLS", true),
		MailUsername: r.text("MAIL_USERNAME", ""),
		MailPassword: r.text("MAIL_PASSWORD", ""),
		MailSender:   r.sender("MAIL_DEFAULT_SENDER"),

		JobberAuthorizeURL: r.url("JOBBER_AUTHORIZE_URL", "https://api.getjobber.com/api/oauth/authorize"),
		JobberTokenURL:     r.url("JOBBER_TOKEN_URL", "https://api.getjobber.com/api/oauth/token"),
		JobberGraphQLURL:   r.url("JOBBER_GRAPHQL_URL", "https://api.getjobber.com/api/graphql"),
		JobberAPIVersion:   r.date("JOBBER_API_VERSION", "2025-04-16"),
		JobberSyncInterval: r.duration("JOBBER_SYNC_INTERVAL", 15*time.Minute),

		AlertWindow:    r.duration("ALERT_WINDOW", 10*time.Minute),
		AlertOutWindow: r.duration("ALERT_OUT_WINDOW", 2*time.Minute),
		AlertRecross:   r.duration("ALERT_RECROSS", 24*time.Hour),
		AlertDigestAt:  r.clock("ALERT_DIGEST_AT", "07:00"),
		OwnNetworks:    r.networks("ALERT_WEBHOOK_NETWORKS"),

		BackupDir:        r.text("BACKUP_DIR", ""),
		BackupAt:         r.clock("BACKUP_AT", "03:00"),
		BackupPassphrase: r.text("BACKUP_PASSPHRASE", ""),
		BackupS3: backup.RemoteConfig{Endpoint: strings.TrimRight(r.url("BACKUP_S3_ENDPOINT", ""), "/"), Region: r.text("BACKUP_S3_REGION", ""),
			Bucket: r.text("BACKUP_S3_BUCKET", ""), Prefix: r.text("BACKUP_S3_PREFIX", ""),
			AccessKey: r.text("BACKUP_S3_ACCESS_KEY", ""), SecretKey: r.text("BACKUP_S3_SECRET_KEY", "")},
	}
	r.backups(&c)
	if c.SecretKey != "" && len(c.SecretKey) < 32 {
		r.bad("SECRET_KEY has %d characters; allowed are 32 or more", len(c.SecretKey))
	}
	if c.SecretKeyOld != "" && len(c.SecretKeyOld) < 32 {
		r.bad("SECRET_KEY_OLD has %d characters; allowed are 32 or more", len(c.SecretKeyOld))
	}
	if (c.TLSCert == "") != (c.TLSKey == "") {
		r.bad("TLS_CERT and TLS_KEY go together; set both or neither")
	}
	if c.TLSCert != "" && (len(c.TLSDomains) > 0 || c.TLSSelf) || len(c.TLSDomains) > 0 && c.TLSSelf {
		r.bad("TLS_CERT with TLS_KEY, TLS_DOMAIN and TLS_SELF are three ways to HTTPS; set one")
	}
	if len(r.problems) > 0 {
		return c, errors.New(strings.Join(r.problems, "; "))
	}
	return c, nil
}

// backups says where copies go when nobody said so, and what is missing to send them away.
func (r *reader) backups(c *config) {
	switch c.BackupDir {
	case "":
		c.BackupDir = filepath.Join(c.DataDir, "backups")
	case "off":
		c.BackupDir = ""
	}
	if s := c.BackupS3; s.Endpoint != "" && (s.Bucket == "" || s.AccessKey == "" || s.SecretKey == "") {
		r.bad("BACKUP_S3_ENDPOINT takes BACKUP_S3_BUCKET, BACKUP_S3_ACCESS_KEY and BACKUP_S3_SECRET_KEY with it")
	}
	if u, err := url.Parse(c.BackupS3.Endpoint); err == nil && u.Path != "" {
		r.bad("BACKUP_S3_ENDPOINT is %q; allowed is an address without a path; the bucket is BACKUP_S3_BUCKET", c.BackupS3.Endpoint)
	}
	if c.BackupDir == "" && c.BackupS3.Endpoint != "" {
		r.bad("BACKUP_DIR is off, and BACKUP_S3_ENDPOINT is set; copies are made in the one before they go to the other")
	}
}

// mailConfigured reports whether mail can be sent at all.
func (c config) mailConfigured() bool { return c.MailServer != "" && c.MailSender != "" }

// A reader reads variables and collects what is wrong with them.
type reader struct {
	getenv   func(string) string
	problems []string
}

func (r *reader) bad(format string, args ...any) {
	r.problems = append(r.problems, fmt.Sprintf(format, args...))
}

func (r *reader) text(name, otherwise string) string {
	if v := r.getenv(name); v != "" {
		return v
	}
	return otherwise
}

func (r *reader) url(name, otherwise string) string {
	v := r.text(name, otherwise)
	if v == "" {
		return v
	}
	u, err := url.Parse(v)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil {
		r.bad("%s is %q; allowed is an address like https://stock.example.com", name, v)
	}
	return v
}

// address is where to listen: a port, with or without a host before it.
func (r *reader) address(name, otherwise string) string {
	v := r.text(name, otherwise)
	_, port, err := net.SplitHostPort(v)
	if n, notNumber := strconv.Atoi(port); err != nil || notNumber != nil || n < 0 || n > 65535 {
		r.bad("%s is %q; allowed is a port like :5001, with or without a host before it", name, v)
	}
	return v
}

func (r *reader) sender(name string) string {
	v := r.getenv(name)
	if v == "" {
		return v
	}
	if _, err := mail.ParseAddress(v); err != nil {
		r.bad("%s is %q; allowed is an address like stock@example.com or LWC Inventory <stock@example.com>", name, v)
	}
	return v
}

func (r *reader) clock(name, otherwise string) alerts.Clock {
	v := r.text(name, otherwise)
	c, err := alerts.ParseClock(v)
	if err != nil {
		r.bad("%s is %q; allowed is a time of day like 07:00, or off", name, v)
	}
	return c
}

func (r *reader) duration(name string, otherwise time.Duration) time.Duration {
	v := r.getenv(name)
	if v == "" {
		return otherwise
	}
	d, err := time.ParseDuration(v)
	if err != nil || d < 0 {
		r.bad("%s is %q; allowed is a time like 90s, 15m or 2h, or 0", name, v)
	}
	return d
}

func (r *reader) port(name string, otherwise int) int {
	v := r.getenv(name)
	if v == "" {
		return otherwise
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < 1 || n > 65535 {
		r.bad("%s is %q; allowed is a port from 1 to 65535", name, v)
	}
	return n
}

func (r *reader) yesNo(name string, otherwise bool) bool {
	switch v := strings.ToLower(r.getenv(name)); v {
	case "":
		return otherwise
	case "true", "1", "yes", "on":
		return true
	case "false", "0", "no", "off":
		return false
	default:
		r.bad("%s is %q; allowed are true and false", name, v)
		return otherwise
	}
}

func (r *reader) level(name string) slog.Level {
	levels := map[string]slog.Level{"": slog.LevelInfo, "debug": slog.LevelDebug, "info": slog.LevelInfo,
		"warn": slog.LevelWarn, "error": slog.LevelError}
	l, ok := levels[strings.ToLower(r.getenv(name))]
	if !ok {
		r.bad("%s is %q; allowed are debug, info, warn and error", name, r.getenv(name))
	}
	return l
}

func (r *reader) location(name string) *time.Location {
	v := r.getenv(name)
	if v == "" {
		return time.Local
	}
	loc, err := time.LoadLocation(v)
	if err != nil {
		r.bad("%s is %q; allowed is a name like America/Chicago", name, v)
	}
	return loc
}

func (r *reader) date(name, otherwise string) string {
	v := r.text(name, otherwise)
	if _, err := time.Parse(time.DateOnly, v); err != nil {
		r.bad("%s is %q; allowed is a date like 2025-04-16", name, v)
	}
	return v
}

func (r *reader) domains(name string) []string {
	var all []string
	for d := range strings.FieldsFuncSeq(strings.ToLower(r.getenv(name)), func(c rune) bool { return c == ',' || c == ' ' }) {
		if !strings.Contains(strings.Trim(d, "."), ".") || strings.ContainsAny(d, "/:*@") || net.ParseIP(d) != nil {
			r.bad("%s has %q; allowed are names like stock.example.com", name, d)
		}
		all = append(all, d)
	}
	return all
}

func (r *reader) proxies(name string) []string {
	var all []string
	for p := range strings.FieldsFuncSeq(r.getenv(name), func(c rune) bool { return c == ',' || c == ' ' }) {
		if _, err := netip.ParsePrefix(p); err != nil {
			if _, err := netip.ParseAddr(p); err != nil {
				r.bad("%s has %q; allowed are addresses like 10.0.0.1 and networks like 10.0.0.0/8", name, p)
			}
		}
		all = append(all, p)
	}
	return all
}

// networks reads addresses and networks; an address is a network of one.
func (r *reader) networks(name string) []netip.Prefix {
	var all []netip.Prefix
	for _, text := range r.proxies(name) {
		if p, err := netip.ParsePrefix(text); err == nil {
			all = append(all, p.Masked())
		} else if a, err := netip.ParseAddr(text); err == nil {
			all = append(all, netip.PrefixFrom(a.Unmap().WithZone(""), a.Unmap().BitLen()))
		}
	}
	return all
}
