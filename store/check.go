package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"maps"
	"slices"

	"go.etcd.io/bbolt"
)

// derived are the buckets that are folds of the others. Check makes each again from nothing.
var derived = [][]byte{placeName, itemSKU, itemCode, itemName, itemArchived, itemCategory, itemSupplier, itemSame, itemPlace,
	stockBucket, stockPlace, lowBucket, countedBucket, parPlace, movementOlder, movementJob, movementUndone, jobRemote, jobNumber, jobDated,
	jobUndated, jobDone, jobVisit, lineBucket, lineKey, lineWaiting, matchAnswer, matchForgotten, matchItem,
	matchKit, kitName, demandBucket, issuedBucket, heldBucket, closeoutOpen, userName, deliveryKey,
	deliveryStatus, mailKey, mailState, timelineJob, auditBy, auditKind}

// sized are the buckets whose sequence is the number of their keys.
var sized = [][]byte{itemName, itemArchived, itemCategory, itemSupplier, itemSame, timelineJob}

// numbered are the buckets whose sequence gives the next record its number.
var numbered = [][]byte{placeBucket, itemBucket, movementBucket, jobBucket, kitBucket, userBucket, stationBucket, deliveryBucket,
	eventBucket, mailBucket, timelineBucket, auditBucket}

// A checker collects what the derived buckets should hold, and what is wrong.
type checker struct {
	tx     *bbolt.Tx
	want   map[string]map[string][]byte // bucket, key, value
	newest map[ItemID][]MovementID      // in no run yet
	faults []Fault
}

// A Fault is one way in which the file contradicts itself.
type Fault struct {
	Says string // what is wrong, with its key
	Kind FaultKind
}

// A FaultKind says what a [Fault] is in.
type FaultKind string

const (
	InLedger  FaultKind = "ledger"  // a movement, or an entry of the audit log, was altered or is missing
	InRecord  FaultKind = "record"  // a record names what is not there
	InDerived FaultKind = "derived" // what [DB.Repair] makes anew
	InIndex   FaultKind = "index"   // what [Index.Rebuild] makes anew
)

func (c *checker) bad(format string, args ...any) { c.note(InRecord, format, args...) }

func (c *checker) note(kind FaultKind, format string, args ...any) {
	c.faults = append(c.faults, Fault{Says: fmt.Sprintf(format, args...), Kind: kind})
}

func (c *checker) expect(bucket, key, value []byte) {
	m := c.want[string(bucket)]
	if m == nil {
		m = map[string][]byte{}
		c.want[string(bucket)] = m
	}
	m[string(key)] = bytes.Clone(value)
}

// Check reads the whole file and returns every way in which it contradicts itself, each naming its key; nil if none.
// See [DB.Faults].
func (db *DB) Check(ctx context.Context) error {
	faults, err := db.Faults(ctx)
	errs := []error{err}
	for _, f := range faults {
		errs = append(errs, errors.New(f.Says))
	}
	return errors.Join(errs...)
}

// Faults reads the whole file and returns every way in which it contradicts itself. It walks the chain of hashes from
// the first movement to the last, and folds balances, levels, demand and indexes again. It reads one moment of
// the database, so it may run beside everything else. It fails when the file cannot be read to its end.
func (db *DB) Faults(ctx context.Context) ([]Fault, error) {
	c := &checker{}
	err := readable(func() error { return db.view(ctx, c.all) })
	return c.faults, err
}

// all checks every part of the database.
func (c *checker) all(tx *bbolt.Tx) error {
	c.tx, c.faults, c.want, c.newest = tx, nil, map[string]map[string][]byte{}, map[ItemID][]MovementID{}
	if err := readAll(tx); err != nil {
		return err
	}
	for _, part := range []func() error{c.places, c.items, c.ledger, c.kits, c.jobs, c.closeouts, c.levels, c.counts, c.pars, c.people, c.audit, c.queues, c.timelines} {
		if err := part(); err != nil {
			return err
		}
	}
	for _, name := range derived {
		c.compare(name)
	}
	for _, name := range sized {
		b := tx.Bucket(name)
		if n := countKeys(b); uint64(n) != b.Sequence() {
			c.note(InDerived, "%s: has %d keys and says %d", name, n, b.Sequence())
		}
	}
	for _, name := range numbered {
		b := tx.Bucket(name)
		if k, _ := b.Cursor().Last(); k != nil && b.Sequence() < firstID[uint64](k) {
			c.note(InDerived, "%s: key %x is there, and the next would be %d", name, k, b.Sequence()+1)
		}
	}
	return nil
}

// readAll reads every byte of every key and value there is, so that damage shows now and not some day.
func readAll(tx *bbolt.Tx) error {
	h := crc32.NewIEEE()
	return tx.ForEach(func(name []byte, b *bbolt.Bucket) error {
		for k, v := range withPrefix(b, nil) {
			h.Write(k)
			h.Write(v)
		}
		return nil
	})
}

