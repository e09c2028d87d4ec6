package handlers_test

import (
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// Owners read on Today how old the last good copy is, and are warned when it is not; nobody else is troubled with it.
func TestTodayTellsOfBackups(t *testing.T) {
	db := storetest.Open(t)
	storetest.Item(t, db, "AB-1", 5, 0)
	c := newClient(t, db)
	c.signIn(store.Owner)
	manager := c.other()
	manager.signIn(store.GM)
	now := db.Now()
	for _, tt := range []struct {
		name   string
		status store.BackupStatus
		state  string
		says   string
	}{
		{"never, and it is early", store.BackupStatus{Since: now}, "never", ""},
		{"never, for days", store.BackupStatus{Since: now.Add(-72 * time.Hour)}, "failing", "There is no backup yet."},
		{"good", store.BackupStatus{Since: now, Good: now.Add(-time.Hour)}, "ok", ""},
		{"old", store.BackupStatus{Since: now, Good: now.Add(-72 * time.Hour)}, "failing", "The last good backup is old."},
		{"failed", store.BackupStatus{Since: now, Good: now.Add(-time.Hour), Problem: "The disk <b>burns</b>."}, "failing", "The disk &lt;b&gt;burns"},
	} {
		if err := db.SaveBackupStatus(t.Context(), tt.status); err != nil {
			t.Fatal(err)
		}
		_, page := c.get("/dashboard")
		if !strings.Contains(page, `data-backup="`+tt.state+`"`) || tt.says != "" && !strings.Contains(page, tt.says) {
			t.Errorf("%s: want %s and %q in\n%s", tt.name, tt.state, tt.says, page)
		}
		if warned := strings.Contains(page, `href="/admin/backups">Look at it`); warned != (tt.state == "failing") {
			t.Errorf("%s: the owner is warned: %v", tt.name, warned)
		}
		if _, page := manager.get("/dashboard"); strings.Contains(page, "data-backup") || strings.Contains(page, "/admin/backups") {
			t.Errorf("%s: a manager reads of it", tt.name)
		}
	}
}

// Only copies are sent, whatever the address says, and a passphrase is none that is guessed.
func TestBackupsAreAskedFor(t *testing.T) {
	db := storetest.Open(t)
	c := newClient(t, db)
	c.signIn(store.Owner)
	if status, body := c.post("/admin/backups", url.Values{"passphrase": {"short"}}); status != 422 || !strings.Contains(body, "12 characters") {
		t.Errorf("a short passphrase: %d", status)
	}
	if status, _ := c.post("/admin/backups", url.Values{"passphrase": {""}}); status != 303 {
		t.Fatalf("a copy: %d", status)
	}
	all, err := c.server.Backups.List()
	if err != nil || len(all) != 1 {
		t.Fatalf("%v, %v", all, err)
	}
	a := c.send("GET", "/admin/backups/"+all[0].Name, "")
	if a.status != 200 || int64(len(a.body)) != all[0].Size || !strings.Contains(a.header.Get("Content-Disposition"), all[0].Name) {
		t.Errorf("%d with %d bytes, %q", a.status, len(a.body), a.header)
	}
	for _, name := range []string{"../lwc.db", "..%2flwc.db", "..%2f..%2fetc%2fpasswd", "lwc.db", "%2fetc%2fpasswd", "lwc-20260101-000000.db", "lwc-20260101-000000.db.sha256", filepath.Base(t.TempDir())} {
		if a := c.send("GET", "/admin/backups/"+name, ""); a.status != 404 {
			t.Errorf("%s: %d", name, a.status)
		}
	}
	if status, body := c.post("/admin/backups/"+all[0].Name+"/restore", url.Values{"confirm": {"restore"}}); status != 409 || !strings.Contains(body, "lwc-inventory restore") {
		t.Errorf("restoring where nobody can: %d", status)
	}
}

// Whoever finds an owner's browser open does not walk away with the data, nor puts another in its place.
func TestOldSessionsGetNoBackups(t *testing.T) {
	db, at := openClocked(t)
	c := newClient(t, db)
	c.signIn(store.Owner)
	if status, _ := c.post("/admin/backups", url.Values{"passphrase": {""}}); status != 303 {
		t.Fatalf("a copy: %d", status)
	}
	all, err := c.server.Backups.List()
	if err != nil || len(all) != 1 {
		t.Fatalf("%v, %v", all, err)
	}
	copied := "/admin/backups/" + all[0].Name
	if _, page := c.get("/admin/backups"); !strings.Contains(page, `href="`+copied+`"`) {
		t.Error("the copy is not offered after signing in")
	}
	at.pass(16 * time.Minute)
	if _, page := c.get("/admin/backups"); strings.Contains(page, `href="`+copied) || !strings.Contains(page, "/login?again=1&amp;next=/admin/backups") {
		t.Errorf("the page does not ask to sign in again:\n%s", page)
	}
	for _, path := range []string{copied, copied + ".sha256", copied + "/restore"} {
		if status, body := c.get(path); status != 403 || !strings.Contains(body, "Sign in again") {
			t.Errorf("%s: %d", path, status)
		}
	}
	if status, _ := c.post(copied+"/restore", url.Values{"confirm": {"restore"}}); status != 403 {
		t.Errorf("restoring: %d", status)
	}
}
