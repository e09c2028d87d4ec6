package handlers

import (
	"testing"

	"lwc-inventory/store"
)

// itemModels are the data of the views of items, movements, places, the history and the scan field.
var itemModels = map[string]any{
	"item/list": itemList{}, "item/rows": itemList{}, "item/none": itemList{}, "item/import": itemImport{}, "item/row": itemRow{}, "item/flag": itemRow{},
	"item/pages": pager{}, "item/show": itemShow{}, "item/state": itemShow{}, "item/hero": itemShow{}, "item/needs": itemShow{},
	"item/facts": itemShow{}, "item/place": placeRow{}, "item/gauge": levelGauge{}, "item/form": itemForm{}, "item/field": formRow{},
	"move/entry": moveEntry{}, "move/form": moveForm{}, "move/end": endChoice{}, "move/ends": pad{}, "move/pad": pad{}, "pad/amount": keypad{}, "pad/keys": keypad{},
	"place/list": placeList{}, "place/line": placeLine{}, "place/show": placeShow{}, "place/row": placeStock{}, "place/form": placeForm{},
	"history/list": historyList{}, "scan/show": scanShow{}, "scan/head": scanHead{}, "scan/state": scanHead{},
	"scan/fields": pendingScan{}, "scan/ask": scanAsk{}, "scan/unknown": unknownCode{}, "scan/attach": attachCode{}, "scan/attachrows": attachCode{},
	"scan/found": foundThing{}, "scan/sure": pendingScan{}, "scan/where": pendingScan{}, "scan/word": scanWord{}, "scan/hits": []scanHit{}, "scan/hit": scanHit{},
	"item/codes": codeForm{}, "item/mute": muteForm{},
}

func TestEntryWords(t *testing.T) {
	const place, other = store.PlaceID(1), store.PlaceID(2)
	entry := func(kind store.Kind, from, to store.PlaceID) moveEntry {
		e := moveEntry{}
		e.Kind, e.From, e.To, e.Qty, e.FromName, e.ToName = kind, from, to, 5000, from.String(), to.String()
		if from == place {
			e.FromName = "B2"
		}
		if to == place {
			e.ToName = "B2"
		}
		if to == other {
			e.ToName = "Truck 3"
		}
		return e
	}
	forJob, undone, counted, right := entry(store.Issue, place, store.JobEnd), entry(store.Issue, store.JobEnd, place),
		entry(store.Count, place, store.Adjustment), entry(store.Count, store.Adjustment, place)
	forJob.Job, undone.Reverses = 7, 3
	counted.Counted, counted.Was = 25000, 30000
	right.Counted, right.Was, right.Qty = 25000, 25000, 0
	for _, tt := range []struct {
		name               string
		e                  moveEntry
		does, where, delta string
	}{
		{"receive", entry(store.Receive, store.Supplier, place), "Received", "B2", "+5"},
		{"take", entry(store.Issue, place, store.JobEnd), "Taken", "B2", "−5"},
		{"take for a job", forJob, "Issued to", "B2", "−5"},
		{"undo of a take", undone, "Undid: taken", "B2", "+5"},
		{"put back", entry(store.Return, store.JobEnd, place), "Put back", "B2", "+5"},
		{"move", entry(store.Transfer, place, other), "Moved to Truck 3", "from B2", "5"},
		{"count", counted, "Counted 25, was 30", "B2", "−5"},
		{"count that was right", right, "Counted 25, as the books say", "B2", "0"},
		{"adjust", entry(store.Adjust, store.Adjustment, place), "Adjusted", "B2", "+5"},
		{"scrap", entry(store.ScrapKind, place, store.Scrap), "Scrapped", "B2", "−5"},
		{"scrap what a job had", entry(store.ScrapKind, store.JobEnd, store.Scrap), "Scrapped", "", "5"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.e.Does(); got != tt.does {
				t.Errorf("does %q, want %q", got, tt.does)
			}
			if got := tt.e.Where(); got != tt.where {
				t.Errorf("where %q, want %q", got, tt.where)
			}
			if got := tt.e.Delta(); got != tt.delta {
				t.Errorf("delta %q, want %q", got, tt.delta)
			}
		})
	}
}
