package alerts

import (
	"fmt"
	"strings"
	"time"
	"unicode"

	"lwc-inventory/store"
)

// figure writes an amount as people read it: a true minus, thousands apart.
func figure(q store.Qty) string {
	digits, negative := strings.CutPrefix(q.String(), "-")
	whole, decimals, point := strings.Cut(digits, ".")
	whole = thousands(whole)
	if point {
		whole += "." + decimals
	}
	if negative {
		return "−" + whole
	}
	return whole
}

// thousands sets digits apart.
func thousands(digits string) string {
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// amount is a figure with its unit, which it never goes without.
func amount(q store.Qty, unit string) string {
	return strings.TrimSpace(figure(q) + " " + unit)
}

// plural counts things: "1 day", "1,200 days".
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return thousands(fmt.Sprint(n)) + " " + many
}

// clock is the time of day: 9:41.
func clock(t time.Time) string {
	s := t.Format("15:04")
	if s[0] == '0' {
		return s[1:]
	}
	return s
}

// dayOf is a date: Tue 24 Nov.
func dayOf(t time.Time) string { return t.Format("Mon 2 Jan") }

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

// oneLine is s with its words one space apart, and without what ends a line, hides or turns the text around: names come from
// other programs too, and stand in the heads of mails.
func oneLine(s string) string {
	const joiner = '\u200d' // in the middle of many emoji
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r) || r == '\u2028' || r == '\u2029':
			return ' '
		case unicode.Is(unicode.Cf, r) && r != joiner:
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	return strings.Join(strings.Fields(s), " ")
}
