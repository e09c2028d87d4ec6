package store_test

import (
	"context"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

// A movable is a database and a clock that the test moves.
type movable struct {
	*store.DB
	mu sync.Mutex
	at time.Time
}

func (m *movable) pass(d time.Duration) { m.mu.Lock(); defer m.mu.Unlock(); m.at = m.at.Add(d) }

func openMovable(t *testing.T) *movable {
	t.Helper()
	m := &movable{at: time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)}
	var err error
	m.DB, err = store.Open(filepath.Join(t.TempDir(), "lwc.db"), store.Options{Secret: storetest.Secret(), Passes: 1,
		Now: func() time.Time { m.mu.Lock(); defer m.mu.Unlock(); return m.at }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := m.Check(context.Background()); err != nil {
			t.Error(err)
		}
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	})
	return m
}

// app is the code of a phone whose clock is off by a while.
func (m *movable) app(t *testing.T, seed string, off time.Duration) string {
	t.Helper()
	code, err := totp.GenerateCode(seed, m.Now().Add(off))
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// withSecond turns the second step of a user on.
func withSecond(t *testing.T, m *movable, id store.UserID) (seed string, recovery []string) {
	t.Helper()
	if err := m.BeginSecond(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	seed, err := m.NewSecond(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if recovery, err = m.ConfirmSecond(t.Context(), id, m.app(t, seed, 0)); err != nil {
		t.Fatal(err)
	}
	m.pass(time.Minute)
	return seed, recovery
}

func TestSecondStep(t *testing.T) {
	m := openMovable(t)
	u := storetest.User(t, m.DB, "ana", store.GM)
	if _, err := m.ConfirmSecond(t.Context(), u.ID, "123456"); store.CodeOf(err) != store.NotFound {
		t.Errorf("confirmed without a beginning: %v", err)
	}
	if err := m.BeginSecond(t.Context(), u.ID); err != nil {
		t.Fatal(err)
	}
	seed, err := m.NewSecond(t.Context(), u.ID)
	if err != nil || len(seed) != 32 {
		t.Fatalf("seed %q, %v", seed, err)
	}
	if now, _ := m.User(t.Context(), u.ID); now.HasSecond {
		t.Error("it is on before the app proved that it has the seed")
	}
	if _, err := m.ConfirmSecond(t.Context(), u.ID, m.app(t, seed, 10*time.Minute)); store.CodeOf(err) != store.Invalid {
		t.Errorf("confirmed by a wrong code: %v", err)
	}
	used := m.app(t, seed, 0)
	recovery, err := m.ConfirmSecond(t.Context(), u.ID, used)
	if now, _ := m.User(t.Context(), u.ID); err != nil || len(recovery) != 8 || !now.HasSecond || now.Recovery != 8 {
		t.Fatalf("%v, %v, %+v", recovery, err, now)
	}
	if _, err := m.NewSecond(t.Context(), u.ID); store.CodeOf(err) != store.NotFound {
		t.Errorf("the seed can be read again: %v", err)
	}
	wrong := func(name, code string) {
		t.Helper()
		if _, _, err := m.CheckSecond(t.Context(), u.ID, code); store.CodeOf(err) != store.Forbidden {
			t.Errorf("%s: %v", name, err)
		}
		m.pass(4 * time.Minute) // the throttle is another test's
	}
	right := func(name, code string, recovered bool) {
		t.Helper()
		if got, by, err := m.CheckSecond(t.Context(), u.ID, code); err != nil || got.ID != u.ID || by != recovered {
			t.Errorf("%s: %+v, %t, %v", name, got, by, err)
		}
	}
	wrong("the code that confirmed it", used)
	code := m.app(t, seed, 0)
	right("the app's", code[:3]+" "+code[3:], false)
	wrong("the same again", code)
	right("of a phone that is late", m.app(t, seed, -29*time.Second), false)
	m.pass(time.Minute)
	right("of a phone that is early", m.app(t, seed, 30*time.Second), false)
	wrong("an older one than the last", m.app(t, seed, 0))
	wrong("of a phone that is two minutes late", m.app(t, seed, -2*time.Minute))
	wrong("none", "")
	right("a recovery code", recovery[2], true)
	wrong("the same recovery code", recovery[2])
	right("one as people type it", " "+strings.ToUpper(strings.ReplaceAll(recovery[5], "-", " ")), true)
	if now, _ := m.User(t.Context(), u.ID); now.Recovery != 6 {
		t.Errorf("%d recovery codes are left", now.Recovery)
	}
	fresh, err := m.RenewRecovery(t.Context(), u.ID)
	if err != nil {
		t.Fatal(err)
	}
	wrong("an old recovery code", recovery[0])
	right("a new one", fresh[0], true)
	if _, err := m.EndSecond(t.Context(), u.Actor(), u.ID); err != nil {
		t.Fatal(err)
	}
	wrong("when it is off", m.app(t, seed, 0))
}

// Five wrong codes, and the right one has to wait too; of another person's nobody has to.
func TestSecondStepIsThrottled(t *testing.T) {
	m := openMovable(t)
	u, other := storetest.User(t, m.DB, "ana", store.GM), storetest.User(t, m.DB, "bo", store.GM)
	seed, recovery := withSecond(t, m, u.ID)
	theirs, _ := withSecond(t, m, other.ID)
	for range 5 {
		if _, _, err := m.CheckSecond(t.Context(), u.ID, "000000"); store.CodeOf(err) != store.Forbidden {
			t.Fatal(err)
		}
	}
	for _, code := range []string{m.app(t, seed, 0), recovery[0]} {
		if _, _, err := m.CheckSecond(t.Context(), u.ID, code); store.CodeOf(err) != store.TooMany {
			t.Errorf("after five: %v", err)
		}
	}
	if _, _, err := m.CheckSecond(t.Context(), other.ID, m.app(t, theirs, 0)); err != nil {
		t.Errorf("another's: %v", err)
	}
	m.pass(15 * time.Minute)
	if _, _, err := m.CheckSecond(t.Context(), u.ID, m.app(t, seed, 0)); err != nil {
		t.Errorf("a while later: %v", err)
	}
}

// Of many who give the same code at once, one gets in.
func TestACodeCountsOnce(t *testing.T) {
	m := openMovable(t)
	u := storetest.User(t, m.DB, "ana", store.GM)
	seed, recovery := withSecond(t, m, u.ID)
	for _, code := range []string{m.app(t, seed, 0), recovery[0]} {
		var in sync.Map
		var all sync.WaitGroup
		for i := range 5 {
			all.Go(func() {
				if _, _, err := m.CheckSecond(t.Context(), u.ID, code); err == nil {
					in.Store(i, true)
				}
			})
		}
		all.Wait()
		n := 0
		in.Range(func(any, any) bool { n++; return true })
		if n != 1 {
			t.Errorf("%d got in by one code", n)
		}
		m.pass(16 * time.Minute)
	}
}

// With another SECRET_KEY the app's codes cannot be checked, and the recovery codes open the door still.
func TestSecondStepUnderAnotherKey(t *testing.T) {
	m := openMovable(t)
	u := storetest.User(t, m.DB, "ana", store.Owner)
	_, recovery := withSecond(t, m, u.ID)
	path := filepath.Join(t.TempDir(), "copy.db")
	if _, err := m.Backup(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	other, err := store.Open(path, store.Options{Secret: []byte("another secret for tests, also long"), Passes: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	if _, _, err := other.CheckSecond(t.Context(), u.ID, "123456"); store.CodeOf(err) != store.Forbidden || !strings.Contains(err.Error(), "recovery code") {
		t.Errorf("%v", err)
	}
	if _, recovered, err := other.CheckSecond(t.Context(), u.ID, recovery[0]); err != nil || !recovered {
		t.Errorf("a recovery code: %v", err)
	}
}

func TestPasskeysOfPeople(t *testing.T) {
	m := openMovable(t)
	ana, eve := storetest.User(t, m.DB, "ana", store.GM), storetest.User(t, m.DB, "eve", store.GM)
	first, err := m.PasskeyHandle(t.Context(), ana.ID)
	again, err2 := m.PasskeyHandle(t.Context(), ana.ID)
	theirs, err3 := m.PasskeyHandle(t.Context(), eve.ID)
	if err != nil || err2 != nil || err3 != nil || string(first) != string(again) || string(first) == string(theirs) {
		t.Errorf("handles %x, %x, %x, %v", first, again, theirs, err)
	}
	add := func(id string, u store.UserID, name string) error {
		return m.AddPasskey(t.Context(), store.Passkey{ID: []byte(id), User: u, Name: name, Data: []byte(`{}`)})
	}
	if err := add("k1", ana.ID, " Office\tlaptop "); err != nil {
		t.Fatal(err)
	}
	if err := add("k2", ana.ID, ""); store.CodeOf(err) != store.Invalid {
		t.Errorf("without a name: %v", err)
	}
	if err := add("k1", eve.ID, "Mine"); store.CodeOf(err) != store.Conflict {
		t.Errorf("another's key: %v", err)
	}
	if err := m.RemovePasskey(t.Context(), eve.ID, []byte("k1")); store.CodeOf(err) != store.NotFound {
		t.Errorf("eve removes ana's: %v", err)
	}
	if u, err := m.PasskeyUsed(t.Context(), []byte("k1"), []byte(`{"count":1}`)); err != nil || u.ID != ana.ID || u.LastSeen.IsZero() {
		t.Errorf("%+v, %v", u, err)
	}
	all, err := m.Passkeys(t.Context(), ana.ID)
	if err != nil || len(all) != 1 || all[0].Name != "Office laptop" || string(all[0].Data) != `{"count":1}` || all[0].UsedAt.IsZero() {
		t.Errorf("%+v, %v", all, err)
	}
	for i := range 9 {
		if err := add(strings.Repeat("x", i+1), ana.ID, "One more"); err != nil {
			t.Fatal(err)
		}
	}
	if err := add("k11", ana.ID, "The eleventh"); store.CodeOf(err) != store.Conflict {
		t.Errorf("the eleventh: %v", err)
	}
	now, err := m.User(t.Context(), ana.ID)
	if err != nil {
		t.Fatal(err)
	}
	off := store.UserDraft{Username: "ana", Role: store.GM}
	if _, err := m.UpdateUser(t.Context(), storetest.Staff, ana.ID, now.Version, off); err != nil {
		t.Fatal(err)
	}
	if _, _, _, err := m.PasskeyOwner(t.Context(), []byte("k1")); store.CodeOf(err) != store.NotFound {
		t.Errorf("the passkey of somebody switched off: %v", err)
	}
	if _, err := m.PasskeyUsed(t.Context(), []byte("k1"), nil); store.CodeOf(err) != store.NotFound {
		t.Errorf("and used: %v", err)
	}
	if _, err := m.EndSecond(t.Context(), storetest.Staff, ana.ID); err != nil {
		t.Fatal(err)
	}
	if all, err := m.Passkeys(t.Context(), ana.ID); err != nil || len(all) != 0 {
		t.Errorf("%+v, %v", all, err)
	}
}
