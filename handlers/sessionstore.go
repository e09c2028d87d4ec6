package handlers

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"
	kv "github.com/gofiber/storage/bbolt"
	"go.etcd.io/bbolt"

	"lwc-inventory/store"
)

// sweepEvery is how often rows past their deadline are removed. Nothing depends on it: Get
// refuses them from the first moment.
const sweepEvery = 15 * time.Minute

const sessionBucket = "sessions"

// A SessionStore keeps sessions in a file of their own. It is gofiber/storage/bbolt made safe:
// that package's Get returns memory of the database that the next write overwrites, it ignores
// how long a row is to live, and it panics when it cannot open its file.
//
// Each value is led by its deadline, and no write runs while a Get copies. It is safe for use by
// several goroutines.
type SessionStore struct {
	Now func() time.Time // the clock of deadlines; time.Now unless a test sets it before use
	Log *slog.Logger     // hears of sweeps that failed; set before Run

	mu   sync.RWMutex
	rows *kv.Storage
}

var _ fiber.Storage = (*SessionStore)(nil)

// OpenSessions opens or makes the file at path, for its owner's eyes only. It fails when another
// process holds the file.
func OpenSessions(path string) (s *SessionStore, err error) {
	// The package would make the file readable for everyone.
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open sessions: %w", err)
	}
	err = errors.Join(f.Chmod(0o600), f.Close())
	if err != nil {
		return nil, fmt.Errorf("open sessions: %w", err)
	}
	defer func() {
		if r := recover(); r != nil {
			s, err = nil, fmt.Errorf("open sessions %s: %v", path, r)
		}
	}()
	rows := kv.New(kv.Config{Database: path, Bucket: sessionBucket, Timeout: time.Second})
	return &SessionStore{Now: time.Now, Log: slog.New(slog.DiscardHandler), rows: rows}, nil
}

// Get returns a copy of the value under key, or nil if there is none or its time is over.
func (s *SessionStore) Get(key string) ([]byte, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.get(key)
}

func (s *SessionStore) get(key string) ([]byte, error) {
	raw, err := s.rows.Get(key)
	if err != nil {
		return nil, fmt.Errorf("read session: %w", err)
	}
	if !s.alive(raw) {
		return nil, nil
	}
	// A copy: raw is the database's own memory, and only our lock keeps writers away from it.
	return append([]byte{}, raw[8:]...), nil
}

func (s *SessionStore) alive(raw []byte) bool {
	if len(raw) < 8 {
		return false
	}
	deadline := int64(binary.BigEndian.Uint64(raw))
	return deadline == 0 || s.Now().UnixNano() < deadline
}

// Set keeps val under key for the time life; 0 is for ever, less is not at all.
func (s *SessionStore) Set(key string, val []byte, life time.Duration) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.set(key, val, life)
}

func (s *SessionStore) set(key string, val []byte, life time.Duration) error {
	var deadline uint64
	if life != 0 {
		deadline = uint64(s.Now().Add(life).UnixNano())
	}
	raw := append(binary.BigEndian.AppendUint64(nil, deadline), val...)
	if err := s.rows.Set(key, raw, life); err != nil {
		return fmt.Errorf("write session: %w", store.DiskError(err))
	}
	return nil
}

// Touch is Set for a row that is there; it brings none back that was deleted meanwhile.
func (s *SessionStore) Touch(key string, val []byte, life time.Duration) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	old, err := s.get(key)
	if err != nil || old == nil {
		return err
	}
	return s.set(key, val, life)
}

// Each calls fn with every row that is alive. fn must not keep val, nor use the store.
func (s *SessionStore) Each(fn func(key string, val []byte) error) error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.rows.Conn().View(func(tx *bbolt.Tx) error {
		return tx.Bucket([]byte(sessionBucket)).ForEach(func(k, v []byte) error {
			if !s.alive(v) {
				return nil
			}
			return fn(string(k), v[8:])
		})
	})
}

// Delete removes the row under key, if there is one.
func (s *SessionStore) Delete(key string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.rows.Delete(key); err != nil {
		return fmt.Errorf("delete session: %w", store.DiskError(err))
	}
	return nil
}

// Reset removes all rows: everybody is signed out.
func (s *SessionStore) Reset() error { return s.remove(func([]byte) bool { return true }) }

// Sweep removes the rows whose time is over.
func (s *SessionStore) Sweep() error {
	return s.remove(func(raw []byte) bool { return !s.alive(raw) })
}

// remove deletes the rows that doomed accepts, in one commit. The package's own Reset deletes
// while it iterates, which skips rows.
func (s *SessionStore) remove(doomed func(raw []byte) bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	err := s.rows.Conn().Update(func(tx *bbolt.Tx) error {
		b := tx.Bucket([]byte(sessionBucket))
		var keys [][]byte
		err := b.ForEach(func(k, v []byte) error {
			if doomed(v) {
				keys = append(keys, append([]byte{}, k...))
			}
			return nil
		})
		if err != nil {
			return err
		}
		for _, k := range keys {
			if err := b.Delete(k); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("remove sessions: %w", store.DiskError(err))
	}
	return nil
}

// Run sweeps now and then until ctx ends. A sweep that fails is tried again at its next turn.
func (s *SessionStore) Run(ctx context.Context) error {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			if err := s.Sweep(); err != nil {
				s.Log.Warn("sessions not swept", "err", err)
			}
		}
	}
}

// Close closes the file.
func (s *SessionStore) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.rows.Close()
}
