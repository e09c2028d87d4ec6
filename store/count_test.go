package store_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

var (
	ana  = store.Actor{ID: 1, Name: "ana"}
	dana = store.Actor{ID: 2, Name: "dana"}
)

// seen is the newest movement, as a page shows it to whoever counts.
func seen(t *testing.T, db *store.DB) store.MovementID {
	t.Helper()
	return countOf(t, db, store.CountAsk{}).Seen
}

func countOf(t *testing.T, db *store.DB, ask store.CountAsk) store.CountSheet {
	t.Helper()
	s, err := db.CountSheet(t.Context(), ask)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// tally counts as ana.
func tally(t *testing.T, db *store.DB, item store.ItemID, place store.PlaceID, counted int64) {
	t.Helper()
	err := db.TallyCount(t.Context(), store.CountAnswer{Item: item, Place: place, Counted: units(counted), Seen: seen(t, db), By: ana})
	if err != nil {
		t.Fatal(err)
	}
}

// finish ends the count of everything.
func finish(t *testing.T, db *store.DB, request string, approves bool) (store.Receipt, int, error) {
	t.Helper()
	return db.FinishCount(t.Context(), store.CountFinish{RequestID: request, By: ana, Approves: approves})
}

func mustFinish(t *testing.T, db *store.DB, request string) store.Receipt {
	t.Helper()
	r, waiting, err := finish(t, db, request, true)
	if err != nil || waiting != 0 {
		t.Fatalf("finish: %v, %d wait", err, waiting)
	}
	return r
}

// saysOf is a sheet in short: "AB-1 5, CD-2 2=3?, … | left open differ waiting | current".
func saysOf(s store.CountSheet) string {
	var lines []string
	for _, l := range s.Lines {
		text := fmt.Sprint(l.Item.SKU, " ", l.Books)
		if l.Done {
			text += fmt.Sprint("=", l.Tally.Counted)
		}
		if l.Tally.Waits {
			text += "?"
		}
		lines = append(lines, text)
	}
	current := ""
	if s.Current.Item.ID != 0 {
		current = s.Current.Item.SKU
	}
	return fmt.Sprintf("%s | %d left, %d open, %d differ, %d wait | %s", strings.Join(lines, ", "), s.Left, s.Open, s.Differ, s.Waiting, current)
}

// A count goes line by line, survives everything until it is finished, and is booked once.
func TestCount(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lwc.db")
	db, err := store.Open(path, store.Options{Secret: storetest.Secret(), Passes: 1})
	if err != nil {
		t.Fatal(err)
	}
	shelf := place(t, db, "B2", store.KindShelf, storetest.Home).ID
	a, b := storetest.Item(t, db, "AB-1", 0, 0), storetest.Item(t, db, "CD-2", 0, 0)
	storetest.Item(t, db, "EF-3", 7, 0) // elsewhere
	for item, n := range map[store.ItemID]int64{a.ID: 5, b.ID: 3} {
		storetest.Book(t, db, store.Entry{Item: item, Kind: store.Receive, Qty: units(n), To: shelf})
	}
	ask := store.CountAsk{Scope: store.CountScope{Place: shelf}}
	says := func(want string, ask store.CountAsk) {
		t.Helper()
		if got := saysOf(countOf(t, db, ask)); got != want {
			t.Errorf("the count says %q, want %q", got, want)
		}
	}
	says("AB-1 5, CD-2 3 | 2 left, 0 open, 0 differ, 0 wait | AB-1", ask)
	if err := db.TallyCount(t.Context(), store.CountAnswer{Item: a.ID, Place: shelf, Right: true, Seen: seen(t, db), By: ana}); err != nil {
		t.Fatal(err)
	}
	ask.At, ask.Next = store.CountSpot{Place: shelf, Item: a.ID}, true
	says("AB-1 5=5, CD-2 3 | 1 left, 1 open, 0 differ, 0 wait | CD-2", ask)
	tally(t, db, b.ID, shelf, 2)
	tally(t, db, b.ID, shelf, 2) // a second tap

	if err := db.Close(); err != nil { // the battery dies
		t.Fatal(err)
	}
	db = storetest.OpenAt(t, path)
	says("AB-1 5=5, CD-2 3=2 | 0 left, 2 open, 1 differ, 0 wait | ", ask)

	for range 2 { // a second tap
		r, waiting, err := db.FinishCount(t.Context(), store.CountFinish{RequestID: "f", By: ana, Scope: ask.Scope})
		if err != nil || waiting != 0 || len(r.Movements) != 2 {
			t.Fatalf("finished %+v, %d wait, %v", r, waiting, err)
		}
		m := r.Movements[1]
		if m.Item != b.ID || m.Kind != store.Count || m.Counted != units(2) || m.Was != units(3) || m.Qty != units(1) || m.By != ana || m.Reason != "Regular count" {
			t.Errorf("booked %+v", m)
		}
	}
	says("AB-1 5, CD-2 2 | 2 left, 0 open, 0 differ, 0 wait | AB-1", store.CountAsk{Scope: ask.Scope})
	if l := countOf(t, db, ask).Lines[0]; l.Counted.IsZero() {
		t.Error("the line does not say when it was last counted")
	}
	if _, _, err := finish(t, db, "g", false); store.CodeOf(err) != store.Conflict {
		t.Errorf("finish without anything counted: %v", err)
	}
}

// A count holds for the moment it was counted.
func TestCountWhileStockMoves(t *testing.T) {
	const home = storetest.Home
	for _, tt := range []struct {
		name  string
		since []store.Entry // booked after 9 of 10 were counted
		undo  bool          // of the last of them
		want  int64         // on hand after the finish
		again bool          // the count is void, and asked for again
	}{
		{"nothing", nil, false, 9, false},
		{"some were taken", []store.Entry{{Kind: store.Issue, Qty: units(4)}}, false, 5, false},
		{"some came", []store.Entry{{Kind: store.Receive, Qty: units(4)}}, false, 13, false},
		{"taken and undone", []store.Entry{{Kind: store.Issue, Qty: units(4)}}, true, 9, false},
		{"all taken, and the missing one is below zero", []store.Entry{{Kind: store.Issue, Qty: units(10)}}, false, -1, true},
		{"the books were corrected", []store.Entry{{Kind: store.Adjust, From: home, Qty: units(1), Reason: "missing"}}, false, 9, true},
		{"it was counted again", []store.Entry{{Kind: store.Count, Qty: units(8)}}, false, 8, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			db := storetest.Open(t)
			it, other := storetest.Item(t, db, "AB-1", 10, 0), storetest.Item(t, db, "CD-2", 1, 0)
			tally(t, db, it.ID, home, 9)
			tally(t, db, other.ID, home, 1) // so that there is always something to finish
			for i, e := range tt.since {
				e.Item = it.ID
				m := storetest.Book(t, db, e)
				if tt.undo && i == len(tt.since)-1 {
					if _, err := db.Undo(t.Context(), store.Undo{Movement: m.ID, RequestID: "u", By: dana}); err != nil {
						t.Fatal(err)
					}
				}
			}
			mustFinish(t, db, "f")
			if got := at(t, db, it.ID, home); got != units(tt.want) {
				t.Errorf("on hand %v, want %d", got, tt.want)
			}
			if again := due(t, db) != ""; again != tt.again {
				t.Errorf("to be counted: %q", due(t, db))
			}
		})
	}
}

