package handlers_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// pickForm names a line as its forms do.
func pickForm(line store.LineID, item store.ItemID, pairs ...string) []string {
	return append([]string{"line", line.String(), "item", item.String()}, pairs...)
}

func TestPickALine(t *testing.T) {
	db, noon := noonDB(t)
	it := storetest.Item(t, db, "AB-1", 14, 0)
	id := storetest.Job(t, db, 1042, noon, storetest.Line("AB-1", 6))
	ln := lineIDs(t, db, id)[0]
	ana := newClient(t, db)
	ana.signIn(store.Warehouse)
	ben := ana.other()
	ben.signIn(store.GM)
	page := fmt.Sprintf("/jobs/%v/pick", id)
	_, body := ana.get(page)
	wantTexts(t, body, "<h1>Pick #1042, Karen Miller</h1>", "0 of 1 line", "Warehouse, 14 ea there", "default place", "Take all 1 line", `data-live="/pick/live?job=`)
	wantMarks(t, marks(t, body, fmt.Sprintf(`data-line="%v"`, ln)), "data-issued=0 data-required=6")
	if _, body := ana.get(fmt.Sprintf("/jobs/%v", id)); !strings.Contains(body, `href="`+page+`"`) {
		t.Error("the job does not lead to its pick list")
	}

	for range 2 { // a double tap books once
		status, body := ana.post(page, typed(pickForm(ln, it.ID, "request_id", "ana", "quantity", "6", "seen", "6")...), htmx)
		if status != 200 {
			t.Fatalf("status %d\n%s", status, body)
		}
		wantTexts(t, body, "6 ea Item AB-1 taken", "1 of 1 line", "is-done", `hx-swap-oob="true"`, "!<!doctype")
		shelfHas(t, db, it.ID, "8")
	}
	a := ben.submit(page, typed(pickForm(ln, it.ID, "request_id", "ben", "quantity", "6", "seen", "6")...), htmx)
	if a.status != 409 || a.header.Get("HX-Retarget") != "#pick" {
		t.Errorf("the second person gets %d to %q", a.status, a.header.Get("HX-Retarget"))
	}
	wantTexts(t, a.body, "warehouse_manager took 6 ea of Item AB-1 already.", "is-done", `role="alert"`)
	shelfHas(t, db, it.ID, "8")
	status, body := ben.post(page, typed(pickForm(ln, it.ID, "request_id", "ben2", "quantity", "6")...))
	if status != 409 {
		t.Errorf("without a script %d", status)
	}
	wantTexts(t, body, "<!doctype html>", "<b>Nothing was booked.</b> warehouse_manager took 6 ea", "is-done")

	// Undone, it stands to be taken again.
	undo := undoAction.FindString(body)
	if status, _ := ben.post(undo, typed("request_id", "undo", "back", page)); status != 303 {
		t.Errorf("undo: %d", status)
	}
	_, body = ben.get(page)
	wantTexts(t, body, "0 of 1 line", `aria-label="Take 6 ea Item AB-1"`)
}

