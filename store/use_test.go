package store_test

import (
	"testing"
	"testing/synctest"
	"time"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

func TestUsePerWeek(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const day = 24 * time.Hour
		db := storetest.Open(t)
		busy, idle := storetest.Item(t, db, "BUSY", 100, 10), storetest.Item(t, db, "IDLE", 100, 10)
		take := func(kind store.Kind, n store.Qty) store.Movement {
			t.Helper()
			return storetest.Book(t, db, store.Entry{Item: busy.ID, Kind: kind, Qty: n * 1000})
		}
		perWeek := func(at time.Time) store.Qty {
			t.Helper()
			use, err := db.UsePerWeek(t.Context(), []store.ItemID{busy.ID, idle.ID}, at)
			if err != nil || use[idle.ID] != 0 {
				t.Fatalf("use %v, %v", use, err)
			}
			return use[busy.ID]
		}
		take(store.Issue, 6)
		time.Sleep(13 * day)
		if got := perWeek(db.Now()); got != 0 {
			t.Errorf("use is known after 13 days: %v", got)
		}
		time.Sleep(day)
		wrong := take(store.Issue, 50)
		then := db.Now()
		time.Sleep(time.Minute)
		if _, err := db.Undo(t.Context(), store.Undo{Movement: wrong.ID, RequestID: "undo", By: storetest.Staff}); err != nil {
			t.Fatal(err)
		}
		take(store.ScrapKind, 4)
		storetest.Book(t, db, store.Entry{Item: busy.ID, Kind: store.Adjust, Qty: 3000, From: storetest.Home, Reason: "miscounted"})
		if got := perWeek(db.Now()); got != 5000 { // 6 + 4 in two weeks; what was undone and what was only put right is no use
			t.Errorf("use %v a week, want 5", got)
		}
		time.Sleep(60 * day)
		if got := perWeek(db.Now()); got != 0 {
			t.Errorf("what was used longer than eight weeks ago counts: %v", got)
		}
		take(store.Issue, 16)
		if got := perWeek(db.Now()); got != 2000 {
			t.Errorf("use %v a week, want 2", got)
		}
		if got := perWeek(then); got != 28000 { // 56 in two weeks: the undo came after
			t.Errorf("use as it looked then is %v a week, want 28", got)
		}
	})
}
