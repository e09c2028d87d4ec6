package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.etcd.io/bbolt"
)

// refusal is the one line with which a start ends, or "" if it serves.
func refusal(t *testing.T, env map[string]string) string {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ready := make(chan net.Addr, 1)
	var out, errs syncBuffer
	p := program{getenv: func(k string) string { return env[k] }, stdin: strings.NewReader(""), stdout: &out, stderr: &errs, ready: ready}
	done := make(chan int, 1)
	go func() { done <- p.run(ctx, nil) }()
	select {
	case <-ready:
		cancel()
		<-done
		return ""
	case code := <-done:
		said := strings.Split(strings.TrimSpace(errs.String()), "\n")
		last := said[len(said)-1]
		if code != 1 || !strings.HasPrefix(last, "lwc-inventory: ") {
			t.Errorf("the start ended with %d:\n%s", code, errs.String())
		}
		return last
	}
}

// altered changes a database behind the program's back.
func altered(path string, change func(tx *bbolt.Tx) error) error {
	b, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		return err
	}
	return errors.Join(b.Update(change), b.Close())
}

// Each way in which a data folder can be damaged stops the start with a word about it, or is healed.
func TestDamagedFolders(t *testing.T) {
	database := func(dir string) string { return filepath.Join(dir, "lwc.db") }
	cut := func(dir string) error { return os.Remove(database(dir) + ".sum") } // as a process that died leaves it
	first := binary.BigEndian.AppendUint64(nil, 1)
	for _, tt := range []struct {
		name string
		harm func(dir string) error
		says string // "": it serves
		log  string
	}{
		{"nothing", func(string) error { return nil }, "", ""},
		{"it died", cut, "", "it was checked, and is whole"},
		{"cut short", func(dir string) error { return os.Truncate(database(dir), 12_288) }, "is damaged", ""},
		{"cut short, and it died", func(dir string) error {
			return errors.Join(cut(dir), os.Truncate(database(dir), 12_288))
		}, "Restore a backup", ""},
		{"empty", func(dir string) error { return os.Truncate(database(dir), 0) }, "is empty", ""},
		{"empty, and it died", func(dir string) error { return errors.Join(cut(dir), os.Truncate(database(dir), 0)) }, "is empty", ""},
		{"gone", func(dir string) error { return os.Remove(database(dir)) }, "is gone", ""},
		{"both first pages overwritten", func(dir string) error {
			f, err := os.OpenFile(database(dir), os.O_WRONLY, 0)
			if err != nil {
				return err
			}
			_, err = f.Write(make([]byte, 8192))
			return errors.Join(err, f.Close())
		}, "lwc.db", ""},
		{"one bit", func(dir string) error {
			data, err := os.ReadFile(database(dir))
			if err != nil {
				return err
			}
			data[len(data)/2] ^= 4
			return os.WriteFile(database(dir), data, 0o600)
		}, "is damaged", ""},
		{"a balance, and it died", func(dir string) error {
			return errors.Join(cut(dir), altered(database(dir), func(tx *bbolt.Tx) error {
				b := tx.Bucket([]byte("stock"))
				k, _ := b.Cursor().First()
				return b.Put(bytes.Clone(k), []byte{2})
			}))
		}, "", "was made anew from the ledger"},
		{"a movement, and it died", func(dir string) error {
			return errors.Join(cut(dir), altered(database(dir), func(tx *bbolt.Tx) error {
				b := tx.Bucket([]byte("movements"))
				return b.Put(first, bytes.Replace(bytes.Clone(b.Get(first)), []byte(`"qty":7000`), []byte(`"qty":9000`), 1))
			}))
		}, "its ledger is damaged", ""},
		{"no index", func(dir string) error { return os.RemoveAll(filepath.Join(dir, "index")) }, "", "search index is new"},
		{"an index of rubbish", func(dir string) error {
			all, err := filepath.Glob(filepath.Join(dir, "index", "*", "store", "root.bolt"))
			if err != nil || len(all) != 1 {
				return errors.Join(err, errors.New("no index"))
			}
			return os.WriteFile(all[0], []byte("rubbish"), 0o600)
		}, "", "made anew"},
		{"sessions of rubbish", func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "sessions.db"), []byte("rubbish"), 0o600)
		}, "sessions.db", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := env(t)
			r := start(t, e)
			lee := person{t, "http://" + r.addr, e, visitor(t)}
			lee.setUp()
			item := lee.item("sku", "A-1", "name", "Thing", "unit", "ea")
			lee.post(item+"/movements", "kind", "receive", "quantity", "7", "request_id", "1")
			lee.post(item+"/movements", "kind", "receive", "quantity", "5", "request_id", "2")
			r.stop()
			if err := tt.harm(e["DATA_DIR"]); err != nil {
				t.Fatal(err)
			}
			if tt.says != "" {
				if said := refusal(t, e); !strings.Contains(said, tt.says) {
					t.Errorf("the start says %q, want %q", said, tt.says)
				}
				return
			}
			r = start(t, e)
			lee.base = "http://" + r.addr
			if lee = lee.other("lee", ownersPassword); lee.get(item).total("on-hand") != "12" {
				t.Errorf("on hand is %s", lee.get(item).total("on-hand"))
			}
			eventually(t, "the index", func() bool { return skus(lee.get("/items?q=thing")) == "A-1" })
			if said := r.stop(); !strings.Contains(said, tt.log) {
				t.Errorf("the log does not say %q:\n%s", tt.log, said)
			}
		})
	}
}