// compare holds a derived bucket against what it should be.
func (c *checker) compare(name []byte) {
	want, b, here := c.want[string(name)], c.tx.Bucket(name), 0
	for k, v := range withPrefix(b, nil) {
		w, ok := want[string(k)]
		switch {
		case !ok:
			c.note(InDerived, "%s: key %x does not belong there", name, k)
			continue
		case !bytes.Equal(v, w):
			c.note(InDerived, "%s: key %x is %x and should be %x", name, k, v, w)
		}
		here++
	}
	if here == len(want) {
		return
	}
	for _, k := range slices.Sorted(maps.Keys(want)) {
		if !hasKey(b, []byte(k)) {
			c.note(InDerived, "%s: key %x is missing", name, k)
		}
	}
}

func (c *checker) places() error {
	all, err := allPlaces(c.tx)
	if err != nil {
		return err
	}
	for _, p := range all {
		c.expect(placeName, []byte(fold(p.Name)), idKey(p.ID))
		if p.User != 0 {
			if _, err := getUser(c.tx, p.User); err != nil {
				c.bad("place %v: its person %v is gone", p.ID, p.User)
			}
		}
		if p.Archived {
			if err := placeEmpty(c.tx, p); err != nil {
				c.bad("place %v is archived: %v", p.ID, err)
			}
		}
	}
	return nil
}

func (c *checker) items() error {
	for k := range withPrefix(c.tx.Bucket(itemBucket), nil) {
		it, err := getItem(c.tx, firstID[ItemID](k))
		if err != nil {
			return err
		}
		c.expect(itemSKU, []byte(fold(it.SKU)), k)
		for _, code := range it.Barcodes {
			c.expect(itemCode, []byte(codeKey(code)), k)
		}
		for _, e := range itemKeys(it) {
			c.expect(e[0], e[1], e[2])
		}
		if _, err := getPlace(c.tx, it.Place); err != nil {
			c.bad("item %v: its place %v is gone", it.ID, it.Place)
		}
	}
	return nil
}

// ledger walks the movements in order: the chain, the balances, what went to jobs, and the indexes.
func (c *checker) ledger() error {
	prev, last := make([]byte, sha256.Size), MovementID(0)
	stock, issued, held, onHand := map[string]Qty{}, map[string]Qty{}, map[string]Qty{}, map[ItemID]Qty{}
	for k, v := range withPrefix(c.tx.Bucket(movementBucket), nil) {
		id := firstID[MovementID](k)
		m, err := decodeMovement(id, v)
		if err != nil {
			c.note(InLedger, "%v", err)
			return nil
		}
		if id != last+1 {
			c.note(InLedger, "movements: %v follows %v; some are missing", id, last)
		}
		if !bytes.Equal(v[:sha256.Size], prev) {
			c.note(InLedger, "movement %v: the one before it was altered, or is another", id)
		}
		prev, last = chain(k, v), id
		for end, sign := range map[PlaceID]Qty{m.From: -1, m.To: 1} {
			if !end.Virtual() {
				stock[string(pairKey(m.Item, end))] += sign * m.Qty
				onHand[m.Item] += sign * m.Qty
			}
			if end == JobEnd && m.Job != 0 {
				issued[string(tripleKey(m.Job, m.Item, m.Line))] += sign * m.Qty
			}
		}
		if place, q := m.heldChange(); q != 0 {
			held[string(heldKey(m.Item, place, m.Job, m.Line))] += q
		}
		if m.OnHand != onHand[m.Item] {
			c.note(InLedger, "movement %v: says %v on hand after it, and it was %v", id, m.OnHand, onHand[m.Item])
		}
		c.movement(m)
	}
	if head := c.tx.Bucket(metaBucket).Get(headKey); last != 0 || head != nil {
		if !bytes.Equal(head, append(idKey(last), prev...)) {
			c.note(InLedger, "meta: the newest movement %v is not the one the ledger ended with", last)
		}
	}
	c.balances(stock, issued, held)
	return nil
}

// movement expects the entries that lead to m.
func (c *checker) movement(m Movement) {
	run := append(c.newest[m.Item], m.ID)
	if len(run) == runLength {
		c.expect(movementOlder, pairKey(m.Item, run[0]), appendRun(nil, run))
		run = nil
	}
	c.newest[m.Item] = run
	if m.Kind == Count && stands(c.tx, m) { // a later one takes its place
		c.expect(countedBucket, pairKey(m.Item, m.counted()), ints(m.At.Unix()))
	}
	if m.Job != 0 {
		c.expect(movementJob, pairKey(m.Job, m.ID), nil)
	}
	if m.Reverses != 0 {
		c.expect(movementUndone, idKey(m.Reverses), idKey(m.ID))
	}
}

