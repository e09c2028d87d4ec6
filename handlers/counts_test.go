package handlers_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

var (
	seenField    = regexp.MustCompile(`name="seen" value="(\d+)"`)
	requestField = regexp.MustCompile(`name="request_id" value="([^"]+)"`)
	versionField = regexp.MustCompile(`name="version" value="([^"]+)"`)
)

// fieldOf is what a hidden field of a page holds.
func fieldOf(t *testing.T, body string, field *regexp.Regexp) string {
	t.Helper()
	m := field.FindStringSubmatch(body)
	if m == nil {
		t.Fatalf("no %s in\n%s", field, body)
	}
	return m[1]
}

// A count from the first line to the finish: right in one tap, wrong by a number, large differences wait for a manager.
func TestCountAShelf(t *testing.T) {
	db := storetest.Open(t)
	catalogue(t, db) // at the warehouse: 5 AB-1, no CD-2, 3 EF-3 at $6.85
	c := newClient(t, db)
	c.signIn(store.Warehouse)
	check{name: "plan", path: "/counts", status: 200, has: []string{"Asked for", `href="/count?place=1"`, `href="/count?category=Electrical"`, `data-count="stale" value="3"`, "never counted"}, hasNot: []string{"Rules"}}.run(t, c)
	body := check{name: "sheet", path: "/count?place=1", status: 200, has: []string{"<!doctype html>", "3 to count", `data-sku="AB-1"`, "Count 3 ea", `value="3"`}}.run(t, c)
	line := func(item string, more ...string) url.Values {
		return fields(append([]string{"place", "1", "at", "1", "item", item, "seen", fieldOf(t, body, seenField)}, more...)...)
	}
	for _, k := range []check{
		{name: "right", method: "POST", path: "/count/lines", form: line("1", "right", "1"), header: []string{htmx}, status: 200,
			has: []string{"2 to count", `data-counted value="5"`, "Finish with 1 counted"}, hasNot: []string{"<html"}},
		{name: "without script", method: "POST", path: "/count/lines", form: line("2", "right", "1"), status: 303},
		{name: "not a number", method: "POST", path: "/count/lines", form: line("3", "quantity", "3,5"), header: []string{htmx}, status: 422, has: []string{`id="quantity-error"`, `value="3,5"`}},
		{name: "below zero", method: "POST", path: "/count/lines", form: line("3", "quantity", "-1"), header: []string{htmx}, status: 422, has: []string{`id="quantity-error"`}},
		{name: "unknown item", method: "POST", path: "/count/lines", form: line("99", "quantity", "1"), status: 404},
		{name: "not seen", method: "POST", path: "/count/lines", form: fields("place", "1", "at", "1", "item", "3", "quantity", "1"), status: 422, has: []string{"does not say what you saw"}},
		{name: "wrong", method: "POST", path: "/count/lines", form: line("3", "quantity", "30", "pad", "1"), header: []string{htmx}, status: 200, has: []string{"All counted", "1 not as the books say", "Finish the count"}},
		{name: "unknown code", path: "/count?place=1&code=nope", status: 200, has: []string{`id="code-error"`, "nope"}},
		{name: "a code", path: "/count?place=1&code=785901447120", status: 200, has: []string{"Breaker 20 A", "Count 3 ea"}},
		{name: "no place", path: "/count?place=99", status: 404},
		{name: "unfinished", path: "/counts", status: 200, has: []string{"Not finished", "3 lines"}},
		{name: "today", path: "/dashboard", status: 200, has: []string{"Count not finished <b>3</b>"}},
	} {
		t.Run(k.name, func(t *testing.T) { k.run(t, c) })
	}
	_, body = c.get("/count?place=1")
	finish := fields("place", "1", "request_id", fieldOf(t, body, requestField))
	for range 2 { // a second tap
		check{name: "finish", method: "POST", path: "/count/finish", form: finish, status: 303}.run(t, c)
	}
	check{name: "said", path: "/counts", status: 200, has: []string{"2 items counted, all as the books say. 1 difference waits for approval", `data-count="waiting" value="1"`}}.run(t, c)
	check{name: "nothing to finish", method: "POST", path: "/count/finish", form: fields("place", "1", "request_id", "other"), status: 409}.run(t, c)
	check{name: "waits", path: "/counts/waiting", status: 200, has: []string{"Waits for approval", `data-off value="27"`}, hasNot: []string{"Approve", "$"}}.run(t, c)
	check{name: "a manager's act", method: "POST", path: "/counts/waiting", status: 403}.run(t, c)

	gm := c.other()
	gm.signIn(store.GM)
	check{name: "today", path: "/dashboard", status: 200, has: []string{"Wait for approval <b>1</b>"}}.run(t, gm)
	body = check{name: "waits", path: "/counts/waiting", status: 200, has: []string{"Approve, 30 ea there", "worth $184.95"}}.run(t, gm)
	verdict := fields("item", "3", "at", "1", "request_id", fieldOf(t, body, requestField), "version", fieldOf(t, body, versionField), "verdict", "approve")
	for range 2 {
		check{name: "approve", method: "POST", path: "/counts/waiting", form: verdict, status: 303}.run(t, gm)
	}
	if s, err := db.Stock(t.Context(), 3); err != nil || s.Level.OnHand != 34000 { // with 4 on the truck
		t.Errorf("%v on hand, %v", s.Level.OnHand, err)
	}
}

