package store_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// again is a second line of the same name.
func again(l store.SnapshotLine) store.SnapshotLine {
	l.Remote += "-again"
	return l
}

// All that came back came back, on whichever of the item's lines it was booked.
func TestReturnFromTwoLinesOfOneItem(t *testing.T) {
	db := storetest.Open(t)
	it := storetest.Item(t, db, "AB-1", 20, 0)
	id := storetest.Job(t, db, 1, day(1, 8), storetest.Line("AB-1", 6), again(storetest.Line("AB-1", 4)))
	first := sheet(t, db, id).Lines[0].ID
	storetest.Book(t, db, store.Entry{Item: it.ID, Kind: store.Issue, Qty: units(8), Job: id, Line: first})
	act := store.JobAct{RequestID: "back", By: storetest.Staff, Job: id, Confirmed: true}
	if _, err := db.ReturnIssued(t.Context(), act); err != nil {
		t.Fatal(err)
	}
	for _, l := range sheet(t, db, id).Lines {
		if l.Issued != 0 || l.Remaining != l.Required {
			t.Errorf("line %v has %v, lacks %v of %v", l.ID, l.Issued, l.Remaining, l.Required)
		}
	}
	act.RequestID = "back again"
	if r, err := db.ReturnIssued(t.Context(), act); store.CodeOf(err) != store.Conflict {
		t.Errorf("a second return booked %+v, %v", r.Movements, err)
	}
	if got := at(t, db, it.ID, storetest.Home); got != units(20) {
		t.Errorf("%v at home, want 20", got)
	}
}

// Jobber makes a line anew when somebody edits the job there. What was taken on the old one was taken.
func TestALineMadeAnewAtJobber(t *testing.T) {
	db := storetest.Open(t)
	storetest.Item(t, db, "AB-1", 20, 0)
	snap := storetest.Snapshot(1, day(1, 8), storetest.Line("AB-1", 6))
	id := apply(t, db, store.FromSweep, snap).Job
	issueLine(t, db, id, sheet(t, db, id).Lines[0].ID, "take")
	snap.Lines = []store.SnapshotLine{again(storetest.Line("AB-1", 7))}
	apply(t, db, store.FromSweep, snap)
	s := sheet(t, db, id)
	if l := s.Lines[0]; l.Issued != units(6) || l.Remaining != units(1) || l.Removed {
		t.Errorf("the new line has %v, lacks %v: %+v", l.Issued, l.Remaining, l)
	}
	if l := s.Lines[1]; l.State != store.LineRemoved || l.Issued != 0 {
		t.Errorf("the old line is %v and has %v", l.State, l.Issued)
	}
	if lv := s.Lines[0].Stock.Level; lv.Allocated != units(1) {
		t.Errorf("allocated %v, want 1", lv.Allocated)
	}
}

// What came back beyond what went out is needed again by a line that is still there, not by one that Jobber removed: the
// job's page and the count of short jobs say the same.
func TestMoreCameBackAndALineIsRemoved(t *testing.T) {
	db := storetest.Open(t)
	it := storetest.Item(t, db, "AB-1", 8, 0)
	snap := storetest.Snapshot(1, day(1, 8), storetest.Line("AB-1", 10), again(storetest.Line("AB-1", 4)))
	id := apply(t, db, store.FromSweep, snap).Job
	snap.Lines = snap.Lines[:1]
	apply(t, db, store.FromSweep, snap)
	storetest.Book(t, db, store.Entry{Item: it.ID, Kind: store.Return, Qty: units(2), Job: id})
	s := sheet(t, db, id)
	if l := s.Lines[0]; l.Remaining != units(12) || l.State != store.LineShort || l.Short != units(2) {
		t.Errorf("the line lacks %v, %v of them are not here, it is %v; want 12, 2 and short", l.Remaining, l.Short, l.State)
	}
	if l := s.Lines[1]; l.Remaining != 0 || l.State != store.LineRemoved {
		t.Errorf("the removed line lacks %v and is %v", l.Remaining, l.State)
	}
	if today, err := db.Today(t.Context(), day(1, 7)); err != nil || today.ShortJobs != 1 {
		t.Errorf("%d jobs are short, want 1, %v", today.ShortJobs, err)
	}
	snap.Lines = []store.SnapshotLine{storetest.Line("AB-1", 0)}
	apply(t, db, store.FromSweep, snap)
	if l := sheet(t, db, id).Lines[0]; l.Remaining != 0 || l.Short != 0 {
		t.Errorf("a line that asks for none lacks %v, %v of them are not here", l.Remaining, l.Short)
	}
	if today, err := db.Today(t.Context(), day(1, 7)); err != nil || today.ShortJobs != 0 {
		t.Errorf("%d jobs are short, want none, %v", today.ShortJobs, err)
	}
}

