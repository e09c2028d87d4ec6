package store_test

import (
	"testing"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// What Jobber's lines ask for, whatever was answered: nothing and less than nothing are no demand, take nothing
// from another line's, and fractions are rounded once, half up.
func TestWhatIsNoDemand(t *testing.T) {
	for _, tt := range []struct {
		name        string
		qty, factor store.Qty
		required    store.Qty
	}{
		{"none is not one", 0, 1000, 0},
		{"none of a box is not a box", 0, 50000, 0},
		{"less than nothing", -2000, 1000, 0},
		{"less than nothing of a box", -2000, 50000, 0},
		{"two boxes of fifty", 2000, 50000, 100_000},
		{"a thousandth of one", 1000, 1, 1},
		{"half of a thousandth is rounded up", 500, 1, 1},
		{"less than half of it is nothing", 499, 1, 0},
		{"a third, three times", 3000, 333, 999},
		{"one and a half of two and a half", 1500, 2500, 3750},
	} {
		t.Run(tt.name, func(t *testing.T) {
			db := storetest.Open(t)
			it := storetest.Item(t, db, "AB-1", 0, 0)
			other := storetest.Line("AB-1", 6)
			boxed, kitted := storetest.Line("Boxed", 1), storetest.Line("Kitted", 1)
			boxed.Qty, kitted.Qty = tt.qty, tt.qty
			id := storetest.Job(t, db, 1, day(1, 8), other, boxed, kitted)
			ls := sheet(t, db, id).Lines
			answer(t, db, store.Answer{Line: ls[1].ID, Item: it.ID, Factor: tt.factor})
			k := kitOf(t, db, "Kit", store.Part{Item: it.ID, Factor: tt.factor})
			answer(t, db, store.Answer{Line: ls[2].ID, Kit: k.ID})
			ls = sheet(t, db, id).Lines
			if ls[0].Required != units(6) || ls[1].Required != tt.required || ls[2].Required != tt.required {
				t.Errorf("the lines need %v, %v and %v", ls[0].Required, ls[1].Required, ls[2].Required)
			}
			if got, want := allocated(t, db, it.ID), units(6)+2*tt.required; got != want {
				t.Errorf("allocated %v, want %v", got, want)
			}
		})
	}
}

// A line that is words only, or a credit, asks nobody which item it is when it is less than nothing.
func TestLinesOfTextAndCredits(t *testing.T) {
	db := storetest.Open(t)
	storetest.Item(t, db, "AB-1", 5, 0)
	text, credit, note := storetest.Line("AB-1", 0), storetest.Line("Credit", -1), storetest.Line("AB-1", -3)
	note.Remote = "line-note"
	id := storetest.Job(t, db, 1, day(1, 8), text, credit, note)
	for _, l := range sheet(t, db, id).Lines {
		if l.Required != 0 || l.State != store.LineNotStock {
			t.Errorf("%q is %v and needs %v", l.Name, l.State, l.Required)
		}
	}
	if ws, err := db.Waiting(t.Context()); err != nil || len(ws) != 0 {
		t.Errorf("waiting %+v, %v", ws, err)
	}
}
