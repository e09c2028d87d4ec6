package store

import (
	"fmt"
	"math"
	"math/bits"
	"strconv"
	"strings"
)

// A Qty is an amount of an item, in thousandths of its base unit.
// It is a whole number so that amounts add up exactly.
type Qty int64

// Money is an amount of the company's currency, in ten-thousandths.
type Money int64

const (
	one      Qty = 1000                  // one unit
	maxQty       = 1_000_000_000*one - 1 // what a form or a line may say; sums stay far inside an int64
	maxMoney     = 999_999_999 * 10000   // likewise
)

// ParseQty reads an amount as people type it: "3", "2.5", "-1".
// It fails with [Invalid] for more than three decimals, a decimal comma,
// anything else that is no number, and for amounts of a billion or more.
func ParseQty(s string) (Qty, error) {
	n, err := parseFixed(s, 3)
	if err != nil {
		return 0, err
	}
	if q := Qty(n); q <= maxQty && q >= -maxQty {
		return q, nil
	}
	return 0, Errorf(Invalid, "%s is too much. Less than a billion is possible.", quoted(s))
}

// ParseMoney reads an amount of money: "6.85", "0.1234". It fails with [Invalid] as
// [ParseQty] does, with four decimals, and for negative amounts.
func ParseMoney(s string) (Money, error) {
	n, err := parseFixed(s, 4)
	if err != nil {
		return 0, err
	}
	if n < 0 || n > maxMoney {
		return 0, Errorf(Invalid, "%s cannot be right. Write an amount from 0 to 999,999,999.", quoted(s))
	}
	return Money(n), nil
}

// parseFixed reads a decimal number with at most places decimals as a whole number of its last place.
func parseFixed(s string, places int) (int64, error) {
	t := strings.TrimSpace(s)
	if t == "" {
		return 0, Errorf(Invalid, "Write a number.")
	}
	if strings.Contains(t, ",") {
		return 0, Errorf(Invalid, "%s has a comma. Write decimals with a point, like 2.5.", quoted(t))
	}
	digits, neg := strings.CutPrefix(t, "-")
	whole, frac, point := strings.Cut(digits, ".")
	if whole == "" || point && frac == "" || !allDigits(whole) || !allDigits(frac) {
		return 0, Errorf(Invalid, "%s is not a number. Write one like 3 or 2.5.", quoted(t))
	}
	if len(frac) > places {
		return 0, Errorf(Invalid, "%s is too fine. At most %d decimals.", quoted(t), places)
	}
	n, err := strconv.ParseInt(whole+frac+strings.Repeat("0", places-len(frac)), 10, 64)
	if err != nil {
		return 0, Errorf(Invalid, "%s is too much. Less than a billion is possible.", quoted(t))
	}
	if neg {
		n = -n
	}
	return n, nil
}

func allDigits(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' }) < 0
}

// quoted is what was typed, cut to what fits a sentence.
func quoted(s string) string {
	s = strings.TrimSpace(s)
	if r := []rune(s); len(r) > 20 {
		s = string(r[:20]) + "…"
	}
	return "“" + s + "”"
}

// QtyFromFloat rounds a number from Jobber, once and half away from zero.
// It fails with [Invalid] for what is no amount.
func QtyFromFloat(f float64) (Qty, error) {
	x := math.Round(f * float64(one))
	if math.IsNaN(x) || math.Abs(x) > float64(maxQty) {
		return 0, Errorf(Invalid, "%v is no amount.", f)
	}
	return Qty(x), nil
}

// String returns q as a form takes it back: "12.5", "-3".
func (q Qty) String() string {
	s := fixed(int64(q), 3)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

// String returns m with at least two decimals: "6.85", "0.1234".
func (m Money) String() string {
	s := fixed(int64(m), 4)
	for range 2 {
		s = strings.TrimSuffix(s, "0")
	}
	return s
}

func fixed(n int64, places int) string {
	sign, digits := "", uint64(n)
	if n < 0 {
		sign, digits = "-", -digits // the least int64 has no positive twin
	}
	unit := uint64(math.Pow10(places))
	return fmt.Sprintf("%s%d.%0*d", sign, digits/unit, places, digits%unit)
}

// times returns q units of which each is factor, rounded half up; the most a line may say if it is more.
// Neither is below zero.
func (q Qty) times(factor Qty) Qty {
	high, low := bits.Mul64(uint64(q), uint64(factor))
	low, carry := bits.Add64(low, uint64(one)/2, 0)
	if high += carry; high >= uint64(one) {
		return maxQty
	}
	n, _ := bits.Div64(high, low, uint64(one))
	return Qty(min(n, uint64(maxQty)))
}
