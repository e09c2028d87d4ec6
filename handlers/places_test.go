package handlers_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

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

var nextPage = regexp.MustCompile(`rel="next" href="([^"]+)"`)

// leaf turns over the pages of the list at path and returns the ids that mark its rows, in their order.
func leaf(t *testing.T, c *client, path, mark string) (ids []string, pages int) {
	t.Helper()
	rows := regexp.MustCompile(`<li class="row[^>]* ` + mark + `="(\d+)"`)
	for path != "" {
		status, body := c.get(path)
		if status != 200 || pages > 10 {
			t.Fatalf("%s: status %d on page %d", path, status, pages)
		}
		pages++
		for _, m := range rows.FindAllStringSubmatch(body, -1) {
			ids = append(ids, m[1])
		}
		path = ""
		if m := nextPage.FindStringSubmatch(body); m != nil {
			path = strings.ReplaceAll(m[1], "&amp;", "&")
		}
	}
	return ids, pages
}

// A company with a hundred shelves turns over pages, in the order of the tree and of the walk.
func TestPlacePages(t *testing.T) {
	db := storetest.Open(t)
	c := newClient(t, db)
	c.signIn(store.Owner)
	for i := range 100 {
		d := store.PlaceDraft{Name: fmt.Sprintf("S-%03d", i), Kind: store.KindShelf, Parent: 1}
		if _, err := db.CreatePlace(t.Context(), storetest.Staff, d); err != nil {
			t.Fatal(err)
		}
	}
	tree := func() (ids []string) {
		places, err := db.Places(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range places {
			ids = append(ids, p.ID.String())
		}
		return ids
	}
	for _, path := range []string{"/places", "/places?walk=1"} {
		ids, pages := leaf(t, c, path, "data-place")
		if pages != 3 || !slices.Equal(ids, tree()) {
			t.Errorf("%s: %d pages of %v", path, pages, ids)
		}
	}
	wantTexts(t, bodyOf(c.get("/places?page=2")), "<span>in Warehouse</span>", "41 to 80 of 101", "!S-000</a>", "S-039</a>")
	wantTexts(t, bodyOf(c.get("/places?at=101")), "81 to 101 of 101")

	// The last one of a page goes later: it stands on the next page, and so does who moved it.
	last := tree()[39]
	to := c.submit("/places/"+last+"/walk", fields("turn", "40")).header.Get("Location")
	wantTexts(t, bodyOf(c.get(to)), "41 to 80 of 101", `id="place-`+last+`"`, `aria-label="Earlier: `)
	if tree()[40] != last {
		t.Errorf("the walk is %v", tree()[38:42])
	}
}

// Lists that grow with the company page like all others.
func TestOtherListsPage(t *testing.T) {
	db, noon := noonDB(t)
	it := storetest.Item(t, db, "AB-1", 500, 0)
	c := newClient(t, db)
	c.signIn(store.Owner)
	for i := range 60 {
		name := fmt.Sprintf("T-%02d", i)
		p, err := db.CreatePlace(t.Context(), storetest.Staff, store.PlaceDraft{Name: name, Kind: store.KindTruck})
		if err != nil {
			t.Fatal(err)
		}
		storetest.Book(t, db, store.Entry{Item: it.ID, Kind: store.Receive, Qty: 1000, To: p.ID})
		storetest.Job(t, db, 1000+i, noon.Add(24*time.Hour), storetest.Line("AB-1", 1))
		storetest.User(t, db, name, store.Warehouse)
	}
	if ids, pages := leaf(t, c, "/admin/users", "data-user"); len(ids) != 61 || pages != 2 {
		t.Errorf("%d users on %d pages, want 61 on 2", len(ids), pages)
	}
	wantTexts(t, bodyOf(c.get("/items/1?spots=3")), "51 to 61 of 61", `href="/items/1?spots=2#h-places"`)
	wantTexts(t, bodyOf(c.get("/items/1?needs=3")), "51 to 60 of 60", `href="/items/1?needs=2#h-jobs"`)
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

// The tick on a place's page says where an item belongs: its default place. Without the tick that stays as it is.
func TestBelongsHere(t *testing.T) {
	db := storetest.Open(t)
	truck := catalogue(t, db)
	c := newClient(t, db)
	c.signIn(store.Warehouse)
	home := func(want store.PlaceID) {
		t.Helper()
		if it, err := db.Item(t.Context(), 1); err != nil || it.Place != want {
			t.Errorf("it belongs to %v, %v; want %v", it.Place, err, want)
		}
	}
	pars := "/places/" + truck.ID.String() + "/pars"
	check{name: "not ticked", method: "POST", path: pars, form: fields("item", "1", "par", "4"), status: 303}.run(t, c)
	home(storetest.Home)
	check{name: "ticked, and something else is wrong", method: "POST", path: pars, form: fields("item", "1", "par", "x", "home", "1"), status: 422,
		has: []string{`id="par-error"`, `name="home" value="1" checked`}}.run(t, c)
	home(storetest.Home)
	check{name: "ticked", method: "POST", path: pars, form: fields("item", "1", "par", "4", "home", "1"), status: 303}.run(t, c)
	home(truck.ID)
	check{name: "it says so", path: "/places/" + truck.ID.String() + "?par=1", status: 200, has: []string{`name="home" value="1" checked`}}.run(t, c)
	if a := c.submit("/items/1/movements", fields("kind", "receive", "quantity", "2", "request_id", "r")); a.status != 303 {
		t.Fatalf("receive: %d", a.status)
	}
	s, err := db.Stock(t.Context(), 1)
	if err != nil || len(s.At) == 0 {
		t.Fatal(s, err)
	}
	for _, b := range s.At {
		if b.Place.ID == truck.ID && b.OnHand != 2000 {
			t.Errorf("%v are on the truck, want what was received", b.OnHand)
		}
	}
}
