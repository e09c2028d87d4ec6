package store

import (
	"bytes"
	"context"

	"go.etcd.io/bbolt"
)

// An Answer says which item a line is.
type Answer struct {
	Line      LineID
	Item      ItemID
	Kit       KitID     // instead of an item
	NewKit    *KitDraft // instead of a kit: one that is made with the answer
	NotStock  bool      // instead of both
	Factor    Qty       // items for one of the line, in thousandths; 0 means one
	Seen      *AnswerID // what the person saw answered, 0 for nothing; nil: it does not matter
	RequestID string    // made by the client: the same one answers once; "" for none
	By        Actor
}

// A Recall names an answer to be taken back: by its line, or by itself.
type Recall struct {
	Line      LineID
	Answer    AnswerID
	RequestID string // as an Answer's
	By        Actor
}

// An AnswerResult says what an answer settled.
type AnswerResult struct {
	Answer   AnswerID `json:"answer"` // by which it can be undone; 0: nothing was to be done
	Jobs     int      `json:"jobs"`   // jobs whose lines it settled
	Name     string   `json:"name"`   // the line's name
	Repeated bool     `json:"-"`      // it was given before, under the same request id
}

// AnswerLine remembers which item a line is, for this job and all others, now and later.
// It fails with [NotFound] for an unknown line, item or kit, with [Invalid] for a factor that is none and for
// a service that is to be an item, and with [Conflict] when somebody answered otherwise since Seen, or when there
// is another kit of the new one's name.
func (db *DB) AnswerLine(ctx context.Context, a Answer) (AnswerResult, error) {
	if a.Factor < 0 || a.Factor > maxQty {
		return AnswerResult{}, invalidField("factor", "Write how many items one of the line is, above 0.")
	}
	return db.answerOnce(ctx, a.RequestID, func(tx *bbolt.Tx) (AnswerResult, error) {
		l, err := getLine(tx, a.Line)
		if err != nil {
			return AnswerResult{}, err
		}
		m, err := db.answerRecord(tx, a, l)
		if err != nil {
			return AnswerResult{}, err
		}
		old, err := storedMatch(tx, l.matchKey())
		if err != nil {
			return AnswerResult{}, err
		}
		if a.Seen != nil && old.ID != *a.Seen && !old.says(m) {
			return AnswerResult{}, old.conflict(tx)
		}
		return db.setMatch(tx, l.matchKey(), old, m, a.By)
	})
}

// answerRecord checks an answer to a line and returns it as it is remembered.
func (db *DB) answerRecord(tx *bbolt.Tx, a Answer, l lineRecord) (matchRecord, error) {
	m := matchRecord{By: a.By, Name: oneLine(clip(l.Name))}
	switch {
	case a.NotStock:
		m.NotStock = true
	case a.NewKit != nil:
		k, err := db.addKit(tx, a.By, *a.NewKit)
		m.Kit = k.ID
		return m, err
	case a.Kit != 0:
		m.Kit = a.Kit
		if _, err := getKit(tx, a.Kit); err != nil {
			return m, fieldError(err, "kit")
		}
	case l.Category == CategoryService:
		return m, invalidField("item", "A service is no item. Say which kit it uses, be it a kit of one item.")
	default:
		m.Item, m.Factor = a.Item, a.Factor
		if _, err := getItem(tx, a.Item); err != nil {
			return m, fieldError(err, "item")
		}
	}
	return m, nil
}

// ForgetAnswer takes back what was said of a line and of all like it: they are matched by themselves, or wait.
// It fails with [NotFound] for an unknown line, and with [Conflict] for an answer that is not the last one any more.
func (db *DB) ForgetAnswer(ctx context.Context, r Recall) (AnswerResult, error) {
	return db.answerOnce(ctx, r.RequestID, func(tx *bbolt.Tx) (AnswerResult, error) {
		key, name, err := r.find(tx)
		if err != nil {
			return AnswerResult{}, err
		}
		old, err := storedMatch(tx, key)
		if err != nil || old.ID == 0 || old.Forgotten {
			return AnswerResult{Name: name}, err
		}
		return db.setMatch(tx, key, old, matchRecord{Forgotten: true, By: r.By, Name: old.Name}, r.By)
	})
}

// UndoAnswer takes back an answer, or that one was forgotten: what was remembered before is remembered again, exactly.
// It fails with [Conflict] for an answer that is not the last one any more, and when the kit of the one before is gone.
func (db *DB) UndoAnswer(ctx context.Context, r Recall) (AnswerResult, error) {
	return db.answerOnce(ctx, r.RequestID, func(tx *bbolt.Tx) (AnswerResult, error) {
		key, _, err := r.find(tx)
		if err != nil {
			return AnswerResult{}, err
		}
		old, err := storedMatch(tx, key)
		if err != nil {
			return AnswerResult{}, err
		}
		var before matchRecord
		if old.Before != nil {
			before = *old.Before
		}
		if before.Kit != 0 && tx.Bucket(kitBucket).Get(idKey(before.Kit)) == nil {
			return AnswerResult{}, Errorf(Conflict, "The kit that it was before is gone. Answer anew.")
		}
		if err := db.writeMatch(tx, key, old, before); err != nil {
			return AnswerResult{}, err
		}
		if err := db.auditMatch(tx, r.By, old, before); err != nil {
			return AnswerResult{}, err
		}
		n, err := db.matchAgain(tx, r.By, key)
		return AnswerResult{Jobs: n, Name: old.Name}, err
	})
}

// find returns the key of the answer and the name it is for.
func (r Recall) find(tx *bbolt.Tx) ([]byte, string, error) {
	if r.Answer == 0 {
		l, err := getLine(tx, r.Line)
		return l.matchKey(), l.Name, err
	}
	for _, b := range [][]byte{matchAnswer, matchForgotten} {
		if key := tx.Bucket(b).Get(idKey(r.Answer)); key != nil {
			return bytes.Clone(key), "", nil
		}
	}
	return nil, "", Errorf(Conflict, "This answer was changed or taken back meanwhile. Look at it again.")
}

// answerOnce runs fn unless the request was answered before; then it returns that answer.
func (db *DB) answerOnce(ctx context.Context, request string, fn func(*bbolt.Tx) (AnswerResult, error)) (AnswerResult, error) {
	if request != "" {
		if err := checkRequest(request); err != nil {
			return AnswerResult{}, err
		}
	}
	var res AnswerResult
	err := db.update(ctx, func(tx *bbolt.Tx) error {
		var old requestRecord
		found, err := get(tx.Bucket(requestBucket), []byte(request), &old)
		switch {
		case err != nil:
			return err
		case found && old.Answer == nil:
			return Errorf(Conflict, "This form was used for something else. Open the page again.")
		case found:
			res = *old.Answer
			res.Repeated = true
			return nil
		}
		if res, err = fn(tx); err != nil || request == "" {
			return err
		}
		return put(tx.Bucket(requestBucket), []byte(request), requestRecord{At: db.Now(), Answer: &res})
	})
	return res, err
}
