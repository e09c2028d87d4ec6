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
//	   head, audit                     id and SHA-256 of the newest movement, of the newest audit entry
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
//	items.place
//	   <place><item>                   nothing: where items belong, archived ones too
//	stock
//	   <item>                          varints: on hand in all places, allocated; uvarints: its movements that are in no run yet
//	   <item><place>                   varint Qty on hand there: a sum of movements
//	stock.place
//	   <place><item>                   nothing: what has stood there
//	low
//	   <item>                          "low" or "out": active items that are
//	counted
//	   <item><place>                   unix time of the last count that was not undone
//	counts.due
//	   <place><item>                   JSON dueRecord: why somebody should count it there; all that is below zero
//	tallies
//	   <place><item>                   JSON tallyRecord: counted and not booked yet, or waiting for a manager
//	pars
//	   <item><place>                   varints: minimum and par of an item at one place
//	pars.place
//	   <place><item>                   nothing
//	movements
//	   <movement>                      SHA-256 of the movement before, then JSON movementRecord
//	movements.older
//	   <item><movement>                uvarints: sixteen movements of the item, from that one on
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
//	jobs.visit
//	   <account> 0 <visit> 0 <job>     nothing: from a visit to its job
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
//	   <match key>                     JSON matchRecord, with the answers before it
//	matches.answer, matches.forgotten
//	   <answer>                        match key: what is answered, the newest last; what was forgotten since
//	matches.item, matches.kit
//	   <item or kit><match key>        nothing: the answers that name it
//	products
//	   <account> 0 <remote id>         JSON productRecord: Jobber's price book as it was last read
//	kits, kits.name                    JSON kitRecord; <name> → kit (unique)
//	demand
//	   <item><job>                     varints: required, issued, unix time (0: no date, and nothing is held back)
//	issued
//	   <job><item><line>               varint: issued less returned; line 0: for the job at large
//	held
//	   <item><place><job><line>        varint: set aside there for the job, less what was taken of it or undone
//	picks
//	   <job><line><item>               JSON pickRecord: what people said of the line on a pick list
//	closeouts
//	   <job>                           JSON closeoutRecord: whether it was said what came back
//	closeouts.open
//	   <unix time><job>                nothing: jobs of which it was not
//	users, users.name                  JSON userRecord; <name> → user (unique)
//	audit
//	   <entry>                         SHA-256 of the entry before, then JSON auditRecord: who changed what is no stock
//	audit.by, audit.kind
//	   <user><entry>, <kind> 0 <entry>  nothing
//	stations
//	   <station>                       JSON stationRecord: shared devices
//	passkeys
//	   <the authenticator's id of it>  JSON passkeyRecord
//	signins
//	   <"u " name | "a " address | "p " or "t " user | "r " name | "b " address>  unix times of tries that failed or are
//	                                   under way: passwords of an account, from an address, PINs, codes; links asked for
//	settings
//	   <key>                           the value; sealed where the key says so (setting.go)
//	connects
//	   <SHA-256 of a state or question>  JSON connectRecord: a connection to Jobber being made, or asked about
//	deliveries, deliveries.key
//	   <delivery>                      JSON Delivery; <SHA-256 of what it says> → delivery
//	deliveries.status
//	   <status> 0 <delivery>           nothing
//	events
//	   <event>                         JSON Event: the outbox, without what all who follow it are past
//	cursors
//	   <consumer>                      the last event that consumer has finished
//	episodes
//	   <item>, <item><place>           JSON Episode: what people were told of it, in total and at one place
//	mutes
//	   <item>                          JSON Mute: snoozed, or on order
//	mails, mails.key
//	   <mail>                          JSON Mail: the outbox; <key> → mail (unique)
//	mails.state
//	   <state> 0 <mail>                nothing
//	pushes
//	   <user><push>                    JSON Push, sealed: devices that people want messages on
//	news, news.seen
//	   <news>                          categories, 0, JSON News: the inbox in the app, the newest 2,000; <user> → news they saw last
//	timeline
//	   <entry>                         JSON SyncEntry: what Jobber said of a job and what it changed; at most 20,000
//	timeline.job
//	   <job><entry>                    nothing: at most 40 of a job; its sequence is the number of all
package store

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"go.etcd.io/bbolt"
	bolterr "go.etcd.io/bbolt/errors"
)

// A DB is an open database. Its methods are safe for concurrent use.
type DB struct {
	bolt          *bbolt.DB
	now           func() time.Time
	log           *slog.Logger
	seal          sealer
	hash          *hasher
	queue         *queue                // of writes
	torn          atomic.Pointer[error] // set once a commit ended on the disk in a way that nobody knows
	reads         bool                  // opened to read only
	shrinks       bool                  // Options.Shrink
	commits, acts atomic.Int64          // since it was opened
	indexed       atomic.Uint64         // the last event that the search index holds; 0 while there is none
	cut           bool                  // the process that had the file before did not close it
	changed       *signal               // at every commit
	queued        *signal               // at those that are not of stock alone
	closing       sync.Once
	closed        error // what Close returns
}

// Options are what a database needs besides its file.
type Options struct {
	Secret []byte           // seals secrets at rest; at least 32 bytes
	Old    []byte           // the Secret before this one: what it sealed is sealed anew at Open; nil for none
	Now    func() time.Time // nil means time.Now
	Log    *slog.Logger     // nil means no log
	Passes uint32           // of argon2id over a new password; 0 means what this machine does in 60 ms

	Shrink   bool // a file with much free is written anew when it is closed, by who closes it
	ReadOnly bool // the file is not changed, and may be open in several processes that only read it
}

