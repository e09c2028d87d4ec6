package handlers_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// markup is what a name would like to be: an element, the end of an attribute, an address that runs.
const markup = `"'><script>alert(1)</script><img src=x onerror=alert(2)> javascript:alert(3) {{.}} </title>`

var (
	ourLink  = regexp.MustCompile(`href="(/[^"#]*)`)
	runsCode = regexp.MustCompile(`(?i)<script>|<img src=x|(?:href|action|src)="\s*javascript:`)
	quoted   = regexp.MustCompile(`"[^"<>]*"`)
	handles  = regexp.MustCompile(`(?i)<[^>]*\s(?:on[a-z]+|style)\s*=`)
)

// Every field that people or Jobber fill holds markup; then every page is read that a link leads to.
func TestMarkupInEveryField(t *testing.T) {
	db := storetest.Open(t)
	ctx, by := t.Context(), store.Actor{Name: markup}
	fatal := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	it, err := db.CreateItem(ctx, by, store.ItemDraft{SKU: "<b>X</b>", Name: markup, Category: markup[:60], Unit: "ea", Supplier: markup[:60], Notes: markup, Barcodes: []string{"<script>"}, Minimum: 9000})
	fatal(err)
	place, err := db.CreatePlace(ctx, by, store.PlaceDraft{Name: markup[:50], Kind: store.KindTruck})
	fatal(err)
	start := time.Now().Add(24 * time.Hour)
	snap := storetest.Snapshot(1042, start, storetest.Line(markup, 3), storetest.Line("<b>X</b>", 2))
	snap.Title, snap.Instructions, snap.Status, snap.URL = markup, markup, markup, "javascript:alert(1)"
	snap.Client = store.Client{Name: markup, Phone: markup}
	snap.Address = store.Address{Street1: markup, City: markup, Province: markup, PostalCode: markup}
	snap.Lines[0].Description, snap.Lines[0].ProductName, snap.Lines[0].ProductSKU = markup, markup, markup
	snap.Visits[0].Crew = []string{markup}
	applied, err := db.ApplyJobs(ctx, store.FromSweep, []store.JobSnapshot{snap})
	fatal(err)
	storetest.Book(t, db, store.Entry{Item: it.ID, Kind: store.Receive, Qty: 5000, Note: markup, Reason: markup})
	storetest.Book(t, db, store.Entry{Item: it.ID, Kind: store.Issue, Qty: 1000, Job: applied[0].Job, Note: markup})
	_, err = db.CreateKit(ctx, by, store.KitDraft{Name: markup[:60], Parts: []store.Part{{Item: it.ID, Factor: 1000}}})
	fatal(err)
	_, err = db.AnswerLine(ctx, store.Answer{Line: 1, Item: it.ID, By: by})
	fatal(err)
	_, err = db.AddStation(ctx, by, markup[:50])
	fatal(err)
	fatal(db.SetPlacePar(ctx, by, store.PlacePar{Item: it.ID, Place: place.ID, Minimum: 1000}))
	fatal(db.JobRefused(ctx, store.FromPerson(by, markup), storetest.Account, "job-1042", markup))
	fatal(db.JobberConnected(ctx, by, store.Tokens{Access: "a", Refresh: "r", Warning: markup}, storetest.Account, markup, markup))

	c := newClient(t, db)
	c.signIn(store.Owner)
	c.get("/login", "User-Agent: "+markup) // the names of devices are the client's word too
	if status, _ := c.other().post("/login", credentials("owner", storetest.Password), "User-Agent: Firefox "+strings.ReplaceAll(markup, "\"", "")); status != 303 {
		t.Fatal(status)
	}
	todo := []string{"/dashboard", "/items?q=" + url.QueryEscape(markup), "/jobs?q=" + url.QueryEscape(markup), "/match/answers?q=" + url.QueryEscape(markup),
		"/items?category=" + url.QueryEscape(markup), "/login?again=1&next=" + url.QueryEscape("/"+markup), "/scan?code=" + url.QueryEscape(markup), "/" + url.PathEscape(markup),
		"/admin/audit?day=" + url.QueryEscape(markup), "/kits?q=" + url.QueryEscape(markup)}
	seen, shown := map[string]bool{}, 0
	for len(todo) > 0 && len(seen) < 300 {
		path := todo[0]
		todo = todo[1:]
		if seen[path] || strings.HasPrefix(path, "/static/") || strings.HasPrefix(path, "//") || path == "/jobs/jobber/connect" || strings.HasSuffix(path, ".pdf") || strings.Contains(path, ".csv") {
			continue
		}
		seen[path] = true
		a := c.send("GET", path, "")
		if a.status >= 500 {
			t.Errorf("%s: status %d", path, a.status)
		}
		if bad := runsCode.FindString(a.body) + handles.FindString(quoted.ReplaceAllString(a.body, `""`)); bad != "" {
			t.Errorf("%s: %q runs", path, bad)
		}
		if strings.Contains(a.body, "&lt;script&gt;alert(1)") {
			shown++
		}
		for _, m := range ourLink.FindAllStringSubmatch(a.body, -1) {
			todo = append(todo, strings.ReplaceAll(m[1], "&amp;", "&"))
		}
	}
	if len(seen) < 50 || shown < 20 {
		t.Errorf("%d pages read, the markup shown as text on %d: too few to prove anything", len(seen), shown)
	}
}

// Whatever host a request claims, no page, redirect or mail of ours leads there.
func TestForeignHost(t *testing.T) {
	db := storetest.Open(t)
	c := newClient(t, db, withMail)
	c.signIn(store.Owner)
	storetest.Item(t, db, "AB-1", 5, 2)
	for _, header := range [][]string{{"Host: evil.example"}, {"X-Forwarded-Host: evil.example"}, {"Forwarded: host=evil.example"}, {"X-Original-URL: //evil.example/"},
		{"X-Forwarded-Proto: https", "X-Forwarded-Host: evil.example"}, {"X-Rewrite-URL: /admin/users"}, {"X-HTTP-Method-Override: DELETE"}} {
		for _, path := range []string{"/", "/login?again=1", "/forgot", "/items", "/items/1", "/labels", "/admin/settings", "/profile/account", "/nowhere", "/trust"} {
			a := c.send("GET", path, "", header...)
			all := a.body
			for _, values := range a.header {
				all += strings.Join(values, "\n")
			}
			if a.status >= 500 || strings.Contains(all, "evil") {
				t.Errorf("%q, %s: %d leads to the stranger\n%s", header, path, a.status, all)
			}
		}
	}
	if status, _ := c.other().post("/forgot", url.Values{"name": {"owner"}}, "X-Forwarded-Host: evil.example"); status != 200 {
		t.Errorf("asked for a link: %d", status)
	}
	resetToken(t, db) // is queued; alerts writes it, and knows no host but BASE_URL's
}

// No address leads out of the files that are served.
func TestFilesOutside(t *testing.T) {
	c := newClient(t, storetest.Open(t))
	for _, path := range []string{"/static/../server.go", "/static/..%2fserver.go", "/static/%2e%2e/%2e%2e/etc/passwd", "/static/..%5c..%5cetc", "/static//etc/passwd",
		"/static/%00", "/static/app.css%00.js", "/static/", "/static/.", "/static/vendor.sh", "/static/static.go", "/static/app.css/../../go.mod", "/static/....//....//etc/passwd"} {
		a := c.send("GET", path, "")
		if a.status == 200 || strings.Contains(a.body, "root:") || strings.Contains(a.body, "package ") {
			t.Errorf("%s: %d\n%.200s", path, a.status, a.body)
		}
	}
}
