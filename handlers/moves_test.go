package handlers_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// moveFields is a take of three, changed by pairs of name and value.
func moveFields(pairs ...string) url.Values {
	u := fields("kind", "issue", "quantity", "3", "request_id", "r-1")
	for i := 0; i < len(pairs); i += 2 {
		u.Set(pairs[i], pairs[i+1])
	}
	return u
}

func TestMoves(t *testing.T) {
	for _, tt := range []struct {
		check
		want string // on hand afterwards, of 5
	}{
		{check{name: "take", form: moveFields(), status: 303}, "2"},
		{check{name: "take with script", form: moveFields(), header: []string{htmx}, status: 200,
			has: []string{`id="item"`, `data-quantity="on-hand" value="2"`, "3 ea taken, 2 left", `hx-swap-oob="true"`, `data-kind="issue"`}, hasNot: []string{"<html"}}, "2"},
		{check{name: "part of a unit", form: moveFields("quantity", "0.125"), status: 303}, "4.875"},
		{check{name: "receive", form: moveFields("kind", "receive"), status: 303}, "8"},
		{check{name: "return", form: moveFields("kind", "return", "quantity", "1", "confirm", "1"), status: 303}, "6"},
		{check{name: "to the truck", form: moveFields("kind", "transfer", "to", "2"), header: []string{htmx}, status: 200, has: []string{"3 ea moved to Truck 3", `data-place="2"`}}, "5"},
		{check{name: "transfer to nowhere", form: moveFields("kind", "transfer"), status: 422, has: []string{`id="to-error"`}}, "5"},
		{check{name: "count", form: moveFields("kind", "count"), header: []string{htmx}, status: 200, has: []string{"Counted 3 ea, was 5"}}, "3"},
		{check{name: "count none", form: moveFields("kind", "count", "quantity", "0"), status: 303}, "0"},
		{check{name: "count the same", form: moveFields("kind", "count", "quantity", "5"), header: []string{htmx}, status: 200, has: []string{"as the books say"}}, "5"},
		{check{name: "adjust up", form: moveFields("kind", "adjust", "to", "1", "reason", "found"), header: []string{htmx}, status: 200, has: []string{"Adjusted by &#43;3 ea", "found"}}, "8"},
		{check{name: "adjust down", form: moveFields("kind", "adjust", "from", "1", "to", "adjustment", "reason", "broken"), header: []string{htmx}, status: 200, has: []string{"Adjusted by −3 ea"}}, "2"},
		{check{name: "adjust without reason", form: moveFields("kind", "adjust", "to", "1"), status: 422, has: []string{`id="reason-error"`, `value="3"`}}, "5"},
		{check{name: "scrap", form: moveFields("kind", "scrap", "reason", "wet"), status: 303}, "2"},
		{check{name: "for a job", form: moveFields("job", "1"), header: []string{htmx}, status: 200, has: []string{"Issued to", `href="/jobs/1">#1042`}}, "2"},
		{check{name: "for a job by its number", form: moveFields("job", "#1042"), status: 303}, "2"},
		{check{name: "letters", form: moveFields("quantity", "abc"), status: 422, has: []string{`id="quantity-error"`, `value="abc"`, `role="alert"`}}, "5"},
		{check{name: "letters with script", form: moveFields("quantity", "abc"), header: []string{htmx}, status: 422, has: []string{`id="quantity-error"`, `id="item"`}, hasNot: []string{"<html"}}, "5"},
		{check{name: "below zero", form: moveFields("quantity", "-1"), status: 422, has: []string{`id="quantity-error"`}}, "5"},
		{check{name: "zero", form: moveFields("quantity", "0"), status: 422, has: []string{`id="quantity-error"`}}, "5"},
		{check{name: "nothing", form: moveFields("quantity", ""), status: 422, has: []string{`id="quantity-error"`}}, "5"},
		{check{name: "a billion", form: moveFields("quantity", "1000000000"), status: 422, has: []string{`id="quantity-error"`}}, "5"},
		{check{name: "exponent", form: moveFields("quantity", "1e9"), status: 422, has: []string{`id="quantity-error"`}}, "5"},
		{check{name: "too fine", form: moveFields("quantity", "0.0001"), status: 422, has: []string{`id="quantity-error"`}}, "5"},
		{check{name: "comma", form: moveFields("quantity", "1,5"), status: 422, has: []string{`id="quantity-error"`, "point"}}, "5"},
		{check{name: "unknown kind", form: moveFields("kind", "steal"), status: 422, has: []string{`id="kind-error"`}}, "5"},
		{check{name: "unknown place", form: moveFields("from", "99"), status: 422, has: []string{`id="from-error"`}}, "5"},
		{check{name: "no place at all", form: moveFields("from", "shelf"), status: 422, has: []string{`id="from-error"`}}, "5"},
		{check{name: "unknown job", form: moveFields("job", "99"), status: 422, has: []string{`id="job-error"`, `value="99"`}}, "5"},
		{check{name: "unknown job number", form: moveFields("job", "#77"), status: 422, has: []string{`id="job-error"`}}, "5"},
		{check{name: "several at once", form: moveFields("quantity", "x", "from", "y", "job", "z"), status: 422,
			has: []string{`id="quantity-error"`, `id="from-error"`, `id="job-error"`}}, "5"},
		{check{name: "long note", form: moveFields("note", strings.Repeat("n", 5000)), status: 422, has: []string{`id="note-error"`}}, "5"},
		{check{name: "no request id", form: moveFields("request_id", ""), status: 422, has: []string{`role="alert"`}}, "5"},
		{check{name: "long request id", form: moveFields("request_id", strings.Repeat("r", 65)), status: 422}, "5"},
		{check{name: "more than there is", form: moveFields("quantity", "9"), status: 422,
			has: []string{`class="confirm" role="alert"`, `name="confirm" value="1"`, `value="r-1"`, "Take 9 ea", `value="9"`, "Warehouse has 5 ea"}}, "5"},
		{check{name: "more than there is, with script", form: moveFields("quantity", "9"), header: []string{htmx}, status: 422, has: []string{`name="confirm"`}, hasNot: []string{"<html"}}, "5"},
		{check{name: "more than there is, meant", form: moveFields("quantity", "9", "confirm", "1"), header: []string{htmx}, status: 200, has: []string{`value="-4" data-negative`, "Below 0, count it"}}, "-4"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			db, c := shelf(t)
			tt.method, tt.path = "POST", "/items/1/movements"
			tt.run(t, c)
			if got := total(t, db, 1); got != tt.want {
				t.Errorf("on hand = %s, want %s", got, tt.want)
			}
		})
	}
	_, c := shelf(t)
	check{method: "POST", path: "/items/99/movements", form: moveFields(), status: 404}.run(t, c)
}

