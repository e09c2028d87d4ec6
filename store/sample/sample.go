// Package sample is a contractor's warehouse to try the program with: some 330 items in 13 categories,
// on shelves and in two trucks. People, suppliers and numbers are invented.
package sample

import (
	"context"
	"embed"
	"encoding/csv"
	"fmt"

	"lwc-inventory/store"
)

// Files holds items.csv, which the import command would take as well, and places.csv.
//
//go:embed items.csv places.csv
var Files embed.FS

// Fill puts the sample warehouse into an empty database.
func Fill(ctx context.Context, db *store.DB, by store.Actor) error {
	if err := fillPlaces(ctx, db, by); err != nil {
		return fmt.Errorf("sample places: %w", err)
	}
	items, err := Files.Open("items.csv")
	if err != nil {
		return err
	}
	defer items.Close()
	if _, err := db.ImportItems(ctx, by, items); err != nil {
		return fmt.Errorf("sample items: %w", err)
	}
	return nil
}

func fillPlaces(ctx context.Context, db *store.DB, by store.Actor) error {
	file, err := Files.Open("places.csv")
	if err != nil {
		return err
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		return err
	}
	there, err := db.Places(ctx)
	if err != nil {
		return err
	}
	ids := map[string]store.PlaceID{}
	for _, p := range there {
		ids[p.Name] = p.ID
	}
	for _, row := range rows[1:] { // name, kind, parent; parents stand above
		p, err := db.CreatePlace(ctx, by, store.PlaceDraft{Name: row[0], Kind: store.PlaceKind(row[1]), Parent: ids[row[2]]})
		if err != nil {
			return err
		}
		ids[p.Name] = p.ID
	}
	return nil
}
