package handlers_test

import (
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// connected connects the store to an account of Jobber's, and reads its products.
func connected(t *testing.T, db *store.DB, products ...store.Product) {
	t.Helper()
	ctx, began := t.Context(), time.Unix(2e9, 0)
	err := errors.Join(
		db.SaveJobberCredentials(ctx, storetest.Staff, "client", "secret"),
		db.JobberConnected(ctx, storetest.Staff, store.Tokens{Access: "a", Refresh: "r", Expiry: time.Now().Add(time.Hour)}, storetest.Account, "LWC", "Lee"),
		db.KeepProducts(ctx, storetest.Account, began, products))
	if err != nil {
		t.Fatal(err)
	}
}

func TestProductsAreImported(t *testing.T) {
	db, noon := noonDB(t)
	storetest.Item(t, db, "PEX-1", 0, 0)
	linked := storetest.Line("What the office typed", 3)
	linked.Product = "p1"
	id := storetest.Job(t, db, 1, noon, linked)
	connected(t, db, store.Product{Remote: "p1", Name: "PEX tubing", Category: store.CategoryProduct, Price: 6300, Cost: 4200},
		store.Product{Remote: "p2", Name: "Zip tie", Category: store.CategoryProduct, SKU: "ZIP", Taxable: true, Hidden: true},
		store.Product{Remote: "p3", Name: "Labour", Category: store.CategoryService})
	c := newClient(t, db)
	c.signIn(store.GM)

	_, body := c.get("/admin/products")
	wantTexts(t, body, "3 products read from Jobber", `data-product="p1"`, "0.63", "cost", "0.42", `value="PEX-TUBI"`, `value="ZIP"`,
		"Service: its lines can be a kit", "Hidden in Jobber", `!name="sku p3"`)
	if strings.Index(body, "Zip tie") > strings.Index(body, "Labour") {
		t.Error("services come before materials")
	}
	wantTexts(t, bodyOf(c.get("/admin/products?q=zip", htmx)), `id="products"`, "Zip tie", "!PEX tubing", "!<h1>")

	form := typed("pick", "p1", "sku p1", "pex-1", "sku p2", "typed", "request_id", "one", "back", "/admin/products?q=&page=1")
	form.Add("pick", "p2")
	status, body := c.post("/admin/products", form)
	if status != 422 {
		t.Errorf("status %d", status)
	}
	wantTexts(t, body, `role="alert"`, `value="pex-1" maxlength="60" autocomplete="off" autocapitalize="characters" spellcheck="false" aria-invalid="true"`,
		`id="wrong-p1"`, `value="typed"`, `value="p2" checked`)
	form.Set("sku p1", "PEX-12")
	for range 2 { // a double tap
		if status, body = c.post("/admin/products", form); status != 303 {
			t.Fatalf("status %d\n%s", status, body)
		}
	}
	wantTexts(t, bodyOf(c.get("/admin/products")), "2 products are items now", `!data-product="p1"`, `data-product="p3"`)
	wantTexts(t, bodyOf(c.get("/jobs/"+id.String())), `data-sku="PEX-12"`)
	if status, body = c.post("/admin/products", typed("request_id", "two")); status != 422 || !strings.Contains(body, "Tick the products") {
		t.Errorf("nothing ticked: %d\n%s", status, body)
	}
}

func TestProductsAreSkipped(t *testing.T) {
	db, _ := noonDB(t)
	connected(t, db, store.Product{Remote: "p1", Name: "Ladder", Category: store.CategoryProduct})
	c := newClient(t, db)
	c.signIn(store.Owner)
	if status, body := c.post("/admin/products/skip", nil); status != 422 || !strings.Contains(body, "Tick the products first.") {
		t.Errorf("nothing ticked: %d\n%s", status, body)
	}
	c.post("/admin/products/skip", typed("pick", "p1"))
	wantTexts(t, bodyOf(c.get("/admin/products")), "1 product is not offered any more", "Every product is an item", "!Ladder", "Skipped 1")
	_, body := c.get("/admin/products?skipped=1")
	wantTexts(t, body, "Ladder", "skipped by owner", `formaction="/admin/products/skip"`, `name="undo"`)
	c.post("/admin/products/skip", typed("pick", "p1", "undo", "1"))
	wantTexts(t, bodyOf(c.get("/admin/products")), "Ladder")
}

func TestReadingProducts(t *testing.T) {
	db, _ := noonDB(t)
	c := newClient(t, db)
	c.signIn(store.GM)
	wantTexts(t, bodyOf(c.get("/admin/products")), "Jobber is not connected", "!Read from Jobber")
	if status, _ := c.post("/admin/products/read", nil); status != 409 {
		t.Errorf("read without a connection: status %d", status)
	}
	connected(t, db)
	wantTexts(t, bodyOf(c.get("/admin/products")), "Read from Jobber", "Nothing read yet")
	if status, _ := c.post("/admin/products/read", nil); status != 303 {
		t.Errorf("status %d", status)
	}
	_, body := c.get("/admin/products") // nobody works it off here: it goes on
	wantTexts(t, body, "Reading from Jobber")
	if !regexp.MustCompile(`hx-get="/admin/products/reading" hx-trigger="every 1s"`).MatchString(body) {
		t.Error("the page does not look on")
	}
	wantTexts(t, bodyOf(c.get("/admin/products/reading", htmx)), `id="reading"`, "!<h1>")
	staff := c.other()
	staff.signIn(store.Warehouse)
	if status, _ := staff.get("/admin/products"); status != 403 {
		t.Errorf("the warehouse sees prices: status %d", status)
	}
}
