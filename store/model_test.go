package store_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// TestRandomActs lets a few people do anything at once, and holds what the database says afterwards
// against a model that only adds up the receipts they got.
func TestRandomActs(t *testing.T) {
	const rounds, people, acts = 3, 4, 60
	seed := rand.Uint64()
	w := newWorld(t, seed)
	for round := range rounds {
		var wg sync.WaitGroup
		for p := range people {
			random := rand.New(rand.NewPCG(seed, uint64(round*people+p)))
			wg.Go(func() {
				for n := range acts {
					w.act(random, fmt.Sprintf("%d/%d/%d", round, p, n))
				}
			})
		}
		wg.Wait()
		w.compare(t)
		w.reopen(t)
		w.compare(t)
		if t.Failed() {
			t.Fatalf("in round %d of seed %d", round, seed)
		}
	}
	if len(w.booked) < rounds*people*acts/4 {
		t.Errorf("seed %d: only %d movements were booked", seed, len(w.booked))
	}
}

// A world is a database, and what people were told of it.
type world struct {
	path   string
	db     *store.DB
	ctx    context.Context
	items  []store.ItemID
	places []store.PlaceID

	mu       sync.Mutex
	booked   map[store.MovementID]store.Movement // by receipts
	receipts map[string]string                   // movements, by request
	faults   []error
}

func newWorld(t *testing.T, seed uint64) *world {
	w := &world{path: filepath.Join(t.TempDir(), "lwc.db"), ctx: t.Context(), places: []store.PlaceID{storetest.Home},
		booked: map[store.MovementID]store.Movement{}, receipts: map[string]string{}}
	w.open(t)
	for i, kind := range []store.PlaceKind{store.KindShelf, store.KindTruck, store.KindSite} {
		w.places = append(w.places, place(t, w.db, fmt.Sprint("Place ", i), kind, 0).ID)
	}
	for i := range 5 {
		d := store.ItemDraft{SKU: fmt.Sprintf("SKU-%d", i), Name: fmt.Sprint("Thing ", i), Unit: "ft", Minimum: units(int64(i * 3)), Place: w.places[i%3]}
		w.items = append(w.items, create(t, w.db, d).ID)
	}
	t.Cleanup(func() {
		if err := w.db.Close(); err != nil {
			t.Errorf("seed %d: %v", seed, err)
		}
	})
	return w
}

func (w *world) open(t *testing.T) {
	db, err := store.Open(w.path, store.Options{Secret: storetest.Secret(), Passes: 1})
	if err != nil {
		t.Fatal(err)
	}
	w.db = db
}

func (w *world) reopen(t *testing.T) {
	if err := w.db.Close(); err != nil {
		t.Fatal(err)
	}
	w.open(t)
}

