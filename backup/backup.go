// Package backup makes copies of the database while it is used, proves each, encrypts it if there is a passphrase,
// keeps them by age, sends them off the machine, and makes a database of one again.
//
// A copy is one file, lwc-DAY-TIME.db, or .db.age when it is encrypted (age, with a passphrase: any age program opens
// it), and its SHA-256 lies beside it in a file that ends in .sha256, as sha256sum writes it. A copy has its name only
// once it was read back and proved: what looks like a copy is one. It holds everything but the key file.
package backup

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sync"
	"time"

	"lwc-inventory/store"
)

// A Config is what a [Service] needs.
type Config struct {
	Store      *store.DB
	Secret     []byte         // to open copies with
	Dir        string         // where copies lie
	Daily      bool           // one is made every day
	Hour, Min  int            // when, in Location
	Location   *time.Location // in which days begin
	Passphrase string         // of the daily copies; "" leaves them plain
	Remote     *Remote        // where they go too; nil: nowhere
	Log        *slog.Logger
}

// A Service makes copies, by itself and when asked. Its methods are safe for concurrent use.
type Service struct {
	Config
	one sync.Mutex // held while a copy is made
}

// New returns a Service. It makes nothing by itself until [Service.Run] is called.
func New(c Config) *Service {
	if c.Location == nil {
		c.Location = time.UTC
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return &Service{Config: c}
}

// A Copy is a backup in the folder.
type Copy struct {
	Name   string
	At     time.Time // UTC
	Size   int64     // bytes; 0 when unknown
	Hand   bool      // somebody asked for it; it is no daily one
	Sealed bool      // a passphrase opens it
}

const stamp = "20060102-150405"

var copyName = regexp.MustCompile(`^lwc-(hand-)?(\d{8}-\d{6})\.db(\.age)?$`)

// parseName reads what a copy's name says.
func parseName(name string) (Copy, bool) {
	m := copyName.FindStringSubmatch(name)
	if m == nil {
		return Copy{}, false
	}
	at, err := time.Parse(stamp, m[2])
	return Copy{Name: name, At: at, Hand: m[1] != "", Sealed: m[3] != ""}, err == nil
}

func (s *Service) newName(hand, sealed bool) string {
	name := "lwc-"
	if hand {
		name += "hand-"
	}
	name += s.Store.Now().Format(stamp) + ".db"
	if sealed {
		name += ".age"
	}
	return name
}

// List returns the copies in the folder, the newest first.
func (s *Service) List() ([]Copy, error) {
	entries, err := os.ReadDir(s.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var all []Copy
	for _, e := range entries {
		c, ok := parseName(e.Name())
		if !ok || !e.Type().IsRegular() {
			continue
		}
		info, err := e.Info()
		if err != nil {
			return nil, err
		}
		c.Size = info.Size()
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b Copy) int { return cmp.Or(b.At.Compare(a.At), cmp.Compare(a.Name, b.Name)) })
	return all, err
}

// Path returns where the copy of that name lies. It fails with [store.NotFound] for everything that is not in the list.
func (s *Service) Path(name string) (string, error) {
	all, err := s.List()
	if err != nil {
		return "", err
	}
	if !slices.ContainsFunc(all, func(c Copy) bool { return c.Name == name }) {
		return "", store.Errorf(store.NotFound, "There is no copy of that name.")
	}
	return filepath.Join(s.Dir, name), nil
}

// Hand makes a copy because somebody asked for it, encrypted if there is a passphrase.
func (s *Service) Hand(ctx context.Context, passphrase string) (Copy, error) {
	s.one.Lock()
	defer s.one.Unlock()
	c, err := s.write(ctx, true, passphrase)
	if err != nil {
		return c, err
	}
	st, err := s.Store.BackupStatus(ctx)
	if err != nil {
		return c, err
	}
	st.Good, st.Name, st.Size = s.Store.Now(), c.Name, c.Size
	return c, errors.Join(s.Store.SaveBackupStatus(ctx, st), s.tidy())
}

// write makes a copy in the folder.
func (s *Service) write(ctx context.Context, hand bool, passphrase string) (Copy, error) {
	if err := os.MkdirAll(s.Dir, 0o700); err != nil {
		return Copy{}, err
	}
	name := s.newName(hand, passphrase != "")
	size, err := Write(ctx, s.Store, filepath.Join(s.Dir, name), passphrase, s.Secret)
	if err != nil {
		return Copy{}, err
	}
	c, _ := parseName(name)
	c.Size = size
	s.Log.Info("backup made", "name", name, "bytes", size)
	return c, nil
}

// tidy removes the copies whose time is over.
func (s *Service) tidy() error {
	all, err := s.List()
	if err != nil {
		return err
	}
	var errs []error
	for _, c := range Doomed(all, s.Location) {
		path := filepath.Join(s.Dir, c.Name)
		errs = append(errs, os.Remove(path))
		if err := os.Remove(path + SumEnding); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("remove old copies: %w", err)
	}
	return nil
}
