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

// scanFields is a take of EF-3, changed by pairs of name and value.
func scanFields(pairs ...string) url.Values {
	u := fields("code", "EF-3", "verb", "take", "request_id", "s-1")
	for i := 0; i < len(pairs); i += 2 {
		u.Set(pairs[i], pairs[i+1])
	}
	return u
}

func TestScanPage(t *testing.T) {
	db := storetest.Open(t)
	catalogue(t, db)
	job := storetest.Job(t, db, 1042, time.Time{})
	c := newClient(t, db)
	c.signIn(store.Warehouse)
	if err := c.server.Index.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	leads := func(path, to string) {
		t.Helper()
		if a := c.send("GET", path, ""); a.status != 303 || a.header.Get("Location") != to {
			t.Errorf("%s: %d to %q, want %s", path, a.status, a.header.Get("Location"), to)
		}
	}
	leads("/scan?code=785901447120", "/items/3")
	leads("/scan?code=0785901447120", "/items/3")
	leads("/scan?code=ef-3", "/items/3")
	leads("/scan?code=truck+3", "/places/2")
	leads("/scan?code=%231042", "/jobs/"+job.String())
	leads("/scan?code=HTTPS://"+strings.ToUpper(host)+"/I/3", "/items/3")
	leads("/i/3", "/items/3")
	leads("/p/2", "/places/2")
	leads("/j/1042", "/jobs/"+job.String())
	for _, k := range []check{
		{name: "page", path: "/scan", status: 200, has: []string{"<!doctype html>", `name="code"`, `enterkeyhint="go"`, `id="verb-find"`}, hasNot: []string{"autofocus"}},
		{name: "unknown", path: "/scan?code=000%3Cb%3E", status: 200, has: []string{`role="alert"`, "Unknown code", "000&lt;b&gt;", `href="/items/new?barcode=000%3cb%3e"`}, hasNot: []string{"000<b>"}},
		{name: "a word", path: "/scan?code=breaker", status: 200, has: []string{"These come near it", `data-sku="EF-3"`}},
		{name: "endless", path: "/scan?code=" + strings.Repeat("7", 5000), status: 200, has: []string{"Unknown code"}},
		{name: "the address of somebody else", path: "/scan?code=https://maker.example/i/3", status: 200, has: []string{"Unknown code"}},
		{name: "chips", path: "/scan?verb=take&job=" + job.String() + "&place=2&to=1", status: 200, has: []string{
			"for #1042 Karen Miller", "from Truck 3", `aria-label="Not for job #1042"`, `form="scan-form" name="job" value="` + job.String() + `"`}, hasNot: []string{"to Warehouse"}},
		{name: "the device keeps it", path: "/scan", status: 200, has: []string{"for #1042 Karen Miller", "from Truck 3"}},
		{name: "head alone", path: "/scan?verb=move&to=2", header: []string{htmx}, status: 200, has: []string{`id="scan-head" class="v-move"`, "to Truck 3", "from Truck 3"}, hasNot: []string{"<html", "<video"}},
		{name: "what is gone", path: "/scan?verb=dance&job=99&place=99&to=x", status: 200, has: []string{`id="verb-find"`}, hasNot: []string{"is-set"}},
		{name: "no label", path: "/i/99", status: 404},
		{name: "no job", path: "/j/99", status: 404},
	} {
		t.Run(k.name, func(t *testing.T) { k.run(t, c) })
	}
	if p := c.send("GET", "/scan", "").header.Get("Content-Security-Policy"); !strings.Contains(p, "script-src 'self' 'wasm-unsafe-eval';") {
		t.Errorf("the decoder may not run: %s", p)
	}
}

