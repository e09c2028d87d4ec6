package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestContractExitCodesAndOneLineOnStderr(t *testing.T) {
	e, running := env(t), env(t)
	lee := company(t, running)
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	add := func(name, role string) []string {
		return []string{"user", "add", "--username", name, "--role", role, "--password-stdin"}
	}
	for _, tt := range []struct {
		name string
		args []string
		in   string
		code int
		says string
	}{
		{"version", []string{"version"}, "", 0, "lwc-inventory"},
		{"user add", append(add("ana", "owner"), "--email", "ana@example.com", "--receive-alerts"), "a long password\n", 0, "ana"},
		{"user add, CRLF", add("bob", "gm"), "a long password\r\n", 0, "bob"},
		{"user add, taken", add("ANA", "gm"), "a long password", 1, "taken"},
		{"user add, short password", add("eve", "gm"), "short", 1, "10 characters"},
		{"user add, unknown role", add("eve", "boss"), "a long password", 1, "role"},
		{"user add, no role", []string{"user", "add", "--username", "eve", "--password-stdin"}, "a long password", 2, "--role"},
		{"user add, unknown flag", []string{"user", "add", "--name", "eve"}, "", 2, "name"},
		{"user passwd", []string{"user", "passwd", "--username", "ana", "--password-stdin"}, "another long password\n", 0, "ana"},
		{"user passwd, nobody", []string{"user", "passwd", "--username", "eve", "--password-stdin"}, "another long password\n", 1, "eve"},
		{"user passwd, half", []string{"user", "passwd", "--username", "ana"}, "", 2, "--password-stdin"},
		{"user list", []string{"user", "list"}, "", 0, "ana"},
		{"user", []string{"user"}, "", 2, "user add"},
		{"user fly", []string{"user", "fly"}, "", 2, "fly"},
		{"import", []string{"import", "items", write("good.csv", "\ufeffSKU,Name,Barcode,Quantity,Place\r\nI-1,One,111 222,5,warehouse\r\n")}, "", 0, "1 items"},
		{"import users", []string{"import", "users", write("u.csv", "username,role,password_hash\nold.hand,warehouse_manager,pbkdf2:sha256:1000$salt$"+strings.Repeat("ab", 32)+"\n")}, "", 0, "1 users imported"},
		{"import users, a mistake", []string{"import", "users", write("v.csv", "username,role,password_hash\nevil,owner,plain\n")}, "", 1, "Line 2, column password_hash"},
		{"import, something else", []string{"import", "jobs", write("j.csv", "")}, "", 2, "import users"},
		{"import, bad quantity", []string{"import", "items", write("q.csv", "sku,name,quantity\nI-2,Two,5\nI-3,Three,\"1,5\"\n")}, "", 1, "Line 3, column quantity"},
		{"import, taken SKU", []string{"import", "items", write("s.csv", "sku,name\nI-4,Four\ni-1,One\n")}, "", 1, "Line 3, column sku"},
		{"import, twice in the file", []string{"import", "items", write("t.csv", "sku,name\nI-5,Five\nI-5,Five\n")}, "", 1, "Line 3, column sku"},
		{"import, unknown place", []string{"import", "items", write("p.csv", "sku,name,place\nI-6,Six,Moon\n")}, "", 1, "Line 2, column place"},
		{"import, no name", []string{"import", "items", write("n.csv", "sku,name\nI-7,\n")}, "", 1, "Line 2, column name"},
		{"import, unknown column", []string{"import", "items", write("c.csv", "sku,name,colour\nI-8,x,red\n")}, "", 1, "colour"},
		{"import, ragged", []string{"import", "items", write("r.csv", "sku,name\nI-9\n")}, "", 1, "Line 2"},
		{"import, empty", []string{"import", "items", write("e.csv", "")}, "", 1, "Line 1"},
		{"import, no file", []string{"import", "items", filepath.Join(dir, "none.csv")}, "", 1, "none.csv"},
		{"import, half", []string{"import", "items"}, "", 2, "import items"},
		{"check", []string{"check"}, "", 0, "whole"},
		{"check, too much", []string{"check", "all"}, "", 2, "check"},
		{"reindex", []string{"reindex"}, "", 0, "index"},
		{"backup, half", []string{"backup"}, "", 2, "backup FILE"},
		{"restore, half", []string{"restore"}, "", 2, "restore"},
		{"restore, no file", []string{"restore", "--replace", filepath.Join(dir, "none")}, "", 1, "none"},
		{"serve, too much", []string{"serve", "now"}, "", 2, "serve"},
		{"nothing like it", []string{"fly"}, "", 2, "fly"},
	} {
		for where, env := range map[string]map[string]string{"on the files": e, "through the server": running} {
			code, out, errs := command(t, env, tt.in, tt.args...)
			if code != tt.code || !strings.Contains(out+errs, tt.says) {
				t.Errorf("%s, %s: %d %q %q, want %d and %q", tt.name, where, code, out, errs, tt.code, tt.says)
			}
			if code == 1 && (strings.Count(errs, "\n") != 1 || !strings.HasSuffix(errs, "\n")) || code == 0 && errs != "" {
				t.Errorf("%s, %s: stderr is %q", tt.name, where, errs)
			}
		}
	}
	for sku, want := range map[string]string{"I-1": "I-1", "I-2": "", "I-4": "", "I-5": ""} { // all rows or none
		found := ""
		if len(lee.get("/items").find("data-item", "data-sku="+sku)) > 0 {
			found = sku
		}
		if found != want {
			t.Errorf("after the imports %s is %q in the list", sku, found)
		}
	}
	if a := lee.get("/items/1"); a.total("on-hand") != "5" {
		t.Errorf("opening balance: %s", a.total("on-hand"))
	}
	lee.other("ana", "another long password")
}

