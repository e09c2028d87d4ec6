package store

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"io"
	"slices"
	"strings"

	"go.etcd.io/bbolt"
)

// exportLot is how many items are read together. No transaction is open while they are written: a slow reader
// would make the file grow.
const exportLot = 500

// exportBuffer is how much is handed to the writer at once: each time costs a change of goroutines.
const exportBuffer = 64 << 10

// An Export says what of the catalogue is wanted.
type Export struct {
	Money bool // cost and price too
}

// ExportItems writes the active items by name as CSV, with the columns that [DB.ImportItems] reads; quantity is
// what is on hand in all places, and place where the item belongs. What changes meanwhile may be told of as it was
// or as it is. It fails with w's error.
func (db *DB) ExportItems(ctx context.Context, w io.Writer, o Export) error {
	columns := slices.DeleteFunc(slices.Clone(importColumns), func(name string) bool {
		return !o.Money && (name == "cost" || name == "price")
	})
	out := bufio.NewWriterSize(w, exportBuffer)
	c := csv.NewWriter(out)
	if err := c.Write(columns); err != nil {
		return err
	}
	places := map[PlaceID]string{}
	for next := []byte{0}; next != nil; {
		var lot [][]string
		err := db.view(ctx, func(tx *bbolt.Tx) (err error) {
			lot, next, err = exportRows(tx, next, columns, places)
			return err
		})
		if err != nil {
			return err
		}
		if err := c.WriteAll(lot); err != nil {
			return err
		}
	}
	return out.Flush()
}

// exportRows returns the rows of a lot of items from key on in items.name, and the key of the next lot; nil if
// there is none.
func exportRows(tx *bbolt.Tx, key []byte, columns []string, places map[PlaceID]string) (rows [][]string, next []byte, err error) {
	c, items, stock := tx.Bucket(itemName).Cursor(), tx.Bucket(itemBucket), tx.Bucket(stockBucket)
	quantity, place := slices.Index(columns, "quantity"), slices.Index(columns, "place")
	k, _ := c.Seek(key)
	for ; k != nil && len(rows) < exportLot; k, _ = c.Next() {
		it, err := itemIn(items, lastID[ItemID](k))
		if err != nil {
			return nil, nil, err
		}
		if _, ok := places[it.Place]; !ok {
			p, err := getPlace(tx, it.Place)
			if err != nil {
				return nil, nil, err
			}
			places[it.Place] = p.Name
		}
		row := make([]string, len(columns))
		for i, name := range columns {
			row[i] = exportField(it, name)
		}
		row[quantity], row[place] = levelIn(stock, it.ID).OnHand.String(), cellOf(places[it.Place])
		rows = append(rows, row)
	}
	return rows, bytes.Clone(k), nil
}

// exportField is what the column says of the item itself.
func exportField(it Item, column string) string {
	switch column {
	case "sku":
		return cellOf(it.SKU)
	case "name":
		return cellOf(it.Name)
	case "category":
		return cellOf(it.Category)
	case "unit":
		return cellOf(it.Unit)
	case "packs":
		return cellOf(PacksText(it.Packs))
	case "minimum":
		return it.Minimum.String()
	case "par":
		return it.Par.String()
	case "cost":
		return it.Cost.String()
	case "price":
		return it.Price.String()
	case "supplier":
		return cellOf(it.Supplier)
	case "barcode":
		return cellOf(strings.Join(it.Barcodes, " "))
	case "notes":
		return cellOf(it.Notes)
	}
	return ""
}
