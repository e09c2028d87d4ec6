package store

import (
	"cmp"
	"slices"
	"strings"
)

// A fit says how an entry answers a request; lower is better.
type fit int

const (
	fitExact     fit = iota // the code or a barcode
	fitCode                 // the beginning of the code
	fitBar                  // the beginning of a barcode
	fitCodePiece            // a piece of the code as it is written, "thr-8"
	fitName                 // the name, or its beginning
	fitWords                // the very words of the name
	fitText                 // the text as it is, somewhere in the name
	fitBeginning            // beginnings of words of the name
	fitMore                 // some of supplier, category or address
	fitPiece                // a piece of one word, or of the code
	fitPieces               // pieces of words
	fitTypo                 // with one slip
	fitNear                 // all words but one
	fitNone
)

// A hit is an entry with its rank.
type hit struct {
	*entry
	fit fit
	off int // of two with the same fit: how far the words are off, and the signs between them
}

func compareHits(a, b hit) int {
	return cmp.Or(cmp.Compare(a.fit, b.fit), cmp.Compare(a.off, b.off), cmp.Compare(a.order, b.order),
		slices.Compare(a.name, b.name), cmp.Compare(a.code, b.code), cmp.Compare(a.id, b.id))
}

// rank judges how e answers r. Only when lenient may something be misspelled or missing.
func (e *entry) rank(r request, lenient bool) hit {
	h := hit{entry: e, fit: e.rankCode(r)}
	if h.fit <= fitCodePiece {
		return h
	}
	if !strings.Contains(e.plain, r.raw) {
		h.off = 1 // not even the signs are the same
	}
	if r.text != "" && strings.HasPrefix(e.text, r.text) {
		h.fit = fitName
		return h
	}
	if words, off := e.rankWords(r, lenient); words < h.fit {
		h.fit, h.off = words, h.off+2*off
	}
	switch at := strings.Index(e.text, r.text); {
	case at <= 0:
	case len(r.words) > 1 && h.fit > fitText:
		h.fit, h.off = fitText, h.off%2
	case e.text[at-1] != ' ' && h.fit > fitPiece:
		h.fit, h.off = fitPiece, h.off%2
	}
	return h
}

// rankCode judges by code and barcodes alone.
func (e *entry) rankCode(r request) fit {
	code := e.bare
	sizes := strings.ContainsAny(r.raw, `/"'`) // 3/4" is a size and not the code 34
	switch {
	case r.code == "" || sizes && !strings.HasPrefix(e.code, r.raw):
		return fitNone
	case code == r.code || slices.Contains(e.bars, r.code) || slices.Contains(e.bars, withoutZeros(r.code)):
		return fitExact
	case strings.HasPrefix(code, r.code):
		return fitCode
	case r.isCodePiece() && strings.Contains(e.code, r.raw):
		return fitCodePiece
	case len(r.code) >= barLeast && slices.ContainsFunc(e.bars, func(b string) bool {
		return strings.HasPrefix(b, r.code) || strings.HasPrefix(b, withoutZeros(r.code))
	}):
		return fitBar
	case len(r.code) >= gramSize && strings.Contains(code, r.code):
		return fitPiece
	}
	return fitNone
}

// rankWords judges by the words: the worst of them decides. It also tells how far they are off.
func (e *entry) rankWords(r request, lenient bool) (fit, int) {
	worst, off, missing := fitWords, 0, 0
	for _, w := range r.words {
		f := e.rankWord(w)
		if f == fitNone && lenient && e.misspelled(w) {
			f = fitTypo
		}
		if f == fitNone && lenient {
			missing++
			f = fitNear
			off += e.distance(w)
		}
		off += wordOff[f]
		worst = max(worst, f)
	}
	if lenient && worst >= fitTypo && len(r.code) >= 4 && e.misspelledCode(r.code) {
		return fitTypo, 0
	}
	if missing > 1 || missing == 1 && len(r.words) < nearLeast || len(r.words) == 0 {
		return fitNone, 0
	}
	return worst, off
}

