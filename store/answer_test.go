package store_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// An undo brings back the very answer that was there before, or none.
func TestUndoOfAnAnswer(t *testing.T) {
	db := storetest.Open(t)
	a, b := storetest.Item(t, db, "AB-1", 50, 0), storetest.Item(t, db, "CD-2", 50, 0)
	id := storetest.Job(t, db, 1, day(1, 8), storetest.Line("Romex", 2))
	line := sheet(t, db, id).Lines[0].ID
	k := kitOf(t, db, "Set", store.Part{Item: a.ID, Factor: 3000}, store.Part{Item: b.ID, Factor: 1000})
	undo := func(of store.AnswerID) error {
		_, err := db.UndoAnswer(t.Context(), store.Recall{Answer: of, By: store.Actor{Name: "undoer"}})
		return err
	}
	states := [][]store.SheetLine{sheet(t, db, id).Lines}
	var given []store.AnswerID
	for _, ans := range []store.Answer{{Item: a.ID, Factor: 1001}, {Kit: k.ID}, {NotStock: true}, {Item: b.ID}} {
		ans.Line = line
		given = append(given, answer(t, db, ans).Answer)
		states = append(states, sheet(t, db, id).Lines)
	}
	forgot, err := db.ForgetAnswer(t.Context(), store.Recall{Line: line, By: storetest.Staff})
	if err != nil || forgot.Jobs != 1 {
		t.Fatalf("%+v, %v", forgot, err)
	}
	if l := sheet(t, db, id).Lines[0]; l.State != store.LineUnmatched {
		t.Errorf("what was forgotten is %v", l.State)
	}
	if err := undo(given[0]); store.CodeOf(err) != store.Conflict {
		t.Errorf("an answer that is not the last was undone: %v", err)
	}
	given = append(given, forgot.Answer)
	for i := len(given) - 1; i >= 0; i-- {
		if err := undo(given[i]); err != nil {
			t.Fatal(err)
		}
		want := states[min(i, len(states)-1)]
		if got := sheet(t, db, id).Lines; !reflect.DeepEqual(got, want) {
			t.Errorf("undo of answer %d brings back\n%+v, it was\n%+v", i, got, want)
		}
	}
	if err := undo(given[0]); store.CodeOf(err) != store.Conflict {
		t.Errorf("undone twice: %v", err)
	}
}

// Of many answers to one line the last few can be undone, and the record does not grow.
func TestAnswersBeforeAreKeptInBounds(t *testing.T) {
	db := storetest.Open(t)
	it := storetest.Item(t, db, "AB-1", 50, 0)
	id := storetest.Job(t, db, 1, day(1, 8), storetest.Line("Romex", 2))
	line := sheet(t, db, id).Lines[0].ID
	for i := range 30 {
		answer(t, db, store.Answer{Line: line, Item: it.ID, Factor: store.Qty(i + 1)})
	}
	n := 0
	for {
		p, err := db.Answers(t.Context(), "", 1, 10)
		if err != nil {
			t.Fatal(err)
		}
		if p.Total == 0 {
			break
		}
		if _, err := db.UndoAnswer(t.Context(), store.Recall{Answer: p.Rows[0].ID, By: storetest.Staff}); err != nil {
			t.Fatal(err)
		}
		n++
	}
	if n != 9 {
		t.Errorf("%d undos, want the last and the 8 before it", n)
	}
}

