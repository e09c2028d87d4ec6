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

// typed makes a form of names and values in turn.
func typed(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return v
}

func TestTakeAndPutBackLine(t *testing.T) {
	db, noon := noonDB(t)
	it := storetest.Item(t, db, "AB-1", 14, 0)
	id := storetest.Job(t, db, 1042, noon.Add(24*time.Hour), storetest.Line("AB-1", 6))
	ln := lineIDs(t, db, id)[0]
	c := newClient(t, db)
	c.signIn(store.Warehouse)
	page := fmt.Sprintf("/jobs/%v", id)
	act := fmt.Sprintf("%s/lines/%v", page, ln)
	before := bodyOf(c.get(page))

	for range 2 { // a double tap books once and answers the same
		status, body := c.post(act+"/issue", typed("request_id", "take-1"), htmx)
		if status != 200 {
			t.Fatalf("status %d\n%s", status, body)
		}
		wantMarks(t, lineMarks(t, body, ln), "data-issued=6 data-state=issued")
		wantTexts(t, body, "6 ea Item AB-1 taken, 8 on hand", `hx-swap-oob="true"`, "!<!doctype", "Picked",
			`aria-label="1 line: 1 picked"`, "Issued to")
		shelfHas(t, db, it.ID, "8")
	}
	status, body := c.post(act+"/return", typed("request_id", "back-1"), htmx)
	if status != 200 {
		t.Fatalf("status %d\n%s", status, body)
	}
	wantMarks(t, lineMarks(t, body, ln), "data-issued=0 data-state=open")
	wantTexts(t, body, "6 ea Item AB-1 put back, 14 on hand", "Back from")
	shelfHas(t, db, it.ID, "14")
	wantMarks(t, lineMarks(t, bodyOf(c.get(page)), ln), "data-issued=0 data-state=open")
	wantMarks(t, lineMarks(t, before, ln), "data-issued=0 data-state=open")
}

var undoAction = regexp.MustCompile(`/movements/(\d+)/undo`)

func TestUndoOnJob(t *testing.T) {
	db, noon := noonDB(t)
	a, b := storetest.Item(t, db, "AB-1", 14, 0), storetest.Item(t, db, "CD-2", 5, 0)
	id := storetest.Job(t, db, 1042, noon, storetest.Line("AB-1", 6), storetest.Line("CD-2", 5))
	ls := lineIDs(t, db, id)
	c := newClient(t, db)
	c.signIn(store.Warehouse)
	page := fmt.Sprintf("/jobs/%v", id)

	status, body := c.post(page+"/issue", typed("request_id", "all"), htmx)
	if status != 200 {
		t.Fatalf("status %d\n%s", status, body)
	}
	wantTexts(t, body, "2 lines taken", `name="whole" value="1"`, `name="back" value="`+page+`"`)
	shelfHas(t, db, a.ID, "8")
	shelfHas(t, db, b.ID, "0")

	m := undoAction.FindAllStringSubmatch(body, -1)
	undo := m[len(m)-1][0] // the toast stands last
	status, _ = c.post(undo, typed("request_id", "undo", "whole", "1", "back", page))
	if status != 303 {
		t.Fatalf("undo: %d", status)
	}
	_, body = c.get(page)
	wantMarks(t, lineMarks(t, body, ls[0]), "data-issued=0 data-state=open")
	wantMarks(t, lineMarks(t, body, ls[1]), "data-issued=0 data-state=open")
	shelfHas(t, db, a.ID, "14")
	shelfHas(t, db, b.ID, "5")
}

func TestTakeWithoutScript(t *testing.T) {
	db, noon := noonDB(t)
	it := storetest.Item(t, db, "AB-1", 14, 0)
	id := storetest.Job(t, db, 1042, noon, storetest.Line("AB-1", 6))
	c := newClient(t, db)
	c.signIn(store.Warehouse)
	page := fmt.Sprintf("/jobs/%v", id)
	status, _ := c.post(fmt.Sprintf("%s/lines/%v/issue", page, lineIDs(t, db, id)[0]), typed("request_id", "1"))
	if status != 303 {
		t.Fatalf("status %d, want 303", status)
	}
	_, body := c.get(page)
	wantTexts(t, body, "6 ea Item AB-1 taken, 8 on hand", "<!doctype html>")
	shelfHas(t, db, it.ID, "8")
	if status, _ = c.post(page+"/return", typed("request_id", "2")); status != 303 {
		t.Fatalf("status %d, want 303", status)
	}
	shelfHas(t, db, it.ID, "14")
}

