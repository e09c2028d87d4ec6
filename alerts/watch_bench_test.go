package alerts

import (
	"fmt"
	"log/slog"
	"testing"
	"time"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// BenchmarkPass is what the judge does after an act, while two thousand crossings wait for their windows.
func BenchmarkPass(b *testing.B) {
	const waiting = 2000
	db := storetest.Open(b)
	var ids []store.ItemID
	fill, take := store.Act{RequestID: "fill", By: storetest.Staff, Confirmed: true}, store.Act{RequestID: "take", By: storetest.Staff, Confirmed: true}
	for n := range waiting {
		it := storetest.Item(b, db, fmt.Sprint("SKU-", n), 0, 10)
		ids = append(ids, it.ID)
		fill.Entries = append(fill.Entries, store.Entry{Item: it.ID, Kind: store.Receive, Qty: 20_000})
		take.Entries = append(take.Entries, store.Entry{Item: it.ID, Kind: store.Issue, Qty: 15_000})
	}
	for _, act := range []store.Act{fill, take} {
		if _, err := db.Book(b.Context(), act); err != nil {
			b.Fatal(err)
		}
	}
	w := &watch{Service: &Service{Store: db, Window: hour, OutWindow: hour, Log: slog.New(slog.DiscardHandler), Location: time.UTC}}
	if _, err := w.pass(b.Context()); err != nil {
		b.Fatal(err)
	}
	if all, err := db.WaitingCrossings(b.Context()); err != nil || len(all) != waiting {
		b.Fatalf("%d wait, %v", len(all), err)
	}
	n := 0
	for b.Loop() {
		b.StopTimer()
		storetest.Book(b, db, store.Entry{Item: ids[n%waiting], Kind: store.Receive, Qty: 1})
		n++
		b.StartTimer()
		if _, err := w.pass(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}