// What an undo takes back that was booked before the count may have been on the shelf or not: it is counted again.
func TestUndoOfSomethingOlderVoidsACount(t *testing.T) {
	db := storetest.Open(t)
	it := storetest.Item(t, db, "AB-1", 10, 0)
	taken := storetest.Book(t, db, store.Entry{Item: it.ID, Kind: store.Issue, Qty: units(4)})
	tally(t, db, it.ID, storetest.Home, 10)
	if _, err := db.Undo(t.Context(), store.Undo{Movement: taken.ID, RequestID: "u", By: ana}); err != nil {
		t.Fatal(err)
	}
	if got := due(t, db); got != "AB-1 at Warehouse: The books were corrected after it was counted" {
		t.Errorf("to be counted: %q", got)
	}
	if _, _, err := finish(t, db, "f", false); store.CodeOf(err) != store.Conflict || at(t, db, it.ID, storetest.Home) != units(10) {
		t.Errorf("finished with %v on hand, %v", at(t, db, it.ID, storetest.Home), err)
	}
}

// Between looking and tapping somebody else took some: nobody can tell whether before or after the count.
func TestCountOfWhatMovedSince(t *testing.T) {
	db := storetest.Open(t)
	it := storetest.Item(t, db, "AB-1", 10, 0)
	truck := place(t, db, "Truck 3", store.KindTruck, 0).ID
	looked := seen(t, db)
	answer := store.CountAnswer{Item: it.ID, Place: storetest.Home, Right: true, Seen: looked, By: ana}
	storetest.Book(t, db, store.Entry{Item: it.ID, Kind: store.Receive, Qty: units(1), To: truck}) // not there
	if err := db.TallyCount(t.Context(), answer); err != nil {
		t.Errorf("something came to the truck, and the shelf is refused: %v", err)
	}
	storetest.Book(t, db, store.Entry{Item: it.ID, Kind: store.Issue, Qty: units(2), From: storetest.Home})
	err := db.TallyCount(t.Context(), answer)
	if store.CodeOf(err) != store.Conflict || !strings.Contains(err.Error(), "booked 2 ea") || !strings.Contains(err.Error(), "now say 8 ea") {
		t.Errorf("two were taken meanwhile: %v", err)
	}
	answer.Seen = seen(t, db)
	if err := db.TallyCount(t.Context(), answer); err != nil {
		t.Errorf("looked again: %v", err)
	}
}