func TestPickByScanAndFromAnotherPlace(t *testing.T) {
	db, noon := noonDB(t)
	it := storetest.Item(t, db, "AB-1", 4, 0)
	storetest.Item(t, db, "CD-2", 4, 0)
	truck, err := db.CreatePlace(t.Context(), storetest.Staff, store.PlaceDraft{Name: "Truck 3", Kind: store.KindTruck})
	if err != nil {
		t.Fatal(err)
	}
	storetest.Book(t, db, store.Entry{Item: it.ID, Kind: store.Receive, Qty: 4000, To: truck.ID})
	id := storetest.Job(t, db, 1042, noon, storetest.Line("AB-1", 4))
	ln := lineIDs(t, db, id)[0]
	c := newClient(t, db)
	c.signIn(store.Warehouse)
	page := fmt.Sprintf("/jobs/%v/pick", id)
	_, body := c.get(page)
	wantTexts(t, body, "From Truck 3 instead, 4 ea there")
	_, body = c.post(page+"/from", typed(pickForm(ln, it.ID, "from", truck.ID.String())...), htmx)
	wantTexts(t, body, "Truck 3, 4 ea there", "chosen", "From Warehouse instead")
	for _, wrong := range []struct{ code, says string }{{"cd-2", "Item CD-2 is not on this list. Nothing was booked."}, {"nope", "No item has the code nope."}} {
		status, body := c.post(page+"/scan", typed("code", wrong.code, "request_id", "wrong"), htmx)
		if status != 409 {
			t.Errorf("%s: %d", wrong.code, status)
		}
		wantTexts(t, body, wrong.says)
	}
	_, body = c.post(page+"/scan", typed("code", "ab-1", "request_id", "scan"), htmx)
	wantTexts(t, body, "4 ea Item AB-1 taken", "is-done", "Truck 3 should have no Item AB-1 now.", "Yes, it is empty")
	if status, body := c.post(page+"/scan", typed("code", "ab-1", "request_id", "scan again"), htmx); status != 409 || !strings.Contains(body, "Item AB-1 is picked already.") {
		t.Errorf("scanned again: %d\n%s", status, body)
	}
	// Yes, it is empty: counted, and asked no more.
	if status, _ := c.post(fmt.Sprintf("/items/%v/movements", it.ID), typed("kind", "count", "quantity", "0", "to", truck.ID.String(), "request_id", "yes", "back", page)); status != 303 {
		t.Errorf("counting: %d", status)
	}
	st, err := db.Stock(t.Context(), it.ID)
	if err != nil || st.Counted.IsZero() {
		t.Errorf("%+v, %v", st, err)
	}
}

func TestPickShortAndPart(t *testing.T) {
	db, noon := noonDB(t)
	it := storetest.Item(t, db, "AB-1", 4, 0)
	id := storetest.Job(t, db, 1042, noon, storetest.Line("AB-1", 6))
	ln := lineIDs(t, db, id)[0]
	c := newClient(t, db)
	c.signIn(store.Warehouse)
	page := fmt.Sprintf("/jobs/%v/pick", id)
	_, body := c.get(page)
	wantTexts(t, body, `aria-label="Take 4 ea Item AB-1"`, "Short 2 ea", "Take what is here")
	for _, h := range [][]string{{htmx}, nil} {
		c.post(page+"/short", typed(pickForm(ln, it.ID, "reason", "Not there")...), h...)
		_, body = c.get(page)
		wantTexts(t, body, "Not there, says warehouse_manager", "Warehouse is to be counted", "!pick-all")
		c.post(page+"/short", typed(pickForm(ln, it.ID, "reason", "")...), h...)
	}
	due, err := db.DueCounts(t.Context())
	if err != nil || len(due) != 1 || due[0].Item.ID != it.ID {
		t.Errorf("to be counted: %+v, %v", due, err)
	}
	// A part, on the keypad: what was seen goes along.
	pad := fmt.Sprintf("/items/%v/move?kind=issue&job=%v&line=%v&from=1&quantity=6&seen=6&back=%s", it.ID, id, ln, page)
	_, body = c.get(pad)
	wantTexts(t, body, `name="seen" value="6"`)
	part := []string{"kind", "issue", "job", id.String(), "line", ln.String(), "from", "1", "seen", "6", "pad", "1", "back", page}
	path := fmt.Sprintf("/items/%v/movements", it.ID)
	if status, body := c.post(path, typed(append(part, "quantity", "3", "request_id", "a")...)); status != 303 {
		t.Errorf("a part: %d\n%s", status, body)
	}
	if status, body := c.post(path, typed(append(part, "quantity", "6", "request_id", "b")...)); status != 409 || !strings.Contains(body, "3 ea are left to take") {
		t.Errorf("a part somebody took: %d\n%s", status, body)
	}
	shelfHas(t, db, it.ID, "1")
	// The last one: the list asks about the shelf.
	a := c.submit(path, typed(append(part, "quantity", "1", "request_id", "c")...))
	if to := a.header.Get("Location"); a.status != 303 || to != fmt.Sprintf("%s?empty=%v.1", page, it.ID) {
		t.Errorf("the last one: %d to %s", a.status, to)
	}
	_, body = c.get(a.header.Get("Location"))
	wantTexts(t, body, "Warehouse should have no Item AB-1 now.", "No, count it")
}