// Between looking and tapping somebody took some: the line comes back with what the books say now.
func TestCountLineThatMoved(t *testing.T) {
	db := storetest.Open(t)
	it := storetest.Item(t, db, "AB-1", 5, 0)
	c := newClient(t, db)
	c.signIn(store.Warehouse)
	_, body := c.get("/count?place=1")
	form := fields("place", "1", "at", "1", "item", "1", "right", "1", "seen", fieldOf(t, body, seenField))
	storetest.Book(t, db, store.Entry{Item: it.ID, Kind: store.Issue, Qty: 2000})
	check{name: "moved", method: "POST", path: "/count/lines", form: form, header: []string{htmx}, status: 422,
		has: []string{`role="alert"`, "The books now say 3 ea: count it again", "Count 3 ea"}}.run(t, c)
}

// Counting blind, nothing on the page tells what the books say, neither before nor after.
func TestBlindCount(t *testing.T) {
	db := storetest.Open(t)
	storetest.Item(t, db, "AB-1", 7531, 0)
	c := newClient(t, db)
	c.signIn(store.Warehouse)
	hidden := []string{"7531", "7,531"}
	body := check{name: "sheet", path: "/count?place=1&blind=1", status: 200, has: []string{"blind, 1 to count", `name="blind" value="1"`}, hasNot: hidden}.run(t, c)
	form := fields("place", "1", "blind", "1", "at", "1", "item", "1", "quantity", "4", "pad", "1", "seen", fieldOf(t, body, seenField))
	check{name: "counted", method: "POST", path: "/count/lines", form: form, header: []string{htmx}, status: 200, has: []string{`data-counted value="4"`}, hasNot: append(hidden, "not as the books say")}.run(t, c)

	gm := c.other()
	gm.signIn(store.GM)
	check{name: "form", path: "/counts/rules", status: 200, has: []string{`value="100.00"`, `value="20"`, `value="90"`}}.run(t, gm)
	check{name: "wrong", method: "POST", path: "/counts/rules", form: fields("waits", "1", "value", "x", "units", "x", "days", "soon"), status: 422,
		has: []string{`id="value-error"`, `id="units-error"`, `id="days-error"`, `value="soon"`}}.run(t, gm)
	check{name: "refused", method: "POST", path: "/counts/rules", form: fields("value", "1", "units", "1", "days", "0"), status: 422, has: []string{`id="days-error"`}}.run(t, gm)
	check{name: "blind for all", method: "POST", path: "/counts/rules", form: fields("value", "1", "units", "1", "days", "30", "blind", "1"), status: 303}.run(t, gm)
	check{name: "always", path: "/count?place=1", status: 200, has: []string{"blind, 0 to count"}, hasNot: hidden}.run(t, c)
	check{name: "not for staff", path: "/counts/rules", status: 403}.run(t, c)
	check{name: "thrown away", method: "POST", path: "/count/throw", form: fields("place", "1"), status: 303}.run(t, c)
	check{name: "again", path: "/count?place=1", status: 200, has: []string{"blind, 1 to count"}, hasNot: hidden}.run(t, c)
}

