package store

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/search/query"
)

const (
	pendingFew  = 200 // so many new events a searcher takes in first
	candidates  = 60  // how many of the best a wide question brings to be ranked, at least
	many        = 200 // how many it brings of those that come in no order
	searchLimit = 1000
)

// Items returns up to limit items that answer what was typed, best first, archived ones last.
// While the index is being made it answers from what is there.
func (x *Index) Items(ctx context.Context, q string, limit int) ([]ItemID, error) {
	ids, err := find[ItemID](ctx, x, q, limit, false, itemMark, itemShelf, archivedShelf)
	if err != nil || len(ids) > 0 || x.Ready() {
		return ids, err
	}
	it, err := x.db.ItemByCode(ctx, q) // a scan finds its item even now
	switch CodeOf(err) {
	case "":
		return []ItemID{it.ID}, nil
	case NotFound:
		return nil, nil
	}
	return nil, err
}

// ItemWords counts how often the words of items have changed, what was just written included: what [Index.Items] answered
// is still true while the count is the same.
func (x *Index) ItemWords(ctx context.Context) uint64 {
	x.freshen(ctx)
	return x.items.Load()
}

func ofItem(document string) bool { return strings.HasPrefix(document, itemMark) }

// Jobs returns up to limit jobs that answer what was typed, best first, jobs deleted at Jobber last.
func (x *Index) Jobs(ctx context.Context, q string, limit int) ([]JobID, error) {
	return find[JobID](ctx, x, q, limit, false, jobMark, jobShelf, goneShelf)
}

