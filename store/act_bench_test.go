package store_test

import (
	"bytes"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// shelves is a database with n items, each of which some stock was received of.
func shelves(b testing.TB, n int) *store.DB {
	b.Helper()
	db := storetest.Open(b)
	var file bytes.Buffer
	file.WriteString("sku,name,category,unit,minimum,supplier,quantity\n")
	for i := range n {
		fmt.Fprintf(&file, "SKU-%06d,Copper elbow 90 3/4 in no. %d,Plumbing,ea,%d,Supplier %d,%d\n", i, i, i%20, i%9, 100+i%400)
	}
	if _, err := db.ImportItems(b.Context(), storetest.Staff, &file); err != nil {
		b.Fatal(err)
	}
	return db
}

// BenchmarkAct books one movement after another of items all over the catalogue, each durable.
func BenchmarkAct(b *testing.B) {
	for _, clients := range []int{1, 16} {
		b.Run(fmt.Sprintf("clients=%d", clients), func(b *testing.B) {
			const items = 10_000
			db := shelves(b, items)
			var n atomic.Int64
			before := db.Written()
			b.ReportAllocs()
			b.ResetTimer()
			var all sync.WaitGroup
			for range clients {
				all.Go(func() {
					for i := n.Add(1); i <= int64(b.N); i = n.Add(1) {
						_, err := db.Book(b.Context(), store.Act{RequestID: fmt.Sprintf("%x-%d", uint64(i)*0x9E3779B97F4A7C15, i), By: storetest.Staff,
							Entries: []store.Entry{{Item: store.ItemID(1 + i*7919%items), Kind: store.Receive, Qty: 1000}}})
						if err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			all.Wait()
			b.StopTimer()
			w := db.Written()
			b.ReportMetric(float64(w.Pages-before.Pages)/float64(b.N), "pages/act")
			b.ReportMetric(float64(w.Bytes-before.Bytes)/float64(b.N), "written/act")
			b.ReportMetric(float64(w.Commits-before.Commits)/float64(b.N), "commits/act")
		})
	}
}
