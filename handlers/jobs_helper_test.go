package handlers_test

import (
	"context"
	"html"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// noonDB is a database whose clock stands at noon of this day, so that no test sees midnight pass.
func noonDB(t *testing.T) (*store.DB, time.Time) {
	t.Helper()
	y, m, d := time.Now().UTC().Date()
	noon := time.Date(y, m, d, 12, 0, 0, 0, time.UTC)
	db, err := store.Open(filepath.Join(t.TempDir(), "lwc.db"),
		store.Options{Secret: storetest.Secret(), Now: func() time.Time { return noon }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Check(context.Background()); err != nil {
			t.Errorf("the database is unsound after the test:\n%v", err)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db, noon
}

// applyJobs stores snapshots and returns the jobs' ids.
func applyJobs(t *testing.T, db *store.DB, snaps ...store.JobSnapshot) []store.JobID {
	t.Helper()
	applied, err := db.ApplyJobs(t.Context(), store.FromSweep, snaps)
	if err != nil {
		t.Fatal(err)
	}
	ids := make([]store.JobID, len(applied))
	for i, a := range applied {
		ids[i] = a.Job
	}
	return ids
}

// lineIDs returns the ids of a job's lines, in its order.
func lineIDs(t *testing.T, db *store.DB, id store.JobID) []store.LineID {
	t.Helper()
	sheet, err := db.JobSheet(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	ids := make([]store.LineID, len(sheet.Lines))
	for i, l := range sheet.Lines {
		ids[i] = l.ID
	}
	return ids
}

// shelfHas checks what the store has of an item.
func shelfHas(t *testing.T, db *store.DB, id store.ItemID, want string) {
	t.Helper()
	st, err := db.Stock(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if got := st.Level.OnHand.String(); got != want {
		t.Errorf("%s on hand, want %s", got, want)
	}
}

var attribute = regexp.MustCompile(` (data-[a-z-]+)(?:="([^"]*)")?`)

// marks returns the data attributes of the first tag that holds text, such as `data-line="7"`.
func marks(t *testing.T, body, text string) map[string]string {
	t.Helper()
	at := strings.Index(body, text)
	if at < 0 {
		t.Fatalf("no %s in\n%s", text, body)
	}
	from := strings.LastIndexByte(body[:at], '<')
	to := at + strings.IndexByte(body[at:], '>')
	got := map[string]string{}
	for _, m := range attribute.FindAllStringSubmatch(body[from:to], -1) {
		got[m[1]] = html.UnescapeString(m[2])
	}
	return got
}

// wantMarks checks some marks of a tag: "data-issued=6 data-state=issued".
func wantMarks(t *testing.T, got map[string]string, pairs string) {
	t.Helper()
	for _, p := range strings.Fields(pairs) {
		k, v, _ := strings.Cut(p, "=")
		if got[k] != v {
			t.Errorf("%s is %q, want %q", k, got[k], v)
		}
	}
}

// wantTexts checks what stands in a body, and after a "!" what does not.
func wantTexts(t *testing.T, body string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if not, ok := strings.CutPrefix(text, "!"); ok {
			if strings.Contains(body, not) {
				t.Errorf("%q stands in the answer", not)
			}
		} else if !strings.Contains(body, text) {
			t.Errorf("no %q in the answer", text)
		}
	}
	if t.Failed() {
		t.Logf("answer:\n%s", body)
	}
}