func TestCountAnswersAreChecked(t *testing.T) {
	db := storetest.Open(t)
	it := storetest.Item(t, db, "AB-1", 0, 0)
	storetest.Book(t, db, store.Entry{Item: it.ID, Kind: store.Issue, Qty: units(1)})
	for name, tt := range map[string]struct {
		store.CountAnswer
		code store.Code
	}{
		"no item":           {store.CountAnswer{Item: 9, Place: storetest.Home}, store.NotFound},
		"no place":          {store.CountAnswer{Item: it.ID, Place: 9}, store.NotFound},
		"a virtual end":     {store.CountAnswer{Item: it.ID, Place: store.Scrap}, store.NotFound},
		"below zero":        {store.CountAnswer{Item: it.ID, Place: storetest.Home, Counted: -1}, store.Invalid},
		"right, below zero": {store.CountAnswer{Item: it.ID, Place: storetest.Home, Right: true}, store.Invalid},
		"too much":          {store.CountAnswer{Item: it.ID, Place: storetest.Home, Counted: units(1e9)}, store.Invalid},
	} {
		tt.Seen = seen(t, db)
		if err := db.TallyCount(t.Context(), tt.CountAnswer); store.CodeOf(err) != tt.code {
			t.Errorf("%s: %v, want %s", name, err, tt.code)
		}
	}
	if _, err := db.CountSheet(t.Context(), store.CountAsk{Scope: store.CountScope{Place: 9}}); store.CodeOf(err) != store.NotFound {
		t.Errorf("the sheet of no place: %v", err)
	}
}

