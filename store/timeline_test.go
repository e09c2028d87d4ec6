package store_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// apply takes a snapshot over for a cause, and returns the job's timeline.
func applyFrom(t *testing.T, db *store.DB, from store.SyncCause, s store.JobSnapshot) store.Timeline {
	t.Helper()
	applied, err := db.ApplyJobs(t.Context(), from, []store.JobSnapshot{s})
	if err != nil {
		t.Fatal(err)
	}
	return timeline(t, db, applied[0].Job)
}

func timeline(t *testing.T, db *store.DB, id store.JobID) store.Timeline {
	t.Helper()
	tl, err := db.Timeline(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return tl
}

var storm = store.SyncCause{Source: store.SourceWebhook, Topic: "JOB_UPDATE", SentAt: time.Unix(2e9, 0).UTC()}

func TestTimelineTellsEachChange(t *testing.T) {
	at := time.Date(2031, 3, 4, 8, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		name   string
		change func(*store.JobSnapshot)
		result store.SyncResult
		tells  string // fields, lines and demand, in this order
	}{
		{"nothing", func(s *store.JobSnapshot) {}, store.SyncSame, ""},
		{"only the time of the change", func(s *store.JobSnapshot) { s.UpdatedAt = at }, store.SyncSame, ""},
		{"renamed client", func(s *store.JobSnapshot) { s.Client.Name = "Karen Smith" }, store.SyncChanged, "Customer: Karen Miller > Karen Smith"},
		{"moved", func(s *store.JobSnapshot) { s.Address.Street1 = "1 Elm St" }, store.SyncChanged,
			"Address: 418 Alder Street, Cedar Falls, IA 50613 > 1 Elm St, Cedar Falls, IA 50613"},
		{"rescheduled", func(s *store.JobSnapshot) {
			s.StartAt = s.StartAt.AddDate(0, 0, 1)
			s.Visits = []store.Visit{s.Visits[0]}
			s.Visits[0].StartAt = s.StartAt
		}, store.SyncChanged, "Starts: 4 08:00 > 5 08:00; Visit: 4 08:00 > 5 08:00"},
		{"closed", func(s *store.JobSnapshot) { s.Closed, s.Status, s.CompletedAt = true, "archived", at }, store.SyncChanged,
			"State here: open > closed; Status: upcoming > archived; Completed: none > 4 08:00; demand AB-1 2 > 0"},
		{"more of a line", func(s *store.JobSnapshot) { s.Lines[0].Qty = 5000 }, store.SyncChanged,
			"quantity AB-1 2 > 5, Needed: the line or its product has the item's SKU.; demand AB-1 2 > 5"},
		{"none of a line", func(s *store.JobSnapshot) { s.Lines[0].Qty = 0 }, store.SyncChanged,
			"quantity AB-1 2 > 0, Not needed: the quantity is 0.; demand AB-1 2 > 0"},
		{"less than none", func(s *store.JobSnapshot) { s.Lines[0].Qty = -1000 }, store.SyncChanged,
			"quantity AB-1 2 > -1, Not needed from stock: less than nothing is no demand.; demand AB-1 2 > 0"},
		{"removed line", func(s *store.JobSnapshot) { s.Lines = s.Lines[1:] }, store.SyncChanged,
			"removed AB-1 2 > 2, Not needed: Jobber does not have this line any more.; demand AB-1 2 > 0"},
		{"line replaced", func(s *store.JobSnapshot) { s.Lines[0].Remote = "other" }, store.SyncChanged,
			"added AB-1 0 > 2, Needed: the line or its product has the item's SKU.; removed AB-1 2 > 2, Not needed: Jobber does not have this line any more."},
		{"added line", func(s *store.JobSnapshot) {
			s.Lines = append(s.Lines, storetest.Line("Labour", 3))
			s.Lines[2].Category = "SERVICE"
		},
			store.SyncChanged, "added Labour 0 > 3, Not needed from stock: a service."},
		{"renamed line", func(s *store.JobSnapshot) { s.Lines[1].Name = "Mystery 2" }, store.SyncChanged, "renamed Mystery 2 1 > 1, Not needed yet: nobody said which item it is."},
		{"another price", func(s *store.JobSnapshot) { s.Lines[1].UnitPrice = 5 }, store.SyncChanged, "text Mystery 1 > 1, Not needed yet: nobody said which item it is."},
		{"visit done, crew changed, another visit", func(s *store.JobSnapshot) {
			v := s.Visits[0]
			v.Complete, v.Crew = true, []string{"Sam"}
			s.Visits = []store.Visit{v, {Remote: "v2", Title: "Second"}}
		}, store.SyncChanged, "Visit: not done > done; Crew: Joe Lind > Sam; New visit: none > Second"},
		{"no visit", func(s *store.JobSnapshot) { s.Visits = nil }, store.SyncChanged, "Visit removed: A visit 4 08:00 > none"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			db := storetest.Open(t)
			storetest.Item(t, db, "AB-1", 9, 0)
			s := storetest.Snapshot(7, at, storetest.Line("AB-1", 2), storetest.Line("Mystery", 1))
			first := applyFrom(t, db, store.FromSweep, s).Entries[0]
			if got := told(t, db, first); first.Result != store.SyncCreated || !strings.Contains(got, "demand AB-1 0 > 2") {
				t.Errorf("the first entry is %+v", first)
			}
			s.Lines = append([]store.SnapshotLine(nil), s.Lines...)
			tt.change(&s)
			es := applyFrom(t, db, storm, s).Entries
			if len(es) != 2 {
				t.Fatalf("%d entries: %+v", len(es), es)
			}
			if es[0].Result != tt.result || told(t, db, es[0]) != tt.tells {
				t.Errorf("%s tells\n%q, want\n%q", es[0].Result, told(t, db, es[0]), tt.tells)
			}
			if es[0].From != storm || es[0].Said.Status != s.Status || es[0].Said.Lines != len(s.Lines) {
				t.Errorf("came from %+v, said %+v", es[0].From, es[0].Said)
			}
		})
	}
}