// act does something. What a person may be refused is no fault; everything else is.
func (w *world) act(r *rand.Rand, request string) {
	by := store.Actor{ID: 1, Name: "ana"}
	var err error
	switch n := r.IntN(25); {
	case n < 9:
		a := store.Act{RequestID: request, By: by, Confirmed: r.IntN(4) > 0}
		for range 1 + r.IntN(3) {
			a.Entries = append(a.Entries, w.entry(r))
		}
		err = w.twice(r, request, func() (store.Receipt, error) { return w.db.Book(w.ctx, a) })
	case n < 12:
		u := store.Undo{Movement: store.MovementID(1 + r.IntN(200)), WholeAct: r.IntN(2) == 0, RequestID: request, By: by, Confirmed: true}
		err = w.twice(r, request, func() (store.Receipt, error) { return w.db.Undo(w.ctx, u) })
	case n < 14:
		a := store.JobAct{RequestID: request, By: by, Job: store.JobID(1 + r.IntN(6)), Confirmed: r.IntN(3) > 0}
		err = w.twice(r, request, func() (store.Receipt, error) {
			if n == 12 {
				r, _, err := w.db.IssueRemaining(w.ctx, a)
				return r, err
			}
			return w.db.ReturnIssued(w.ctx, a)
		})
	case n < 17:
		_, err = w.db.ApplyJobs(w.ctx, store.FromSweep, []store.JobSnapshot{w.snapshot(r), w.snapshot(r)})
	case n < 18:
		err = w.db.JobDeleted(w.ctx, store.FromWebhook, storetest.Account, fmt.Sprintf("job-%d", r.IntN(6)))
	case n < 19:
		a := store.Answer{Line: store.LineID(1 + r.IntN(20)), Item: w.item(r), NotStock: r.IntN(3) == 0, Factor: units(int64(r.IntN(3))), By: by}
		if _, err = w.db.AnswerLine(w.ctx, a); err == nil && r.IntN(3) == 0 {
			_, err = w.db.ForgetAnswer(w.ctx, store.Recall{Line: a.Line, By: by})
		}
	case n < 20:
		err = w.kit(r, by)
	case n < 23:
		err = w.count(r, request, by, n == 22)
	case n < 24:
		account := []string{storetest.Account, "south"}[r.IntN(2)]
		err = w.db.JobberSwitched(w.ctx, by, store.Grant{AccountID: account, AccountName: account})
	default:
		_, err = w.db.ArchiveItem(w.ctx, by, w.item(r), r.IntN(2) == 0)
	}
	if store.CodeOf(err) == store.Internal {
		w.fault("act %s: %w", request, err)
	}
}

// kit makes a kit, changes one, or answers a line with one and perhaps takes that back.
func (w *world) kit(r *rand.Rand, by store.Actor) error {
	d := store.KitDraft{Name: fmt.Sprintf("kit %d", r.IntN(4)), Parts: []store.Part{{Item: w.item(r), Factor: store.Qty(1 + r.IntN(3000))}}}
	if more := w.item(r); more != d.Parts[0].Item {
		d.Parts = append(d.Parts, store.Part{Item: more, Factor: store.Qty(1 + r.IntN(3000))})
	}
	id := store.KitID(1 + r.IntN(4))
	switch r.IntN(3) {
	case 0:
		_, err := w.db.CreateKit(w.ctx, by, d)
		return err
	case 1:
		k, err := w.db.KitSheet(w.ctx, id)
		if err != nil {
			return err
		}
		d.Name = k.Name
		_, err = w.db.UpdateKit(w.ctx, by, id, k.Version, d)
		return err
	}
	res, err := w.db.AnswerLine(w.ctx, store.Answer{Line: store.LineID(1 + r.IntN(20)), Kit: id, By: by})
	if err == nil && r.IntN(3) == 0 {
		_, err = w.db.UndoAnswer(w.ctx, store.Recall{Answer: res.Answer, By: by})
	}
	return err
}

// count counts something, or finishes a count, or judges what waits.
func (w *world) count(r *rand.Rand, request string, by store.Actor, finish bool) error {
	scope := store.CountScope{Place: w.places[r.IntN(len(w.places))]}
	if finish {
		return w.twice(r, request, func() (store.Receipt, error) {
			got, _, err := w.db.FinishCount(w.ctx, store.CountFinish{RequestID: request, By: by, Scope: scope})
			return got, err
		})
	}
	waiting, err := w.db.Variances(w.ctx)
	if err != nil {
		return err
	}
	if len(waiting) > 0 && r.IntN(2) == 0 {
		v := waiting[r.IntN(len(waiting))]
		verdict := []store.CountVerdict{store.CountApproved, store.CountAgain, store.CountRejected}[r.IntN(3)]
		return w.twice(r, request, func() (store.Receipt, error) {
			return w.db.JudgeCount(w.ctx, store.CountJudgement{RequestID: request, By: by, Version: v.Version, Verdict: verdict,
				Spot: store.CountSpot{Place: v.Place.ID, Item: v.Item.ID}})
		})
	}
	sheet, err := w.db.CountSheet(w.ctx, store.CountAsk{Scope: scope, Page: 1})
	if err != nil || len(sheet.Lines) == 0 {
		return err
	}
	l := sheet.Lines[r.IntN(len(sheet.Lines))]
	return w.db.TallyCount(w.ctx, store.CountAnswer{Item: l.Item.ID, Place: l.Place.ID, Counted: units(int64(r.IntN(60))), Seen: sheet.Seen, By: by})
}

