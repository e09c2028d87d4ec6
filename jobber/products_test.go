package jobber_test

import (
	"fmt"
	"strings"
	"testing"

	"lwc-inventory/jobber/jobbertest"
	"lwc-inventory/store"
)

// priceBook is an office with n products and a service.
func priceBook(n int) jobbertest.Data {
	d := office()
	for i := range n {
		d.Products = append(d.Products, jobbertest.Product{ID: jobbertest.ID("ProductOrService", 1000+i),
			Name: fmt.Sprintf("Product %03d", i), Price: 6.25, Cost: 4.1, Visible: i != 0})
	}
	return d
}

func (r *rig) products(words string) store.ProductPage {
	r.t.Helper()
	p, err := r.db.Products(r.t.Context(), store.ProductFilter{Account: account, Query: words, Size: 1000})
	if err != nil {
		r.t.Fatal(err)
	}
	return p
}

// All products are read, to the end of the list, and what Jobber calls the default cost is the price.
func TestProductsAreReadToTheEnd(t *testing.T) {
	r := newRig(t, setup{data: priceBook(250)})
	r.connect()
	got := r.svc.ReadProductsNow(t.Context())
	known := len(office().Products) + 250
	if got.Problem != "" || got.Done != known || got.Ended.IsZero() {
		t.Errorf("the reading says %+v, want %d products", got, known)
	}
	p := r.products("product 249")
	if p.Known != known || p.Total != 1 {
		t.Fatalf("%d known, %d found", p.Known, p.Total)
	}
	if row := p.Rows[0]; row.Price != 62500 || row.Cost != 41000 || row.Category != store.CategoryProduct || row.Hidden || !row.Taxable {
		t.Errorf("the product is %+v", row)
	}
	if row := r.products("product 000").Rows[0]; !row.Hidden {
		t.Error("a product that Jobber does not offer is offered")
	}
	if n := r.wire.served["Products"]; n != 3 {
		t.Errorf("%d pages, want 3", n)
	}
}

func TestProductsWithoutTheScope(t *testing.T) {
	r := newRig(t, setup{data: priceBook(3)})
	r.connect()
	r.svc.ReadProductsNow(t.Context())
	r.far.Behave(func(b *jobbertest.Behaviour) { b.Hidden = []string{"products", "product"} })
	if got := r.svc.ReadProductsNow(t.Context()); !strings.Contains(got.Problem, "scope for products and services") {
		t.Errorf("the reading says %q", got.Problem)
	}
	if p := r.products("product"); p.Total != 3 {
		t.Errorf("%d products are left of what was read before", p.Total)
	}
	if l := r.link(); l.State != store.Connected {
		t.Errorf("the connection is %v", l.State)
	}
	r.far.Behave(func(b *jobbertest.Behaviour) { b.Hidden = nil })
	if got := r.svc.ReadProductsNow(t.Context()); got.Problem != "" {
		t.Errorf("with the scope: %q", got.Problem)
	}
}

// A button asks, the running service reads; a second tap meanwhile adds nothing.
func TestProductsAreReadWhenAsked(t *testing.T) {
	r := newRig(t, setup{data: priceBook(3)})
	r.connect()
	r.svc.ReadProducts()
	r.svc.ReadProducts()
	if !r.svc.ProductReading().Running {
		t.Error("what was asked for does not count as running")
	}
	r.run()
	r.await("the products", func() bool { return r.products("product").Total == 3 })
}
