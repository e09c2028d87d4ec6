package store

import (
	"bytes"
	"errors"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// Bleve tries again at once when the disk refuses. It is slowed down, and the index's own log tells.
func TestRestFromDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db, err := Open(filepath.Join(t.TempDir(), "lwc.db"), Options{Secret: make([]byte, 32)})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		var said bytes.Buffer
		x, err := OpenIndex(db, t.TempDir(), slog.New(slog.NewTextHandler(&said, nil)))
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		restFromDisk(errors.New("no space left"), filepath.Join(x.path, "store"))
		if took := time.Since(began); took < diskRest {
			t.Errorf("it rested for %v", took)
		}
		if !strings.Contains(said.String(), "no space left") {
			t.Errorf("the log says %q", said.String())
		}
		if err := x.Close(); err != nil {
			t.Fatal(err)
		}
		if _, open := hearing.Load(x.path); open {
			t.Error("a closed index still hears")
		}
	})
}
