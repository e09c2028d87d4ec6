package store

import (
	"context"
	"unicode/utf8"

	"go.etcd.io/bbolt"
)

// act books, in one commit, what fn books, and returns it with what fn counted. A request that was booked before changes nothing
// and gets the first answer again. It fails with [Invalid] without a request, and as fn does.
func (db *DB) act(ctx context.Context, request string, fn func(tx *bbolt.Tx) ([]Movement, int, error)) (r Receipt, n int, err error) {
	if err := checkRequest(request); err != nil {
		return r, 0, err
	}
	err = db.write(&write{ctx: ctx, stock: true, fn: func(tx *bbolt.Tx) (err error) {
		r, n, err = db.once(tx, request, fn)
		return err
	}})
	return r, n, err
}

// checkRequest refuses a movement of stock that does not say which request it is.
func checkRequest(id string) error {
	if id == "" || utf8.RuneCountInString(id) > 64 || !utf8.ValidString(id) {
		return &Error{Code: Invalid, Message: "This form has no request number. Open the page again.",
			Fields: map[string]string{"request_id": "1 to 64 characters are needed."}}
	}
	return nil
}

// once runs fn unless the request was booked before; then it returns what was booked.
func (db *DB) once(tx *bbolt.Tx, request string, fn func(tx *bbolt.Tx) ([]Movement, int, error)) (Receipt, int, error) {
	b := tx.Bucket(requestBucket)
	var old requestRecord
	found, err := get(b, []byte(request), &old)
	if err != nil {
		return Receipt{}, 0, err
	}
	if found && old.Answer != nil {
		return Receipt{}, 0, Errorf(Conflict, "This form was used for something else. Open the page again.")
	}
	if found {
		r := Receipt{Repeated: true}
		for id := range old.Movements.all() {
			m, err := getMovement(tx, id)
			if err != nil {
				return Receipt{}, 0, err
			}
			r.Movements = append(r.Movements, m)
		}
		return r, old.Short, nil
	}
	ms, short, err := fn(tx)
	if err != nil {
		return Receipt{}, 0, err
	}
	return Receipt{Movements: ms}, short, put(b, []byte(request), requestRecord{At: db.Now(), Short: short, Movements: runsOf(ms)})
}