// shelf has five AB-1 in the warehouse, a truck, and job 1042 that needs four.
func shelf(t *testing.T) (*store.DB, *client) {
	t.Helper()
	db := storetest.Open(t)
	storetest.Item(t, db, "AB-1", 5, 0)
	if _, err := db.CreatePlace(t.Context(), storetest.Staff, store.PlaceDraft{Name: "Truck 3", Kind: store.KindTruck}); err != nil {
		t.Fatal(err)
	}
	storetest.Job(t, db, 1042, time.Now().Add(24*time.Hour), storetest.Line("AB-1", 4))
	c := newClient(t, db)
	c.signIn(store.Warehouse)
	if err := c.server.Index.CatchUp(t.Context()); err != nil { // a job may be named by its number
		t.Fatal(err)
	}
	return db, c
}

// A double tap, or a proxy that sends again, books once and is answered alike.
func TestMoveTwice(t *testing.T) {
	db, c := shelf(t)
	var answers []string
	strip := regexp.MustCompile(`value="[A-Z0-9]{26}"|name="_csrf" value="[^"]*"`) // ids for the next act differ
	for range 2 {
		_, body := c.post("/items/1/movements", moveFields(), htmx)
		answers = append(answers, strip.ReplaceAllString(body, ""))
	}
	if got := total(t, db, 1); got != "2" {
		t.Errorf("on hand = %s, want 2", got)
	}
	if answers[0] != answers[1] {
		t.Errorf("the answers differ:\n%s\n---\n%s", answers[0], answers[1])
	}
	status, _ := c.post("/items/1/movements", moveFields("request_id", "r-2", "quantity", "1"))
	if got := total(t, db, 1); status != 303 || got != "1" {
		t.Errorf("another act: %d, on hand %s, want 1", status, got)
	}
}

