// Package storetest opens real databases for tests.
package storetest

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"lwc-inventory/store"
)

const (
	// Home is the place a new database has: "Warehouse".
	Home store.PlaceID = 1
	// Account is the Jobber account of Job's jobs.
	Account = "acc"
	// Password is every user's.
	Password = "correct horse battery"
)

// Staff is who acts in tests.
var Staff = store.Actor{Name: "test"}

// Secret is a SECRET_KEY for tests.
func Secret() []byte { return []byte("a secret for tests, thirty-two bytes") }

// Open returns a new, empty database. When the test ends it must still be sound.
func Open(t testing.TB) *store.DB {
	t.Helper()
	return OpenAt(t, filepath.Join(t.TempDir(), "lwc.db"))
}

// OpenAt opens the database in the named file, as Open does. more may change the options.
func OpenAt(t testing.TB, path string, more ...func(*store.Options)) *store.DB {
	t.Helper()
	o := store.Options{Secret: Secret(), Passes: 1}
	for _, change := range more {
		change(&o)
	}
	db, err := store.Open(path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Check(context.Background()); err != nil {
			t.Errorf("the database is unsound after the test:\n%v", err)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// Item adds an item with onHand units in the warehouse, low below minimum units.
func Item(t testing.TB, db *store.DB, sku string, onHand, minimum int64) store.Item {
	t.Helper()
	it, err := db.CreateItem(t.Context(), Staff, store.ItemDraft{SKU: sku, Name: "Item " + sku, Unit: "ea",
		Minimum: store.Qty(minimum * 1000)})
	if err != nil {
		t.Fatal(err)
	}
	if onHand > 0 {
		Book(t, db, store.Entry{Item: it.ID, Kind: store.Receive, Qty: store.Qty(onHand * 1000)})
	}
	return it
}

// Book books one entry as Staff, confirmed, and returns the movement.
func Book(t testing.TB, db *store.DB, e store.Entry) store.Movement {
	t.Helper()
	r, err := db.Book(t.Context(), store.Act{RequestID: fmt.Sprintf("test-%d", requests(t, db)), By: Staff,
		Entries: []store.Entry{e}, Confirmed: true})
	if err != nil {
		t.Fatal(err)
	}
	return r.Movements[0]
}

// requests returns a number that no request of Book's had: movements only grow.
func requests(t testing.TB, db *store.DB) store.MovementID {
	t.Helper()
	acts, err := db.LastActs(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	if len(acts) == 0 {
		return 1
	}
	return acts[0].ID + 1
}

// Line is a PRODUCT line of a job: qty units of what has this name or SKU.
func Line(name string, qty int64) store.SnapshotLine {
	return store.SnapshotLine{Remote: "line-" + name, Name: name, Qty: store.Qty(qty * 1000), Category: store.CategoryProduct}
}

// Snapshot is an open job as Jobber tells it; a zero start means no date.
func Snapshot(number int, start time.Time, lines ...store.SnapshotLine) store.JobSnapshot {
	s := store.JobSnapshot{Account: Account, Remote: fmt.Sprintf("job-%d", number), Number: number,
		Title: fmt.Sprintf("Job %d", number), Status: "upcoming", Type: "ONE_OFF", Billing: "FIXED_PRICE",
		Client:  store.Client{Name: "Karen Miller", Phone: "319 555 0142"},
		Address: store.Address{Street1: "418 Alder Street", City: "Cedar Falls", Province: "IA", PostalCode: "50613"},
		StartAt: start, CreatedAt: time.Unix(1e9, 0), UpdatedAt: time.Unix(1e9, 0), Lines: lines}
	if !start.IsZero() {
		s.EndAt = start.Add(4 * time.Hour)
		s.Visits = []store.Visit{{Remote: "visit-" + s.Remote, StartAt: start, EndAt: s.EndAt, Crew: []string{"Joe Lind"}}}
	}
	return s
}

// Job applies a Snapshot and returns the job's id here.
func Job(t testing.TB, db *store.DB, number int, start time.Time, lines ...store.SnapshotLine) store.JobID {
	t.Helper()
	applied, err := db.ApplyJobs(t.Context(), store.FromSweep, []store.JobSnapshot{Snapshot(number, start, lines...)})
	if err != nil {
		t.Fatal(err)
	}
	return applied[0].Job
}

// User adds an active user with Password.
func User(t testing.TB, db *store.DB, username string, role store.Role) store.User {
	t.Helper()
	u, err := db.CreateUser(t.Context(), Staff, store.UserDraft{Username: username, Email: username + "@example.com",
		Role: role, ReceiveAlerts: true, Active: true, Password: Password})
	if err != nil {
		t.Fatal(err)
	}
	return u
}
