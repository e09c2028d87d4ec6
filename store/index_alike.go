package store

import (
	"context"
	"errors"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/blevesearch/bleve/v2/search/query"
)

// Alike returns up to limit active items for a phrase of somebody's own, as a line of a job is. First come those that have
// all its words, as [Index.Items] has them, and whole tells how many these are; then those that share words with it, the
// most and the rarest first. A plural counts as its singular, the beginning of a word as half of it, and a word that
// no item has may be one slip off; words of suppliers, categories, codes and earlier answers count too.
//
// It asks the index a fixed few questions, where the slips and pieces that Items looks for are dozens.
func (x *Index) Alike(ctx context.Context, phrase string, limit int) (ids []ItemID, whole int, err error) {
	if ids, err = find[ItemID](ctx, x, phrase, limit, true, itemMark, itemShelf); err != nil || len(ids) >= limit {
		return ids, len(ids), err
	}
	whole = len(ids)
	r := readRequest(phrase)
	if limit <= 0 || len(r.words) == 0 {
		return nil, 0, nil
	}
	end, err := x.turn(ctx)
	if err != nil {
		return nil, 0, err
	}
	defer end()
	f := finder{ctx: ctx, x: x, shelf: itemShelf}
	err = guarded(func() error {
		known, err := f.known(r)
		if err != nil {
			return err
		}
		res, err := f.search(ask{query: f.shelf.alikeQuery(r, known), size: min(limit, searchLimit)})
		if err != nil {
			return err
		}
		for _, doc := range res.Hits {
			if id, ok := idOf[ItemID](doc.ID, itemMark); ok && !slices.Contains(ids, id) && len(ids) < limit {
				ids = append(ids, id)
			}
		}
		return nil
	})
	if ctx.Err() != nil {
		return nil, 0, ctx.Err()
	}
	if err != nil && !errors.Is(err, errIndexClosed) {
		x.suspect(err)
	}
	return ids, whole, nil
}

// alikeQuery finds what has any of the words, or a code that is one.
func (s shelf) alikeQuery(r request, known map[string]bool) query.Query {
	var ways []query.Query
	for _, w := range r.words {
		if unitNames[w] != "" && len(r.words) > 1 {
			continue // "in" and "ft" are everywhere
		}
		one := singular(w)
		ways = append(ways, s.boosted(fieldWord, one, 2))
		if saysMuch(one) {
			ways = append(ways, s.term(fieldAny, cutRunes(one, edgeLimit)))
		}
		if !known[w] && mayBeMisspelled(w) {
			ways = append(ways, s.fuzzy(fieldWord, w))
		}
	}
	for code := range strings.FieldsFuncSeq(r.raw, func(c rune) bool { return strings.ContainsRune(" /,;:()", c) }) {
		if code = compact(code); len(code) >= barLeast {
			ways = append(ways, s.boosted(fieldFull, code, 4))
		}
	}
	if len(ways) == 0 {
		return query.NewMatchNoneQuery()
	}
	return anyOf(ways...)
}

// saysMuch reports whether few words begin with w: a figure begins every third.
func saysMuch(w string) bool {
	return utf8.RuneCountInString(w) >= gramSize && strings.ContainsFunc(w, unicode.IsLetter)
}
