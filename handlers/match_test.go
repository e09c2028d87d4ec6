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

// named adds an item with a name of its own.
func named(t *testing.T, db *store.DB, sku, name string) store.Item {
	t.Helper()
	it, err := db.CreateItem(t.Context(), storetest.Staff, store.ItemDraft{SKU: sku, Name: name, Unit: "ea"})
	if err != nil {
		t.Fatal(err)
	}
	return it
}

// catchUp lets the search learn what the store knows.
func catchUp(t *testing.T, c *client) {
	t.Helper()
	if err := c.server.Index.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestMatchInbox(t *testing.T) {
	db, noon := noonDB(t)
	elbow := named(t, db, "CU-EL-12", "Copper elbow 90°, 1/2 in, sweat")
	named(t, db, "CU-SEL-12", "Copper street elbow, 1/2 in")
	named(t, db, "PEX-EL-12", "PEX elbow, brass")
	named(t, db, "MULCH-C", "Cedar mulch")
	ids := applyJobs(t, db,
		storetest.Snapshot(10, noon.Add(20*time.Hour), storetest.Line("Copper elbows sweat install", 4)),
		storetest.Snapshot(11, noon.AddDate(0, 0, 3), storetest.Line("Copper elbows sweat install", 2)),
		storetest.Snapshot(12, time.Time{}, storetest.Line("Zzyzx", 1)))
	ln := lineIDs(t, db, ids[0])[0]
	c := newClient(t, db)
	c.signIn(store.Warehouse)
	catchUp(t, c)

	_, body := c.get("/match")
	wantTexts(t, body, "<h1>Which item is this?", "2 names on Jobber’s lines have no item", "2 jobs wait", "first tomorrow, #10",
		"1 job waits", "#12", "Same words: copper, elbow, sweat", "!mulch")
	if strings.Index(body, "Copper elbow 90") > strings.Index(body, "Copper street elbow") {
		t.Error("the item that shares more words comes later")
	}
	wantTexts(t, bodyOf(c.get("/match", htmx)), `id="waiting"`, "!<h1>")

	status, body := c.post(fmt.Sprintf("/lines/%v/match", ln), typed("item", elbow.ID.String(), "back", "/match"), htmx)
	if status != 200 {
		t.Fatalf("status %d\n%s", status, body)
	}
	wantTexts(t, body, "“Copper elbows sweat install” is Copper elbow 90°, 1/2 in, sweat. 2 jobs updated",
		"!Same words: copper", "1 name on Jobber’s lines has no item")
	for i, required := range []string{"4", "2"} {
		_, body := c.get(fmt.Sprintf("/jobs/%v", ids[i]))
		wantMarks(t, lineMarks(t, body, lineIDs(t, db, ids[i])[0]), "data-sku=CU-EL-12 data-state=short data-required="+required)
	}
}

func TestMatchOnJob(t *testing.T) {
	db, noon := noonDB(t)
	it := named(t, db, "MULCH-C", "Cedar mulch")
	id := storetest.Job(t, db, 10, noon, storetest.Line("Cedar mulch per yd", 3), storetest.Line("Trip charge", 1))
	ls := lineIDs(t, db, id)
	c := newClient(t, db)
	c.signIn(store.Warehouse)
	page := fmt.Sprintf("/jobs/%v", id)
	catchUp(t, c)
	wantTexts(t, bodyOf(c.get(page)), "2 lines have no item yet", "Same words: cedar, mulch", `hx-target="#job"`)

	_, body := c.post(fmt.Sprintf("/lines/%v/match", ls[1]), typed("item", "none", "back", page), htmx)
	wantTexts(t, body, "“Trip charge” is not stock. 1 job updated", `id="job"`)
	wantMarks(t, lineMarks(t, body, ls[1]), "data-state=not-stock")

	status, _ := c.post(fmt.Sprintf("/lines/%v/match", ls[0]), typed("item", it.ID.String(), "factor", "2.5", "back", page))
	if status != 303 {
		t.Errorf("status %d, want 303", status)
	}
	_, body = c.get(page)
	wantMarks(t, lineMarks(t, body, ls[0]), "data-sku=MULCH-C data-required=7.5")
	wantTexts(t, body, "“Cedar mulch per yd” is 2.5 ea of Cedar mulch. 1 job updated")

	_, body = c.post(fmt.Sprintf("/lines/%v/forget", ls[0]), nil, htmx)
	wantTexts(t, body, "“Cedar mulch per yd” waits for an answer again")
	wantMarks(t, lineMarks(t, body, ls[0]), "data-state=unmatched data-sku=")
	if status, _ = c.post(fmt.Sprintf("/lines/%v/forget", ls[1]), nil); status != 303 {
		t.Errorf("status %d, want 303", status)
	}
	wantMarks(t, lineMarks(t, bodyOf(c.get(page)), ls[1]), "data-state=unmatched")
}

func TestForgetWhatMatchesItself(t *testing.T) {
	db, noon := noonDB(t)
	storetest.Item(t, db, "AB-1", 3, 0)
	id := storetest.Job(t, db, 10, noon, storetest.Line("AB-1", 3))
	c := newClient(t, db)
	c.signIn(store.Warehouse)
	_, body := c.post(fmt.Sprintf("/lines/%v/forget", lineIDs(t, db, id)[0]), nil, htmx)
	wantTexts(t, body, "“AB-1” is matched by itself: Its SKU")
}

func TestChooseItem(t *testing.T) {
	db, noon := noonDB(t)
	it := named(t, db, "MULCH-C", "Cedar mulch")
	gone := named(t, db, "MULCH-OLD", "Old mulch")
	if _, err := db.ArchiveItem(t.Context(), storetest.Staff, gone.ID, true); err != nil {
		t.Fatal(err)
	}
	id := storetest.Job(t, db, 10, noon, storetest.Line("Brown stuff", 3))
	path := fmt.Sprintf("/lines/%v/match", lineIDs(t, db, id)[0])
	c := newClient(t, db)
	c.signIn(store.Warehouse)

	wantTexts(t, bodyOf(c.get(path+"?back=/match")), "Which item is “Brown stuff”?", `name="back" value="/match"`, `name="factor"`,
		fmt.Sprintf(`href="/jobs/%v"`, id))
	wantTexts(t, bodyOf(c.get(path+"?q=mulch")), `data-sku="MULCH-C"`, `!data-sku="MULCH-OLD"`, "<!doctype html>")
	wantTexts(t, bodyOf(c.get(path+"?q=mulch", htmx)), `id="choices"`, `data-sku="MULCH-C"`, "!<!doctype", "!factor")
	wantTexts(t, bodyOf(c.get(path+"?q=xyzzyx", htmx)), "No item fits “xyzzyx”")
	wantTexts(t, bodyOf(c.get(path+"?back=//evil.example/")), "!evilText")

	for _, tt := range []struct {
		name   string
		form   url.Values
		status int
		has    []string
	}{
		{"nothing chosen", typed("item", "", "factor", "3"), 422, []string{"Choose an item", `value="3"`}},
		{"no number", typed("item", "abc"), 422, []string{"Choose one of the list."}},
		{"no such item", typed("item", "999"), 0, nil},
		{"factor in words", typed("item", it.ID.String(), "factor", "two"), 422, []string{`value="two"`, `aria-invalid="true"`, "factor-error"}},
		{"factor 0", typed("item", it.ID.String(), "factor", "0"), 422, []string{"above 0"}},
		{"factor below 0", typed("item", it.ID.String(), "factor", "-2"), 422, []string{"above 0"}},
		{"decimal comma", typed("item", it.ID.String(), "factor", "1,5"), 422, []string{`value="1,5"`}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			status, body := c.post(path, tt.form)
			if tt.status == 0 && status != 404 && status != 422 || tt.status != 0 && status != tt.status {
				t.Errorf("status %d", status)
			}
			wantTexts(t, body, tt.has...)
			if n := waitingLines(t, db); n != 1 {
				t.Errorf("%d lines wait, want 1", n)
			}
		})
	}
	for _, p := range []string{"/lines/999/match", "/lines/x/match"} {
		if status, _ := c.get(p); status != 404 {
			t.Errorf("GET %s: %d", p, status)
		}
		if status, _ := c.post(p, typed("item", "none")); status != 404 {
			t.Errorf("POST %s: %d", p, status)
		}
	}
}

