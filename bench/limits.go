package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"net"
	"path/filepath"
	"sync/atomic"

	"github.com/blevesearch/bleve/v2"
	"github.com/gofiber/fiber/v2"
	"go.etcd.io/bbolt"
)

// limits are what the machine does without the program, by clients.
type limits struct {
	ledger map[int]cell // the bytes of a movement, durable: at one client a commit each, at sixteen the commits shared
	least  map[int]cell // the same of a movement and a balance alone
	empty  map[int]cell // an empty handler of Fiber's
	bleve  cell         // one term, 25 hits
}

// ofLedger compares a durable act with the raw commits.
func (l limits) ofLedger(c cell) string {
	raw, least := l.ledger[c.clients], l.least[c.clients]
	return fmt.Sprintf("%.0f %% of %s/s, %.0f %% of %s/s", 100*c.rate()/raw.rate(), thousands(int(raw.rate())),
		100*c.rate()/least.rate(), thousands(int(least.rate())))
}

// over names what a page costs at the very least: the way there and back.
func (l limits) over(c cell) string { return "floor " + ms(l.empty[c.clients].percentile(50)) }

// overSearch names what a search costs at the very least, with the query, and how far its slowest are from the median.
func (l limits) overSearch(c cell) string {
	return fmt.Sprintf("floor %s; p99 %.1f × p50", ms(l.empty[c.clients].percentile(50)+l.bleve.percentile(50)),
		float64(c.percentile(99))/float64(c.percentile(50)))
}

func measureLimits(t *table) (limits, error) {
	l := limits{ledger: map[int]cell{}, least: map[int]cell{}, empty: map[int]cell{}}
	if err := l.requests(t); err != nil {
		return l, err
	}
	return l, l.query(t)
}

// A rawBucket is a bucket of a raw ledger commit.
type rawBucket struct {
	name   string
	there  uint64 // records before it begins
	value  int
	inside bool // at a key anywhere among those that are there, not at the end
	over   bool // over the record that is there
}

// plainLedger is what a ledger keeps of a movement, with a bucket for each: it is found by its number, by its item and by its
// request, the balance is kept, and those who follow are told.
var plainLedger = []rawBucket{{name: "movements", there: 10_000, value: 330}, {name: "movements.item", there: 10_000, inside: true},
	{name: "stock", there: 10_000, value: 6, inside: true, over: true}, {name: "requests", there: 10_000, value: 70, inside: true},
	{name: "events", there: 10_000, value: 240}}

// leastLedger is the least that can be called one: no request is known again, and nobody finds the movements of an item.
var leastLedger = []rawBucket{{name: "movements", there: 1, value: 120}, {name: "items", there: 100_000, value: 250, inside: true, over: true}}

// commits measures raw commits of bbolt's, of both ledgers. Disks change from minute to minute: it is asked right before what is
// held against it.
func (l limits) commits(dir string, t *table) error {
	err := rawCommits(filepath.Join(dir, "raw.db"), "limit: a ledger commit, raw bbolt, durable", plainLedger, nil, l.ledger, t)
	if err != nil {
		return err
	}
	return rawCommits(filepath.Join(dir, "least.db"), "limit: a movement and a balance, raw bbolt, durable", leastLedger,
		&bbolt.Options{NoFreelistSync: true, FreelistType: bbolt.FreelistMapType}, l.least, t)
}

