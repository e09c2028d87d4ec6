package main

import (
	"fmt"
	"html"
	"math/rand/v2"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

const shown = 10 // how many hits a person looks at

// A searcher makes up what people type who look for one of the materials.
type searcher struct {
	*rand.Rand
	goods []material
	texts []string // SKU and name of each, in lower case
}

func newSearcher(goods []material) searcher {
	s := searcher{Rand: rand.New(rand.NewPCG(1, 2)), goods: goods}
	for _, m := range goods {
		s.texts = append(s.texts, strings.ToLower(m.sku+"\x00"+m.name))
	}
	return s
}

// specific reports whether so few materials have all the pieces that one screen can show them.
func (s searcher) specific(pieces ...string) bool {
	n := 0
	for _, text := range s.texts {
		if !slices.ContainsFunc(pieces, func(p string) bool { return !strings.Contains(text, p) }) {
			if n++; n > shown {
				return false
			}
		}
	}
	return true
}

// from returns text from its start on, as far as is needed to be specific; "" if it never is.
func (s searcher) from(text string, start, least int) string {
	for end := start + least; end <= len(text); end++ {
		if q := text[start:end]; !strings.HasSuffix(q, " ") && s.specific(q) {
			return q
		}
	}
	return ""
}

// someWords returns up to four words of a name in any order, nil if they are not specific.
func (s searcher) someWords(name string) []string {
	ws := slices.DeleteFunc(strings.Fields(strings.ReplaceAll(strings.ToLower(name), ",", "")), func(w string) bool { return len(w) < 2 || w == "in" })
	s.Shuffle(len(ws), func(i, j int) { ws[i], ws[j] = ws[j], ws[i] })
	if ws = ws[:min(len(ws), 4)]; len(ws) < 3 || !s.specific(ws...) {
		return nil
	}
	return ws
}

// slip returns w with a letter wrong, missing or doubled, or two swapped, from place from on.
func (s searcher) slip(w string, from int) string {
	i := from + s.IntN(len(w)-from-1)
	switch s.IntN(4) {
	case 0:
		return w[:i] + w[i+1:]
	case 1:
		return w[:i] + w[i:i+1] + w[i:]
	case 2:
		return w[:i] + w[i+1:i+2] + w[i:i+1] + w[i+2:]
	}
	return w[:i] + string(rune('a'+s.IntN(26))) + w[i+1:]
}

// classes are the ways to search. A query of "" is none, and another item is tried.
var classes = []struct {
	name, wanted string
	query        func(s searcher, m material) string
}{
	{"exact SKU", "100 %", func(_ searcher, m material) string { return m.sku }},
	{"SKU prefix", "100 %", func(s searcher, m material) string { return s.from(strings.ToLower(m.sku), 0, 4) }},
	{"name prefix", "100 %", func(s searcher, m material) string { return s.from(strings.ToLower(m.name), 0, 5) }},
	{"mid-word", "100 %", func(s searcher, m material) string {
		name := strings.ToLower(m.name)
		start := 1 + s.IntN(len(name)/2)
		if name[start] == ' ' || name[start-1] == ' ' {
			return ""
		}
		return s.from(name, start, 4)
	}},
	{"words in any order", "≥ 99 %", func(s searcher, m material) string { return strings.Join(s.someWords(m.name), " ") }},
	{"a typo in the SKU", "≥ 97 %", func(s searcher, m material) string {
		q := s.slip(strings.ToLower(m.sku), 3)
		if slices.ContainsFunc(s.texts, func(text string) bool { return strings.HasPrefix(text, q) }) {
			return ""
		}
		return q
	}},
	{"a typo in the name", "≥ 97 %", func(s searcher, m material) string {
		ws := s.someWords(m.name)
		if ws == nil {
			return ""
		}
		longest := slices.MaxFunc(ws, func(a, b string) int { return len(a) - len(b) })
		i := slices.Index(ws, longest)
		if ws[i] = s.slip(longest, 1); len(longest) < 5 || !s.specific(ws[i]) {
			return ""
		}
		return strings.Join(ws, " ")
	}},
}

// queries makes n queries of a class, and the SKU that each looks for.
func (s searcher) queries(query func(searcher, material) string, n int) (texts, skus []string, err error) {
	for tries := 0; len(texts) < n; tries++ {
		if tries > 200*n {
			return nil, nil, fmt.Errorf("only %d queries", len(texts))
		}
		m := s.goods[s.IntN(len(s.goods))]
		if q := query(s, m); q != "" {
			texts, skus = append(texts, q), append(skus, m.sku)
		}
	}
	return texts, skus, nil
}

// searches measures each class of query, and a text as it is typed key by key.
func (r *rig) searches(t *table, lim limits) error {
	s := newSearcher(r.goods)
	wanted := map[int]map[int]string{10_000: {1: "≤ 2 ms, p99 ≤ 6 ×", 16: "≤ 15 ms, p99 ≤ 6 ×"},
		100_000: {1: "≤ 6 ms, p99 ≤ 6 ×", 16: "≤ 60 ms, p99 ≤ 6 ×"}}[t.size]
	var keys []string
	for i, class := range classes {
		texts, _, err := s.queries(class.query, 40)
		if err != nil {
			return fmt.Errorf("%s: %w", class.name, err)
		}
		if class.name == "exact SKU" || class.name == "name prefix" {
			for _, q := range texts[:20] {
				for n := 1; n <= min(len(q), 14); n++ {
					keys = append(keys, strings.ToLower(q[:n]))
				}
			}
		}
		if t.size < 10_000 && i > 0 {
			continue // the small catalogue only shows where things begin
		}
		if err := r.run(t, "search, "+class.name, r.typing(texts), lim.overSearch, wanted); err != nil {
			return err
		}
	}
	if t.size == 100_000 {
		wanted = map[int]string{1: "p99 ≤ 25 ms, ≤ 6 ×", 16: "≤ 60 ms, p99 ≤ 6 ×"}
	}
	return r.run(t, "search, keystroke by keystroke", r.typing(keys), lim.overSearch, wanted)
}

// typing asks for the fragment that a keystroke asks for.
func (r *rig) typing(texts []string) func(int) (int, error) {
	return func(n int) (int, error) {
		return r.to.send(ask{path: "/items?q=" + url.QueryEscape(texts[n%len(texts)]), part: true, want: 200})
	}
}

var rowSKU = regexp.MustCompile(`<tr role="row" data-item="[0-9]+" data-sku="([^"]*)"`)

// recall tells how often the item that is looked for is among the first ten rows.
func (r *rig) recall(t *table, _ limits) error {
	const asked = 60
	s := newSearcher(r.goods)
	for _, class := range classes {
		texts, skus, err := s.queries(class.query, asked)
		if err != nil {
			return fmt.Errorf("%s: %w", class.name, err)
		}
		found := 0
		for i, q := range texts {
			page, _, err := r.get("/items?q="+url.QueryEscape(q), "")
			if err != nil {
				return err
			}
			rows := rowSKU.FindAllStringSubmatch(page, shown)
			if slices.ContainsFunc(rows, func(m []string) bool { return html.UnescapeString(m[1]) == skus[i] }) {
				found++
			}
		}
		t.fact("found among the first ten, "+class.name, fmt.Sprintf("%.1f %%", 100*float64(found)/asked), class.wanted)
	}
	return nil
}
