package store_test

import (
	"path/filepath"
	"testing"
	"time"

	"lwc-inventory/store"
	"lwc-inventory/store/storetest"
)

func TestPIN(t *testing.T) {
	db := storetest.Open(t)
	ana := storetest.User(t, db, "ana", store.Warehouse)
	st, err := db.AddStation(t.Context(), storetest.Staff, "Counter tablet")
	if err != nil {
		t.Fatal(err)
	}
	for pin, code := range map[string]store.Code{"123": store.Invalid, "1234567": store.Invalid, "12a4": store.Invalid, "1111": store.Invalid,
		"4321": store.Invalid, "45678": store.Invalid, "٣٤٥٦": store.Invalid, "2580": "", "1357": "", "902817": ""} {
		if _, err := db.SetPIN(t.Context(), ana.ID, storetest.Password, pin); store.CodeOf(err) != code {
			t.Errorf("PIN %s: %v", pin, err)
		}
	}
	if _, err := db.SetPIN(t.Context(), ana.ID, "not the password", "2580"); store.CodeOf(err) != store.Invalid {
		t.Errorf("with a wrong password: %v", err)
	}
	if u, err := db.SetPIN(t.Context(), ana.ID, storetest.Password, "2580"); err != nil || !u.HasPIN || u.Epoch != ana.Epoch {
		t.Errorf("set: %+v, %v", u, err)
	}
	if u, err := db.CheckPIN(t.Context(), st.ID, ana.ID, "2580"); err != nil || u.ID != ana.ID {
		t.Errorf("the right PIN: %+v, %v", u, err)
	}
	if holders, err := db.PINHolders(t.Context()); err != nil || len(holders) != 1 {
		t.Errorf("who has a PIN: %+v, %v", holders, err)
	}
	if err := db.EndStation(t.Context(), storetest.Staff, st.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := db.CheckPIN(t.Context(), st.ID, ana.ID, "2580"); store.CodeOf(err) != store.Forbidden {
		t.Errorf("at a station that has ended: %v", err)
	}
}

// A PIN has ten thousand values: five wrong ones close it for a while, for everybody and over restarts.
func TestPINGuessing(t *testing.T) {
	now := time.Date(2031, 3, 3, 8, 0, 0, 0, time.UTC)
	db, err := store.Open(filepath.Join(t.TempDir(), "lwc.db"), store.Options{Secret: storetest.Secret(), Passes: 1, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	ana := storetest.User(t, db, "ana", store.Warehouse)
	st, err := db.AddStation(t.Context(), storetest.Staff, "Counter tablet")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.SetPIN(t.Context(), ana.ID, storetest.Password, "2580"); err != nil {
		t.Fatal(err)
	}
	for range 5 {
		if _, err := db.CheckPIN(t.Context(), st.ID, ana.ID, "1357"); store.CodeOf(err) != store.Forbidden {
			t.Fatalf("a wrong PIN: %v", err)
		}
	}
	if _, err := db.CheckPIN(t.Context(), st.ID, ana.ID, "2580"); store.CodeOf(err) != store.TooMany {
		t.Errorf("the right PIN after five wrong ones: %v", err)
	}
	now = now.Add(16 * time.Minute)
	if _, err := db.CheckPIN(t.Context(), st.ID, ana.ID, "2580"); err != nil {
		t.Errorf("a while later: %v", err)
	}
	if _, err := db.CheckPIN(t.Context(), st.ID, 999, "2580"); store.CodeOf(err) != store.Forbidden {
		t.Errorf("somebody who is not there: %v", err)
	}
}
