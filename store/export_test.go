package store_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"strings"
	"testing"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// What an export wrote another installation reads, and then writes the same.
func TestExportItems(t *testing.T) {
	db := storetest.Open(t)
	var file strings.Builder
	file.WriteString("sku,name,category,unit,packs,minimum,par,cost,price,supplier,barcode,notes,quantity,place\n")
	file.WriteString("A-1,\"Elbow, 3/4\"\" copper\",Plumbing,ea,\"box 50, case 200\",10,20,1.25,2.5,Valley,4012 4013,\"two\nlines\",12,Warehouse\n")
	for i := range 1100 { // more than two lots
		fmt.Fprintf(&file, "B-%04d,Bolt %04d,,ea,,0,0,0.00,0.00,,,,%d,Warehouse\n", i, i, i%7)
	}
	if _, err := db.ImportItems(t.Context(), storetest.Staff, strings.NewReader(file.String())); err != nil {
		t.Fatal(err)
	}
	gone := storetest.Item(t, db, "GONE", 0, 0)
	if _, err := db.ArchiveItem(t.Context(), storetest.Staff, gone.ID, true); err != nil {
		t.Fatal(err)
	}
	first := export(t, db, store.Export{Money: true})
	rows, err := csv.NewReader(strings.NewReader(first)).ReadAll()
	if err != nil || len(rows) != 1102 {
		t.Fatalf("%d rows (%v), want a header and 1,101 items", len(rows), err)
	}
	if got := strings.Join(rows[1101], "|"); got != `A-1|Elbow, 3/4" copper|Plumbing|ea|box 50, case 200|10|20|1.25|2.50|Valley|4012 4013|`+"two\nlines|12|Warehouse" {
		t.Errorf("the row of A-1: %s", got)
	}
	other := storetest.Open(t)
	if _, err := other.ImportItems(t.Context(), storetest.Staff, strings.NewReader(first)); err != nil {
		t.Fatal(err)
	}
	if second := export(t, other, store.Export{Money: true}); second != first {
		t.Error("an export that was read in is written otherwise")
	}
	if without := export(t, db, store.Export{}); strings.Contains(without, "cost") || strings.Contains(without, "1.25") {
		t.Error("money is in an export without money")
	}
}

// Who stops reading ends the export.
func TestExportItemsStops(t *testing.T) {
	db := storetest.Open(t)
	storetest.Item(t, db, "A-1", 1, 0)
	full := errors.New("no more room")
	if err := db.ExportItems(t.Context(), refusing{full}, store.Export{}); !errors.Is(err, full) {
		t.Errorf("err = %v, want %v", err, full)
	}
}

type refusing struct{ err error }

func (r refusing) Write([]byte) (int, error) { return 0, r.err }

func export(t testing.TB, db *store.DB, o store.Export) string {
	t.Helper()
	var out bytes.Buffer
	if err := db.ExportItems(t.Context(), &out, o); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func BenchmarkExportItems(b *testing.B) {
	db := shelves(b, 10_000)
	b.ReportAllocs()
	for b.Loop() {
		export(b, db, store.Export{Money: true})
	}
}
