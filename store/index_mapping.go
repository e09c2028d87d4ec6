package store

import (
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/blevesearch/bleve/v2/analysis"
	"github.com/blevesearch/bleve/v2/analysis/token/edgengram"
	"github.com/blevesearch/bleve/v2/analysis/token/ngram"
	"github.com/blevesearch/bleve/v2/analysis/token/unique"
	"github.com/blevesearch/bleve/v2/analysis/tokenizer/character"
	"github.com/blevesearch/bleve/v2/document"
	index "github.com/blevesearch/bleve_index_api"
)

// A shelf is a part of the index that is searched on its own. It is the first letter of its
// documents' fields, so a search of one shelf never meets what stands on another.
type shelf string

const (
	itemShelf     shelf = "i"
	archivedShelf shelf = "a"
	jobShelf      shelf = "j"
	goneShelf     shelf = "g" // jobs deleted at Jobber
)

// The fields of a document, each made for one way to search. A search is always for whole terms of
// a field: the beginnings and pieces of words are terms too, so that a keystroke costs no scan of a dictionary.
const (
	fieldCode  = "code"  // every beginning of the code, punctuation left out
	fieldBar   = "bar"   // every beginning, from four characters on, of each barcode
	fieldFull  = "full"  // the code and the barcodes, whole
	fieldName  = "name"  // every beginning of each word of the name
	fieldWord  = "word"  // the words of the name, whole
	fieldAny   = "any"   // every beginning of each word of name, supplier, category, address
	fieldGram  = "gram"  // every three characters in a row: of code and name across spaces, of the other words
	fieldTail  = "tail"  // the last one and two characters of each word of code and name
	fieldEntry = "entry" // nothing to search: the packed entry itself
)

// edgeLimit is how long a beginning can be. What is longer is found by its first characters
// and told apart by rank.
const edgeLimit = 24

func analyzer(between string, filters ...analysis.TokenFilter) analysis.Analyzer {
	cut := character.NewCharacterTokenizer(func(r rune) bool { return !strings.ContainsRune(between, r) })
	return &analysis.DefaultAnalyzer{Tokenizer: cut, TokenFilters: append(filters, unique.NewUniqueTermFilter())}
}

var (
	edges    = analyzer(" \n", edgengram.NewEdgeNgramFilter(edgengram.FRONT, 1, edgeLimit))
	barEdges = analyzer(" \n", edgengram.NewEdgeNgramFilter(edgengram.FRONT, barLeast, edgeLimit))
	grams    = analyzer("\n", ngram.NewNgramFilter(gramSize, gramSize))
	tails    = analyzer(" \n", edgengram.NewEdgeNgramFilter(edgengram.BACK, 1, gramSize-1))
	whole    = analyzer(" \n")
)

const (
	barLeast = 4 // fewer figures of a barcode are no search for a barcode
	gramSize = 3
)

// An entry is what the index knows of one item or job, ready to be compared with a query.
type entry struct {
	id    string // the document's: "i17", "j5"
	shelf shelf
	code  string // SKU or job number, in lower case
	bars  []string
	plain string   // the name as written, in lower case
	name  []string // its words
	extra []string // other ways to write words of the name
	more  []string // words of supplier, category, address
	order int64    // of two that fit as well the lower comes first

	bare string // the code, compact
	text string // the words of the name, joined
}

func (e *entry) complete() *entry {
	e.bare, e.text = compact(e.code), strings.Join(e.name, " ")
	return e
}

const entrySeparator = "\x1f"

// pack writes e as one text, to be kept in the index.
func (e entry) pack() string {
	return strings.Join([]string{string(e.shelf), e.code, strings.Join(e.bars, " "), e.plain,
		strings.Join(e.name, " "), strings.Join(e.extra, " "), strings.Join(e.more, " "),
		strconv.FormatInt(e.order, 10)}, entrySeparator)
}

// unpackEntry reads what pack wrote. It reports false for anything else.
func unpackEntry(id, s string) (entry, bool) {
	p := strings.Split(s, entrySeparator)
	if len(p) != 8 {
		return entry{}, false
	}
	order, err := strconv.ParseInt(p[7], 10, 64)
	return entry{id: id, shelf: shelf(p[0]), code: p[1], bars: strings.Fields(p[2]), plain: p[3],
		name: strings.Fields(p[4]), extra: strings.Fields(p[5]), more: strings.Fields(p[6]), order: order}, err == nil
}

