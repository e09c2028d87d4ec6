package store

import (
	"math"
	"math/big"
	"strings"
	"testing"
)

func TestParseQty(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want Qty
		says string // the refusal
	}{
		{"3", 3000, ""},
		{"2.5", 2500, ""},
		{"0.001", 1, ""},
		{"-1", -1000, ""},
		{"-0.5", -500, ""},
		{"0", 0, ""},
		{"-0", 0, ""},
		{"007", 7000, ""},
		{" 12 \t", 12000, ""},
		{"999999999.999", maxQty, ""},
		{"-999999999.999", -maxQty, ""},
		{strings.Repeat("0", 5000) + "1", 1000, ""},
		{"", 0, "Write a number."},
		{" ", 0, "Write a number."},
		{"1.2345", 0, "“1.2345” is too fine. At most 3 decimals."},
		{"1.0000", 0, "too fine"},
		{"1,5", 0, "“1,5” has a comma. Write decimals with a point, like 2.5."},
		{"1,000", 0, "has a comma"},
		{"1000000000", 0, "“1000000000” is too much. Less than a billion is possible."},
		{"-1000000000", 0, "too much"},
		{"9223372036854775807", 0, "too much"},
		{strings.Repeat("9", 1<<20), 0, "“99999999999999999999…” is too much"},
		{"1e3", 0, "“1e3” is not a number. Write one like 3 or 2.5."},
		{"0x10", 0, "not a number"},
		{"1_000", 0, "not a number"},
		{"+1", 0, "not a number"},
		{"--1", 0, "not a number"},
		{"1.", 0, "not a number"},
		{".5", 0, "not a number"},
		{".", 0, "not a number"},
		{"1.2.3", 0, "not a number"},
		{"1 2", 0, "not a number"},
		{"½", 0, "not a number"},
		{"٣", 0, "not a number"},
		{"NaN", 0, "not a number"},
		{"Inf", 0, "not a number"},
		{"1\x00", 0, "not a number"},
		{"\xff", 0, "not a number"},
	} {
		got, err := ParseQty(tt.in)
		if got != tt.want || (err == nil) != (tt.says == "") || err != nil && (CodeOf(err) != Invalid || !strings.Contains(err.Error(), tt.says)) {
			t.Errorf("ParseQty(%.30q) = %v, %v; want %v, %q", tt.in, int64(got), err, int64(tt.want), tt.says)
		}
	}
}

func TestParseMoney(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want Money
		ok   bool
		back string
	}{
		{"6.85", 68500, true, "6.85"}, {"0.1234", 1234, true, "0.1234"}, {"5", 50000, true, "5.00"}, {"0", 0, true, "0.00"},
		{"1.5", 15000, true, "1.50"}, {"1.234", 12340, true, "1.234"}, {"999999999", maxMoney, true, "999999999.00"},
		{"-1", 0, false, ""}, {"1.23456", 0, false, ""}, {"1000000000", 0, false, ""}, {"$5", 0, false, ""}, {"", 0, false, ""}, {"1,50", 0, false, ""},
	} {
		got, err := ParseMoney(tt.in)
		if got != tt.want || (err == nil) != tt.ok || !tt.ok && CodeOf(err) != Invalid {
			t.Errorf("ParseMoney(%q) = %v, %v; want %v", tt.in, int64(got), err, int64(tt.want))
		}
		if tt.ok && got.String() != tt.back {
			t.Errorf("%q is written %q, want %q", tt.in, got, tt.back)
		}
	}
}

func TestQtyString(t *testing.T) {
	for q, want := range map[Qty]string{0: "0", 1: "0.001", -1: "-0.001", 1000: "1", 12500: "12.5", -3000: "-3", 10: "0.01",
		100_000: "100", -500: "-0.5", maxQty: "999999999.999", math.MaxInt64: "9223372036854775.807", math.MinInt64: "-9223372036854775.808"} {
		if got := q.String(); got != want {
			t.Errorf("Qty(%d) is written %q, want %q", int64(q), got, want)
		}
	}
}

func TestQtyFromFloat(t *testing.T) {
	for _, tt := range []struct {
		in   float64
		want Qty
		ok   bool
	}{
		{2, 2000, true}, {0.1, 100, true}, {0.0005, 1, true}, {-0.0005, -1, true}, {0.00049, 0, true}, {1.0015, 1002, true},
		{1e8, 1e11, true}, {-2.5, -2500, true}, {math.Copysign(0, -1), 0, true}, {999999999.999, maxQty, true},
		{1e9, 0, false}, {-1e9, 0, false}, {1e300, 0, false}, {math.Inf(1), 0, false}, {math.Inf(-1), 0, false}, {math.NaN(), 0, false},
	} {
		got, err := QtyFromFloat(tt.in)
		if got != tt.want || (err == nil) != tt.ok || !tt.ok && CodeOf(err) != Invalid {
			t.Errorf("QtyFromFloat(%v) = %v, %v; want %v", tt.in, int64(got), err, int64(tt.want))
		}
	}
}

func TestTimes(t *testing.T) {
	some := []Qty{0, 1, 2, 499, 500, 501, 999, 1000, 1001, 12500, 1e6, 4_294_967_296, 9_223_372_037, 1e11, 3 * maxQty / 4, maxQty}
	for _, q := range some {
		for _, factor := range some {
			exact := new(big.Int).Mul(big.NewInt(int64(q)), big.NewInt(int64(factor)))
			exact.Add(exact, big.NewInt(500)).Div(exact, big.NewInt(1000))
			want := maxQty
			if exact.IsInt64() && Qty(exact.Int64()) < maxQty {
				want = Qty(exact.Int64())
			}
			if got := q.times(factor); got != want {
				t.Errorf("%v of %v each are %v, want %v", q, factor, got, want)
			}
		}
	}
}

// What is taken is written so that it is taken again as the same.
func FuzzParseQty(f *testing.F) {
	for _, s := range []string{"3", "2.5", "-1", "0.001", "999999999.999", "1,5", "1e3", "", ".5", "-0", "00", "\xff", "٣"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		q, err := ParseQty(s)
		if err != nil {
			if CodeOf(err) != Invalid || q != 0 {
				t.Fatalf("ParseQty(%q) = %v, %v", s, q, err)
			}
			return
		}
		if q > maxQty || q < -maxQty {
			t.Errorf("ParseQty(%q) = %v is out of bounds", s, q)
		}
		exact, ok := new(big.Rat).SetString(strings.TrimSpace(s))
		if !ok || exact.Cmp(big.NewRat(int64(q), 1000)) != 0 {
			t.Errorf("ParseQty(%q) = %v", s, q)
		}
		if back, err := ParseQty(q.String()); err != nil || back != q {
			t.Errorf("%v is read back as %v, %v", q, back, err)
		}
	})
}
