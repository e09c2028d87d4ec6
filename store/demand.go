package store

import (
	"slices"

	"go.etcd.io/bbolt"
)

// A demand is what an open job needs of an item.
type demand struct {
	Required Qty
	Issued   Qty   // less what came back
	When     int64 // unix time of the job; 0: no date, and nothing is held back
}

// remaining is what is still to be taken, never below 0.
func (d demand) remaining() Qty { return max(d.Required-d.Issued, 0) }

func demandOf(v []byte) demand {
	var d demand
	intsOf(v, (*int64)(&d.Required), (*int64)(&d.Issued), &d.When)
	return d
}

// foldDemand works out again what the job needs of an item. Jobs that are not open need nothing.
func foldDemand(tx *bbolt.Tx, id JobID, r jobRecord, item ItemID) error {
	b, key := tx.Bucket(demandBucket), pairKey(item, id)
	d := demandFor(tx, id, r, item)
	if r.State != JobOpen || d.Required == 0 {
		return b.Delete(key)
	}
	return b.Put(key, ints(int64(d.Required), int64(d.Issued), d.When))
}

func demandFor(tx *bbolt.Tx, id JobID, r jobRecord, item ItemID) demand {
	d := demand{Required: r.required(item), Issued: issuedTo(tx.Bucket(issuedBucket), id, item)}
	if starts := r.starts(); len(starts) > 0 {
		d.When = max(starts[0].Unix(), 1)
	}
	return d
}

// addIssued books what m takes to its job, or brings back from it, on m's line.
func addIssued(tx *bbolt.Tx, m Movement) error {
	delta := Qty(0)
	if m.To == JobEnd {
		delta = m.Qty
	} else if m.From == JobEnd {
		delta = -m.Qty
	}
	if delta == 0 {
		return nil // scrapped from a shelf: it never went out
	}
	b, key := tx.Bucket(issuedBucket), tripleKey(m.Job, m.Item, m.Line)
	if err := b.Put(key, ints(int64(qtyOf(b.Get(key))+delta))); err != nil {
		return err
	}
	r, err := getJob(tx, m.Job)
	if err != nil {
		return err
	}
	return foldDemand(tx, m.Job, r, m.Item)
}

// issuedTo is what went to a job of an item, less what came back, by the bucket of what is issued.
func issuedTo(b *bbolt.Bucket, job JobID, item ItemID) Qty {
	var sum Qty
	for _, v := range withPrefix(b, pairKey(job, item)) {
		sum += qtyOf(v)
	}
	return sum
}

// issuedByLine shares what a job got of an item among its lines of that item: each has what was
// booked on it, and what one has too much of counts for the others that lack it.
func (r jobRecord) issuedByLine(b *bbolt.Bucket, id JobID, item ItemID) map[LineID]Qty {
	var mine []lineRecord
	var last LineID // of those that ask for some, if any does
	booked, share := map[LineID]Qty{}, map[LineID]Qty{}
	for _, l := range r.Lines {
		if l.is(item) {
			if mine = append(mine, l); last == 0 || l.required(item) > 0 {
				last = l.ID
			}
			booked[l.ID] = qtyOf(b.Get(tripleKey(id, item, l.ID)))
		}
	}
	if len(mine) == 0 {
		return nil
	}
	rest := issuedTo(b, id, item)
	give := func(l lineRecord, upTo Qty) {
		more := max(min(upTo-share[l.ID], rest), 0)
		share[l.ID] += more
		rest -= more
	}
	for _, l := range mine {
		give(l, min(booked[l.ID], l.required(item)))
	}
	for _, l := range mine {
		give(l, l.required(item))
	}
	for _, l := range mine { // what nobody lacks stays where it was booked
		give(l, booked[l.ID])
	}
	share[last] += rest
	return share
}

// lineFor returns the line of a job that a movement of an item belongs to: the first that lacks some of it,
// else the first of it at all. Zero: the job has no such line.
func (r jobRecord) lineFor(tx *bbolt.Tx, id JobID, item ItemID) LineID {
	share := r.issuedByLine(tx.Bucket(issuedBucket), id, item)
	var first LineID
	for _, l := range r.Lines {
		if !l.is(item) {
			continue
		}
		if l.required(item) > share[l.ID] {
			return l.ID
		}
		if first == 0 {
			first = l.ID
		}
	}
	return first
}

// heldBefore adds up what jobs before this one hold back of an item: by date, then by number here.
// A job without a date comes after every job that has one.
func heldBefore(b *bbolt.Bucket, item ItemID, job JobID, when int64) Qty {
	var sum Qty
	for k, v := range withPrefix(b, idKey(item)) {
		other, d := secondID[JobID](k), demandOf(v)
		if other == job || d.When == 0 {
			continue
		}
		if when == 0 || d.When < when || d.When == when && other < job {
			sum += d.remaining()
		}
	}
	return sum
}

func containsItem(ids []ItemID, id ItemID) bool { return slices.Contains(ids, id) }