// A list goes to a truck in one act, and a truck gets what is under its par.
func TestLoad(t *testing.T) {
	db := storetest.Open(t)
	truck := catalogue(t, db)
	c := newClient(t, db)
	c.signIn(store.Warehouse)
	list := func(request string, amounts ...string) url.Values {
		form := fields("to", truck.ID.String(), "request_id", request)
		for i, item := range []string{"1", "3"} {
			form["item"], form["from"], form["quantity"] = append(form["item"], item), append(form["from"], "1"), append(form["quantity"], amounts[i])
		}
		return form
	}
	for _, k := range []check{
		{name: "empty", path: "/load", status: 200, has: []string{`name="to"`, "Nothing is on the list yet"}},
		{name: "to the truck", path: "/load?to=2", status: 200, has: []string{"Move to Truck 3", `data-scan-into`}},
		{name: "a code", path: "/load?to=2&item=1&from=1&quantity=2&code=ef-3", status: 200, has: []string{`data-sku="AB-1"`, `data-sku="EF-3"`, "Move 2 lines"}},
		{name: "the same code", path: "/load?to=2&item=3&from=1&quantity=2&code=EF-3", status: 200, has: []string{"Move 1 line", `value="3"`}},
		{name: "unknown code", path: "/load?to=2&item=1&from=1&quantity=2&code=nope", status: 200, has: []string{`id="code-error"`, `data-sku="AB-1"`, `value="nope"`}},
		{name: "add without script", method: "POST", path: "/load", form: fields("to", "2", "item", "1", "from", "1", "quantity", "2", "code", "ef-3", "add", "1"), status: 303},
		{name: "add", method: "POST", path: "/load", form: fields("to", "2", "item", "1", "from", "1", "quantity", "2", "code", "ef-3", "add", "1"), header: []string{htmx}, status: 200, has: []string{`data-sku="AB-1"`, `data-sku="EF-3"`, "Move 2 lines"}},
		{name: "add nothing we know", method: "POST", path: "/load", form: fields("to", "2", "item", "1", "from", "1", "quantity", "2", "code", "nope", "add", "1"), header: []string{htmx}, status: 422, has: []string{`data-sku="AB-1"`, `id="code-error"`}},
		{name: "fragment", path: "/load?to=2", header: []string{htmx}, status: 200, hasNot: []string{"<html"}},
		{name: "no such place", path: "/load?to=99", status: 404},
		{name: "no such item", path: "/load?to=2&item=99", status: 404},
		{name: "too long", path: "/load?to=2" + strings.Repeat("&item=1", 61), status: 422},
		{name: "not a number", method: "POST", path: "/load", form: list("r1", "2", "1,5"), header: []string{htmx}, status: 422, has: []string{`id="quantity-1-error"`}},
		{name: "nowhere", method: "POST", path: "/load", form: fields("request_id", "r2", "item", "1", "from", "1", "quantity", "1"), header: []string{htmx}, status: 422, has: []string{`id="to-error"`}},
		{name: "nothing", method: "POST", path: "/load", form: fields("to", "2", "request_id", "r3"), status: 422, has: []string{"nothing to book"}},
		{name: "without a request", method: "POST", path: "/load", form: fields("to", "2", "item", "1"), status: 422},
		{name: "more than there is", method: "POST", path: "/load", form: list("r4", "2", "20"), header: []string{htmx}, status: 422, has: []string{"Warehouse has 3 ea", `name="confirm" value="1"`, "Move 2 lines"}},
		{name: "booked", method: "POST", path: "/load", form: list("r5", "2", "1"), status: 303},
		{name: "a second tap", method: "POST", path: "/load", form: list("r5", "2", "1"), status: 303},
		{name: "on the truck", path: "/places/2", status: 200, has: []string{`data-sku="AB-1"`, `value="2"`, "2 lines moved to Truck 3", `name="whole" value="1"`}},
		{name: "a par by code", method: "POST", path: "/places/2/pars", form: fields("code", "cd-2", "minimum", "1", "par", "4"), status: 303},
		{name: "a par by item", method: "POST", path: "/places/2/pars", form: fields("item", "1", "par", "4"), status: 303},
		{name: "par below minimum", method: "POST", path: "/places/2/pars", form: fields("item", "1", "minimum", "5", "par", "4"), status: 422, has: []string{`id="par-error"`}},
		{name: "par of an unknown code", method: "POST", path: "/places/2/pars", form: fields("code", "nope", "par", "4"), status: 422, has: []string{`id="code-error"`, `value="nope"`}},
		{name: "par to change", path: "/places/2?par=1", status: 200, has: []string{`name="par" value="4"`}},
		{name: "under par", path: "/places/2", status: 200, has: []string{"Restock, 2 under par", "Low here"}},
		{name: "restock", path: "/load?to=2&restock=1", status: 200, has: []string{"Restock Truck 3", "has 2 of 4 ea", "Move 1 line", "Not on any shelf", `data-lacks value="4"`}},
		{name: "item page", path: "/items/1", status: 200, has: []string{"par 4", "never counted"}},
	} {
		t.Run(k.name, func(t *testing.T) { k.run(t, c) })
	}
	if s, err := db.Stock(t.Context(), 3); err != nil || s.At[0].OnHand != 5000 || s.At[1].OnHand != 2000 {
		t.Errorf("breakers stand at %+v, %v", s.At, err)
	}
}

