package store

import "testing"

// walkPlaces is what layout 2 keeps of places and counts. It leaves what readFirst looks at alone.
func walkPlaces(t *testing.T, db *DB) error {
	ctx := t.Context()
	aisle, err := db.CreatePlace(ctx, frozenBy, PlaceDraft{Name: "Aisle", Kind: KindShelf, Parent: firstPlace, User: 1})
	if err != nil {
		return err
	}
	old, err := db.CreatePlace(ctx, frozenBy, PlaceDraft{Name: "Old aisle", Kind: KindShelf, Parent: firstPlace})
	if err != nil {
		return err
	}
	if _, err := db.WalkPlace(ctx, frozenBy, aisle.ID, 2); err != nil {
		return err
	}
	if _, err := db.ArchivePlace(ctx, frozenBy, old.ID, true); err != nil {
		return err
	}
	if err := db.SetPlacePar(ctx, frozenBy, PlacePar{Item: 1, Place: aisle.ID, Minimum: 1000, Par: 4000}); err != nil {
		return err
	}
	if err := db.TallyCount(ctx, CountAnswer{Item: 2, Place: firstPlace, Counted: 2000, Seen: 1 << 40, By: frozenBy}); err != nil {
		return err
	}
	_, err = db.Book(ctx, Act{RequestID: "below zero", By: frozenBy, Confirmed: true,
		Entries: []Entry{{Item: 3, Kind: Issue, Qty: 1000, From: aisle.ID}}})
	return err
}

func readPlaces(t *testing.T, db *DB) {
	t.Helper()
	places, err := db.Places(t.Context())
	gone, err2 := db.ArchivedPlaces(t.Context())
	if err != nil || err2 != nil || len(places) != 3 || places[1].Name != "Aisle" || places[1].Walk != 2 || places[1].User != 1 ||
		len(gone) != 1 || gone[0].Name != "Old aisle" {
		t.Errorf("places %+v, archived %+v, %v, %v", places, gone, err, err2)
	}
	due, err := db.DueCounts(t.Context())
	if err != nil || len(due) != 2 || due[1].Item.SKU != "OLD" || due[1].Place.Name != "Aisle" || due[1].Why != whyNegative || due[1].Since.IsZero() {
		t.Errorf("to be counted %+v, %v", due, err)
	}
	count, err := db.CountSheet(t.Context(), CountAsk{Scope: CountScope{Place: firstPlace}})
	if err != nil || count.Open != 1 || count.Differ != 1 || count.Left == 0 {
		t.Errorf("the count is %+v, %v", count, err)
	}
	restock, err := db.RestockList(t.Context(), places[1].ID)
	if err != nil || len(restock.Lines) != 1 || restock.Lines[0].Qty != 4000 {
		t.Errorf("the restock is %+v, %v", restock, err)
	}
}