// balances expects what the movements add up to, by the keys of their buckets.
func (c *checker) balances(stock, issued, held map[string]Qty) {
	for k, q := range stock {
		item, place := firstID[ItemID]([]byte(k)), secondID[PlaceID]([]byte(k))
		c.expect(stockBucket, []byte(k), ints(int64(q)))
		if q < 0 && c.tx.Bucket(countDue).Get(pairKey(place, item)) == nil {
			c.note(InDerived, "counts.due: item %v is below zero at %v and nobody is asked to count it", item, place)
		}
		c.expect(stockPlace, pairKey(place, item), nil)
	}
	for k, q := range issued {
		c.expect(issuedBucket, []byte(k), ints(int64(q)))
	}
	for k, q := range held {
		c.expect(heldBucket, []byte(k), ints(int64(q)))
	}
}

func (c *checker) jobs() error {
	for k := range withPrefix(c.tx.Bucket(jobBucket), nil) {
		id := firstID[JobID](k)
		r, err := getJob(c.tx, id)
		if err != nil {
			return err
		}
		for _, e := range jobKeys(id, r) {
			c.expect(e[0], e[1], e[2])
		}
		c.kitLines(id, r)
		for _, item := range r.items() {
			if d := demandFor(c.tx, id, r, item); r.State == JobOpen && d.Required != 0 {
				c.expect(demandBucket, pairKey(item, id), ints(int64(d.Required), int64(d.Issued), d.When))
			}
		}
	}
	return nil
}

// kitLines holds the lines of a job that are kits against the kits.
func (c *checker) kitLines(id JobID, r jobRecord) {
	for _, l := range r.Lines {
		if l.Kit == 0 || l.Removed || r.State == JobDeleted {
			continue
		}
		if k, err := getKit(c.tx, l.Kit); err != nil || k.Name != l.KitName || !slices.Equal(k.Parts, l.Parts) {
			c.bad("job %v: its line %v is not made of what kit %v is: %v", id, l.ID, l.Kit, err)
		}
	}
}

// kits expects the indexes of answers and kits, and that each answer names what is there.
func (c *checker) kits() error {
	for k, v := range withPrefix(c.tx.Bucket(matchBucket), nil) {
		var m matchRecord
		if err := json.Unmarshal(v, &m); err != nil {
			return err
		}
		for _, e := range matchKeys(k, m) {
			c.expect(e[0], e[1], e[2])
		}
		if m.Kit != 0 && c.tx.Bucket(kitBucket).Get(idKey(m.Kit)) == nil {
			c.bad("match %q: its kit %v is gone", k, m.Kit)
		}
	}
	for key := range withPrefix(c.tx.Bucket(kitBucket), nil) {
		k, err := getKit(c.tx, firstID[KitID](key))
		if err != nil {
			return err
		}
		c.expect(kitName, []byte(fold(k.Name)), key)
	}
	return nil
}

func (c *checker) levels() error {
	for k := range withPrefix(c.tx.Bucket(itemBucket), nil) {
		it, err := getItem(c.tx, firstID[ItemID](k))
		if err != nil {
			return err
		}
		l := foldLevel(c.tx, it.ID)
		c.expect(stockBucket, k, standRow(l, c.newest[it.ID]))
		if s := l.state(it.Minimum); s != StateOK && !it.Archived {
			c.expect(lowBucket, k, []byte(s))
		}
	}
	return nil
}

func (c *checker) people() error {
	for k := range withPrefix(c.tx.Bucket(userBucket), nil) {
		r, err := getUser(c.tx, firstID[UserID](k))
		if err != nil {
			return err
		}
		c.expect(userName, []byte(fold(r.Username)), k)
	}
	for k := range withPrefix(c.tx.Bucket(passkeyBucket), nil) {
		p, err := getPasskey(c.tx, k)
		if err != nil {
			return err
		}
		if c.tx.Bucket(userBucket).Get(idKey(p.User)) == nil {
			c.bad("passkey %x: its person %v is gone", k, p.User)
		}
	}
	return nil
}

func (c *checker) queues() error {
	for k, v := range withPrefix(c.tx.Bucket(deliveryBucket), nil) {
		var d Delivery
		if err := json.Unmarshal(v, &d); err != nil {
			return err
		}
		c.expect(deliveryKey, d.dedupeKey(), k)
		c.expect(deliveryStatus, statusKey(d.Status, firstID[DeliveryID](k)), nil)
	}
	for k, v := range withPrefix(c.tx.Bucket(mailBucket), nil) {
		var m Mail
		if err := json.Unmarshal(v, &m); err != nil {
			return err
		}
		c.expect(mailKey, []byte(m.Key), k)
		c.expect(mailState, mailStateKey(m.State, firstID[MailID](k)), nil)
	}
	return nil
}

// timelines expects each entry in its job's list, and none of a job that is not here.
func (c *checker) timelines() error {
	for k := range withPrefix(c.tx.Bucket(timelineBucket), nil) {
		e, err := getEntry(c.tx, firstID[SyncID](k))
		if err != nil {
			return err
		}
		c.expect(timelineJob, pairKey(e.Job, e.ID), nil)
		if !hasKey(c.tx.Bucket(jobBucket), idKey(e.Job)) {
			c.bad("timeline %v: its job %v is not here", e.ID, e.Job)
		}
	}
	return nil
}
