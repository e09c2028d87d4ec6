package store

import "sync"

// cachedMost is how many entries are kept in memory.
const cachedMost = 5000

// entry returns what is known of a document, nil if it is gone.
func (x *Index) entry(id string, asOf uint64) (*entry, error) {
	if e := x.known.get(id); e != nil {
		return e, nil
	}
	x.swap.RLock()
	defer x.swap.RUnlock()
	if x.bleve == nil {
		return nil, errIndexClosed
	}
	doc, err := x.bleve.Document(id)
	if err != nil || doc == nil {
		return nil, err
	}
	var packed string
	doc.VisitFields(storedText(&packed))
	e, ok := unpackEntry(id, packed)
	if !ok {
		return nil, errBadEntry
	}
	x.known.put(e.complete(), asOf)
	return &e, nil
}

// A cache holds entries that were hits before. It never holds one that has changed since.
type cache struct {
	mu      sync.RWMutex
	changes uint64 // how often something was forgotten
	byID    map[string]*entry
}

func (c *cache) asOf() uint64 {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.changes
}

func (c *cache) get(id string) *entry {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.byID[id]
}

// put keeps e, unless something was forgotten since asOf: e may be what it was before.
func (c *cache) put(e *entry, asOf uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.changes != asOf {
		return
	}
	if c.byID == nil || len(c.byID) >= cachedMost {
		c.byID = map[string]*entry{}
	}
	c.byID[e.id] = e
}

func (c *cache) forget(docs []entry, gone []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.changes++
	for _, e := range docs {
		delete(c.byID, e.id)
	}
	for _, id := range gone {
		delete(c.byID, id)
	}
}

func (c *cache) drop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.changes++
	c.byID = nil
}
