package alerts

import (
	"strings"
	"time"

	"lwc-inventory/store"
)

// figure writes an amount as people read it: a true minus, thousands apart.
func figure(q store.Qty) string {
	digits, negative := strings.CutPrefix(q.String(), "-")
	whole, decimals, point := strings.Cut(digits, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if point {
		whole += "." + decimals
	}
	if negative {
		return "−" + whole
	}
	return whole
}

// amount is a figure with its unit, which it never goes without.
func amount(q store.Qty, unit string) string {
	return strings.TrimSpace(figure(q) + " " + unit)
}

// clock is the time of day: 9:41.
func clock(t time.Time) string {
	s := t.Format("15:04")
	if s[0] == '0' {
		return s[1:]
	}
	return s
}

// moment says when t was, to somebody who reads it at now: "at 9:41", "on Fri at 16:02".
// Both are in the reader's time zone.
func moment(t, now time.Time) string {
	y, m, d := now.Date()
	switch ty, tm, td := t.Date(); {
	case ty == y && tm == m && td == d:
		return "at " + clock(t)
	case now.Sub(t) < 6*24*time.Hour:
		return t.Format("on Mon at ") + clock(t)
	default:
		return t.Format("on 2 Jan at ") + clock(t)
	}
}

// oneLine is s with its words one space apart.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
