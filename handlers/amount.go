package handlers

import (
	"strings"

	"lwc-inventory/store"
)

// keypad is the data of pad/amount, pad/units and pad/keys: one amount of an item, in a unit that can be chosen. Every form
// with one amount has it.
type keypad struct {
	Stock         store.Item
	Quantity      string // as typed
	Unit          string // as chosen: a pack as [store.Pack] writes it; "" is the item's unit
	Problem       complaints
	Before, After store.Qty // at the place, with the amount as it stands
	All           string    // an amount one tap fills in: all there is; "" without
	Blind         bool      // what the books say is not shown
	Settled       bool      // the store asks whether it is meant: nothing can be changed
	Scripted      bool      // a script asked for it: the keys need not wait for one
	OnFocus       bool      // the keys are for the field that has the focus, where there is no keyboard
}

// A unitChoice is one of the units that an amount can be in.
type unitChoice struct {
	Value, Text string
	Holds       store.Qty // in the item's unit
	Whole       bool
	Chosen      bool
}

// unitsOf are an item's unit and its packs. One is chosen.
func unitsOf(it store.Item, chosen string) []unitChoice {
	all := []unitChoice{{Text: it.Unit, Holds: oneUnit, Whole: it.Whole(), Chosen: true}}
	want, _ := store.ParsePack(chosen) // what cannot be read names no pack
	for _, p := range it.Packs {
		u := unitChoice{Value: p.String(), Text: p.Name + " " + showQty(p.Holds), Holds: p.Holds, Whole: true, Chosen: strings.EqualFold(p.Name, want.Name)}
		if u.Chosen {
			all[0].Chosen = false
		}
		all = append(all, u)
	}
	return all
}

// baseAmount is what was typed, in the item's unit. It fails with [store.Invalid].
func baseAmount(it store.Item, quantity, unit string) (store.Qty, error) {
	p, err := store.ParsePack(unit)
	if err != nil {
		return 0, inField("unit", err)
	}
	q, err := store.ParseQty(quantity)
	if err != nil {
		return 0, inField("quantity", err)
	}
	q, _, err = it.Amount(q, p)
	return q, err
}

// packText is an amount as it was said in packs: "2 × box 50"; "" if it was said in the item's unit.
func packText(q store.Qty, p store.Pack) string {
	if p.Holds == 0 {
		return ""
	}
	return showQty(p.Count(q)) + " × " + p.Name + " " + showQty(p.Holds)
}

// saidAs is how a movement's amount was said, if that was in packs.
func saidAs(m store.Movement) string {
	if m.Kind == store.Count {
		return packText(m.Counted, m.Pack)
	}
	return packText(m.Qty, m.Pack)
}

// Units are the choices; none when there is only the item's unit.
func (k keypad) Units() []unitChoice {
	if len(k.Stock.Packs) == 0 {
		return nil
	}
	return unitsOf(k.Stock, k.Unit)
}

// Whole says that the unit that is chosen is not divided: no decimal point.
func (k keypad) Whole() bool {
	for _, u := range unitsOf(k.Stock, k.Unit) {
		if u.Chosen {
			return u.Whole
		}
	}
	return false
}

// Packs is the amount in packs and what that comes to: "2 × box 50 = 100 ea"; "" while none is chosen.
func (k keypad) Packs() string {
	p, err := store.ParsePack(k.Unit)
	if err != nil || p.Name == "" {
		return ""
	}
	q, err := store.ParseQty(k.Quantity)
	if err != nil {
		return ""
	}
	base, own, err := k.Stock.Amount(q, p)
	if err != nil || own.Holds == 0 {
		return ""
	}
	return packText(base, own) + " = " + amountText(base, k.Stock.Unit)
}

// Digits are the keys above the last row.
func (k keypad) Digits() []int { return []int{1, 2, 3, 4, 5, 6, 7, 8, 9} }
