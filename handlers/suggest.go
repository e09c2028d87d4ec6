package handlers

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"lwc-inventory/store"
)

// suggestions is how many items are offered for a line that waits for an answer.
const suggestions = 3

// suggestion is an item that may be what a line means, and why it is offered.
type suggestion struct {
	store.Stock
	Why string
}

// suggest returns the likely items for each of the names, best first, in one store read.
func (s *Server) suggest(ctx context.Context, names []string) ([][]suggestion, error) {
	found := make([]likely, len(names))
	var all []store.ItemID
	for i, name := range names {
		var err error
		if found[i], err = s.likely(ctx, name); err != nil {
			return nil, err
		}
		all = append(all, found[i].items...)
	}
	slices.Sort(all)
	stocks, err := s.Store.Stocks(ctx, slices.Compact(all))
	if err != nil {
		return nil, err
	}
	byID := make(map[store.ItemID]store.Stock, len(stocks))
	for _, st := range stocks {
		byID[st.ID] = st
	}
	out := make([][]suggestion, len(names))
	for i, l := range found {
		out[i] = l.best(names[i], byID)
	}
	return out, nil
}

// likely is what the index finds for a line's name.
type likely struct {
	items []store.ItemID
	whole int // so many of them fit the name as a whole; the others fit a word of it
}

// likely asks the index. A line is a phrase of somebody's own, with words no item has ("install",
// "per yd"): where the whole finds too little, its words are tried, the longest first, because
// long words say most. A bare number says nothing.
func (s *Server) likely(ctx context.Context, name string) (likely, error) {
	const wanted, tries = 8, 4
	ids, err := s.Index.Items(ctx, name, wanted)
	l := likely{ids, len(ids)}
	if err != nil || l.whole >= suggestions {
		return l, err
	}
	ws := slices.DeleteFunc(words(name), isNumber)
	slices.SortStableFunc(ws, func(a, b string) int { return len(b) - len(a) })
	for _, w := range ws[:min(tries, len(ws))] {
		more, err := s.Index.Items(ctx, w, wanted)
		if err != nil {
			return l, err
		}
		for _, id := range more {
			if !slices.Contains(l.items, id) {
				l.items = append(l.items, id)
			}
		}
	}
	return l, nil
}

// best chooses what is offered for name: the items that share most with it, in the order of the
// index where that says nothing. An archived item is no answer, and neither is one that only looks
// like a word of the name.
func (l likely) best(name string, byID map[store.ItemID]store.Stock) []suggestion {
	type candidate struct {
		suggestion
		weight int
	}
	var cs []candidate
	for i, id := range l.items {
		st, ok := byID[id]
		same := sameWords(st.Name+" "+st.SKU, name)
		if !ok || st.Archived || len(same) == 0 && i >= l.whole {
			continue
		}
		why := "Looks alike"
		if len(same) > 0 {
			why = "Same words: " + strings.Join(same[:min(4, len(same))], ", ")
		}
		cs = append(cs, candidate{suggestion{st, why}, weight(same)})
	}
	slices.SortStableFunc(cs, func(a, b candidate) int { return b.weight - a.weight })
	out := make([]suggestion, 0, suggestions)
	for _, c := range cs[:min(suggestions, len(cs))] {
		out = append(out, c.suggestion)
	}
	return out
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
			parts = strings.Split(w, "-")
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
