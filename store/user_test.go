package store_test

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

func TestSignIn(t *testing.T) {
	db := storetest.Open(t)
	ana := storetest.User(t, db, "Ana", store.Warehouse)
	off := storetest.User(t, db, "joe", store.Warehouse)
	if _, err := db.UpdateUser(t.Context(), storetest.Staff, off.ID, off.Version, store.UserDraft{Username: "joe", Role: store.Warehouse}); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, username, password string
		code                     store.Code
	}{
		{"right", "ana", storetest.Password, ""},
		{"wrong password", "ana", "not the password", store.Forbidden},
		{"nobody", "nobody", storetest.Password, store.Forbidden},
		{"switched off", "joe", storetest.Password, store.Forbidden},
		{"empty", "", "", store.Forbidden},
		{"a megabyte", "ana", strings.Repeat("x", 1<<20), store.Forbidden},
	} {
		t.Run(tt.name, func(t *testing.T) {
			u, err := db.SignIn(t.Context(), tt.username, tt.password, "192.0.2.1")
			if store.CodeOf(err) != tt.code {
				t.Fatalf("code %q, want %q (%v)", store.CodeOf(err), tt.code, err)
			}
			if err == nil && (u.ID != ana.ID || u.LastSeen.IsZero()) {
				t.Errorf("user = %+v", u)
			}
			if err != nil && err.Error() != "forbidden: Wrong user name or password." {
				t.Errorf("the answer tells cases apart: %v", err)
			}
		})
	}
}

