package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"lwc-inventory/store"
)

// importItems adds the items of a CSV file, all or none.
func (t task) importItems(ctx context.Context) error {
	if len(t.args) != 3 || t.args[1] != "items" {
		return fmt.Errorf("%w: import items FILE.csv", errUsage)
	}
	r, err := t.db.ImportItems(ctx, commandLine, t.stdin)
	if err != nil {
		return plain(err)
	}
	_, err = fmt.Fprintf(t.stdout, "%d items imported.\n", r.Items)
	return err
}

// backup writes a consistent copy of the database to a new file, beside a running server too.
func (t task) backup(ctx context.Context) error {
	if len(t.args) != 2 {
		return fmt.Errorf("%w: backup FILE", errUsage)
	}
	size, err := t.db.Backup(ctx, t.args[1])
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(t.stdout, "%s: %d bytes. It holds everything but the key: keep SECRET_KEY, or the file secret.key of the data folder, as well.\n",
		t.args[1], size)
	return err
}

// check proves that the ledger is whole and that all that is made from it agrees with it.
func (t task) check(ctx context.Context) error {
	if len(t.args) != 1 {
		return fmt.Errorf("%w: check takes no arguments", errUsage)
	}
	if err := t.db.Check(ctx); err != nil {
		faults := strings.Split(err.Error(), "\n")
		fmt.Fprintln(t.stdout, err)
		return fmt.Errorf("%d faults", len(faults))
	}
	_, err := fmt.Fprintln(t.stdout, "The ledger is whole, and everything agrees with it.")
	return err
}

// reindex makes the search index anew: at once in a running server, else at its next start.
func (t task) reindex(ctx context.Context) error {
	if len(t.args) != 1 {
		return fmt.Errorf("%w: reindex takes no arguments", errUsage)
	}
	if t.index != nil {
		if err := t.index.Rebuild(ctx); err != nil {
			return err
		}
		_, err := fmt.Fprintln(t.stdout, "The search index is made anew.")
		return err
	}
	if err := os.RemoveAll(indexPath(t.cfg)); err != nil {
		return err
	}
	_, err := fmt.Fprintln(t.stdout, "The search index is removed. The next start makes it anew.")
	return err
}

// restore puts a backup in the place of the data folder's database. It verifies the backup first, and
// refuses a folder that holds data unless it is to be replaced; then the old file is kept aside.
func (p program) restore(ctx context.Context, cfg config, args []string) error {
	set := flag.NewFlagSet("restore", flag.ContinueOnError)
	set.SetOutput(io.Discard)
	replace := set.Bool("replace", false, "")
	if err := set.Parse(args); err != nil || set.NArg() != 1 {
		return fmt.Errorf("%w: restore [--replace] FILE", errUsage)
	}
	secret, err := openFolder(cfg)
	if err != nil {
		return err
	}
	path := databasePath(cfg)
	fresh := path + ".restore"
	if err := copyVerified(ctx, set.Arg(0), fresh, secret); err != nil {
		return errors.Join(fmt.Errorf("%s: %w", set.Arg(0), err), removeIfThere(fresh))
	}
	if _, err := os.Stat(path); err == nil {
		if !*replace {
			return errors.Join(fmt.Errorf("%s holds data; --replace keeps it aside and puts the backup in its place", cfg.DataDir), removeIfThere(fresh))
		}
		if err := keepAside(path, secret); err != nil {
			return errors.Join(err, removeIfThere(fresh))
		}
	}
	if err := os.RemoveAll(indexPath(cfg)); err != nil { // it knows another past
		return err
	}
	if err := os.Rename(fresh, path); err != nil {
		return err
	}
	_, err = fmt.Fprintln(p.stdout, "Restored. The ledger was checked.")
	return err
}

// keepAside renames the database, if no server has it open.
func keepAside(path string, secret []byte) error {
	db, err := store.Open(path, store.Options{Secret: secret})
	if err != nil {
		return err
	}
	if err := db.Close(); err != nil {
		return err
	}
	return os.Rename(path, path+".before-"+time.Now().UTC().Format("20060102-150405"))
}

// copyVerified copies a backup and proves the copy whole.
func copyVerified(ctx context.Context, from, to string, secret []byte) error {
	data, err := os.Open(from)
	if err != nil {
		return err
	}
	defer data.Close()
	if err := removeIfThere(to); err != nil {
		return err
	}
	f, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	n, err := io.Copy(f, data)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if n == 0 {
		return errors.New("the file is empty") // opening it would make a new database of it
	}
	db, err := store.Open(to, store.Options{Secret: secret})
	if err != nil {
		return err
	}
	return errors.Join(db.Check(ctx), db.Close())
}

func removeIfThere(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}
