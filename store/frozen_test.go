package store

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// frozen is what every frozen file was written with.
func frozen() Options {
	now := time.Date(2031, 3, 3, 8, 0, 0, 0, time.UTC)
	return Options{Secret: []byte("a secret for tests, thirty-two bytes"), Passes: 1,
		Now: func() time.Time { now = now.Add(time.Second); return now }}
}

// openFrozen opens a new database like those; the test closes it.
func openFrozen(t *testing.T) *DB { return openWith(t, frozen()) }

var frozenBy = Actor{ID: 1, Name: "lee"}

// A frozenPart is what one subject writes into a frozen file, from a layout on, and how it is read back.
type frozenPart struct {
	since int // the layout that brought it
	write func(*testing.T, *DB) error
	read  func(*testing.T, *DB) // nil: another part's read looks at it
}

// frozenParts together leave no bucket empty.
func frozenParts() []frozenPart {
	return []frozenPart{
		{1, bookStock, nil},
		{1, takeJobs, nil},
		{1, signPeople, nil},
		{1, queueThings, readFirst},
		{2, answerLines, readAnswers},
		{2, keepProducts, readProducts},
		{2, walkPlaces, readPlaces},
		{2, tellOfJobs, readTimeline},
		{2, pickThings, readPicks},
		{2, standStations, readStations},
		{2, keepAudit, readAudit},
		{2, keepSecond, readSecond},
		{2, muteThings, readMutes},
		{2, postThings, readNews},
		{3, moveOften, readRuns},
	}
}

// fill writes something into every bucket of a new database.
func fill(t *testing.T, db *DB) {
	t.Helper()
	for _, part := range frozenParts() {
		if err := part.write(t, db); err != nil {
			t.Fatal(err)
		}
	}
}

func bookStock(t *testing.T, db *DB) error {
	ctx := t.Context()
	_, err := db.CreatePlace(ctx, frozenBy, PlaceDraft{Name: "Truck 1", Kind: KindTruck})
	for _, d := range []ItemDraft{
		{SKU: "AB-1", Name: `Copper elbow 90°, ½"`, Category: "Fittings", Unit: "ea", Supplier: "Acme", Barcodes: []string{"0123"},
			Minimum: 6000, Par: 20000, Cost: 18500, Price: 40000, Notes: "Shelf A"},
		{SKU: "CD-2", Name: "Wire 12/2", Category: "Wire", Unit: "ft", Minimum: 5000},
		{SKU: "OLD", Name: "Old thing"},
	} {
		_, e := db.CreateItem(ctx, frozenBy, d)
		err = errors.Join(err, e)
	}
	_, e := db.ArchiveItem(ctx, frozenBy, 3, true)
	err = errors.Join(err, e)
	for i, es := range [][]Entry{
		{{Item: 1, Kind: Receive, Qty: 10000}, {Item: 2, Kind: Receive, Qty: 2500}}, // 1, 2
		{{Item: 1, Kind: Transfer, Qty: 3000, From: 1, To: 2, Note: "for Monday"}},  // 3
		{{Item: 2, Kind: Count, Qty: 2250}},                                         // 4
		{{Item: 1, Kind: ScrapKind, Qty: 1000, From: 1, Reason: "bent"}},            // 5
	} {
		_, e := db.Book(ctx, Act{RequestID: fmt.Sprint("act ", i), By: frozenBy, Entries: es, Confirmed: true})
		err = errors.Join(err, e)
	}
	_, e = db.Undo(ctx, Undo{Movement: 5, RequestID: "undo", By: frozenBy}) // 6
	return errors.Join(err, e)
}