// A line of a list can be in packs: it says what that is, books it so, and one more of the item is one more of its unit.
func TestLoadInPacks(t *testing.T) {
	db := storetest.Open(t)
	truck := catalogue(t, db)
	c := newClient(t, db)
	u := c.signIn(store.Warehouse)
	it, err := db.CreateItem(t.Context(), u.Actor(), store.ItemDraft{SKU: "SCR-1", Name: "Screw", Unit: "ea", Packs: []store.Pack{{Name: "box", Holds: 10000}}})
	if err != nil {
		t.Fatal(err)
	}
	storetest.Book(t, db, store.Entry{Item: it.ID, Kind: store.Receive, Qty: 50000})
	line := "&item=" + it.ID.String() + "&from=1&quantity="
	list := func(amount string) url.Values {
		return fields("to", "2", "request_id", "packs "+amount, "item", it.ID.String(), "from", "1", "quantity", amount, "unit-0", "box 10")
	}
	for _, k := range []check{
		{name: "two boxes", path: "/load?to=2" + line + "2&unit-0=box", status: 200, has: []string{"2 × box 10 = 20 ea", `value="box 10" data-holds="10" data-whole checked`}},
		{name: "the line before it goes", path: "/load?to=2&item=1&from=1&quantity=1" + line + "2&unit-1=box", status: 200, has: []string{`quantity=2&amp;to=2&amp;unit-0=box&#43;10"`}},
		{name: "one more is one more ea", path: "/load?to=2" + line + "2&unit-0=box&code=scr-1", status: 200, has: []string{`value="21"`}},
		{name: "no such pack", path: "/load?to=2" + line + "2&unit-0=case", status: 200, has: []string{"does not come in", `value="2"`}},
		{name: "half a box", method: "POST", path: "/load", form: list("1.5"), header: []string{htmx}, status: 422, has: []string{"whole number of box", `value="1.5"`, `data-holds="10" data-whole checked`}},
		{name: "more than there is", method: "POST", path: "/load", form: list("6"), header: []string{htmx}, status: 422, has: []string{`name="unit-0" value="box 10"`, "6 × box 10 = 60 ea", `name="confirm" value="1"`}},
		{name: "booked", method: "POST", path: "/load", form: list("2"), status: 303},
	} {
		t.Run(k.name, func(t *testing.T) { k.run(t, c) })
	}
	s, err := db.Stock(t.Context(), it.ID)
	if err != nil || len(s.At) != 2 || s.At[1].Place.ID != truck.ID || s.At[1].OnHand != 20000 {
		t.Errorf("it stands at %+v, %v", s.At, err)
	}
}