// told writes an entry's changes on one line.
func told(t *testing.T, db *store.DB, e store.SyncEntry) string {
	t.Helper()
	text := func(s string, at time.Time) string {
		if !at.IsZero() {
			s = strings.TrimSpace(s + " " + at.Format("2 15:04"))
		}
		if s == "" {
			return "none"
		}
		return s
	}
	var parts []string
	for _, f := range e.Fields {
		parts = append(parts, fmt.Sprintf("%s: %s > %s", f.Field, text(f.Old, f.OldAt), text(f.New, f.NewAt)))
	}
	for _, l := range e.Lines {
		parts = append(parts, fmt.Sprintf("%s %s %v > %v, %s", l.What, l.Name, l.Old, l.New, l.Why))
	}
	for _, d := range e.Demand {
		it, err := db.Stock(t.Context(), d.Item)
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, fmt.Sprintf("demand %s %v > %v", it.SKU, d.Before, d.After))
	}
	return strings.Join(parts, "; ")
}

// What brings nothing new is counted in one entry; a sweep that finds nothing is not noted at all.
func TestTimelineCountsWhatChangesNothing(t *testing.T) {
	db := storetest.Open(t)
	s := storetest.Snapshot(7, time.Time{})
	applyFrom(t, db, store.FromSweep, s)
	if es := applyFrom(t, db, store.FromSweep, s).Entries; len(es) != 1 {
		t.Fatalf("a sweep that found nothing: %+v", es)
	}
	for range 5 {
		applyFrom(t, db, storm, s)
	}
	es := applyFrom(t, db, store.FromPerson(store.Actor{Name: "ana"}, "r1"), s).Entries
	if len(es) != 2 || es[0].Times != 6 || es[0].From.By != "ana" || es[0].Since.IsZero() || es[0].Since.After(es[0].At) {
		t.Fatalf("six times nothing: %+v", es)
	}
	again := applyFrom(t, db, store.FromPerson(store.Actor{Name: "ana"}, "r1"), s).Entries
	if again[0].Times != 6 {
		t.Errorf("the same request twice counts %d", again[0].Times)
	}
	if e, ok, err := db.SyncOf(t.Context(), es[0].Job, "r1"); err != nil || !ok || e.ID != es[0].ID {
		t.Errorf("the entry of the request: %+v, %v, %v", e, ok, err)
	}
	if _, ok, err := db.SyncOf(t.Context(), es[0].Job, ""); err != nil || ok {
		t.Errorf("no request has an entry: %v, %v", ok, err)
	}
	s.Title = "Another"
	applyFrom(t, db, storm, s)
	if es := applyFrom(t, db, storm, s).Entries; len(es) != 4 || es[0].Times > 1 {
		t.Errorf("after a change it begins anew: %+v", es)
	}
}