// The toast of a plain form is on the page it leads to, once, with Undo, and undoing is exact.
func TestMoveThenUndo(t *testing.T) {
	db, c := shelf(t)
	if status, body := c.post("/items/1/movements", moveFields("job", "1")); status != 303 {
		t.Fatal(status, body)
	}
	_, body := c.get("/items/1")
	if !strings.Contains(body, "3 ea taken, 2 left") {
		t.Errorf("no toast:\n%s", body)
	}
	undo := regexp.MustCompile(`action="(/movements/\d+/undo)"`).FindStringSubmatch(body)
	if undo == nil {
		t.Fatal("nothing to undo with")
	}
	if _, again := c.get("/items/1"); strings.Contains(again, "3 ea taken, 2 left") {
		t.Error("the toast is there twice")
	}
	before, err := db.Stock(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	form := fields("request_id", "u-1", "back", "/items/1")
	for range 2 { // the same request again changes nothing
		check{method: "POST", path: undo[1], form: form, status: 303}.run(t, c)
	}
	after, err := db.Stock(t.Context(), 1)
	if err != nil || after.Level.OnHand != 5000 || after.Level.Allocated != before.Level.Allocated+3000 {
		t.Errorf("after the undo: %+v, before %+v, %v", after.Level, before.Level, err)
	}
	check{path: "/items/1", status: 200, has: []string{"Undone. 5 ea on hand again.", `class="undone"`, "Undid: issued to"}}.run(t, c)
	check{name: "another time", method: "POST", path: undo[1], form: fields("request_id", "u-2"), status: 409, has: []string{"undone already"}}.run(t, c)
	if got := total(t, db, 1); got != "5" {
		t.Errorf("on hand = %s, want 5", got)
	}
}

func TestUndo(t *testing.T) {
	db, c := shelf(t)
	m := storetest.Book(t, db, store.Entry{Item: 1, Kind: store.Issue, Qty: 2000})
	path := "/movements/" + m.ID.String() + "/undo"
	for _, k := range []check{
		{name: "no request id", method: "POST", path: path, form: fields(), status: 422},
		{name: "unknown", method: "POST", path: "/movements/99/undo", form: fields("request_id", "u"), status: 404},
		{name: "no number", method: "POST", path: "/movements/x/undo", form: fields("request_id", "u"), status: 404},
		{name: "with script", method: "POST", path: path, form: fields("request_id", "u-1"), header: []string{htmx}, status: 200,
			has: []string{`role="status"`, "Undone. 5 ea on hand again."}, hasNot: []string{"<html"}},
		{name: "an undo", method: "POST", path: "/movements/" + (m.ID + 1).String() + "/undo", form: fields("request_id", "u-3"), status: 409, has: []string{"Book it again"}},
	} {
		t.Run(k.name, func(t *testing.T) { k.run(t, c) })
	}
}

// Undo leads back to pages of this program only.
func TestUndoBack(t *testing.T) {
	for back, want := range map[string]string{"/jobs/7": "/jobs/7", "//evil.example": "/items/1", "https://evil.example": "/items/1",
		`/\evil.example`: "/items/1", "": "/items/1"} {
		db, c := shelf(t)
		m := storetest.Book(t, db, store.Entry{Item: 1, Kind: store.Issue, Qty: 2000})
		a := c.submit("/movements/"+m.ID.String()+"/undo", fields("request_id", "u-1", "back", back))
		if got := a.header.Get("Location"); got != want {
			t.Errorf("back %q leads to %q, want %q", back, got, want)
		}
	}
}

func TestKeypad(t *testing.T) {
	db, c := shelf(t)
	if _, err := db.CreateItem(t.Context(), storetest.Staff, store.ItemDraft{SKU: "MUL", Name: "Mulch", Unit: "yd³"}); err != nil {
		t.Fatal(err)
	}
	disabled := regexp.MustCompile(`data-key="\." disabled`)
	for _, k := range []check{
		{name: "take", path: "/items/1/move?kind=issue", status: 200, has: []string{"<!doctype html>", `class="task"`, `name="quantity"`, `value="1"`,
			"Take 1 ea", `action="/items/1/movements"`, `<data data-before value="5">5</data>`, `<data data-after value="4">4</data>`, "#1042", "data-whole"}},
		{name: "take for a job", path: "/items/1/move?kind=issue&job=1", status: 200, has: []string{"Take 4 ea", `value="1" data-wants="4" selected`}},
		{name: "fragment", path: "/items/1/move?kind=issue", header: []string{htmx}, status: 200, has: []string{`class="pad"`}, hasNot: []string{"<html"}},
		{name: "nothing said", path: "/items/1/move", status: 200, has: []string{"Take 1 ea"}},
		{name: "count", path: "/items/1/move?kind=count", status: 200, has: []string{"Count 5 ea", `data-effect="0"`}},
		{name: "count the truck", path: "/items/1/move?kind=count&to=2", status: 200, has: []string{"Count 0 ea"}},
		{name: "move", path: "/items/1/move?kind=transfer", status: 200, has: []string{"Choose where", `name="to"`, `name="from"`}},
		{name: "scrap", path: "/items/1/move?kind=scrap", status: 200, has: []string{`name="reason"`}, hasNot: []string{`name="job"`}},
		{name: "adjust", path: "/items/1/move?kind=adjust", status: 200, has: []string{"Add 1 ea", `name="to"`, "Take off instead"}, hasNot: []string{`name="from"`}},
		{name: "adjust the other way", path: "/items/1/move?kind=adjust&from=1", status: 200, has: []string{"Take off 1 ea", `name="from"`, "Add instead"}, hasNot: []string{`name="to"`}},
		{name: "a divided unit", path: "/items/2/move?kind=receive", status: 200, has: []string{"Receive 1 yd³", `inputmode="decimal"`}, hasNot: []string{"data-whole"}},
		{name: "unknown kind", path: "/items/1/move?kind=steal", status: 422},
		{name: "unknown item", path: "/items/99/move?kind=issue", status: 404},
		{name: "comes back", method: "POST", path: "/items/1/movements", form: moveFields("pad", "1", "quantity", "x", "note", "keep"), status: 422,
			has: []string{`class="pad"`, `id="quantity-error"`, `value="x"`}},
		{name: "asks", method: "POST", path: "/items/1/movements", form: moveFields("pad", "1", "quantity", "9", "from", "1", "job", "1"), status: 422,
			has: []string{`class="pad"`, `name="confirm" value="1"`, "Take 9 ea", `name="from" value="1"`, `name="job" value="1"`, "readonly", "−4"}},
	} {
		t.Run(k.name, func(t *testing.T) {
			body := k.run(t, c)
			if strings.Contains(body, "data-whole") != disabled.MatchString(body) && strings.Contains(body, "data-key") {
				t.Error("the decimal point does not go with the unit")
			}
		})
	}
}
