package store

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/blevesearch/bleve/v2/search/query"
)

const (
	queryRunes = 100 // what is typed beyond is not read
	queryWords = 8
)

// A request is what somebody typed, read in one way.
type request struct {
	raw   string   // in lower case, spaces tidied
	text  string   // the words, joined
	words []string // all must be found
	code  string   // compact
}

// readRequest reads q as contractors mean it. A request without words and code finds nothing.
func readRequest(q string) request {
	q = cutRunes(q, queryRunes)
	ws := words(q)
	if len(ws) > 1 {
		last := len(ws) - 1
		kept := slices.DeleteFunc(slices.Clone(ws[:last]), func(w string) bool { return fillers[w] })
		ws = append(kept, ws[last])
	}
	ws = ws[:min(len(ws), queryWords)]
	raw := plain(q)
	return request{raw: raw, text: strings.Join(ws, " "), words: ws, code: compact(raw)}
}

// looksLikeCode reports whether r can hardly be anything but a SKU, a barcode or a part of one.
func (r request) looksLikeCode() bool {
	return len(r.code) >= 6 && strings.ContainsAny(r.code, "0123456789") && !strings.ContainsAny(r.raw, ` /"'`)
}

// isCodePiece reports whether r is written as codes are: letters and figures, a dash, no space.
func (r request) isCodePiece() bool {
	return strings.Contains(r.raw, "-") && strings.ContainsAny(r.raw, "0123456789") &&
		!strings.ContainsAny(r.raw, ` /"'`) &&
		strings.ContainsFunc(r.raw, unicode.IsLetter)
}

// fillers are words that nobody means to search for.
var fillers = map[string]bool{"and": true, "of": true, "the": true, "for": true, "with": true}

// asTyped reads r again, by the spaces alone: "push-fti" is one misspelled word and not two odd ones.
func (r request) asTyped() request {
	var ws []string
	for w := range strings.FieldsSeq(r.raw) {
		w = strings.TrimFunc(w, func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) })
		if w = strings.ReplaceAll(w, "-", ""); w != "" && !fillers[w] {
			ws = append(ws, w)
		}
	}
	r.words = ws[:min(len(ws), queryWords)]
	r.text = strings.Join(r.words, " ")
	return r
}

func cutRunes(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for i := range s {
		if n--; n < 0 {
			return s[:i]
		}
	}
	return s
}

// The queries below, from narrow to wide. Each gathers candidates; rank (index_rank.go) judges them.

// codeQuery finds by the beginning of a code or barcode.
func (s shelf) codeQuery(r request) query.Query {
	alternatives := []query.Query{s.term(fieldCode, cutRunes(r.code, edgeLimit)), s.term(fieldFull, r.code)}
	for _, c := range []string{r.code, withoutZeros(r.code)} {
		if len(c) >= barLeast {
			alternatives = append(alternatives, s.term(fieldBar, cutRunes(c, edgeLimit)))
		}
	}
	return anyOf(alternatives...)
}

// nameQuery finds names in which each word begins a word.
func (s shelf) nameQuery(r request) query.Query {
	all := make([]query.Query, 0, len(r.words))
	for _, w := range r.words {
		begins := s.term(fieldName, cutRunes(w, edgeLimit))
		if one := singular(w); one != w {
			begins = anyOf(begins, s.term(fieldWord, one))
		}
		all = append(all, begins)
	}
	return allOf(all...)
}

// wordQuery finds names in which any of the words is a whole word.
func (s shelf) wordQuery(r request) query.Query {
	all := make([]query.Query, 0, len(r.words))
	for _, w := range r.words {
		all = append(all, s.term(fieldWord, w))
	}
	return anyOf(all...)
}

// textQuery finds what was typed as it stands, wherever it begins, in code, name or the rest.
func (s shelf) textQuery(r request) query.Query {
	text := s.gramQuery(r.text)
	if r.code == r.text || len(r.code) < gramSize {
		return text
	}
	return anyOf(text, s.gramQuery(r.code))
}

