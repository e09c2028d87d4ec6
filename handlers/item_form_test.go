package handlers_test

import (
	"net/url"
	"strings"
	"testing"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// itemFields is a good item form, changed by pairs of name and value.
func itemFields(pairs ...string) url.Values {
	u := fields("sku", "NEW-1", "name", "New item", "category", "Plumbing", "unit", "ft", "minimum", "10", "par", "40",
		"cost", "6.85", "price", "14.50", "supplier", "Harmon", "barcode", "111 222", "notes", "Two\nlines", "place", "1")
	for i := 0; i < len(pairs); i += 2 {
		u.Set(pairs[i], pairs[i+1])
	}
	return u
}

func TestItemForm(t *testing.T) {
	long := strings.Repeat("n", 5000)
	for _, k := range []check{
		{name: "new", path: "/items/new", status: 200, has: []string{"<!doctype html>", `name="sku"`, `name="barcode"`, `name="cost"`, `action="/items"`}},
		{name: "new with a code", path: "/items/new?barcode=%22%3E%3Ci%3E", status: 200, has: []string{"&#34;&gt;&lt;i&gt;"}, hasNot: []string{`"><i>`}},
		{name: "edit", path: "/items/3/edit", status: 200, has: []string{`value="EF-3"`, `value="6.85"`, `name="version" value="1"`, "785901447120"}},
		{name: "edit unknown", path: "/items/99/edit", status: 404},
		{name: "create", method: "POST", path: "/items", form: itemFields(), status: 303},
		{name: "empty name", method: "POST", path: "/items", form: itemFields("name", "  "), status: 422,
			has: []string{`id="name-error"`, "Write a name", `value="NEW-1"`, "Two\nlines", `value="111 222"`, "One field needs a look"}},
		{name: "long name", method: "POST", path: "/items", form: itemFields("name", long), status: 422, has: []string{"At most 200 characters. This has 5000.", long}},
		{name: "several at once", method: "POST", path: "/items", form: itemFields("sku", "", "minimum", "abc", "cost", "-1"), status: 422,
			has: []string{`id="sku-error"`, `id="minimum-error"`, `id="cost-error"`, "Three fields need a look", `value="abc"`, `value="-1"`}},
		{name: "minimum below zero", method: "POST", path: "/items", form: itemFields("minimum", "-1"), status: 422, has: []string{`id="minimum-error"`}},
		{name: "minimum with a comma", method: "POST", path: "/items", form: itemFields("minimum", "1,5"), status: 422, has: []string{`id="minimum-error"`, "point"}},
		{name: "minimum too fine", method: "POST", path: "/items", form: itemFields("minimum", "0.0001"), status: 422, has: []string{`id="minimum-error"`}},
		{name: "only the par is wrong", method: "POST", path: "/items", form: itemFields("par", "1e9"), status: 422, has: []string{`id="par-error"`}, hasNot: []string{`id="minimum-error"`}},
		{name: "par below the minimum", method: "POST", path: "/items", form: itemFields("par", "1"), status: 422, has: []string{`id="par-error"`}},
		{name: "sku taken in another case", method: "POST", path: "/items", form: itemFields("sku", "ef-3"), status: 409, has: []string{`id="sku-error"`, `value="ef-3"`}},
		{name: "barcode taken", method: "POST", path: "/items", form: itemFields("barcode", "785901447120"), status: 409, has: []string{`id="barcode-error"`}},
		{name: "unknown place", method: "POST", path: "/items", form: itemFields("place", "99"), status: 422, has: []string{`id="place-error"`}},
		{name: "no place at all", method: "POST", path: "/items", form: itemFields("place", "shelf"), status: 422, has: []string{`id="place-error"`}},
		{name: "update", method: "POST", path: "/items/3", form: itemFields("version", "1"), status: 303},
		{name: "update without version", method: "POST", path: "/items/3", form: itemFields(), status: 303},
		{name: "update to a taken sku", method: "POST", path: "/items/3", form: itemFields("version", "1", "sku", "ab-1"), status: 409, has: []string{`id="sku-error"`}},
		{name: "strange version", method: "POST", path: "/items/3", form: itemFields("version", "x"), status: 409},
		{name: "update unknown", method: "POST", path: "/items/99", form: itemFields(), status: 404},
		{name: "archive", method: "POST", path: "/items/3/archive", form: fields("archived", "1"), status: 303},
		{name: "archive unknown", method: "POST", path: "/items/99/archive", form: fields("archived", "1"), status: 404},
	} {
		t.Run(k.name, func(t *testing.T) {
			db := storetest.Open(t)
			catalogue(t, db)
			c := newClient(t, db)
			c.signIn(store.GM)
			k.run(t, c)
			changed := 0
			if it, err := db.Item(t.Context(), 3); err != nil {
				t.Fatal(err)
			} else if it.Version != 1 {
				changed++
			}
			if n, err := db.Counts(t.Context()); err != nil || n.Items+n.Archived != 3 {
				changed++
			}
			if done := k.status == 303; done != (changed == 1) {
				t.Errorf("%d records changed, answer %d", changed, k.status)
			}
		})
	}
}

// What is typed is what is stored, and comes back into the form.
func TestItemFormKeepsAll(t *testing.T) {
	db := storetest.Open(t)
	c := newClient(t, db)
	c.signIn(store.GM)
	if status, body := c.post("/items", itemFields()); status != 303 {
		t.Fatal(status, body)
	}
	it, err := db.Item(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	if it.SKU != "NEW-1" || it.Minimum != 10000 || it.Par != 40000 || it.Cost != 68500 || it.Price != 145000 ||
		len(it.Barcodes) != 2 || it.Notes != "Two\nlines" || it.Unit != "ft" || it.Supplier != "Harmon" || it.Category != "Plumbing" {
		t.Errorf("stored %+v", it)
	}
	_, body := c.get("/items/1/edit")
	for _, s := range []string{`value="NEW-1"`, `value="10"`, `value="40"`, `value="6.85"`, `value="14.50"`, `value="111 222"`, "Two\nlines"} {
		if !strings.Contains(body, s) {
			t.Errorf("no %q in the form", s)
		}
	}
}

// A form that says nothing of the place leaves the item where it belongs.
func TestItemFormWithoutPlace(t *testing.T) {
	db := storetest.Open(t)
	shelf, err := db.CreatePlace(t.Context(), storetest.Staff, store.PlaceDraft{Name: "B2", Kind: store.KindShelf})
	if err != nil {
		t.Fatal(err)
	}
	it, err := db.CreateItem(t.Context(), storetest.Staff, store.ItemDraft{SKU: "AB-1", Name: "Thing", Place: shelf.ID})
	if err != nil {
		t.Fatal(err)
	}
	c := newClient(t, db)
	c.signIn(store.GM)
	form := itemFields("version", "1")
	form.Del("place")
	if status, body := c.post("/items/"+it.ID.String(), form); status != 303 {
		t.Fatal(status, body)
	}
	if it, err = db.Item(t.Context(), it.ID); err != nil || it.Place != shelf.ID {
		t.Errorf("its place is %v (%v), want the shelf %v", it.Place, err, shelf.ID)
	}
}

func TestItemFormStale(t *testing.T) {
	db := storetest.Open(t)
	catalogue(t, db)
	c := newClient(t, db)
	c.signIn(store.GM)
	if status, _ := c.post("/items/3", itemFields("version", "1", "name", "Saved by Ana")); status != 303 {
		t.Fatal(status)
	}
	check{method: "POST", path: "/items/3", form: itemFields("version", "1", "name", "Written by Joe"), status: 409,
		has: []string{`value="Written by Joe"`, "Saved by Ana", `name="version" value="2"`, `role="alert"`}}.run(t, c)
	if it, err := db.Item(t.Context(), 3); err != nil || it.Name != "Saved by Ana" {
		t.Errorf("name %q, %v", it.Name, err)
	}
	check{method: "POST", path: "/items/3", form: itemFields("version", "2", "name", "Written by Joe"), status: 303}.run(t, c)
}

func TestItemFormMoney(t *testing.T) {
	db := storetest.Open(t)
	catalogue(t, db)
	c := newClient(t, db)
	c.signIn(store.Warehouse)
	for _, path := range []string{"/items/new", "/items/3/edit"} {
		check{path: path, status: 200, hasNot: []string{`name="cost"`, `name="price"`, "6.85"}}.run(t, c)
	}
	check{method: "POST", path: "/items/3", form: itemFields("version", "1", "sku", "EF-3", "cost", "1", "price", "nonsense"), status: 303}.run(t, c)
	check{method: "POST", path: "/items", form: itemFields("barcode", "", "cost", "1"), status: 303}.run(t, c)
	old, err := db.Item(t.Context(), 3)
	if err != nil || old.Cost != 68500 || old.Price != 145000 || old.Name != "New item" {
		t.Errorf("after the update: %+v, %v", old, err)
	}
	made, err := db.Item(t.Context(), 4)
	if err != nil || made.Cost != 0 || made.Price != 0 {
		t.Errorf("the new one: %+v, %v", made, err)
	}
}

func TestItemHostileText(t *testing.T) {
	const bad = `"><script>alert(1)</script>'`
	db := storetest.Open(t)
	c := newClient(t, db)
	c.signIn(store.Owner)
	form := itemFields("sku", "X<b>", "name", bad, "category", bad, "supplier", bad, "notes", bad, "barcode", "<b>", "unit", "<i>")
	if status, body := c.post("/items", form); status != 303 {
		t.Fatal(status, body)
	}
	if status, _ := c.post("/items/1/movements", fields("kind", "receive", "quantity", "3", "request_id", "r-1", "note", bad, "reason", bad)); status != 303 {
		t.Fatal(status)
	}
	for _, path := range []string{"/items", "/items?q=script", "/items/1", "/items/1/edit", "/items/1/move?kind=issue&reason=" + url.QueryEscape(bad),
		"/history", "/places/1", "/scan?code=" + url.QueryEscape(bad), "/items/new?name=" + url.QueryEscape(bad)} {
		status, body := c.get(path)
		if status != 200 {
			t.Errorf("%s: %d", path, status)
		}
		if strings.Contains(body, "<script>alert") || strings.Contains(body, "<b>") && strings.Contains(body, "X<b>") || strings.Contains(body, "<i>") {
			t.Errorf("%s: text is not escaped", path)
		}
	}
}