func waitingLines(t *testing.T, db *store.DB) int {
	t.Helper()
	ws, err := db.Waiting(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return len(ws)
}

func TestMatchInboxPagesAndEnds(t *testing.T) {
	db, noon := noonDB(t)
	c := newClient(t, db)
	c.signIn(store.Warehouse)
	wantTexts(t, bodyOf(c.get("/match")), "Every line has its item")
	var ls []store.SnapshotLine
	for i := range 30 {
		ls = append(ls, storetest.Line(fmt.Sprintf("Part number %d", i), 1))
	}
	storetest.Job(t, db, 10, noon, ls...)
	_, body := c.get("/match")
	wantTexts(t, body, "30 names on Jobber’s lines have no item", "1 to 25 of 30")
	if n := strings.Count(body, `data-state="unmatched"`); n != 25 {
		t.Errorf("%d lines, want 25", n)
	}
	if n := strings.Count(bodyOf(c.get("/match?page=2")), `data-state="unmatched"`); n != 5 {
		t.Errorf("%d lines on the second page, want 5", n)
	}
}

func TestSuggestions(t *testing.T) {
	db, noon := noonDB(t)
	for sku, name := range map[string]string{"NM-12-2": "Cable NM-B 12/2 with ground", "STK-12": "Edging stake 12 in",
		"CU-EL": "Copper elbow 90°, 1/2 in", "PVC-EL-112": "PVC elbow 90°, 1-1/2 in", "BOX-1": "Old-work box, 1-gang", "DRN-4": "Drain pipe 4 in, with sock", "MRK": "Marker, black"} {
		named(t, db, sku, name)
	}
	c := newClient(t, db)
	c.signIn(store.Warehouse)
	for i, tt := range []struct{ line, first, why string }{
		{"Romex 12-2", "Cable NM-B 12/2 with ground", "Same words: 12/2"},
		{"½ copper ells", "Copper elbow 90°, 1/2 in", "Same words: copper, 1/2"},
		{"Elbows 1-1/2 PVC", "PVC elbow 90°, 1-1/2 in", "Same words: pvc, elbow, 1-1/2"},
		{"work boxes for old walls", "Old-work box, 1-gang", "Same words: old, work"},
		{"Edgng stak", "Edging stake 12 in", "Looks alike"},
		{"Stakeholder meeting", "", "Find the item"},
		{"4in black corrugated w/ sock", "Drain pipe 4 in, with sock", "Same words: 4, sock"},
		{"xyzzy", "", "Find the item"},
	} {
		t.Run(tt.line, func(t *testing.T) {
			id := storetest.Job(t, db, 100+i, noon, storetest.Line(tt.line, 1))
			catchUp(t, c)
			_, body := c.get(fmt.Sprintf("/jobs/%v", id))
			first := ""
			if _, after, ok := strings.Cut(body, `<button name="item" value="`); ok {
				_, after, _ = strings.Cut(after, "<b>")
				first, _, _ = strings.Cut(after, "</b>")
			}
			if first != tt.first {
				t.Errorf("first comes %q, want %q", first, tt.first)
			}
			wantTexts(t, body, tt.why)
		})
	}
}
