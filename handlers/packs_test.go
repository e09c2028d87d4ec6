package handlers_test

import (
	"fmt"
	"strings"
	"testing"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// boxed is shelf, with AB-1 in boxes of 50.
func boxed(t *testing.T) (*store.DB, *client) {
	t.Helper()
	db, c := shelf(t)
	it, err := db.Item(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	d := store.ItemDraft{SKU: it.SKU, Name: it.Name, Unit: it.Unit, Packs: []store.Pack{{Name: "box", Holds: 50_000}}}
	if _, err := db.UpdateItem(t.Context(), storetest.Staff, it.ID, it.Version, d); err != nil {
		t.Fatal(err)
	}
	return db, c
}

// An amount in boxes is booked in pieces, from every form, and each complaint stands where it can be mended.
func TestMoveInPacks(t *testing.T) {
	box := func(pairs ...string) []string {
		return append([]string{"kind", "receive", "quantity", "2", "unit", "box 50"}, pairs...)
	}
	for _, tt := range []struct {
		check
		want string // on hand afterwards, of 5
	}{
		{check{name: "receive", form: moveFields(box()...), header: []string{htmx}, status: 200,
			has: []string{`value="105"`, "100 ea (2 × box 50) received, 105 on hand", "as 2 × box 50"}}, "105"},
		{check{name: "from the keypad", form: moveFields(box("pad", "1")...), status: 303}, "105"},
		{check{name: "count", form: moveFields(box("kind", "count")...), status: 303}, "100"},
		{check{name: "half a box", form: moveFields(box("quantity", "0.5", "pad", "1")...), status: 422,
			has: []string{`id="quantity-error"`, "Write a whole number of box, or choose ea.", `value="box 50" data-holds="50" data-whole checked`}}, "5"},
		{check{name: "another box by now", form: moveFields(box("unit", "box 40", "pad", "1")...), status: 422,
			has: []string{`id="unit-error"`, "One box of Item AB-1 holds 50 ea by now", `value="box 50" data-holds="50" data-whole checked`, `value="2"`}}, "5"},
		{check{name: "another box by now, on the item's page", form: moveFields(box("unit", "box 40")...), status: 422,
			has: []string{`id="unit-error"`, `<option value="box 50" selected>`}}, "5"},
		{check{name: "no such pack", form: moveFields(box("unit", "crate")...), status: 422, has: []string{`id="unit-error"`, "does not come in"}}, "5"},
		{check{name: "not a pack", form: moveFields(box("unit", "box 1.2345")...), status: 422, has: []string{`id="unit-error"`}}, "5"},
		{check{name: "more than there is", form: moveFields("kind", "issue", "quantity", "1", "unit", "box 50", "from", "1", "pad", "1"), status: 422,
			has: []string{"Take 50 ea", "Warehouse goes to −45", `<input type="hidden" name="unit" value="box 50">`, "1 × box 50 = 50 ea"}, hasNot: []string{`type="radio"`}}, "5"},
		{check{name: "more than there is, meant", form: moveFields("kind", "issue", "quantity", "1", "unit", "box 50", "confirm", "1"), status: 303}, "-45"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			db, c := boxed(t)
			tt.method, tt.path = "POST", "/items/1/movements"
			for range 2 { // the second tap books nothing, and answers the same
				tt.run(t, c)
			}
			if got := total(t, db, 1); got != tt.want {
				t.Errorf("on hand = %s, want %s", got, tt.want)
			}
		})
	}
}

func TestKeypadInPacks(t *testing.T) {
	_, c := boxed(t)
	for _, k := range []check{
		{name: "the units", path: "/items/1/move?kind=receive", status: 200, has: []string{
			`value="" data-holds="1" data-whole checked>ea`, `value="box 50" data-holds="50" data-whole>box 50`, "Receive 1 ea"}},
		{name: "one chosen", path: "/items/1/move?kind=receive&quantity=2&unit=box", status: 200, has: []string{
			"data-whole checked>box 50", "2 × box 50 = 100 ea", "Receive 100 ea", `<data data-after value="105">105</data>`}},
		{name: "the whole item", path: "/items/1", status: 200, has: []string{"Comes in", "box of 50 ea", `<select class="select" id="move-unit" name="unit">`}},
		{name: "a count", path: "/count?place=1", status: 200, has: []string{`data-holds="50"`, "Count 5 ea"}},
	} {
		t.Run(k.name, func(t *testing.T) { k.run(t, c) })
	}
}

func TestCountInPacks(t *testing.T) {
	_, c := boxed(t)
	body := check{path: "/count?place=1", status: 200}.run(t, c)
	line := func(more ...string) check {
		return check{method: "POST", path: "/count/lines", header: []string{htmx},
			form: fields(append([]string{"place", "1", "at", "1", "item", "1", "pad", "1", "seen", fieldOf(t, body, seenField)}, more...)...)}
	}
	k := line("quantity", "2.5", "unit", "box 50")
	k.status, k.has = 422, []string{`id="quantity-error"`, `value="2.5"`, "data-whole checked>box 50"}
	k.run(t, c)
	k = line("quantity", "2", "unit", "box 50")
	k.status, k.has = 200, []string{`data-counted value="100"`, "1 not as the books say"}
	k.run(t, c)
}

func TestBackInPacks(t *testing.T) {
	db, noon := noonDB(t)
	id, ln, it := closedJob(t, db, noon)
	d := store.ItemDraft{SKU: it.SKU, Name: it.Name, Unit: it.Unit, Packs: []store.Pack{{Name: "strip", Holds: 2000}}}
	if _, err := db.UpdateItem(t.Context(), storetest.Staff, it.ID, it.Version, d); err != nil {
		t.Fatal(err)
	}
	c := newClient(t, db)
	c.signIn(store.Warehouse)
	page, name := fmt.Sprintf("/jobs/%v/back", id), fmt.Sprintf("%v-%v", ln, it.ID)
	for _, k := range []check{
		{name: "the units", path: page, status: 200, has: []string{`name="unit-` + name + `" value="strip 2" data-holds="2" data-whole>strip 2`}},
		{name: "half a strip", form: typed("back-"+name, "1.5", "unit-"+name, "strip 2", "request_id", "r"), status: 422,
			has: []string{`id="back-` + name + `-error"`, "Write a whole number of strip", `value="1.5"`, "data-whole checked>strip 2"}},
		{name: "another strip by now", form: typed("back-"+name, "1", "unit-"+name, "strip 3", "request_id", "r"), status: 422,
			has: []string{`id="back-` + name + `-error"`, "holds 2 ea by now"}},
		{name: "more than went out", form: typed("back-"+name, "4", "unit-"+name, "strip 2", "request_id", "r"), status: 422,
			has: []string{"Only 6 ea went out to #1042.", `<input type="hidden" name="unit-` + name + `" value="strip 2">`}},
		{name: "two strips", form: typed("back-"+name, "2", "unit-"+name, "strip 2", "request_id", "r"), status: 303},
		{name: "two strips again", form: typed("back-"+name, "2", "unit-"+name, "strip 2", "request_id", "r"), status: 303},
	} {
		if k.form != nil {
			k.method, k.path = "POST", page
		}
		t.Run(k.name, func(t *testing.T) { k.run(t, c) })
	}
	shelfHas(t, db, it.ID, "8")
}

func TestItemFormPacks(t *testing.T) {
	db, c := shelf(t)
	item := func(pairs ...string) check {
		it, err := db.Item(t.Context(), 1)
		if err != nil {
			t.Fatal(err)
		}
		return check{method: "POST", path: "/items/1", form: itemFields(append([]string{"sku", it.SKU, "unit", "ea", "version", fmt.Sprint(it.Version)}, pairs...)...)}
	}
	k := item("packs", "box 50, case 200")
	k.status = 303
	k.run(t, c)
	check{path: "/items/1/edit", status: 200, has: []string{`name="packs" value="box 50, case 200"`}}.run(t, c)
	for text, says := range map[string]string{"box": "Write how many ea are in one behind", "box 0": "holds nothing", "box 50, Box 20": "there twice", "box 2.5": "holds whole ea"} {
		k = item("packs", text)
		k.status, k.has = 422, []string{`id="packs-error"`, says, `name="packs" value="` + text + `"`}
		k.run(t, c)
	}
	k = item() // a form from before there were packs
	k.form.Del("packs")
	k.status = 303
	k.run(t, c)
	if it, err := db.Item(t.Context(), 1); err != nil || store.PacksText(it.Packs) != "box 50, case 200" {
		t.Errorf("packs %v, %v", it.Packs, err)
	}
	k = item("packs", "")
	k.status = 303
	k.run(t, c)
	if _, body := c.get("/items/1"); strings.Contains(body, "Comes in") {
		t.Error("the packs are still there")
	}
}
