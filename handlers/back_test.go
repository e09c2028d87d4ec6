package handlers_test

import (
	"fmt"
	"testing"
	"time"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// closedJob is job 1042 with 6 of AB-1 taken, closed at Jobber.
func closedJob(t *testing.T, db *store.DB, noon time.Time) (store.JobID, store.LineID, store.Item) {
	t.Helper()
	it := storetest.Item(t, db, "AB-1", 10, 0)
	id := storetest.Job(t, db, 1042, noon, storetest.Line("AB-1", 6))
	storetest.Book(t, db, store.Entry{Item: it.ID, Kind: store.Issue, Qty: 6000, Job: id})
	s := storetest.Snapshot(1042, noon, storetest.Line("AB-1", 6))
	s.Closed, s.CompletedAt = true, noon
	applyJobs(t, db, s)
	return id, lineIDs(t, db, id)[0], it
}

func TestWhatCameBack(t *testing.T) {
	db, noon := noonDB(t)
	id, ln, it := closedJob(t, db, noon)
	c := newClient(t, db)
	c.signIn(store.Warehouse)
	page := fmt.Sprintf("/jobs/%v/back", id)
	name := fmt.Sprintf("%v-%v", ln, it.ID)
	for _, where := range []string{"/dashboard", "/jobs", "/closeouts"} {
		_, body := c.get(where)
		wantTexts(t, body, "1 line out, what came back?", `href="`+page+`"`)
	}
	_, body := c.get(page)
	wantTexts(t, body, "Nothing, all used", `name="back-`+name+`"`, "Issued 6 ea", "data-asked")

	// What cannot be read comes back with what was typed, and nothing is booked.
	for _, bad := range []struct {
		form []string
		says string
	}{
		{[]string{"back-" + name, "2,5"}, "has a comma"},
		{[]string{"damaged-" + name, "1"}, "Say what is wrong with it."},
		{[]string{"back-" + name, "1", "to", "nowhere"}, "Choose one of the list."},
	} {
		status, body := c.post(page, typed(append(bad.form, "request_id", "bad")...), htmx)
		if status != 422 {
			t.Errorf("%v: %d", bad.form, status)
		}
		wantTexts(t, body, bad.says, `name="`+bad.form[0]+`"`, `value="`+bad.form[1]+`"`, "data-asked")
	}
	if status, body := c.post(page, typed("back-"+name, "9", "request_id", "much"), htmx); status != 422 {
		t.Errorf("more than went out: %d", status)
	} else {
		wantTexts(t, body, "Only 6 ea went out to #1042.", `name="confirm" value="1"`, `value="9"`)
	}
	shelfHas(t, db, it.ID, "4")

	for range 2 { // a double tap books once
		if status, body := c.post(page, typed("back-"+name, "2", "damaged-"+name, "1", "reason-"+name, "bent", "request_id", "back")); status != 303 {
			t.Fatalf("status %d\n%s", status, body)
		}
	}
	shelfHas(t, db, it.ID, "6")
	_, body = c.get(fmt.Sprintf("/jobs/%v", id))
	wantTexts(t, body, "1 line put back, 1 line scrapped", "6 ea went out", "2 came back", "1 scrapped", "3 used", "What came back was noted by warehouse_manager")
	_, body = c.get("/dashboard")
	wantTexts(t, body, "!what came back?")

	// The toast's undo takes both back, and asks again.
	if status, _ := c.post(undoAction.FindString(bodyOf(c.get(fmt.Sprintf("/jobs/%v", id)))), typed("request_id", "undo", "whole", "1", "back", page)); status != 303 {
		t.Errorf("undo: %d", status)
	}
	shelfHas(t, db, it.ID, "4")
	_, body = c.get("/closeouts")
	wantTexts(t, body, "1 line out, what came back?")
}

func TestAllUsed(t *testing.T) {
	db, noon := noonDB(t)
	id, _, it := closedJob(t, db, noon)
	c := newClient(t, db)
	c.signIn(store.Warehouse)
	page := fmt.Sprintf("/jobs/%v/back", id)
	for range 2 {
		if status, _ := c.post(page, typed("all", "used", "request_id", "used")); status != 303 {
			t.Fatalf("all used: %d", status)
		}
	}
	shelfHas(t, db, it.ID, "4")
	_, body := c.get("/closeouts")
	wantTexts(t, body, "Nothing to answer", "!what came back?")
	if status, _ := c.post(page+"/again", typed()); status != 303 {
		t.Errorf("asked again: %d", status)
	}
	_, body = c.get("/closeouts")
	wantTexts(t, body, "1 line out, what came back?")
	if status, _ := c.post("/jobs/99/back/again", typed()); status != 404 {
		t.Errorf("a job that is none: %d", status)
	}
}

func TestCloseoutSetting(t *testing.T) {
	db, noon := noonDB(t)
	c := newClient(t, db)
	c.signIn(store.GM)
	_, body := c.get("/admin/closeout")
	wantTexts(t, body, `value="ask" checked`)
	if status, _ := c.post("/admin/closeout", typed("mode", "used")); status != 303 {
		t.Errorf("saving: %d", status)
	}
	if status, _ := c.post("/admin/closeout", typed("mode", "perhaps")); status != 422 {
		t.Errorf("a mode that is none: %d", status)
	}
	_, body = c.get("/admin/closeout")
	wantTexts(t, body, `value="used" checked`, "!role=\"alert\"")
	closedJob(t, db, noon)
	_, body = c.get("/closeouts")
	wantTexts(t, body, "Nothing to answer")
	staff := c.other()
	staff.signIn(store.Warehouse)
	if status, _ := staff.get("/admin/closeout"); status != 403 {
		t.Errorf("staff: %d", status)
	}
}

// An undo that leaves less than nothing is asked about, in a page and to a script, and then booked once.
func TestUndoAsks(t *testing.T) {
	db, _ := noonDB(t)
	it := storetest.Item(t, db, "AB-1", 0, 0)
	m := storetest.Book(t, db, store.Entry{Item: it.ID, Kind: store.Receive, Qty: 5000})
	storetest.Book(t, db, store.Entry{Item: it.ID, Kind: store.Issue, Qty: 3000})
	c := newClient(t, db)
	c.signIn(store.Warehouse)
	path := fmt.Sprintf("/movements/%v/undo", m.ID)
	for _, h := range [][]string{nil, {htmx}} {
		a := c.submit(path, typed("request_id", "undo", "back", "/history"), h...)
		if a.status != 422 || h != nil && a.header.Get("HX-Retarget") != "#main" {
			t.Errorf("%v: %d to %q", h, a.status, a.header.Get("HX-Retarget"))
		}
		wantTexts(t, a.body, "Warehouse goes to −3 ea of Item AB-1. Undo it all the same?", `name="confirm" value="1"`, `name="request_id" value="undo"`, `value="/history"`)
	}
	shelfHas(t, db, it.ID, "2")
	for range 2 {
		if a := c.submit(path, typed("request_id", "undo", "confirm", "1", "back", "/history")); a.status != 303 || a.header.Get("Location") != "/history" {
			t.Errorf("confirmed: %d to %s", a.status, a.header.Get("Location"))
		}
	}
	shelfHas(t, db, it.ID, "-3")
}

// The history offers to take back all that was booked together, and says how much that is.
func TestUndoAllFromTheHistory(t *testing.T) {
	db, noon := noonDB(t)
	a, b := storetest.Item(t, db, "AB-1", 5, 0), storetest.Item(t, db, "CD-2", 5, 0)
	id := storetest.Job(t, db, 1, noon, storetest.Line("AB-1", 2), storetest.Line("CD-2", 3))
	c := newClient(t, db)
	c.signIn(store.Warehouse)
	c.post(fmt.Sprintf("/jobs/%v/pick/all", id), typed("request_id", "all"))
	_, body := c.get("/history")
	wantTexts(t, body, "Undo all 2", `aria-label="Undo all 2 that were booked together with Item CD-2"`)
	c.post(undoAction.FindString(body), typed("request_id", "undo", "whole", "1", "back", "/history"))
	shelfHas(t, db, a.ID, "5")
	shelfHas(t, db, b.ID, "5")
	_, body = c.get("/history")
	wantTexts(t, body, "!Undo all 2")
}
