package store_test

import (
	"strings"
	"testing"
	"time"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

func TestAMailIsQueuedOnce(t *testing.T) {
	db := storetest.Open(t)
	it := storetest.Item(t, db, "AB-1", 5, 0)
	step := store.AlertStep{Cursor: 7, Episodes: []store.Episode{{Item: it.ID, Severity: store.Low}},
		Mails: []store.Mail{{Key: "7/low/1", To: 1, MessageID: "<a@b>"}}}
	for range 2 {
		if err := db.FinishAlerts(t.Context(), step); err != nil {
			t.Fatal(err)
		}
	}
	due, _, err := db.QueuedMails(t.Context(), store.ChannelMail, time.Now(), 10)
	if err != nil || len(due) != 1 {
		t.Fatalf("queued %+v, %v", due, err)
	}
	if c, err := db.AlertCursor(t.Context()); err != nil || c != 7 {
		t.Errorf("cursor %v, %v", c, err)
	}
	if err := db.MailSent(t.Context(), due[0].ID); err != nil {
		t.Fatal(err)
	}
	if s, err := db.MailStats(t.Context()); err != nil || s.Unsent != 0 || s.LastSent.IsZero() {
		t.Errorf("stats %+v, %v", s, err)
	}
}

func TestImportItems(t *testing.T) {
	for _, tt := range []struct {
		name, csv, says string
		items           int
	}{
		{"good", "sku,name,quantity,minimum,place,barcode\nA-1,One,12.5,20,Warehouse,111 222\nB-2,Two,,,,\n", "", 2},
		{"any order, any case, a mark in front", "\ufeffName,SKU\nOne,A-1\n", "", 1},
		{"unknown column", "sku,name,colour\nA,B,red\n", "Line 1: There is no column “colour”", 0},
		{"no SKU column", "name\nOne\n", "Line 1: The column sku is missing", 0},
		{"bad quantity", "sku,name,quantity\nA,One,1\nB,Two,1.2345\n", "Line 3, column quantity: “1.2345” is too fine", 0},
		{"comma", "sku,name,minimum\nA,One,\"1,5\"\n", "Line 2, column minimum: “1,5” has a comma", 0},
		{"no name", "sku,name\nA,One\nB,\n", "Line 3, column name: Write a name", 0},
		{"the same SKU twice", "sku,name\nA-1,One\na-1,Two\n", "Line 3, column sku: “a-1” is taken by One", 0},
		{"no such place", "sku,name,place\nA,One,Nowhere\n", "Line 2, column place: There is no place “Nowhere”", 0},
		{"a missing cell", "sku,name\nA\n", "Line 2", 0},
		{"no CSV at all", "", "Line 1", 0},
		{"a column twice", "sku,name,quantity,Quantity\nA,One,1,2\n", "Line 1: The column quantity is there twice", 0},
		{"not UTF-8", "sku,name\nA,Elbow 90\xb0\n", "Line 2, column name: This is not UTF-8", 0},
		{"a barcode twice", "sku,name,barcode\nA,One,1 2\nB,Two,2\n", "Line 3, column barcode: “2” is taken by One", 0},
		{"an open quote", "sku,name\nA,1/2\" elbow\n", "Line 2, column", 0},
		{"a negative opening", "sku,name,quantity\nA,One,-1\n", "Line 2, column quantity: An opening balance is 0 or more.", 0},
		{"semicolons", "sku;name;quantity\nA;One, two;5\n", "", 1},
		{"tabs", "sku\tname\nA\tOne; two\n", "", 1},
		{"one column", "sku\nA\n", "Line 1: The column name is missing", 0},
		{"UTF-16", "\xff\xfes\x00k\x00u\x00", "Line 1: This is UTF-16 text. Save the file as “CSV UTF-8”.", 0},
		{"a workbook", "PK\x03\x04\x14\x00", "Line 1: This is a workbook.", 0},
		{"an old workbook", "\xd0\xcf\x11\xe0", "Line 1: This is a workbook.", 0},
		{"only a header", "sku,name\n", "Line 2: There are no items below the header.", 0},
		{"mistakes of reading", "sku,name,quantity\nA,,1\nB,Two,x\n", "Line 2, column name: Write a name.\nLine 3, column quantity: “x” is not a number.", 0},
		{"mistakes of adding", "sku,name,place\nA,One,Nowhere\nB,Two,\nb,Three,\n", "Line 2, column place: There is no place “Nowhere”. Add it first.\nLine 4, column sku: “b” is taken by Two.", 0},
		{"many mistakes", "sku,name\n" + strings.Repeat("A,\n", 23), "Line 21, column name: Write a name.\nAnd 3 lines more.", 0},
		{"mistakes up to an open quote", "sku,name\nA,\nB,\"x\n", "Line 2, column name: Write a name.\nLine 3, column", 0},
		{"zero bytes", "sku,name\nA\x00,One\x00\n", "", 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			db := storetest.Open(t)
			r, err := db.ImportItems(t.Context(), storetest.Staff, strings.NewReader(tt.csv))
			if tt.says == "" && err != nil || tt.says != "" && (err == nil || !strings.Contains(err.Error(), tt.says)) {
				t.Fatalf("says %v, want %q", err, tt.says)
			}
			n, err := db.Counts(t.Context())
			if err != nil || n.Items != tt.items || r.Items != tt.items {
				t.Errorf("%d items are there (%v), %d were imported; want %d", n.Items, err, r.Items, tt.items)
			}
		})
	}
}