// Chips stick for a shift, the verb for good.
func TestChipsAreForgottenTheNextDay(t *testing.T) {
	now := time.Now()
	db, err := store.Open(t.TempDir()+"/lwc.db", store.Options{Secret: storetest.Secret(), Passes: 1, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	catalogue(t, db)
	c := newClient(t, db)
	c.signIn(store.Warehouse)
	check{path: "/scan?verb=take&place=2", status: 200, has: []string{"from Truck 3"}}.run(t, c)
	now = now.Add(11 * time.Hour)
	check{path: "/scan", status: 200, has: []string{"from Truck 3"}}.run(t, c)
	now = now.Add(2 * time.Hour)
	check{path: "/scan", status: 200, has: []string{`id="scan-head" class="v-take"`}, hasNot: []string{"from Truck 3"}}.run(t, c)
}

func TestScanActs(t *testing.T) {
	const job = "1"
	for _, tt := range []struct {
		check
		want string // of EF-3 on hand afterwards: 3 in the warehouse and 4 on the truck
		here string // in the truck
	}{
		{check{name: "take", form: scanFields(), header: []string{htmx}, status: 200, has: []string{`data-result="right"`, "Take 1 ea",
			"Took 1 ea, 7 → 6", "1 ea taken, 6 left", `hx-swap-oob="afterbegin:#scanned"`}, hasNot: []string{"<html", "scan-head"}}, "6", "4"},
		{check{name: "take without a script", form: scanFields(), status: 303}, "6", "4"},
		{check{name: "by its barcode", form: scanFields("code", "0785901447120"), header: []string{htmx}, status: 200}, "6", "4"},
		{check{name: "by our label", form: scanFields("code", "https://"+host+"/i/3"), header: []string{htmx}, status: 200}, "6", "4"},
		{check{name: "from the truck", form: scanFields("place", "2"), header: []string{htmx}, status: 200}, "6", "3"},
		{check{name: "for a job", form: scanFields("job", job), header: []string{htmx}, status: 200, has: []string{"Took 1 ea, 7 → 6 for #1042"}}, "6", "4"},
		{check{name: "put to the truck", form: scanFields("verb", "put", "place", "2"), header: []string{htmx}, status: 200, has: []string{"Put back 1 ea, 7 → 8"}}, "8", "5"},
		{check{name: "put from a job that has none", form: scanFields("verb", "put", "job", job), header: []string{htmx}, status: 422, has: []string{`data-result="ask"`, "Only 0 ea went out"}}, "7", "4"},
		{check{name: "put it all the same", form: scanFields("verb", "put", "job", job, "confirm", "1"), header: []string{htmx}, status: 200}, "8", "4"},
		{check{name: "move to the truck", form: scanFields("verb", "move", "to", "2"), header: []string{htmx}, status: 200, has: []string{"Moved 1 ea to Truck 3"}}, "7", "5"},
		{check{name: "move from the truck", form: scanFields("verb", "move", "place", "2", "to", "1"), header: []string{htmx}, status: 200}, "7", "3"},
		{check{name: "move to nowhere", form: scanFields("verb", "move"), header: []string{htmx}, status: 422, has: []string{`data-result="ask"`, "Where does it go?",
			`name="to" value="2"`, `name="request_id" value="s-1"`}}, "7", "4"},
		{check{name: "move to nowhere without a script", form: scanFields("verb", "move"), status: 422, has: []string{"<html", "Where does it go?"}}, "7", "4"},
		{check{name: "the answer where to", form: scanFields("verb", "move", "to", "2", "turned", "1"), header: []string{htmx}, status: 200, has: []string{`id="scan-head"`, "to Truck 3"}}, "7", "5"},
		{check{name: "move where it stands", form: scanFields("verb", "move", "place", "2", "to", "2"), header: []string{htmx}, status: 422, has: []string{`data-result="wrong"`, "It stands there already"}}, "7", "4"},
		{check{name: "more than there is", form: scanFields("code", "CD-2"), header: []string{htmx}, status: 422, has: []string{`data-result="ask"`, "Warehouse has 0 ea", `name="confirm" value="1"`}}, "7", "4"},
		{check{name: "count", form: scanFields("verb", "count", "place", "2"), header: []string{htmx}, status: 204}, "7", "4"},
		{check{name: "find", form: scanFields("verb", "find"), header: []string{htmx}, status: 200, has: []string{`data-result="right"`, `data-quantity="on-hand" value="7"`, "Truck 3 <b>4</b>", `href="/items/3"`}}, "7", "4"},
		{check{name: "find a place", form: scanFields("verb", "find", "code", "Truck 3"), header: []string{htmx}, status: 200, has: []string{`href="/places/2"`}}, "7", "4"},
		{check{name: "a place sets a chip", form: scanFields("code", "truck 3"), header: []string{htmx}, status: 200, has: []string{`data-result="right"`, "from Truck 3", `name="place" value="2"`, `id="scan-head"`}}, "7", "4"},
		{check{name: "a place to move to", form: scanFields("verb", "move", "code", "truck 3"), header: []string{htmx}, status: 200, has: []string{"to Truck 3", `name="to" value="2"`}}, "7", "4"},
		{check{name: "a job sets a chip", form: scanFields("code", "#1042"), header: []string{htmx}, status: 200, has: []string{"for #1042 Karen Miller"}}, "7", "4"},
		{check{name: "a job while counting", form: scanFields("verb", "count", "code", "#1042"), header: []string{htmx}, status: 422, has: []string{`data-result="wrong"`, "no part in Count"}}, "7", "4"},
		{check{name: "unknown", form: scanFields("code", "4006381333931"), header: []string{htmx}, status: 422, has: []string{`data-result="wrong"`, "Unknown code", "4006381333931",
			"Nothing was booked", `href="/items/new?barcode=4006381333931"`, "/scan/attach?"}, hasNot: []string{"toast"}}, "7", "4"},
		{check{name: "unknown without a script", form: scanFields("code", "4006381333931"), status: 422, has: []string{"<html", "Unknown code"}}, "7", "4"},
		{check{name: "nothing", form: scanFields("code", " "), header: []string{htmx}, status: 422, has: []string{"Unknown code"}}, "7", "4"},
		{check{name: "no request id", form: scanFields("request_id", ""), header: []string{htmx}, status: 422}, "7", "4"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			db := storetest.Open(t)
			catalogue(t, db)
			storetest.Job(t, db, 1042, time.Time{})
			c := newClient(t, db)
			c.signIn(store.Warehouse)
			tt.method, tt.path = "POST", "/scan"
			for range 2 { // as when an answer was lost: the second changes nothing more
				tt.run(t, c)
			}
			st, err := db.Stock(t.Context(), 3)
			if err != nil {
				t.Fatal(err)
			}
			here := store.Qty(0)
			for _, b := range st.At {
				if b.Place.Name == "Truck 3" {
					here = b.OnHand
				}
			}
			if st.Level.OnHand.String() != tt.want || here.String() != tt.here {
				t.Errorf("%v on hand, %v in the truck; want %s and %s", st.Level.OnHand, here, tt.want, tt.here)
			}
		})
	}
}

// A count leaves for the keypad, at the place that is set, and comes back.
func TestScanToCount(t *testing.T) {
	db := storetest.Open(t)
	catalogue(t, db)
	c := newClient(t, db)
	c.signIn(store.Warehouse)
	a := c.submit("/scan", scanFields("verb", "count", "place", "2"), htmx)
	to, err := url.Parse(a.header.Get("HX-Redirect"))
	if err != nil || to.Path != "/items/3/move" || to.Query().Get("to") != "2" || to.Query().Get("kind") != "count" || to.Query().Get("back") != "/scan?place=2&verb=count" {
		t.Errorf("it leads to %q, %v", a.header.Get("HX-Redirect"), err)
	}
}

// The number of a scan is put right with the keypad: the new amount takes the place of the old one.
func TestScanChangesItsAmount(t *testing.T) {
	db := storetest.Open(t)
	catalogue(t, db)
	c := newClient(t, db)
	c.signIn(store.Warehouse)
	body := check{method: "POST", path: "/scan", form: scanFields("place", "2"), header: []string{htmx}, status: 200}.run(t, c)
	m := regexp.MustCompile(`href="(/items/3/move\?[^"]+)"`).FindStringSubmatch(body)
	if m == nil {
		t.Fatal("no way to the keypad")
	}
	pad := check{path: strings.ReplaceAll(m[1], "&amp;", "&"), status: 200, has: []string{`name="quantity"`, "takes the place",
		`data-before value="4"`, `data-after value="3"`}}.run(t, c)
	instead := regexp.MustCompile(`name="instead" value="(\d+)"`).FindStringSubmatch(pad)
	if instead == nil {
		t.Fatal("the keypad forgot what it changes")
	}
	form := fields("kind", "issue", "quantity", "3", "from", "2", "pad", "1", "request_id", "s-2", "instead", instead[1], "back", "/scan?verb=take")
	for range 2 {
		a := c.submit("/items/3/movements", form, htmx)
		if a.status != 204 || a.header.Get("HX-Redirect") != "/scan?verb=take" {
			t.Errorf("%d to %q", a.status, a.header.Get("HX-Redirect"))
		}
	}
	if got := total(t, db, 3); got != "4" {
		t.Errorf("%s on hand, want 7 - 3", got)
	}
	check{path: "/scan", status: 200, has: []string{"Took 3 ea, 7 → 4", "Undone"}}.run(t, c)
	form.Set("request_id", "s-3")
	check{name: "again", method: "POST", path: "/items/3/movements", form: form, status: 409}.run(t, c)
	form.Set("instead", "x")
	check{name: "nonsense", method: "POST", path: "/items/3/movements", form: form, status: 422}.run(t, c)
	if got := total(t, db, 3); got != "4" {
		t.Errorf("%s on hand, want 4", got)
	}
}

// Undone on the scan page, the row says so and the scanner stays open.
func TestScanIsUndone(t *testing.T) {
	db := storetest.Open(t)
	catalogue(t, db)
	c := newClient(t, db)
	c.signIn(store.Warehouse)
	body := check{method: "POST", path: "/scan", form: scanFields(), header: []string{htmx}, status: 200}.run(t, c)
	id := regexp.MustCompile(`id="hit-(\d+)"`).FindStringSubmatch(body)
	if id == nil {
		t.Fatal("nothing in the list")
	}
	check{method: "POST", path: "/movements/" + id[1] + "/undo", form: fields("request_id", "u", "back", "/scan?verb=take"), header: []string{htmx}, status: 200,
		has: []string{`class="hit undone" id="hit-` + id[1] + `"`, `hx-swap-oob="true"`, "Undone. 7 ea on hand again."}, hasNot: []string{"<html"}}.run(t, c)
}

func TestAttach(t *testing.T) {
	db := storetest.Open(t)
	catalogue(t, db)
	c := newClient(t, db)
	c.signIn(store.Warehouse)
	if err := c.server.Index.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	const code = "4006381333931"
	state := []string{"verb", "take", "place", "2", "back", "/scan?place=2&verb=take", "barcode", code}
	for _, k := range []check{
		{name: "page", path: "/scan/attach?verb=take&place=2&code=" + code, status: 200, has: []string{"<html", "Which item is it?", code, "from Truck 3"}},
		{name: "search", path: "/scan/attach?verb=take&code=" + code + "&q=breaker", header: []string{htmx, "HX-Target: attach-rows"}, status: 200,
			has: []string{`action="/items/3/barcodes"`, `name="barcode" value="` + code + `"`}, hasNot: []string{"<html", "attach-q"}},
		{name: "nothing fits", path: "/scan/attach?verb=take&code=" + code + "&q=zzzz", header: []string{htmx, "HX-Target: attach-rows"}, status: 200, has: []string{"No item fits “zzzz”"}},
		{name: "without a code", path: "/scan/attach", status: 303},
		{name: "one tap", method: "POST", path: "/items/3/barcodes", form: fields(state...), header: []string{htmx}, status: 200,
			has: []string{`data-result="right"`, code + " is Breaker 20 A from now on. Nothing was booked"}},
		{name: "another item's", method: "POST", path: "/items/1/barcodes", form: fields(state...), header: []string{htmx}, status: 422, has: []string{`data-result="wrong"`, "is taken by Breaker 20 A"}},
		{name: "no such item", method: "POST", path: "/items/99/barcodes", form: fields(state...), header: []string{htmx}, status: 404},
		{name: "on the item's page", path: "/items/3", status: 200, has: []string{`data-code="` + code + `"`, `data-code="785901447120"`, `id="new-code"`}},
		{name: "add there", method: "POST", path: "/items/3/barcodes", form: fields("barcode", "own-3"), status: 303},
		{name: "taken", method: "POST", path: "/items/1/barcodes", form: fields("barcode", "0785901447120"), status: 409, has: []string{`id="barcode-error"`, `value="0785901447120"`}},
		{name: "empty", method: "POST", path: "/items/1/barcodes", form: fields("barcode", ""), status: 422, has: []string{`id="barcode-error"`}},
		{name: "take off", method: "POST", path: "/items/3/barcodes", form: fields("barcode", "785901447120", "remove", "1"), status: 303},
	} {
		t.Run(k.name, func(t *testing.T) { k.run(t, c) })
	}
	it, err := db.Item(t.Context(), 3)
	if err != nil || strings.Join(it.Barcodes, " ") != code+" own-3" {
		t.Errorf("the codes are %v, %v", it.Barcodes, err)
	}
}