func takeJobs(t *testing.T, db *DB) error {
	ctx := t.Context()
	line := func(name string, qty Qty) SnapshotLine {
		return SnapshotLine{Remote: "line " + name, Name: name, Qty: qty, Category: CategoryProduct}
	}
	at := time.Date(2031, 3, 4, 8, 0, 0, 0, time.UTC)
	snaps := []JobSnapshot{
		{Number: 1, StartAt: at, Lines: []SnapshotLine{line("AB-1", 4000), line("Romex", 2000), line("Mystery", 1000)},
			Visits: []Visit{{Remote: "v", StartAt: at, EndAt: at.Add(time.Hour), Crew: []string{"Joe"}}}, Client: Client{Name: "Karen"}},
		{Number: 2, Lines: []SnapshotLine{line("AB-1", 1000)}},
		{Number: 3, StartAt: at, Closed: true, CompletedAt: at},
		{Number: 4, StartAt: at, Lines: []SnapshotLine{line("CD-2", 1000)}},
	}
	for i := range snaps {
		snaps[i].Account, snaps[i].Remote = "acc", fmt.Sprint("job-", i+1)
	}
	_, err := db.ApplyJobs(ctx, FromFirstSync, snaps)
	err = errors.Join(err, db.JobDeleted(ctx, FromSweep, "acc", "job-4"))
	_, e := db.AnswerLine(ctx, Answer{Line: 2, Item: 2, Factor: 50000, By: frozenBy})
	_, e2 := db.Book(ctx, Act{RequestID: "take", By: frozenBy, Confirmed: true,
		Entries: []Entry{{Item: 1, Kind: Issue, Qty: 3000, Job: 1}}}) // 7
	return errors.Join(err, e, e2)
}

func standStations(t *testing.T, db *DB) error {
	_, err := db.AddStation(t.Context(), frozenBy, "Counter")
	_, e := db.SetPIN(t.Context(), 1, "correct horse battery", "2580")
	return errors.Join(err, e)
}

func readStations(t *testing.T, db *DB) {
	t.Helper()
	all, err := db.Stations(t.Context())
	if err != nil || len(all) != 1 || all[0].Name != "Counter" || all[0].By != frozenBy {
		t.Errorf("stations %+v, %v", all, err)
	}
	if u, err := db.CheckPIN(t.Context(), 1, 1, "2580"); err != nil || u.Username != "Lee" {
		t.Errorf("the PIN leads to %+v, %v", u, err)
	}
}

func signPeople(t *testing.T, db *DB) error {
	ctx := t.Context()
	_, err := db.SetUp(ctx, UserDraft{Username: "Lee", Email: "lee@example.com", Password: "correct horse battery"})
	if _, e := db.SignIn(ctx, "lee", "a wrong password", "192.0.2.1"); CodeOf(e) != Forbidden {
		err = errors.Join(err, e, errors.New("a wrong password was taken"))
	}
	return errors.Join(err,
		db.SaveJobberCredentials(ctx, frozenBy, "client", "client secret"),
		db.JobberConnected(ctx, frozenBy, Tokens{Access: "access", Refresh: "refresh", Expiry: time.Unix(2e9, 0)}, "acc", "LWC", "Lee"),
		db.SaveSyncStatus(ctx, SyncStatus{State: SyncOK, Jobs: 4, Watermark: time.Unix(19e8, 0).UTC()}),
		db.BeginConnect(ctx, "state", "session", "verifier"))
}

func queueThings(t *testing.T, db *DB) error {
	ctx := t.Context()
	_, err := db.Receive(ctx, Delivery{Topic: "JOB_UPDATE", Account: "acc", Item: "job-1", OccurredAt: time.Unix(19e8, 0).UTC()})
	c := Crossing{Item: 2, Severity: Out, Event: 5, At: time.Unix(19e8, 0).UTC(), Minimum: 5000, By: "lee"}
	return errors.Join(err, db.FinishAlerts(ctx, AlertStep{Cursor: 9, Episodes: []Episode{{Item: 2, Severity: Out, OpenedAt: c.At, Crossing: &c}},
		Mails: []Mail{{Key: "5/out/1", To: 1, MessageID: "<5@lwc>", Crossings: []Crossing{c}}}}))
}

// tellOfJobs adds to the timelines that takeJobs began.
func tellOfJobs(t *testing.T, db *DB) error {
	return db.JobRefused(t.Context(), FromPerson(frozenBy, "look"), "acc", "job-2", "A quantity on it is no amount.")
}

func readTimeline(t *testing.T, db *DB) {
	t.Helper()
	tl, err := db.Timeline(t.Context(), 2)
	if err != nil || len(tl.Entries) != 2 {
		t.Fatalf("the timeline of job 2 is %+v, %v", tl.Entries, err)
	}
	asked, came := tl.Entries[0], tl.Entries[1]
	if asked.Result != SyncRefused || asked.From.By != "lee" || asked.From.Request != "look" || asked.Note == "" {
		t.Errorf("the newest entry is %+v", asked)
	}
	if came.Result != SyncCreated || came.From.Source != SourceFirstSync || len(came.Lines) != 1 || came.Demand[0] != (DemandChange{Item: 1, After: 1000}) {
		t.Errorf("the first entry is %+v", came)
	}
}

