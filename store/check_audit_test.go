package store

import (
	"bytes"
	"strings"
	"testing"

	"go.etcd.io/bbolt"
)

// The log tells when it, or the ledger that it saw, was altered behind its back.
func TestCheckFindsWhatWasAlteredInTheLog(t *testing.T) {
	by := Actor{ID: 1, Name: "lee"}
	swap := func(b *bbolt.Bucket, key []byte, old, new string) error {
		return b.Put(key, bytes.Replace(bytes.Clone(b.Get(key)), []byte(old), []byte(new), 1))
	}
	for _, tt := range []struct {
		name  string
		alter func(tx *bbolt.Tx) error
		says  string
	}{
		{"nothing", func(*bbolt.Tx) error { return nil }, ""},
		{"who it was", func(tx *bbolt.Tx) error { return swap(tx.Bucket(auditBucket), idKey(AuditID(1)), "lee", "ana") },
			"audit entry 2: the one before it was altered"},
		{"the newest", func(tx *bbolt.Tx) error { return swap(tx.Bucket(auditBucket), idKey(AuditID(3)), "second", "scrond") },
			"the newest audit entry 3 is not the one the log ended with"},
		{"one that is gone", func(tx *bbolt.Tx) error { return tx.Bucket(auditBucket).Delete(idKey(AuditID(2))) },
			"audit: 3 follows 1; some are missing"},
		{"the last, gone", func(tx *bbolt.Tx) error { return tx.Bucket(auditBucket).Delete(idKey(AuditID(3))) },
			"not the one the log ended with"},
		{"all of it", func(tx *bbolt.Tx) error {
			for _, name := range [][]byte{auditBucket, auditBy, auditKind} {
				if err := tx.DeleteBucket(name); err != nil {
					return err
				}
				if _, err := tx.CreateBucket(name); err != nil {
					return err
				}
			}
			return nil
		}, "not the one the log ended with"},
		{"who it is found by", func(tx *bbolt.Tx) error { return tx.Bucket(auditBy).Delete(pairKey(UserID(1), AuditID(1))) }, "audit.by: key"},
		{"what it is found by", func(tx *bbolt.Tx) error { return tx.Bucket(auditKind).Delete(auditKindKey(AuditData, 2)) }, "audit.kind: key"},
		{"a ledger written anew", func(tx *bbolt.Tx) error {
			key := idKey(MovementID(1))
			if err := swap(tx.Bucket(movementBucket), key, `"reason":"new"`, `"reason":"old"`); err != nil {
				return err
			}
			return tx.Bucket(metaBucket).Put(headKey, append(key, chain(key, tx.Bucket(movementBucket).Get(key))...))
		}, "audit entry 3: movement 1 is not the one there was"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			db, err := Open(t.TempDir()+"/lwc.db", frozen())
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			it, err := db.CreateItem(t.Context(), by, ItemDraft{SKU: "AB-1", Name: "Elbow", Unit: "ea"})
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range []AuditEntry{{By: by, Kind: AuditData, What: "first"}, {By: by, Kind: AuditUser, What: "second"}} {
				if err := db.Note(t.Context(), e); err != nil {
					t.Fatal(err)
				}
				act := Act{RequestID: e.What, By: by, Entries: []Entry{{Item: it.ID, Kind: Receive, Qty: 5000, Reason: "new"}}}
				if e.What == "first" {
					if _, err := db.Book(t.Context(), act); err != nil {
						t.Fatal(err)
					}
				}
			}
			if err := db.update(t.Context(), tt.alter); err != nil {
				t.Fatal(err)
			}
			err = db.Check(t.Context())
			if (tt.says == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), tt.says) {
				t.Errorf("check says %v, want %q", err, tt.says)
			}
		})
	}
}
