package handlers_test

import (
	"testing"
	"time"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// What is offered for a line is remembered, and never older than the items: a new one is offered at once, an old name is not.
func TestOffersFollowTheItems(t *testing.T) {
	db, noon := noonDB(t)
	job := storetest.Job(t, db, 1042, noon.Add(24*time.Hour), storetest.Line("Shower valve trim, chrome", 1))
	c := newClient(t, db)
	c.signIn(store.Owner)
	page := "/jobs/" + job.String() + "?q=" // the test's client lets the index catch up before it asks for words
	offers := func(texts ...string) {
		t.Helper()
		for range 2 { // found, and remembered
			wantTexts(t, bodyOf(c.get(page)), texts...)
		}
	}
	offers("!Shower valve, brass")
	it, err := db.CreateItem(t.Context(), storetest.Staff, store.ItemDraft{SKU: "V-1", Name: "Shower valve, brass", Unit: "ea"})
	if err != nil {
		t.Fatal(err)
	}
	offers("Shower valve, brass")
	draft := store.ItemDraft{SKU: "V-1", Name: "Garden hose", Unit: "ea"}
	if _, err := db.UpdateItem(t.Context(), storetest.Staff, it.ID, it.Version, draft); err != nil {
		t.Fatal(err)
	}
	offers("!Shower valve, brass", "!Garden hose")
}

// What is only found as misspelled is remembered too, and gives way to an item that shares a word.
func TestWideOffersFollowTheItems(t *testing.T) {
	db, noon := noonDB(t)
	named(t, db, "STK-12", "Edging stake 12 in")
	job := storetest.Job(t, db, 1042, noon.Add(24*time.Hour), storetest.Line("Edgng stak", 1))
	c := newClient(t, db)
	c.signIn(store.Owner)
	page := "/jobs/" + job.String() + "?q="
	for range 2 {
		wantTexts(t, bodyOf(c.get(page)), "Edging stake 12 in", "Looks alike")
	}
	named(t, db, "S-9", "Stak, steel")
	for range 2 {
		wantTexts(t, bodyOf(c.get(page)), "Stak, steel", "Same words: stak")
	}
}