// The second line goes to the shelf that still has it.
func TestTakeEverythingFromTwoShelves(t *testing.T) {
	db := storetest.Open(t)
	it := storetest.Item(t, db, "AB-1", 6, 0)
	shelf, err := db.CreatePlace(t.Context(), storetest.Staff, store.PlaceDraft{Name: "A-1", Kind: store.KindShelf, Parent: storetest.Home})
	if err != nil {
		t.Fatal(err)
	}
	storetest.Book(t, db, store.Entry{Item: it.ID, Kind: store.Receive, Qty: units(9), To: shelf.ID})
	id := storetest.Job(t, db, 1, day(1, 8), storetest.Line("AB-1", 5), again(storetest.Line("AB-1", 4)))
	_, short, err := db.IssueRemaining(t.Context(), store.JobAct{RequestID: "all", By: storetest.Staff, Job: id})
	if err != nil || short != 0 {
		t.Errorf("%d short, %v", short, err)
	}
	if at(t, db, it.ID, storetest.Home) != units(1) || at(t, db, it.ID, shelf.ID) != units(5) {
		t.Errorf("left: %v at home, %v on the shelf", at(t, db, it.ID, storetest.Home), at(t, db, it.ID, shelf.ID))
	}
}

func TestNothingIsTakenForAClosedJobUnasked(t *testing.T) {
	db := storetest.Open(t)
	storetest.Item(t, db, "AB-1", 6, 0)
	snap := storetest.Snapshot(7, day(1, 8), storetest.Line("AB-1", 5))
	snap.Closed = true
	id := apply(t, db, store.FromSweep, snap).Job
	_, _, err := db.IssueRemaining(t.Context(), store.JobAct{RequestID: "all", By: storetest.Staff, Job: id})
	if store.CodeOf(err) != store.Conflict || !strings.Contains(err.Error(), "Job #7 is closed") {
		t.Errorf("%v, want a word on the job being closed", err)
	}
}

func TestWaitingCountsAJobOnce(t *testing.T) {
	db := storetest.Open(t)
	snap := storetest.Snapshot(1, day(1, 8), storetest.Line("Romex", 2))
	apply(t, db, store.FromSweep, snap)
	storetest.Job(t, db, 2, day(1, 8), storetest.Line("Romex", 1))
	snap.Lines = append(snap.Lines, again(storetest.Line("Romex", 3)))
	apply(t, db, store.FromSweep, snap)
	if ws, err := db.Waiting(t.Context()); err != nil || len(ws) != 1 || ws[0].Jobs != 2 {
		t.Errorf("waiting = %+v, %v; want one answer for 2 jobs", ws, err)
	}
}

// Names without a letter or a figure are not all the same name.
func TestNamesOfSignsAlone(t *testing.T) {
	db := storetest.Open(t)
	it, err := db.CreateItem(t.Context(), storetest.Staff, store.ItemDraft{SKU: "X-1", Name: "***"})
	if err != nil {
		t.Fatal(err)
	}
	id := storetest.Job(t, db, 1, day(1, 8), storetest.Line("---", 1), storetest.Line("⚡", 1), storetest.Line("", 1))
	for _, l := range sheet(t, db, id).Lines {
		if l.State != store.LineUnmatched {
			t.Errorf("%q is %v %s", l.Name, l.State, l.Stock.SKU)
		}
	}
	first := sheet(t, db, id).Lines[0].ID
	if _, err := db.AnswerLine(t.Context(), store.Answer{Line: first, Item: it.ID, By: storetest.Staff}); err != nil {
		t.Fatal(err)
	}
	if l := sheet(t, db, id).Lines[1]; l.State != store.LineUnmatched {
		t.Errorf("the answer for --- settled %q as well", l.Name)
	}
}

