package store

import (
	"bytes"
	"cmp"
	"fmt"

	"go.etcd.io/bbolt"
)

// kitServices turns what layout 1 let people say of services, that one is an item, into a kit of that item:
// since then a service is a kit or nothing. The lines need what they needed.
func kitServices(tx *bbolt.Tx) error {
	answers := map[string]matchRecord{}
	for k := range withPrefix(tx.Bucket(matchBucket), nil) {
		m, err := storedMatch(tx, k)
		if err != nil {
			return err
		}
		if m.Item != 0 {
			answers[string(k)] = m
		}
	}
	for key, m := range answers {
		name, err := serviceUnder(tx, []byte(key))
		if err != nil || name == "" {
			if err != nil {
				return err
			}
			continue
		}
		if m.Kit, err = kitOf(tx, name, m); err != nil {
			return err
		}
		m.Item, m.Factor = 0, 0
		if err := put(tx.Bucket(matchBucket), []byte(key), m); err != nil {
			return err
		}
		if err := matchUnder(tx, []byte(key)); err != nil {
			return err
		}
	}
	return nil
}

// serviceUnder returns the name of a service with the match key, "" if there is none.
func serviceUnder(tx *bbolt.Tx, key []byte) (string, error) {
	for k := range withPrefix(tx.Bucket(lineKey), key) {
		l, err := getLine(tx, lastID[LineID](k))
		if err != nil || l.Category == CategoryService {
			return cmp.Or(cutRunes(oneLine(clip(l.Name)), 150), "Service"), err
		}
	}
	return "", nil
}

// kitOf makes a kit of the one item that an answer names, under a name that no kit has.
func kitOf(tx *bbolt.Tx, name string, m matchRecord) (KitID, error) {
	names, free := tx.Bucket(kitName), name
	for n := 2; names.Get([]byte(fold(free))) != nil; n++ {
		free = fmt.Sprintf("%s %d", name, n)
	}
	id, err := next[KitID](tx.Bucket(kitBucket))
	if err != nil {
		return 0, err
	}
	if err := names.Put([]byte(fold(free)), idKey(id)); err != nil {
		return 0, err
	}
	return id, put(tx.Bucket(kitBucket), idKey(id), kitRecord{Version: 1, Name: free, By: m.By, At: m.At,
		Parts: []Part{{Item: m.Item, Factor: cmp.Or(m.Factor, one)}}})
}

// matchUnder matches the lines of a key anew, where that moves no demand and no index.
func matchUnder(tx *bbolt.Tx, key []byte) error {
	for _, id := range jobsUnder(tx.Bucket(lineKey), key) {
		r, err := getJob(tx, id)
		if err != nil {
			return err
		}
		for i := range r.Lines {
			if l := &r.Lines[i]; !l.Removed && bytes.Equal(l.matchKey(), key) {
				if err := l.match(tx); err != nil {
					return err
				}
			}
		}
		if err := put(tx.Bucket(jobBucket), idKey(id), r); err != nil {
			return err
		}
	}
	return nil
}