// A large difference waits for a manager, who approves it, has it counted again, or lets the books stand.
func TestVariances(t *testing.T) {
	db := storetest.Open(t)
	dear := create(t, db, store.ItemDraft{SKU: "DEAR", Name: "Dear thing", Cost: 60_0000}) // $60
	cheap := create(t, db, store.ItemDraft{SKU: "FREE", Name: "Cheap thing"})
	for _, it := range []store.Item{dear, cheap} {
		storetest.Book(t, db, store.Entry{Item: it.ID, Kind: store.Receive, Qty: units(100)})
	}
	judge := func(request string, it store.Item, version string, v store.CountVerdict) error {
		_, err := db.JudgeCount(t.Context(), store.CountJudgement{RequestID: request, By: dana,
			Spot: store.CountSpot{Place: storetest.Home, Item: it.ID}, Version: version, Verdict: v})
		return err
	}
	waiting := func(want ...string) []store.Variance {
		t.Helper()
		all, err := db.Variances(t.Context())
		if err != nil || len(all) != len(want) {
			t.Fatalf("%d wait, %v; want %v", len(all), err, want)
		}
		for i, v := range all {
			if v.Item.SKU != want[i] {
				t.Errorf("%d waits %s, want %s", i, v.Item.SKU, want[i])
			}
		}
		return all
	}
	tally(t, db, dear.ID, storetest.Home, 99)  // $60 less
	tally(t, db, cheap.ID, storetest.Home, 80) // 20 less
	if r, n, err := finish(t, db, "f1", false); err != nil || n != 0 || len(r.Movements) != 2 {
		t.Errorf("at the limit %d wait, %v", n, err)
	}
	tally(t, db, dear.ID, storetest.Home, 97) // $120 less
	tally(t, db, cheap.ID, storetest.Home, 101)
	if r, n, err := finish(t, db, "f2", false); err != nil || n != 2 || len(r.Movements) != 0 {
		t.Errorf("above the limit %d wait, %v", n, err)
	}
	if r, n, err := finish(t, db, "f2", false); err != nil || n != 2 || !r.Repeated {
		t.Errorf("a second tap: %d wait, %v", n, err)
	}
	both := waiting("FREE", "DEAR")
	if both[1].Worth != 120_0000 || both[1].Tally.By != ana {
		t.Errorf("the dear one: %+v", both[1])
	}
	if _, _, err := finish(t, db, "f3", true); store.CodeOf(err) != store.Conflict {
		t.Errorf("what waits is finished again: %v", err)
	}
	storetest.Book(t, db, store.Entry{Item: dear.ID, Kind: store.Issue, Qty: units(10)}) // it goes on meanwhile
	for range 2 {
		if err := judge("j1", dear, both[1].Version, store.CountApproved); err != nil {
			t.Fatal(err)
		}
	}
	if got := at(t, db, dear.ID, storetest.Home); got != units(87) {
		t.Errorf("approved: %v on hand, want 87", got)
	}
	if acts, err := db.LastActs(t.Context(), 1); err != nil || acts[0].By != ana || acts[0].Note != "Approved by dana" || acts[0].Counted != units(97) {
		t.Errorf("booked %+v, %v", acts, err)
	}
	if err := judge("j2", dear, both[1].Version, store.CountApproved); store.CodeOf(err) != store.NotFound {
		t.Errorf("approved twice: %v", err)
	}
	if err := judge("j3", cheap, "old", store.CountApproved); store.CodeOf(err) != store.Conflict {
		t.Errorf("an older count is approved: %v", err)
	}
	if err := judge("j3", cheap, both[0].Version, "perhaps"); store.CodeOf(err) != store.Invalid {
		t.Errorf("no verdict: %v", err)
	}
	if err := judge("j4", cheap, both[0].Version, store.CountAgain); err != nil || due(t, db) != "FREE at Warehouse: dana asks to count it again" {
		t.Errorf("count again: %v, %q", err, due(t, db))
	}
	waiting()
	tally(t, db, cheap.ID, storetest.Home, 1)
	if _, n, err := finish(t, db, "f5", false); err != nil || n != 1 {
		t.Fatal(n, err)
	}
	if err := judge("j5", cheap, waiting("FREE")[0].Version, store.CountRejected); err != nil || at(t, db, cheap.ID, storetest.Home) != units(80) || due(t, db) != "" {
		t.Errorf("rejected: %v, %v on hand, to be counted %q", err, at(t, db, cheap.ID, storetest.Home), due(t, db))
	}
	tally(t, db, cheap.ID, storetest.Home, 1)
	if r := mustFinish(t, db, "f6"); r.Movements[0].Was != units(80) { // by somebody who may approve
		t.Errorf("booked %+v", r)
	}
}

