package store

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"time"

	"go.etcd.io/bbolt"
)

// An AuditKind is what an entry of the audit log is about.
type AuditKind string

const (
	AuditSignIn  AuditKind = "signin"   // who came in, and who tried too often
	AuditUser    AuditKind = "users"    // accounts, roles, passwords, second steps, stations
	AuditSetting AuditKind = "settings" // how the program works, and the connection to Jobber
	AuditMatch   AuditKind = "matches"  // which item a line of Jobber's is, and kits
	AuditItem    AuditKind = "items"    // minimums, pars, costs, prices, and what is archived
	AuditData    AuditKind = "data"     // exports, imports, backups, restores
)

// AuditKinds are all kinds, in the order of menus.
var AuditKinds = []AuditKind{AuditSignIn, AuditUser, AuditSetting, AuditMatch, AuditItem, AuditData}

// Valid reports whether there is such a kind.
func (k AuditKind) Valid() bool {
	for _, other := range AuditKinds {
		if k == other {
			return true
		}
	}
	return false
}

// An AuditEntry says who did what to something that is no stock. Entries are only ever added. Nothing secret
// stands in them.
type AuditEntry struct {
	ID      AuditID
	At      time.Time
	By      Actor
	Kind    AuditKind
	What    string // what was done, without who: "added the user ana as Warehouse"
	About   string // the page of the thing; "" if it has none
	Changes []AuditChange
	From    string // the address it came from, where that matters
}

// An AuditChange is one field that was changed, in words.
type AuditChange struct {
	Field  string `json:"field"`
	Before string `json:"before"`
	After  string `json:"after"`
}

// auditRecord is an AuditEntry as it lies in the file, for good: its hash is in the next one. It names the
// newest movement there was and that one's hash, so that neither the ledger nor the log can be written anew alone.
type auditRecord struct {
	At       time.Time     `json:"at"`
	By       Actor         `json:"by"`
	Kind     AuditKind     `json:"kind"`
	What     string        `json:"what"`
	About    string        `json:"about,omitempty"`
	Changes  []AuditChange `json:"changes,omitempty"`
	From     string        `json:"from,omitempty"`
	Movement MovementID    `json:"movement,omitempty"`
	Ledger   []byte        `json:"ledger,omitempty"`
}

// auditHead is the key in meta of the newest entry and its hash.
var auditHead = []byte("audit")

// audit adds e to the log, in the transaction of what it tells of. It sets the time.
func (db *DB) audit(tx *bbolt.Tx, e AuditEntry) error {
	id, err := next[AuditID](tx.Bucket(auditBucket))
	if err != nil {
		return err
	}
	meta := tx.Bucket(metaBucket)
	r := auditRecord{At: db.Now(), By: e.By, Kind: e.Kind, What: e.What, About: e.About, Changes: e.Changes, From: e.From}
	if head := meta.Get(headKey); head != nil {
		r.Movement, r.Ledger = firstID[MovementID](head), head[8:]
	}
	data, err := json.Marshal(r)
	if err != nil {
		return err
	}
	prev := make([]byte, sha256.Size) // the first has nothing before it
	if head := meta.Get(auditHead); head != nil {
		prev = head[8:]
	}
	key := idKey(id)
	value := append(append([]byte(nil), prev...), data...)
	if err := tx.Bucket(auditBucket).Put(key, value); err != nil {
		return err
	}
	for _, index := range auditKeys(id, r) {
		if err := tx.Bucket(index[0]).Put(index[1], nil); err != nil {
			return err
		}
	}
	return meta.Put(auditHead, append(idKey(id), chain(key, value)...))
}

// auditKeys are the keys by which an entry is found, each after its bucket.
func auditKeys(id AuditID, r auditRecord) [][2][]byte {
	return [][2][]byte{{auditBy, pairKey(r.By.ID, id)}, {auditKind, auditKindKey(r.Kind, id)}}
}

func auditKindKey(k AuditKind, id AuditID) []byte { return append(append([]byte(k), 0), idKey(id)...) }

func decodeAudit(id AuditID, value []byte) (AuditEntry, auditRecord, error) {
	var r auditRecord
	if len(value) < sha256.Size {
		return AuditEntry{}, r, fmt.Errorf("audit entry %v is cut short", id)
	}
	if err := decode(value[sha256.Size:], &r); err != nil {
		return AuditEntry{}, r, fmt.Errorf("audit entry %v: %w", id, err)
	}
	return AuditEntry{ID: id, At: r.At, By: r.By, Kind: r.Kind, What: r.What, About: r.About, Changes: r.Changes, From: r.From}, r, nil
}

// Note adds an entry about something that is done outside the database: who came in, what was exported or restored.
func (db *DB) Note(ctx context.Context, e AuditEntry) error {
	return db.update(ctx, func(tx *bbolt.Tx) error { return db.audit(tx, e) })
}

// changed lists the fields that differ, each as name, before, after.
func changed(fields ...[3]string) []AuditChange {
	var all []AuditChange
	for _, f := range fields {
		if f[1] != f[2] {
			all = append(all, AuditChange{Field: f[0], Before: f[1], After: f[2]})
		}
	}
	return all
}