// Fifty guesses at once are held to ten as well: a try counts from its beginning.
func TestSignInIsThrottled(t *testing.T) {
	now := time.Date(2031, 1, 1, 8, 0, 0, 0, time.UTC)
	var clock atomic.Int64
	clock.Store(now.UnixNano())
	path := t.TempDir() + "/lwc.db"
	open := func() *store.DB {
		db, err := store.Open(path, store.Options{Secret: storetest.Secret(), Now: func() time.Time { return time.Unix(0, clock.Load()) }})
		if err != nil {
			t.Fatal(err)
		}
		return db
	}
	db := open()
	storetest.User(t, db, "ana", store.Warehouse)
	var looked atomic.Int32
	var wg sync.WaitGroup
	for range 25 {
		wg.Go(func() {
			if _, err := db.SignIn(t.Context(), "ana", "a wrong password", ""); store.CodeOf(err) == store.Forbidden {
				looked.Add(1)
			}
		})
	}
	wg.Wait()
	if looked.Load() != 10 {
		t.Errorf("%d guesses were looked at, want 10", looked.Load())
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	db = open() // a restart does not help
	defer db.Close()
	if _, err := db.SignIn(t.Context(), "ana", storetest.Password, ""); store.CodeOf(err) != store.TooMany {
		t.Errorf("after a restart: %v", err)
	}
	clock.Add(int64(16 * time.Minute))
	if _, err := db.SignIn(t.Context(), "ana", storetest.Password, ""); err != nil {
		t.Errorf("after a quarter of an hour: %v", err)
	}
}

// A double tap on Sign in, while the password gets a new hash.
func TestSignInsAtOnceWithAnOldHash(t *testing.T) {
	path := t.TempDir() + "/lwc.db"
	for passes := range uint32(2) {
		db, err := store.Open(path, store.Options{Secret: storetest.Secret(), Passes: passes + 1})
		if err != nil {
			t.Fatal(err)
		}
		if passes == 0 {
			storetest.User(t, db, "ana", store.Warehouse)
		}
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				if _, err := db.SignIn(t.Context(), "ana", storetest.Password, "192.0.2.1"); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestOwnersWhoLeaveAtOnce(t *testing.T) {
	db := storetest.Open(t)
	var wg sync.WaitGroup
	var left atomic.Int32
	for _, name := range []string{"ana", "bob", "cy"} {
		u := storetest.User(t, db, name, store.Owner)
		for _, d := range []store.UserDraft{{Username: name, Role: store.GM, Active: true}, {Username: name, Role: store.Owner}} {
			wg.Go(func() {
				if _, err := db.UpdateUser(t.Context(), u.Actor(), u.ID, u.Version, d); err == nil {
					left.Add(1)
				} else if store.CodeOf(err) != store.Conflict {
					t.Error(err)
				}
			})
		}
	}
	wg.Wait()
	users, err := db.Users(t.Context())
	owners := 0
	for _, u := range users {
		if u.Role == store.Owner && u.Active {
			owners++
		}
	}
	if err != nil || owners != 1 || left.Load() != 2 {
		t.Errorf("%d owners are left, %d went: %v", owners, left.Load(), err)
	}
}

func TestTheLastOwnerStays(t *testing.T) {
	db := storetest.Open(t)
	u, err := db.SetUp(t.Context(), store.UserDraft{Username: "lee", Password: storetest.Password})
	if err != nil || u.Role != store.Owner || !u.Active {
		t.Fatalf("%+v, %v", u, err)
	}
	if _, err := db.SetUp(t.Context(), store.UserDraft{Username: "eve", Password: storetest.Password}); store.CodeOf(err) != store.Conflict {
		t.Errorf("a second set-up: %v", err)
	}
	for _, d := range []store.UserDraft{{Username: "lee", Role: store.GM, Active: true}, {Username: "lee", Role: store.Owner}} {
		if _, err := db.UpdateUser(t.Context(), u.Actor(), u.ID, u.Version, d); store.CodeOf(err) != store.Conflict {
			t.Errorf("%+v: %v, want a conflict", d, err)
		}
	}
	storetest.User(t, db, "dana", store.Owner)
	if _, err := db.UpdateUser(t.Context(), u.Actor(), u.ID, u.Version, store.UserDraft{Username: "lee", Role: store.GM, Active: true}); err != nil {
		t.Errorf("with another owner: %v", err)
	}
}

func TestUsersAreChecked(t *testing.T) {
	db := storetest.Open(t)
	storetest.User(t, db, "ana", store.Warehouse)
	good := store.UserDraft{Username: "joe", Email: "joe@example.com", Role: store.GM, Password: storetest.Password}
	for _, tt := range []struct {
		field  string
		change func(*store.UserDraft)
		code   store.Code
	}{
		{"username", func(d *store.UserDraft) { d.Username = "" }, store.Invalid},
		{"username", func(d *store.UserDraft) { d.Username = "two words" }, store.Invalid},
		{"username", func(d *store.UserDraft) { d.Username = strings.Repeat("é", 61) }, store.Invalid},
		{"username", func(d *store.UserDraft) { d.Username = "ANA" }, store.Conflict},
		{"email", func(d *store.UserDraft) { d.Email = "joe@" }, store.Invalid},
		{"email", func(d *store.UserDraft) { d.Email = "a@b.example\r\nBcc: c@d.example" }, store.Invalid},
		{"role", func(d *store.UserDraft) { d.Role = "king" }, store.Invalid},
		{"password", func(d *store.UserDraft) { d.Password = "short" }, store.Invalid},
	} {
		d := good
		tt.change(&d)
		_, err := db.CreateUser(t.Context(), storetest.Staff, d)
		e, ok := err.(*store.Error)
		if !ok || e.Code != tt.code || e.Fields[tt.field] == "" {
			t.Errorf("%+v: %v, want %s at %s", d, err, tt.code, tt.field)
		}
	}
}

func TestANewPasswordEndsSessions(t *testing.T) {
	db := storetest.Open(t)
	u := storetest.User(t, db, "ana", store.Warehouse)
	if _, err := db.ChangeOwnAccount(t.Context(), u.ID, "not mine at all", store.ProfileDraft{Password: "another password"}); store.CodeOf(err) != store.Invalid {
		t.Errorf("with a wrong current password: %v", err)
	}
	v, err := db.ChangeOwnAccount(t.Context(), u.ID, storetest.Password, store.ProfileDraft{Password: "another password"})
	if err != nil || v.Epoch == u.Epoch {
		t.Fatalf("epoch %v after %v, %v", v.Epoch, u.Epoch, err)
	}
	if _, err := db.SignIn(t.Context(), "ana", "another password", ""); err != nil {
		t.Error(err)
	}
}

func TestTwoSetUpsAtOnce(t *testing.T) {
	db := storetest.Open(t)
	var wg sync.WaitGroup
	var made atomic.Int32
	for _, name := range []string{"ana", "bob", "cy", "ana"} {
		wg.Go(func() {
			_, err := db.SetUp(t.Context(), store.UserDraft{Username: name, Password: storetest.Password})
			if err == nil {
				made.Add(1)
			} else if store.CodeOf(err) != store.Conflict {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if users, err := db.Users(t.Context()); err != nil || len(users) != 1 || made.Load() != 1 {
		t.Errorf("%d users, %d made: %v", len(users), made.Load(), err)
	}
}

// A sign-in counts for the account it is for and the address it comes from, whatever they look like.
func TestHostileSignIns(t *testing.T) {
	db := storetest.Open(t)
	storetest.User(t, db, "ana", store.Warehouse)
	for _, name := range []string{"\x00", strings.Repeat("x", 1<<20), strings.Repeat("ж", 60<<10), "\xff\xfe", "u ana", "ana\x00", " \t"} {
		if _, err := db.SignIn(t.Context(), name, "\x00\xff", ""); store.CodeOf(err) != store.Forbidden {
			t.Errorf("%.20q: %v", name, err)
		}
	}
	if u, err := db.SignIn(t.Context(), " ANA\n", storetest.Password, "2001:db8::1"); err != nil || u.Username != "ana" {
		t.Errorf("%+v, %v", u, err)
	}
}
