package store

import (
	"slices"
	"strings"
	"unicode"
)

// unitNames gives each spelling of a unit behind a number its one form.
var unitNames = map[string]string{"in": "in", "inch": "in", "inches": "in", "ft": "ft", "foot": "ft", "feet": "ft",
	"a": "a", "amp": "a", "amps": "a", "v": "v", "volt": "v", "volts": "v", "w": "w", "watt": "w", "watts": "w",
	"lb": "lb", "lbs": "lb", "pound": "lb", "pounds": "lb", "oz": "oz", "ounce": "oz", "ounces": "oz",
	"gal": "gal", "gallon": "gal", "gallons": "gal", "qt": "qt", "quart": "qt", "quarts": "qt",
	"yd": "yd", "yard": "yd", "yards": "yd", "ga": "ga", "gauge": "ga", "awg": "awg", "mm": "mm", "cm": "cm",
	"pk": "pack", "pack": "pack", "ct": "ct", "count": "ct"}

// units writes the units behind numbers their one way, and "no. 8" as "#8".
func units(ws []word) []word {
	out := ws[:0]
	for _, w := range ws {
		n := len(out)
		if short := unitNames[w.text]; short != "" && n > 0 && out[n-1].number {
			w.text = short
		}
		if w.number && w.text[0] != '#' && n > 0 && out[n-1].text == "no" {
			w.text, w.dashed = "#"+w.text, out[n-1].dashed
			out = out[:n-1]
		}
		out = append(out, w)
	}
	return out
}

// sizes joins what is one size: "2 x 4", "2 in x 4", "1 1/2".
func sizes(ws []word) []word {
	var out []word
	for i := 0; i < len(ws); i++ {
		w := ws[i]
		n := len(out)
		switch {
		case n > 0 && isWhole(out[n-1].text) && isFraction(w.text):
			out[n-1].text += "-" + w.text
		case isTimes(ws[i:]) && n > 0 && out[n-1].number:
			out[n-1].text += w.text
		case isTimes(ws[i:]) && n > 1 && out[n-1].text == "in" && out[n-2].number:
			out = out[:n-1]
			out[n-2].text += w.text
		case n > 0 && w.number && out[n-1].number && strings.HasSuffix(out[n-1].text, "x"):
			out[n-1].text += w.text
		default:
			out = append(out, w)
		}
	}
	return out
}

// isTimes reports whether ws begins with the x between two numbers, or at the end of what is typed so far.
func isTimes(ws []word) bool {
	return ws[0].text == "x" && (len(ws) == 1 || ws[1].number)
}

// isWhole reports whether s may be, or end in, the whole part of a mixed number: "1", "1/4x2", "#8x1".
// "90 1/2" is an angle and a size, "2x4 1/2" two sizes.
func isWhole(s string) bool {
	if i := strings.LastIndexByte(s, 'x'); i > 0 && strings.ContainsAny(s[:i], "/#") {
		s = s[i+1:]
	}
	return len(s) == 1 && isDigit(rune(s[0])) || s == "10" || s == "11" || s == "12"
}

func isFraction(s string) bool {
	n, d, ok := strings.Cut(s, "/")
	return ok && n != "" && d != "" && allDigits(n) && allDigits(d) && (len(n) < len(d) || len(n) == len(d) && n < d)
}

// singular returns a plural in the singular, other words as they are.
func singular(s string) string {
	n := len(s)
	switch {
	case n < 4 || s[n-1] != 's' || strings.HasSuffix(s, "ss") || strings.HasSuffix(s, "us"):
		return s
	case n > 4 && strings.HasSuffix(s, "ies"):
		return s[:n-3] + "y"
	case n > 4 && slices.ContainsFunc([]string{"xes", "shes", "ches", "sses", "zes"},
		func(end string) bool { return strings.HasSuffix(s, end) }):
		return s[:n-2]
	}
	return s[:n-1]
}

// compact returns the letters and digits of s alone, in lower case: how codes are compared.
func compact(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}
