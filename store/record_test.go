package store

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"
)

// firstRecords are one record of each kind as layout 1 has them, every field set.
func firstRecords() map[string]any {
	at := time.Date(2031, 3, 3, 8, 0, 0, 0, time.UTC)
	by := Actor{ID: 1, Name: "lee"}
	crossing := Crossing{Item: 1, Severity: Low, Event: 2, At: at, Due: at, Available: 3, OnHand: 4, Allocated: 1, Minimum: 5,
		By: "lee", Job: 6, Movement: 7}
	return map[string]any{
		"place": placeRecord{Version: 2, Kind: KindShelf, Name: "A-1", Parent: 1},
		"item": itemRecord{Version: 3, SKU: "AB-1", Name: `Elbow ½"`, Category: "Fittings", Unit: "ea", Cost: 18500, Price: 40000,
			Supplier: "Acme", Barcodes: []string{"0123"}, Minimum: 6000, Par: 20000, Notes: "two\nlines", Place: 1, Archived: true,
			CreatedAt: at, UpdatedAt: at},
		"movement": movementRecord{Item: 1, Kind: Count, Qty: 250, From: 1, To: Adjustment, Counted: 2250, Was: 2500, Reason: "why",
			Note: "note", By: by, At: at, Job: 2, Line: 3, UnitCost: 18500, RequestID: "tap", Reverses: 4, OnHand: 2250},
		"request": requestRecord{At: at, Movements: idRuns{{1, 1}, {2, 1}}, Short: 1},
		"job": jobRecord{Account: "acc", Remote: "job-1", Number: 1042, Title: "Boiler", Instructions: "ring twice", Status: "upcoming",
			Type: "ONE_OFF", Billing: "FIXED_PRICE", URL: "https://example.com/1", State: JobOpen,
			Client:  Client{Name: "Karen", Company: "Miller", Phone: "319", Email: "k@example.com"},
			Address: Address{Street1: "418 Alder", Street2: "rear", City: "Cedar Falls", Province: "IA", PostalCode: "50613", Country: "US"},
			StartAt: at, EndAt: at, CompletedAt: at, CreatedAt: at, UpdatedAt: at, SyncedAt: at,
			Lines: []lineRecord{{ID: 1, Remote: "line-1", Name: "Romex", Description: "12-2", Qty: 2000, Category: CategoryProduct, Product: "p",
				ProductName: "Romex 12-2", ProductSKU: "NM", UnitPrice: 40000, Removed: true, Item: 1, Factor: 50000, NotStock: true, How: "Its SKU"}},
			Visits: []Visit{{Remote: "v", Title: "first", StartAt: at, EndAt: at, Complete: true, Crew: []string{"Joe"}}}},
		"match": matchRecord{Item: 1, NotStock: true, Factor: 50000, By: by, At: at},
		"user": userRecord{Version: 2, Username: "lee", Email: "lee@example.com", Role: Owner, ReceiveAlerts: true, Active: true, Epoch: 3,
			Hash: "$argon2id$", CreatedAt: at, LastSeen: at},
		"link":    linkRecord{State: Connected, AccountID: "acc", AccountName: "LWC", UserName: "Lee", ConnectedAt: at, Reason: "why", Expiry: at},
		"sync":    SyncStatus{State: SyncOK, StartedAt: at, FinishedAt: at, Jobs: 4, Changed: 2, Problem: "none", LastOK: at, Watermark: at},
		"connect": connectRecord{Session: "session", Verifier: []byte{1, 2}, Expires: at},
		"delivery": Delivery{Topic: "JOB_UPDATE", Account: "acc", App: "app", Item: "job-1", OccurredAt: at, ReceivedAt: at,
			Status: DeliveryParked, Tries: 2, NextAt: at, Note: "note"},
		"event": Event{Kind: LevelChanged, At: at, Item: 1, Job: 2, Movement: 3, Cause: CauseAct, By: "lee",
			Before: Level{OnHand: 5, Allocated: 1}, After: Level{OnHand: 4, Allocated: 2}, Minimum: 6},
		"episode": Episode{Item: 1, Severity: Out, OpenedAt: at, Crossing: &crossing},
		"mail": Mail{Key: "1/out/1", To: 1, MessageID: "<1@lwc>", CreatedAt: at, Crossings: []Crossing{crossing}, State: MailStateQueued,
			Tries: 1, NextAt: at, Problem: "busy", ProblemAt: at, SentAt: at},
	}
}

// What layout 1 wrote is read by every later program. A field may be added; a name or a type of those here may not change.
func TestFirstRecordsAreStillRead(t *testing.T) {
	name, want := filepath.Join("testdata", "records.v1.json"), firstRecords()
	if *update {
		data, err := json.MarshalIndent(want, "", "\t")
		if err := errors.Join(err, os.WriteFile(name, append(data, '\n'), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var golden map[string]json.RawMessage
	if err := json.Unmarshal(data, &golden); err != nil {
		t.Fatal(err)
	}
	if len(golden) != len(want) {
		t.Errorf("%d kinds are in the file, and %d are known", len(golden), len(want))
	}
	for kind, record := range want {
		got := reflect.New(reflect.TypeOf(record))
		if err := json.Unmarshal(golden[kind], got.Interface()); err != nil {
			t.Errorf("%s: %v", kind, err)
		} else if !reflect.DeepEqual(got.Elem().Interface(), record) {
			t.Errorf("%s is read as\n%+v, and was\n%+v", kind, got.Elem().Interface(), record)
		}
	}
}
