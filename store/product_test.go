package store_test

import (
	"slices"
	"testing"
	"time"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

var reading = time.Unix(2e9, 0)

func keep(t *testing.T, db *store.DB, began time.Time, ps ...store.Product) {
	t.Helper()
	if err := db.KeepProducts(t.Context(), storetest.Account, began, ps); err != nil {
		t.Fatal(err)
	}
}

// offered returns the names of the products that are offered, or that were skipped.
func offered(t *testing.T, db *store.DB, f store.ProductFilter) []string {
	t.Helper()
	f.Account = storetest.Account
	p, err := db.Products(t.Context(), f)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, r := range p.Rows {
		names = append(names, r.Name)
	}
	return names
}

func product(remote, name string) store.Product {
	return store.Product{Remote: remote, Name: name, Category: store.CategoryProduct}
}

func TestProductsThatAreNoItemYet(t *testing.T) {
	db := storetest.Open(t)
	it := storetest.Item(t, db, "AB-1", 0, 0)
	labour := product("s", "A labour hour")
	labour.Category = store.CategoryService
	coded := product("c", "Something else")
	coded.SKU = "ab-1"
	linked := storetest.Line("Linked", 1)
	linked.Product = "l"
	id := storetest.Job(t, db, 1, day(1, 8), linked)
	answer(t, db, store.Answer{Line: sheet(t, db, id).Lines[0].ID, Item: it.ID})
	keep(t, db, reading, labour, product("n", "item ab-1"), coded, product("l", "Linked"), product("z", "Zip tie"), product("b", "Board"))

	if got := offered(t, db, store.ProductFilter{}); !slices.Equal(got, []string{"Board", "Zip tie", "A labour hour"}) {
		t.Errorf("offered %q", got)
	}
	if got := offered(t, db, store.ProductFilter{Query: "TIE zi"}); !slices.Equal(got, []string{"Zip tie"}) {
		t.Errorf("searched %q", got)
	}
	if got := offered(t, db, store.ProductFilter{Size: 2, Page: 9}); !slices.Equal(got, []string{"A labour hour"}) {
		t.Errorf("the last page is %q", got)
	}
	skip := func(skipped bool) {
		t.Helper()
		if err := db.SkipProducts(t.Context(), storetest.Staff, storetest.Account, []string{"z", "gone"}, skipped); err != nil {
			t.Fatal(err)
		}
	}
	skip(true)
	keep(t, db, reading.Add(time.Hour), product("z", "Zip tie"), product("b", "Board")) // the next reading
	if err := db.DropProducts(t.Context(), reading.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if got := offered(t, db, store.ProductFilter{}); !slices.Equal(got, []string{"Board"}) {
		t.Errorf("after skipping %q", got)
	}
	if got := offered(t, db, store.ProductFilter{Skipped: true}); !slices.Equal(got, []string{"Zip tie"}) {
		t.Errorf("skipped are %q", got)
	}
	skip(false)
	if got := offered(t, db, store.ProductFilter{}); !slices.Equal(got, []string{"Board", "Zip tie"}) {
		t.Errorf("brought back %q", got)
	}
}

func TestProductsBecomeItems(t *testing.T) {
	db := storetest.Open(t)
	storetest.Item(t, db, "PEX-1", 0, 0)
	linked := storetest.Line("What the office typed", 3)
	linked.Product = "p1"
	id := storetest.Job(t, db, 1, day(1, 8), linked)
	tube := product("p1", `PEX tubing 1/2" red`)
	tube.Price, tube.Cost, tube.Description = 6300, 4200, "per ft"
	service := product("p3", "Labour")
	service.Category = store.CategoryService
	keep(t, db, reading, tube, product("p2", "Zip tie"), service)
	items := func() int {
		n, err := db.Counts(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return n.Items
	}
	in := store.ProductImport{RequestID: "go", By: storetest.Staff, Account: storetest.Account, Picks: []store.ProductPick{
		{Remote: "p1", SKU: "PEX-12"}, {Remote: "p2", SKU: "pex-1"}, {Remote: "p3", SKU: "L"}, {Remote: "p4", SKU: "X"}}}
	_, err := db.ImportProducts(t.Context(), in)
	e, ok := err.(*store.Error)
	if !ok || e.Code != store.Invalid || e.Fields["sku p2"] == "" || e.Fields["sku p3"] == "" || e.Fields["sku p4"] == "" || e.Fields["sku p1"] != "" {
		t.Fatalf("bad rows: %v", err)
	}
	if items() != 1 || sheet(t, db, id).Lines[0].State != store.LineUnmatched {
		t.Error("some of it was imported")
	}
	in.Picks = []store.ProductPick{{Remote: "p1", SKU: "PEX-12"}, {Remote: "p2", SKU: "ZIP"}}
	for range 2 { // a double tap
		if n, err := db.ImportProducts(t.Context(), in); err != nil || n != 2 || items() != 3 {
			t.Fatalf("imported %d, %v; %d items", n, err, items())
		}
	}
	l := sheet(t, db, id).Lines[0]
	if l.Stock.SKU != "PEX-12" || l.Stock.Price != 6300 || l.Stock.Cost != 4200 || l.Stock.Notes != "per ft" || l.Required != units(3) {
		t.Errorf("the line is %+v", l)
	}
	if got := offered(t, db, store.ProductFilter{}); !slices.Equal(got, []string{"Labour"}) {
		t.Errorf("a second import offers %q", got)
	}
	in.RequestID = "again"
	if _, err := db.ImportProducts(t.Context(), in); store.CodeOf(err) != store.Invalid {
		t.Errorf("imported twice: %v", err)
	}
	in.Picks = nil
	in.RequestID = "none"
	if _, err := db.ImportProducts(t.Context(), in); store.CodeOf(err) != store.Invalid {
		t.Errorf("nothing ticked: %v", err)
	}
}

func TestProposedSKUs(t *testing.T) {
	db := storetest.Open(t)
	storetest.Item(t, db, "PEX-TUBI-1-2", 0, 0)
	coded := product("4", "Has one")
	coded.SKU = "ZIP-TIE"
	keep(t, db, reading, product("1", `PEX tubing 1/2" red`), product("2", "Zip tie"), product("3", "***"), coded)
	p, err := db.Products(t.Context(), store.ProductFilter{Account: storetest.Account})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, r := range p.Rows {
		got[r.Remote] = r.Proposed
	}
	for remote, want := range map[string]string{"1": "PEX-TUBI-1-2-2", "2": "ZIP-TIE-2", "3": "ITEM", "4": ""} {
		if got[remote] != want {
			t.Errorf("product %s gets %q, want %q", remote, got[remote], want)
		}
	}
}
