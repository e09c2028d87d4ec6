package store_test

import (
	"bytes"
	"fmt"
	"os"
	"testing"
	"time"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

func grant(account, name string) store.Grant {
	return store.Grant{Tokens: store.Tokens{Access: "access of " + name, Refresh: "refresh of " + name}, AccountID: account, AccountName: name}
}

// Jobs of an account that is not connected are history: nothing is held for them and nobody waits for an
// answer, whatever Jobber may say of them. What was taken stays taken, and all of it comes back.
func TestSwitchAccounts(t *testing.T) {
	db := storetest.Open(t)
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	it := storetest.Item(t, db, "AB-1", 10, 8)
	must(db.SaveJobberCredentials(ctx, storetest.Staff, "id", "secret"))
	must(db.JobberSwitched(ctx, storetest.Staff, grant(storetest.Account, "North")))
	id := storetest.Job(t, db, 1, time.Now().Add(time.Hour), storetest.Line("AB-1", 4), storetest.Line("Mystery", 1))
	gone := storetest.Job(t, db, 2, time.Now().Add(time.Hour), storetest.Line("AB-1", 1))
	storetest.Book(t, db, store.Entry{Item: it.ID, Kind: store.Issue, Qty: 1000, Job: id})
	must(db.SaveSyncStatus(ctx, store.SyncStatus{State: store.SyncOK, LastOK: db.Now(), Watermark: db.Now()}))
	level := func() store.Level {
		t.Helper()
		s, err := db.Stock(ctx, it.ID)
		must(err)
		return s.Level
	}
	before := level()
	if before != (store.Level{OnHand: 9000, Allocated: 4000}) {
		t.Fatalf("level %+v", before)
	}
	stale, err := db.SyncStatus(ctx)
	must(err)

	must(db.JobberSwitched(ctx, storetest.Staff, grant("south", "South")))
	if l := level(); l != (store.Level{OnHand: 9000}) {
		t.Errorf("level %+v: something is held for a job that is put aside", l)
	}
	if w, err := db.Waiting(ctx); err != nil || len(w) != 0 {
		t.Errorf("lines wait: %+v, %v", w, err)
	}
	if c, err := db.Closeouts(ctx, 1, 10); err != nil || c.Total != 0 {
		t.Errorf("it is asked what came back: %+v, %v", c, err)
	}
	if s, err := db.SyncStatus(ctx); err != nil || s.State != store.SyncNever || !s.Watermark.IsZero() {
		t.Errorf("the new account goes on where the other one was: %+v, %v", s, err)
	}
	must(db.SaveSyncStatus(ctx, stale)) // a pull of the other account that ends only now
	if s, err := db.SyncStatus(ctx); err != nil || s.State != store.SyncNever {
		t.Errorf("a pull of the other account counts: %+v, %v", s, err)
	}
	// Even if word of it came, it would stay aside.
	storetest.Job(t, db, 1, time.Now().Add(time.Hour), storetest.Line("AB-1", 4), storetest.Line("Mystery", 1), storetest.Line("More", 1))
	must(db.JobDeleted(ctx, store.FromSweep, storetest.Account, "job-2"))
	if s, err := db.JobSheet(ctx, id); err != nil || s.State != store.JobClosed || !s.Foreign || level().Allocated != 0 {
		t.Errorf("job %+v, %v", s.JobHead, err)
	}

	must(db.JobberSwitched(ctx, storetest.Staff, grant(storetest.Account, "North")))
	s, err := db.JobSheet(ctx, id)
	if err != nil || s.State != store.JobOpen || s.Foreign || s.Lines[0].Issued != 1000 || len(s.Lines) != 3 {
		t.Errorf("job %+v, %v", s, err)
	}
	if s, err := db.JobSheet(ctx, gone); err != nil || s.State != store.JobDeleted || s.Foreign {
		t.Errorf("the deleted job is %+v, %v", s.JobHead, err)
	}
	if l := level(); l != (store.Level{OnHand: 9000, Allocated: 3000}) {
		t.Errorf("level %+v afterwards", l)
	}
}

// An item that comes while a job is put aside is found by its lines when the job is back.
func TestSwitchBackFindsNewItems(t *testing.T) {
	db := storetest.Open(t)
	ctx := t.Context()
	to := func(account string) {
		t.Helper()
		if err := db.JobberSwitched(ctx, storetest.Staff, grant(account, account)); err != nil {
			t.Fatal(err)
		}
	}
	to(storetest.Account)
	id := storetest.Job(t, db, 1, time.Now().Add(time.Hour), storetest.Line("AB-1000", 4))
	to("south")
	it := storetest.Item(t, db, "AB-1000", 10, 0)
	to(storetest.Account)
	s, err := db.JobSheet(ctx, id)
	if err != nil || s.Lines[0].Stock.ID != it.ID || s.Lines[0].Stock.Level != (store.Level{OnHand: 10_000, Allocated: 4000}) {
		t.Errorf("the line is %+v, %v", s.Lines[0], err)
	}
}

// A switch is asked for only where there are jobs to put aside.
func TestSwitchWithoutJobs(t *testing.T) {
	db := storetest.Open(t)
	for _, account := range []string{"north", "south", "north"} {
		if err := db.JobberConnected(t.Context(), storetest.Staff, store.Tokens{Access: "a", Refresh: "r"}, account, account, ""); err != nil {
			t.Errorf("%s: %v", account, err)
		}
	}
}

// The questions before a connection lie sealed, belong to one session and are answered once.
func TestQuestions(t *testing.T) {
	path := t.TempDir() + "/lwc.db"
	db := storetest.OpenAt(t, path)
	ctx := t.Context()
	if err := db.AskConnect(ctx, "one", "", "the-code-of-jobber"); err != nil {
		t.Fatal(err)
	}
	if err := db.AskAccount(ctx, "two", "session", grant("south", "South")); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{"the-code-of-jobber", "access of South", "refresh of South"} {
		if bytes.Contains(raw, []byte(s)) {
			t.Errorf("%q lies open in the file", s)
		}
	}
	if _, err := db.ConnectQuestion(ctx, "one", ""); store.CodeOf(err) != store.NotFound {
		t.Errorf("without a session: %v", err)
	}
	if _, err := db.ConnectQuestion(ctx, "one", "first"); err != nil {
		t.Errorf("the first to open it: %v", err)
	}
	for _, session := range []string{"second", ""} {
		if _, _, err := db.TakeQuestion(ctx, "one", session); store.CodeOf(err) != store.NotFound {
			t.Errorf("session %q: %v", session, err)
		}
	}
	if code, _, err := db.TakeQuestion(ctx, "one", "first"); err != nil || code != "the-code-of-jobber" {
		t.Errorf("%q, %v", code, err)
	}
	if _, _, err := db.TakeQuestion(ctx, "one", "first"); store.CodeOf(err) != store.NotFound {
		t.Errorf("the second time: %v", err)
	}
	if _, g, err := db.TakeQuestion(ctx, "two", "session"); err != nil || g.Tokens.Refresh != "refresh of South" || g.AccountID != "south" {
		t.Errorf("%+v, %v", g, err)
	}
	// A state is no question, and a question is no state.
	if err := db.BeginConnect(ctx, "state", "session", "verifier"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := db.TakeQuestion(ctx, "state", "session"); store.CodeOf(err) != store.NotFound {
		t.Errorf("a state taken for a question: %v", err)
	}
	for i := range 50 {
		if err := db.AskConnect(ctx, fmt.Sprint("stray ", i), "", "code"); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.AskConnect(ctx, "one more", "", "code"); store.CodeOf(err) != store.TooMany {
		t.Errorf("no end of strays: %v", err)
	}
	if err := db.AskConnect(ctx, "one more", "session", "code"); err != nil {
		t.Errorf("somebody who is signed in: %v", err)
	}
}
