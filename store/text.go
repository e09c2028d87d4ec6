package store

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// A word is one token of a name as contractors mean it: "elbow", "3/4", "1-1/2", "2x4x8", "#8".
type word struct {
	text   string
	number bool // begins with a figure
	dashed bool // hung on the word before with a dash, as "fit" in "push-fit"
}

// normalize returns s in the one form that all of its usual spellings share: lower case, without
// accents and punctuation, sizes and units written one way. `1½" x 4'` and "1-1/2 in X 4 FT" are
// the same, so are "12-2" and "12/2". The result lies in keys: a change to it is a migration.
func normalize(s string) string { return strings.Join(words(s), " ") }

// words returns the tokens of [normalize].
func words(s string) []string { return textsOf(wordsOf(s)) }

func wordsOf(s string) []word { return sizes(units(scan(plainSpelling(s)))) }

var fractions = map[rune]string{'½': "1/2", '¼': "1/4", '¾': "3/4", '⅓': "1/3", '⅔': "2/3", '⅛': "1/8", '⅜': "3/8",
	'⅝': "5/8", '⅞': "7/8", '⅙': "1/6", '⅚': "5/6", '⅕': "1/5", '⅖': "2/5", '⅗': "3/5", '⅘': "4/5"}

// plainSpelling writes s in lower case with the signs that keyboards have.
func plainSpelling(s string) string {
	if isASCII(s) {
		return strings.ReplaceAll(strings.ToLower(s), "''", `"`)
	}
	var b strings.Builder
	last := rune(0)
	put := func(text string) { b.WriteString(text); last = rune(text[len(text)-1]) }
	for _, r := range s {
		switch f, vulgar := fractions[r]; {
		case vulgar && isDigit(last):
			put("-" + f) // 1½ is 1-1/2, not 11/2
		case vulgar:
			put(f)
		case strings.ContainsRune("×✕✖", r):
			put("x")
		case strings.ContainsRune("″“”„ʺ", r):
			put(`"`)
		case strings.ContainsRune("′‘’ʹ", r):
			put("'")
		case unicode.Is(unicode.Pd, r) || r == '−':
			put("-")
		case r == '⁄' || r == '∕':
			put("/")
		default:
			b.WriteRune(r)
			last = r
		}
	}
	bare := strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFKD.String(b.String()))
	return strings.ReplaceAll(strings.ToLower(bare), "''", `"`)
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

func isDigit(r rune) bool { return '0' <= r && r <= '9' }

// A scanner cuts plainly spelled text into words.
type scanner struct {
	text []rune
	at   int
	dash bool // the next word hangs on the last with a dash
	out  []word
}

func scan(s string) []word {
	x := scanner{text: []rune(s)}
	for x.at < len(x.text) {
		switch r := x.peek(0); {
		case isDigit(r), (r == '#' || r == '.') && isDigit(x.peek(1)):
			x.number()
		case r == 'x' && isDigit(x.peek(1)) && x.afterSize(): // 2"x4
			x.at++
			x.add("x", false)
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			x.add(x.letters(), false)
		case r == '&':
			x.at++
			x.add("and", false)
		default:
			x.at++
			x.dash = r == '-' && len(x.out) > 0
		}
	}
	return x.out
}

// peek returns the rune n places on, 0 past the end.
func (x *scanner) peek(n int) rune {
	if x.at+n >= len(x.text) {
		return 0
	}
	return x.text[x.at+n]
}

// afterSize reports whether the last word was a number, or its inches.
func (x *scanner) afterSize() bool {
	n := len(x.out)
	return n > 0 && (x.out[n-1].number || x.out[n-1].text == "in")
}

func (x *scanner) add(text string, number bool) {
	x.out = append(x.out, word{text: text, number: number, dashed: x.dash})
	x.dash = false
}

// letters reads letters and digits; an apostrophe between letters goes: "men's" is "mens".
func (x *scanner) letters() string {
	var b strings.Builder
	for ; ; x.at++ {
		r := x.peek(0)
		if r == '\'' && unicode.IsLetter(x.peek(1)) {
			continue
		}
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return b.String()
		}
		b.WriteRune(r)
	}
}

// number reads a figure with all that belongs to it: "#8", "1.5", "3/4", "1-1/2", "12-2", "2x4x8",
// and with the unit written onto it: `3/4"`, "50lb".
func (x *scanner) number() {
	var b strings.Builder
	if x.peek(0) == '.' {
		b.WriteByte('0') // .5 is 0.5
	}
	b.WriteRune(x.peek(0))
	for x.at++; ; x.at++ {
		r := x.peek(0)
		switch {
		case isDigit(r):
			b.WriteRune(r)
		case (r == '/' || r == '.' || r == 'x') && isDigit(x.peek(1)):
			b.WriteRune(r)
		case r == 'x' && x.peek(1) == '.' && isDigit(x.peek(2)):
			b.WriteString("x0")
		case r == ',' && x.digits(1) == 3:
			continue // 1,000
		case r == '-' && x.fractionAt(1):
			b.WriteByte('-')
		case r == '-' && gauges[b.String()] && x.strandsAt(1):
			b.WriteByte('/') // 12-2 cable is 12/2
		default:
			x.add(b.String(), true)
			x.suffix()
			return
		}
	}
}

var gauges = map[string]bool{"6": true, "8": true, "10": true, "12": true, "14": true, "16": true, "18": true,
	"20": true, "22": true, "24": true}

// digits counts the digits from n places on.
func (x *scanner) digits(n int) int {
	c := 0
	for isDigit(x.peek(n + c)) {
		c++
	}
	return c
}

// fractionAt reports whether a fraction such as 1/2 stands n places on.
func (x *scanner) fractionAt(n int) bool {
	d := x.digits(n)
	return d > 0 && x.peek(n+d) == '/' && isDigit(x.peek(n+d+1))
}

// strandsAt reports whether a number of strands stands n places on: one figure from 2 to 9.
func (x *scanner) strandsAt(n int) bool {
	return x.digits(n) == 1 && x.peek(n) >= '2' && !strings.ContainsRune("/.-x", x.peek(n+1))
}

// suffix reads what is written right behind a number: a unit, a word of its own, or a part of a name as in "R-410A".
func (x *scanner) suffix() {
	n := len(x.out) - 1
	switch r := x.peek(0); {
	case r == '"':
		x.at++
		x.add("in", false)
	case r == '\'' && !unicode.IsLetter(x.peek(1)):
		x.at++
		x.add("ft", false)
	case unicode.IsLetter(r):
		if s := x.letters(); unitNames[s] != "" && !x.out[n].dashed {
			x.add(s, false)
		} else {
			x.out[n].text += s
		}
	}
}