func TestTheSameRequestAnswersOnce(t *testing.T) {
	db := storetest.Open(t)
	a, b := storetest.Item(t, db, "AB-1", 50, 0), storetest.Item(t, db, "CD-2", 50, 0)
	id := storetest.Job(t, db, 1, day(1, 8), storetest.Line("Romex", 2))
	line := sheet(t, db, id).Lines[0].ID
	first := answer(t, db, store.Answer{Line: line, Item: a.ID, RequestID: "tap"})
	second := answer(t, db, store.Answer{Line: line, Item: b.ID, RequestID: "tap"})
	if !second.Repeated || second.Answer != first.Answer || second.Jobs != 1 || second.Name != "Romex" {
		t.Errorf("the second tap got %+v, the first %+v", second, first)
	}
	if l := sheet(t, db, id).Lines[0]; l.Stock.ID != a.ID {
		t.Errorf("the line is %s", l.Stock.SKU)
	}
	storetest.Book(t, db, store.Entry{Item: a.ID, Kind: store.Receive, Qty: units(1)})
	act := store.Act{RequestID: "tap", By: storetest.Staff, Entries: []store.Entry{{Item: a.ID, Kind: store.Receive, Qty: units(1)}}}
	if _, err := db.Book(t.Context(), act); store.CodeOf(err) != store.Conflict {
		t.Errorf("a request that answered a line books: %v", err)
	}
	if _, err := db.UndoAnswer(t.Context(), store.Recall{Answer: first.Answer, RequestID: "undo", By: storetest.Staff}); err != nil {
		t.Fatal(err)
	}
	if r, err := db.UndoAnswer(t.Context(), store.Recall{Answer: first.Answer, RequestID: "undo", By: storetest.Staff}); err != nil || !r.Repeated {
		t.Errorf("the second tap on Undo: %+v, %v", r, err)
	}
}

// Two people see a line that nobody answered. The one who is later is told what the other said.
func TestTwoPeopleAnswer(t *testing.T) {
	db := storetest.Open(t)
	a, b := storetest.Item(t, db, "AB-1", 50, 0), storetest.Item(t, db, "CD-2", 50, 0)
	id := storetest.Job(t, db, 1, day(1, 8), storetest.Line("Romex", 2))
	l := sheet(t, db, id).Lines[0]
	give := func(who string, item store.ItemID) error {
		_, err := db.AnswerLine(t.Context(), store.Answer{Line: l.ID, Item: item, Seen: &l.Answered, By: store.Actor{Name: who}})
		return err
	}
	if err := give("ana", a.ID); err != nil {
		t.Fatal(err)
	}
	if err := give("bob", b.ID); store.CodeOf(err) != store.Conflict || !strings.Contains(err.Error(), "ana") || !strings.Contains(err.Error(), "Item AB-1") {
		t.Errorf("bob is told %v", err)
	}
	if err := give("bob", a.ID); err != nil {
		t.Errorf("bob says the same: %v", err)
	}
	if l := sheet(t, db, id).Lines[0]; l.Stock.ID != a.ID || l.How != "ana said so" {
		t.Errorf("the line is %s: %s", l.Stock.SKU, l.How)
	}
	l = sheet(t, db, id).Lines[0]
	if err := give("bob", b.ID); err != nil {
		t.Errorf("bob has seen it and knows better: %v", err)
	}
	if _, err := db.ForgetAnswer(t.Context(), store.Recall{Answer: l.Answered, By: storetest.Staff}); store.CodeOf(err) != store.Conflict {
		t.Errorf("an answer that was changed is forgotten: %v", err)
	}
}

func TestTheListOfAnswers(t *testing.T) {
	db := storetest.Open(t)
	it := storetest.Item(t, db, "AB-1", 50, 0)
	var lines []store.SnapshotLine
	for i := range 7 {
		lines = append(lines, storetest.Line(fmt.Sprintf("Part %d", i), 1))
	}
	id := storetest.Job(t, db, 1, day(1, 8), append(lines, again(storetest.Line("Part 6", 1)))...)
	for i, l := range sheet(t, db, id).Lines[:7] {
		answer(t, db, store.Answer{Line: l.ID, Item: it.ID, Factor: units(int64(i + 1))})
	}
	p, err := db.Answers(t.Context(), "", 2, 3)
	if err != nil || p.Total != 7 || p.Pages != 3 || len(p.Rows) != 3 || p.Rows[0].Name != "Part 3" {
		t.Fatalf("page 2 is %+v, %v", p, err)
	}
	p, err = db.Answers(t.Context(), "6 PART ab-1", 1, 3)
	if err != nil || p.Total != 1 {
		t.Fatalf("searched %+v, %v", p, err)
	}
	r := p.Rows[0]
	if r.Name != "Part 6" || r.Lines != 2 || r.Line == 0 || r.ItemName != "Item AB-1" || r.Factor != units(7) || r.By != "test" || r.At.IsZero() || r.Linked || r.Before != "" {
		t.Errorf("row %+v", r)
	}
	if p, err = db.Answers(t.Context(), "nobody", 1, 3); err != nil || p.Total != 0 {
		t.Errorf("searched for nothing: %+v, %v", p, err)
	}
}
