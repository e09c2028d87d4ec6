package handlers_test

import (
	"regexp"
	"strings"
	"testing"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

func TestPlaces(t *testing.T) {
	for _, tt := range []struct {
		check
		places int // afterwards, of 2
	}{
		{check{name: "list", path: "/places", status: 200, has: []string{"<!doctype html>", "Warehouse", "Truck 3", `data-place="1"`, `action="/places"`}}, 2},
		{check{name: "fragment", path: "/places", header: []string{htmx}, status: 200, has: []string{"Truck 3"}, hasNot: []string{"<html"}}, 2},
		{check{name: "add", method: "POST", path: "/places", form: fields("name", "Shelf B2", "kind", "shelf", "parent", "1"), status: 303}, 3},
		{check{name: "empty name", method: "POST", path: "/places", form: fields("name", "", "kind", "truck"), status: 422, has: []string{`id="name-error"`, `value="truck" selected`}}, 2},
		{check{name: "long name", method: "POST", path: "/places", form: fields("name", strings.Repeat("n", 5000), "kind", "truck"), status: 422, has: []string{`id="name-error"`}}, 2},
		{check{name: "taken in another case", method: "POST", path: "/places", form: fields("name", "truck 3", "kind", "truck"), status: 409, has: []string{`id="name-error"`}}, 2},
		{check{name: "unknown kind", method: "POST", path: "/places", form: fields("name", "X", "kind", "boat"), status: 422, has: []string{`id="kind-error"`}}, 2},
		{check{name: "unknown parent", method: "POST", path: "/places", form: fields("name", "X", "kind", "shelf", "parent", "99"), status: 422, has: []string{`id="parent-error"`}}, 2},
		{check{name: "no parent at all", method: "POST", path: "/places", form: fields("name", "X", "kind", "shelf", "parent", "x"), status: 422, has: []string{`id="parent-error"`}}, 2},
		{check{name: "one", path: "/places/2", status: 200, has: []string{"<h1>Truck 3", `data-item="3" data-sku="EF-3"`, `data-quantity="on-hand" value="4"`, `name="version" value="1"`}}, 2},
		{check{name: "unknown", path: "/places/99", status: 404}, 2},
		{check{name: "no number", path: "/places/x", status: 404}, 2},
		{check{name: "change", method: "POST", path: "/places/2", form: fields("name", "Truck 4", "kind", "truck", "version", "1"), status: 303}, 2},
		{check{name: "change without version", method: "POST", path: "/places/2", form: fields("name", "Truck 4", "kind", "truck"), status: 303}, 2},
		{check{name: "stale", method: "POST", path: "/places/2", form: fields("name", "Truck 4", "kind", "truck", "version", "7"), status: 409,
			has: []string{`value="Truck 4"`, "Saved meanwhile: Truck 3", `name="version" value="1"`}}, 2},
		{check{name: "into itself", method: "POST", path: "/places/2", form: fields("name", "Truck 3", "kind", "truck", "parent", "2", "version", "1"), status: 422, has: []string{`id="parent-error"`}}, 2},
		{check{name: "change unknown", method: "POST", path: "/places/99", form: fields("name", "X", "kind", "truck"), status: 404}, 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			db := storetest.Open(t)
			catalogue(t, db)
			c := newClient(t, db)
			c.signIn(store.Warehouse)
			tt.run(t, c)
			if all, err := db.Places(t.Context()); err != nil || len(all) != tt.places {
				t.Errorf("%d places, %v; want %d", len(all), err, tt.places)
			}
		})
	}
}

func TestScan(t *testing.T) {
	db := storetest.Open(t)
	catalogue(t, db)
	c := newClient(t, db)
	c.signIn(store.Warehouse)
	if err := c.server.Index.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, k := range []check{
		{name: "page", path: "/scan", status: 200, has: []string{"<!doctype html>", `name="code"`, "autofocus", `enterkeyhint="go"`}, hasNot: []string{"camera"}},
		{name: "barcode", path: "/scan?code=785901447120", status: 303},
		{name: "sku in another case", path: "/scan?code=ef-3", status: 303},
		{name: "unknown", path: "/scan?code=000%3Cb%3E", status: 200, has: []string{`role="alert"`, "No item has this code", "000&lt;b&gt;", `href="/items/new?barcode=000%3cb%3e"`}, hasNot: []string{"000<b>"}},
		{name: "a word", path: "/scan?code=breaker", status: 200, has: []string{"These come near it", `data-sku="EF-3"`}},
		{name: "endless", path: "/scan?code=" + strings.Repeat("7", 5000), status: 200, has: []string{"No item has this code"}},
	} {
		t.Run(k.name, func(t *testing.T) { k.run(t, c) })
	}
}

func TestHistory(t *testing.T) {
	db := storetest.Open(t)
	c := newClient(t, db)
	c.signIn(store.Warehouse)
	check{name: "nothing yet", path: "/history", status: 200, has: []string{"Nothing was booked yet"}}.run(t, c)
	it := storetest.Item(t, db, "AB-1", 1, 0)
	for range 34 {
		storetest.Book(t, db, store.Entry{Item: it.ID, Kind: store.Receive, Qty: 1000})
	}
	entry := regexp.MustCompile(`<li data-movement="(\d+)" data-kind="receive"`)
	body := check{name: "newest", path: "/history", status: 200, has: []string{"Item AB-1", "Received", `href="/items/1"`}}.run(t, c)
	older := regexp.MustCompile(`href="(/history\?before=\d+)"`).FindStringSubmatch(body)
	if n := len(entry.FindAllString(body, -1)); n != 30 || older == nil {
		t.Fatalf("%d entries, older: %v", n, older)
	}
	rest := check{name: "older", path: older[1], status: 200, hasNot: []string{">Older<"}}.run(t, c)
	if n := len(entry.FindAllString(rest, -1)); n != 5 {
		t.Errorf("%d older entries, want 5", n)
	}
	check{name: "strange", path: "/history?before=x", status: 404}.run(t, c)
	check{name: "fragment", path: "/history", header: []string{htmx}, status: 200, hasNot: []string{"<html"}}.run(t, c)
}
