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

// Where there is room, an item's page comes with the list that the browser showed last, and a link of the list
// asks for the item alone. Where there is none, pages are as they always were.
func TestItemBesideItsList(t *testing.T) {
	db := storetest.Open(t)
	catalogue(t, db)
	c := newClient(t, db)
	c.signIn(store.Warehouse)
	page := func(beside string, header ...string) string {
		t.Helper()
		c.cookies["beside"] = url.QueryEscape(beside)
		if beside == "" {
			delete(c.cookies, "beside")
		}
		a := c.send("GET", "/items/3", "", header...)
		if a.status != 200 {
			t.Fatalf("beside %q: status %d", beside, a.status)
		}
		return a.body
	}
	list, ab, cd := `<section id="list" aria-label="Items"`, `data-sku="AB-1"`, `data-sku="CD-2"`
	wantTexts(t, page(""), "<!doctype", `<a class="crumb" href="/items"`, "!"+list, `!id="detail"`, "!"+ab)
	wantTexts(t, page("-"), "<!doctype", list, `<div id="detail"><a class="crumb"`, ab, cd)
	wantTexts(t, page("/items?low=out"), list, cd, "!"+ab)
	wantTexts(t, page("/jobs?when=all"), list, ab, cd)
	// What the browser remembers may be gone, or no list at all. The item comes all the same.
	for _, odd := range []string{"/items?place=truck", "%zz", "//[", "/items?page=9999"} {
		wantTexts(t, page(odd), list, ab, cd)
	}
	// In the source the item stands first: the first quantity of an item's page is its own.
	first := regexp.MustCompile(`data-quantity="on-hand" value="([^"]+)"`).FindStringSubmatch(page("-"))
	if first == nil || first[1] != "7" {
		t.Errorf("the first quantity is %q, want the item's own 7", first)
	}

	link := []string{htmx, "HX-Boosted: true", "HX-Target: detail", "HX-Current-URL: https://" + host + "/items"}
	wantTexts(t, page("/items", link...), "<title>Breaker 20 A · LWC Inventory</title>", `<article id="item"`, "!<!doctype", "!<nav", "!"+list, "!"+ab)
	wantTexts(t, page("/items", htmx, "HX-Boosted: true"), "<!doctype", list) // an undo, which fills the whole body
}

// Moving through the list beside an item leaves the address to the item.
func TestAddressIsTheDetails(t *testing.T) {
	db := storetest.Open(t)
	catalogue(t, db)
	c := newClient(t, db)
	c.signIn(store.Warehouse)
	for _, k := range []struct {
		from, kept string
		header     []string
	}{
		{"/items?q=x", "", []string{htmx}},
		{"/items/3", "false", []string{htmx}},
		{"/items", "", []string{htmx, "HX-Boosted: true", "HX-Target: list"}},
		{"/items/3", "false", []string{htmx, "HX-Boosted: true", "HX-Target: list"}},
	} {
		a := c.send("GET", "/items?low=1", "", append(k.header, "HX-Current-URL: https://"+host+k.from)...)
		if got := a.header.Get("HX-Replace-Url"); got != k.kept {
			t.Errorf("from %s, %v: HX-Replace-Url is %q, want %q", k.from, k.header, got, k.kept)
		}
		if strings.Contains(a.body, "<!doctype") || !strings.Contains(a.body, `data-list="/items?low=1"`) {
			t.Errorf("from %s, %v: the answer is\n%s", k.from, k.header, a.body)
		}
	}
}

// An act on the detail brings its row of the list up to date, in the same answer.
func TestActUpdatesRowBeside(t *testing.T) {
	db, noon := noonDB(t)
	storetest.Item(t, db, "AB-1", 14, 0)
	job := storetest.Job(t, db, 1042, noon.Add(24*time.Hour), storetest.Line("AB-1", 6))
	c := newClient(t, db)
	c.signIn(store.Warehouse)
	take := fmt.Sprintf("/jobs/%v/lines/%v/issue", job, lineIDs(t, db, job)[0])
	row, standing := `hx-swap-oob='outerHTML:#list [data-item="1"]'`, fmt.Sprintf(`hx-swap-oob='outerHTML:#list [data-job="%v"] .standing'`, job)

	wantTexts(t, bodyOf(c.post(take, typed("request_id", "1"), htmx)), "!"+standing)
	wantTexts(t, bodyOf(c.post("/items/1/movements", typed("request_id", "2", "kind", "receive", "quantity", "1"), htmx)), "!"+row)
	c.cookies["beside"] = "-"
	wantTexts(t, bodyOf(c.post(take[:len(take)-5]+"return", typed("request_id", "3"), htmx)), standing, "All here")
	wantTexts(t, bodyOf(c.post("/items/1/movements", typed("request_id", "4", "kind", "receive", "quantity", "1"), htmx)), row, `value="16">16<`)
}
