package handlers_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

func TestTimelinePage(t *testing.T) {
	db, noon := noonDB(t)
	storetest.Item(t, db, "AB-1", 14, 0)
	snap := storetest.Snapshot(1042, noon.Add(20*time.Hour), storetest.Line("AB-1", 6), storetest.Line("Odd "+evilText, 1))
	id := applyJobs(t, db, snap)[0]
	snap.Lines = append([]store.SnapshotLine(nil), snap.Lines...)
	snap.Lines[0].Qty, snap.Client.Name = 9000, "Karen "+evilText
	told := store.SyncCause{Source: store.SourceWebhook, Topic: "JOB_UPDATE", SentAt: noon.Add(-time.Minute), More: 2}
	for range 4 {
		if _, err := db.ApplyJobs(t.Context(), told, []store.JobSnapshot{snap}); err != nil {
			t.Fatal(err)
		}
	}
	c := newClient(t, db)
	c.signIn(store.Warehouse)
	page := fmt.Sprintf("/jobs/%v", id)
	wantTexts(t, bodyOf(c.get(page)), `href="`+page+`/sync"`)
	for _, header := range [][]string{nil, {htmx}} {
		status, body := c.get(page+"/sync", header...)
		if status != 200 {
			t.Fatalf("status %d\n%s", status, body)
		}
		wantMarks(t, marks(t, body, fmt.Sprintf(`data-job="%v"`, id)), "data-number=1042 data-state=open")
		wantTexts(t, body, "Nothing new, 3 times in a row", "Webhook JOB_UPDATE of <time", "today 11:59</time> and 2 more webhooks.",
			"<b>Customer</b> <del>Karen Miller</del>", "<ins>Karen &lt;script&gt;", "<b>AB-1</b> <del>6</del>", "<ins>9</ins> in Jobber",
			"Needed: the line or its product has the item&#39;s SKU.", "<b>Needed here</b> Item AB-1", "<ins>9 ea</ins>",
			"Jobber said: status upcoming, starts ", "Came from Jobber", "Not needed yet: nobody said which item it is.", "<b>9 ea</b> Item AB-1",
			"Ask Jobber now", "!"+evilText)
	}
	if status, _ := c.get("/jobs/99/sync"); status != 404 {
		t.Errorf("the timeline of no job: %d", status)
	}
}

func TestReplayButton(t *testing.T) {
	c := newConnecting(t)
	saveCredentials(t, c.server.Store)
	c.send("GET", c.consent("allow"), "")
	db := c.server.Store
	link, err := db.JobberLink(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	snap := storetest.Snapshot(7, time.Time{})
	snap.Account, snap.Remote = link.AccountID, "bm9uZQ=="
	page := fmt.Sprintf("/jobs/%v/sync", applyJobs(t, db, snap)[0])
	if status, body := c.post(page, nil); status != 422 {
		t.Errorf("without a request id: %d\n%s", status, body)
	}
	a := c.submit(page, url.Values{"request_id": {"r1"}})
	if a.status != 303 || a.header.Get("Location") != page {
		t.Fatalf("%d to %q\n%s", a.status, a.header.Get("Location"), a.body)
	}
	wantTexts(t, bodyOf(c.get(page)), "Jobber does not have this job any more.", "Deleted at Jobber", "owner asked Jobber")
	status, body := c.post(page, url.Values{"request_id": {"r2"}}, htmx)
	if status != 200 {
		t.Errorf("status %d", status)
	}
	wantTexts(t, body, "Nothing changed here.", `id="timeline"`, "Nothing new", "!<!doctype")
	if again := bodyOf(c.post(page, url.Values{"request_id": {"r2"}}, htmx)); strings.Contains(again, "times in a row") {
		t.Errorf("a second tap counts:\n%s", again)
	}
}

func TestReplayWithoutJobber(t *testing.T) {
	db, _ := noonDB(t)
	id := applyJobs(t, db, storetest.Snapshot(7, time.Time{}))[0]
	c := newClient(t, db)
	c.signIn(store.Warehouse)
	status, body := c.post(fmt.Sprintf("/jobs/%v/sync", id), url.Values{"request_id": {"r"}}, htmx)
	if status != 409 {
		t.Errorf("status %d", status)
	}
	wantTexts(t, body, "There is no connection to Jobber for this job.", "toast is-bad")
}

func TestSyncLogPage(t *testing.T) {
	db, _ := noonDB(t)
	c := newClient(t, db)
	c.signIn(store.GM)
	wantTexts(t, bodyOf(c.get("/jobs/log")), "Nothing came yet")
	wantTexts(t, bodyOf(c.get("/more")), `href="/jobs/log"`)
	var snaps []store.JobSnapshot
	for n := 1; n <= 31; n++ {
		snaps = append(snaps, storetest.Snapshot(n, time.Time{}))
	}
	applyJobs(t, db, snaps...)
	_, body := c.get("/jobs/log")
	wantTexts(t, body, ">#31</a> Came from Jobber", "!>#1</a>", `href="/jobs/log?before=2"`)
	if n := strings.Count(body, "data-sync-entry"); n != 30 {
		t.Errorf("%d entries on a page", n)
	}
	wantTexts(t, bodyOf(c.get("/jobs/log?before=2", htmx)), ">#1</a> Came from Jobber", "Newest", "!Older", "!<!doctype")
	if status, _ := c.get("/jobs/log?before=x"); status != 404 {
		t.Errorf("a page of nothing: %d", status)
	}
}
