package main

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// An owner makes a copy on the page, downloads it with its hash, books on, and restores it: the program starts again by
// itself, what was booked since is gone, and the old data is kept. The same file is restored from the command line.
func TestBackupAndRestoreFromThePage(t *testing.T) {
	for _, passphrase := range []string{"", "correct horse battery"} {
		e := env(t)
		r := start(t, e)
		lee := person{t, "http://" + r.addr, e, visitor(t)}
		lee.setUp()
		item := lee.item("sku", "A-1", "name", "Thing", "unit", "ea")
		lee.post(item+"/movements", "kind", "receive", "quantity", "7", "request_id", "1")
		page := lee.post("/admin/backups", "passphrase", passphrase)
		rows := page.find("data-copy")
		if page.status != 200 || len(rows) != 1 {
			t.Fatalf("making a copy: %d, %d copies: %s", page.status, len(rows), page.says())
		}
		name := rows[0].attr["data-copy"]
		file, sum := lee.get("/admin/backups/"+name).body, lee.get("/admin/backups/"+name+".sha256").body
		hash := sha256.Sum256([]byte(file))
		if want := hex.EncodeToString(hash[:]) + "  " + name + "\n"; sum != want {
			t.Errorf("the hash says %q, and the file is %q", sum, want)
		}
		lee.post(item+"/movements", "kind", "receive", "quantity", "5", "request_id", "2")

		for _, fields := range [][]string{{"confirm", "yes", "passphrase", passphrase}, {"confirm", "restore", "passphrase", "another one"}} {
			if passphrase == "" && fields[1] == "restore" {
				continue
			}
			if a := lee.post("/admin/backups/"+name+"/restore", fields...); a.status != http.StatusUnprocessableEntity {
				t.Errorf("%v: %d %q", fields, a.status, a.says())
			}
		}
		if got := lee.get(item).total("on-hand"); got != "12" {
			t.Errorf("a restore that was refused left %s on hand", got)
		}
		if a := lee.post("/admin/backups/"+name+"/restore", "confirm", "restore", "passphrase", passphrase); a.status != 200 {
			t.Fatalf("restore: %d %q", a.status, a.says())
		}
		eventually(t, "the program to start again", func() bool {
			_, err := lee.b.post(lee.base+"/logout", url.Values{}) // any answer will do
			a, err2 := http.Get(lee.base + "/readyz")
			if err2 == nil {
				a.Body.Close()
			}
			return err == nil && err2 == nil && a.StatusCode == 200
		})
		if a := lee.get("/dashboard"); a.url.Path != "/login" {
			t.Errorf("still signed in after the restore, at %s", a.url.Path)
		}
		again := lee.other("lee", ownersPassword)
		if got := again.get(item).total("on-hand"); got != "7" {
			t.Errorf("on hand is %s after the restore, want 7", got)
		}
		if !strings.Contains(again.get("/admin/audit").body, "restored the backup "+name) {
			t.Error("the log does not tell of the restore")
		}
		kept, err := filepath.Glob(filepath.Join(e["DATA_DIR"], "lwc.db.before-*"))
		if err != nil || len(kept) != 1 {
			t.Errorf("the old data is not kept: %q, %v", kept, err)
		}
		r.stop()

		to, copied := env(t), filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(copied, []byte(file), 0o600); err != nil {
			t.Fatal(err)
		}
		args := []string{"restore", copied}
		if passphrase != "" {
			args = []string{"restore", "--passphrase-stdin", copied}
			if code, _, errs := command(t, to, "", "restore", copied); code != 1 || !strings.Contains(errs, "takes its passphrase") {
				t.Errorf("without the passphrase: %d %q", code, errs)
			}
			if code, _, errs := command(t, to, "another one", args...); code != 1 || !strings.Contains(errs, "passphrase is another") {
				t.Errorf("with another passphrase: %d %q", code, errs)
			}
		}
		if code, _, errs := command(t, to, passphrase+"\n", args...); code != 0 {
			t.Errorf("from the command line: %d %q", code, errs)
		}
		if _, out, _ := command(t, to, "", "user", "list"); !strings.Contains(out, "lee") {
			t.Errorf("users after the restore: %q", out)
		}
	}
}
