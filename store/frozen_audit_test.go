package store

import "testing"

func keepAudit(t *testing.T, db *DB) error {
	return db.Note(t.Context(), AuditEntry{By: frozenBy, Kind: AuditData, What: "exported the items", About: "/items", From: "192.0.2.7",
		Changes: []AuditChange{{Field: "rows", Before: "0", After: "3"}}})
}

func readAudit(t *testing.T, db *DB) {
	t.Helper()
	all, _, err := db.Audit(t.Context(), AuditFilter{Kind: AuditData}, 1)
	if err != nil || len(all) != 1 {
		t.Fatalf("audit %+v, %v", all, err)
	}
	e := all[0]
	if e.By != frozenBy || e.What != "exported the items" || e.From != "192.0.2.7" || len(e.Changes) != 1 || e.At.IsZero() {
		t.Errorf("%+v", e)
	}
}
