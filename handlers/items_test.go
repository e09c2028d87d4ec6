package handlers_test

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// A check is one request and what its answer must and must not hold.
type check struct {
	name   string
	method string // "" is GET
	path   string
	form   url.Values
	header []string
	status int
	has    []string
	hasNot []string
}

// run sends the request of k and compares. It returns the answer.
func (k check) run(t *testing.T, c *client) string {
	t.Helper()
	var status int
	var body string
	if k.method == "POST" {
		status, body = c.post(k.path, k.form, k.header...)
	} else {
		status, body = c.get(k.path, k.header...)
	}
	if status != k.status {
		t.Errorf("%s %s: status = %d, want %d", k.method, k.path, status, k.status)
	}
	for _, s := range k.has {
		if !strings.Contains(body, s) {
			t.Errorf("no %q in the answer", s)
		}
	}
	for _, s := range k.hasNot {
		if strings.Contains(body, s) {
			t.Errorf("%q in the answer", s)
		}
	}
	if t.Failed() {
		t.Logf("answer:\n%s", body)
	}
	return body
}

// fields makes a form of name, value, name, value.
func fields(pairs ...string) url.Values {
	u := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		u.Set(pairs[i], pairs[i+1])
	}
	return u
}

// total is what the store has of an item, all places together.
func total(t *testing.T, db *store.DB, id store.ItemID) string {
	t.Helper()
	st, err := db.Stock(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return st.Level.OnHand.String()
}

// catalogue makes three items: AB-1 (5 on hand, minimum 10: low), CD-2 (none, minimum 1: out), and EF-3
// (7, no minimum), a breaker in its own category, four of which stand in Truck 3.
func catalogue(t *testing.T, db *store.DB) (truck store.Place) {
	t.Helper()
	storetest.Item(t, db, "AB-1", 5, 10)
	storetest.Item(t, db, "CD-2", 0, 1)
	truck, err := db.CreatePlace(t.Context(), storetest.Staff, store.PlaceDraft{Name: "Truck 3", Kind: store.KindTruck})
	if err != nil {
		t.Fatal(err)
	}
	it, err := db.CreateItem(t.Context(), storetest.Staff, store.ItemDraft{SKU: "EF-3", Name: "Breaker 20 A",
		Category: "Electrical", Unit: "ea", Barcodes: []string{"785901447120"}, Cost: 68500, Price: 145000})
	if err != nil {
		t.Fatal(err)
	}
	storetest.Book(t, db, store.Entry{Item: it.ID, Kind: store.Receive, Qty: 3000})
	storetest.Book(t, db, store.Entry{Item: it.ID, Kind: store.Receive, Qty: 4000, To: truck.ID})
	return truck
}

func TestItemList(t *testing.T) {
	db := storetest.Open(t)
	truck := catalogue(t, db)
	if _, err := db.ArchiveItem(t.Context(), storetest.Staff, storetest.Item(t, db, "OLD-9", 1, 0).ID, true); err != nil {
		t.Fatal(err)
	}
	c := newClient(t, db)
	c.signIn(store.Warehouse)
	row := func(id int, sku string) string { return fmt.Sprintf(`data-item="%d" data-sku="%s"`, id, sku) }
	ab, cd, ef := row(1, "AB-1"), row(2, "CD-2"), row(3, "EF-3")
	for _, k := range []check{
		{name: "page", path: "/items", status: 200, has: []string{"<!doctype html>", "<h1>Items", ab, cd, ef,
			`<data data-quantity="on-hand" value="5">5</data>`, `<data data-quantity="allocated" value="0">`,
			`<data data-quantity="available" value="5">`, `<data data-quantity="minimum" value="10">`, `href="/items?low=1"`},
			hasNot: []string{"OLD-9"}},
		{name: "fragment", path: "/items", header: []string{htmx}, status: 200, has: []string{ab, cd, ef}, hasNot: []string{"<html", "<h1>"}},
		{name: "low or out", path: "/items?low=1", status: 200, has: []string{ab, cd}, hasNot: []string{ef}},
		{name: "out", path: "/items?low=out", status: 200, has: []string{cd}, hasNot: []string{ab, ef}},
		{name: "category", path: "/items?category=electrical", status: 200, has: []string{ef, `value="electrical"`}, hasNot: []string{ab, cd}},
		{name: "place", path: "/items?place=" + truck.ID.String(), status: 200, has: []string{ef, "Truck 3"}, hasNot: []string{ab, cd}},
		{name: "archived", path: "/items?archived=1", status: 200, has: []string{"OLD-9", ">Archived<"}, hasNot: []string{ab}},
		{name: "search by sku", path: "/items?q=ab-1", header: []string{htmx}, status: 200, has: []string{ab}, hasNot: []string{cd, ef}},
		{name: "search by barcode", path: "/items?q=785901447120", status: 200, has: []string{ef}, hasNot: []string{ab}},
		{name: "search and filter", path: "/items?q=item&low=out", status: 200, has: []string{cd}, hasNot: []string{ab}},
		{name: "search and place", path: "/items?q=breaker&place=" + truck.ID.String(), status: 200, has: []string{ef}},
		{name: "search finds archived", path: "/items?q=old-9", status: 200, has: []string{"OLD-9", ">Archived<"}},
		{name: "no hit", path: "/items?q=%3Cb%3Ezzz", status: 200, has: []string{`class="empty"`, "No item fits “&lt;b&gt;zzz”"}, hasNot: []string{"<b>zzz", "data-item="}},
		{name: "no hit among filtered", path: "/items?q=breaker&low=1", status: 200, has: []string{`href="/items?q=breaker"`, "All items"}},
		{name: "endless words", path: "/items?q=" + strings.Repeat("x", 5000), status: 200, has: []string{`class="empty"`}, hasNot: []string{strings.Repeat("x", 200)}},
		{name: "page past the end", path: "/items?page=99", status: 200, has: []string{ab}},
		{name: "page that is none", path: "/items?page=x", status: 200, has: []string{ab}},
		{name: "place that is none", path: "/items?place=truck", status: 404},
	} {
		t.Run(k.name, func(t *testing.T) { k.run(t, c) })
	}
}

func TestItemPages(t *testing.T) {
	db := storetest.Open(t)
	for i := range 60 {
		storetest.Item(t, db, fmt.Sprintf("P-%02d", i), 0, 1)
	}
	c := newClient(t, db)
	c.signIn(store.Warehouse)
	rows := regexp.MustCompile(`data-sku="(P-\d\d)"`)
	next := regexp.MustCompile(`rel="next" href="([^"]+)"`)
	for _, start := range []string{"/items", "/items?low=1", "/items?q=item"} {
		seen, pages := map[string]bool{}, 0
		for path := start; path != ""; pages++ {
			_, body := c.get(path)
			found := rows.FindAllStringSubmatch(body, -1)
			if len(found) > 25 || len(found) == 0 {
				t.Errorf("%s: %d rows", path, len(found))
			}
			for _, m := range found {
				if seen[m[1]] {
					t.Errorf("%s: %s for the second time", path, m[1])
				}
				seen[m[1]] = true
			}
			path = ""
			if m := next.FindStringSubmatch(body); m != nil {
				path = strings.ReplaceAll(m[1], "&amp;", "&")
			}
		}
		if len(seen) != 60 || pages != 3 {
			t.Errorf("%s: %d items on %d pages, want 60 on 3", start, len(seen), pages)
		}
	}
}

func TestItemPage(t *testing.T) {
	db := storetest.Open(t)
	truck := catalogue(t, db)
	storetest.Job(t, db, 1042, time.Now().Add(48*time.Hour), storetest.Line("EF-3", 9))
	storetest.Book(t, db, store.Entry{Item: 1, Kind: store.Issue, Qty: 8000})
	c := newClient(t, db)
	for _, tt := range []struct {
		role store.Role
		check
	}{
		{store.Owner, check{name: "numbers, places, jobs", path: "/items/3", status: 200, has: []string{
			`data-item="3" data-sku="EF-3"`, `data-quantity="on-hand" value="7"`, `data-quantity="allocated" value="9"`,
			`data-quantity="available" value="-2"`, "Jobs lack 2 ea", fmt.Sprintf(`data-place="%v"`, truck.ID), `value="4"`, "#1042", "Short 2 ea",
			`data-movement="`, `data-kind="receive"`, "$6.85", `action="/items/3/movements"`, `name="request_id"`, `name="_csrf"`}}},
		{store.Warehouse, check{name: "without money", path: "/items/3", status: 200, has: []string{"Breaker 20 A"}, hasNot: []string{"$6.85", "Cost"}}},
		{store.Warehouse, check{name: "below zero", path: "/items/1", status: 200,
			has: []string{`value="-3" data-negative>−3<`, "Below 0, count it", "Out: nothing available"}}},
		{store.Warehouse, check{name: "fragment", path: "/items/3", header: []string{htmx}, status: 200, has: []string{`id="item"`}, hasNot: []string{"<html"}}},
		{store.Warehouse, check{name: "unknown", path: "/items/99", status: 404}},
		{store.Warehouse, check{name: "no number", path: "/items/x", status: 404}},
		{store.Warehouse, check{name: "strange history", path: "/items/3?before=x", status: 404}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c.signIn(tt.role)
			tt.run(t, c)
		})
	}
	c.signIn(store.Warehouse)
	_, body := c.get("/items/3")
	total, place := strings.Index(body, "data-quantity="), strings.Index(body, "data-place=")
	if total < 0 || place < total {
		t.Error("the first quantity is not the total")
	}
}

func TestItemHistoryPages(t *testing.T) {
	db := storetest.Open(t)
	it := storetest.Item(t, db, "AB-1", 1, 0)
	for range 24 {
		storetest.Book(t, db, store.Entry{Item: it.ID, Kind: store.Receive, Qty: 1000})
	}
	c := newClient(t, db)
	c.signIn(store.Warehouse)
	entries := regexp.MustCompile(`<li data-movement="\d+"`)
	_, newest := c.get("/items/1")
	older := regexp.MustCompile(`href="(/items/1\?before=\d+)`).FindStringSubmatch(newest)
	if n := len(entries.FindAllString(newest, -1)); n != 20 || older == nil {
		t.Fatalf("%d entries, link to older: %v", n, older)
	}
	_, rest := c.get(older[1])
	if n := len(entries.FindAllString(rest, -1)); n != 5 || strings.Contains(rest, ">Older<") {
		t.Errorf("%d older entries", n)
	}
	if !strings.Contains(rest, "25<") {
		t.Error("the quantity is not today's on the older page")
	}
}
