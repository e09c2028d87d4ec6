package store

import (
	"math/rand/v2"
	"path/filepath"
	"testing"
)

// BenchmarkShortages judges 1,000 open jobs with 20 items each, out of 2,000.
func BenchmarkShortages(b *testing.B) {
	db, err := Open(filepath.Join(b.TempDir(), "lwc.db"), Options{Secret: make([]byte, 32)})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	const jobs, lines, items = 1000, 20, 2000
	r := rand.New(rand.NewPCG(1, 2))
	var ids []JobID
	tx, err := db.bolt.Begin(true)
	if err != nil {
		b.Fatal(err)
	}
	defer tx.Rollback()
	for job := range JobID(jobs) {
		ids = append(ids, job+1)
		for range lines {
			key := pairKey(ItemID(1+r.IntN(items)), job+1)
			if err := tx.Bucket(demandBucket).Put(key, ints(int64(1000+r.IntN(9000)), 0, 1+int64(r.IntN(600_000)))); err != nil {
				b.Fatal(err)
			}
		}
	}
	for item := range ItemID(items) {
		if err := tx.Bucket(stockBucket).Put(idKey(item+1), standRow(Level{OnHand: Qty(r.IntN(120_000))}, nil)); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		if n := len(lacking(tx, ids)); n == 0 || n == jobs {
			b.Fatalf("%d jobs are short", n)
		}
	}
}