// twice sends the same request once or again, and takes note of what was booked.
func (w *world) twice(r *rand.Rand, request string, send func() (store.Receipt, error)) error {
	for range 1 + r.IntN(2) {
		receipt, err := send()
		if err != nil {
			return err
		}
		w.note(request, receipt)
	}
	return nil
}

func (w *world) note(request string, r store.Receipt) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var ids []store.MovementID
	for _, m := range r.Movements {
		ids = append(ids, m.ID)
		if _, known := w.booked[m.ID]; known != r.Repeated {
			w.faults = append(w.faults, fmt.Errorf("request %s: movement %v, repeated %v", request, m.ID, r.Repeated))
		}
		w.booked[m.ID] = m
	}
	said := fmt.Sprint(ids)
	if before, ok := w.receipts[request]; ok && before != said {
		w.faults = append(w.faults, fmt.Errorf("request %s was answered %s and then %s", request, before, said))
	}
	w.receipts[request] = said
}

func (w *world) fault(format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.faults = append(w.faults, fmt.Errorf(format, args...))
}

func (w *world) item(r *rand.Rand) store.ItemID   { return w.items[r.IntN(len(w.items))] }
func (w *world) place(r *rand.Rand) store.PlaceID { return w.places[r.IntN(len(w.places))] }

func (w *world) entry(r *rand.Rand) store.Entry {
	kinds := []store.Kind{store.Receive, store.Receive, store.Issue, store.Return, store.Transfer, store.Adjust, store.Count, store.ScrapKind}
	e := store.Entry{Item: w.item(r), Kind: kinds[r.IntN(len(kinds))], Qty: store.Qty(r.IntN(20_000)), Reason: "why not"}
	if r.IntN(3) == 0 {
		e.From = w.place(r)
	}
	if r.IntN(3) == 0 || e.Kind == store.Transfer {
		e.To = w.place(r)
	}
	if slices.Contains([]store.Kind{store.Issue, store.Return, store.ScrapKind}, e.Kind) {
		e.Job = store.JobID(r.IntN(8)) // 0: none; the last may not be there
		if e.Kind == store.Return {
			e.From = 0
		} else {
			e.To = 0
		}
	}
	return e
}

func (w *world) snapshot(r *rand.Rand) store.JobSnapshot {
	start := time.Time{}
	if r.IntN(3) > 0 {
		start = day(r.IntN(9), 8)
	}
	s := storetest.Snapshot(r.IntN(6), start)
	for i := range r.IntN(5) {
		l := storetest.Line([]string{"SKU-0", "SKU-1", "thing 2", "Unknown", "Labour"}[r.IntN(5)], int64(r.IntN(9)-1))
		l.Remote = fmt.Sprint("line ", i)
		s.Lines = append(s.Lines, l)
	}
	s.Closed = r.IntN(5) == 0
	return s
}

// compare holds the database against the model.
func (w *world) compare(t *testing.T) {
	t.Helper()
	for _, err := range w.faults {
		t.Error(err)
	}
	if err := w.db.Check(w.ctx); err != nil {
		t.Error(err)
	}
	want := map[store.ItemID]map[store.PlaceID]store.Qty{}
	undone := map[store.MovementID]int{}
	for _, m := range w.booked {
		if want[m.Item] == nil {
			want[m.Item] = map[store.PlaceID]store.Qty{}
		}
		want[m.Item][m.From] -= m.Qty
		want[m.Item][m.To] += m.Qty
		if m.Reverses != 0 {
			undone[m.Reverses]++
		}
	}
	for id, n := range undone {
		if n != 1 {
			t.Errorf("movement %v was undone %d times", id, n)
		}
	}
	for _, id := range w.items {
		w.compareItem(t, id, want[id])
	}
	w.compareShort(t)
	acts, more, err := w.db.History(w.ctx, 0, 100_000)
	if err != nil || more || len(acts) != len(w.booked) {
		t.Errorf("the ledger has %d entries, and %d were answered: %v", len(acts), len(w.booked), err)
	}
	for _, e := range acts {
		if got, was := e.Movement, w.booked[e.ID]; !got.At.Equal(was.At) || fmt.Sprint(got) != fmt.Sprint(was) {
			t.Errorf("the ledger says\n%+v, and the receipt said\n%+v", got, was)
		}
	}
}

