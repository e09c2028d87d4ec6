package store

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"time"

	"go.etcd.io/bbolt"
)

// News is one entry of the inbox in the app: something ran low, out, or is back, or an import brought low items.
// It is what mails tell, for those who get none, and it is posted in the commit that decides on the mails.
type News struct {
	ID       NewsID    `json:"-"`
	At       time.Time `json:"at"`                 // when it was posted, UTC
	Crossing *Crossing `json:"crossing,omitempty"` // with Back when the item is at its minimum again
	Import   *NewsFile `json:"import,omitempty"`   // or else this
}

// A NewsFile is an import that brought items which are out or low.
type NewsFile struct {
	By  string        `json:"by"`
	Was []ImportTally `json:"was"`
}

// NewsRow is an entry with what the inbox says of it.
type NewsRow struct {
	News
	Item      Item         // of a crossing
	PlaceName string       // of a crossing at a place with a minimum of its own
	JobNumber int          // 0: no job
	Cause     HistoryEntry // the movement that did it; zero where none did
	Fresh     bool         // posted since the person looked last
}

const (
	keepNews   = 2000 // entries; older ones go
	mostUnread = 100  // so far a badge counts
)

// postNews adds entries to the inbox, and tells the owners' webhook of them.
func (db *DB) postNews(tx *bbolt.Tx, all []News) error {
	b := tx.Bucket(newsBucket)
	for i := range all {
		n := &all[i]
		id, err := next[NewsID](b)
		if err != nil {
			return err
		}
		n.ID, n.At = id, db.Now()
		categories, err := n.categories(tx)
		if err != nil {
			return err
		}
		data, err := json.Marshal(n)
		if err != nil {
			return err
		}
		if err := b.Put(idKey(id), newsValue(categories, data)); err != nil {
			return err
		}
		if id > keepNews {
			if err := b.Delete(idKey(id - keepNews)); err != nil {
				return err
			}
		}
	}
	return db.queueHook(tx, all)
}

// categories are what the entry's items are of.
func (n News) categories(tx *bbolt.Tx) ([]string, error) {
	if n.Import == nil {
		it, err := getItem(tx, n.Crossing.Item)
		return []string{it.Category}, err
	}
	var all []string
	for _, t := range n.Import.Was {
		all = append(all, t.Category)
	}
	return all, nil
}

// A value begins with the categories, so that a count need not decode what follows: one unit separator between
// them, and a zero byte after the last.

func newsValue(categories []string, data []byte) []byte {
	return append(append([]byte(strings.Join(categories, "\x1f")), 0), data...)
}

func splitNews(v []byte) (categories []string, data []byte) {
	head, data, _ := bytes.Cut(v, []byte{0})
	return strings.Split(string(head), "\x1f"), data
}

// hears reports whether an entry is of a category that u follows.
func (u User) hears(v []byte) bool {
	if len(u.Categories) == 0 {
		return true
	}
	categories, _ := splitNews(v)
	for _, c := range categories {
		if u.Follows(c) {
			return true
		}
	}
	return false
}

// UnreadNews counts the entries of u's categories that were posted since u looked last, up to 100. It reads the
// newest keys and decodes nothing: every page asks.
func (db *DB) UnreadNews(ctx context.Context, u User) (int, error) {
	n := 0
	err := db.view(ctx, func(tx *bbolt.Tx) error {
		b, seen := tx.Bucket(newsBucket), newsSeenBy(tx, u.ID)
		if NewsID(b.Sequence()) == seen {
			return nil
		}
		for k, v := range backFrom(b, nil, idKey(^NewsID(0))) {
			if firstID[NewsID](k) <= seen || n == mostUnread {
				return nil
			}
			if u.hears(v) {
				n++
			}
		}
		return nil
	})
	return n, err
}

// NewsPage returns up to limit entries of u's categories, the newest first, from the one before an id on; 0 begins with
// the newest. It reports whether there are more.
func (db *DB) NewsPage(ctx context.Context, u User, before NewsID, limit int) (rows []NewsRow, more bool, err error) {
	if before == 0 {
		before = ^NewsID(0)
	}
	err = db.view(ctx, func(tx *bbolt.Tx) error {
		seen := newsSeenBy(tx, u.ID)
		for k, v := range backFrom(tx.Bucket(newsBucket), nil, idKey(before)) {
			if !u.hears(v) {
				continue
			}
			if more = len(rows) == limit; more {
				return nil
			}
			r, err := newsRow(tx, firstID[NewsID](k), v)
			if err != nil {
				return err
			}
			r.Fresh = r.ID > seen
			rows = append(rows, r)
		}
		return nil
	})
	return rows, more, err
}

func newsRow(tx *bbolt.Tx, id NewsID, v []byte) (r NewsRow, err error) {
	_, data := splitNews(v)
	if err := json.Unmarshal(data, &r.News); err != nil {
		return r, err
	}
	r.ID = id
	c := r.Crossing
	if c == nil {
		return r, nil
	}
	if r.Item, err = getItem(tx, c.Item); err != nil {
		return r, err
	}
	if c.Place != 0 {
		if r.PlaceName, err = placeTitle(tx, c.Place); err != nil {
			return r, err
		}
	}
	if c.Job != 0 {
		j, err := getJob(tx, c.Job)
		if err != nil && CodeOf(err) != NotFound {
			return r, err
		}
		r.JobNumber = j.Number
	}
	if c.Movement != 0 {
		if r.Cause, err = entryOf(tx, c.Movement); err != nil {
			return r, err
		}
	}
	return r, nil
}

// SeeNews notes that a person has looked at the inbox up to an entry. To see less than before changes nothing, and
// what changes nothing costs no commit.
func (db *DB) SeeNews(ctx context.Context, who UserID, upTo NewsID) error {
	seen := NewsID(0)
	err := db.view(ctx, func(tx *bbolt.Tx) error { seen = newsSeenBy(tx, who); return nil })
	if err != nil || upTo <= seen {
		return err
	}
	return db.update(ctx, func(tx *bbolt.Tx) error {
		if upTo <= newsSeenBy(tx, who) {
			return nil
		}
		return tx.Bucket(newsSeen).Put(idKey(who), idKey(min(upTo, NewsID(tx.Bucket(newsBucket).Sequence()))))
	})
}

func newsSeenBy(tx *bbolt.Tx, who UserID) NewsID {
	if v := tx.Bucket(newsSeen).Get(idKey(who)); v != nil {
		return firstID[NewsID](v)
	}
	return 0
}

// startNews lets a new person's inbox begin with what comes next.
func startNews(tx *bbolt.Tx, who UserID) error {
	return tx.Bucket(newsSeen).Put(idKey(who), idKey(NewsID(tx.Bucket(newsBucket).Sequence())))
}
