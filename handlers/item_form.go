package handlers

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"lwc-inventory/store"
)

// itemForm is the data of item/form.
type itemForm struct {
	Problem complaints
	itemText
	ID         store.ItemID // 0: a new one
	Heading    string
	Version    string // of the item when the form was made
	CSRF       string
	Money      bool      // cost and price may be seen and set
	Saved      *itemText // what another person saved meanwhile; nil: nothing
	Places     []store.Place
	Categories []string
	Suppliers  []string
}

// itemText is what is typed about an item, field by field.
type itemText struct {
	SKU, Name, Category, Unit, Packs      string
	Minimum, Par                          string
	Cost, Price, Supplier, Barcode, Notes string
	Place                                 string
}

// textOf is how an item stands in its form.
func textOf(it store.Item) itemText {
	return itemText{SKU: it.SKU, Name: it.Name, Category: it.Category, Unit: it.Unit,
		Packs: store.PacksText(it.Packs), Minimum: it.Minimum.String(), Par: it.Par.String(), Cost: it.Cost.String(), Price: it.Price.String(),
		Supplier: it.Supplier, Barcode: strings.Join(it.Barcodes, " "), Notes: it.Notes, Place: it.Place.String()}
}

func readItemText(c *fiber.Ctx) itemText {
	return itemText{SKU: formText(c, "sku"), Name: formText(c, "name"), Category: formText(c, "category"),
		Unit: formText(c, "unit"), Packs: formText(c, "packs"), Minimum: formText(c, "minimum"), Par: formText(c, "par"), Cost: formText(c, "cost"),
		Price: formText(c, "price"), Supplier: formText(c, "supplier"), Barcode: formText(c, "barcode"),
		Notes: formText(c, "notes"), Place: formText(c, "place")}
}

// draft reads t. What is left empty is zero. Cost and price are old's unless money may be set.
func (t itemText) draft(money bool, old store.Item) (store.ItemDraft, complaints) {
	d := store.ItemDraft{SKU: t.SKU, Name: t.Name, Category: t.Category, Unit: t.Unit, Supplier: t.Supplier,
		Notes: t.Notes, Barcodes: strings.Fields(t.Barcode), Cost: old.Cost, Price: old.Price}
	bad := complaints{}
	note := func(field string, err error) {
		if again, ok := complaintsIn(inField(field, asInvalid(err))); ok {
			bad = bad.join(again)
		}
	}
	var err error
	d.Packs, err = store.ParsePacks(t.Packs)
	note("packs", err)
	d.Minimum, err = read(t.Minimum, store.ParseQty)
	note("minimum", err)
	d.Par, err = read(t.Par, store.ParseQty)
	note("par", err)
	d.Place, err = read(t.Place, store.ParseID[store.PlaceID])
	note("place", err)
	if money {
		d.Cost, err = read(t.Cost, store.ParseMoney)
		note("cost", err)
		d.Price, err = read(t.Price, store.ParseMoney)
		note("price", err)
	}
	return d, bad
}

// read parses text; "" is zero.
func read[T any](text string, parse func(string) (T, error)) (T, error) {
	if text == "" {
		var zero T
		return zero, nil
	}
	return parse(text)
}

// save gives the draft to the store, if all of it could be read. Otherwise it says what could not, and in
// the same breath what else is wrong.
func save(d store.ItemDraft, bad complaints, give func(store.ItemDraft) (store.Item, error)) (store.Item, error) {
	if !bad.Any() {
		return give(d)
	}
	if also, ok := complaintsIn(d.Check()); ok {
		bad = bad.join(also)
	}
	return store.Item{}, &store.Error{Code: store.Invalid, Message: bad.Message, Fields: bad.Fields}
}

// formRow is the data of item/field: one line of text in the form.
type formRow struct {
	fieldComplaint
	Name, Label, Value string
	Hint               string
	Mode               string // which keyboard a phone shows
	List               string // id of the suggestions
	Max                int    // characters; 0: as many as one likes
	Needed, Half       bool   // must be filled; shares its line with another
	Stale              bool   // another person saved something else meanwhile
	Saved              string // this
}

// Describers are the ids of all that is said about the line.
func (r formRow) Describers() string {
	var ids []string
	if r.Hint != "" {
		ids = append(ids, r.Name+"-hint")
	}
	if r.Stale {
		ids = append(ids, r.Name+"-saved")
	}
	if r.Text != "" {
		ids = append(ids, r.ID)
	}
	return strings.Join(ids, " ")
}

// row makes one line of the form.
func (f itemForm) row(name, label, value string, saved func(itemText) string) formRow {
	r := formRow{fieldComplaint: f.Problem.At(name), Name: name, Label: label, Value: value}
	if f.Saved != nil {
		r.Saved = saved(*f.Saved)
		r.Stale = r.Saved != value
	}
	return r
}

// Rows are the lines above the notes, in the order of a label on a shelf.
func (f itemForm) Rows() []formRow {
	sku := f.row("sku", "SKU", f.SKU, func(t itemText) string { return t.SKU })
	sku.Needed, sku.Max, sku.Hint = true, 60, "The short code on the shelf. Each item has its own."
	name := f.row("name", "Name", f.Name, func(t itemText) string { return t.Name })
	name.Needed, name.Max = true, 200
	category := f.row("category", "Category", f.Category, func(t itemText) string { return t.Category })
	category.List, category.Max, category.Half = "categories", 60, true
	unit := f.row("unit", "Unit", f.Unit, func(t itemText) string { return t.Unit })
	unit.Max, unit.Hint, unit.Half = 20, "What one is: ea, ft, yd³.", true
	packs := f.row("packs", "Comes in", f.Packs, func(t itemText) string { return t.Packs })
	packs.Max, packs.Hint = 200, "A name, and how many of the unit it holds: box 50, case 200."
	minimum := f.row("minimum", "Minimum", f.Minimum, func(t itemText) string { return t.Minimum })
	minimum.Mode, minimum.Hint, minimum.Half = "decimal", "Low when less is available. 0 for none.", true
	par := f.row("par", "Par", f.Par, func(t itemText) string { return t.Par })
	par.Mode, par.Hint, par.Half = "decimal", "Restock up to this. 0 for none.", true
	rows := []formRow{sku, name, category, unit, packs, minimum, par}
	if f.Money {
		cost := f.row("cost", "Cost of one, $", f.Cost, func(t itemText) string { return t.Cost })
		price := f.row("price", "Price of one, $", f.Price, func(t itemText) string { return t.Price })
		cost.Mode, price.Mode = "decimal", "decimal"
		cost.Half, price.Half = true, true
		rows = append(rows, cost, price)
	}
	supplier := f.row("supplier", "Supplier", f.Supplier, func(t itemText) string { return t.Supplier })
	supplier.List, supplier.Max = "suppliers", 100
	barcode := f.row("barcode", "Barcodes", f.Barcode, func(t itemText) string { return t.Barcode })
	barcode.Hint = "Several with a space between."
	return append(rows, supplier, barcode)
}

// SavedNotes is what another person wrote in the notes meanwhile; "" if the same.
func (f itemForm) SavedNotes() string {
	if f.Saved == nil || f.Saved.Notes == f.Notes {
		return ""
	}
	return f.Saved.Notes
}
