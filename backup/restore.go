package backup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"lwc-inventory/store"
)

// Unpack makes a database of a copy, in a new file, and proves it: its SHA-256 if one lies beside it, its encryption,
// every page, the ledger, and all that is made from it, which is made anew where it does not agree. The copy stays as it
// is. The new database's log says that by restored it. It fails with [store.Invalid] and a sentence when the passphrase
// or the copy is no good; then nothing is left.
func Unpack(ctx context.Context, by store.Actor, from, to, passphrase string, secret []byte) (err error) {
	if err := remove(to); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, remove(to))
		}
	}()
	want, err := sumBeside(from)
	if err != nil {
		return err
	}
	got, size, err := sumOf(from)
	switch {
	case err != nil:
		return err
	case size == 0:
		return store.Errorf(store.Invalid, "The file is empty.")
	case want != "" && got != want:
		return store.Errorf(store.Invalid, "This copy is damaged: it is not what %s says.", filepath.Base(from)+SumEnding)
	}
	if err := open(from, to, passphrase); err != nil {
		return err
	}
	return settle(ctx, to, secret, store.AuditEntry{By: by, Kind: store.AuditData, What: "restored the backup " + filepath.Base(from), About: "/admin/backups"})
}

// open writes what is in a copy to a new file.
func open(from, to, passphrase string) error {
	sealed, err := isSealed(from)
	if err != nil {
		return err
	}
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if sealed {
		err = unseal(from, passphrase, out)
	} else {
		var in *os.File
		if in, err = os.Open(from); err == nil {
			_, err = io.Copy(out, in)
			err = errors.Join(err, in.Close())
		}
	}
	if _, ok := errors.AsType[*fs.PathError](err); ok {
		err = store.DiskError(err)
	} else if err != nil && store.CodeOf(err) == store.Internal {
		err = fmt.Errorf("%w (%w)", store.Errorf(store.Invalid, "This copy is damaged: it cannot be decrypted to its end."), err)
	}
	return errors.Join(err, out.Sync(), out.Close())
}

// settle brings the file to this program's layout and makes sure that all in it agrees.
func settle(ctx context.Context, path string, secret []byte, note store.AuditEntry) error {
	db, err := store.Open(path, store.Options{Secret: secret})
	if err != nil {
		return fmt.Errorf("%w (%w)", store.Errorf(store.Invalid, "This is no sound copy."), err)
	}
	err = func() error {
		faults, err := db.Faults(ctx)
		if i := slices.IndexFunc(faults, func(f store.Fault) bool { return f.Kind == store.InLedger }); i >= 0 {
			err = errors.New(faults[i].Says)
		}
		if err != nil {
			return fmt.Errorf("%w (%w)", store.Errorf(store.Invalid, "The ledger in this copy is not whole."), err)
		}
		if _, err = db.Repair(ctx, path+".aside"); err != nil {
			return err
		}
		return errors.Join(db.DropWaitingMails(ctx), db.Note(ctx, note))
	}()
	return errors.Join(err, db.Close())
}

// remove removes a file with all that opening it left beside it.
func remove(path string) error {
	all, err := filepath.Glob(path + "*")
	if err != nil {
		return err
	}
	var errs []error
	for _, p := range all {
		errs = append(errs, os.Remove(p))
	}
	return errors.Join(errs...)
}

// Put puts an unpacked database in the place of another, which it keeps aside under the name it returns; "" if there
// was none. Nobody may have either open. Dying on the way leaves one or the other in place.
func Put(fresh, path string, now time.Time) (kept string, err error) {
	if err := os.Remove(path + ".sum"); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	if _, err := os.Stat(path); err == nil {
		kept = path + ".before-" + now.UTC().Format(stamp)
		if err := os.Link(path, kept); err != nil {
			return "", fmt.Errorf("keep %s: %w", path, err)
		}
	}
	if err := os.Rename(fresh, path); err != nil {
		return kept, err
	}
	if err := os.Rename(fresh+".sum", path+".sum"); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return kept, err
	}
	return kept, errors.Join(remove(fresh), syncFolder(filepath.Dir(path)))
}
