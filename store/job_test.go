package store_test

import (
	"testing"
	"time"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// day returns a moment n days from a fixed one, in UTC.
func day(n, hour int) time.Time { return time.Date(2031, 3, 3+n, hour, 0, 0, 0, time.UTC) }

func sheet(t *testing.T, db *store.DB, id store.JobID) store.JobSheet {
	t.Helper()
	s, err := db.JobSheet(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func apply(t *testing.T, db *store.DB, cause store.SyncCause, s store.JobSnapshot) store.Applied {
	t.Helper()
	a, err := db.ApplyJobs(t.Context(), cause, []store.JobSnapshot{s})
	if err != nil {
		t.Fatal(err)
	}
	return a[0]
}

func issueLine(t *testing.T, db *store.DB, job store.JobID, line store.LineID, request string) store.Receipt {
	t.Helper()
	r, _, err := db.IssueRemaining(t.Context(), store.JobAct{RequestID: request, By: storetest.Staff, Job: job, Line: line, Confirmed: true})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestAnUnchangedSnapshotWritesNothing(t *testing.T) {
	db := storetest.Open(t)
	storetest.Item(t, db, "AB-1", 5, 0)
	snap := storetest.Snapshot(1042, day(1, 8), storetest.Line("AB-1", 2))
	if a := apply(t, db, store.FromSweep, snap); !a.Created || !a.Changed {
		t.Errorf("first time: %+v", a)
	}
	before, err := db.LastEvent(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if a := apply(t, db, store.FromSweep, snap); a.Created || a.Changed {
		t.Errorf("second time: %+v", a)
	}
	if after, err := db.LastEvent(t.Context()); err != nil || after != before {
		t.Errorf("events went from %v to %v (%v)", before, after, err)
	}
}

func TestWhatJobberChangesAndWhatStays(t *testing.T) {
	lines := func(ls ...store.SnapshotLine) []store.SnapshotLine { return ls }
	for _, tt := range []struct {
		name      string
		change    func(*store.JobSnapshot)
		state     store.JobState
		lines     []store.LineState // of AB-1 (6, all issued) and CD-2 (4, nothing issued), as they were
		allocated map[string]int64
	}{
		{"renamed client", func(s *store.JobSnapshot) { s.Client.Name = "Nguyen" }, store.JobOpen,
			[]store.LineState{store.LineIssued, store.LineOpen}, map[string]int64{"CD-2": 4}},
		{"line removed", func(s *store.JobSnapshot) { s.Lines = lines(s.Lines[1]) }, store.JobOpen,
			[]store.LineState{store.LineOpen, store.LineRemoved}, map[string]int64{"CD-2": 4}},
		{"all lines removed", func(s *store.JobSnapshot) { s.Lines = nil }, store.JobOpen,
			[]store.LineState{store.LineRemoved, store.LineRemoved}, nil},
		{"more of it", func(s *store.JobSnapshot) { s.Lines[0].Qty = units(9) }, store.JobOpen,
			[]store.LineState{store.LineOpen, store.LineOpen}, map[string]int64{"AB-1": 3, "CD-2": 4}},
		{"less of it", func(s *store.JobSnapshot) { s.Lines[0].Qty = units(2) }, store.JobOpen,
			[]store.LineState{store.LineIssued, store.LineOpen}, map[string]int64{"CD-2": 4}},
		{"zero is not one", func(s *store.JobSnapshot) { s.Lines[1].Qty = 0 }, store.JobOpen,
			[]store.LineState{store.LineIssued, store.LineNotStock}, nil},
		{"closed", func(s *store.JobSnapshot) { s.Closed, s.CompletedAt = true, day(1, 16) }, store.JobClosed,
			[]store.LineState{store.LineIssued, store.LineOpen}, nil},
		{"no date any more", func(s *store.JobSnapshot) { s.StartAt, s.EndAt, s.Visits = time.Time{}, time.Time{}, nil }, store.JobOpen,
			[]store.LineState{store.LineIssued, store.LineOpen}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			db := storetest.Open(t)
			items := []store.Item{storetest.Item(t, db, "AB-1", 20, 0), storetest.Item(t, db, "CD-2", 20, 0)}
			snap := storetest.Snapshot(1042, day(1, 8), storetest.Line("AB-1", 6), storetest.Line("CD-2", 4))
			id := apply(t, db, store.FromSweep, snap).Job
			issueLine(t, db, id, sheet(t, db, id).Lines[0].ID, "take")

			tt.change(&snap)
			if a := apply(t, db, store.FromWebhook, snap); a.Job != id || !a.Changed || a.Created {
				t.Errorf("applied %+v to job %v", a, id)
			}
			s := sheet(t, db, id)
			if s.State != tt.state {
				t.Errorf("job is %v, want %v", s.State, tt.state)
			}
			for i, want := range tt.lines {
				if s.Lines[i].State != want {
					t.Errorf("line %d is %v, want %v: %+v", i, s.Lines[i].State, want, s.Lines[i])
				}
			}
			var issued store.Qty
			for _, l := range s.Lines {
				issued += l.Issued
			}
			if issued != units(6) {
				t.Errorf("issued = %v, want the 6 that were taken", issued)
			}
			for _, it := range items {
				st, err := db.Stock(t.Context(), it.ID)
				if err != nil {
					t.Fatal(err)
				}
				if want := units(tt.allocated[it.SKU]); st.Level.Allocated != want {
					t.Errorf("%s: allocated %v, want %v", it.SKU, st.Level.Allocated, want)
				}
			}
		})
	}
}

func TestAReopenedJobNeedsItsMaterialsAgain(t *testing.T) {
	db := storetest.Open(t)
	it := storetest.Item(t, db, "AB-1", 20, 0)
	snap := storetest.Snapshot(1042, day(1, 8), storetest.Line("AB-1", 6))
	apply(t, db, store.FromSweep, snap)
	snap.Closed = true
	apply(t, db, store.FromSweep, snap)
	snap.Closed = false
	apply(t, db, store.FromSweep, snap)
	if s, err := db.Stock(t.Context(), it.ID); err != nil || s.Level.Allocated != units(6) {
		t.Errorf("allocated %v (%v), want 6", s.Level.Allocated, err)
	}
}

// The earlier job comes first: what it needs is not there for the later one.
func TestShortagesRunByDate(t *testing.T) {
	db := storetest.Open(t)
	it := storetest.Item(t, db, "AB-1", 10, 0)
	late := storetest.Job(t, db, 2, day(2, 8), storetest.Line("AB-1", 6))
	early := storetest.Job(t, db, 1, day(1, 8), storetest.Line("AB-1", 6))
	undated := storetest.Job(t, db, 3, time.Time{}, storetest.Line("AB-1", 1))
	for id, want := range map[store.JobID]store.Qty{early: 0, late: units(2), undated: units(1)} {
		if l := sheet(t, db, id).Lines[0]; l.Short != want {
			t.Errorf("job %v is short by %v, want %v (there: %v)", id, l.Short, want, l.There)
		}
	}
	today, err := db.Today(t.Context(), day(0, 12))
	if err != nil {
		t.Fatal(err)
	}
	if today.ShortJobs != 1 {
		t.Errorf("%d short jobs, want 1", today.ShortJobs)
	}
	needs, err := db.ItemSheet(t.Context(), it.ID, 0)
	if err != nil {
		t.Fatal(err)
	}
	var left []store.Qty
	for _, n := range needs.Needs {
		left = append(left, n.Left)
	}
	if len(left) != 3 || left[0] != units(4) || left[1] != units(-2) || left[2] != units(-3) {
		t.Errorf("left after each job: %v", left)
	}
}

func TestTakeEverythingThatIsHere(t *testing.T) {
	db := storetest.Open(t)
	a, b := storetest.Item(t, db, "AB-1", 20, 0), storetest.Item(t, db, "CD-2", 3, 0)
	id := storetest.Job(t, db, 1042, day(1, 8), storetest.Line("AB-1", 6), storetest.Line("CD-2", 4), storetest.Line("unknown", 2))
	act := store.JobAct{RequestID: "all", By: storetest.Staff, Job: id}
	for range 2 {
		r, short, err := db.IssueRemaining(t.Context(), act)
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Movements) != 2 || short != 1 {
			t.Errorf("%d movements, %d short; want 2 and 1", len(r.Movements), short)
		}
	}
	if at(t, db, a.ID, storetest.Home) != units(14) || at(t, db, b.ID, storetest.Home) != 0 {
		t.Errorf("on hand %v and %v", at(t, db, a.ID, storetest.Home), at(t, db, b.ID, storetest.Home))
	}
	r, err := db.ReturnIssued(t.Context(), store.JobAct{RequestID: "back", By: storetest.Staff, Job: id})
	if err != nil || len(r.Movements) != 2 {
		t.Fatalf("back: %+v, %v", r, err)
	}
	if at(t, db, a.ID, storetest.Home) != units(20) || at(t, db, b.ID, storetest.Home) != units(3) {
		t.Error("not everything came back")
	}
	act.RequestID = "again"
	if _, err := db.ReturnIssued(t.Context(), act); store.CodeOf(err) != store.Conflict {
		t.Errorf("nothing is out: %v, want a conflict", err)
	}
}

// Two lines of the same item share what was taken for the job.
func TestLinesOfOneItem(t *testing.T) {
	db := storetest.Open(t)
	it := storetest.Item(t, db, "AB-1", 20, 0)
	other := storetest.Line("AB-1", 4)
	other.Remote = "second line"
	id := storetest.Job(t, db, 1042, day(1, 8), storetest.Line("AB-1", 6), other)
	storetest.Book(t, db, store.Entry{Item: it.ID, Kind: store.Issue, Qty: units(8), Job: id})
	s := sheet(t, db, id)
	if s.Lines[0].Issued != units(6) || s.Lines[1].Issued != units(2) || s.Lines[1].Remaining != units(2) {
		t.Errorf("lines = %+v", s.Lines)
	}
}

func TestMatching(t *testing.T) {
	db := storetest.Open(t)
	storetest.Item(t, db, "BRK-20-1P", 20, 0)
	if _, err := db.CreateItem(t.Context(), storetest.Staff, store.ItemDraft{SKU: "X-1", Name: "Copper elbow 90°, 1/2 in"}); err != nil {
		t.Fatal(err)
	}
	service, discount := storetest.Line("Labour", 3), storetest.Line("Discount", -1)
	service.Category = store.CategoryService
	bySKU := storetest.Line("Breaker for the panel", 1)
	bySKU.Product, bySKU.ProductSKU = "p1", "brk-20-1p"
	id := storetest.Job(t, db, 1, day(1, 8), service, discount, bySKU,
		storetest.Line("Breaker (BRK-20-1P), 1-pole", 2), storetest.Line(`copper ELBOW 90°, ½"`, 2), storetest.Line("Something else", 2))
	want := []struct {
		state store.LineState
		sku   string
	}{{store.LineNotStock, ""}, {store.LineNotStock, ""}, {store.LineOpen, "BRK-20-1P"}, {store.LineOpen, "BRK-20-1P"},
		{store.LineShort, "X-1"}, {store.LineUnmatched, ""}}
	for i, l := range sheet(t, db, id).Lines {
		if l.State != want[i].state || l.Stock.SKU != want[i].sku || (l.How == "") != (l.State == store.LineUnmatched) {
			t.Errorf("%q is %v %q (%q), want %+v", l.Name, l.State, l.Stock.SKU, l.How, want[i])
		}
	}
}

func TestAnAnswerHoldsForAllJobs(t *testing.T) {
	db := storetest.Open(t)
	it := storetest.Item(t, db, "NM-12-2", 500, 0)
	one := storetest.Job(t, db, 1, day(1, 8), storetest.Line("Romex 12-2", 2))
	storetest.Job(t, db, 2, day(2, 8), storetest.Line("ROMEX  12-2", 1), storetest.Line("Other", 1))
	waiting, err := db.Waiting(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(waiting) != 2 || waiting[0].Jobs != 2 || waiting[0].First.Number != 1 {
		t.Fatalf("waiting = %+v", waiting)
	}
	res, err := db.AnswerLine(t.Context(), store.Answer{Line: waiting[0].Line, Item: it.ID, Factor: units(50), By: storetest.Staff})
	if err != nil || res.Jobs != 2 {
		t.Fatalf("%+v, %v", res, err)
	}
	if l := sheet(t, db, one).Lines[0]; l.Required != units(100) || l.Stock.ID != it.ID {
		t.Errorf("line = %+v", l)
	}
	later := storetest.Job(t, db, 3, day(3, 8), storetest.Line("romex 12-2", 1)) // nobody is asked twice
	l := sheet(t, db, later).Lines[0]
	if l.Required != units(50) {
		t.Errorf("a later job's line = %+v", l)
	}
	if s, err := db.Stock(t.Context(), it.ID); err != nil || s.Level.Allocated != units(200) {
		t.Errorf("allocated %v (%v), want 200", s.Level.Allocated, err)
	}
	if _, err := db.ForgetAnswer(t.Context(), store.Recall{Line: l.ID, By: storetest.Staff}); err != nil {
		t.Fatal(err)
	}
	if s, err := db.Stock(t.Context(), it.ID); err != nil || s.Level.Allocated != 0 {
		t.Errorf("after forgetting: allocated %v (%v), want 0", s.Level.Allocated, err)
	}
	if _, err := db.AnswerLine(t.Context(), store.Answer{Line: l.ID, NotStock: true, By: storetest.Staff}); err != nil {
		t.Fatal(err)
	}
	if waiting, err = db.Waiting(t.Context()); err != nil || len(waiting) != 1 || waiting[0].Name != "Other" {
		t.Errorf("waiting = %+v, %v", waiting, err)
	}
	if _, err := db.CreateItem(t.Context(), storetest.Staff, store.ItemDraft{SKU: "O-1", Name: "Other"}); err != nil {
		t.Fatal(err)
	}
	if waiting, err = db.Waiting(t.Context()); err != nil || len(waiting) != 0 {
		t.Errorf("an item of that name came, and still there wait %+v, %v", waiting, err)
	}
}

func TestListJobs(t *testing.T) {
	db := storetest.Open(t)
	storetest.Job(t, db, 1, day(0, 8))
	storetest.Job(t, db, 2, day(1, 8))
	two := storetest.Snapshot(3, day(0, 9))
	two.Visits = append(two.Visits, store.Visit{Remote: "second", StartAt: day(1, 7)})
	apply(t, db, store.FromSweep, two)
	storetest.Job(t, db, 4, time.Time{})
	done := storetest.Snapshot(5, day(-3, 8))
	done.Closed, done.CompletedAt = true, day(-3, 17)
	apply(t, db, store.FromSweep, done)
	storetest.Job(t, db, 6, day(0, 10))
	if err := db.JobDeleted(t.Context(), store.FromSweep, storetest.Account, "job-6"); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		f    store.JobFilter
		want []int
	}{
		{"today", store.JobFilter{From: day(0, 0), To: day(1, 0)}, []int{1, 3}},
		{"tomorrow", store.JobFilter{From: day(1, 0), To: day(2, 0)}, []int{3, 2}},
		{"both days, each job once", store.JobFilter{From: day(0, 0), To: day(2, 0)}, []int{1, 3, 2}},
		{"no date", store.JobFilter{Undated: true}, []int{4}},
		{"done", store.JobFilter{Done: true}, []int{5}},
		{"deleted", store.JobFilter{Deleted: true}, []int{6}},
		{"all", store.JobFilter{All: true}, []int{5, 4, 3, 2, 1}},
		{"second page", store.JobFilter{All: true, Size: 2, Page: 2}, []int{3, 2}},
		{"past the last page", store.JobFilter{All: true, Size: 2, Page: 9}, []int{1}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			page, err := db.ListJobs(t.Context(), tt.f)
			if err != nil {
				t.Fatal(err)
			}
			var got []int
			for _, r := range page.Rows {
				got = append(got, r.Number)
			}
			if len(got) != len(tt.want) {
				t.Fatalf("jobs %v, want %v", got, tt.want)
			}
			for i := range got {
				if got[i] != tt.want[i] {
					t.Fatalf("jobs %v, want %v", got, tt.want)
				}
			}
		})
	}
}