// find searches the shelves in order; strict is for what is there as it was typed. Damage that shows is mended by Run;
// the answer is then what was found.
func find[T ~uint64](ctx context.Context, x *Index, q string, limit int, strict bool, mark string, shelves ...shelf) ([]T, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	r := readRequest(q)
	limit = min(limit, searchLimit)
	if limit <= 0 || len(r.words) == 0 {
		return nil, nil
	}
	x.freshen(ctx)
	end, err := x.turn(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	var ids []T
	for _, s := range shelves {
		f := finder{ctx: ctx, x: x, shelf: s, limit: limit - len(ids), strict: strict || len(ids) > 0, hits: map[string]hit{}}
		if err := guarded(func() error { return f.find(r) }); err != nil {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			if !errors.Is(err, errIndexClosed) {
				x.suspect(err)
			}
		}
		for _, h := range f.best() {
			if id, ok := idOf[T](h.id, mark); ok {
				ids = append(ids, id)
			}
		}
		if len(ids) >= limit || f.settled(r) {
			break
		}
	}
	return ids, nil
}

// turn waits until it is ctx's turn to search, in the order in which they came, and returns what ends it. Only as many search at
// once as there are processors: more would take turns within each search, all of them late, and hold the memory of all meanwhile.
func (x *Index) turn(ctx context.Context) (end func(), err error) {
	select {
	case x.turns <- struct{}{}:
		return func() { <-x.turns }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// freshen takes in the few events that may be waiting, so that what somebody just wrote is found by
// their next search. An index that is being made, or lags far behind, is not waited for.
func (x *Index) freshen(ctx context.Context) {
	if !x.Ready() {
		return
	}
	last, err := x.db.LastEvent(ctx)
	if seen := EventID(x.seen.Load()); err != nil || last <= seen || last-seen > pendingFew {
		return
	}
	if err := x.catchUpTo(ctx, last); err != nil && ctx.Err() == nil {
		x.log.Warn("search index did not catch up", "err", err)
	}
}

// A finder gathers the hits of one request on one shelf.
type finder struct {
	ctx    context.Context
	x      *Index
	shelf  shelf
	limit  int
	strict bool           // what is misspelled is no hit: there are better ones on a shelf before
	hits   map[string]hit // by document
}

// find asks narrow questions first, and wider ones only while there is room.
func (f *finder) find(r request) error {
	s, few := f.shelf, max(candidates, 2*f.limit)
	if err := f.gather(r, ask{query: s.codeQuery(r), size: f.limit}); err != nil || len(f.hits) >= f.limit {
		return err
	}
	if err := f.gather(r, ask{query: s.nameQuery(r), better: s.wordQuery(r), size: few}); err != nil || f.settled(r) {
		return err
	}
	oneWord := len(r.words) == 1
	if oneWord && len(f.hits) >= f.limit {
		return nil
	}
	if !f.strict || oneWord {
		text := ask{query: s.textQuery(r), size: max(many, few), unsorted: true}
		if !oneWord && len(r.text) < 2*gramSize {
			text.size *= 3 // so short a text has its characters in many names, in other places
		}
		if err := f.gather(r, text); err != nil {
			return err
		}
	}
	if len(f.hits) < f.limit {
		if err := f.gather(r, ask{query: s.anyQuery(r), size: few}); err != nil {
			return err
		}
	}
	if f.strict || f.bestFit() <= fitPiece {
		return nil
	}
	return f.findOdd(r)
}

// findOdd looks for what is spelled in other ways than what is there: pieces of words, slips of the fingers,
// and at last a word too many.
func (f *finder) findOdd(r request) error {
	s := f.shelf
	if r.looksLikeCode() {
		code := ask{query: s.fuzzy(fieldFull, r.code), size: many, lenient: true}
		if err := f.gather(r, code); err != nil || len(f.hits) > 0 {
			return err
		}
	}
	readings := []request{r}
	if typed := r.asTyped(); !slices.Equal(typed.words, r.words) && len(typed.words) > 0 {
		readings = append(readings, typed)
	}
	for _, r := range readings {
		known, err := f.known(r)
		if err != nil {
			return err
		}
		if err := f.gather(r, ask{query: s.oddQuery(r, known), size: many, unsorted: true, lenient: true}); err != nil {
			return err
		}
	}
	for _, r := range readings {
		if len(f.hits) > 0 || len(r.words) < nearLeast {
			continue
		}
		if err := f.gather(r, ask{query: s.nearQuery(r), size: many, lenient: true}); err != nil {
			return err
		}
	}
	return nil
}

// settled reports whether r is a code and was found.
func (f *finder) settled(r request) bool {
	return r.looksLikeCode() && f.bestFit() <= fitBar
}

// known tells which words of r begin a word somewhere. Only the others are taken for pieces or misspelled,
// unless there are no others.
func (f *finder) known(r request) (map[string]bool, error) {
	known := map[string]bool{}
	for _, w := range r.words {
		res, err := f.search(ask{query: anyOf(f.shelf.beginnings(w)...), size: 1, unsorted: true})
		if err != nil {
			return nil, err
		}
		known[w] = len(res.Hits) > 0
	}
	if !slices.Contains(slices.Collect(maps.Values(known)), false) {
		clear(known)
	}
	return known, nil
}

func (f *finder) bestFit() fit {
	best := fitNone
	for _, h := range f.hits {
		best = min(best, h.fit)
	}
	return best
}

// An ask is one question to the index.
type ask struct {
	query    query.Query
	better   query.Query // what answers this too is better; nil for nothing
	size     int
	unsorted bool // any documents will do: much cheaper than the best
	lenient  bool // hits may be misspelled
}

// search answers a, the best first.
func (f *finder) search(a ask) (*bleve.SearchResult, error) {
	q := a.query
	if a.better != nil && !a.unsorted {
		q = query.NewBooleanQuery([]query.Query{q}, []query.Query{a.better}, nil)
	}
	req := bleve.NewSearchRequestOptions(q, a.size, 0, false)
	if a.unsorted {
		req.Score = bleve.ScoreNone
	}
	f.x.swap.RLock()
	defer f.x.swap.RUnlock()
	if f.x.bleve == nil {
		return nil, errIndexClosed
	}
	return f.x.bleve.SearchInContext(f.ctx, req)
}

// some answers a in any order, and brings the best where there are more than it asks for. To find documents is to lay bitmaps
// over each other; to score them is to look at each.
func (f *finder) some(a ask) (*bleve.SearchResult, error) {
	if a.unsorted {
		return f.search(a)
	}
	all := a
	all.unsorted, all.size = true, a.size+1 // the search ends when it has as many, and its total is no more
	res, err := f.search(all)
	if err != nil || len(res.Hits) <= a.size {
		return res, err
	}
	return f.search(a)
}

// gather ranks the documents that a brings, and keeps those that do answer r.
func (f *finder) gather(r request, a ask) error {
	asOf := f.x.known.asOf()
	res, err := f.some(a)
	if err != nil {
		return err
	}
	for _, doc := range res.Hits {
		old, seen := f.hits[doc.ID]
		if seen && old.fit < fitPiece {
			continue
		}
		e, err := f.x.entry(doc.ID, asOf)
		if err != nil {
			return err
		}
		if e == nil || e.shelf != f.shelf {
			continue // changed since the search
		}
		if h := e.rank(r, a.lenient); h.fit < fitNone && (!seen || compareHits(h, old) < 0) {
			f.hits[doc.ID] = h
		}
	}
	return nil
}

func (f *finder) best() []hit {
	return slices.SortedFunc(maps.Values(f.hits), compareHits)[:min(len(f.hits), f.limit)]
}