func TestTakeMoreThanThereIs(t *testing.T) {
	for _, header := range [][]string{{htmx}, nil} {
		db, noon := noonDB(t)
		it := storetest.Item(t, db, "AB-1", 14, 0)
		id := storetest.Job(t, db, 1042, noon, storetest.Line("AB-1", 20))
		ln := lineIDs(t, db, id)[0]
		c := newClient(t, db)
		c.signIn(store.Warehouse)
		path := fmt.Sprintf("/jobs/%v/lines/%v/issue", id, ln)

		status, body := c.post(path, typed("request_id", "much"), header...)
		if status != 422 {
			t.Fatalf("status %d\n%s", status, body)
		}
		wantTexts(t, body, `class="confirm" role="alert"`, "Warehouse has 14 ea. Take 20 ea all the same?",
			`name="confirm" value="1"`, `name="request_id" value="much"`, ">Take 20 ea</button>", "Warehouse goes to −6 and is marked to be counted.",
			fmt.Sprintf("!id=\"take-%v\"", ln))
		wantMarks(t, lineMarks(t, body, ln), "data-issued=0 data-state=short")
		shelfHas(t, db, it.ID, "14")
		if n := strings.Count(body, "is-act"); n != 1 {
			t.Errorf("%d orange buttons, want the one that answers", n)
		}

		status, body = c.post(path, typed("request_id", "much", "confirm", "1"), header...)
		if header != nil {
			wantTexts(t, body, "20 ea Item AB-1 taken, −6 on hand")
		} else if status != 303 {
			t.Errorf("status %d, want 303", status)
		}
		shelfHas(t, db, it.ID, "-6")
	}
}

func TestTakeWhatIsHere(t *testing.T) {
	db, noon := noonDB(t)
	a, b := storetest.Item(t, db, "AB-1", 14, 0), storetest.Item(t, db, "CD-2", 2, 0)
	id := storetest.Job(t, db, 1042, noon, storetest.Line("AB-1", 6), storetest.Line("CD-2", 5))
	c := newClient(t, db)
	c.signIn(store.Warehouse)
	page := fmt.Sprintf("/jobs/%v", id)
	_, body := c.post(page+"/issue", typed("request_id", "1"), htmx)
	wantTexts(t, body, "2 lines taken. 1 line is short", "Short 3 ea", "!take-all")
	shelfHas(t, db, a.ID, "8")
	shelfHas(t, db, b.ID, "0")
	status, body := c.post(page+"/issue", typed("request_id", "2"), htmx)
	if status != 409 {
		t.Errorf("taking nothing: %d", status)
	}
	wantTexts(t, body, `id="toast"`, `role="alert"`, "None of it is here")
	_, body = c.post(page+"/return", typed("request_id", "3"), htmx)
	wantTexts(t, body, "2 lines put back")
	shelfHas(t, db, b.ID, "2")
}

func TestJobExtra(t *testing.T) {
	db, noon := noonDB(t)
	it := storetest.Item(t, db, "AB-1", 14, 0)
	id := storetest.Job(t, db, 1042, noon)
	storetest.Book(t, db, store.Entry{Item: it.ID, Kind: store.Issue, Qty: 3000, Job: id})
	c := newClient(t, db)
	c.signIn(store.Warehouse)
	page := fmt.Sprintf("/jobs/%v", id)
	wantTexts(t, bodyOf(c.get(page)), "Taken as well", `<data value="3">3</data>`,
		fmt.Sprintf("/items/%v/move?kind=return&amp;job=%v", it.ID, id))
	_, body := c.post(page+"/return", typed("request_id", "1"), htmx)
	wantTexts(t, body, "3 ea", "put back", "!Taken as well")
	shelfHas(t, db, it.ID, "14")
}

func TestJobActsRefused(t *testing.T) {
	db, noon := noonDB(t)
	it := storetest.Item(t, db, "AB-1", 14, 0)
	id := storetest.Job(t, db, 1042, noon, storetest.Line("AB-1", 6), storetest.Line("No such thing", 1))
	other := storetest.Job(t, db, 1043, noon, storetest.Line("AB-1", 1))
	ls := lineIDs(t, db, id)
	c := newClient(t, db)
	c.signIn(store.Warehouse)
	for _, tt := range []struct {
		name, path string
		form       url.Values
		status     int
	}{
		{"no request id", fmt.Sprintf("/jobs/%v/lines/%v/issue", id, ls[0]), typed(), 422},
		{"long request id", fmt.Sprintf("/jobs/%v/issue", id), typed("request_id", fmt.Sprintf("%065d", 1)), 422},
		{"no such job", "/jobs/999/issue", typed("request_id", "1"), 404},
		{"no number", "/jobs/abc/issue", typed("request_id", "1"), 404},
		{"no such line", fmt.Sprintf("/jobs/%v/lines/999/issue", id), typed("request_id", "1"), 404},
		{"a line of another job", fmt.Sprintf("/jobs/%v/lines/%v/issue", other, ls[0]), typed("request_id", "1"), 404},
		{"a line without an item", fmt.Sprintf("/jobs/%v/lines/%v/issue", id, ls[1]), typed("request_id", "1"), 404},
		{"nothing is out", fmt.Sprintf("/jobs/%v/return", id), typed("request_id", "1"), 409},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, header := range [][]string{nil, {htmx}} {
				if status, body := c.post(tt.path, tt.form, header...); status != tt.status {
					t.Errorf("status %d, want %d\n%s", status, tt.status, body)
				}
			}
		})
	}
	shelfHas(t, db, it.ID, "14")
	if status, _ := c.get("/jobs/999"); status != 404 {
		t.Errorf("no such job: %d", status)
	}
}
