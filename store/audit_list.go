package store

import (
	"context"
	"sort"
	"time"

	"go.etcd.io/bbolt"
)

// An AuditFilter says which entries of the log to list. The zero filter lists the newest of all.
type AuditFilter struct {
	Who      UserID    // 0: everybody
	Kind     AuditKind // "": every kind
	From, To time.Time // from and before; zero: any
	Before   AuditID   // older than this one; 0: the newest
}

// Audit returns up to limit entries that pass, the newest first, and whether there are older ones.
func (db *DB) Audit(ctx context.Context, f AuditFilter, limit int) ([]AuditEntry, bool, error) {
	var all []AuditEntry
	err := db.view(ctx, func(tx *bbolt.Tx) error {
		all = nil
		from, before, err := f.bounds(tx)
		if err != nil {
			return err
		}
		b, prefix := f.index()
		for k := range backFrom(tx.Bucket(b), prefix, append(append([]byte(nil), prefix...), idKey(before)...)) {
			id := lastID[AuditID](k)
			if id < from || len(all) > limit {
				break
			}
			e, _, err := decodeAudit(id, tx.Bucket(auditBucket).Get(idKey(id)))
			if err != nil {
				return err
			}
			if f.Kind == "" || e.Kind == f.Kind {
				all = append(all, e)
			}
		}
		return nil
	})
	if len(all) > limit {
		return all[:limit], true, err
	}
	return all, false, err
}

// index returns the bucket to read, and the prefix of its keys.
func (f AuditFilter) index() (bucket, prefix []byte) {
	switch {
	case f.Who != 0:
		return auditBy, idKey(f.Who)
	case f.Kind != "":
		return auditKind, append([]byte(f.Kind), 0)
	}
	return auditBucket, nil
}

// bounds returns the first entry that may pass, and the first after all that may.
func (f AuditFilter) bounds(tx *bbolt.Tx) (from, before AuditID, err error) {
	n := int(tx.Bucket(auditBucket).Sequence())
	// The first entry that is not before t. The ids have no gaps, and the times grow, but for a clock put back.
	find := func(t time.Time) AuditID {
		return AuditID(1 + sort.Search(n, func(i int) bool {
			e, _, e2 := decodeAudit(AuditID(i+1), tx.Bucket(auditBucket).Get(idKey(AuditID(i+1))))
			if e2 != nil {
				err = e2
			}
			return !e.At.Before(t)
		}))
	}
	from, before = 1, AuditID(n+1)
	if !f.From.IsZero() {
		from = find(f.From)
	}
	if !f.To.IsZero() {
		before = find(f.To)
	}
	if f.Before != 0 {
		before = min(before, f.Before)
	}
	return from, before, err
}
