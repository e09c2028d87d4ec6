package handlers_test

import (
	"context"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"lwc-inventory/handlers"
	"lwc-inventory/jobber"
	"lwc-inventory/store"
)

func TestSyncWithoutJobber(t *testing.T) {
	db, _ := noonDB(t)
	c := newClient(t, db)
	c.signIn(store.Warehouse)
	for _, header := range [][]string{nil, {htmx}} {
		status, body := c.post("/jobs/sync", nil, header...)
		if status != 409 {
			t.Errorf("status %d, want 409", status)
		}
		wantTexts(t, body, "Jobber is not connected. An owner connects it in Settings.", `role="alert"`)
		status, body = c.get("/jobs/sync", header...)
		if status != 200 {
			t.Errorf("status %d, want 200", status)
		}
		wantMarks(t, marks(t, body, "data-sync="), "data-sync=never")
		wantTexts(t, body, "Jobber not connected", "!every 1s", "!Sync now")
	}
}

// grumpy is a Jobber that takes no query.
type grumpy struct{}

func (grumpy) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	w.Header().Set("Content-Type", "application/json")
	if _, err := w.WriteString(`{"errors":[{"message":"Field 'jobs' doesn't exist on type 'Query'"}]}`); err != nil {
		return nil, err
	}
	return w.Result(), nil
}

func TestSync(t *testing.T) {
	db, noon := noonDB(t)
	linkJobber(t, db)
	c := newClient(t, db, func(s *handlers.Server) {
		s.Jobber = jobber.New(jobber.Config{Store: db, GraphQLURL: "http://jobber.example/graphql", Log: s.Log, Transport: grumpy{}})
	})
	c.signIn(store.Warehouse)
	wantTexts(t, bodyOf(c.get("/jobs")), "Sync now", "Not synced yet")

	// Asked for: the page looks on, though nothing has begun yet.
	a := c.submit("/jobs/sync", nil, htmx)
	if a.status != 200 {
		t.Fatalf("status %d\n%s", a.status, a.body)
	}
	wantMarks(t, marks(t, a.body, "data-sync="), "data-sync=running")
	poll := fmt.Sprintf("/jobs/sync?since=%d", noon.UnixMilli())
	wantTexts(t, a.body, `hx-get="`+poll+`"`, `hx-trigger="every 1s"`, "!<!doctype")
	a = c.send("GET", poll, "", htmx)
	wantMarks(t, marks(t, a.body, "data-sync="), "data-sync=running")
	if a.header.Get("HX-Trigger") != "" {
		t.Error("the page was told of an end before there was one")
	}

	// It ends, and badly, since Jobber wants nothing of it: the page is told once, and asks no more.
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- c.server.Jobber.Run(ctx) }()
	for end := time.Now().Add(20 * time.Second); ; {
		a = c.send("GET", poll, "", htmx)
		if !strings.Contains(a.body, "every 1s") {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("the sync does not end\n%s", a.body)
		}
	}
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if got := a.header.Get("HX-Trigger"); got != "synced" {
		t.Errorf("HX-Trigger is %q, want synced", got)
	}
	for _, path := range []string{"/jobs", "/dashboard", "/jobs/sync"} {
		_, body := c.get(path)
		wantMarks(t, marks(t, body, "data-sync="), "data-sync=failing")
		if n := strings.Count(body, "data-sync="); n != 1 {
			t.Errorf("%s: %d marks, want one", path, n)
		}
	}
	st, err := db.SyncStatus(t.Context())
	if err != nil || st.Problem == "" {
		t.Errorf("status %+v, %v", st, err)
	}
	wantTexts(t, bodyOf(c.get("/jobs/sync")), html.EscapeString(st.Problem))

	good := store.SyncStatus{State: store.SyncOK, StartedAt: noon, FinishedAt: noon, LastOK: noon, Jobs: 3}
	if err := db.SaveSyncStatus(t.Context(), good); err != nil {
		t.Fatal(err)
	}
	_, body := c.get("/jobs")
	wantMarks(t, marks(t, body, "data-sync="), "data-sync=ok")
	wantTexts(t, body, "Synced just now", `hx-trigger="synced from:body"`)
}

func TestSyncWithoutScript(t *testing.T) {
	db, _ := noonDB(t)
	linkJobber(t, db)
	c := newClient(t, db)
	c.signIn(store.Warehouse)
	if a := c.submit("/jobs/sync", nil); a.status != 303 || a.header.Get("Location") != "/jobs" {
		t.Errorf("%d to %q, want 303 to /jobs", a.status, a.header.Get("Location"))
	}
	wantTexts(t, bodyOf(c.get("/jobs")), "Asking Jobber for its jobs")
}

func TestSyncStoppedInTheMiddle(t *testing.T) {
	db, noon := noonDB(t)
	linkJobber(t, db)
	left := store.SyncStatus{State: store.SyncRunning, StartedAt: noon.Add(-time.Hour),
		FinishedAt: noon.Add(-2 * time.Hour), LastOK: noon.Add(-2 * time.Hour)}
	if err := db.SaveSyncStatus(t.Context(), left); err != nil {
		t.Fatal(err)
	}
	c := newClient(t, db)
	c.signIn(store.Warehouse)
	wantMarks(t, marks(t, bodyOf(c.get("/jobs")), "data-sync="), "data-sync=ok")
}
