package handlers

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"lwc-inventory/store"
)

const (
	suggestions = 3  // items offered for a line that waits for an answer
	wanted      = 16 // of which they are chosen
)

// suggestion is an item that may be what a line means, and why it is offered.
type suggestion struct {
	store.Stock
	Why string
}

// suggest returns the likely items for each of the names, best first, in few store reads. A name that shares no word with any
// item is looked up once more, as something misspelled or a piece of a word.
func (s *Server) suggest(ctx context.Context, names []string) ([][]suggestion, error) {
	found := make([]likely, len(names))
	for i, name := range names {
		var err error
		if found[i], err = s.likely(ctx, name); err != nil {
			return nil, err
		}
	}
	out, err := s.bestOf(ctx, names, found)
	if err != nil {
		return nil, err
	}
	var odd []int
	var again []string
	var wider []likely
	for i, name := range names {
		if len(out[i]) > 0 || found[i].wide {
			continue
		}
		l, err := s.likelyWide(ctx, name)
		if err != nil {
			return nil, err
		}
		odd, again, wider = append(odd, i), append(again, name), append(wider, l)
	}
	if len(odd) == 0 {
		return out, nil
	}
	more, err := s.bestOf(ctx, again, wider)
	if err != nil {
		return nil, err
	}
	for n, i := range odd {
		out[i] = more[n]
	}
	return out, nil
}

// bestOf chooses among what was found for each of the names, in two store reads.
func (s *Server) bestOf(ctx context.Context, names []string, found []likely) ([][]suggestion, error) {
	var all []store.ItemID
	for _, l := range found {
		all = append(all, l.items...)
	}
	slices.Sort(all)
	all = slices.Compact(all)
	stocks, err := s.Store.Stocks(ctx, all)
	if err != nil {
		return nil, err
	}
	answered, err := s.Store.AnsweredAs(ctx, all)
	if err != nil {
		return nil, err
	}
	byID := make(map[store.ItemID]store.Stock, len(stocks))
	for _, st := range stocks {
		byID[st.ID] = st
	}
	out := make([][]suggestion, len(names))
	for i, l := range found {
		out[i] = l.best(names[i], byID, answered)
	}
	return out, nil
}

// likely is what the index finds for a line's name.
type likely struct {
	items []store.ItemID
	whole int  // so many of them fit the name as a whole; the others fit a word of it
	wide  bool // it is all that the index can find
}

// findLikely asks the index. A line is a phrase of somebody's own, with words no item has ("install",
// "per yd"): what shares words with it comes behind what has them all.
func (s *Server) findLikely(ctx context.Context, name string) (likely, error) {
	ids, whole, err := s.Index.Alike(ctx, name, wanted)
	return likely{items: ids, whole: whole}, err
}

// findWide asks the index for all that a search for the name finds.
func (s *Server) findWide(ctx context.Context, name string) (likely, error) {
	ids, err := s.Index.Items(ctx, name, wanted)
	return likely{items: ids, whole: len(ids), wide: true}, err
}

// best chooses what is offered for name: the items that share most with it, in the order of the
// index where that says nothing. An archived item is no answer, and neither is one that only looks
// like a word of the name.
func (l likely) best(name string, byID map[store.ItemID]store.Stock, answered map[store.ItemID][]string) []suggestion {
	type candidate struct {
		suggestion
		weight int
	}
	var cs []candidate
	for i, id := range l.items {
		st, ok := byID[id]
		why, worth := reason(st, answered[id], name)
		if !ok || st.Archived || worth == 0 && i >= l.whole {
			continue
		}
		cs = append(cs, candidate{suggestion{st, why}, worth})
	}
	slices.SortStableFunc(cs, func(a, b candidate) int { return b.weight - a.weight })
	out := make([]suggestion, 0, suggestions)
	for _, c := range cs[:min(suggestions, len(cs))] {
		out = append(out, c.suggestion)
	}
	return out
}

// reason says why an item may be what name means, and what that is worth: its SKU is in the name, it was the
// answer for a name that is more alike than its own, or its own has the same words.
func reason(st store.Stock, answered []string, name string) (why string, worth int) {
	same := sameWords(st.Name+" "+st.SKU, name)
	why, worth = "Looks alike", weight(same)
	if len(same) > 0 {
		why = "Same words: " + strings.Join(same[:min(4, len(same))], ", ")
	}
	for _, a := range answered {
		if w := weight(sameWords(a, name)); w > worth {
			why, worth = "Answered so for “"+a+"”", w
		}
	}
	if sku := " " + strings.Join(signs(st.SKU), " ") + " "; len(sku) > 4 && strings.Contains(" "+strings.Join(signs(name), " ")+" ", sku) {
		why, worth = "SKU in the name: "+st.SKU, worth+100
	}
	return why, worth
}

// signs splits s into its runs of letters and figures, in lower case.
func signs(s string) []string {
	return strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) })
}

// weight is what shared words are worth: a bare number is shared by many items that have nothing to do with each other.
func weight(same []string) int {
	sum := 0
	for _, w := range same {
		if sum += 3; isNumber(w) {
			sum -= 2
		}
	}
	return sum
}

// sameWords returns the words of a that b has too, once each, in a's order. A plural counts as its singular.
func sameWords(a, b string) []string {
	have := make(map[string]bool)
	for _, w := range words(b) {
		have[singular(w)] = true
	}
	var same []string
	for _, w := range words(a) {
		if have[singular(w)] {
			same = append(same, w)
			delete(have, singular(w))
		}
	}
	return same
}

var (
	// noise are words that say nothing about which material it is.
	noise = []string{"and", "for", "with", "the", "per", "in", "of", "ea", "ft", "x", "w"}
	// dashed is how people write 12/2 too.
	dashed = regexp.MustCompile(`^(\d+)-(\d+)$`)
	// measured is a size written with its unit, which others write apart.
	measured = regexp.MustCompile(`^([\d/.-]+)(in|ft|gal|ga|mm|cm)$`)
	// fractions are signs that others write with a stroke.
	fractions = strings.NewReplacer("½", "1/2", "¼", "1/4", "¾", "3/4", "⅜", "3/8", "⅝", "5/8", "⅞", "7/8", "⅛", "1/8")
)

// words splits s at everything but letters, digits and what stands inside a size: 3/4, 1-1/2, 1.5.
func words(s string) []string {
	ws := strings.FieldsFunc(fractions.Replace(strings.ToLower(s)), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsNumber(r) && r != '/' && r != '.' && r != '-'
	})
	var out []string
	for _, w := range ws {
		w = measured.ReplaceAllString(strings.Trim(w, "./-"), "$1")
		parts := []string{w}
		switch {
		case dashed.MatchString(w):
			parts[0] = dashed.ReplaceAllString(w, "$1/$2")
		case strings.ContainsFunc(w, unicode.IsLetter): // push-fit, or a SKU
			parts = strings.FieldsFunc(w, func(r rune) bool { return r == '-' || r == '/' })
		}
		for _, p := range parts {
			if p != "" && !slices.Contains(noise, p) {
				out = append(out, p)
			}
		}
	}
	return out
}

// isNumber reports whether w is digits and nothing else.
func isNumber(w string) bool {
	return !strings.ContainsFunc(w, func(r rune) bool { return !unicode.IsDigit(r) })
}

func singular(w string) string {
	if len(w) > 3 && strings.HasSuffix(w, "s") && !strings.HasSuffix(w, "ss") {
		return w[:len(w)-1]
	}
	return w
}