func rawCommits(path, what string, ledger []rawBucket, opts *bbolt.Options, into map[int]cell, t *table) error {
	db, err := bbolt.Open(path, 0o600, opts)
	if err != nil {
		return err
	}
	defer db.Close()
	var seq atomic.Uint64
	put := func(tx *bbolt.Tx) error {
		n := seq.Add(1)
		for _, raw := range ledger {
			key := n
			switch {
			case raw.over:
				key = rand.Uint64N(raw.there) << 32
			case raw.inside:
				key = rand.Uint64N(raw.there)<<32 | n // beside another
			}
			if err := tx.Bucket([]byte(raw.name)).Put(binary.BigEndian.AppendUint64(nil, key), make([]byte, raw.value)); err != nil {
				return err
			}
		}
		return nil
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		for _, raw := range ledger {
			b, err := tx.CreateBucket([]byte(raw.name))
			if err != nil {
				return err
			}
			for n := range raw.there {
				key := n
				if raw.inside {
					key = n << 32
				}
				if err := b.Put(binary.BigEndian.AppendUint64(nil, key), make([]byte, raw.value)); err != nil {
					return err
				}
			}
			seq.Store(max(seq.Load(), raw.there))
		}
		return nil
	})
	if err != nil {
		return err
	}
	into[1], err = measure(what, 1, 0, func(int) (int, error) { return 0, db.Update(put) })
	if err != nil {
		return err
	}
	t.cell(into[1], "", "")
	share := shared(db, put)
	defer close(share)
	into[16], err = measure(what+", shared by one writer", 16, 0, func(int) (int, error) {
		done := make(chan error, 1)
		share <- done
		return 0, <-done
	})
	if err != nil {
		return err
	}
	t.cell(into[16], "", "")
	return nil
}

// shared commits what waits together, without a timer: the fastest that bbolt can do for many.
func shared(db *bbolt.DB, put func(*bbolt.Tx) error) chan chan error {
	waiting := make(chan chan error, 256)
	go func() {
		for first := range waiting {
			group := []chan error{first}
			for more := true; more; {
				select {
				case w, ok := <-waiting:
					if more = ok; ok {
						group = append(group, w)
					}
				default:
					more = false
				}
			}
			err := db.Update(func(tx *bbolt.Tx) error {
				for range group {
					if err := put(tx); err != nil {
						return err
					}
				}
				return nil
			})
			for _, w := range group {
				w <- err
			}
		}
	}()
	return waiting
}

// requests measures a handler that does nothing, on the way that the program's requests take.
func (l limits) requests(t *table) error {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	app := fiber.New(fiber.Config{DisableStartupMessage: true})
	app.Get("/", func(c *fiber.Ctx) error { return c.SendString("ok") })
	done := make(chan error, 1)
	go func() { done <- app.Listener(ln) }()
	to := newSender(ln.Addr().String(), "")
	for _, clients := range []int{1, 16} {
		l.empty[clients], err = measure("limit: an empty handler of Fiber's", clients, 0, func(int) (int, error) { return to.send(ask{path: "/", want: 200}) })
		if err != nil {
			return err
		}
		t.cell(l.empty[clients], "", "")
	}
	if err := app.Shutdown(); err != nil {
		return err
	}
	return <-done
}

// query measures Bleve alone: one term in 10,000 documents, 25 hits.
func (l *limits) query(t *table) error {
	x, err := bleve.NewMemOnly(bleve.NewIndexMapping())
	if err != nil {
		return err
	}
	defer x.Close()
	batch := x.NewBatch()
	for i := range 10_000 {
		if err := batch.Index(fmt.Sprint(i), struct{ Name string }{fmt.Sprintf("copper elbow %d w%d", i, i%400)}); err != nil {
			return err
		}
	}
	if err := x.Batch(batch); err != nil {
		return err
	}
	l.bleve, err = measure("limit: one term in Bleve, 10,000 documents, 25 hits", 1, 0, func(n int) (int, error) {
		q := bleve.NewTermQuery(fmt.Sprintf("w%d", n%400))
		q.SetField("Name")
		res, err := x.SearchInContext(context.Background(), bleve.NewSearchRequestOptions(q, 25, 0, false))
		if err == nil && len(res.Hits) != 25 {
			err = fmt.Errorf("%d hits", len(res.Hits))
		}
		return 0, err
	})
	t.cell(l.bleve, "", "")
	return err
}
