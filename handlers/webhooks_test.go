package handlers_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"lwc-inventory/jobber"
	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// hook receives a webhook of the connected account and returns its id.
func hook(t *testing.T, db *store.DB, topic, item string) store.DeliveryID {
	t.Helper()
	d := store.Delivery{Topic: topic, Account: storetest.Account, Item: item, OccurredAt: time.Unix(1e9, 0)}
	if _, err := db.Receive(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	rows, _, err := db.Deliveries(t.Context(), "", 0, 1)
	if err != nil || len(rows) != 1 {
		t.Fatalf("%+v, %v", rows, err)
	}
	return rows[0].ID
}

// park has webhooks fail until they are given up.
func park(t *testing.T, db *store.DB, ids ...store.DeliveryID) {
	t.Helper()
	for range 10 {
		if err := db.DeliveryFailed(t.Context(), ids, time.Now(), "It says: Internal error."); err != nil {
			t.Fatal(err)
		}
	}
}

var hookMark = regexp.MustCompile(`data-delivery="(\d+)" data-status="(\w+)"`)

// hooksOn returns the webhooks on a page, as "id status".
func hooksOn(page string) []string {
	out := []string{}
	for _, m := range hookMark.FindAllStringSubmatch(page, -1) {
		out = append(out, m[1]+" "+m[2])
	}
	return out
}

func TestWebhooksPage(t *testing.T) {
	db := storetest.Open(t)
	connect(t, db)
	job := storetest.Job(t, db, 1042, time.Now().Add(24*time.Hour), storetest.Line("Unknown", 1))
	sheet, err := db.JobSheet(t.Context(), job)
	if err != nil {
		t.Fatal(err)
	}
	done, ignored, parked := hook(t, db, "JOB_UPDATE", sheet.Remote), hook(t, db, "PIGEON_LANDED", "x"), hook(t, db, "VISIT_COMPLETE", "v")
	hook(t, db, "JOB_DESTROY", "y")
	if err := db.DeliveryDone(t.Context(), []store.DeliveryID{done}, store.DeliveryOK, ""); err != nil {
		t.Fatal(err)
	}
	if err := db.DeliveryDone(t.Context(), []store.DeliveryID{ignored}, store.DeliveryIgnored, "Not needed here."); err != nil {
		t.Fatal(err)
	}
	park(t, db, parked)
	c := newClient(t, db)
	c.signIn(store.GM)
	for _, tt := range []struct {
		path string
		rows string
		says []string
	}{
		{"/admin/webhooks", "[4 pending 3 parked 2 ignored 1 done]", []string{"Job deleted", "Visit completed", "Pigeon landed", "Not needed here.",
			"It says: Internal error.", "10 tries", `<a href="/jobs/` + job.String() + `">job 1042</a>`, "1 webhook was given up after ten tries.</b> What it told of may", "Try it again"}},
		{"/admin/webhooks?status=parked", "[3 parked]", []string{`action="/admin/webhooks/3/retry"`}},
		{"/admin/webhooks?status=pending", "[4 pending]", nil},
		{"/admin/webhooks?status=ignored", "[2 ignored]", nil},
		{"/admin/webhooks?status=done", "[1 done]", nil},
		{"/admin/webhooks?before=3", "[2 ignored 1 done]", []string{"Newest"}},
		{"/admin/webhooks?before=1", "[]", []string{"None before that"}},
		{"/admin/webhooks?status=nonsense", "[4 pending 3 parked 2 ignored 1 done]", nil},
	} {
		status, page := c.get(tt.path)
		if got := fmt.Sprint(hooksOn(page)); status != http.StatusOK || got != tt.rows {
			t.Errorf("%s: %d %s, want %s", tt.path, status, got, tt.rows)
		}
		for _, want := range tt.says {
			if !strings.Contains(page, want) {
				t.Errorf("%s does not say %q", tt.path, want)
			}
		}
	}
}

func TestWebhooksPageByPage(t *testing.T) {
	db := storetest.Open(t)
	for i := range 65 {
		hook(t, db, "JOB_UPDATE", fmt.Sprint(i))
	}
	c := newClient(t, db)
	c.signIn(store.Owner)
	var got []string
	path := "/admin/webhooks"
	for pages := 1; ; pages++ {
		_, page := c.get(path)
		got = append(got, hooksOn(page)...)
		older := regexp.MustCompile(`rel="next" href="([^"]+)"`).FindStringSubmatch(page)
		if older == nil {
			if pages != 3 {
				t.Errorf("%d pages", pages)
			}
			break
		}
		path = older[1]
	}
	if len(got) != 65 || got[0] != "65 pending" || got[64] != "1 pending" || len(slices.Compact(slices.Clone(got))) != 65 {
		t.Errorf("%d webhooks: %v", len(got), got)
	}
}

func TestWebhookIsTriedAgain(t *testing.T) {
	db := storetest.Open(t)
	var ids []store.DeliveryID
	for i := range 4 {
		ids = append(ids, hook(t, db, "JOB_UPDATE", fmt.Sprint(i)))
	}
	park(t, db, ids...)
	c := newClient(t, db)
	c.signIn(store.GM)
	if a := c.submit("/admin/webhooks/1/retry", url.Values{"back": {"/admin/webhooks?status=parked"}}); a.status != http.StatusSeeOther || a.header.Get("Location") != "/admin/webhooks?status=parked" {
		t.Errorf("%d to %s", a.status, a.header.Get("Location"))
	}
	for range 2 { // a second tap is no error
		a := c.submit("/admin/webhooks/2/retry", nil, "HX-Request: true")
		if got := fmt.Sprint(hooksOn(a.body)); a.status != http.StatusOK || got != "[2 pending]" || !strings.Contains(a.body, "tried again now") {
			t.Errorf("%d %s\n%s", a.status, got, a.body)
		}
	}
	if a := c.submit("/admin/webhooks/retry", nil); a.status != http.StatusSeeOther {
		t.Errorf("all: %d", a.status)
	}
	if _, page := c.get("/admin/webhooks"); !strings.Contains(page, "2 webhooks are tried again now") || len(hooksOn(page)) != 4 || strings.Contains(page, `data-status="parked"`) {
		t.Errorf("after all: %v", hooksOn(page))
	}
	if err := db.DeliveryDone(t.Context(), ids[:1], store.DeliveryOK, ""); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]int{"/admin/webhooks/1/retry": 409, "/admin/webhooks/99/retry": 404} {
		if a := c.submit(path, nil); a.status != want {
			t.Errorf("%s: %d, want %d", path, a.status, want)
		}
	}
}

