package store

import (
	"fmt"

	"go.etcd.io/bbolt"
)

// leaveKey takes the file from the old key to the new one. Nothing is read under the old one afterwards.
func (db *DB) leaveKey(secret []byte) error {
	old, err := newSealer(secret)
	if err != nil {
		return fmt.Errorf("the old key: %w", err)
	}
	n, err := db.reseal(old)
	if err != nil {
		return fmt.Errorf("seal secrets anew: %w", err)
	}
	db.log.Info("secrets are sealed under SECRET_KEY; SECRET_KEY_OLD is not needed any more", "sealed anew", n)
	return nil
}

// reseal seals anew, under SECRET_KEY, all that is still sealed under the old one, in one transaction: after it the old
// key opens nothing here. What neither key opens stays as it is. It returns how many secrets it was.
func (db *DB) reseal(old sealer) (n int, err error) {
	again := func(name string, sealed []byte) []byte {
		if sealed == nil {
			return nil
		}
		if _, err := db.seal.open(name, sealed); err == nil {
			return sealed
		}
		plain, err := old.open(name, sealed)
		if err != nil {
			return sealed
		}
		n++
		return db.seal.seal(name, plain)
	}
	err = db.bolt.Update(func(tx *bbolt.Tx) error {
		for _, part := range []func(*bbolt.Tx, func(string, []byte) []byte) error{resealSettings, resealConnects, resealUsers, resealPushes} {
			if err := part(tx, again); err != nil {
				return err
			}
		}
		if n == 0 {
			return nil
		}
		return db.audit(tx, AuditEntry{By: Actor{Name: "The program"}, Kind: AuditSetting, What: fmt.Sprintf("sealed %d secrets anew under another SECRET_KEY", n)})
	})
	return n, err
}

func resealSettings(tx *bbolt.Tx, again func(string, []byte) []byte) error {
	b := tx.Bucket(settingBucket)
	for _, key := range sealedSettings {
		if v := b.Get([]byte(key)); v != nil {
			if err := b.Put([]byte(key), again(key, v)); err != nil {
				return err
			}
		}
	}
	return nil
}

func resealConnects(tx *bbolt.Tx, again func(string, []byte) []byte) error {
	b := tx.Bucket(connectBucket)
	return rewrite(b, func(r *connectRecord, _ []byte) {
		r.Verifier, r.Code, r.Granted = again("verifier", r.Verifier), again("code", r.Code), again("granted", r.Granted)
	})
}

func resealUsers(tx *bbolt.Tx, again func(string, []byte) []byte) error {
	return rewrite(tx.Bucket(userBucket), func(r *userRecord, key []byte) {
		name := secondSeal(firstID[UserID](key))
		r.Second, r.SecondNew = again(name, r.Second), again(name, r.SecondNew)
	})
}

func resealPushes(tx *bbolt.Tx, again func(string, []byte) []byte) error {
	b := tx.Bucket(pushBucket)
	all := map[string][]byte{}
	for k, v := range withPrefix(b, nil) {
		all[string(k)] = again(pushKeyName, v)
	}
	for k, v := range all {
		if err := b.Put([]byte(k), v); err != nil {
			return err
		}
	}
	return nil
}

// rewrite changes every record of b.
func rewrite[T any](b *bbolt.Bucket, change func(r *T, key []byte)) error {
	all := map[string]T{}
	for k := range withPrefix(b, nil) {
		var r T
		if _, err := get(b, k, &r); err != nil {
			return err
		}
		change(&r, k)
		all[string(k)] = r
	}
	for k, r := range all {
		if err := put(b, []byte(k), r); err != nil {
			return err
		}
	}
	return nil
}
