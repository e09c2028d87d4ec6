package handlers

import (
	"context"
	"sync"
)

// A likelyCache remembers what was likely for a name: a page of lines that wait asks the index some forty times, and is
// looked at again and again while no item changes. Its zero value is empty.
type likelyCache struct {
	mu     sync.Mutex
	asOf   uint64 // of [store.Index.ItemWords]
	byName map[string]likely
}

// mostLikely is how many names are remembered: more lines than that never wait.
const mostLikely = 5000

func (c *likelyCache) get(name string, asOf uint64) (likely, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	l, ok := c.byName[name]
	return l, ok && c.asOf == asOf
}

func (c *likelyCache) put(name string, asOf uint64, l likely) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if asOf > c.asOf || c.byName == nil || len(c.byName) >= mostLikely {
		c.asOf, c.byName = max(c.asOf, asOf), map[string]likely{}
	}
	if asOf == c.asOf {
		c.byName[name] = l
	}
}

// likely is what the index finds for name, or found while the items were the same. The caller does not change it.
func (s *Server) likely(ctx context.Context, name string) (likely, error) {
	return s.remembered(ctx, name, false, s.findLikely)
}

// likelyWide is what the index finds for name when it looks for misspelled words too; it is likely from then on.
func (s *Server) likelyWide(ctx context.Context, name string) (likely, error) {
	return s.remembered(ctx, name, true, s.findWide)
}

func (s *Server) remembered(ctx context.Context, name string, wide bool, find func(context.Context, string) (likely, error)) (likely, error) {
	asOf := s.Index.ItemWords(ctx)
	if l, ok := s.likelies.get(name, asOf); ok && (l.wide || !wide) {
		return l, nil
	}
	l, err := find(ctx, name)
	if err == nil && s.Index.Ready() {
		s.likelies.put(name, asOf, l)
	}
	return l, err
}
