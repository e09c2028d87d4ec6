package handlers

import (
	"fmt"

	"lwc-inventory/store"
)

// levelGauge is the data of item/gauge: how full the shelf is, as attributes of an SVG. Places along
// it are shares of its width, "12.50%".
type levelGauge struct {
	Label     string // the same in words
	Free      string // width of what is available
	HeldFrom  string
	HeldWidth string
	Min, Par  mark
	Both      bool // the marks are too near each other for two labels: Min carries both
}

// mark is one line across the gauge with its label.
type mark struct {
	At, Text string // no mark without At
	Anchor   string // which end of the label the line is at: start, middle or end
}

// nearMarks is how much of the width a phone needs between two labels.
const nearMarks = 0.35

func newGauge(st store.Stock) levelGauge {
	have := max(st.Level.OnHand, 0)
	free := min(max(st.Level.Available(), 0), have)
	whole := float64(max(have, st.Minimum, st.Par, 1))
	share := func(q store.Qty) float64 { return float64(q) / whole }
	g := levelGauge{Free: percent(share(free)), HeldFrom: percent(share(free)), HeldWidth: percent(share(have - free))}
	g.Label = fmt.Sprintf("%s %s on hand: %s available, %s allocated", showQty(st.Level.OnHand), st.Unit,
		showQty(st.Level.Available()), showQty(st.Level.Allocated))
	if st.Minimum > 0 {
		g.Min = newMark(share(st.Minimum), "minimum "+showQty(st.Minimum))
		g.Label += ", minimum " + showQty(st.Minimum)
	}
	if st.Par > 0 {
		g.Par = newMark(share(st.Par), "par "+showQty(st.Par))
		g.Label += ", par " + showQty(st.Par)
	}
	if st.Minimum > 0 && st.Par > 0 && share(st.Par)-share(st.Minimum) < nearMarks {
		g.Both = true
		g.Min.Text += " · " + g.Par.Text
		g.Min.Anchor = "start"
		if share(st.Minimum) > 0.5 {
			g.Min.Anchor = "end"
		}
	}
	return g
}

func newMark(share float64, text string) mark {
	m := mark{At: percent(share), Text: text, Anchor: "middle"}
	switch {
	case share < 0.15:
		m.Anchor = "start"
	case share > 0.85:
		m.Anchor = "end"
	}
	return m
}

func percent(share float64) string { return fmt.Sprintf("%.2f%%", share*100) }
