package main

import (
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
)

// One item through all kinds of movement, each with the figures after it.
func TestContractFiguresAreExactAfterEveryAct(t *testing.T) {
	lee := company(t, env(t))
	places := lee.get("/places").find("data-place")
	if len(places) != 1 || !strings.Contains(places[0].text, "Warehouse") {
		t.Fatalf("a new installation has %d places", len(places))
	}
	house := places[0].attr["data-place"]
	for _, p := range [][]string{{"Truck 1", "truck", ""}, {"Bin A-1", "shelf", house}} {
		if a := lee.post("/places", "name", p[0], "kind", p[1], "parent", p[2]); a.status != 200 || !strings.Contains(a.body, p[0]) {
			t.Fatalf("add the place %s: %d", p[0], a.status)
		}
	}
	var truck string
	for _, e := range lee.get("/places").find("data-place") {
		if strings.Contains(e.text, "Truck 1") {
			truck = e.attr["data-place"]
		}
	}
	path := lee.item("sku", "WN-100", "name", "Wire nut", "minimum", "4", "cost", "0.25")
	for _, tt := range []struct {
		name, fields string
		status       int
		total        string
		house, truck string // "": nothing is said of it
	}{
		{"receive, ends left out", "kind=receive&quantity=12.5", 200, "12.5", "12.5", ""},
		{"receive from the supplier to a place", "kind=receive&quantity=2&from=supplier&to=" + truck, 200, "14.5", "12.5", "2"},
		{"transfer", "kind=transfer&quantity=1.125&from=" + house + "&to=" + truck, 200, "14.5", "11.375", "3.125"},
		{"issue without a job", "kind=issue&quantity=1&from=" + house + "&to=job", 200, "13.5", "10.375", "3.125"},
		{"return, ends left out", "kind=return&quantity=1&from=job&confirm=1", 200, "14.5", "11.375", "3.125"},
		{"adjust adds to a place", "kind=adjust&quantity=0.625&to=" + house + "&reason=found", 200, "15.125", "12", "3.125"},
		{"adjust subtracts from a place", "kind=adjust&quantity=2&from=" + house + "&to=adjustment&reason=lost", 200, "13.125", "10", "3.125"},
		{"scrap", "kind=scrap&quantity=1&from=" + house + "&to=scrap", 200, "12.125", "9", "3.125"},
		{"count of a place", "kind=count&quantity=4&to=" + truck, 200, "13", "9", "4"},
		{"count of 0", "kind=count&quantity=0&to=" + truck, 200, "9", "9", ""},
		{"count as the books say", "kind=count&quantity=9&from=" + house, 200, "9", "9", ""},
		{"adjust without a direction", "kind=adjust&quantity=1&reason=x", 422, "9", "9", ""},
		{"0 anywhere but in a count", "kind=receive&quantity=0", 422, "9", "9", ""},
		{"no number", "kind=receive&quantity=abc", 422, "9", "9", ""},
		{"nothing", "kind=receive&quantity=", 422, "9", "9", ""},
		{"below 0", "kind=receive&quantity=-1", 422, "9", "9", ""},
		{"far too much", "kind=receive&quantity=1e9", 422, "9", "9", ""},
		{"four decimals", "kind=receive&quantity=0.0001", 422, "9", "9", ""},
		{"a decimal comma", "kind=receive&quantity=1,5", 422, "9", "9", ""},
		{"an unknown kind", "kind=steal&quantity=1", 422, "9", "9", ""},
		{"an unknown place", "kind=transfer&quantity=1&from=" + house + "&to=999", 422, "9", "9", ""},
		{"a place that is no id", "kind=issue&quantity=1&from=shelf", 422, "9", "9", ""},
		{"an unknown job", "kind=issue&quantity=1&job=999", 422, "9", "9", ""},
		{"to where it stands", "kind=transfer&quantity=1&from=" + house + "&to=" + house, 422, "9", "9", ""},
		{"the wrong virtual end", "kind=receive&quantity=1&from=scrap", 422, "9", "9", ""},
		{"5,000 characters", "kind=receive&quantity=1&note=" + strings.Repeat("x", 5000), 422, "9", "9", ""},
		{"more than there is, not confirmed", "kind=issue&quantity=10", 422, "9", "9", ""},
		{"more than there is, confirmed", "kind=issue&quantity=10&confirm=1", 200, "-1", "-1", ""},
	} {
		fields := []string{"request_id", "exact " + tt.name}
		form, err := url.ParseQuery(tt.fields)
		if err != nil {
			t.Fatal(err)
		}
		for k, v := range form {
			fields = append(fields, k, v[0])
		}
		a := lee.post(path+"/movements", fields...)
		if a.status != tt.status || tt.status == 422 && a.says() == "" {
			t.Errorf("%s: %d %q, want %d", tt.name, a.status, a.says(), tt.status)
		}
		page := lee.get(path)
		if got := page.total("on-hand"); got != tt.total || page.at(house, "on-hand") != tt.house || page.at(truck, "on-hand") != tt.truck {
			t.Errorf("%s: %s in all, %q in the house, %q in the truck; want %s, %q, %q", tt.name, got,
				page.at(house, "on-hand"), page.at(truck, "on-hand"), tt.total, tt.house, tt.truck)
		}
	}
	page := lee.get(path)
	if len(page.find("data-quantity=on-hand", "data-negative")) == 0 || !strings.Contains(strings.ToLower(page.body), "below 0") {
		t.Error("a negative quantity is not marked, or not said in words")
	}
	if page.total("minimum") != "4" || page.total("available") != "-1" || page.total("allocated") != "0" {
		t.Errorf("minimum %s, available %s, allocated %s", page.total("minimum"), page.total("available"), page.total("allocated"))
	}
	kinds := map[string]bool{}
	for _, e := range page.find("data-movement") {
		kinds[e.attr["data-kind"]] = true
	}
	if len(kinds) != 7 {
		t.Errorf("the history has the kinds %v", kinds)
	}
}

