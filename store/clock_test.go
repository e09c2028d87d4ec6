package store

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"
)

// A clock that jumps for years, back and forth, makes no figure wrong and no order: what came later stands later.
func TestClockJumps(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 7))
	now := time.Date(2026, 11, 26, 8, 0, 0, 0, time.UTC)
	path := filepath.Join(t.TempDir(), "lwc.db")
	o := Options{Secret: make([]byte, 32), Passes: 1, Now: func() time.Time { return now }}
	db, err := Open(path, o)
	if err != nil {
		t.Fatal(err)
	}
	it, err := db.CreateItem(t.Context(), frozenBy, ItemDraft{SKU: "AB-1", Name: "Thing", Minimum: 5000})
	if err != nil {
		t.Fatal(err)
	}
	var want Qty
	for i := range 120 {
		now = time.Date(2020+random.IntN(20), time.Month(1+random.IntN(12)), 1+random.IntN(28), random.IntN(24), 0, 0, 0, time.UTC)
		e := Entry{Item: it.ID, Kind: Receive, Qty: 2000}
		switch want += 2000; i % 4 {
		case 1:
			e.Kind, want = Issue, want-4000
		case 2:
			e.Kind, e.Qty, want = Count, 9000, 9000
		}
		r, err := db.Book(t.Context(), Act{RequestID: fmt.Sprint(i), By: frozenBy, Confirmed: true, Entries: []Entry{e}})
		if err != nil {
			t.Fatal(err)
		}
		if i%10 == 9 {
			if _, err := db.Undo(t.Context(), Undo{Movement: r.Movements[0].ID, RequestID: fmt.Sprint("undo ", i), By: frozenBy, Confirmed: true}); err != nil {
				t.Fatal(err)
			}
			want -= e.Qty
			if e.Kind == Issue {
				want += 2 * e.Qty
			}
		}
		if i%30 == 29 {
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			if db, err = Open(path, o); err != nil {
				t.Fatal(err)
			}
		}
	}
	defer db.Close()
	if s, err := db.Stock(t.Context(), it.ID); err != nil || s.Level.OnHand != want {
		t.Errorf("on hand %v, %v; want %v", s.Level.OnHand, err, want)
	}
	acts, err := db.LastActs(t.Context(), 200)
	if err != nil || len(acts) < 100 {
		t.Fatalf("%d acts, %v", len(acts), err)
	}
	for i := range len(acts) - 1 {
		if acts[i].ID <= acts[i+1].ID {
			t.Errorf("act %v stands before %v", acts[i].ID, acts[i+1].ID)
		}
	}
	if err := db.Check(t.Context()); err != nil {
		t.Error(err)
	}
}

// Who mistyped their password while the clock was years ahead can sign in when it is right again.
func TestClockThatWasAheadLocksNobodyOut(t *testing.T) {
	now := time.Date(2036, 1, 1, 8, 0, 0, 0, time.UTC)
	db, err := Open(filepath.Join(t.TempDir(), "lwc.db"), Options{Secret: make([]byte, 32), Passes: 1, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.SetUp(t.Context(), UserDraft{Username: "lee", Password: "correct horse battery"}); err != nil {
		t.Fatal(err)
	}
	for CodeOf(err) != TooMany {
		if _, err = db.SignIn(t.Context(), "lee", "a wrong password", "192.0.2.1"); CodeOf(err) != Forbidden && CodeOf(err) != TooMany {
			t.Fatal(err)
		}
	}
	now = now.AddDate(-10, 0, 0)
	if _, err := db.SignIn(t.Context(), "lee", "correct horse battery", "192.0.2.1"); err != nil {
		t.Errorf("when the clock is right again: %v", err)
	}
}