// compareShort holds the short jobs of a week, as the first page counts them, against what each job says of itself.
func (w *world) compareShort(t *testing.T) {
	for from := range 3 {
		today, err := w.db.Today(w.ctx, day(from, 12))
		if err != nil {
			t.Error(err)
			return
		}
		page, err := w.db.ListJobs(w.ctx, store.JobFilter{From: day(from, 0), To: day(from+8, 0), Size: 1000})
		if err != nil {
			t.Error(err)
			return
		}
		want := 0
		for _, r := range page.Rows {
			if r.Tally.Short > 0 {
				want++
			}
		}
		if today.ShortJobs != want {
			t.Errorf("%d jobs from day %d on are short, want %d", today.ShortJobs, from, want)
		}
	}
}

func (w *world) compareItem(t *testing.T, id store.ItemID, want map[store.PlaceID]store.Qty) {
	s, err := w.db.ItemSheet(w.ctx, id, 0)
	if err != nil {
		t.Error(err)
		return
	}
	at := map[store.PlaceID]store.Qty{}
	var sum, allocated store.Qty
	for _, b := range s.At {
		at[b.Place.ID] = b.OnHand
		sum += b.OnHand
	}
	for _, p := range w.places {
		if at[p] != want[p] {
			t.Errorf("%s at place %v: %v, want %v", s.SKU, p, at[p], want[p])
		}
	}
	for _, n := range s.Needs {
		if n.Job.Dated() {
			allocated += n.Remaining
		}
		w.compareNeed(t, id, n)
	}
	if s.Level != (store.Level{OnHand: sum, Allocated: allocated}) {
		t.Errorf("%s: level %+v, want %v on hand and %v allocated", s.SKU, s.Level, sum, allocated)
	}
	state, available := store.StateOK, sum-allocated
	switch {
	case s.Archived || s.Minimum == 0 || available >= s.Minimum:
	case available <= 0:
		state = store.StateOut
	default:
		state = store.StateLow
	}
	if s.State != state {
		t.Errorf("%s with %v of at least %v is %v, want %v", s.SKU, available, s.Minimum, s.State, state)
	}
}

// compareNeed adds up what a job's page says of an item: it is what the item's page says of the job.
func (w *world) compareNeed(t *testing.T, id store.ItemID, n store.Need) {
	s, err := w.db.JobSheet(w.ctx, n.Job.ID)
	if err != nil {
		t.Error(err)
		return
	}
	var required, issued, remaining store.Qty
	for _, l := range s.Lines {
		if l.Stock.ID == id {
			required, issued, remaining = required+l.Required, issued+l.Issued, remaining+l.Remaining
		}
	}
	if required != n.Required || issued != n.Issued || remaining != n.Remaining {
		var lines []string
		for _, l := range s.Lines {
			lines = append(lines, fmt.Sprintf("%v of %v: required %v, issued %v, remaining %v", l.ID, l.Stock.SKU, l.Required, l.Issued, l.Remaining))
		}
		t.Errorf("item %v for job %v: needs %v, has %v, lacks %v; its lines say %v, %v, %v\n%s", id, n.Job.ID, n.Required, n.Issued,
			n.Remaining, required, issued, remaining, strings.Join(lines, "\n"))
	}
}
