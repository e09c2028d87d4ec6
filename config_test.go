package main

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
)

func TestReadConfig(t *testing.T) {
	for _, tt := range []struct{ name, value, says string }{
		{"ADDR", "", ""},
		{"LOG_LEVEL", "debug", ""},
		{"LOG_LEVEL", "loud", `LOG_LEVEL is "loud"; allowed are debug, info, warn and error`},
		{"BASE_URL", "https://stock.example.com/", ""},
		{"BASE_URL", "stock.example.com", `BASE_URL is "stock.example.com"; allowed is an address`},
		{"TZ", "America/Chicago", ""},
		{"TZ", "Mars/Olympus", `TZ is "Mars/Olympus"; allowed is a name like`},
		{"SECRET_KEY", "short", "SECRET_KEY has 5 characters; allowed are 32 or more"},
		{"SECRET_KEY_OLD", "short", "SECRET_KEY_OLD has 5 characters; allowed are 32 or more"},
		{"MAIL_PORT", "70000", `MAIL_PORT is "70000"; allowed is a port`},
		{"MAIL_USE_TLS", "maybe", `MAIL_USE_TLS is "maybe"; allowed are true and false`},
		{"JOBBER_API_VERSION", "newest", `JOBBER_API_VERSION is "newest"; allowed is a date`},
		{"JOBBER_SYNC_INTERVAL", "15", `JOBBER_SYNC_INTERVAL is "15"; allowed is a time`},
		{"JOBBER_SYNC_INTERVAL", "0", ""},
		{"ALERT_WINDOW", "-1m", `ALERT_WINDOW is "-1m"; allowed is a time`},
		{"ALERT_RECROSS", "a day", `ALERT_RECROSS is "a day"; allowed is a time`},
		{"ALERT_DIGEST_AT", "off", ""},
		{"ALERT_DIGEST_AT", "23:59", ""},
		{"ALERT_DIGEST_AT", "25:00", `ALERT_DIGEST_AT is "25:00"; allowed is a time of day like 07:00, or off`},
		{"TRUSTED_PROXIES", "10.0.0.1, 10.1.0.0/16", ""},
		{"TRUSTED_PROXIES", "proxy", `TRUSTED_PROXIES has "proxy"; allowed are addresses`},
		{"ALERT_WEBHOOK_NETWORKS", "192.168.1.20, 10.0.0.0/8, fd00::/8", ""},
		{"ALERT_WEBHOOK_NETWORKS", "printer", `ALERT_WEBHOOK_NETWORKS has "printer"; allowed are addresses`},
		{"TLS_DOMAIN", "stock.example.com, depot.example.com", ""},
		{"TLS_DOMAIN", "https://stock.example.com", `TLS_DOMAIN has "https://stock.example.com"; allowed are names`},
		{"TLS_SELF", "maybe", `TLS_SELF is "maybe"; allowed are true and false`},
		{"TLS_CERT", "cert.pem", "TLS_CERT and TLS_KEY go together"},
	} {
		_, err := readConfig(func(name string) string {
			if name == tt.name {
				return tt.value
			}
			return ""
		})
		if tt.says == "" && err != nil || tt.says != "" && (err == nil || !strings.Contains(err.Error(), tt.says) || strings.Contains(err.Error(), "\n")) {
			t.Errorf("%s=%s: %v, want %q", tt.name, tt.value, err, tt.says)
		}
	}
}

func TestEnvFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), ".env")
	if err := os.WriteFile(file, []byte("ADDR=:1\nDATA_DIR=there\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	getenv, err := environment(func(name string) string { return map[string]string{"ADDR": ":2"}[name] }, file)
	if err != nil {
		t.Fatal(err)
	}
	if a, d := getenv("ADDR"), getenv("DATA_DIR"); a != ":2" || d != "there" {
		t.Errorf("ADDR %q, DATA_DIR %q: the real environment wins, the file fills in", a, d)
	}
	if err := os.WriteFile(file, []byte("SECRET_KEY=\"never show this\nX"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := environment(os.Getenv, file); err == nil || strings.Contains(err.Error(), "never show") {
		t.Errorf("a broken file: %v", err)
	}
}

// README's table, .env.example and the code name the same variables.
func TestVariablesAreDocumented(t *testing.T) {
	asked := map[string]bool{}
	if _, err := readConfig(func(name string) string { asked[name] = true; return "" }); err != nil {
		t.Fatal(err)
	}
	for file, pattern := range map[string]string{"README.md": "(?m)^\\| `([A-Z0-9_]+)`", ".env.example": `(?m)^#? ?([A-Z0-9_]+)=`} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		named := map[string]bool{}
		for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(string(text), -1) {
			named[m[1]] = true
		}
		if !reflect.DeepEqual(named, asked) {
			t.Errorf("%s names %v\nthe program asks for %v", file, named, asked)
		}
	}
}