func TestContractTheSameRequestIDBooksOnceAndAnswersTheSame(t *testing.T) {
	lee := company(t, env(t))
	path := lee.item("sku", "A-1", "name", "Thing")
	act := []string{"kind", "receive", "quantity", "5", "request_id", strings.Repeat("é", 64)}
	first := lee.post(path+"/movements", act...)
	again := lee.post(path+"/movements", act...)
	if first.status != 200 || again.status != first.status || again.url.Path != first.url.Path || again.says() != first.says() {
		t.Errorf("first %d %s %q, then %d %s %q", first.status, first.url, first.says(), again.status, again.url, again.says())
	}
	if n := lee.get(path).total("on-hand"); n != "5" {
		t.Errorf("booked twice: %s", n)
	}
	for _, id := range []string{"", strings.Repeat("x", 65)} {
		if a := lee.post(path+"/movements", "kind", "receive", "quantity", "5", "request_id", id); a.status != 422 {
			t.Errorf("request id of %d characters: %d", len(id), a.status)
		}
	}
	movement := lee.get(path).one(t, "data-movement", "data-movement")
	undo := "/movements/" + movement + "/undo"
	if a := lee.post(undo); a.status != 422 || a.says() == "" {
		t.Errorf("undo without a request id: %d %q", a.status, a.says())
	}
	first, again = lee.post(undo, "request_id", "u"), lee.post(undo, "request_id", "u")
	if first.status != 200 || again.status != 200 || first.says() != again.says() || lee.get(path).total("on-hand") != "0" {
		t.Errorf("undo twice: %d %q, %d %q, %s left", first.status, first.says(), again.status, again.says(), lee.get(path).total("on-hand"))
	}
	if a := lee.post(undo, "request_id", "another"); a.status != 409 || a.says() == "" {
		t.Errorf("undo of what is undone: %d %q", a.status, a.says())
	}
	if a := lee.post("/movements/999/undo", "request_id", "v"); a.status != 404 {
		t.Errorf("undo of nothing: %d", a.status)
	}
}