func TestPlaceActs(t *testing.T) {
	db := storetest.Open(t)
	catalogue(t, db)
	c := newClient(t, db)
	u := c.signIn(store.Warehouse)
	for _, k := range []check{
		{name: "a driver", method: "POST", path: "/places/2", form: fields("name", "Truck 3", "kind", "truck", "user", u.ID.String(), "version", "1"), status: 303},
		{name: "shown", path: "/places/2", status: 200, has: []string{">" + u.Username + "</span>"}},
		{name: "in the list", path: "/places", status: 200, has: []string{">" + u.Username + "</span>"}},
		{name: "nobody we know", method: "POST", path: "/places/2", form: fields("name", "Truck 3", "kind", "truck", "user", "99", "version", "2"), status: 422, has: []string{`id="user-error"`}},
		{name: "a shelf", method: "POST", path: "/places", form: fields("name", "A1", "kind", "shelf", "parent", "1"), status: 303},
		{name: "another", method: "POST", path: "/places", form: fields("name", "A2", "kind", "shelf", "parent", "1"), status: 303},
		{name: "the walk", path: "/places?walk=1", status: 200, has: []string{`action="/places/3/walk"`, `aria-label="Later: A1"`, `aria-label="Earlier: A2"`}},
		{name: "earlier", method: "POST", path: "/places/4/walk", form: fields("turn", "1"), status: 303},
		{name: "walked", path: "/places?walk=1", status: 200, has: []string{`aria-label="Later: A2"`, `aria-label="Earlier: A1"`}},
		{name: "no turn", method: "POST", path: "/places/4/walk", form: fields("turn", "x"), status: 422},
		{name: "not empty", method: "POST", path: "/places/2/archive", form: fields("archived", "1"), status: 409, has: []string{"Truck 3 still has 4 ea of Breaker 20 A"}},
		{name: "archived", method: "POST", path: "/places/3/archive", form: fields("archived", "1"), status: 303},
		{name: "apart", path: "/places", status: 200, has: []string{"<summary>Archived", "A1 is archived", "Bring back"}},
		{name: "its page", path: "/places/3", status: 200, has: []string{"Back into the list"}},
		{name: "back", method: "POST", path: "/places/3/archive", form: fields("archived", "0"), status: 303},
		{name: "found there", path: "/places/1?q=breaker", status: 200, has: []string{`data-sku="EF-3"`}, hasNot: []string{`data-sku="AB-1"`}},
		{name: "not found there", path: "/places/2?q=nothinglikeit", status: 200, has: []string{"Nothing here fits"}},
	} {
		t.Run(k.name, func(t *testing.T) { k.run(t, c) })
	}
}

// With the verb Count a scanned place leads to its count, from the scan page and from anywhere.
func TestScanAPlaceToCountIt(t *testing.T) {
	db := storetest.Open(t)
	catalogue(t, db)
	c := newClient(t, db)
	c.signIn(store.Warehouse)
	a := c.submit("/scan", scanFields("verb", "count", "code", "Truck 3"), htmx)
	if to := a.header.Get("HX-Redirect"); a.status != 204 || to != "/count?place=2" {
		t.Errorf("from the scan page: %d to %q", a.status, to)
	}
	if a := c.send("GET", "/scan?verb=count&code=truck+3", ""); a.status != 303 || a.header.Get("Location") != "/count?place=2" {
		t.Errorf("from anywhere: %d to %q", a.status, a.header.Get("Location"))
	}
	if a := c.send("GET", "/count?code=truck+3", ""); a.status != 303 || a.header.Get("Location") != "/count?place=2" {
		t.Errorf("from the counts: %d to %q", a.status, a.header.Get("Location"))
	}
}
