package handlers_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// What is ticked stays ticked while others are looked up, and the print is of what is ticked.
func TestLabelsPage(t *testing.T) {
	db := storetest.Open(t)
	elbow, tee := storetest.Item(t, db, "ELB-1", 5, 0), storetest.Item(t, db, "TEE-1", 5, 0)
	c := newClient(t, db)
	c.signIn(store.Warehouse)
	page := c.send("GET", "/labels?item="+elbow.ID.String()+"&place=1&q=TEE&sheet=l7160&start=99&copies=2", "")
	for _, want := range []string{
		`name="item" value="` + elbow.ID.String() + `" checked`,
		`name="item" value="` + tee.ID.String() + `">`,
		`name="place" value="1" checked`,
		`value="l7160" selected`, `value="21" checked`, "4 labels on 2 pages",
	} {
		if !strings.Contains(page.body, want) {
			t.Errorf("no %s on the page", want)
		}
	}
	if pdf := c.send("GET", "/labels.pdf?item="+elbow.ID.String()+"&at=1&copies=3", ""); pdf.status != 200 || pdf.header.Get("Content-Type") != "application/pdf" || !strings.HasPrefix(pdf.body, "%PDF-") {
		t.Errorf("the print: %d, %s", pdf.status, pdf.header.Get("Content-Type"))
	}
	nothing := c.send("GET", "/labels.pdf?item=77&item=x&start=-3", "")
	if to := nothing.header.Get("Location"); nothing.status != 303 || !strings.HasPrefix(to, "/labels?") {
		t.Errorf("nothing to print: %d to %q", nothing.status, to)
	}
	if a := c.send("GET", nothing.header.Get("Location"), ""); !strings.Contains(a.body, "Choose what to print first.") {
		t.Error("the page does not say what is missing")
	}
}

// A house with many shelves: its places come by the page, words find them, and all in an aisle are chosen at once.
func TestLabelsOfManyPlaces(t *testing.T) {
	db := storetest.Open(t)
	place := func(name string, in store.PlaceID) store.PlaceID {
		t.Helper()
		p, err := db.CreatePlace(t.Context(), storetest.Staff, store.PlaceDraft{Name: name, Kind: store.KindShelf, Parent: in})
		if err != nil {
			t.Fatal(err)
		}
		return p.ID
	}
	for a := range 3 {
		aisle := place(fmt.Sprintf("Aisle %d", a), storetest.Home) // 2, 33 and 64
		for b := range 30 {
			place(fmt.Sprintf("Bay %d-%02d", a, b), aisle)
		}
	}
	it := storetest.Item(t, db, "BAY-1", 5, 0)
	c := newClient(t, db)
	c.signIn(store.Warehouse)
	ticked := regexp.MustCompile(`name="(?:place|item)" value="\d+" checked`)
	shown := func(path string, chosen, open int) string {
		t.Helper()
		a := c.send("GET", path, "")
		if got := len(ticked.FindAllString(a.body, -1)); got != chosen {
			t.Errorf("%s: %d ticked, want %d", path, got, chosen)
		}
		if got := strings.Count(a.body, `name="place"`) + strings.Count(a.body, `name="item"`) - chosen; got != open {
			t.Errorf("%s: %d to tick, want %d", path, got, open)
		}
		return a.body
	}

	if body := shown("/labels", 0, 40); !strings.Contains(body, "1 to 40 of 94") || !strings.Contains(body, `name="page" value="2"`) || strings.Contains(body, `name="page" value="0"`) {
		t.Error("the first page does not lead on")
	}
	if body := shown("/labels?page=3&place=5", 1, 13); !strings.Contains(body, "81 to 93 of 93") || !strings.Contains(body, `name="page" value="2"`) || strings.Contains(body, `name="page" value="4"`) ||
		!strings.Contains(body, `<details class="section fold" open>`) {
		t.Error("the last page does not lead back, or is closed")
	}
	shown("/labels?in=33", 31, 40)
	shown("/labels?in=1&in=2", 94, 0)
	shown("/labels?q=bay+2-1&place=76", 1, 9+1+40) // nine shelves, an item that has the word, and the first page of all

	all := c.send("GET", "/labels?q=bay+2-1&place=76&copies=2&all=1&page=2", "")
	to := all.header.Get("Location")
	if all.status != 303 || strings.Contains(to, "q=") || strings.Contains(to, "all=") || strings.Contains(to, "page=") || !strings.Contains(to, "copies=2") {
		t.Errorf("tick all: %d to %s", all.status, to)
	}
	if body := shown(to, 11, 40); !strings.Contains(body, "22 labels") || !strings.Contains(body, `name="item" value="`+it.ID.String()+`" checked`) {
		t.Error("not all that was found is chosen")
	}
	if pdf := c.send("GET", "/labels.pdf?in=2", ""); pdf.status != 200 || !strings.HasPrefix(pdf.body, "%PDF-") {
		t.Errorf("the print: %d", pdf.status)
	}
	if _, body := c.get("/places/2"); !strings.Contains(body, `href="/labels?in=2"`) {
		t.Error("an aisle's page does not lead to the labels of its shelves")
	}
	if _, body := c.get("/places/3"); strings.Contains(body, `/labels?in=`) {
		t.Error("a shelf in which nothing stands leads to the labels of others")
	}
}