// document returns e as Bleve takes it in.
func (e entry) document() *document.Document {
	doc := document.NewDocument(e.id)
	add := func(field string, a analysis.Analyzer, texts ...string) {
		kind := index.IndexField
		if field == fieldGram || field == fieldTail {
			kind |= index.SkipFreqNorm // pieces bring what rank judges: no score is made of them
		}
		if text := strings.Trim(strings.Join(texts, "\n"), "\n"); text != "" {
			doc.AddField(document.NewTextFieldCustom(string(e.shelf)+field, nil, []byte(text), kind, a))
		}
	}
	singulars := make([]string, 0, len(e.name))
	for _, w := range e.name {
		singulars = append(singulars, singular(w))
	}
	code, pieces, bars := compact(e.code), normalize(e.code), strings.Join(e.bars, " ")
	name, extra, more := strings.Join(e.name, " "), strings.Join(e.extra, " "), strings.Join(e.more, " ")
	add(fieldCode, edges, code)
	add(fieldBar, barEdges, bars)
	add(fieldFull, whole, code, bars)
	add(fieldName, edges, name, extra)
	add(fieldWord, whole, name, strings.Join(singulars, " "))
	add(fieldAny, edges, name, extra, more)
	add(fieldGram, grams, code, pieces, name, strings.Join(e.more, "\n"))
	add(fieldTail, tails, code, pieces, name)
	doc.AddField(document.NewTextFieldCustom(fieldEntry, nil, []byte(e.pack()), index.StoreField, whole))
	return doc
}

const (
	itemMark = "i" // begins the ids of items' documents
	jobMark  = "j"
)

// entryOfItem returns the entry of an item that lines of these other names were said to be.
func entryOfItem(it Item, names ...string) entry {
	name := wordsOf(it.Name)
	e := entry{id: itemMark + it.ID.String(), shelf: itemShelf, code: plain(it.SKU), plain: plain(it.Name),
		name: textsOf(name), extra: otherSpellings(name),
		more: words(strings.Join(append([]string{it.Supplier, it.Category}, names...), " ")), order: int64(utf8.RuneCountInString(it.Name))}
	if it.Archived {
		e.shelf = archivedShelf
	}
	for _, c := range it.Barcodes {
		if c = compact(c); c != "" {
			e.bars = append(e.bars, c)
		}
		if short := withoutZeros(c); short != c {
			e.bars = append(e.bars, short)
		}
	}
	return e
}

// plain is s in lower case on one line, otherwise as it is written.
func plain(s string) string { return fold(oneLine(s)) }

// withoutZeros returns a long number without the zeros that scanners put before it, or leave out.
func withoutZeros(code string) string {
	if len(code) < 8 || !allDigits(code) {
		return code
	}
	return strings.TrimLeft(code, "0")
}

// closedLast puts closed jobs behind open ones that fit as well.
const closedLast = 1 << 40

func entryOfJob(h JobHead) entry {
	title := h.Title + " " + h.Client.Name + " " + h.Client.Company
	name := wordsOf(title)
	e := entry{id: jobMark + h.ID.String(), shelf: jobShelf, plain: plain(title), name: textsOf(name),
		extra: otherSpellings(name), more: append(words(strings.Join(h.Address.Lines(), " ")), "job"), order: -int64(h.Number)}
	if h.Number > 0 {
		e.code = strconv.Itoa(h.Number)
	}
	switch h.State {
	case JobClosed:
		e.order += closedLast
	case JobDeleted:
		e.shelf = goneShelf
	}
	return e
}

func textsOf(ws []word) []string {
	texts := make([]string, len(ws))
	for i, w := range ws {
		texts[i] = w.text
	}
	return texts
}

// unitSpellings are the long forms of units, so that each letter typed of them finds something.
var unitSpellings = map[string][]string{"in": {"inches"}, "ft": {"foot", "feet"}, "a": {"amps"}, "v": {"volts"},
	"w": {"watts"}, "lb": {"lbs", "pounds"}, "oz": {"ounces"}, "gal": {"gallons"}, "yd": {"yards"}, "ga": {"gauge"},
	"qt": {"quarts"}, "pack": {"pk"}, "ct": {"count"}}

// otherSpellings returns what people may also type for the words of a name: "pushfit" for "push-fit",
// "3/4in" and "inches" for "3/4 in", the parts of "2x4x8", the fraction of "1-1/2", the figure of "#8".
func otherSpellings(ws []word) []string {
	var out []string
	for i, w := range ws {
		if i > 0 && w.dashed {
			out = append(out, ws[i-1].text+w.text)
		}
		if i > 0 && ws[i-1].number && unitNames[w.text] != "" {
			if !w.dashed {
				out = append(out, ws[i-1].text+w.text)
			}
			out = append(out, unitSpellings[w.text]...)
		}
		if w.number {
			out = append(out, partsOf(w.text)...)
		}
	}
	return out
}

// partsOf returns the figures within a size, and the letters behind one, as in "410a".
func partsOf(size string) []string {
	var out []string
	for i, part := range strings.Split(size, "x") {
		bare := strings.TrimPrefix(part, "#")
		if (i > 0 || bare != size) && bare != "" {
			out = append(out, bare)
		}
		if _, fraction, mixed := strings.Cut(bare, "-"); mixed {
			out = append(out, fraction)
		}
		if letters := strings.TrimLeft(bare, "0123456789./-"); letters != "" && letters != bare {
			out = append(out, letters)
		}
	}
	return out
}

var errBadEntry = errors.New("search index: an entry cannot be read")

// storedText returns a visitor that notes the packed entry of a document.
func storedText(text *string) index.FieldVisitor {
	return func(f index.Field) {
		if f.Name() == fieldEntry {
			*text = string(f.Value())
		}
	}
}
