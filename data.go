package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"strings"
	"time"

	"lwc-inventory/backup"
	"lwc-inventory/store"
)

// importFile adds what a CSV file holds, all or none.
func (t task) importFile(ctx context.Context) error {
	if len(t.args) == 3 {
		switch t.args[1] {
		case "items":
			return t.importItems(ctx)
		case "users":
			return t.importUsers(ctx)
		}
	}
	return fmt.Errorf("%w: import items FILE.csv or import users FILE.csv", errUsage)
}

func (t task) importUsers(ctx context.Context) error {
	added, here, err := t.db.ImportUsers(ctx, commandLine, t.stdin)
	if err != nil {
		return plain(err)
	}
	words := ""
	if here > 0 {
		words = fmt.Sprintf(" %d are here already and stay as they are.", here)
	}
	_, err = fmt.Fprintf(t.stdout, "%d users imported.%s\n", added, words)
	return err
}

func (t task) importItems(ctx context.Context) error {
	r, err := t.db.ImportItems(ctx, commandLine, t.stdin)
	if err != nil {
		return plain(err)
	}
	_, err = fmt.Fprintf(t.stdout, "%d items imported.\n", r.Items)
	return err
}

// backup writes a consistent copy of the database to a new file, beside a running server too, with its SHA-256 beside
// it. With --passphrase-stdin the copy is encrypted.
func (t task) backup(ctx context.Context) error {
	passphrase, args, err := passphraseOf(t.args[1:], t.stdin)
	if err != nil || len(args) != 1 {
		return errors.Join(fmt.Errorf("%w: backup FILE [--passphrase-stdin]", errUsage), err)
	}
	size, err := backup.Write(ctx, t.db, args[0], passphrase, t.secret)
	if err != nil {
		return plain(err)
	}
	_, err = fmt.Fprintf(t.stdout, "%s: %d bytes, read back and proved. It holds everything but the key: keep SECRET_KEY, or the file secret.key of the data folder, as well.\n",
		args[0], size)
	return err
}

// passphraseOf reads a passphrase from stdin, if the arguments say so, and returns the other arguments.
func passphraseOf(args []string, stdin io.Reader) (string, []string, error) {
	i := slices.Index(args, "--passphrase-stdin")
	if i < 0 {
		return "", args, nil
	}
	line, err := io.ReadAll(io.LimitReader(stdin, 4096))
	passphrase := strings.TrimRight(string(line), "\r\n")
	if err == nil && passphrase == "" {
		err = errors.New("there is no passphrase on stdin")
	}
	return passphrase, slices.Concat(args[:i], args[i+1:]), err
}

// check proves that the ledger is whole and that all that is made from it agrees with it, search too. With --repair it
// makes anew what is made from it, after a copy.
func (t task) check(ctx context.Context) error {
	repair := len(t.args) == 2 && t.args[1] == "--repair"
	if len(t.args) != 1 && !repair {
		return fmt.Errorf("%w: check [--repair]", errUsage)
	}
	faults, err := t.faults(ctx)
	for _, f := range faults {
		fmt.Fprintf(t.stdout, "%s: %s\n", f.Kind, f.Says)
	}
	if repair && err == nil && len(faults) > 0 {
		return t.repair(ctx, faults)
	}
	switch {
	case err != nil:
		return fmt.Errorf("the file cannot be read to its end: %w", err)
	case len(faults) > 0:
		return fmt.Errorf("%d faults", len(faults))
	}
	_, err = fmt.Fprintln(t.stdout, "The ledger is whole, and everything agrees with it.")
	return err
}

// faults are those of the database and those of the search index.
func (t task) faults(ctx context.Context) ([]store.Fault, error) {
	faults, err := t.db.Faults(ctx)
	if err != nil {
		return faults, err
	}
	of := func() ([]store.Fault, error) { return store.IndexFaults(ctx, t.db, indexPath(t.cfg)) }
	if t.index != nil {
		of = func() ([]store.Fault, error) { return t.index.Faults(ctx) }
	}
	index, err := of()
	return slices.Concat(faults, index), err
}