func TestPickADayAndSetAside(t *testing.T) {
	db, noon := noonDB(t)
	it := storetest.Item(t, db, "AB-1", 20, 0)
	truck, err := db.CreatePlace(t.Context(), storetest.Staff, store.PlaceDraft{Name: "Truck 3", Kind: store.KindTruck})
	if err != nil {
		t.Fatal(err)
	}
	one := storetest.Job(t, db, 1, noon, storetest.Line("AB-1", 3))
	two := storetest.Job(t, db, 2, noon.Add(time.Hour), storetest.Line("AB-1", 4))
	c := newClient(t, db)
	c.signIn(store.Warehouse)
	day := noon.Format(time.DateOnly)
	_, body := c.get("/pick?day=" + day)
	wantTexts(t, body, "Pick for today", "0 of 2 lines", `href="/jobs/`+one.String()+`"`, "#2", "Joe Lind", "Take all 2 lines")
	_, body = c.get("/pick?day=" + day + "&crew=Nobody")
	wantTexts(t, body, "Nothing to pick")
	if status, _ := c.get("/pick?day=tomorrow"); status != 422 {
		t.Errorf("a day that is none: %d", status)
	}
	_, body = c.get("/dashboard")
	wantTexts(t, body, `href="/pick?day=`+day+`"`)

	to := truck.ID.String()
	a := c.submit("/pick/all", typed("day", day, "to", to, "request_id", "aside"), htmx)
	wantTexts(t, a.body, "2 lines set aside", "2 of 2 lines", `data-staged="3"`)
	shelfHas(t, db, it.ID, "20")
	st, err := db.Stock(t.Context(), it.ID)
	if err != nil || st.Level.Allocated != 7000 {
		t.Errorf("%+v, %v", st.Level, err)
	}
	_, body = c.post(fmt.Sprintf("/jobs/%v/pick", one), typed(pickForm(lineIDs(t, db, one)[0], it.ID, "day", day, "quantity", "3", "from", to, "request_id", "over")...), htmx)
	wantTexts(t, body, "3 ea Item AB-1 taken", "Pick for today")
	_, body = c.post(fmt.Sprintf("/jobs/%v/pick/all", two), typed("request_id", "rest"), htmx)
	wantTexts(t, body, "4 ea Item AB-1 taken", "Truck 3 should have no Item AB-1 now.")
	shelfHas(t, db, it.ID, "13")
	if status, body := c.post("/pick/all", typed("day", day, "request_id", "more"), htmx); status != 409 || !strings.Contains(body, "Everything was taken already.") {
		t.Errorf("all once more: %d\n%s", status, body)
	}
}

// A job that was closed before its lines were fetched was not picked: the list says so and takes nothing.
func TestPickOfAClosedJob(t *testing.T) {
	db, noon := noonDB(t)
	storetest.Item(t, db, "AB-1", 14, 0)
	snap := storetest.Snapshot(1042, noon, storetest.Line("AB-1", 6))
	snap.Closed, snap.CompletedAt = true, noon
	id := applyJobs(t, db, snap)[0]
	c := newClient(t, db)
	c.signIn(store.Warehouse)
	_, body := c.get(fmt.Sprintf("/jobs/%v/pick", id))
	wantTexts(t, body, "This job is closed", "Nothing more is picked for it.", "!Everything is picked", "!1 of 1 line")
}
