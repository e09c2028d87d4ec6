package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Whatever stands in .env, it is read or refused in one line, and a secret in it is not shown.
func FuzzEnvironment(f *testing.F) {
	f.Add("ADDR=:5001\nBASE_URL=https://stock.example\nTZ=America/Chicago\n")
	f.Add("SECRET_KEY=\"a key that nobody may see 0123456789\"\nMAIL_PORT=none\n")
	f.Add("SECRET_KEY=short\nexport ALERT_WINDOW='10m' # ten\n")
	f.Add("MAIL_PASSWORD='unfinished\n=\n")
	f.Fuzz(func(t *testing.T, text string) {
		file := filepath.Join(t.TempDir(), ".env")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		getenv, err := environment(func(string) string { return "" }, file)
		if err == nil {
			_, err = readConfig(getenv)
		}
		if err == nil {
			return
		}
		if strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: %q", text, err)
		}
		for _, name := range []string{"SECRET_KEY", "SECRET_KEY_OLD", "MAIL_PASSWORD", "BACKUP_PASSPHRASE", "BACKUP_S3_SECRET_KEY"} {
			if getenv == nil {
				break
			}
			if v := getenv(name); len(v) > 12 && strings.Contains(err.Error(), v) {
				t.Errorf("%q: %s stands in %q", text, name, err)
			}
		}
	})
}
