// Package store keeps the catalogue, the stock of every item in every place, the jobs mirrored
// from Jobber, and the history of how it all came to be, in one bbolt file.
//
// The movements are the truth and are only ever added to. Balances, levels, demand and the
// indexes are folds of them, written in the same transaction; [DB.Check] makes them again and compares.
//
// # Layout
//
// Integers in keys are big-endian, so that key order is numeric order; words in keys are folded
// (case and spacing do not count) and end with a zero byte. This picture is the schema: a change
// to it is a migration, and a test of that migration.
//
//	meta
//	   version                         uvarint: number of migrations applied
//	   head                            id and SHA-256 of the newest movement
//	places
//	   <place>                         JSON placeRecord
//	places.name
//	   <name>                          place (unique)
//	items
//	   <item>                          JSON itemRecord
//	items.sku
//	   <sku>                           item (unique, archived ones too)
//	items.code
//	   <barcode>                       item (unique)
//	items.name
//	   <name><item>                    nothing: active items in the order of lists; its sequence is their number
//	items.archived
//	   <name><item>                    nothing: likewise, archived
//	items.category
//	   <category><name><item>          the category as written: active items
//	items.supplier
//	   <supplier><item>                the supplier as written: active items
//	items.same
//	   <normalised name><item>         nothing: active items, to match Jobber's lines by name
//	stock
//	   <item><place>                   varint Qty on hand there: a sum of movements
//	stock.place
//	   <place><item>                   nothing: what has stood there
//	levels
//	   <item>                          varints: on hand in all places, allocated
//	low
//	   <item>                          "low" or "out": active items that are
//	counted
//	   <item><place>                   unix time of the last count that was not undone
//	movements
//	   <movement>                      SHA-256 of the movement before, then JSON movementRecord
//	movements.item
//	   <item><movement>                nothing
//	movements.job
//	   <job><movement>                 nothing
//	movements.undone
//	   <movement>                      the movement that reverses it
//	requests
//	   <request id>                    JSON requestRecord: what that act booked
//	jobs
//	   <job>                           JSON jobRecord, with lines and visits
//	jobs.remote
//	   <account> 0 <remote id>         job (unique)
//	jobs.number
//	   <number><job>                   nothing: every job that is not deleted
//	jobs.dated
//	   <unix time><job>                nothing: open jobs, one for each visit that is not complete
//	jobs.undated
//	   <number><job>                   nothing: open jobs without a date
//	jobs.done
//	   <unix time><job>                nothing: closed jobs by the time they closed
//	lines
//	   <line>                          job
//	lines.key
//	   <match key> 0 <line>            job: lines one answer settles together
//	lines.waiting
//	   <line>                          job: PRODUCT lines of open jobs that are no item yet
//	matches
//	   <match key>                     JSON matchRecord
//	demand
//	   <item><job>                     varints: required, issued, unix time (0: no date), 1 if held back
//	issued
//	   <job><item><line>               varint: issued less returned; line 0: for the job at large
//	users, users.name                  JSON userRecord; <name> → user (unique)
//	signins
//	   <"u " name | "a " address>      unix times of tries that failed, or are under way
//	settings
//	   <key>                           the value; sealed where the key says so (setting.go)
//	connects
//	   <state>                         JSON connectRecord: a connection to Jobber being made
//	deliveries, deliveries.key, deliveries.pending
//	   <delivery>                      JSON Delivery; <SHA-256 of what it says> → delivery; still to be worked off
//	events
//	   <event>                         JSON Event: the outbox
//	cursors
//	   <consumer>                      the last event that consumer has finished
//	episodes
//	   <item>                          JSON Episode: what people were told of it
//	mails, mails.key, mails.queued
//	   <mail>                          JSON Mail; <key> → mail (unique); still to be sent
package store

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"go.etcd.io/bbolt"
	bolterr "go.etcd.io/bbolt/errors"
)

// A DB is an open database. Its methods are safe for concurrent use.
type DB struct {
	bolt   *bbolt.DB
	now    func() time.Time
	log    *slog.Logger
	seal   sealer
	hash   *hasher
	writes chan *write
	stop   chan struct{} // closed by Close: no more writes are taken
	idle   chan struct{} // closed when the writer has ended

	mu      sync.Mutex
	changed chan struct{} // closed and replaced at every commit
}

