package store

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"time"

	"go.etcd.io/bbolt"
)

// A Product is an entry of Jobber's price book, as Jobber tells it.
type Product struct {
	Remote      string // Jobber's id
	Name        string
	Description string
	Category    Category
	SKU         string // from its custom field; "" for none
	Price, Cost Money  // Cost 0: Jobber does not say
	Taxable     bool
	Hidden      bool // Jobber does not offer it for new lines
}

// productRecord is a Product as it lies in the file, and what was said of it here.
type productRecord struct {
	Name        string    `json:"name"`
	Description string    `json:"description,omitempty"`
	Category    Category  `json:"category"`
	SKU         string    `json:"sku,omitempty"`
	Price       Money     `json:"price,omitempty"`
	Cost        Money     `json:"cost,omitempty"`
	Taxable     bool      `json:"taxable,omitempty"`
	Hidden      bool      `json:"hidden,omitempty"`
	Read        time.Time `json:"read"` // when the reading began that saw it last
	Skipped     bool      `json:"skipped,omitempty"`
	SkippedBy   Actor     `json:"skipped_by,omitzero"`
}

func (r productRecord) product(remote string) Product {
	return Product{Remote: remote, Name: r.Name, Description: r.Description, Category: r.Category, SKU: r.SKU,
		Price: r.Price, Cost: r.Cost, Taxable: r.Taxable, Hidden: r.Hidden}
}

// line is a line of the product as Jobber would make it: what that would be matched to, the product is.
func (r productRecord) line(remote string) lineRecord {
	return lineRecord{Name: r.Name, Product: remote, ProductName: r.Name, ProductSKU: r.SKU, Category: r.Category}
}

// KeepProducts takes over some of Jobber's products, read by the reading that began at began. That one was
// skipped stays so.
func (db *DB) KeepProducts(ctx context.Context, account string, began time.Time, products []Product) error {
	return db.update(ctx, func(tx *bbolt.Tx) error {
		b := tx.Bucket(productBucket)
		for _, p := range products {
			key := remoteKey(account, p.Remote)
			var r productRecord
			if _, err := get(b, key, &r); err != nil {
				return err
			}
			r = productRecord{Name: oneLine(clip(p.Name)), Description: p.Description, Category: p.Category,
				SKU: oneLine(clip(p.SKU)), Price: p.Price, Cost: p.Cost, Taxable: p.Taxable, Hidden: p.Hidden,
				Read: began.UTC(), Skipped: r.Skipped, SkippedBy: r.SkippedBy}
			if err := put(b, key, r); err != nil {
				return err
			}
		}
		return nil
	})
}

// DropProducts ends the reading that began at began: products that it did not see are no more, or are another account's.
func (db *DB) DropProducts(ctx context.Context, began time.Time) error {
	return db.update(ctx, func(tx *bbolt.Tx) error {
		b := tx.Bucket(productBucket)
		var old [][]byte
		for k := range withPrefix(b, nil) {
			var r productRecord
			if _, err := get(b, k, &r); err != nil {
				return err
			}
			if !r.Read.Equal(began) {
				old = append(old, bytes.Clone(k))
			}
		}
		for _, k := range old {
			if err := b.Delete(k); err != nil {
				return err
			}
		}
		return nil
	})
}

// A ProductFilter says which products to list.
type ProductFilter struct {
	Account string
	Query   string // words that the name, the description or the SKU has
	Skipped bool   // those that were skipped, instead of those that were not
	Page    int    // from 1
	Size    int    // rows a page; 0 means 25
}

// A ProductRow is a product that is no item yet.
type ProductRow struct {
	Product
	Proposed  string // a SKU that is free, when Jobber has none
	Skipped   bool
	SkippedBy string
}

// A ProductPage is one page of products, and how many there are.
type ProductPage struct {
	Rows    []ProductRow
	Total   int
	Page    int
	Pages   int // at least 1
	Known   int // products that were read, items or not
	Skipped int // that are no item and were skipped, whatever the filter's words
}

// Products returns a page of Jobber's products that are no item yet: materials first, then services, each by name.
// It reads every product: nobody looks here but to import. A page past the end is the last one.
func (db *DB) Products(ctx context.Context, f ProductFilter) (ProductPage, error) {
	var p ProductPage
	err := db.view(ctx, func(tx *bbolt.Tx) error {
		var rows []ProductRow
		prefix := remoteKey(f.Account, "")
		for k := range withPrefix(tx.Bucket(productBucket), prefix) {
			p.Known++
			var r productRecord
			if _, err := get(tx.Bucket(productBucket), k, &r); err != nil {
				return err
			}
			remote := string(k[len(prefix):])
			if is, err := isItem(tx, remote, r); err != nil || is {
				if err != nil {
					return err
				}
				continue
			}
			if r.Skipped {
				p.Skipped++
			}
			if r.Skipped == f.Skipped && hasWords(fold(r.Name+" "+r.Description+" "+r.SKU), f.Query) {
				rows = append(rows, ProductRow{Product: r.product(remote), Skipped: r.Skipped, SkippedBy: r.SkippedBy.Name})
			}
		}
		slices.SortFunc(rows, func(a, b ProductRow) int {
			return cmp.Or(cmp.Compare(a.Category, b.Category), cmp.Compare(fold(a.Name), fold(b.Name)), cmp.Compare(a.Remote, b.Remote))
		})
		from, to := pageOf(f.Page, f.Size, len(rows), &p.Page, &p.Pages)
		p.Total, p.Rows = len(rows), rows[from:to]
		proposeSKUs(tx, p.Rows)
		return nil
	})
	return p, err
}

// isItem reports whether lines of a product are matched already, be it that they are not stock.
func isItem(tx *bbolt.Tx, remote string, r productRecord) (bool, error) {
	m, err := getMatch(tx, r.line(remote).matchKey())
	if err != nil || m.ID != 0 {
		return m.ID != 0, err
	}
	l := r.line(remote)
	l.Category = CategoryProduct
	err = l.match(tx)
	return len(l.parts()) > 0, err
}

// SkipProducts leaves products out of the list, or brings them back. Those that are gone are left out.
func (db *DB) SkipProducts(ctx context.Context, by Actor, account string, remotes []string, skipped bool) error {
	return db.update(ctx, func(tx *bbolt.Tx) error {
		b := tx.Bucket(productBucket)
		for _, remote := range remotes {
			key := remoteKey(account, remote)
			var r productRecord
			found, err := get(b, key, &r)
			if err != nil {
				return err
			}
			if !found {
				continue
			}
			r.Skipped, r.SkippedBy = skipped, Actor{}
			if skipped {
				r.SkippedBy = by
			}
			if err := put(b, key, r); err != nil {
				return err
			}
		}
		return nil
	})
}