// repair makes anew what is derived, and checks again.
func (t task) repair(ctx context.Context, faults []store.Fault) error {
	r, err := t.db.Repair(ctx, repairCopy(t.cfg))
	if err != nil {
		return plain(err)
	}
	if r.Copy != "" {
		fmt.Fprintf(t.stdout, "Made anew from the ledger. The file as it was: %s\n", r.Copy)
	}
	if slices.ContainsFunc(faults, func(f store.Fault) bool { return f.Kind == store.InIndex }) {
		if err := t.makeIndex(ctx); err != nil {
			return err
		}
	}
	left, err := t.faults(ctx)
	if err != nil || len(left) > 0 {
		return errors.Join(err, fmt.Errorf("%d faults are left, which are in no derived data: restore a backup", len(left)))
	}
	_, err = fmt.Fprintln(t.stdout, "The ledger is whole, and everything agrees with it.")
	return err
}

// repairCopy begins the name of the copies that are made before a repair.
func repairCopy(cfg config) string { return databasePath(cfg) + ".before-repair" }

// reindex makes the search index anew: at once in a running server, else at its next start.
func (t task) reindex(ctx context.Context) error {
	if len(t.args) != 1 {
		return fmt.Errorf("%w: reindex takes no arguments", errUsage)
	}
	return t.makeIndex(ctx)
}

func (t task) makeIndex(ctx context.Context) error {
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
	passphrase, args, err := passphraseOf(args, p.stdin)
	if err := set.Parse(args); err != nil || set.NArg() != 1 {
		return fmt.Errorf("%w: restore [--replace] [--passphrase-stdin] FILE", errUsage)
	}
	if err != nil {
		return err
	}
	secret, err := openFolder(cfg)
	if err != nil {
		return err
	}
	if _, err := os.Stat(databasePath(cfg)); err == nil && !*replace {
		return fmt.Errorf("%s holds data; --replace keeps it aside and puts the backup in its place", cfg.DataDir)
	}
	if err := backup.Unpack(ctx, commandLine, set.Arg(0), restorePath(cfg), passphrase, secret); err != nil {
		return fmt.Errorf("%s: %w", set.Arg(0), plain(err))
	}
	kept, err := putRestored(cfg, secret)
	if err != nil {
		return err
	}
	if kept != "" {
		fmt.Fprintf(p.stdout, "What was there before: %s\n", kept)
	}
	_, err = fmt.Fprintln(p.stdout, "Restored. The ledger was checked.")
	return err
}

// restorePath is where a backup is unpacked before it takes the database's place.
func restorePath(cfg config) string { return databasePath(cfg) + ".restore" }

// putRestored puts an unpacked backup in the database's place, if nobody has that open, and returns where the old one
// is kept. Everybody is signed out: what is restored may know other people by the same numbers.
func putRestored(cfg config, secret []byte) (kept string, err error) {
	if err := closed(cfg, secret); err != nil {
		return "", err
	}
	if kept, err = backup.Put(restorePath(cfg), databasePath(cfg), time.Now()); err != nil {
		return kept, err
	}
	// The index knows another past.
	return kept, errors.Join(os.RemoveAll(indexPath(cfg)), removeIfThere(sessionsPath(cfg)))
}

// closed fails while a server has the database. One that is damaged nobody can have open.
func closed(cfg config, secret []byte) error {
	conn, err := net.DialTimeout("unix", socketPath(cfg), time.Second)
	if err == nil {
		return errors.Join(errors.New("the folder is in use by a server: restore on its page, or stop it first"), conn.Close())
	}
	db, err := store.Open(databasePath(cfg), store.Options{Secret: secret, ReadOnly: true})
	if err == nil {
		return db.Close()
	}
	if errors.Is(err, store.ErrInUse) {
		return err
	}
	return nil
}

func removeIfThere(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}
