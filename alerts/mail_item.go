package alerts

import (
	"context"
	"fmt"

	"lwc-inventory/store"
)

// An itemRow is one item of a stockLetter, with its figures as they were when it was told.
type itemRow struct {
	Word      string // OUT, LOW, BACK
	Tag       string // "at Truck 1" when that place has a minimum of its own; whether it is new in a digest
	Name      string
	URL       string
	Available string
	Unit      string
	Lines     []string // facts, each a sentence without its full stop
	Order     string   // how much to order; "" when nothing is
	Cause     *cause   // nil when nothing happened, as in a digest
}

// itemRow writes what c says of its item.
func (t *teller) itemRow(ctx context.Context, c store.Crossing) (itemRow, error) {
	it, err := t.Store.Item(ctx, c.Item)
	if err != nil {
		return itemRow{}, fmt.Errorf("item %d: %w", c.Item, err)
	}
	row := itemRow{Word: wordOf(c), Name: oneLine(it.Name), URL: t.link("/items/", it.ID.String()),
		Available: figure(c.Available), Unit: oneLine(it.Unit)}
	sku := oneLine(it.SKU)
	switch {
	case c.Place != 0 && c.New:
		row.Tag = "at " + t.place(c.Place) + ", new"
	case c.Place != 0:
		row.Tag = "at " + t.place(c.Place)
	case c.New:
		row.Tag = "new"
	}
	if c.Place == 0 {
		sku += ", from " + t.place(it.Place)
	}
	row.Lines = []string{sku, fmt.Sprintf("Minimum %s, on hand %s, allocated %s", figure(c.Minimum), figure(c.OnHand), figure(c.Allocated))}
	if !c.Back {
		row.Lines = append(row.Lines, t.orderedLine(c, row.Unit)...)
		if c.Place == 0 {
			row.Lines = append(row.Lines, useLine(t.use[c.Item], c.Available, row.Unit)...)
		}
		row.Order = orderLine(c, it, row.Unit)
	}
	if c.Event != 0 {
		why, err := t.causeOf(ctx, c, row.Unit, t.jobs, t.now)
		if err != nil {
			return row, err
		}
		row.Cause = &why
	}
	return row, nil
}

func wordOf(c store.Crossing) string {
	switch {
	case c.Back:
		return "BACK"
	case c.Severity == store.Out:
		return "OUT"
	}
	return "LOW"
}

// place is a place's name.
func (t *teller) place(id store.PlaceID) string {
	if name := t.places[id]; name != "" {
		return name
	}
	return "a place that is archived"
}

// orderedLine says what is on order. That nothing is goes without saying where nothing happened: there the heading says it.
func (t *teller) orderedLine(c store.Crossing, unit string) []string {
	switch {
	case c.OnOrder > 0 && c.Expected.IsZero():
		return []string{amount(c.OnOrder, unit) + " on order"}
	case c.OnOrder > 0:
		return []string{amount(c.OnOrder, unit) + " on order, due " + dayOf(c.Expected.In(t.now.Location()))}
	case c.Event != 0:
		return []string{"Nothing on order"}
	}
	return nil
}

// useLine says how fast an item goes, where its ledger knows.
func useLine(perWeek, available store.Qty, unit string) []string {
	if perWeek <= 0 {
		return nil
	}
	line := "About " + amount(roughly(perWeek), unit) + " a week"
	switch days := int(available * 7 / perWeek); {
	case available > 0 && days == 0:
		line += ", gone within a day"
	case available > 0:
		line += ", enough for " + plural(days, "day", "days")
	}
	return []string{line}
}

// roughly rounds what is an average anyway: to whole units from ten on, and to tenths below.
func roughly(q store.Qty) store.Qty {
	step := store.Qty(100)
	if q >= 10_000 {
		step = 1000
	}
	return max(step, (q+step/2)/step*step)
}

// orderLine says how much brings an item up to par, or to its minimum if it has no par.
func orderLine(c store.Crossing, it store.Item, unit string) string {
	level, verb, to := c.Par, "Bring", "par there"
	if c.Place == 0 {
		level, verb, to = it.Par, "Order", "par"
	}
	if level < c.Minimum {
		level, to = c.Minimum, "the minimum"
	}
	need := level - c.Available - c.OnOrder
	if need <= 0 {
		return ""
	}
	return fmt.Sprintf("%s %s to reach %s, %s", verb, amount(need, unit), to, figure(level))
}