func TestContractBackupHoldsEverythingButTheKey(t *testing.T) {
	e, to := env(t), env(t)
	lee := company(t, e)
	item := lee.item("sku", "A-1", "name", "Thing")
	lee.post(item+"/movements", "kind", "receive", "quantity", "7", "request_id", "r")
	copied := filepath.Join(t.TempDir(), "copy.db")
	code, out, errs := command(t, e, "", "backup", copied)
	if code != 0 || !strings.Contains(out, "key") {
		t.Fatalf("backup: %d %q %q", code, out, errs)
	}
	if info, err := os.Stat(copied); err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Errorf("the backup can be read by others: %v, %v", info, err)
	}
	if code, _, errs := command(t, e, "", "restore", copied); code != 1 || !strings.Contains(errs, "--replace") {
		t.Errorf("restore over data: %d %q", code, errs)
	}
	if code, _, errs := command(t, e, "", "restore", "--replace", copied); code != 1 || !strings.Contains(errs, "in use") {
		t.Errorf("restore under a running server: %d %q", code, errs)
	}
	if code, _, errs := command(t, to, "", "restore", copied); code != 0 {
		t.Fatalf("restore: %q", errs)
	}
	p := person{t, "http://" + start(t, to).addr, to, visitor(t)}.other("lee", ownersPassword)
	if a := p.get(item); a.total("on-hand") != "7" {
		t.Errorf("restored: %s on hand", a.total("on-hand"))
	}
	broken, err := os.ReadFile(copied)
	if err != nil {
		t.Fatal(err)
	}
	for i := len(broken) / 4; i < len(broken)/2; i++ {
		broken[i] ^= 0x55
	}
	if err := os.WriteFile(copied, broken, 0o600); err != nil {
		t.Fatal(err)
	}
	other := env(t)
	if code, _, errs := command(t, other, "", "restore", copied); code != 1 || strings.Count(errs, "\n") != 1 {
		t.Errorf("a damaged backup: %d %q", code, errs)
	}
}

func TestContractAWrongValueStopsTheStartWithOneLine(t *testing.T) {
	for name, value := range map[string]string{"SECRET_KEY": "too short for a key", "ADDR": "nonsense", "BASE_URL": "stock.example.com",
		"TRUSTED_PROXIES": "proxy", "LOG_LEVEL": "loud", "TZ": "Mars/Olympus", "MAIL_PORT": "smtp", "MAIL_USE_TLS": "perhaps",
		"MAIL_DEFAULT_SENDER": "not an address", "JOBBER_AUTHORIZE_URL": "jobber", "JOBBER_TOKEN_URL": "ftp://jobber", "JOBBER_GRAPHQL_URL": "x",
		"JOBBER_API_VERSION": "latest", "JOBBER_SYNC_INTERVAL": "15", "ALERT_WINDOW": "soon", "ALERT_OUT_WINDOW": "-1s",
		"ALERT_RECROSS": "a day", "ALERT_DIGEST_AT": "25:00"} {
		e := env(t)
		e[name] = value
		var out, err syncBuffer
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second) // a start that nothing stops
		code := program{getenv: func(k string) string { return e[k] }, stdin: strings.NewReader(""), stdout: &out, stderr: &err}.run(ctx, nil)
		cancel()
		errs := err.String()
		if code != 1 || strings.Count(errs, "\n") != 1 || !strings.Contains(errs, name) || name != "SECRET_KEY" && !strings.Contains(errs, value) {
			t.Errorf("%s=%s: %d %q", name, value, code, errs)
		}
		if _, err := os.Stat(e["DATA_DIR"]); err == nil {
			t.Errorf("%s=%s: the data folder was made all the same", name, value)
		}
	}
}

func TestContractSecretKeyIsCreatedOnce(t *testing.T) {
	e := env(t)
	start(t, e).stop()
	path := filepath.Join(e["DATA_DIR"], "secret.key")
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("the key file: %v, %v", info, err)
	}
	first, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	start(t, e).stop()
	if again, err := os.ReadFile(path); err != nil || string(again) != string(first) {
		t.Errorf("the key changed: %v", err)
	}
}
