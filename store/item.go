package store

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"go.etcd.io/bbolt"
)

// An Item is one kind of material: what it is, not how much there is of it.
type Item struct {
	ID        ItemID
	Version   uint64 // raised by each change
	SKU       string // unique, whatever its case
	Name      string
	Category  string
	Unit      string // what one is: ea, ft, box
	Packs     []Pack // what it comes in, the smallest first
	Cost      Money  // what we pay for one
	Price     Money  // what customers pay for one
	Supplier  string
	Barcodes  []string
	Minimum   Qty // with a minimum above zero it is low below it
	Par       Qty // the level to restock up to
	Notes     string
	Place     PlaceID // where it stands if nobody says otherwise
	Archived  bool
	CreatedAt time.Time
	UpdatedAt time.Time
}

// An ItemDraft is what a person may say of an item. Field names in errors are the item form's.
type ItemDraft struct {
	SKU, Name, Category, Unit, Supplier, Notes string
	Barcodes                                   []string
	Packs                                      []Pack
	Minimum, Par                               Qty
	Cost, Price                                Money
	Place                                      PlaceID // zero: the warehouse
}

// itemRecord is an Item as it lies in the file. Fields may be added;
// the names and types of those here are fixed for good.
type itemRecord struct {
	Version   uint64    `json:"version"`
	SKU       string    `json:"sku"`
	Name      string    `json:"name"`
	Category  string    `json:"category,omitempty"`
	Unit      string    `json:"unit"`
	Packs     []Pack    `json:"packs,omitempty"`
	Cost      Money     `json:"cost,omitempty"`
	Price     Money     `json:"price,omitempty"`
	Supplier  string    `json:"supplier,omitempty"`
	Barcodes  []string  `json:"barcodes,omitempty"`
	Minimum   Qty       `json:"minimum,omitempty"`
	Par       Qty       `json:"par,omitempty"`
	Notes     string    `json:"notes,omitempty"`
	Place     PlaceID   `json:"place"`
	Archived  bool      `json:"archived,omitempty"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
}

func (d ItemDraft) tidy() ItemDraft {
	for _, s := range []*string{&d.SKU, &d.Name, &d.Category, &d.Unit, &d.Supplier} {
		*s = oneLine(*s)
	}
	d.Notes = strings.TrimSpace(strings.ToValidUTF8(d.Notes, ""))
	if d.Unit == "" {
		d.Unit = "ea"
	}
	var codes []string
	for _, c := range d.Barcodes {
		same := func(other string) bool { return SameCode(other, c) }
		if c = oneLine(c); c != "" && !slices.ContainsFunc(codes, same) {
			codes = append(codes, c)
		}
	}
	d.Barcodes, d.Packs = codes, tidyPacks(d.Packs)
	return d
}

// Check fails with [Invalid] when a field breaks a rule that can be told without looking at other items.
func (d ItemDraft) Check() error { return d.tidy().check() }

func (d ItemDraft) check() error {
	bad := problems{}
	length := func(field, what, s string, least, most int) {
		if n := utf8.RuneCountInString(s); n < least {
			bad.add(field, "Write %s.", what)
		} else if n > most {
			bad.add(field, "At most %d characters. This has %d.", most, n)
		}
	}
	length("sku", "a SKU, the short code of the item", d.SKU, 1, 60)
	length("name", "a name", d.Name, 1, 200)
	length("category", "a category", d.Category, 0, 60)
	length("unit", "a unit", d.Unit, 1, 20)
	if text := checkPacks(d.Unit, d.Packs); text != "" {
		bad.add("packs", "%s", text)
	}
	length("supplier", "a supplier", d.Supplier, 0, 100)
	length("notes", "notes", d.Notes, 0, 2000)
	if len(d.Barcodes) > 20 {
		bad.add("barcode", "At most 20 barcodes.")
	}
	for _, c := range d.Barcodes {
		length("barcode", "a barcode", c, 1, 60)
	}
	if d.Minimum < 0 {
		bad.add("minimum", "A minimum is 0 or more.")
	}
	if d.Par < 0 {
		bad.add("par", "Par is 0 or more.")
	}
	if d.Par > 0 && d.Par < d.Minimum {
		bad.add("par", "Par is the level to restock up to: at least the minimum of %v.", d.Minimum)
	}
	return bad.err()
}

// CreateItem adds an item. It fails with [Invalid], or with [Conflict] when
// the SKU or a barcode is taken.
func (db *DB) CreateItem(ctx context.Context, by Actor, d ItemDraft) (Item, error) {
	d = d.tidy()
	if err := d.check(); err != nil {
		return Item{}, err
	}
	var it Item
	err := db.update(ctx, func(tx *bbolt.Tx) (err error) {
		if it, err = db.addItem(tx, by, d); err != nil {
			return err
		}
		if err := db.auditItem(tx, by, "added", Item{}, it); err != nil {
			return err
		}
		return db.matchWaiting(tx, CauseOpening, by)
	})
	return it, err
}

// addItem adds a checked draft, without looking for lines that wait for it.
func (db *DB) addItem(tx *bbolt.Tx, by Actor, d ItemDraft) (Item, error) {
	items := tx.Bucket(itemBucket)
	items.FillPercent = packed
	id, err := next[ItemID](items)
	if err != nil {
		return Item{}, err
	}
	it := Item{ID: id, CreatedAt: db.Now()}
	return db.saveItem(tx, by, it, d, false)
}

// UpdateItem changes an item; a draft without a place leaves it where it belongs. It fails with [Invalid], [NotFound], or with [Conflict] when the SKU
// or a barcode is taken, or when version is not the item's any more: someone was faster.
func (db *DB) UpdateItem(ctx context.Context, by Actor, id ItemID, version uint64, d ItemDraft) (Item, error) {
	d = d.tidy()
	if err := d.check(); err != nil {
		return Item{}, err
	}
	var it Item
	err := db.update(ctx, func(tx *bbolt.Tx) error {
		old, err := getItem(tx, id)
		if err != nil {
			return err
		}
		if old.Version != version {
			return Errorf(Conflict, "Someone changed %s meanwhile. Look at it again.", old.SKU)
		}
		d := d
		d.Place = cmp.Or(d.Place, old.Place)
		if it, err = db.saveItem(tx, by, old, d, old.Archived); err != nil {
			return err
		}
		if err := db.auditItem(tx, by, "changed", old, it); err != nil {
			return err
		}
		return db.matchWaiting(tx, CauseSync, by)
	})
	return it, err
}

// ArchiveItem takes an item out of the lists, or brings it back. Its stock and history stay.
// It fails with [NotFound].
func (db *DB) ArchiveItem(ctx context.Context, by Actor, id ItemID, archived bool) (Item, error) {
	var it Item
	err := db.update(ctx, func(tx *bbolt.Tx) error {
		old, err := getItem(tx, id)
		if err != nil {
			return err
		}
		if it = old; old.Archived == archived {
			return nil
		}
		if it, err = db.saveItem(tx, by, old, draftOf(old), archived); err != nil {
			return err
		}
		if err := db.auditItem(tx, by, "changed", old, it); err != nil || archived {
			return err
		}
		return db.matchWaiting(tx, CauseOpening, by)
	})
	return it, err
}

func itemPage(id ItemID) string { return "/items/" + id.String() }

// auditItem notes that an item is new, or that what decides on orders and money is another now.
func (db *DB) auditItem(tx *bbolt.Tx, by Actor, did string, old, it Item) error {
	changes := changed([3]string{"SKU", old.SKU, it.SKU}, [3]string{"minimum", old.Minimum.String(), it.Minimum.String()},
		[3]string{"par", old.Par.String(), it.Par.String()}, [3]string{"cost", old.Cost.String(), it.Cost.String()},
		[3]string{"price", old.Price.String(), it.Price.String()}, [3]string{"archived", yesNo(old.Archived), yesNo(it.Archived)})
	if did == "changed" && len(changes) == 0 {
		return nil
	}
	return db.audit(tx, AuditEntry{By: by, Kind: AuditItem, What: did + " the item " + it.SKU, About: itemPage(it.ID), Changes: changes})
}

func draftOf(it Item) ItemDraft {
	return ItemDraft{SKU: it.SKU, Name: it.Name, Category: it.Category, Unit: it.Unit, Supplier: it.Supplier,
		Notes: it.Notes, Barcodes: it.Barcodes, Packs: it.Packs, Minimum: it.Minimum, Par: it.Par, Cost: it.Cost, Price: it.Price,
		Place: it.Place}
}

// saveItem writes old as d says, with its indexes and its event.
func (db *DB) saveItem(tx *bbolt.Tx, by Actor, old Item, d ItemDraft, archived bool) (Item, error) {
	if d.Place == 0 {
		d.Place = firstPlace
	}
	place, err := getPlace(tx, d.Place)
	if err != nil {
		return Item{}, fieldError(err, "place")
	}
	if place.Archived {
		return Item{}, invalidField("place", place.Name+" is archived. Choose another place.")
	}
	if err := codesFree(tx, old.ID, d); err != nil {
		return Item{}, err
	}
	if err := unindexItem(tx, old); err != nil {
		return Item{}, err
	}
	it := Item{ID: old.ID, Version: old.Version + 1, SKU: d.SKU, Name: d.Name, Category: d.Category, Unit: d.Unit,
		Packs: d.Packs, Cost: d.Cost, Price: d.Price, Supplier: d.Supplier, Barcodes: d.Barcodes, Minimum: d.Minimum, Par: d.Par,
		Notes: d.Notes, Place: d.Place, Archived: archived, CreatedAt: old.CreatedAt, UpdatedAt: db.Now()}
	if err := indexItem(tx, it); err != nil {
		return Item{}, err
	}
	if err := put(tx.Bucket(itemBucket), idKey(it.ID), recordOf(it)); err != nil {
		return Item{}, err
	}
	if err := emit(tx, Event{Kind: ItemChanged, At: it.UpdatedAt, Item: it.ID}); err != nil {
		return Item{}, err
	}
	why := levelCause{At: it.UpdatedAt, Cause: CauseOpening, By: by.Name}
	if old.Archived != archived {
		if err := emitSpotsOf(tx, it, why); err != nil {
			return Item{}, err
		}
	}
	return it, db.judgeLevel(tx, it, why)
}

func recordOf(it Item) itemRecord {
	return itemRecord{Version: it.Version, SKU: it.SKU, Name: it.Name, Category: it.Category, Unit: it.Unit,
		Packs: it.Packs, Cost: it.Cost, Price: it.Price, Supplier: it.Supplier, Barcodes: it.Barcodes, Minimum: it.Minimum,
		Par: it.Par, Notes: it.Notes, Place: it.Place, Archived: it.Archived,
		CreatedAt: it.CreatedAt, UpdatedAt: it.UpdatedAt}
}

// fieldError gives err, if it is a person's to mend, a place in the form.
func fieldError(err error, field string) error {
	if CodeOf(err) == Internal {
		return err
	}
	return &Error{Code: CodeOf(err), Message: messageOf(err), Fields: map[string]string{field: messageOf(err)}}
}

// Item returns the item named id. It fails with [NotFound].
func (db *DB) Item(ctx context.Context, id ItemID) (Item, error) {
	var it Item
	err := db.view(ctx, func(tx *bbolt.Tx) (err error) {
		it, err = getItem(tx, id)
		return err
	})
	return it, err
}

// ItemByCode returns the item with this very SKU or barcode. It fails with [NotFound].
func (db *DB) ItemByCode(ctx context.Context, code string) (Item, error) {
	var it Item
	err := db.view(ctx, func(tx *bbolt.Tx) (err error) {
		id, ok := itemOfCode(tx, code)
		if !ok {
			return Errorf(NotFound, "No item has the code %s.", quoted(code))
		}
		it, err = getItem(tx, id)
		return err
	})
	return it, err
}

func getItem(tx *bbolt.Tx, id ItemID) (Item, error) { return itemIn(tx.Bucket(itemBucket), id) }

// itemIn is getItem for one who asks for many.
func itemIn(items *bbolt.Bucket, id ItemID) (Item, error) {
	var r itemRecord
	ok, err := get(items, idKey(id), &r)
	if err != nil {
		return Item{}, err
	}
	if !ok {
		return Item{}, Errorf(NotFound, "There is no item with the number %v.", id)
	}
	return Item{ID: id, Version: r.Version, SKU: r.SKU, Name: r.Name, Category: r.Category, Unit: r.Unit,
		Packs: r.Packs, Cost: r.Cost, Price: r.Price, Supplier: r.Supplier, Barcodes: r.Barcodes, Minimum: r.Minimum, Par: r.Par,
		Notes: r.Notes, Place: r.Place, Archived: r.Archived, CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt}, nil
}