func TestCountRules(t *testing.T) {
	db := storetest.Open(t)
	for _, bad := range []store.CountRules{{Value: -1, Days: 1}, {Units: -1, Days: 1}, {Days: 0}, {Days: 99999}} {
		if err := db.SaveCountRules(t.Context(), dana, bad); store.CodeOf(err) != store.Invalid {
			t.Errorf("%+v: %v", bad, err)
		}
	}
	it := create(t, db, store.ItemDraft{SKU: "AB-1", Name: "Thing", Cost: 1_0000})
	for _, tt := range []struct {
		rules store.CountRules
		waits int
	}{{store.CountRules{Days: 1}, 1}, {store.CountRules{Days: 1, Value: 9_0000}, 1}, {store.CountRules{Days: 1, Value: 10_0000}, 0}, {store.CountRules{Days: 1, Off: true}, 0}} {
		if err := db.SaveCountRules(t.Context(), dana, tt.rules); err != nil {
			t.Fatal(err)
		}
		if r, err := db.CountRules(t.Context()); err != nil || r != tt.rules {
			t.Errorf("rules %+v, %v", r, err)
		}
		q := at(t, db, it.ID, storetest.Home)
		tally(t, db, it.ID, storetest.Home, int64(q/1000)+10)
		if _, n, err := finish(t, db, fmt.Sprint(tt), false); err != nil || n != tt.waits {
			t.Errorf("%+v: %d wait, %v", tt.rules, n, err)
		}
	}
}