func TestTimelineOfADeletedJob(t *testing.T) {
	db := storetest.Open(t)
	storetest.Item(t, db, "AB-1", 9, 0)
	s := storetest.Snapshot(7, time.Time{}, storetest.Line("AB-1", 2))
	id := applyFrom(t, db, store.FromSweep, s).ID
	for range 3 {
		if err := db.JobDeleted(t.Context(), storm, s.Account, s.Remote); err != nil {
			t.Fatal(err)
		}
	}
	es := timeline(t, db, id).Entries
	if len(es) != 3 || es[1].Result != store.SyncGone || told(t, db, es[1]) != "State here: open > deleted; demand AB-1 2 > 0" ||
		es[0].Result != store.SyncSame || es[0].Times != 2 {
		t.Errorf("%+v", es)
	}
	if err := db.JobDeleted(t.Context(), storm, s.Account, "never here"); err != nil {
		t.Error(err)
	}
	back := applyFrom(t, db, storm, s)
	if got := told(t, db, back.Entries[0]); got != "State here: deleted > open; demand AB-1 0 > 2" {
		t.Errorf("back again: %q", got)
	}
}

// An answer is no word of Jobber's, and changes what the job needs all the same.
func TestTimelineTellsOfAnswers(t *testing.T) {
	db := storetest.Open(t)
	it := storetest.Item(t, db, "AB-1", 9, 0)
	tl := applyFrom(t, db, store.FromSweep, storetest.Snapshot(7, time.Time{}, storetest.Line("Mystery", 2)))
	if _, err := db.AnswerLine(t.Context(), store.Answer{Line: tl.Lines[0].ID, Item: it.ID, Factor: 50000, By: store.Actor{Name: "ana"}}); err != nil {
		t.Fatal(err)
	}
	tl = timeline(t, db, tl.ID)
	e := tl.Entries[0]
	if e.From.Source != store.SourceMatch || e.From.By != "ana" || told(t, db, e) != "answered Mystery 2 > 2, Needed: ana said so.; demand AB-1 0 > 100" {
		t.Errorf("%+v: %s", e.From, told(t, db, e))
	}
	if l := tl.Lines[0]; len(l.Needs) != 1 || l.Needs[0] != (store.LineNeed{Item: it.ID, Qty: 100000}) || l.Why != "Needed: ana said so." || tl.Items[it.ID].SKU != "AB-1" {
		t.Errorf("the line: %+v", l)
	}
}

func TestTimelineIsBoundedPerJob(t *testing.T) {
	db := storetest.Open(t)
	s := storetest.Snapshot(7, time.Time{})
	for i := range 45 {
		s.Title = fmt.Sprint("Title ", i)
		applyFrom(t, db, storm, s)
	}
	s.Title, s.Instructions = strings.Repeat("é", 2000), strings.Repeat("long\n", 900)
	for i := range 70 {
		s.Lines = append(s.Lines, storetest.Line(fmt.Sprint("Line ", i), 1))
	}
	es := applyFrom(t, db, storm, s).Entries
	if len(es) != 40 || es[39].Fields[0].New != "Title 6" {
		t.Errorf("%d entries, the oldest %+v", len(es), es[len(es)-1])
	}
	if e := es[0]; len(e.Lines) != 30 || e.More != 40 || len(e.Fields[0].New) > 200 || len(e.Fields[1].New) > 200 {
		t.Errorf("a large change: %d lines and %d more, texts of %d and %d bytes", len(e.Lines), e.More, len(e.Fields[0].New), len(e.Fields[1].New))
	}
}

func TestSyncLog(t *testing.T) {
	db := storetest.Open(t)
	storetest.Item(t, db, "AB-1", 9, 0)
	for n := 1; n <= 7; n++ {
		storetest.Job(t, db, n, time.Time{}, storetest.Line("AB-1", 2))
	}
	first, err := db.SyncLog(t.Context(), 0, 5)
	if err != nil || len(first.Entries) != 5 || !first.More || first.Jobs[first.Entries[0].Job].Number != 7 || first.Items[1].SKU != "AB-1" {
		t.Errorf("%+v, %v", first, err)
	}
	rest, err := db.SyncLog(t.Context(), first.Entries[4].ID, 5)
	if err != nil || len(rest.Entries) != 2 || rest.More || rest.Jobs[rest.Entries[1].Job].Number != 1 {
		t.Errorf("%+v, %v", rest, err)
	}
}
