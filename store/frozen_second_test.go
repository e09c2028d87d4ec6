package store

import (
	"errors"
	"testing"

	"github.com/pquerna/otp/hotp"
	"go.etcd.io/bbolt"
)

// codeNow is the code that Lee's app shows.
func codeNow(t *testing.T, db *DB, seed string) string {
	t.Helper()
	code, err := hotp.GenerateCode(seed, uint64(db.Now().Unix()/stepSeconds))
	if err != nil {
		t.Fatal(err)
	}
	return code
}

func keepSecond(t *testing.T, db *DB) error {
	ctx := t.Context()
	err := db.BeginSecond(ctx, 1)
	seed, e := db.NewSecond(ctx, 1)
	_, e2 := db.ConfirmSecond(ctx, 1, codeNow(t, db, seed))
	_, e3 := db.PasskeyHandle(ctx, 1)
	return errors.Join(err, e, e2, e3, db.AddPasskey(ctx, Passkey{ID: []byte("key"), User: 1, Name: "Laptop", Data: []byte(`{"n":1}`)}))
}

func readSecond(t *testing.T, db *DB) {
	t.Helper()
	ctx := t.Context()
	u, handle, own, err := db.PasskeyOwner(ctx, []byte("key"))
	if err != nil || !u.HasSecond || u.Recovery != recoveryCodes || len(handle) != 32 || len(own) != 1 || own[0].Name != "Laptop" || string(own[0].Data) != `{"n":1}` {
		t.Errorf("%+v, handle of %d, %+v, %v", u, len(handle), own, err)
	}
	err = db.update(ctx, func(tx *bbolt.Tx) error {
		r, err := getUser(tx, 1)
		if err != nil {
			return err
		}
		seed, err := db.openSecond(1, r.Second)
		if err != nil {
			return err
		}
		step, err := stepOf(seed, codeNow(t, db, seed), db.Now(), 0)
		if err == nil && step == 0 {
			err = errors.New("the app's code is not taken")
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}