// wordOff is how far off an entry is by one of several words.
var wordOff = map[fit]int{fitBeginning: 1, fitMore: 1, fitPieces: 2, fitTypo: 1}

// nearLeast is how many words a request needs so that one may be missing.
const nearLeast = 3

// rankWord judges where one word is.
func (e *entry) rankWord(w string) fit {
	begins := func(s string) bool { return strings.HasPrefix(s, w) }
	has := func(s string) bool { return strings.Contains(s, w) }
	one := singular(w)
	same := func(s string) bool { return s == w || s == one || singular(s) == one }
	c := compact(w)
	switch {
	case slices.ContainsFunc(e.name, same):
		return fitWords
	case slices.ContainsFunc(e.name, begins), slices.ContainsFunc(e.extra, begins):
		return fitBeginning
	case slices.ContainsFunc(e.more, begins), slices.ContainsFunc(e.more, same), c != "" && strings.HasPrefix(e.bare, c),
		len(w) >= barLeast && slices.ContainsFunc(e.bars, begins):
		return fitMore
	case slices.ContainsFunc(e.name, has), c != "" && strings.Contains(e.bare, c), slices.ContainsFunc(e.more, has),
		slices.ContainsFunc(e.extra, has):
		return fitPieces
	}
	return fitNone
}

// misspelled reports whether w is a word of e with one slip in it.
func (e *entry) misspelled(w string) bool {
	if !mayBeMisspelled(w) {
		return false
	}
	for _, ws := range [][]string{e.name, e.extra, e.more} {
		if slices.ContainsFunc(ws, func(s string) bool { return oneSlip(w, s, true) }) {
			return true
		}
	}
	return false
}

func (e *entry) misspelledCode(c string) bool {
	return oneSlip(c, e.bare, false) || slices.ContainsFunc(e.bars, func(b string) bool { return oneSlip(c, b, false) })
}

// oneSlip reports whether typed is meant with one letter wrong, missing, too many or two swapped;
// with beginning, typed may be the beginning of meant.
func oneSlip(typed, meant string, beginning bool) bool {
	t, m := []rune(typed), []rune(meant)
	rest := func(t, m []rune) bool {
		return len(t) == len(m) && slices.Equal(t, m) || beginning && len(t) < len(m) && slices.Equal(t, m[:len(t)])
	}
	i := 0
	for i < len(t) && i < len(m) && t[i] == m[i] {
		i++
	}
	t, m = t[i:], m[i:]
	switch {
	case len(t) > 0 && rest(t[1:], m): // too many
		return true
	case len(m) > 0 && rest(t, m[1:]): // missing
		return true
	case len(t) == 0 || len(m) == 0:
		return false
	case rest(t[1:], m[1:]): // wrong
		return true
	}
	return len(t) > 1 && len(m) > 1 && t[0] == m[1] && t[1] == m[0] && rest(t[2:], m[2:])
}

// farOff is the distance of a word that is not there at all.
const farOff = 4

// distance tells how many letters w is off the nearest word of the name, at most farOff.
func (e *entry) distance(w string) int {
	least := farOff
	for _, ws := range [][]string{e.name, e.extra} {
		for _, s := range ws {
			if d := len(s) - len(w); d < least && -d < least {
				least = min(least, editDistance(w, s))
			}
		}
	}
	return least
}

// editDistance counts the letters to change, add, drop or swap to get from a to b.
func editDistance(a, b string) int {
	s, t := []rune(a), []rune(b)
	before, last, row := []int{}, make([]int, len(t)+1), make([]int, len(t)+1)
	for j := range last {
		last[j] = j
	}
	for i := range s {
		row = append(row[:0], i+1)
		for j := range t {
			change := last[j]
			if s[i] != t[j] {
				change++
			}
			d := min(change, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && s[i] == t[j-1] && s[i-1] == t[j] {
				d = min(d, before[j-1]+1)
			}
			row = append(row, d)
		}
		before, last, row = last, row, slices.Clone(last)
	}
	return last[len(t)]
}
