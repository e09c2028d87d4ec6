package store_test

import (
	"fmt"
	"testing"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// post posts that items ran low, in turn.
func post(t *testing.T, db *store.DB, items ...store.Item) {
	t.Helper()
	var step store.AlertStep
	for _, it := range items {
		step.News = append(step.News, store.News{Crossing: &store.Crossing{Item: it.ID, Severity: store.Low}})
	}
	if err := db.FinishAlerts(t.Context(), step); err != nil {
		t.Fatal(err)
	}
}

func unread(t *testing.T, db *store.DB, u store.User) int {
	t.Helper()
	n, err := db.UnreadNews(t.Context(), u)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestNewsIsReadByEachForThemselves(t *testing.T) {
	db := storetest.Open(t)
	a, b := storetest.Item(t, db, "A", 5, 10), storetest.Item(t, db, "B", 5, 10)
	dana := storetest.User(t, db, "dana", store.GM)
	post(t, db, a, b)
	ed := storetest.User(t, db, "ed", store.Warehouse)
	if d, e := unread(t, db, dana), unread(t, db, ed); d != 2 || e != 0 {
		t.Errorf("%d wait for dana and %d for ed, who came later", d, e)
	}
	rows, more, err := db.NewsPage(t.Context(), dana, 0, 1)
	if err != nil || !more || len(rows) != 1 || rows[0].Item.SKU != "B" || !rows[0].Fresh {
		t.Fatalf("the first page is %+v, %v, %v", rows, more, err)
	}
	for _, upTo := range []store.NewsID{rows[0].ID, 1} { // looking back makes nothing unread
		if err := db.SeeNews(t.Context(), dana.ID, upTo); err != nil {
			t.Fatal(err)
		}
		if n := unread(t, db, dana); n != 0 {
			t.Errorf("%d wait after she looked", n)
		}
	}
	post(t, db, a)
	if d, e := unread(t, db, dana), unread(t, db, ed); d != 1 || e != 1 {
		t.Errorf("%d wait for dana and %d for ed", d, e)
	}
	rows, more, err = db.NewsPage(t.Context(), dana, rows[0].ID, 9)
	if err != nil || more || len(rows) != 1 || rows[0].Item.SKU != "A" || rows[0].Fresh {
		t.Errorf("the second page is %+v, %v, %v", rows, more, err)
	}
	changed := db.Changed()
	if err := db.SeeNews(t.Context(), dana.ID, 1); err != nil {
		t.Fatal(err)
	}
	select {
	case <-changed:
		t.Error("to see what was seen cost a commit")
	default:
	}
}

func TestNewsFollowsCategories(t *testing.T) {
	db := storetest.Open(t)
	wire, err := db.CreateItem(t.Context(), storetest.Staff, store.ItemDraft{SKU: "W", Name: "Wire", Category: "Wire", Minimum: 5000})
	if err != nil {
		t.Fatal(err)
	}
	u := storetest.User(t, db, "dana", store.GM)
	post(t, db, wire, storetest.Item(t, db, "A", 5, 10))
	for want, categories := range map[int][]string{0: {"Paint"}, 1: {"wire"}, 2: nil} {
		u.Categories = categories
		rows, _, err := db.NewsPage(t.Context(), u, 0, 9)
		if n := unread(t, db, u); err != nil || n != want || len(rows) != want {
			t.Errorf("who follows %q has %d unread and is shown %d, want %d, %v", categories, n, len(rows), want, err)
		}
	}
	u.Categories = []string{""}
	if n := unread(t, db, u); n != 1 {
		t.Errorf("of items without a category %d", n)
	}
}

// The inbox does not grow for ever, and a badge counts to 100.
func TestNewsIsKeptShort(t *testing.T) {
	db := storetest.Open(t)
	a := storetest.Item(t, db, "A", 5, 10)
	u := storetest.User(t, db, "dana", store.GM)
	for range 21 {
		many := make([]store.Item, 100)
		for i := range many {
			many[i] = a
		}
		post(t, db, many...)
	}
	if n := unread(t, db, u); n != 100 {
		t.Errorf("%d unread", n)
	}
	rows, more, err := db.NewsPage(t.Context(), u, 0, 3000)
	if err != nil || more || len(rows) != 2000 {
		t.Errorf("%d entries, %v, %v", len(rows), more, err)
	}
	if last := rows[len(rows)-1].ID; last != 101 {
		t.Errorf("the oldest is %s", fmt.Sprint(last))
	}
}
