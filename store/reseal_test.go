package store

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// What was sealed under the old key is sealed under the new one, all of it, once; and the old key opens nothing.
func TestAnotherSecretKey(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lwc.db")
	before, after, third := bytes.Repeat([]byte("a"), 32), bytes.Repeat([]byte("b"), 32), bytes.Repeat([]byte("c"), 32)
	open := func(secret, old []byte) *DB {
		t.Helper()
		db, err := Open(path, Options{Secret: secret, Old: old, Passes: 1})
		if err != nil {
			t.Fatal(err)
		}
		return db
	}
	ctx := t.Context()
	db := open(before, nil)
	fill(t, db)
	if err := errors.Join(db.AskConnect(ctx, "question", "s", "code of jobber"), db.AskAccount(ctx, "account", "s", Grant{AccountName: "Other"}),
		db.BeginConnect(ctx, "fresh state", "session", "fresh verifier")); err != nil {
		t.Fatal(err)
	}
	if _, err := db.SaveHook(ctx, frozenBy, "https://hooks.example.com/stock", true); err != nil {
		t.Fatal(err)
	}
	vapid, err := db.PushKey(ctx)
	if err != nil {
		t.Fatal(err)
	}
	read := func(name string) { // what is sealed can be opened
		t.Helper()
		tokens, err := db.JobberTokens(ctx)
		_, secret, err2 := db.JobberCredentials(ctx)
		code, _, err3 := db.TakeQuestion(ctx, "question", "s")
		_, grant, err4 := db.TakeQuestion(ctx, "account", "s")
		verifier, err5 := db.FinishConnect(ctx, "fresh state", "session")
		if err := errors.Join(err, err2, err3, err4, err5, db.Check(ctx)); err != nil || tokens.Refresh != "refresh" || secret != "client secret" ||
			code != "code of jobber" || grant.AccountName != "Other" || verifier != "fresh verifier" {
			t.Errorf("%s: %+v, %q, %q, %+v, %q, %v", name, tokens, secret, code, grant, verifier, err)
		}
		readSecond(t, db)
		if address, signs, _, err := db.HookTarget(ctx); err != nil || address == "" || signs == "" {
			t.Errorf("%s: the webhook goes to %q, %v", name, address, err)
		}
		key, err := db.PushKey(ctx)
		if devices, err2 := db.Pushes(ctx, 0); errors.Join(err, err2) != nil || key != vapid || len(devices) != 1 {
			t.Errorf("%s: the key of push is the same: %t, for %d devices, %v, %v", name, key == vapid, len(devices), err, err2)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	db = open(after, before)
	notes, _, err := db.Audit(ctx, AuditFilter{Kind: AuditSetting}, 1)
	if err != nil || len(notes) != 1 || notes[0].What != "sealed 11 secrets anew under another SECRET_KEY" {
		t.Errorf("%+v, %v", notes, err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	db = open(after, before) // still there at the next start: nothing to do
	if again, _, err := db.Audit(ctx, AuditFilter{Kind: AuditSetting}, 1); err != nil || again[0].ID != notes[0].ID {
		t.Errorf("sealed anew once more: %+v, %v", again, err)
	}
	read("under the new key")
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	db = open(third, before) // the wrong old key: nothing is lost by it
	if _, err := db.JobberTokens(ctx); err == nil {
		t.Error("the tokens are readable under a key that never sealed them")
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	db = open(before, nil)
	if _, err := db.JobberTokens(ctx); err == nil {
		t.Error("the old key opens the tokens")
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path, Options{Secret: after, Old: []byte("short")}); err == nil {
		t.Error("a short old key")
	}
}

// Whoever seals one more thing must seal it anew, too.
func TestEverySealIsMadeAnew(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	where := map[string]int{}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if n := len(regexp.MustCompile(`\.seal\.seal\(|\.putSecret\(`).FindAll(text, -1)); n > 0 && !bytes.HasSuffix([]byte(name), []byte("_test.go")) {
			where[name] = n
		}
	}
	known := map[string]int{"connect.go": 3, "hook.go": 1, "push.go": 2, "second.go": 1, "setting.go": 2, "token.go": 2, "reseal.go": 1}
	for name, n := range where {
		if known[name] != n {
			t.Errorf("%s seals in %d places, and reseal.go knows of %d: seal it anew there, then count it here", name, n, known[name])
		}
	}
}
