package handlers_test

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

var unreadMark = regexp.MustCompile(`data-unread="(\d+)"`)

// bellOf is the number on the bell of a page.
func bellOf(t *testing.T, body string) string {
	t.Helper()
	m := unreadMark.FindAllStringSubmatch(body, -1)
	if len(m) != 1 {
		t.Fatalf("%d bells on the page", len(m))
	}
	return m[0][1]
}

// postLow posts that items ran low, in turn.
func postLow(t *testing.T, db *store.DB, crossings ...store.Crossing) {
	t.Helper()
	var step store.AlertStep
	for _, c := range crossings {
		step.News = append(step.News, store.News{Crossing: &c})
	}
	if err := db.FinishAlerts(t.Context(), step); err != nil {
		t.Fatal(err)
	}
}

func TestInbox(t *testing.T) {
	db := storetest.Open(t)
	c := newClient(t, db)
	c.signIn(store.Warehouse)
	if _, body := c.get("/inbox"); !strings.Contains(body, "Nothing ran low yet") || bellOf(t, body) != "0" {
		t.Errorf("the empty inbox:\n%s", body)
	}
	out, back := storetest.Item(t, db, "OUT-1", 12, 10), storetest.Item(t, db, "BACK-1", 5, 10)
	job := storetest.Job(t, db, 1042, db.Now(), storetest.Line("OUT-1", 12))
	took := storetest.Book(t, db, store.Entry{Item: out.ID, Kind: store.Issue, Qty: 12000, Job: job})
	postLow(t, db,
		store.Crossing{Item: back.ID, Severity: store.Low, Back: true, Available: 20000, Minimum: 10000, By: "ben"},
		store.Crossing{Item: out.ID, Severity: store.Out, Minimum: 10000, By: "ana", Job: job, Movement: took.ID, Place: storetest.Home})
	if err := db.FinishAlerts(t.Context(), store.AlertStep{News: []store.News{{Import: &store.NewsFile{By: "lee",
		Was: []store.ImportTally{{Category: "Wire", Items: 30, Out: 2, Low: 4}, {Category: "Paint", Items: 5, Low: 1}}}}}}); err != nil {
		t.Fatal(err)
	}
	_, body := c.get("/items")
	if n := bellOf(t, body); n != "3" || !strings.Contains(body, ">3<span class=\"vh\"> new</span>") {
		t.Errorf("the bell says %s", n)
	}
	if a := c.send("HEAD", "/inbox", ""); a.status != 200 {
		t.Errorf("HEAD: %d", a.status)
	}
	if _, body = c.get("/items"); bellOf(t, body) != "3" {
		t.Error("a HEAD of the inbox counts as a look")
	}
	_, body = c.get("/inbox")
	text := strings.Join(strings.Fields(tag.ReplaceAllString(body, " ")), " ")
	for _, want := range []string{"Import by lee", "2 out, 5 low of 35 items", "Item OUT-1", "0 of 10 ea at Warehouse", "Issued to #1042 by ana, −12 ea, ",
		"Out New", "Item BACK-1", "20 of 10 ea", "ben changed the item", "Back New"} {
		if !strings.Contains(text, want) {
			t.Errorf("the inbox does not say %q:\n%s", want, text)
		}
	}
	for _, want := range []string{`href="/items/` + out.ID.String(), `href="/jobs/` + job.String(), `href="/items?low=1"`} {
		if !strings.Contains(body, want) {
			t.Errorf("the inbox does not lead to %s", want)
		}
	}
	if n := bellOf(t, body); n != "0" {
		t.Errorf("with the inbox open the bell says %s", n)
	}
	if _, body = c.get("/inbox"); strings.Contains(body, ">New<") {
		t.Error("what was seen is new once more")
	}
}

var tag = regexp.MustCompile(`<[^>]*>`)

func TestInboxPages(t *testing.T) {
	db := storetest.Open(t)
	c := newClient(t, db)
	c.signIn(store.GM)
	var all []store.Crossing
	for i := range 45 {
		all = append(all, store.Crossing{Item: storetest.Item(t, db, fmt.Sprintf("I-%d", i), 0, 5).ID, Severity: store.Low})
	}
	postLow(t, db, all...)
	_, body := c.get("/inbox")
	older := regexp.MustCompile(`rel="next" href="([^"]+)"`).FindStringSubmatch(body)
	if n := strings.Count(body, "data-news="); n != 30 || older == nil || !strings.Contains(body, `data-sku="I-44"`) {
		t.Fatalf("the first page has %d, older ones are at %v", n, older)
	}
	_, body = c.get(older[1])
	if n := strings.Count(body, "data-news="); n != 15 || strings.Contains(body, `rel="next"`) || !strings.Contains(body, `data-sku="I-0"`) {
		t.Errorf("the second page has %d", n)
	}
	if status, _ := c.get("/inbox?before=x"); status != 404 {
		t.Errorf("a page that there is not: %d", status)
	}
}

// What somebody sees and has seen is theirs: who follows a category is told of no other, and at a station the PIN decides whose it is.
func TestInboxIsOnesOwn(t *testing.T) {
	db := storetest.Open(t)
	c := newClient(t, db)
	owner := c.signIn(store.Owner)
	ana := storetest.User(t, db, "ana", store.Warehouse)
	if _, err := db.ChangeOwnAccount(t.Context(), ana.ID, "", store.ProfileDraft{ReceiveAlerts: true, Categories: []string{"Wire"}}); err != nil {
		t.Fatal(err)
	}
	wire, err := db.CreateItem(t.Context(), storetest.Staff, store.ItemDraft{SKU: "W", Name: "Wire", Category: "Wire", Minimum: 5000})
	if err != nil {
		t.Fatal(err)
	}
	postLow(t, db, store.Crossing{Item: wire.ID, Severity: store.Low}, store.Crossing{Item: storetest.Item(t, db, "P", 0, 5).ID, Severity: store.Out})
	if _, body := c.get("/dashboard"); bellOf(t, body) != "2" {
		t.Errorf("the owner's bell says %s", bellOf(t, body))
	}
	for _, u := range []store.User{owner, ana} {
		if _, err := db.SetPIN(t.Context(), u.ID, storetest.Password, "2580"); err != nil {
			t.Fatal(err)
		}
	}
	if status, _ := c.post("/admin/stations", url.Values{"name": {"Tablet"}}); status != 303 {
		t.Fatalf("a station: %d", status)
	}
	sit := func(u store.User) {
		c.post("/station/leave", nil)
		if status, _ := c.post("/station", url.Values{"user": {u.ID.String()}, "pin": {"2580"}}); status != 303 {
			t.Fatalf("the PIN: %d", status)
		}
	}
	sit(ana)
	_, body := c.get("/inbox")
	if !strings.Contains(body, `data-sku="W"`) || strings.Contains(body, `data-sku="P"`) || strings.Contains(body, `href="/profile"`) {
		t.Errorf("ana's inbox at the station:\n%s", body)
	}
	sit(owner)
	if _, body = c.get("/dashboard"); bellOf(t, body) != "2" {
		t.Errorf("after ana looked, the owner's bell says %s", bellOf(t, body))
	}
}
