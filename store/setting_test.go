package store_test

import (
	"bytes"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

func link(t *testing.T, db *store.DB) store.JobberLink {
	t.Helper()
	l, err := db.JobberLink(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestJobberLink(t *testing.T) {
	db := storetest.Open(t)
	ctx := t.Context()
	want := func(state store.JobberState) {
		t.Helper()
		if l := link(t, db); l.State != state {
			t.Fatalf("state = %v, want %v", l.State, state)
		}
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	want(store.NotConfigured)
	if err := db.SaveJobberCredentials(ctx, storetest.Staff, "id", ""); store.CodeOf(err) != store.Invalid {
		t.Errorf("without a secret: %v", err)
	}
	must(db.SaveJobberCredentials(ctx, storetest.Staff, "id", "secret"))
	want(store.Disconnected)
	must(db.JobberConnected(ctx, storetest.Staff, store.Tokens{Access: "a", Refresh: "r", Expiry: time.Unix(2e9, 0)}, "acc", "LWC", "Lee"))
	want(store.Connected)
	must(db.SaveJobberTokens(ctx, store.Tokens{Access: "a2", Refresh: "r2"}))
	if tok, err := db.JobberTokens(ctx); err != nil || tok.Refresh != "r2" {
		t.Errorf("tokens %+v, %v", tok, err)
	}
	must(db.SaveJobberCredentials(ctx, storetest.Staff, "id", "")) // keeps the secret, and the connection
	want(store.Connected)
	storetest.Job(t, db, 1, time.Time{})
	if err := db.JobberConnected(ctx, storetest.Staff, store.Tokens{Refresh: "x"}, "other", "Other Co", "Eve"); store.CodeOf(err) != store.Conflict {
		t.Errorf("another account over the first one's jobs: %v", err)
	}
	must(db.JobberDropped(ctx, "Disconnected at Jobber."))
	if l := link(t, db); l.State != store.NeedsReconnect || l.Reason != "Disconnected at Jobber." {
		t.Errorf("link = %+v", l)
	}
	if _, err := db.JobberTokens(ctx); store.CodeOf(err) != store.NotFound {
		t.Errorf("tokens after a drop: %v", err)
	}
	if err := db.SaveJobberTokens(ctx, store.Tokens{Access: "late", Refresh: "late"}); store.CodeOf(err) != store.NotFound {
		t.Errorf("tokens that come too late: %v", err)
	}
	must(db.JobberDisconnected(ctx, storetest.Staff))
	want(store.Disconnected)
	must(db.JobberDropped(ctx, "Jobber does not know the token.")) // a refresh that was under way
	want(store.Disconnected)
}

func TestSecretsAreSealed(t *testing.T) {
	path := t.TempDir() + "/lwc.db"
	db, err := store.Open(path, store.Options{Secret: storetest.Secret()})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.SaveJobberCredentials(t.Context(), storetest.Staff, "id", "the-client-secret"); err != nil {
		t.Fatal(err)
	}
	if err := db.JobberConnected(t.Context(), storetest.Staff, store.Tokens{Access: "the-access-token", Refresh: "the-refresh-token"}, "acc", "LWC", "Lee"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{"the-client-secret", "the-access-token", "the-refresh-token"} {
		if bytes.Contains(raw, []byte(s)) {
			t.Errorf("%s lies open in the file", s)
		}
	}
	// With another key everything else goes on.
	db, err = store.Open(path, store.Options{Secret: []byte("another secret, also of thirty-two bytes")})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if l := link(t, db); l.State != store.NeedsReconnect || l.HasSecret {
		t.Errorf("with another SECRET_KEY: %+v", l)
	}
	if _, err := db.JobberTokens(t.Context()); store.CodeOf(err) != store.Conflict {
		t.Errorf("tokens: %v", err)
	}
	if err := db.SaveJobberCredentials(t.Context(), storetest.Staff, "id", "the secret again"); err != nil {
		t.Error(err)
	}
	if l := link(t, db); l.State != store.Disconnected {
		t.Errorf("after entering the secret again: %+v", l)
	}
}

func TestConnectStateIsGoodOnce(t *testing.T) {
	db := storetest.Open(t)
	for range 2 {
		if err := db.BeginConnect(t.Context(), "state", "session", "verifier"); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := db.FinishConnect(t.Context(), "state", "another session"); store.CodeOf(err) != store.Forbidden {
		t.Errorf("another session: %v", err)
	}
	if err := db.BeginConnect(t.Context(), "state", "session", "verifier"); err != nil {
		t.Fatal(err)
	}
	if v, err := db.FinishConnect(t.Context(), "state", "session"); err != nil || v != "verifier" {
		t.Errorf("%q, %v", v, err)
	}
	if _, err := db.FinishConnect(t.Context(), "state", "session"); store.CodeOf(err) != store.Forbidden {
		t.Errorf("the second time: %v", err)
	}
}

func TestConnectsAtOnceAndTooLate(t *testing.T) {
	now := time.Date(2031, 1, 1, 8, 0, 0, 0, time.UTC)
	var clock atomic.Int64
	db, err := store.Open(t.TempDir()+"/lwc.db", store.Options{Secret: storetest.Secret(),
		Now: func() time.Time { return now.Add(time.Duration(clock.Load())) }})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	begin := func(state string) {
		if err := db.BeginConnect(t.Context(), state, "session", "verifier"); err != nil {
			t.Fatal(err)
		}
	}
	begin("one")
	var good atomic.Int32
	var wg sync.WaitGroup
	for range 5 {
		wg.Go(func() {
			if _, err := db.FinishConnect(t.Context(), "one", "session"); err == nil {
				good.Add(1)
			} else if store.CodeOf(err) != store.Forbidden {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if good.Load() != 1 {
		t.Errorf("a state was good %d times", good.Load())
	}
	begin("late")
	clock.Store(int64(10 * time.Minute))
	if _, err := db.FinishConnect(t.Context(), "late", "session"); store.CodeOf(err) != store.Forbidden {
		t.Errorf("after ten minutes: %v", err)
	}
	if err := db.BeginConnect(t.Context(), "nobody", "", "verifier"); err != nil {
		t.Fatal(err)
	}
	for state, session := range map[string]string{"nobody": "", "": "", "unknown": "session"} {
		if _, err := db.FinishConnect(t.Context(), state, session); store.CodeOf(err) != store.Forbidden {
			t.Errorf("state %q of session %q: %v", state, session, err)
		}
	}
}
