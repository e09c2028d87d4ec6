package store

import (
	"bytes"
	"cmp"

	"go.etcd.io/bbolt"
)

// answersKept is how many answers before the last one are remembered for a line: so often it can be undone.
const answersKept = 8

// storedMatch returns what is remembered under a key, be it that it was forgotten; nothing with ID 0.
func storedMatch(tx *bbolt.Tx, key []byte) (matchRecord, error) {
	var m matchRecord
	_, err := get(tx.Bucket(matchBucket), key, &m)
	return m, err
}

// getMatch returns the answer under a key; one of nothing if there is none.
func getMatch(tx *bbolt.Tx, key []byte) (matchRecord, error) {
	m, err := storedMatch(tx, key)
	if m.Forgotten {
		return matchRecord{}, err
	}
	return m, err
}

// says reports whether two answers say the same.
func (m matchRecord) says(o matchRecord) bool {
	return m.ID != 0 && m.Item == o.Item && m.Kit == o.Kit && m.NotStock == o.NotStock && m.factor() == o.factor() &&
		m.Forgotten == o.Forgotten
}

func (m matchRecord) factor() Qty {
	if m.Item == 0 {
		return 0
	}
	return cmp.Or(m.Factor, one)
}

// conflict tells somebody that another was faster, and what that one said.
func (m matchRecord) conflict(tx *bbolt.Tx) error {
	switch {
	case m.ID == 0:
		return Errorf(Conflict, "The answer you saw was taken back meanwhile. Look again.")
	case m.Forgotten:
		return Errorf(Conflict, "%s took the answer back meanwhile. Look again.", m.By.Name)
	}
	what, err := m.what(tx)
	if err != nil {
		return err
	}
	return Errorf(Conflict, "%s answered meanwhile: “%s” is %s. Look again.", m.By.Name, m.Name, what)
}

// what says what an answer says, in words.
func (m matchRecord) what(tx *bbolt.Tx) (string, error) {
	switch {
	case m.Kit != 0:
		k, err := getKit(tx, m.Kit)
		return "the kit " + k.Name, err
	case m.Item != 0:
		it, err := getItem(tx, m.Item)
		return it.Name, err
	}
	return "not stock", nil
}

// setMatch remembers m in the place of old, unless they say the same, and matches the lines anew.
func (db *DB) setMatch(tx *bbolt.Tx, key []byte, old, m matchRecord, by Actor) (AnswerResult, error) {
	if old.says(m) {
		return AnswerResult{Answer: old.ID, Jobs: len(jobsUnder(tx.Bucket(lineKey), key)), Name: m.Name}, nil
	}
	id, err := next[AnswerID](tx.Bucket(matchBucket))
	if err != nil {
		return AnswerResult{}, err
	}
	m.ID, m.At = id, db.Now()
	if old.ID != 0 {
		m.Before = old.trimmed(answersKept)
	}
	if err := db.writeMatch(tx, key, old, m); err != nil {
		return AnswerResult{}, err
	}
	if err := db.auditMatch(tx, by, old, m); err != nil {
		return AnswerResult{}, err
	}
	n, err := db.matchAgain(tx, by, key)
	return AnswerResult{Answer: id, Jobs: n, Name: m.Name}, err
}

// auditMatch notes that a line's name is another item now, or none.
func (db *DB) auditMatch(tx *bbolt.Tx, by Actor, old, m matchRecord) error {
	words := func(m matchRecord) (string, error) {
		if m.ID == 0 || m.Forgotten {
			return "nothing", nil
		}
		what, err := m.what(tx)
		if CodeOf(err) == NotFound {
			return "a kit that is gone", nil
		}
		if m.Item != 0 && m.factor() != one {
			what = m.factor().String() + " of " + what
		}
		return what, err
	}
	before, err := words(old)
	if err != nil {
		return err
	}
	after, err := words(m)
	if err != nil {
		return err
	}
	return db.audit(tx, AuditEntry{By: by, Kind: AuditMatch, What: "matched “" + cmp.Or(m.Name, old.Name) + "”", About: "/match/answers",
		Changes: []AuditChange{{Field: "it is", Before: before, After: after}}})
}

// trimmed returns m with at most n-1 answers before it.
func (m matchRecord) trimmed(n int) *matchRecord {
	if n <= 1 || m.Before == nil {
		m.Before = nil
	} else {
		m.Before = m.Before.trimmed(n - 1)
	}
	return &m
}

// writeMatch puts m, or nothing when its ID is 0, in the place of old, with its indexes. The items that are
// found by the name from now on, or no more, are told to those who follow.
func (db *DB) writeMatch(tx *bbolt.Tx, key []byte, old, m matchRecord) error {
	for _, e := range matchKeys(key, old) {
		if err := tx.Bucket(e[0]).Delete(e[1]); err != nil {
			return err
		}
	}
	if m.ID == 0 {
		if err := tx.Bucket(matchBucket).Delete(key); err != nil {
			return err
		}
	} else if err := put(tx.Bucket(matchBucket), key, m); err != nil {
		return err
	}
	for _, e := range matchKeys(key, m) {
		if err := tx.Bucket(e[0]).Put(e[1], e[2]); err != nil {
			return err
		}
	}
	for _, item := range union(nil, []ItemID{old.Item, m.Item}) {
		if item == 0 {
			continue
		}
		if err := emit(tx, Event{Kind: ItemChanged, At: db.Now(), Item: item}); err != nil {
			return err
		}
	}
	return nil
}

// matchKeys returns every index entry of an answer: bucket, key, value.
func matchKeys(key []byte, m matchRecord) [][3][]byte {
	switch {
	case m.ID == 0:
		return nil
	case m.Forgotten:
		return [][3][]byte{{matchForgotten, idKey(m.ID), key}}
	}
	keys := [][3][]byte{{matchAnswer, idKey(m.ID), key}}
	if m.Item != 0 {
		keys = append(keys, [3][]byte{matchItem, append(idKey(m.Item), key...), nil})
	}
	if m.Kit != 0 {
		keys = append(keys, [3][]byte{matchKit, append(idKey(m.Kit), key...), nil})
	}
	return keys
}

// numberMatches gives the answers of layout 1 what later ones have: a number, the name they are for, their indexes.
func numberMatches(tx *bbolt.Tx) error {
	b := tx.Bucket(matchBucket)
	var keys [][]byte
	for k := range withPrefix(b, nil) {
		keys = append(keys, bytes.Clone(k))
	}
	for _, key := range keys {
		m, err := storedMatch(tx, key)
		if err != nil {
			return err
		}
		if m.ID, err = next[AnswerID](b); err != nil {
			return err
		}
		if m.Name, err = nameUnder(tx, key); err != nil {
			return err
		}
		if err := put(b, key, m); err != nil {
			return err
		}
		for _, e := range matchKeys(key, m) {
			if err := tx.Bucket(e[0]).Put(e[1], e[2]); err != nil {
				return err
			}
		}
		if m.Item == 0 {
			continue
		}
		if err := emit(tx, Event{Kind: ItemChanged, At: m.At, Item: m.Item}); err != nil { // it is found by the name now
			return err
		}
	}
	return nil
}

// nameUnder returns the name of a line with the match key; without one, what the key says.
func nameUnder(tx *bbolt.Tx, key []byte) (string, error) {
	for k := range withPrefix(tx.Bucket(lineKey), key) {
		l, err := getLine(tx, lastID[LineID](k))
		return oneLine(clip(l.Name)), err
	}
	_, text, _ := bytes.Cut(bytes.TrimSuffix(key, []byte{0}), []byte(" "))
	return oneLine(string(text)), nil
}