// anyQuery finds where each word begins a word of anything.
func (s shelf) anyQuery(r request) query.Query {
	all := make([]query.Query, 0, len(r.words))
	for _, w := range r.words {
		all = append(all, anyOf(s.beginnings(w)...))
	}
	return allOf(all...)
}

// beginnings returns the ways in which w can be the beginning of a word or code.
func (s shelf) beginnings(w string) []query.Query {
	ways := []query.Query{s.term(fieldAny, cutRunes(w, edgeLimit))}
	if one := singular(w); one != w {
		ways = append(ways, s.term(fieldAny, cutRunes(one, edgeLimit)))
	}
	if c := compact(w); c == w || "#"+c == w {
		ways = append(ways, s.term(fieldCode, cutRunes(c, edgeLimit)))
		if len(c) >= barLeast {
			ways = append(ways, s.term(fieldBar, cutRunes(c, edgeLimit)))
		}
	}
	return ways
}

// gramQuery finds a piece of text by its characters three by three; with fewer, by the end of a word.
func (s shelf) gramQuery(text string) query.Query {
	rs := []rune(text)
	if len(rs) < gramSize {
		return s.term(fieldTail, text)
	}
	last := len(rs) - gramSize
	step := max(1, (last+mostGrams-1)/mostGrams)
	all := []query.Query{s.term(fieldGram, string(rs[last:]))}
	for i := 0; i < last; i += step {
		all = append(all, s.term(fieldGram, string(rs[i:i+gramSize])))
	}
	return allOf(all...)
}

// mostGrams is how many characters in a row are asked for of a long text. More would find no less, and rank
// looks at the whole text anyway.
const mostGrams = 10

// oddQuery finds what anyQuery does, where the words that are not known are pieces of words or have
// one slip of the fingers in them; or the code has.
func (s shelf) oddQuery(r request, known map[string]bool) query.Query {
	all := make([]query.Query, 0, len(r.words))
	for _, w := range r.words {
		ways := s.beginnings(w)
		if !known[w] {
			ways = append(ways, s.gramQuery(w))
			if mayBeMisspelled(w) {
				ways = append(ways, s.fuzzy(fieldAny, w))
			}
		}
		all = append(all, anyOf(ways...))
	}
	if utf8.RuneCountInString(r.code) < 4 {
		return allOf(all...)
	}
	return anyOf(allOf(all...), s.fuzzy(fieldFull, r.code))
}

// mayBeMisspelled reports whether w is a word long enough to be known with a slip in it. Figures
// are not: 3/4 is no misspelled 3/8.
func mayBeMisspelled(w string) bool {
	letters := 0
	for _, r := range w {
		if unicode.IsLetter(r) {
			letters++
		}
	}
	return letters >= 3 && utf8.RuneCountInString(w) >= 4
}

// nearQuery finds where all words but one are.
func (s shelf) nearQuery(r request) query.Query {
	all := make([]query.Query, 0, len(r.words))
	for _, w := range r.words {
		all = append(all, anyOf(s.beginnings(w)...))
	}
	q := query.NewDisjunctionQuery(all)
	q.SetMin(float64(len(all) - 1))
	return q
}

func (s shelf) term(field, term string) query.Query { return s.boosted(field, term, 1) }

func (s shelf) boosted(field, term string, boost float64) query.Query {
	q := query.NewTermQuery(term)
	q.SetField(string(s) + field)
	if boost != 1 {
		q.SetBoost(boost)
	}
	return q
}

func (s shelf) fuzzy(field, term string) query.Query {
	q := query.NewFuzzyQuery(cutRunes(term, edgeLimit))
	q.SetField(string(s) + field)
	q.SetFuzziness(1)
	q.SetPrefix(1)
	return q
}

func anyOf(qs ...query.Query) query.Query {
	if len(qs) == 1 {
		return qs[0]
	}
	return query.NewDisjunctionQuery(qs)
}

func allOf(qs ...query.Query) query.Query {
	if len(qs) == 1 {
		return qs[0]
	}
	return query.NewConjunctionQuery(qs)
}
