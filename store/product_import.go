package store

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"go.etcd.io/bbolt"
)

// A ProductPick is a product that is to be an item.
type ProductPick struct {
	Remote string
	SKU    string
}

// A ProductImport is a person making items of products.
type ProductImport struct {
	RequestID string // made by the client: the same one imports once; "" for none
	By        Actor
	Account   string
	Picks     []ProductPick
}

// ImportProducts makes an item of each product and remembers that the product is that item: all of them, in one
// commit, or none. It returns how many, and the same again for a request that was done. It fails with [Invalid] or
// [Conflict]; the fields of its error are named "sku " and the product's id.
func (db *DB) ImportProducts(ctx context.Context, in ProductImport) (int, error) {
	if len(in.Picks) == 0 {
		return 0, Errorf(Invalid, "Tick the products that are to be items.")
	}
	res, err := db.answerOnce(ctx, in.RequestID, func(tx *bbolt.Tx) (AnswerResult, error) {
		bad := map[string]string{}
		for _, p := range in.Picks {
			err := db.importProduct(tx, in, p)
			var e *Error
			switch {
			case errors.As(err, &e) && e.Code != Internal:
				bad["sku "+p.Remote] = e.Message
			case err != nil:
				return AnswerResult{}, err
			}
		}
		if len(bad) > 0 {
			return AnswerResult{}, &Error{Code: Invalid, Message: fmt.Sprintf("Nothing was imported: look at %s.", lines(len(bad))), Fields: bad}
		}
		err := db.audit(tx, AuditEntry{By: in.By, Kind: AuditData, What: "made items of " + strconv.Itoa(len(in.Picks)) + " products of Jobber's", About: "/admin/products"})
		if err != nil {
			return AnswerResult{}, err
		}
		return AnswerResult{Jobs: len(in.Picks)}, db.matchWaiting(tx, CauseOpening, in.By)
	})
	return res.Jobs, err
}

func (db *DB) importProduct(tx *bbolt.Tx, in ProductImport, p ProductPick) error {
	var r productRecord
	found, err := get(tx.Bucket(productBucket), remoteKey(in.Account, p.Remote), &r)
	if err != nil {
		return err
	}
	if !found {
		return Errorf(NotFound, "Jobber does not have this product any more.")
	}
	if r.Category == CategoryService {
		return Errorf(Invalid, "A service is no item. Its lines can be a kit.")
	}
	key := r.line(p.Remote).matchKey()
	old, err := storedMatch(tx, key)
	if err != nil {
		return err
	}
	if old.ID != 0 && !old.Forgotten {
		what, err := old.what(tx)
		if err != nil {
			return err
		}
		return Errorf(Conflict, "This product is %s already.", what)
	}
	d := ItemDraft{SKU: p.SKU, Name: cutRunes(r.Name, 200), Notes: cutRunes(r.Description, 2000), Cost: r.Cost, Price: r.Price}.tidy()
	if err := d.check(); err != nil {
		return err
	}
	it, err := db.addItem(tx, in.By, d)
	if err != nil {
		return err
	}
	_, err = db.setMatch(tx, key, old, matchRecord{Item: it.ID, By: in.By, Name: r.Name}, in.By)
	return err
}

// proposeSKUs gives the rows whose products have no SKU one that no item and no other row has.
func proposeSKUs(tx *bbolt.Tx, rows []ProductRow) {
	taken := map[string]bool{}
	for _, r := range rows {
		taken[fold(r.SKU)] = true
	}
	for i := range rows {
		if rows[i].SKU != "" {
			continue
		}
		base := shortCode(rows[i].Name)
		sku := base
		for n := 2; taken[fold(sku)] || tx.Bucket(itemSKU).Get([]byte(fold(sku))) != nil; n++ {
			sku = fmt.Sprintf("%s-%d", base, n)
		}
		taken[fold(sku)] = true
		rows[i].Proposed = sku
	}
}

// shortCode makes a code of a name: the beginnings of its first words, and its figures.
func shortCode(name string) string {
	const words, letters = 4, 4
	ws := strings.FieldsFunc(strings.ToUpper(plainSpelling(name)), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	var parts []string
	for _, w := range ws {
		if len(parts) < words {
			parts = append(parts, cutRunes(w, letters))
		}
	}
	if len(parts) == 0 {
		return "ITEM"
	}
	return strings.Join(parts, "-")
}
