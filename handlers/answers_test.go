package handlers_test

import (
	"fmt"
	"regexp"
	"testing"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// hidden returns the value of a hidden field as the page has it.
func hidden(t *testing.T, body, name string) string {
	t.Helper()
	m := regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(body)
	if m == nil {
		t.Fatalf("no field %s in\n%s", name, body)
	}
	return m[1]
}

var undoPath = regexp.MustCompile(`action="(/match/answers/\d+/undo)"`)

func TestAnswersAreUndoneAndForgotten(t *testing.T) {
	db, noon := noonDB(t)
	it := named(t, db, "MULCH-C", "Cedar mulch")
	id := storetest.Job(t, db, 10, noon, storetest.Line("Brown stuff", 3))
	ln := lineIDs(t, db, id)[0]
	c := newClient(t, db)
	c.signIn(store.Warehouse)
	match := fmt.Sprintf("/lines/%v/match", ln)

	c.post(match, typed("item", "none", "back", "/match"), htmx)
	_, body := c.post(match, typed("item", it.ID.String(), "factor", "0.125", "back", "/match"), htmx)
	wantTexts(t, body, "“Brown stuff” is 0.125 ea of Cedar mulch. 1 job updated")
	_, list := c.get("/match/answers")
	wantTexts(t, list, "“Brown stuff”", "0.125 ea of Cedar mulch", "1 line", "warehouse_manager", "Back to not stock", "Forget", "Change")
	wantTexts(t, bodyOf(c.get("/match/answers?q=cedar", htmx)), `id="answers"`, "“Brown stuff”", "!<h1>")
	wantTexts(t, bodyOf(c.get("/match/answers?q=zzz")), "No answer fits “zzz”")

	undo := undoPath.FindStringSubmatch(body)
	if undo == nil {
		t.Fatal("the toast offers no undo")
	}
	form := typed("request_id", hidden(t, body, "request_id"), "back", "/match/answers")
	for range 2 { // a double tap undoes once
		if status, _ := c.post(undo[1], form); status != 303 {
			t.Fatalf("undo: status %d", status)
		}
	}
	wantTexts(t, bodyOf(c.get("/match/answers")), "Undone. “Brown stuff” is as it was before", "is not stock", "!Back to")
	if status, body := c.post(undo[1], typed("request_id", "another")); status != 409 {
		t.Errorf("what was undone is undone again: %d\n%s", status, body)
	}

	_, list = c.get("/match/answers")
	forget := regexp.MustCompile(`action="(/match/answers/\d+/forget)"`).FindStringSubmatch(list)[1]
	c.post(forget, typed("request_id", "forget"))
	_, list = c.get("/match/answers")
	wantTexts(t, list, "Forgotten what “Brown stuff” is", "Nothing was answered yet")
	if n := waitingLines(t, db); n != 1 {
		t.Errorf("%d lines wait, want 1", n)
	}
	c.post(undoPath.FindStringSubmatch(list)[1], typed("request_id", "undo forget"))
	wantTexts(t, bodyOf(c.get("/match/answers")), "is not stock")
}

// Two people have the same page open. The second is told, and may insist once he knows.
func TestSomebodyElseAnswered(t *testing.T) {
	db, noon := noonDB(t)
	cedar, bark := named(t, db, "MULCH-C", "Cedar mulch"), named(t, db, "BARK", "Bark")
	id := storetest.Job(t, db, 10, noon, storetest.Line("Brown stuff", 3))
	match := fmt.Sprintf("/lines/%v/match", lineIDs(t, db, id)[0])
	c := newClient(t, db)
	c.signIn(store.Warehouse)
	boss := c.other()
	boss.signIn(store.Owner)
	_, page := c.get(match)
	seen := hidden(t, page, "seen")
	boss.post(match, typed("item", cedar.ID.String(), "seen", seen), htmx)

	status, body := c.post(match, typed("item", bark.ID.String(), "seen", seen, "request_id", "1"), htmx)
	if status != 409 {
		t.Errorf("status %d", status)
	}
	wantTexts(t, body, `role="alert"`, "owner answered meanwhile: “Brown stuff” is Cedar mulch")
	status, body = c.post(match, typed("item", bark.ID.String(), "seen", seen, "request_id", "2"))
	if status != 409 {
		t.Errorf("status %d", status)
	}
	wantTexts(t, body, "owner answered meanwhile", "Which item is “Brown stuff”?")
	if status, _ = c.post(match, typed("item", bark.ID.String(), "seen", hidden(t, body, "seen"), "request_id", "3")); status != 303 {
		t.Errorf("with what he sees now: status %d", status)
	}
	_, body = c.get(fmt.Sprintf("/jobs/%v", id))
	wantTexts(t, body, `data-sku="BARK"`)
}

func TestSuggestionsSayWhy(t *testing.T) {
	db, noon := noonDB(t)
	cable := named(t, db, "NM-12-2", "Cable NM-B, 250 ft")
	named(t, db, "QX77", "Widget")
	named(t, db, "RX-1", "Romano tile")
	id := storetest.Job(t, db, 10, noon, storetest.Line("Romex yellow twelve", 3))
	c := newClient(t, db)
	c.signIn(store.Warehouse)
	c.post(fmt.Sprintf("/lines/%v/match", lineIDs(t, db, id)[0]), typed("item", cable.ID.String()))
	storetest.Job(t, db, 11, noon, storetest.Line("Romex yellow, twelve gauge", 3), storetest.Line("Fit QX77/QX78 anywhere", 1))
	catchUp(t, c)
	_, body := c.get("/match")
	wantTexts(t, body, "Answered so for “Romex yellow twelve”", "SKU in the name: QX77")
}

func TestALineSaysHowManyItIs(t *testing.T) {
	db, noon := noonDB(t)
	it := named(t, db, "WN-R", "Wire nut, red")
	id := storetest.Job(t, db, 10, noon, storetest.Line("Wire nuts, box of 50", 2))
	ln := lineIDs(t, db, id)[0]
	c := newClient(t, db)
	c.signIn(store.Warehouse)
	wantTexts(t, bodyOf(c.get("/match")), "The line says 50 in one")
	_, body := c.get(fmt.Sprintf("/lines/%v/match", ln))
	if f := hidden(t, body, "request_id"); f == "" {
		t.Error("no request id")
	}
	wantTexts(t, body, `name="factor" inputmode="decimal" autocomplete="off" value="50"`)
	c.post(fmt.Sprintf("/lines/%v/match", ln), typed("item", it.ID.String(), "factor", "50"))
	_, body = c.get(fmt.Sprintf("/jobs/%v", id))
	wantMarks(t, lineMarks(t, body, ln), "data-required=100")
}
