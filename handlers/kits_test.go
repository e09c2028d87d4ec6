package handlers_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// A line becomes a kit, the kit gets its items, and each is taken by itself.
func TestAKitFromTheInbox(t *testing.T) {
	db, noon := noonDB(t)
	bowl, wax := named(t, db, "BOWL", "Toilet bowl"), named(t, db, "WAX", "Wax ring")
	for _, it := range []store.Item{bowl, wax} {
		storetest.Book(t, db, store.Entry{Item: it.ID, Kind: store.Receive, Qty: 9000})
	}
	id := storetest.Job(t, db, 10, noon, storetest.Line("Toilet install", 2))
	ln := lineIDs(t, db, id)[0]
	c := newClient(t, db)
	c.signIn(store.Warehouse)
	catchUp(t, c)
	choose := fmt.Sprintf("/lines/%v/kit", ln)
	wantTexts(t, bodyOf(c.get("/match")), `href="`+choose)
	wantTexts(t, bodyOf(c.get(choose+"?back=/match")), "Which kit is “Toilet install”?", "There is no kit yet", "/kits/new?")
	_, body := c.get(fmt.Sprintf("/kits/new?line=%v&back=/match", ln))
	wantTexts(t, body, `value="Toilet install"`, `data-sku="BOWL"`)
	wantTexts(t, bodyOf(c.get("/kits/new?q=wax", htmx)), `id="items"`, `data-sku="WAX"`, "!<h1>")

	form := typed("name", "Toilet", "item", bowl.ID.String(), "line", ln.String(), "seen", hidden(t, body, "seen"),
		"request_id", hidden(t, body, "request_id"), "back", "/match")
	for range 2 { // a double tap makes one kit
		if status, body := c.post("/kits", form); status != 303 {
			t.Fatalf("status %d\n%s", status, body)
		}
	}
	_, body = c.get("/kits/1")
	wantTexts(t, body, "“Toilet install” is the kit Toilet. 1 job updated", "/undo", `data-sku="BOWL"`, "Lines that are this kit")
	if status, _ := c.post("/kits/1/items", typed("item", wax.ID.String(), "factor", "1.5", "version", hidden(t, body, "version"))); status != 303 {
		t.Fatalf("status %d", status)
	}
	_, body = c.get(fmt.Sprintf("/jobs/%v", id))
	rows := regexp.MustCompile(fmt.Sprintf(`data-line="%v" data-sku="(\w+)" data-required="(\S+)" data-issued="(\S+)"`, ln)).FindAllStringSubmatch(body, -1)
	if len(rows) != 2 || rows[0][1] != "BOWL" || rows[0][2] != "2" || rows[1][1] != "WAX" || rows[1][2] != "3" {
		t.Fatalf("rows %v", rows)
	}
	wantTexts(t, body, "Part of Toilet")

	act := fmt.Sprintf("/jobs/%v/lines/%v/issue", id, ln)
	_, body = c.post(act, typed("request_id", "wax", "item", wax.ID.String()), htmx)
	wantTexts(t, body, "3 ea Wax ring taken")
	if n := strings.Count(body, `data-issued="3"`); n != 1 {
		t.Errorf("%d rows have 3 issued", n)
	}
}

func TestKitsAreEdited(t *testing.T) {
	db, noon := noonDB(t)
	bowl, wax := named(t, db, "BOWL", "Toilet bowl"), named(t, db, "WAX", "Wax ring")
	id := storetest.Job(t, db, 10, noon, storetest.Line("Toilet install", 2))
	ln := lineIDs(t, db, id)[0]
	k, err := db.CreateKit(t.Context(), storetest.Staff, store.KitDraft{Name: "Toilet", Parts: []store.Part{{Item: bowl.ID, Factor: 1000}}})
	if err != nil {
		t.Fatal(err)
	}
	c := newClient(t, db)
	c.signIn(store.Warehouse)
	catchUp(t, c)
	wantTexts(t, bodyOf(c.get("/kits")), `data-kit="1"`, "Toilet bowl", "no line is one yet")
	wantTexts(t, bodyOf(c.get("/kits?q=zz")), "No kit is called “zz”")
	if status, body := c.post(fmt.Sprintf("/lines/%v/match", ln), typed("kit", k.ID.String(), "back", "/match"), htmx); status != 200 {
		t.Fatalf("status %d\n%s", status, body)
	}
	wantTexts(t, bodyOf(c.get("/kits/1?q=wax", htmx)), `data-sku="WAX"`)
	for _, tt := range []struct {
		name, path string
		form       []string
		status     int
		has        string
	}{
		{"no item", "/kits/1/items", []string{"item", "", "version", "1"}, 422, "Choose an item."},
		{"none of it", "/kits/1/items", []string{"item", bowl.ID.String(), "factor", "0", "version", "1"}, 422, `value="0" aria-invalid="true"`},
		{"a comma", "/kits/1/items", []string{"item", wax.ID.String(), "factor", "1,5", "version", "1"}, 422, `value="1,5" placeholder="1" aria-invalid="true"`},
		{"another saw an older one", "/kits/1/items", []string{"item", wax.ID.String(), "version", "7"}, 409, "Someone changed the kit Toilet meanwhile"},
		{"no name", "/kits/1", []string{"name", "", "version", "1"}, 422, "1 to 200 characters"},
		{"its last item", "/kits/1/items/" + bowl.ID.String() + "/remove", []string{"version", "1"}, 422, "A kit needs at least one item."},
		{"in use", "/kits/1/delete", nil, 409, "The kit Toilet is the answer for 1 line"},
		{"no such kit", "/kits/9", []string{"name", "x", "version", "1"}, 404, ""},
		{"new without a name", "/kits", []string{"item", bowl.ID.String(), "factor", "2"}, 422, `id="factor" name="factor" inputmode="decimal" autocomplete="off" value="2"`},
		{"new of a taken name", "/kits", []string{"name", "TOILET", "item", wax.ID.String()}, 409, "There is a kit of this name already."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			status, body := c.post(tt.path, typed(tt.form...))
			if status != tt.status || !strings.Contains(body, tt.has) {
				t.Errorf("status %d, want %d with %q\n%s", status, tt.status, tt.has, body)
			}
		})
	}
	for _, step := range []struct{ path, item, factor, version, required string }{
		{"/kits/1/items", bowl.ID.String(), "0.5", "1", "1"},
		{"/kits/1/items", wax.ID.String(), "3", "2", "1"},
		{"/kits/1/items/" + bowl.ID.String() + "/remove", "", "", "3", "6"},
	} {
		if status, body := c.post(step.path, typed("item", step.item, "factor", step.factor, "version", step.version)); status != 303 {
			t.Fatalf("%+v: status %d\n%s", step, status, body)
		}
		_, body := c.get(fmt.Sprintf("/jobs/%v", id))
		wantMarks(t, lineMarks(t, body, ln), "data-required="+step.required)
	}
	c.post("/kits/1", typed("name", "Closet", "version", "4"))
	wantTexts(t, bodyOf(c.get(fmt.Sprintf("/jobs/%v", id))), "Part of Closet")
}
