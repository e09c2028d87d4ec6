package store

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"go.etcd.io/bbolt"
)

// importColumns are the item form's fields, and two for opening balances.
var importColumns = []string{"sku", "name", "category", "unit", "minimum", "par", "cost", "price", "supplier",
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

// ImportItems adds the items of a CSV file with their opening balances: all of them, in one commit, or none.
// The header names the columns, in any order; sku and name are needed. Opening balances are no crossings.
// It fails with [Invalid] or [Conflict], naming the line and the column.
func (db *DB) ImportItems(ctx context.Context, by Actor, r io.Reader) (ImportResult, error) {
	rows, err := readItems(r)
	if err != nil {
		return ImportResult{}, err
	}
	err = db.update(ctx, func(tx *bbolt.Tx) error {
		at := db.Now()
		for _, row := range rows {
			if row.place != "" {
				v := tx.Bucket(placeName).Get([]byte(fold(row.place)))
				if v == nil {
					return Errorf(Invalid, "Line %d, column place: There is no place %s. Add it first.", row.line, quoted(row.place))
				}
				row.draft.Place = firstID[PlaceID](v)
			}
			it, err := db.addItem(tx, by, row.draft)
			if err != nil {
				return atLine(row.line, err)
			}
			if row.quantity == 0 {
				continue
			}
			m := Movement{Item: it.ID, Kind: Receive, Qty: row.quantity, From: Supplier, To: it.Place, By: by, At: at,
				UnitCost: it.Cost, Reason: "Opening balance"}
			if _, err := db.addMovement(tx, m); err != nil {
				return err
			}
		}
		return db.matchWaiting(tx, CauseOpening, by)
	})
	if err != nil {
		return ImportResult{}, err
	}
	return ImportResult{Items: len(rows)}, nil
}

// atLine says where in the file a person's mistake is.
func atLine(line int, err error) error {
	e, ok := errors.AsType[*Error](err)
	if !ok {
		return err
	}
	for _, column := range importColumns {
		if sentence := e.Fields[column]; sentence != "" {
			return Errorf(e.Code, "Line %d, column %s: %s", line, column, sentence)
		}
	}
	return Errorf(e.Code, "Line %d: %s", line, e.Message)
}

// readHeader returns the names of the columns.
func readHeader(c *csv.Reader) ([]string, error) {
	header, err := c.Read()
	if err != nil {
		return nil, Errorf(Invalid, "Line 1: This is no CSV file with a header: %v.", err)
	}
	seen := map[string]bool{}
	for i, name := range header {
		header[i] = strings.ToLower(strings.TrimSpace(strings.TrimPrefix(name, "\ufeff")))
		if !slices.Contains(importColumns, header[i]) {
			return nil, Errorf(Invalid, "Line 1: There is no column %s. The columns are %s.", quoted(name), strings.Join(importColumns, ", "))
		}
		if seen[header[i]] {
			return nil, Errorf(Invalid, "Line 1: The column %s is there twice.", header[i])
		}
		seen[header[i]] = true
	}
	for _, name := range []string{"sku", "name"} {
		if !seen[name] {
			return nil, Errorf(Invalid, "Line 1: The column %s is missing.", name)
		}
	}
	return header, nil
}

func readItems(r io.Reader) ([]importRow, error) {
	c := csv.NewReader(r)
	header, err := readHeader(c)
	if err != nil {
		return nil, err
	}
	var rows []importRow
	for {
		record, err := c.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if e, ok := errors.AsType[*csv.ParseError](err); ok {
			return nil, Errorf(Invalid, "Line %d, column %d: %v.", e.Line, e.Column, e.Err)
		}
		if err != nil {
			return nil, fmt.Errorf("read items: %w", err)
		}
		line, _ := c.FieldPos(0)
		if len(rows) == maxImport {
			return nil, Errorf(Invalid, "Line %d: At most %d items in one file.", line, maxImport)
		}
		row, err := readItem(header, record)
		if err != nil {
			return nil, atLine(line, err)
		}
		row.line = line
		rows = append(rows, row)
	}
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
			*texts[name] = value
		case name == "barcode":
			d.Barcodes = strings.Fields(value)
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