// Options are what a database needs besides its file.
type Options struct {
	Secret []byte           // seals secrets at rest; at least 32 bytes
	Now    func() time.Time // nil means time.Now
	Log    *slog.Logger     // nil means no log
	Passes uint32           // of argon2id over a new password; 0 means what this machine does in 60 ms
}

// Open opens the database in the named file, making it if need be, and brings its layout up to date.
// The file belongs to this process until [DB.Close]; Open fails after a second when another has it.
func Open(path string, o Options) (*DB, error) {
	seal, err := newSealer(o.Secret)
	if err != nil {
		return nil, err
	}
	var b *bbolt.DB
	err = readable(func() (err error) {
		b, err = bbolt.Open(path, 0o600, &bbolt.Options{Timeout: time.Second, FreelistType: bbolt.FreelistMapType})
		return err
	})
	if errors.Is(err, bolterr.ErrTimeout) {
		return nil, fmt.Errorf("%s is in use by another process", path)
	}
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err) // its words name the file
	}
	db := &DB{bolt: b, now: o.Now, log: o.Log, seal: seal, hash: newHasher(o.Passes),
		writes: make(chan *write), stop: make(chan struct{}), idle: make(chan struct{}),
		changed: make(chan struct{})}
	if db.now == nil {
		db.now = time.Now
	}
	if db.log == nil {
		db.log = slog.New(slog.DiscardHandler)
	}
	if err := readable(func() error { return db.migrate(path) }); err != nil {
		return nil, errors.Join(err, b.Close())
	}
	go db.writer()
	return db, nil
}

// readable runs fn, which reads a file that may be damaged. bbolt trusts its pages: what damage makes of
// that, a panic or a fault in the mapped memory, comes back as an error.
func readable(fn func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the file is damaged: %v", p)
		}
	}()
	return fn()
}

// Close takes no more writes, waits for the transactions under way and closes the file.
// Further calls do nothing.
func (db *DB) Close() error {
	db.mu.Lock()
	select {
	case <-db.stop:
	default:
		close(db.stop)
	}
	db.mu.Unlock()
	<-db.idle
	return db.bolt.Close()
}

// Now returns the time by the database's clock, in UTC.
func (db *DB) Now() time.Time { return db.now().UTC() }

// Changed returns a channel that is closed at the next commit. Take it before looking:
// then nothing can be missed between looking and waiting.
func (db *DB) Changed() <-chan struct{} {
	db.mu.Lock()
	defer db.mu.Unlock()
	return db.changed
}

func (db *DB) wake() {
	db.mu.Lock()
	defer db.mu.Unlock()
	close(db.changed)
	db.changed = make(chan struct{})
}

// view runs fn in a read transaction: one moment of the database, whatever is written meanwhile.
func (db *DB) view(ctx context.Context, fn func(tx *bbolt.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return db.bolt.View(fn)
}

// put stores v under key as JSON.
func put(b *bbolt.Bucket, key []byte, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return b.Put(key, data)
}

// get decodes the record under key into v. It reports whether there is one.
// Decoding copies, so nothing of the transaction's memory escapes.
func get(b *bbolt.Bucket, key []byte, v any) (bool, error) {
	data := b.Get(key)
	if data == nil {
		return false, nil
	}
	if err := json.Unmarshal(data, v); err != nil {
		return false, fmt.Errorf("record %x: %w", key, err)
	}
	return true, nil
}

// next returns the id for a new record of b.
func next[T ~uint64](b *bbolt.Bucket) (T, error) {
	n, err := b.NextSequence()
	return T(n), err
}

// hasKey reports whether b has the key. Get cannot tell: until the commit a value of nothing is nil to it.
func hasKey(b *bbolt.Bucket, key []byte) bool {
	k, _ := b.Cursor().Seek(key)
	return bytes.Equal(k, key)
}

// addKey and dropKey keep in b's sequence how many keys it has, so that a list knows its length at once.

func addKey(b *bbolt.Bucket, key, value []byte) error {
	if !hasKey(b, key) {
		if err := b.SetSequence(b.Sequence() + 1); err != nil {
			return err
		}
	}
	return b.Put(key, value)
}

func dropKey(b *bbolt.Bucket, key []byte) error {
	if !hasKey(b, key) {
		return nil
	}
	if err := b.SetSequence(b.Sequence() - 1); err != nil {
		return err
	}
	return b.Delete(key)
}