// What to count is chosen by shelf, by category, by age, and by who asked.
func TestCountScopes(t *testing.T) {
	now := time.Date(2031, 3, 3, 8, 0, 0, 0, time.UTC)
	db, err := store.Open(filepath.Join(t.TempDir(), "lwc.db"), store.Options{Secret: storetest.Secret(), Passes: 1, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	aisle := place(t, db, "Aisle", store.KindShelf, storetest.Home).ID
	bin := place(t, db, "Bin", store.KindShelf, aisle).ID
	truck := place(t, db, "Truck", store.KindTruck, 0).ID
	pipe := create(t, db, store.ItemDraft{SKU: "PIPE", Name: "Pipe", Category: "Plumbing", Place: bin})
	wire := create(t, db, store.ItemDraft{SKU: "WIRE", Name: "Wire", Category: "Electrical", Place: aisle})
	create(t, db, store.ItemDraft{SKU: "NONE", Name: "Not here", Category: "Plumbing", Place: aisle})
	gone := create(t, db, store.ItemDraft{SKU: "GONE", Name: "Gone", Place: aisle})
	if _, err := db.ArchiveItem(t.Context(), ana, gone.ID, true); err != nil {
		t.Fatal(err)
	}
	for _, e := range []store.Entry{{Item: pipe.ID, To: bin}, {Item: pipe.ID, To: truck}, {Item: wire.ID, To: aisle}} {
		e.Kind, e.Qty = store.Receive, units(5)
		storetest.Book(t, db, e)
	}
	storetest.Book(t, db, store.Entry{Item: wire.ID, Kind: store.Count, Qty: units(4), To: aisle})
	storetest.Book(t, db, store.Entry{Item: pipe.ID, Kind: store.Issue, Qty: units(6), From: truck})
	lines := func(scope store.CountScope) string {
		t.Helper()
		var all []string
		for _, l := range countOf(t, db, store.CountAsk{Scope: scope}).Lines {
			all = append(all, l.Item.SKU+"@"+l.Place.Name)
		}
		return strings.Join(all, " ")
	}
	for _, tt := range []struct {
		after time.Duration
		scope store.CountScope
		want  string
	}{
		{0, store.CountScope{Place: aisle}, "NONE@Aisle WIRE@Aisle PIPE@Bin"},
		{0, store.CountScope{Place: bin}, "PIPE@Bin"},
		{0, store.CountScope{Category: "plumbing"}, "NONE@Aisle PIPE@Bin PIPE@Truck"},
		{0, store.CountScope{Category: "Plumbing", Place: truck}, "PIPE@Truck"},
		{0, store.CountScope{Stale: true}, "PIPE@Bin PIPE@Truck"},
		{91 * 24 * time.Hour, store.CountScope{Stale: true}, "WIRE@Aisle PIPE@Bin PIPE@Truck"},
		{0, store.CountScope{Due: true}, "PIPE@Truck"},
		{0, store.CountScope{}, "NONE@Aisle WIRE@Aisle PIPE@Bin PIPE@Truck"},
	} {
		now = now.Add(tt.after)
		if got := lines(tt.scope); got != tt.want {
			t.Errorf("%+v: %s, want %s", tt.scope, got, tt.want)
		}
		now = now.Add(-tt.after)
	}

	tally(t, db, wire.ID, aisle, 4)
	tally(t, db, pipe.ID, truck, 1)
	plan, err := db.CountPlan(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, g := range append(plan.Places, plan.Categories...) {
		said = append(said, fmt.Sprintf("%s.%d %d/%d/%d/%d", g.Name, g.Depth, g.Spots, g.Stale, g.Due, g.Open))
	}
	want := "Warehouse.0 2/1/0/1, Aisle.1 2/1/0/1, Bin.2 1/1/0/0, Truck.0 1/1/1/1, Electrical.0 1/0/0/1, Plumbing.0 2/2/0/0"
	want = strings.Replace(want, "Electrical.0 1/0/0/1", "Electrical.0 1/0/0/0", 1) // open counts are told by place
	if got := strings.Join(said, ", "); got != want || plan.CountTodo != (store.CountTodo{Due: 1, Open: 2}) || plan.Stale != 2 {
		t.Errorf("plan %s, %+v, %d stale\nwant %s", got, plan.CountTodo, plan.Stale, want)
	}
	if n, err := db.ThrowCount(t.Context(), ana, store.CountScope{Place: truck}); err != nil || n != 1 {
		t.Errorf("thrown away %d, %v", n, err)
	}
	if today, err := db.Today(t.Context(), now); err != nil || today.Counting != (store.CountTodo{Due: 1, Open: 1}) {
		t.Errorf("today %+v, %v", today.Counting, err)
	}
}

// The plan walks what stands and what was counted side by side: neither has all that the other has.
func TestPlanKnowsEachCount(t *testing.T) {
	db := storetest.Open(t)
	var ids []store.ItemID
	for _, sku := range []string{"GONE", "NEVER", "COUNTED", "TOO", "LAST"} {
		it := storetest.Item(t, db, sku, 5, 0)
		ids = append(ids, it.ID)
		if sku != "NEVER" && sku != "LAST" {
			storetest.Book(t, db, store.Entry{Item: it.ID, Kind: store.Count, Qty: units(5), To: storetest.Home})
		}
	}
	storetest.Book(t, db, store.Entry{Item: ids[0], Kind: store.Issue, Qty: units(5)})
	plan, err := db.CountPlan(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if plan.Stale != 2 || plan.Places[0].Spots != 4 || plan.Places[0].Stale != 2 {
		t.Errorf("%d stale, of %d spots %d, want 2, of 4 spots 2", plan.Stale, plan.Places[0].Spots, plan.Places[0].Stale)
	}
}

// A count longer than a page opens where it was left.
func TestLongCount(t *testing.T) {
	db := storetest.Open(t)
	var act store.Act
	for i := range 50 {
		it := create(t, db, store.ItemDraft{SKU: fmt.Sprintf("S-%02d", i), Name: fmt.Sprintf("Thing %02d", i)})
		act.Entries = append(act.Entries, store.Entry{Item: it.ID, Kind: store.Receive, Qty: units(1)})
	}
	act.RequestID = "r"
	if _, err := db.Book(t.Context(), act); err != nil {
		t.Fatal(err)
	}
	if s := countOf(t, db, store.CountAsk{}); s.Page != 1 || s.Pages != 2 || len(s.Lines) != 40 || s.Current.Item.SKU != "S-00" {
		t.Errorf("page %d of %d, %d lines, at %s", s.Page, s.Pages, len(s.Lines), s.Current.Item.SKU)
	}
	for i := range 45 {
		if i != 3 { // skipped
			tally(t, db, store.ItemID(i+1), storetest.Home, 1)
		}
	}
	for _, tt := range []struct {
		ask  store.CountAsk
		at   string
		page int
	}{
		{store.CountAsk{}, "S-03", 1},
		{store.CountAsk{Page: 2}, "S-03", 2},
		{store.CountAsk{At: store.CountSpot{Place: 1, Item: 45}, Next: true}, "S-45", 2},
		{store.CountAsk{At: store.CountSpot{Place: 1, Item: 50}, Next: true}, "S-03", 1},
		{store.CountAsk{At: store.CountSpot{Place: 1, Item: 20}}, "S-19", 1},
	} {
		if s := countOf(t, db, tt.ask); s.Current.Item.SKU != tt.at || s.Page != tt.page {
			t.Errorf("%+v: at %s on page %d, want %s on %d", tt.ask, s.Current.Item.SKU, s.Page, tt.at, tt.page)
		}
	}
}
