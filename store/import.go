package store

import (
	"context"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"go.etcd.io/bbolt"
)

// importColumns are the item form's fields, and two for opening balances.
var importColumns = []string{"sku", "name", "category", "unit", "packs", "minimum", "par", "cost", "price", "supplier",
	"barcode", "notes", "quantity", "place"}

// maxImport bounds how many rows one file may have.
const maxImport = 200_000

// An ImportResult says what an import did.
type ImportResult struct {
	Items int
}

// importRow is one row of the file, read.
type importRow struct {
	line     int
	draft    ItemDraft
	quantity Qty
	place    string
}

// ImportItems is [DB.ImportItemsOnce] for who asks once.
func (db *DB) ImportItems(ctx context.Context, by Actor, r io.Reader) (ImportResult, error) {
	return db.ImportItemsOnce(ctx, by, "", r)
}

// ImportItemsOnce adds the items of a CSV file with their opening balances: all of them, in one commit, or none. For a
// request that was done it returns the same again.
// The header names the columns, in any order; sku and name are needed. Opening balances are no crossings.
// It fails with [Invalid] or [Conflict], naming the lines and the columns, each on a line of the message.
func (db *DB) ImportItemsOnce(ctx context.Context, by Actor, request string, r io.Reader) (ImportResult, error) {
	rows, err := readItems(r)
	if err != nil {
		return ImportResult{}, err
	}
	res, err := db.answerOnce(ctx, request, func(tx *bbolt.Tx) (AnswerResult, error) {
		return AnswerResult{Jobs: len(rows)}, db.addRows(tx, by, rows)
	})
	if err != nil {
		return ImportResult{}, err
	}
	return ImportResult{Items: res.Jobs}, nil
}

// addRows adds items with their opening balances, which are no crossings.
func (db *DB) addRows(tx *bbolt.Tx, by Actor, rows []importRow) error {
	for _, name := range itemIndexes {
		tx.Bucket(name).FillPercent = packed
	}
	at := db.Now()
	var came []ItemID
	var bad mistakes
	for _, row := range rows {
		id, err := db.addRow(tx, by, row, at)
		if err := bad.add(atLine(row.line, importColumns, err)); err != nil {
			return err
		}
		came = append(came, id)
	}
	if err := bad.err(); err != nil {
		return err
	}
	err := db.audit(tx, AuditEntry{By: by, Kind: AuditData, What: "imported " + strconv.Itoa(len(rows)) + " items", About: "/items"})
	if err != nil {
		return err
	}
	if err = db.matchWaiting(tx, CauseOpening, by); err != nil {
		return err
	}
	tally, err := importTally(tx, came)
	if err != nil {
		return err
	}
	return emit(tx, Event{Kind: ItemsCame, At: at, By: by.Name, Imported: tally})
}

func (db *DB) addRow(tx *bbolt.Tx, by Actor, row importRow, at time.Time) (ItemID, error) {
	if row.place != "" {
		v := tx.Bucket(placeName).Get([]byte(fold(row.place)))
		if v == nil {
			return 0, invalidField("place", "There is no place "+quoted(row.place)+". Add it first.")
		}
		row.draft.Place = firstID[PlaceID](v)
	}
	it, err := db.addItem(tx, by, row.draft)
	if err != nil || row.quantity == 0 {
		return it.ID, err
	}
	m := Movement{Item: it.ID, Kind: Receive, Qty: row.quantity, From: Supplier, To: it.Place, By: by, At: at,
		UnitCost: it.Cost, Reason: "Opening balance"}
	_, err = db.addMovement(tx, it, m)
	return it.ID, err
}

// importTally counts imported items by category, as they stand now; by name of the category.
func importTally(tx *bbolt.Tx, came []ItemID) ([]ImportTally, error) {
	by := map[string]*ImportTally{}
	for _, id := range came {
		it, err := getItem(tx, id)
		if err != nil {
			return nil, err
		}
		key := fold(it.Category)
		if by[key] == nil {
			by[key] = &ImportTally{Category: it.Category}
		}
		by[key].Items++
		switch stateOf(tx, id) {
		case StateOut:
			by[key].Out++
		case StateLow:
			by[key].Low++
		}
	}
	all := make([]ImportTally, 0, len(by))
	for _, key := range slices.Sorted(maps.Keys(by)) {
		all = append(all, *by[key])
	}
	return all, nil
}

func readItems(r io.Reader) ([]importRow, error) {
	var rows []importRow
	var bad mistakes
	c, header, err := openCSV(r, importColumns, "sku", "name")
	if err != nil {
		return nil, err
	}
	err = eachRecord(c, maxImport, func(line int, record []string) error {
		row, err := readItem(header, record)
		row.line = line
		rows = append(rows, row)
		return bad.add(atLine(line, importColumns, err))
	})
	if err = bad.add(err); err == nil {
		err = bad.err()
	}
	if err == nil && len(rows) == 0 {
		err = Errorf(Invalid, "Line 2: There are no items below the header.")
	}
	return rows, err
}

func readItem(header, record []string) (importRow, error) {
	var row importRow
	d := &row.draft
	texts := map[string]*string{"sku": &d.SKU, "name": &d.Name, "category": &d.Category, "unit": &d.Unit,
		"supplier": &d.Supplier, "notes": &d.Notes, "place": &row.place}
	quantities := map[string]*Qty{"minimum": &d.Minimum, "par": &d.Par, "quantity": &row.quantity}
	amounts := map[string]*Money{"cost": &d.Cost, "price": &d.Price}
	for i, name := range header {
		value := strings.TrimSpace(record[i])
		if !utf8.ValidString(value) { // what cannot be read would be lost
			return row, invalidField(name, "This is not UTF-8 text. Save the file as “CSV UTF-8”.")
		}
		var err error
		switch {
		case texts[name] != nil:
			*texts[name] = textOf(value)
		case name == "barcode":
			d.Barcodes = strings.Fields(textOf(value))
		case name == "packs":
			d.Packs, err = ParsePacks(textOf(value))
		case value == "":
		case quantities[name] != nil:
			*quantities[name], err = ParseQty(value)
		case amounts[name] != nil:
			*amounts[name], err = ParseMoney(value)
		}
		if err != nil {
			return row, fieldError(err, name)
		}
	}
	if row.quantity < 0 {
		return row, invalidField("quantity", "An opening balance is 0 or more.")
	}
	*d = d.tidy()
	return row, d.check()
}
