package handlers

import (
	"testing"

	"lwc-inventory/store"
)

func TestGauge(t *testing.T) {
	stock := func(onHand, allocated, minimum, par store.Qty) store.Stock {
		st := store.Stock{Level: store.Level{OnHand: onHand * 1000, Allocated: allocated * 1000}}
		st.Unit, st.Minimum, st.Par = "ea", minimum*1000, par*1000
		return st
	}
	for _, tt := range []struct {
		name             string
		st               store.Stock
		free, from, held string
		min, par         string
		both             bool
	}{
		{"as in the book", stock(20, 14, 10, 40), "15.00%", "15.00%", "35.00%", "25.00%", "100.00%", false},
		{"nothing", stock(0, 0, 0, 0), "0.00%", "0.00%", "0.00%", "", "", false},
		{"all held", stock(4, 9, 0, 10), "0.00%", "0.00%", "40.00%", "", "100.00%", false},
		{"below zero", stock(-3, 2, 6, 12), "0.00%", "0.00%", "0.00%", "50.00%", "100.00%", false},
		{"more than par", stock(80, 0, 10, 40), "100.00%", "100.00%", "0.00%", "12.50%", "50.00%", false},
		{"marks side by side", stock(5, 0, 18, 20), "25.00%", "25.00%", "0.00%", "90.00%", "100.00%", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g := newGauge(tt.st)
			if g.Free != tt.free || g.HeldFrom != tt.from || g.HeldWidth != tt.held {
				t.Errorf("bars %s, %s+%s; want %s, %s+%s", g.Free, g.HeldFrom, g.HeldWidth, tt.free, tt.from, tt.held)
			}
			if g.Min.At != tt.min || g.Par.At != tt.par || g.Both != tt.both {
				t.Errorf("marks %q, %q, both %v; want %q, %q, %v", g.Min.At, g.Par.At, g.Both, tt.min, tt.par, tt.both)
			}
		})
	}
	if got, want := newGauge(stock(20, 14, 10, 40)).Label, "20 ea on hand: 6 available, 14 allocated, minimum 10, par 40"; got != want {
		t.Errorf("label %q, want %q", got, want)
	}
}
