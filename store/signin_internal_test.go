package store

import (
	"fmt"
	"testing"
	"time"

	"go.etcd.io/bbolt"
)

// Guesses at names nobody has leave rows behind. Once they count no more they go, with the next sign-in that is right.
func TestOldTriesAreForgotten(t *testing.T) {
	now := time.Date(2031, 1, 1, 8, 0, 0, 0, time.UTC)
	db, err := Open(t.TempDir()+"/lwc.db", Options{Secret: make([]byte, 32), Passes: 1, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.SetUp(t.Context(), UserDraft{Username: "lee", Password: "a long password"}); err != nil {
		t.Fatal(err)
	}
	signIn := func(name string) {
		t.Helper()
		if _, err := db.SignIn(t.Context(), name, "a long password", "192.0.2.1"); (err != nil) != (name != "lee") {
			t.Fatalf("%s: %v", name, err)
		}
	}
	for i := range 3 {
		signIn(fmt.Sprint("nobody", i))
	}
	now = now.Add(signinWindow + time.Second)
	signIn("somebody")
	signIn("lee")
	var left []string
	if err := db.bolt.View(func(tx *bbolt.Tx) error {
		for k := range withPrefix(tx.Bucket(signinBucket), nil) {
			left = append(left, string(k))
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if len(left) != 2 || left[0] != "a 192.0.2.1" || left[1] != "u somebody" {
		t.Errorf("left are %q, want the address and the guess that still counts", left)
	}
}
