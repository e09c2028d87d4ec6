package handlers

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"lwc-inventory/static"
	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
	"lwc-inventory/views"
)

// A row that was shown before is the row that would be rendered now: each field of its data that differs makes
// it another one.
func TestOnce(t *testing.T) {
	s := &Server{Store: storetest.Open(t), Views: views.FS, Log: slog.New(slog.DiscardHandler), Secret: storetest.Secret(), Sessions: &SessionStore{}}
	var err error
	if s.Static, err = static.New(); err != nil {
		t.Fatal(err)
	}
	if err := s.prepare(); err != nil {
		t.Fatal(err)
	}
	row := itemRow{ID: 7, SKU: "ELB-7", Name: "Elbow 7", Category: "Plumbing", Unit: "ea", Level: store.Level{OnHand: 5000},
		Minimum: 2000, State: store.StateOK, Where: "Warehouse", WhereIcon: "pin"}
	for name, change := range map[string]func(r *itemRow){
		"nothing":   func(*itemRow) {},
		"id":        func(r *itemRow) { r.ID++ },
		"sku":       func(r *itemRow) { r.SKU += "-B" },
		"name":      func(r *itemRow) { r.Name = hostile },
		"category":  func(r *itemRow) { r.Category = "Lighting" },
		"unit":      func(r *itemRow) { r.Unit = "box" },
		"on hand":   func(r *itemRow) { r.Level.OnHand-- },
		"allocated": func(r *itemRow) { r.Level.Allocated++ },
		"minimum":   func(r *itemRow) { r.Minimum++ },
		"state":     func(r *itemRow) { r.State = store.StateLow },
		"archived":  func(r *itemRow) { r.Archived = true },
		"where":     func(r *itemRow) { r.Where = "Truck 3" },
		"more":      func(r *itemRow) { r.More++ },
		"toward":    func(r *itemRow) { r.Toward = "Below 0, count it" },
		"oob":       func(r *itemRow) { r.OOB = true },
	} {
		r := row
		change(&r)
		var want bytes.Buffer
		if err := s.views.Render(&want, "item/row", r); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if got, err := s.once("item/row", r); err != nil || string(got) != want.String() {
				t.Errorf("%s: %v\n%s\nwant\n%s", name, err, got, want.String())
			}
		}
	}
	for n := range onceMost + 10 {
		row.ID = store.ItemID(n)
		if _, err := s.once("item/row", row); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(s.pieces.html); n > onceMost {
		t.Errorf("%d rows are kept, at most %d should be", n, onceMost)
	}
	if _, err := s.once("no/view", row); err == nil || !strings.Contains(err.Error(), "no/view") {
		t.Errorf("a view that is not there: %v", err)
	}
}
