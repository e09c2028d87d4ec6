package store

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"go.etcd.io/bbolt"
)

// matchRecord is the remembered answer to "which item is this line?". One that was forgotten stays, so that
// forgetting can be undone: it answers nothing.
type matchRecord struct {
	Item      ItemID       `json:"item,omitempty"`
	Kit       KitID        `json:"kit,omitempty"` // instead of an item
	NotStock  bool         `json:"not_stock,omitempty"`
	Factor    Qty          `json:"factor,omitempty"`
	By        Actor        `json:"by"`
	At        time.Time    `json:"at"`
	ID        AnswerID     `json:"id,omitempty"`
	Name      string       `json:"name,omitempty"` // of the line, as it was answered
	Forgotten bool         `json:"forgotten,omitempty"`
	Before    *matchRecord `json:"before,omitempty"` // the answer it took the place of
}

// matchKey names what an answer is for: the linked product, or the name as everyone might write it.
// It ends with a zero byte, so that no key is the beginning of another.
func (l lineRecord) matchKey() []byte {
	if l.Product != "" {
		return []byte("product " + clip(l.Product) + "\x00")
	}
	name := normalize(clip(l.Name))
	if name == "" {
		name = fold(oneLine(clip(l.Name))) // signs alone are told apart as they are
	}
	return []byte("name " + name + "\x00")
}

// match finds out which item the line is, and says how. A remembered answer comes first: a person gave it.
// Then an exact SKU, of the product or in the line's name, then an item of the same name.
// A service is a kit or nothing.
func (l *lineRecord) match(tx *bbolt.Tx) error {
	l.Item, l.Factor, l.Kit, l.KitName, l.Parts, l.NotStock, l.How = 0, 0, 0, "", nil, false, ""
	m, err := getMatch(tx, l.matchKey())
	if err != nil {
		return err
	}
	switch {
	case m.Kit != 0:
		k, err := getKit(tx, m.Kit)
		l.Kit, l.KitName, l.Parts, l.How = m.Kit, k.Name, k.Parts, m.By.Name+" said so"
		return err
	case m.NotStock:
		l.NotStock, l.How = true, m.By.Name+" said it is not stock"
		return nil
	case l.Category == CategoryService:
		l.NotStock, l.How = true, "A service"
		return nil
	case m.Item != 0:
		l.Item, l.Factor, l.How = m.Item, cmp.Or(m.Factor, one), m.By.Name+" said so"
		return nil
	case l.Qty < 0:
		l.NotStock, l.How = true, "Less than nothing is no demand"
		return nil
	}
	id, err := bySKU(tx, *l)
	if err != nil {
		return err
	}
	if id != 0 {
		l.Item, l.Factor, l.How = id, one, "Its SKU"
	} else if id := byName(tx, *l); id != 0 {
		l.Item, l.Factor, l.How = id, one, "The same name"
	}
	return nil
}

// bySKU returns the active item whose very SKU the product has or the line's name holds; zero if none.
func bySKU(tx *bbolt.Tx, l lineRecord) (ItemID, error) {
	name := clip(l.Name)
	words := strings.FieldsFunc(name, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("()[]{},;:|", r) })
	candidates := []string{l.ProductSKU, name}
	for _, w := range words {
		if w = strings.Trim(w, ".#"); len(w) >= 4 && strings.ContainsAny(w, "0123456789-") {
			candidates = append(candidates, w) // shorter words, and plain ones, are too often something else
		}
	}
	for _, c := range candidates {
		if c == "" {
			continue
		}
		if v := tx.Bucket(itemSKU).Get([]byte(fold(c))); v != nil {
			it, err := getItem(tx, firstID[ItemID](v))
			if err != nil {
				return 0, err
			}
			if !it.Archived {
				return it.ID, nil
			}
		}
	}
	return 0, nil
}

// byName returns the only active item with the line's or its product's name; zero if none, or several.
func byName(tx *bbolt.Tx, l lineRecord) ItemID {
	for _, name := range []string{l.Name, l.ProductName} {
		if name = normalize(clip(name)); name == "" {
			continue // signs alone are no name
		}
		ids := slices.Collect(lastIDs[ItemID](withPrefix(tx.Bucket(itemSame), append([]byte(fold(name)), 0))))
		if len(ids) == 1 {
			return ids[0]
		}
	}
	return 0
}

// matchAgain matches all lines of the keys anew and returns how many jobs have such lines.
func (db *DB) matchAgain(tx *bbolt.Tx, by Actor, keys ...[]byte) (int, error) {
	return db.rematch(tx, jobsUnder(tx.Bucket(lineKey), keys...), CauseSync, by)
}

// matchWaiting tries the lines that wait once more: an item came, or has another name or SKU. The demand
// that a new item finds waiting is part of its opening; for others cause is CauseSync.
func (db *DB) matchWaiting(tx *bbolt.Tx, cause Cause, by Actor) error {
	_, err := db.rematch(tx, jobsUnder(tx.Bucket(lineWaiting), nil), cause, by)
	return err
}

// jobsUnder returns the jobs that an index of lines names under the prefixes, each once.
func jobsUnder(b *bbolt.Bucket, prefixes ...[]byte) []JobID {
	var ids []JobID
	seen := map[JobID]bool{}
	for _, prefix := range prefixes {
		for _, v := range withPrefix(b, prefix) {
			if id := firstID[JobID](v); !seen[id] {
				seen[id] = true
				ids = append(ids, id)
			}
		}
	}
	return ids
}

func (db *DB) rematch(tx *bbolt.Tx, jobs []JobID, cause Cause, by Actor) (int, error) {
	for _, id := range jobs {
		old, err := getJob(tx, id)
		if err != nil {
			return 0, err
		}
		r := old
		if err := r.matchLines(tx); err != nil {
			return 0, err
		}
		if same, err := sameJob(old, r); err != nil || same {
			if err != nil {
				return 0, err
			}
			continue
		}
		if err := db.saveJob(tx, id, old, r, cause, by.Name); err != nil {
			return 0, err
		}
		if err := db.noteSync(tx, id, old, r, SyncCause{Source: SourceMatch, By: by.Name}); err != nil {
			return 0, err
		}
	}
	return len(jobs), nil
}

// matchLines matches anew what lines Jobber still has. The record it was copied from keeps its own.
func (r *jobRecord) matchLines(tx *bbolt.Tx) error {
	r.Lines = slices.Clone(r.Lines)
	for i := range r.Lines {
		if r.Lines[i].Removed {
			continue
		}
		if err := r.Lines[i].match(tx); err != nil {
			return err
		}
	}
	return nil
}

func getLine(tx *bbolt.Tx, id LineID) (lineRecord, error) {
	_, r, err := jobOfLine(tx, id)
	if err != nil {
		return lineRecord{}, err
	}
	i := slices.IndexFunc(r.Lines, func(l lineRecord) bool { return l.ID == id })
	if i < 0 {
		return lineRecord{}, fmt.Errorf("line %v is not on its job", id)
	}
	return r.Lines[i], nil
}

func jobOfLine(tx *bbolt.Tx, id LineID) (JobID, jobRecord, error) {
	v := tx.Bucket(lineBucket).Get(idKey(id))
	if v == nil {
		return 0, jobRecord{}, Errorf(NotFound, "There is no line with the number %v.", id)
	}
	job := firstID[JobID](v)
	r, err := getJob(tx, job)
	return job, r, err
}
