package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"path/filepath"
	"slices"

	"github.com/blevesearch/bleve/v2"
	index "github.com/blevesearch/bleve_index_api"
	"go.etcd.io/bbolt"
)

// Faults returns every way in which the index contradicts the database: what it lacks, what it has that is not there,
// and what it knows by other words. What it has still to take in is no fault. Each is [InIndex].
func (x *Index) Faults(ctx context.Context) ([]Fault, error) {
	x.swap.RLock()
	defer x.swap.RUnlock()
	if x.bleve == nil {
		return nil, errIndexClosed
	}
	return indexFaults(ctx, x.db, x.bleve), nil
}

// IndexFaults does the same with the index in a folder of dir that no server has open. An index that is not there is no
// fault: the next start makes it.
func IndexFaults(ctx context.Context, db *DB, dir string) ([]Fault, error) {
	path := filepath.Join(dir, indexName)
	var b bleve.Index
	err := guarded(func() (err error) {
		config := indexConfig()
		config["read_only"] = true
		b, err = bleve.OpenUsing(path, config)
		return err
	})
	switch {
	case errors.Is(err, bleve.ErrorIndexPathDoesNotExist):
		return nil, nil
	case err != nil:
		return []Fault{unreadable(err)}, nil
	}
	faults := indexFaults(ctx, db, b)
	return faults, guarded(b.Close)
}

func unreadable(err error) Fault {
	return Fault{Kind: InIndex, Says: fmt.Sprintf("search: it cannot be read: %v", err)}
}

// indexFaults reads one moment of the index, and a later one of the database.
func indexFaults(ctx context.Context, db *DB, b bleve.Index) (faults []Fault) {
	err := guarded(func() error {
		adv, err := b.Advanced()
		if err != nil {
			return err
		}
		r, err := adv.Reader()
		if err != nil {
			return err
		}
		defer r.Close()
		faults, err = readerFaults(ctx, db, r)
		return err
	})
	if err != nil {
		faults = append(faults, unreadable(err))
	}
	return faults
}

func readerFaults(ctx context.Context, db *DB, r index.IndexReader) (faults []Fault, err error) {
	var st indexState
	data, err := r.GetInternal(stateKey)
	if err != nil || len(data) == 0 {
		return nil, err
	}
	if err := json.Unmarshal(data, &st); err != nil || st.Stage != filled {
		return nil, err
	}
	has, err := packedEntries(r)
	if err != nil {
		return nil, err
	}
	err = db.view(ctx, func(tx *bbolt.Tx) error {
		waiting, whole, err := changedAfter(tx, st.Applied)
		if err != nil || !whole { // which the next start sees, too, and makes it anew
			return err
		}
		faults, err = compareEntries(tx, has, waiting)
		return err
	})
	return faults, err
}

// packedEntries are all documents of the index, packed, by their ids.
func packedEntries(r index.IndexReader) (map[string]string, error) {
	ids, err := r.DocIDReaderAll()
	if err != nil {
		return nil, err
	}
	defer ids.Close()
	has := map[string]string{}
	for {
		internal, err := ids.Next()
		if err != nil || internal == nil {
			return has, err
		}
		id, err := r.ExternalID(internal)
		if err != nil {
			return nil, err
		}
		doc, err := r.Document(id)
		if err != nil {
			return nil, err
		}
		var text string
		if doc != nil {
			doc.VisitFields(storedText(&text))
		}
		has[id] = text
	}
}

// changedAfter returns the documents that wait since an event, and whether all events since are still there.
func changedAfter(tx *bbolt.Tx, applied EventID) (docs map[string]bool, whole bool, err error) {
	evs, err := eventsAfter(tx, applied, math.MaxInt)
	docs = map[string]bool{}
	for _, ev := range evs {
		doc, _, _ := subject(ev)
		docs[doc] = true
	}
	return docs, len(evs) == 0 || evs[0].ID == applied+1, err
}

// compareEntries holds what the index has against what it should have, but for the documents that wait for their turn.
func compareEntries(tx *bbolt.Tx, has map[string]string, waiting map[string]bool) (faults []Fault, err error) {
	note := func(format string, args ...any) {
		faults = append(faults, Fault{Kind: InIndex, Says: fmt.Sprintf(format, args...)})
	}
	for _, job := range []bool{false, true} {
		bucket := itemBucket
		if job {
			bucket = jobBucket
		}
		for k := range withPrefix(tx.Bucket(bucket), nil) {
			e, err := readEntry(tx, job, firstID[uint64](k))
			if err != nil {
				return faults, err
			}
			text, ok := has[e.id]
			delete(has, e.id)
			switch {
			case waiting[e.id]:
			case !ok:
				note("search: %s is missing", e.id)
			case text != e.pack():
				note("search: %s is known as %q and should be %q", e.id, text, e.pack())
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(has)) {
		if !waiting[id] {
			note("search: %s does not belong there", id)
		}
	}
	return faults, nil
}