// compareFrozen reads back what fill wrote into a file of a layout.
func compareFrozen(t *testing.T, db *DB, layout int) {
	t.Helper()
	for _, part := range frozenParts() {
		if part.since <= layout && part.read != nil {
			part.read(t, db)
		}
	}
}

func readFirst(t *testing.T, db *DB) {
	t.Helper()
	ctx := t.Context()
	a, err := db.Stock(ctx, 1)
	if err != nil || a.Level != (Level{OnHand: 7000, Allocated: 1000}) || a.Barcodes[0] != "0123" || a.Cost != 18500 || len(a.At) != 2 {
		t.Errorf("item 1 is %+v, %v", a, err)
	}
	b, err := db.Stock(ctx, 2)
	if err != nil || b.Level != (Level{OnHand: 2250, Allocated: 100000}) || b.State != StateOut || b.Counted.IsZero() {
		t.Errorf("item 2 is %+v, %v", b, err)
	}
	job, err := db.JobSheet(ctx, 1)
	if err != nil || len(job.Lines) != 3 || job.Lines[0].Issued != 3000 || job.Lines[1].Stock.ID != 2 || job.Lines[2].State != LineUnmatched || job.Crew[0] != "Joe" {
		t.Errorf("job 1 is %+v, %v", job, err)
	}
	if n, err := db.Counts(ctx); err != nil || n != (Counts{Items: 2, Archived: 1, Out: 1}) {
		t.Errorf("counts %+v, %v", n, err)
	}
	if r, err := db.Book(ctx, Act{RequestID: "take", Entries: []Entry{{Item: 1, Kind: Issue, Qty: 9}}}); err != nil || !r.Repeated || r.Movements[0].ID != 7 {
		t.Errorf("the request that booked movement 7: %+v, %v", r, err)
	}
	if tok, err := db.JobberTokens(ctx); err != nil || tok.Refresh != "refresh" || tok.Expiry.Unix() != 2e9 {
		t.Errorf("tokens %+v, %v", tok, err)
	}
	if u, err := db.SignIn(ctx, "lee", "correct horse battery", ""); err != nil || u.Role != Owner || !u.ReceiveAlerts {
		t.Errorf("user %+v, %v", u, err)
	}
	if v, err := db.FinishConnect(ctx, "state", "session"); err != nil || v != "verifier" {
		t.Errorf("verifier %q, %v", v, err)
	}
	if jobs, err := db.JobsOfVisits(ctx, "acc", []string{"v"}); err != nil || jobs["v"] != "job-1" {
		t.Errorf("jobs of visits %v, %v", jobs, err)
	}
	due, err := db.PendingDeliveries(ctx)
	mails, _, err2 := db.QueuedMails(ctx, ChannelMail, db.Now(), 9)
	if err := errors.Join(err, err2); err != nil || len(due) != 1 || due[0].Item != "job-1" || len(mails) != 1 || mails[0].Crossings[0].Minimum != 5000 {
		t.Errorf("deliveries %+v, mails %+v, %v", due, mails, err)
	}
	if c, err := db.AlertCursor(ctx); err != nil || c != 9 {
		t.Errorf("cursor %v, %v", c, err)
	}
}

// freeze writes the file of the newest layout.
func freeze(t *testing.T, name string) {
	path := filepath.Join(t.TempDir(), "lwc.db")
	db, err := Open(path, frozen())
	if err != nil {
		t.Fatal(err)
	}
	fill(t, db)
	if err := errors.Join(db.Check(t.Context()), db.Close()); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, err = z.Write(data)
	if err := errors.Join(err, z.Close(), os.WriteFile(name, packed.Bytes(), 0o644)); err != nil {
		t.Fatal(err)
	}
}

func thaw(t *testing.T, name string) string {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(z)
	path := filepath.Join(t.TempDir(), "lwc.db")
	if err := errors.Join(err, os.WriteFile(path, data, 0o600)); err != nil {
		t.Fatal(err)
	}
	return path
}
