package store_test

import (
	"slices"
	"strings"
	"testing"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// pickOf names the first line of a job's pick list that is this item.
func pickOf(t *testing.T, db *store.DB, job store.JobID, item store.ItemID) store.PickLine {
	t.Helper()
	list, err := db.PickList(t.Context(), store.PickScope{Job: job})
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(list.Lines, func(l store.PickLine) bool { return l.Stock.ID == item })
	if i < 0 {
		t.Fatalf("item %v is not on %+v", item, list)
	}
	return list.Lines[i]
}

func truck(t *testing.T, db *store.DB) store.PlaceID {
	t.Helper()
	p, err := db.CreatePlace(t.Context(), storetest.Staff, store.PlaceDraft{Name: "Truck 1", Kind: store.KindTruck})
	if err != nil {
		t.Fatal(err)
	}
	return p.ID
}

func TestALineIsPickedOnce(t *testing.T) {
	db := storetest.Open(t)
	it := storetest.Item(t, db, "AB-1", 14, 0)
	job := storetest.Job(t, db, 1, day(1, 8), storetest.Line("AB-1", 6))
	p := store.Pick{RequestID: "ana", By: store.Actor{ID: 1, Name: "ana"}, PickRef: pickOf(t, db, job, it.ID).Ref(), Qty: units(6), Seen: units(6)}
	for i := range 2 {
		if r, err := db.Pick(t.Context(), p); err != nil || r.Repeated != (i == 1) {
			t.Fatalf("time %d: %+v, %v", i, r, err)
		}
	}
	p.RequestID, p.By = "ben", store.Actor{ID: 2, Name: "ben"}
	_, err := db.Pick(t.Context(), p)
	if store.CodeOf(err) != store.Conflict || !strings.Contains(err.Error(), "ana took 6 ea of Item AB-1 already.") {
		t.Errorf("the second person hears %v", err)
	}
	if at(t, db, it.ID, storetest.Home) != units(8) {
		t.Error("it was taken twice")
	}
	l := pickOf(t, db, job, it.ID)
	if !l.Done() || l.Last == nil || l.Last.By.Name != "ana" {
		t.Errorf("the line is %+v", l)
	}
	// Undone, it waits again, and now ben may.
	if _, err := db.Undo(t.Context(), store.Undo{Movement: l.Last.ID, RequestID: "undo", By: storetest.Staff}); err != nil {
		t.Fatal(err)
	}
	if l := pickOf(t, db, job, it.ID); l.Done() || l.Last != nil {
		t.Errorf("after the undo the line is %+v", l)
	}
	if _, err := db.Pick(t.Context(), p); err != nil {
		t.Error(err)
	}
}

func TestPartsOfALineAreNotTakenTwice(t *testing.T) {
	db := storetest.Open(t)
	it := storetest.Item(t, db, "AB-1", 14, 0)
	job := storetest.Job(t, db, 1, day(1, 8), storetest.Line("AB-1", 6))
	p := store.Pick{By: store.Actor{ID: 1, Name: "ana"}, PickRef: pickOf(t, db, job, it.ID).Ref(), Seen: units(6)}
	for _, step := range []struct {
		request string
		qty     int64
		says    string
	}{
		{"1", 4, ""},
		{"2", 4, "2 ea are left to take"}, // of 6, and it is not meant as more than the job needs
		{"3", 2, ""},
	} {
		p.RequestID, p.Qty = step.request, units(step.qty)
		if _, err := db.Pick(t.Context(), p); (err == nil) != (step.says == "") || err != nil && !strings.Contains(err.Error(), step.says) {
			t.Errorf("%s: %v", step.request, err)
		}
	}
	if at(t, db, it.ID, storetest.Home) != units(8) {
		t.Error("more was taken than the line asks for")
	}
}

func TestSetAsideAndHandOver(t *testing.T) {
	db := storetest.Open(t)
	it, to := storetest.Item(t, db, "AB-1", 8, 0), truck(t, db)
	job := storetest.Job(t, db, 1, day(1, 8), storetest.Line("AB-1", 6))
	other := storetest.Job(t, db, 2, day(2, 8), storetest.Line("AB-1", 4))
	ref := pickOf(t, db, job, it.ID).Ref()
	r, err := db.Pick(t.Context(), store.Pick{RequestID: "aside", By: storetest.Staff, PickRef: ref, Qty: units(6), Seen: units(6), To: to})
	if err != nil {
		t.Fatal(err)
	}
	l := pickOf(t, db, job, it.ID)
	if !l.Done() || l.Aside() != units(6) || l.Rule != store.SourceHeld || l.Issued != 0 || l.Remaining != units(6) {
		t.Errorf("set aside, the line is %+v", l)
	}
	if l := pickOf(t, db, other, it.ID); l.Source.Place.ID != storetest.Home {
		t.Errorf("the other job takes from %+v what is set aside", l.Source)
	}
	handed, _, err := db.PickAll(t.Context(), store.PickAll{RequestID: "over", By: storetest.Staff, Scope: store.PickScope{Job: job}})
	if err != nil || len(handed.Movements) != 1 || handed.Movements[0].From != to {
		t.Fatalf("handed over %+v, %v", handed, err)
	}
	if l := pickOf(t, db, job, it.ID); l.Issued != units(6) || l.Aside() != 0 {
		t.Errorf("handed over, the line is %+v", l)
	}
	for i, m := range []store.MovementID{handed.Movements[0].ID, r.Movements[0].ID} {
		if _, err := db.Undo(t.Context(), store.Undo{Movement: m, RequestID: "undo" + m.String(), By: storetest.Staff}); err != nil {
			t.Fatal(err)
		}
		if l := pickOf(t, db, job, it.ID); l.Aside() != units(int64(6-6*i)) || l.Issued != 0 {
			t.Errorf("after undo %d the line is %+v", i, l)
		}
	}
	if at(t, db, it.ID, storetest.Home) != units(8) {
		t.Error("the shelf has not what it had")
	}
}

func TestSources(t *testing.T) {
	db := storetest.Open(t)
	it, to := storetest.Item(t, db, "AB-1", 2, 0), truck(t, db)
	storetest.Book(t, db, store.Entry{Item: it.ID, Kind: store.Receive, Qty: units(9), To: to})
	job := storetest.Job(t, db, 1, day(1, 8), storetest.Line("AB-1", 2))
	check := func(place store.PlaceID, rule store.SourceRule) {
		t.Helper()
		if l := pickOf(t, db, job, it.ID); l.Source.Place.ID != place || l.Rule != rule {
			t.Errorf("taken from %v by %q, want %v by %q", l.Source.Place.ID, l.Rule, place, rule)
		}
	}
	check(storetest.Home, store.SourceHome)
	ref := pickOf(t, db, job, it.ID).Ref()
	if err := db.ChooseSource(t.Context(), ref, to); err != nil {
		t.Fatal(err)
	}
	check(to, store.SourceChosen)
	if err := db.ChooseSource(t.Context(), ref, 0); err != nil {
		t.Fatal(err)
	}
	check(storetest.Home, store.SourceHome)
	storetest.Book(t, db, store.Entry{Item: it.ID, Kind: store.Count, Qty: 0, To: storetest.Home})
	check(to, store.SourceMost)
	for _, bad := range []store.PickRef{{Job: job, Line: ref.Line, Item: 99}, {Job: 99, Line: ref.Line, Item: it.ID}} {
		if err := db.ChooseSource(t.Context(), bad, to); store.CodeOf(err) != store.NotFound {
			t.Errorf("%+v: %v", bad, err)
		}
	}
	if err := db.ChooseSource(t.Context(), ref, 99); store.CodeOf(err) != store.NotFound {
		t.Errorf("a place that is none: %v", err)
	}
}

func TestNotFoundIsCounted(t *testing.T) {
	db := storetest.Open(t)
	it := storetest.Item(t, db, "AB-1", 2, 0)
	job := storetest.Job(t, db, 1, day(1, 8), storetest.Line("AB-1", 2))
	ref := pickOf(t, db, job, it.ID).Ref()
	before := pickOf(t, db, job, it.ID)
	if err := db.MarkShort(t.Context(), store.Actor{Name: "ana"}, ref, "Not there"); err != nil {
		t.Fatal(err)
	}
	l := pickOf(t, db, job, it.ID)
	if before.NotFound != "" || l.NotFound != "Not there" || l.NotFounds.Name != "ana" || l.Done() {
		t.Errorf("before %+v, after %+v", before, l)
	}
	q, err := db.DueCounts(t.Context())
	if err != nil || len(q) != 1 || q[0].Item.ID != it.ID || q[0].Place.ID != storetest.Home || q[0].Why != "Not there" {
		t.Errorf("to be counted: %+v, %v", q, err)
	}
	if _, _, err := db.PickAll(t.Context(), store.PickAll{RequestID: "all", Scope: store.PickScope{Job: job}}); store.CodeOf(err) != store.Conflict {
		t.Errorf("what was not found is taken: %v", err)
	}
	if err := db.MarkShort(t.Context(), store.Actor{Name: "ana"}, ref, strings.Repeat("x", 201)); store.CodeOf(err) != store.Invalid {
		t.Errorf("a long reason: %v", err)
	}
	if err := db.MarkShort(t.Context(), store.Actor{Name: "ana"}, ref, ""); err != nil || pickOf(t, db, job, it.ID).NotFound != "" {
		t.Errorf("the note stays: %v", err)
	}
}

// A day's list has the jobs of the day, of one of the crew if asked, by shelf; all of it is one act.
func TestPickADay(t *testing.T) {
	db := storetest.Open(t)
	a, b := storetest.Item(t, db, "AB-1", 10, 0), storetest.Item(t, db, "CD-2", 10, 0)
	first := storetest.Job(t, db, 1, day(1, 8), storetest.Line("CD-2", 2), storetest.Line("AB-1", 3))
	snap := storetest.Snapshot(2, day(1, 10), storetest.Line("AB-1", 4))
	snap.Visits[0].Crew = []string{"Mia Torres"}
	if _, err := db.ApplyJobs(t.Context(), store.FromSweep, []store.JobSnapshot{snap}); err != nil {
		t.Fatal(err)
	}
	storetest.Job(t, db, 3, day(2, 8), storetest.Line("AB-1", 5))
	sc := store.PickScope{From: day(1, 0), To: day(2, 0)}
	list, err := db.PickList(t.Context(), sc)
	if err != nil || len(list.Jobs) != 2 || len(list.Lines) != 3 || !slices.Equal(list.Crews, []string{"Joe Lind", "Mia Torres"}) {
		t.Fatalf("the list is %+v, %v", list, err)
	}
	if list.Lines[0].Stock.ID != a.ID || list.Lines[2].Stock.ID != b.ID {
		t.Errorf("the order is %+v", list.Lines)
	}
	sc.Crew = "Mia Torres"
	if mine, err := db.PickList(t.Context(), sc); err != nil || len(mine.Lines) != 1 || mine.Mark == list.Mark {
		t.Errorf("Mia's list is %+v, %v", mine, err)
	}
	sc.Crew = ""
	r, short, err := db.PickAll(t.Context(), store.PickAll{RequestID: "all", By: storetest.Staff, Scope: sc})
	if err != nil || short != 0 || len(r.Movements) != 3 || at(t, db, a.ID, storetest.Home) != units(3) {
		t.Errorf("took %+v, %d short, %v", r, short, err)
	}
	if mark, err := db.PickMark(t.Context(), sc); err != nil || mark == list.Mark {
		t.Errorf("the mark stays %q, %v", mark, err)
	}
	if _, err := db.Undo(t.Context(), store.Undo{Movement: r.Movements[1].ID, WholeAct: true, RequestID: "undo", By: storetest.Staff}); err != nil {
		t.Fatal(err)
	}
	if at(t, db, a.ID, storetest.Home) != units(10) || at(t, db, b.ID, storetest.Home) != units(10) || sheet(t, db, first).Lines[0].Issued != 0 {
		t.Error("the undo of all left something taken")
	}
}
