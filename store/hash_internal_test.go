package store

import "testing"

// HashOf is the hash of an active user's password.
func (db *DB) HashOf(t *testing.T, username string) string {
	t.Helper()
	_, hash, err := db.hashOf(t.Context(), username)
	if err != nil {
		t.Fatal(err)
	}
	return hash
}
