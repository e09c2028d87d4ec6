package store

import (
	"context"
	"errors"

	"github.com/blevesearch/bleve/v2"
)

// Seen returns the last event the index has taken in, for tests.
func (x *Index) Seen() EventID { return EventID(x.seen.Load()) }

// Occupy takes every turn to search, for tests, until leave is called.
func (x *Index) Occupy() (leave func()) {
	for range cap(x.turns) {
		x.turns <- struct{}{}
	}
	return func() {
		for range cap(x.turns) {
			<-x.turns
		}
	}
}

// IndexFolder is where the index lies within its folder, for tests.
const IndexFolder = indexName

// DocOfItem is the name of an item's document, for tests.
func DocOfItem(id ItemID) string { return itemMark + id.String() }

// Tamper changes the index behind its back, on disk too, for tests.
func (x *Index) Tamper(do func(*bleve.Batch) error) error {
	x.swap.RLock()
	defer x.swap.RUnlock()
	b, onDisk := x.bleve.NewBatch(), make(chan error, 1)
	b.SetPersistedCallback(func(err error) { onDisk <- err })
	if err := errors.Join(do(b), x.bleve.Batch(b)); err != nil {
		return err
	}
	return <-onDisk
}

// Misname has the index know an item by another name, for tests.
func (x *Index) Misname(id ItemID, name string) error {
	it, err := x.db.Item(context.Background(), id)
	if err != nil {
		return err
	}
	it.Name = name
	return x.Tamper(func(b *bleve.Batch) error { return b.IndexAdvanced(entryOfItem(it).document()) })
}