func TestDashboardSaysWhatWasGivenUp(t *testing.T) {
	db := storetest.Open(t)
	park(t, db, hook(t, db, "JOB_UPDATE", "a"))
	hook(t, db, "JOB_UPDATE", "b")
	c := newClient(t, db)
	for role, link := range map[store.Role]bool{store.Warehouse: false, store.GM: true} {
		b := c.other()
		b.signIn(role)
		_, page := b.get("/dashboard")
		if !strings.Contains(page, `data-figure="pending-webhooks" value="1"`) || !strings.Contains(page, `data-figure="parked-webhooks" value="1"`) {
			t.Errorf("%s: the figures are not there", role)
		}
		if got := strings.Contains(page, `href="/admin/webhooks?status=parked"`); got != link {
			t.Errorf("%s: link %v", role, got)
		}
	}
}

// An owner reads on the first page and in the settings that webhooks stay away and how to switch them on; the
// first webhook ends it.
func TestSilence(t *testing.T) {
	db := storetest.Open(t)
	connect(t, db)
	storetest.Item(t, db, "AB-1", 5, 0)
	since := time.Now().Add(time.Minute) // after the connection was made
	silent := store.Heartbeat{Account: storetest.Account, MissedSince: since, Missed: 4, Sweeps: 2, Silent: true}
	if err := db.SaveHeartbeat(t.Context(), silent); err != nil {
		t.Fatal(err)
	}
	owner := newClient(t, db)
	owner.signIn(store.Owner)
	gm := owner.other()
	gm.signIn(store.GM)
	check := func(notice bool) {
		t.Helper()
		for _, tt := range []struct {
			who  *client
			path string
			says string
			want bool
		}{
			{owner, "/dashboard", "Jobber may have switched its webhooks off.", notice},
			{owner, "/dashboard", `href="/admin/settings#silence"`, notice},
			{owner, "/admin/settings", "4 jobs changed there since", notice},
			{owner, "/admin/settings", `/jobs/jobber/webhook"><button class="btn" type="button" data-copy="silent-webhook"`, notice},
			{owner, "/admin/settings", "VISIT_DESTROY", notice},
			{owner, "/admin/webhooks", `href="/admin/settings#silence"`, notice},
			{gm, "/admin/webhooks", "An owner sees in Settings", notice},
			{gm, "/admin/webhooks", `href="/admin/settings#silence"`, false},
			{gm, "/dashboard", "switched its webhooks off", false},
		} {
			if _, page := tt.who.get(tt.path); strings.Contains(page, tt.says) != tt.want {
				t.Errorf("%s says %q: %v, want %v", tt.path, tt.says, !tt.want, tt.want)
			}
		}
	}
	check(true)
	body := event("JOB_UPDATE", clientID, storetest.Account, "job-1")
	if a := owner.send("POST", "/jobs/jobber/webhook", body, sign(clientSecret, body)); a.status != http.StatusOK {
		t.Fatalf("status %d", a.status)
	}
	check(false)
}

// held is a network on which Jobber takes for ever to answer.
type held struct {
	asked   chan struct{} // one for the first query that waits
	release chan struct{}
}

func (h held) RoundTrip(*http.Request) (*http.Response, error) {
	select {
	case h.asked <- struct{}{}:
	default:
	}
	<-h.release
	return nil, fmt.Errorf("released")
}

// A burst is answered, each after it is stored, while Jobber is asked and does not answer.
func TestWebhooksDoNotWaitForJobber(t *testing.T) {
	db := storetest.Open(t)
	connect(t, db)
	far := held{make(chan struct{}, 1), make(chan struct{})}
	svc := jobber.New(jobber.Config{Store: db, BaseURL: "https://" + host, GraphQLURL: "https://jobber.example/graphql", Transport: far})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- svc.Run(ctx) }()
	<-far.asked // the first sync waits for Jobber already
	c := newClient(t, db)
	for i := range 500 {
		body := event("JOB_UPDATE", clientID, storetest.Account, fmt.Sprint(i%50))
		body = strings.Replace(body, "09:00:00", fmt.Sprintf("09:%02d:%02d", i/60, i%60), 1)
		if a := c.send("POST", "/jobs/jobber/webhook", body, sign(clientSecret, body)); a.status != http.StatusOK {
			t.Fatalf("webhook %d: %d", i, a.status)
		}
	}
	checkHooks(t, db, 500, 500)
	cancel()
	close(far.release)
	if err := <-done; err != nil {
		t.Error(err)
	}
}
