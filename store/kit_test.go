package store_test

import (
	"testing"
	"time"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// kitOf makes a kit of the items, with factors in thousandths.
func kitOf(t *testing.T, db *store.DB, name string, parts ...store.Part) store.Kit {
	t.Helper()
	k, err := db.CreateKit(t.Context(), storetest.Staff, store.KitDraft{Name: name, Parts: parts})
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// answer answers as Staff.
func answer(t *testing.T, db *store.DB, a store.Answer) store.AnswerResult {
	t.Helper()
	a.By = storetest.Staff
	res, err := db.AnswerLine(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

func allocated(t *testing.T, db *store.DB, id store.ItemID) store.Qty {
	t.Helper()
	s, err := db.Stock(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return s.Level.Allocated
}

// A line that is a kit has a row for each of its items, and what is taken of one is taken of that one alone.
func TestALineThatIsAKit(t *testing.T) {
	db := storetest.Open(t)
	bowl, wax := storetest.Item(t, db, "BOWL", 10, 0), storetest.Item(t, db, "WAX", 10, 0)
	id := storetest.Job(t, db, 1, day(1, 8), storetest.Line("Toilet install", 2))
	line := sheet(t, db, id).Lines[0].ID
	k := kitOf(t, db, "Toilet", store.Part{Item: bowl.ID, Factor: 1000}, store.Part{Item: wax.ID, Factor: 1500})
	if res := answer(t, db, store.Answer{Line: line, Kit: k.ID}); res.Jobs != 1 || res.Name != "Toilet install" {
		t.Errorf("the answer settled %+v", res)
	}
	ls := sheet(t, db, id).Lines
	if len(ls) != 2 || ls[0].ID != line || ls[1].ID != line || ls[0].Required != units(2) || ls[1].Required != units(3) ||
		ls[1].Stock.ID != wax.ID || ls[1].Kit != "Toilet" || ls[1].Factor != 1500 {
		t.Fatalf("rows %+v", ls)
	}
	if allocated(t, db, bowl.ID) != units(2) || allocated(t, db, wax.ID) != units(3) {
		t.Error("its items are not held back")
	}
	act := store.JobAct{RequestID: "wax", By: storetest.Staff, Job: id, Line: line, Item: wax.ID}
	if r, _, err := db.IssueRemaining(t.Context(), act); err != nil || len(r.Movements) != 1 || r.Movements[0].Item != wax.ID || r.Movements[0].Line != line {
		t.Fatalf("took %+v, %v", r.Movements, err)
	}
	if ls = sheet(t, db, id).Lines; ls[0].Issued != 0 || ls[1].Issued != units(3) || ls[1].State != store.LineIssued {
		t.Errorf("issued %v and %v", ls[0].Issued, ls[1].Issued)
	}
	act.RequestID, act.Item = "nothing", 99
	if _, _, err := db.IssueRemaining(t.Context(), act); store.CodeOf(err) != store.NotFound {
		t.Errorf("an item that is no part of it: %v", err)
	}
	act.RequestID, act.Item = "rest", 0
	if r, _, err := db.IssueRemaining(t.Context(), act); err != nil || len(r.Movements) != 1 || r.Movements[0].Item != bowl.ID {
		t.Errorf("the rest of the line: %+v, %v", r.Movements, err)
	}
	act.RequestID = "back"
	if r, err := db.ReturnIssued(t.Context(), act); err != nil || len(r.Movements) != 2 {
		t.Errorf("brought back %+v, %v", r.Movements, err)
	}
}

// A kit's change is the open jobs' change, in the same commit. What was issued stays issued.
func TestAKitIsChanged(t *testing.T) {
	db := storetest.Open(t)
	bowl, wax, bolt := storetest.Item(t, db, "BOWL", 10, 0), storetest.Item(t, db, "WAX", 10, 0), storetest.Item(t, db, "BOLT", 10, 0)
	id := storetest.Job(t, db, 1, day(1, 8), storetest.Line("Toilet install", 2))
	line := sheet(t, db, id).Lines[0].ID
	k := kitOf(t, db, "Toilet", store.Part{Item: bowl.ID, Factor: 1000}, store.Part{Item: wax.ID, Factor: 1000})
	answer(t, db, store.Answer{Line: line, Kit: k.ID})
	storetest.Book(t, db, store.Entry{Item: wax.ID, Kind: store.Issue, Qty: units(2), Job: id, Line: line})
	d := store.KitDraft{Name: "Toilet", Parts: []store.Part{{Item: bowl.ID, Factor: 2000}, {Item: bolt.ID, Factor: 4000}}}
	changed, err := db.UpdateKit(t.Context(), storetest.Staff, k.ID, k.Version, d)
	if err != nil || changed.Version != 2 {
		t.Fatalf("%+v, %v", changed, err)
	}
	s := sheet(t, db, id)
	if len(s.Lines) != 2 || s.Lines[0].Required != units(4) || s.Lines[1].Required != units(8) {
		t.Errorf("rows %+v", s.Lines)
	}
	if len(s.Extra) != 1 || s.Extra[0].Stock.ID != wax.ID || s.Extra[0].Issued != units(2) {
		t.Errorf("what was issued is %+v", s.Extra)
	}
	if allocated(t, db, wax.ID) != 0 || allocated(t, db, bolt.ID) != units(8) {
		t.Error("the demand is the old kit's")
	}
	if again, err := db.UpdateKit(t.Context(), storetest.Staff, k.ID, k.Version, d); err != nil || again.Version != 2 {
		t.Errorf("the same change again: %+v, %v", again, err)
	}
	d.Name = "Closet"
	if _, err := db.UpdateKit(t.Context(), storetest.Staff, k.ID, k.Version, d); store.CodeOf(err) != store.Conflict {
		t.Errorf("a change of what it was: %v", err)
	}
}

func TestKitRules(t *testing.T) {
	db := storetest.Open(t)
	it := storetest.Item(t, db, "BOWL", 10, 0)
	k := kitOf(t, db, "Toilet", store.Part{Item: it.ID, Factor: 1})
	for _, tt := range []struct {
		name  string
		draft store.KitDraft
		code  store.Code
		field string
	}{
		{"no name", store.KitDraft{Parts: k.Parts}, store.Invalid, "name"},
		{"no item", store.KitDraft{Name: "X"}, store.Invalid, "item"},
		{"none of it", store.KitDraft{Name: "X", Parts: []store.Part{{Item: it.ID}}}, store.Invalid, "factor"},
		{"less than none", store.KitDraft{Name: "X", Parts: []store.Part{{Item: it.ID, Factor: -1}}}, store.Invalid, "factor"},
		{"an item twice", store.KitDraft{Name: "X", Parts: []store.Part{{Item: it.ID, Factor: 1}, {Item: it.ID, Factor: 2}}}, store.Invalid, "item"},
		{"no such item", store.KitDraft{Name: "X", Parts: []store.Part{{Item: 99, Factor: 1}}}, store.NotFound, "item"},
		{"a name that is taken", store.KitDraft{Name: " toilet", Parts: []store.Part{{Item: it.ID, Factor: 2}}}, store.Conflict, "name"},
	} {
		_, err := db.CreateKit(t.Context(), storetest.Staff, tt.draft)
		e, ok := err.(*store.Error)
		if !ok || e.Code != tt.code || e.Fields[tt.field] == "" {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
	id := storetest.Job(t, db, 1, day(1, 8), storetest.Line("Toilet install", 2))
	res := answer(t, db, store.Answer{Line: sheet(t, db, id).Lines[0].ID, Kit: k.ID})
	if err := db.DeleteKit(t.Context(), storetest.Staff, k.ID); store.CodeOf(err) != store.Conflict {
		t.Errorf("a kit that is an answer is deleted: %v", err)
	}
	if _, err := db.UndoAnswer(t.Context(), store.Recall{Answer: res.Answer, By: storetest.Staff}); err != nil {
		t.Fatal(err)
	}
	if err := db.DeleteKit(t.Context(), storetest.Staff, k.ID); err != nil {
		t.Error(err)
	}
	kitOf(t, db, "Toilet", k.Parts...)
}

// Services are not stock unless they are a kit.
func TestAServiceIsAKitOrNothing(t *testing.T) {
	db := storetest.Open(t)
	it := storetest.Item(t, db, "MULCH", 10, 0)
	service := storetest.Line("Mulch install", 3)
	service.Category = store.CategoryService
	product := storetest.Line("Mulch install", 1)
	id, other := storetest.Job(t, db, 1, day(1, 8), service), storetest.Job(t, db, 2, day(1, 9), product)
	line := sheet(t, db, id).Lines[0].ID
	if _, err := db.AnswerLine(t.Context(), store.Answer{Line: line, Item: it.ID, By: storetest.Staff}); store.CodeOf(err) != store.Invalid {
		t.Errorf("a service became an item: %v", err)
	}
	answer(t, db, store.Answer{Line: sheet(t, db, other).Lines[0].ID, Item: it.ID})
	if l := sheet(t, db, id).Lines[0]; l.State != store.LineNotStock || l.How != "A service" {
		t.Errorf("the service is %v: %s", l.State, l.How)
	}
	k := kitOf(t, db, "Mulch", store.Part{Item: it.ID, Factor: 500})
	answer(t, db, store.Answer{Line: line, Kit: k.ID})
	if l := sheet(t, db, id).Lines[0]; l.State != store.LineOpen || l.Required != 1500 {
		t.Errorf("the service is %v and needs %v", l.State, l.Required)
	}
}

// No sync loses an answer, whatever it is and whatever becomes of the line.
func TestASyncKeepsTheAnswers(t *testing.T) {
	db := storetest.Open(t)
	it := storetest.Item(t, db, "AB-1", 50, 0)
	k := kitOf(t, db, "Set", store.Part{Item: it.ID, Factor: 3000})
	replaced := storetest.Line("Old name", 1)
	replaced.Product = "product-1"
	snap := storetest.Snapshot(1, day(1, 8), storetest.Line("Box of 50", 2), storetest.Line("A set", 1), storetest.Line("Trip", 1), replaced)
	id := apply(t, db, store.FromSweep, snap).Job
	for i, a := range []store.Answer{{Item: it.ID, Factor: 50001}, {Kit: k.ID}, {NotStock: true}, {Item: it.ID, Factor: 7}} {
		a.Line = sheet(t, db, id).Lines[i].ID
		answer(t, db, a)
	}
	want := sheet(t, db, id).Lines
	same := func(when string, snap store.JobSnapshot) {
		t.Helper()
		apply(t, db, store.FromSweep, snap)
		for i, l := range sheet(t, db, id).Lines[:4] {
			w := want[i]
			if l.Stock.ID != w.Stock.ID || l.Required != w.Required || l.Kit != w.Kit || l.State != w.State || l.How != w.How {
				t.Errorf("%s: line %d is %+v,\nwas %+v", when, i, l, w)
			}
		}
	}
	same("nothing new", snap)
	snap.UpdatedAt = snap.UpdatedAt.Add(time.Hour)
	snap.Title = "Another title"
	same("a new title", snap)
	for i := range snap.Lines {
		snap.Lines[i].Remote += "-anew"
	}
	snap.Lines[3].Name, snap.Lines[3].ProductName = "New name", "New name"
	same("lines replaced by the same", snap)
}