func TestContractWhatIsUnusualComesBackAsTheFormWithAFieldConfirm(t *testing.T) {
	lee := company(t, env(t))
	path := lee.item("sku", "A-1", "name", "Thing")
	a := lee.post(path+"/movements", "kind", "issue", "quantity", "3", "note", "for the yard", "request_id", "r")
	confirm := a.find("name=confirm")
	if a.status != 422 || len(confirm) == 0 || a.says() == "" {
		t.Fatalf("%d %q without a field confirm", a.status, a.says())
	}
	var fields []string // what the form with that field would send
	form := confirm[0].above[slices.IndexFunc(confirm[0].above, func(e *element) bool { return e.name == "form" })]
	for _, e := range a.all {
		if slices.Contains(e.above, form) && e.name == "input" && e.attr["name"] != "_csrf" {
			fields = append(fields, e.attr["name"], e.attr["value"])
		}
		if slices.Contains(e.above, form) && e.name == "option" && e.has("selected") {
			fields = append(fields, e.above[len(e.above)-1].attr["name"], e.attr["value"])
		}
	}
	if a := lee.post(form.attr["action"], fields...); a.status != 200 || lee.get(path).total("on-hand") != "-3" {
		t.Errorf("confirmed: %d %q, %s on hand", a.status, a.says(), lee.get(path).total("on-hand"))
	}
}

func TestContractItemsAreMadeChangedAndRefused(t *testing.T) {
	lee := company(t, env(t))
	path := lee.item("sku", "PVC-2", "name", `Elbow 2" <b>`, "category", "Pipe", "unit", "ea", "minimum", "2.5", "par", "10",
		"cost", "1.2345", "price", "3.50", "supplier", "Ferguson", "barcode", "012345678905 X1", "notes", "a\nb")
	form := lee.get(path + "/edit")
	for field, want := range map[string]string{"sku": "PVC-2", "name": `Elbow 2" <b>`, "minimum": "2.5", "par": "10",
		"cost": "1.2345", "price": "3.50", "supplier": "Ferguson", "barcode": "012345678905 X1"} {
		if got := form.one(t, "value", "name="+field); got != want {
			t.Errorf("%s is %q in the form, want %q", field, got, want)
		}
	}
	if a := lee.post(path, "sku", "PVC-2", "name", "Elbow", "minimum", "7"); a.status != 200 || a.total("minimum") != "7" {
		t.Errorf("change: %d %q, minimum %s", a.status, a.says(), a.total("minimum"))
	}
	for _, tt := range []struct {
		name, path string
		fields     []string
		status     int
	}{
		{"a SKU taken in another case", "/items", []string{"sku", "pvc-2", "name", "x"}, 409},
		{"no SKU", "/items", []string{"sku", " ", "name", "x"}, 422},
		{"no name", "/items", []string{"sku", "N-1", "name", ""}, 422},
		{"a name of 5,000 characters", "/items", []string{"sku", "N-1", "name", strings.Repeat("n", 5000)}, 422},
		{"a minimum with a comma", "/items", []string{"sku", "N-1", "name", "x", "minimum", "1,5"}, 422},
		{"a minimum below 0", "/items", []string{"sku", "N-1", "name", "x", "minimum", "-1"}, 422},
		{"a cost that is none", "/items", []string{"sku", "N-1", "name", "x", "cost", "cheap"}, 422},
		{"a minimum with four decimals", path, []string{"sku", "PVC-2", "name", "x", "minimum", "0.0001"}, 422},
		{"an unknown item", "/items/999", []string{"sku", "N-1", "name", "x"}, 404},
	} {
		a := lee.post(tt.path, tt.fields...)
		if a.status != tt.status || a.says() == "" {
			t.Errorf("%s: %d %q, want %d", tt.name, a.status, a.says(), tt.status)
		}
		if tt.status == 422 && len(a.find("aria-invalid=true")) == 0 {
			t.Errorf("%s: no field is marked", tt.name)
		}
	}
	if a := lee.get("/items?q=N-1"); len(a.find("data-sku=N-1")) != 0 {
		t.Error("a refused item was made")
	}
}

func TestContractADoubleTapAtOnceBooksOnce(t *testing.T) {
	lee := company(t, env(t))
	path := lee.item("sku", "A-1", "name", "Thing")
	form := url.Values{"_csrf": {lee.token()}, "kind": {"receive"}, "quantity": {"5"}, "request_id": {"tap"}}.Encode()
	answers := make([]answer, 12)
	var wg sync.WaitGroup
	for i := range answers {
		wg.Go(func() {
			answers[i] = lee.send("POST", path+"/movements", form, "Content-Type: application/x-www-form-urlencoded", "HX-Request: true")
		})
	}
	wg.Wait()
	for i, a := range answers {
		if a.status != 200 || a.total("on-hand") != "5" {
			t.Errorf("tap %d: %d, %s on hand", i, a.status, a.total("on-hand"))
		}
	}
}
