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
	"strconv"
	"strings"
	"time"

	"github.com/joho/godotenv"
)

// A config is everything the environment decides. README.md's table and .env.example say the same.
type config struct {
	Addr           string
	DataDir        string
	BaseURL        string // without a slash at the end
	SecretKey      string // "": kept in the data folder
	TrustedProxies []string
	LogLevel       slog.Level
	Location       *time.Location
	TLSCert        string
	TLSKey         string

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
}

// later are names of the contract that this version does not act on yet. Setting them is no mistake, but
// whoever does should know.
var later = []string{"TLS_DOMAIN", "TLS_SELF", "BACKUP_DIR", "ALERT_RECROSS", "ALERT_DIGEST_AT"}

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
		TrustedProxies: r.proxies("TRUSTED_PROXIES"),
		LogLevel:       r.level("LOG_LEVEL"),
		Location:       r.location("TZ"),
		TLSCert:        r.text("TLS_CERT", ""),
		TLSKey:         r.text("TLS_KEY", ""),

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
	}
	if c.SecretKey != "" && len(c.SecretKey) < 32 {
		r.bad("SECRET_KEY has %d characters; allowed are 32 or more", len(c.SecretKey))
	}
	if (c.TLSCert == "") != (c.TLSKey == "") {
		r.bad("TLS_CERT and TLS_KEY go together; set both or neither")
	}
	for _, name := range later {
		r.later(name)
	}
	if len(r.problems) > 0 {
		return c, errors.New(strings.Join(r.problems, "; "))
	}
	return c, nil
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

// later checks a variable that nothing acts on yet: a wrong value is found now, not after the next update.
func (r *reader) later(name string) {
	switch v := r.getenv(name); {
	case name == "ALERT_RECROSS":
		r.duration(name, 0)
	case name == "ALERT_DIGEST_AT" && v != "" && v != "off":
		if _, err := time.Parse("15:04", v); err != nil {
			r.bad("%s is %q; allowed is a time of day like 07:00, or off", name, v)
		}
	}
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
