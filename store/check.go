package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"go.etcd.io/bbolt"
)

// derived are the buckets that are folds of the others. Check makes each again from nothing.
var derived = [][]byte{placeName, itemSKU, itemCode, itemName, itemArchived, itemCategory, itemSupplier, itemSame,
	stockBucket, stockPlace, levelBucket, lowBucket, countedBucket, movementItem, movementJob, movementUndone, jobRemote, jobNumber, jobDated,
	jobUndated, jobDone, lineBucket, lineKey, lineWaiting, demandBucket, issuedBucket, userName, deliveryKey,
	deliveryWaits, mailKey, mailQueued}

// sized are the buckets whose sequence is the number of their keys.
var sized = [][]byte{itemName, itemArchived, itemCategory, itemSupplier, itemSame}

// A checker collects what the derived buckets should hold, and what is wrong.
type checker struct {
	tx     *bbolt.Tx
	want   map[string]map[string][]byte // bucket, key, value
	faults []error
}

func (c *checker) bad(format string, args ...any) {
	c.faults = append(c.faults, fmt.Errorf(format, args...))
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
// It walks the chain of hashes from the first movement to the last, and folds balances, levels, demand
// and indexes again. It reads one moment of the database, so it may run beside everything else.
func (db *DB) Check(ctx context.Context) error {
	c := &checker{want: map[string]map[string][]byte{}}
	err := readable(func() error { return db.view(ctx, c.all) })
	return errors.Join(append(c.faults, err)...)
}

// all checks every part of the database.
func (c *checker) all(tx *bbolt.Tx) error {
	c.tx = tx
	for _, part := range []func() error{c.places, c.items, c.ledger, c.jobs, c.levels, c.people, c.queues} {
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
			c.bad("%s: has %d keys and says %d", name, n, b.Sequence())
		}
	}
	return nil
}

// compare holds a derived bucket against what it should be.
func (c *checker) compare(name []byte) {
	want := c.want[string(name)]
	for k, v := range withPrefix(c.tx.Bucket(name), nil) {
		w, ok := want[string(k)]
		switch {
		case !ok:
			c.bad("%s: key %x does not belong there", name, k)
		case !bytes.Equal(v, w):
			c.bad("%s: key %x is %x and should be %x", name, k, v, w)
		}
		delete(want, string(k))
	}
	for _, k := range slices.Sorted(maps.Keys(want)) {
		c.bad("%s: key %x is missing", name, k)
	}
}

func (c *checker) places() error {
	all, err := allPlaces(c.tx)
	for _, p := range all {
		c.expect(placeName, []byte(fold(p.Name)), idKey(p.ID))
	}
	return err
}

func (c *checker) items() error {
	for k := range withPrefix(c.tx.Bucket(itemBucket), nil) {
		it, err := getItem(c.tx, firstID[ItemID](k))
		if err != nil {
			return err
		}
		c.expect(itemSKU, []byte(fold(it.SKU)), k)
		for _, code := range it.Barcodes {
			c.expect(itemCode, []byte(fold(code)), k)
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
	stock, issued, onHand := map[string]Qty{}, map[string]Qty{}, map[ItemID]Qty{}
	for k, v := range withPrefix(c.tx.Bucket(movementBucket), nil) {
		id := firstID[MovementID](k)
		m, err := decodeMovement(id, v)
		if err != nil {
			c.bad("%v", err)
			return nil
		}
		if id != last+1 {
			c.bad("movements: %v follows %v; some are missing", id, last)
		}
		if !bytes.Equal(v[:sha256.Size], prev) {
			c.bad("movement %v: the one before it was altered, or is another", id)
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
		if m.OnHand != onHand[m.Item] {
			c.bad("movement %v: says %v on hand after it, and it was %v", id, m.OnHand, onHand[m.Item])
		}
		c.movement(m)
	}
	if head := c.tx.Bucket(metaBucket).Get(headKey); last != 0 || head != nil {
		if !bytes.Equal(head, append(idKey(last), prev...)) {
			c.bad("meta: the newest movement %v is not the one the ledger ended with", last)
		}
	}
	c.balances(stock, issued)
	return nil
}

// movement expects the entries that lead to m.
func (c *checker) movement(m Movement) {
	c.expect(movementItem, pairKey(m.Item, m.ID), nil)
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
func (c *checker) balances(stock, issued map[string]Qty) {
	for k, q := range stock {
		item, place := firstID[ItemID]([]byte(k)), secondID[PlaceID]([]byte(k))
		c.expect(stockBucket, []byte(k), ints(int64(q)))
		c.expect(stockPlace, pairKey(place, item), nil)
	}
	for k, q := range issued {
		c.expect(issuedBucket, []byte(k), ints(int64(q)))
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
		for _, item := range r.items() {
			if d := demandFor(c.tx, id, r, item); r.State == JobOpen && d.Required != 0 {
				c.expect(demandBucket, pairKey(item, id), ints(int64(d.Required), int64(d.Issued), d.When))
			}
		}
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
		c.expect(levelBucket, k, ints(int64(l.OnHand), int64(l.Allocated)))
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
	return nil
}

func (c *checker) queues() error {
	for k, v := range withPrefix(c.tx.Bucket(deliveryBucket), nil) {
		var d Delivery
		if err := json.Unmarshal(v, &d); err != nil {
			return err
		}
		c.expect(deliveryKey, d.dedupeKey(), k)
		if d.Status == DeliveryPending {
			c.expect(deliveryWaits, k, nil)
		}
	}
	for k, v := range withPrefix(c.tx.Bucket(mailBucket), nil) {
		var m Mail
		if err := json.Unmarshal(v, &m); err != nil {
			return err
		}
		c.expect(mailKey, []byte(m.Key), k)
		if m.State == MailStateQueued {
			c.expect(mailQueued, k, nil)
		}
	}
	return nil
}