// ErrInUse is in what [Open] fails with when another process has the file.
var ErrInUse = errors.New("is in use by another process")

// Open opens the database in the named file, making it if need be, and brings its layout up to date.
// The file belongs to this process until [DB.Close]; Open fails after a second when another has it, and at
// once when the file was closed in order and is not what it was then.
func Open(path string, o Options) (*DB, error) {
	seal, err := newSealer(o.Secret)
	if err != nil {
		return nil, err
	}
	if err := present(path); err != nil {
		return nil, err
	}
	b, err := openFile(path, o.ReadOnly)
	if errors.Is(err, bolterr.ErrTimeout) {
		return nil, fmt.Errorf("%s %w", path, ErrInUse)
	}
	if errors.Is(err, bolterr.ErrInvalid) || errors.Is(err, bolterr.ErrChecksum) || errors.Is(err, errDamaged) {
		return nil, fmt.Errorf("%s is damaged, or no database: %w. Restore a backup", path, err)
	}
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err) // its words name the file
	}
	db := &DB{bolt: b, now: o.Now, log: o.Log, seal: seal, hash: newHasher(o.Passes), reads: o.ReadOnly, shrinks: o.Shrink,
		queue: newQueue(), changed: newSignal(), queued: newSignal()}
	if db.now == nil {
		db.now = time.Now
	}
	if db.log == nil {
		db.log = slog.New(slog.DiscardHandler)
	}
	if err := db.begin(path); err != nil {
		return nil, errors.Join(err, b.Close())
	}
	if o.Old != nil && !o.ReadOnly {
		if err := db.leaveKey(o.Old); err != nil {
			return nil, errors.Join(err, b.Close())
		}
	}
	return db, nil
}

// openFile opens and locks the file. Whoever had it may have put another in its place before letting go of the lock, as
// shrink does: then that one is opened.
func openFile(path string, readOnly bool) (b *bbolt.DB, err error) {
	for {
		before, missing := os.Stat(path)
		err := readable(func() (err error) {
			b, err = bbolt.Open(path, 0o600, &bbolt.Options{Timeout: time.Second, ReadOnly: readOnly})
			return err
		})
		if err != nil {
			return nil, err
		}
		now, err := os.Stat(path)
		if err == nil && (missing != nil || os.SameFile(before, now)) {
			return b, nil
		}
		if err := errors.Join(err, b.Close()); err != nil {
			return nil, err
		}
	}
}

// begin looks at the file that was just opened, and brings its layout up to date.
func (db *DB) begin(path string) error {
	closed, err := closedWell(path)
	if err != nil {
		return err
	}
	if err := db.complete(path); err != nil {
		return err
	}
	var done int
	err = readable(func() (err error) { done, err = db.version(); return err })
	if err != nil {
		return fmt.Errorf("read %s: %w", path, err)
	}
	if done > len(migrations) {
		return fmt.Errorf("%s has layout %d, newer than this program's %d: use the program that wrote it, or restore a backup",
			path, done, len(migrations))
	}
	db.cut = !closed && done > 0
	if db.reads {
		if done != len(migrations) {
			return fmt.Errorf("%s has layout %d, and this program reads %d: its next start brings it up to date", path, done, len(migrations))
		}
		return nil
	}
	if err := errors.Join(dropSmall(path), dropSum(path)); err != nil {
		return err
	}
	return readable(func() error { return db.migrate(path, done) })
}

// WasCut reports whether the process that had the file before this one died, or lost its machine, before it could
// close it. Nothing that was answered is lost by that; [DB.Check] proves it.
func (db *DB) WasCut() bool { return db.cut }

var errDamaged = errors.New("the file is damaged")

// readable runs fn, which reads a file that may be damaged. bbolt trusts its pages: what damage makes of
// that, a panic or a fault in the mapped memory, comes back as an error.
func readable(fn func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: %v", errDamaged, p)
		}
	}()
	return fn()
}

// Close takes no more writes, waits for the transactions under way and closes the file.
// Further calls return what the first did.
func (db *DB) Close() error {
	db.closing.Do(func() {
		db.queue.close()
		if !db.reads && db.Torn() == nil {
			db.leave()
		}
		db.closed = db.bolt.Close()
	})
	return db.closed
}

// leave leaves the file as small as it can be, with its sum. It is as good without either.
func (db *DB) leave() {
	done, err := db.shrink()
	if err != nil {
		db.log.Warn("the database's file keeps its free pages", "err", err)
	}
	if err := leaveSum(db.bolt.Path()); err != nil { // the next start then checks the file
		db.log.Warn("the database's sum was not written", "err", err)
	}
	if err := done(); err != nil {
		db.log.Warn("the database's file was not closed", "err", err)
	}
}

// Now returns the time by the database's clock, in UTC.
func (db *DB) Now() time.Time { return db.now().UTC() }

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
	if err := decode(data, v); err != nil {
		return false, fmt.Errorf("record %x: %w", key, err)
	}
	return true, nil
}

// growing is the FillPercent of buckets whose records come in the order of their keys and never change:
// their pages are filled before a new one is begun. bbolt would leave half of each empty.
const growing = 1.0

// packed is the FillPercent of what comes in bulk, or in the order of its keys, and is seldom written again: some room
// stays for changes.
const packed = 0.9

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