func TestAHugeFactor(t *testing.T) {
	db := storetest.Open(t)
	it := storetest.Item(t, db, "AB-1", 5, 0)
	id := storetest.Job(t, db, 1, day(1, 8), storetest.Line("bulk", 900_000_000))
	line := sheet(t, db, id).Lines[0].ID
	if _, err := db.AnswerLine(t.Context(), store.Answer{Line: line, Item: it.ID, Factor: units(900_000_000), By: storetest.Staff}); err != nil {
		t.Fatal(err)
	}
	if l := sheet(t, db, id).Lines[0]; l.Required != units(1_000_000_000)-1 || l.Stock.Level.Allocated != l.Required {
		t.Errorf("required %v, allocated %v", l.Required, l.Stock.Level.Allocated)
	}
}

// Whatever Jobber says is taken in, once, and can be worked with.
func TestHostileJobs(t *testing.T) {
	db := storetest.Open(t)
	it := storetest.Item(t, db, "AB-1", 5, 0)
	var lines []store.SnapshotLine
	for i, name := range []string{strings.Repeat("long ", 1<<18), "zero\x00byte", "zero", "broken \xff\xfe", "\x1b[31mred\r\n", "",
		strings.Repeat("ж", 600), "<script>alert(1)</script>", "\u202eevil"} {
		l := storetest.Line(fmt.Sprint(i), 1)
		l.Name, l.Description, l.ProductName = name, name, name
		lines = append(lines, l)
	}
	long := storetest.Line("linked", 1)
	long.Product, long.ProductSKU = strings.Repeat("p", 40<<10), strings.Repeat("s", 40<<10)
	snap := storetest.Snapshot(-5, time.Unix(-1e9, 0), append(lines, long)...)
	snap.Remote = strings.Repeat("r", 40<<10)
	snap.Visits = []store.Visit{{Remote: "a"}, {Remote: "b", StartAt: time.Unix(-2e9, 0)}, {Remote: "c", StartAt: time.Unix(0, 0)}}
	snap.CompletedAt = time.Date(9999, 12, 31, 23, 59, 0, 0, time.FixedZone("", -6*3600)) // the year 10000 in UTC
	a := apply(t, db, store.FromSweep, snap)
	for i, l := range sheet(t, db, a.Job).Lines {
		if _, err := db.AnswerLine(t.Context(), store.Answer{Line: l.ID, Item: it.ID, By: storetest.Staff}); err != nil {
			t.Errorf("line %d: %v", i, err)
		}
	}
	if s, err := db.Stock(t.Context(), it.ID); err != nil || s.Level.Allocated != units(10) {
		t.Errorf("allocated %v, %v", s.Level.Allocated, err)
	}
	storetest.Job(t, db, 6, day(1, 8))
	for to, want := range map[int64]int{-5e8: 0, 1: 1} { // times before 1970 are all one
		page, err := db.ListJobs(t.Context(), store.JobFilter{To: time.Unix(to, 0)})
		if err != nil || len(page.Rows) != want {
			t.Errorf("%d jobs before second %d, want %d: %v", len(page.Rows), to, want, err)
		}
	}
	if _, err := db.JobRemote(t.Context(), snap.Account, snap.Remote); err != nil {
		t.Error(err)
	}
	if err := db.JobDeleted(t.Context(), store.FromWebhook, snap.Account, snap.Remote); err != nil {
		t.Error(err)
	}
	if a := apply(t, db, store.FromSweep, snap); !a.Changed || a.Created || sheet(t, db, a.Job).State != store.JobOpen {
		t.Errorf("a job that is there again: %+v", a)
	}
}
