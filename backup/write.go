package backup

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"filippo.io/age"

	"lwc-inventory/store"
)

// SumEnding ends the name of the file that holds a copy's SHA-256.
const SumEnding = ".sha256"

// workFactor makes a guess at a passphrase cost 128 MB and some half a second (2 to the 17th, as OWASP has it for scrypt).
const workFactor = 17

// Write makes a copy of db in a new file, encrypted if there is a passphrase, with its SHA-256 beside it, and returns its
// size. The copy was read back and proved when Write returns; when it fails nothing is left. It fails with
// [store.Conflict] when the file exists and with [store.NoRoom] when there is no room.
func Write(ctx context.Context, db *store.DB, path, passphrase string, secret []byte) (size int64, err error) {
	for _, there := range []string{path, path + SumEnding} {
		if _, err := os.Lstat(there); err == nil {
			return 0, store.Errorf(store.Conflict, "%s is there already.", there)
		}
	}
	work, err := os.MkdirTemp(filepath.Dir(path), ".backup-*")
	if err != nil {
		return 0, fmt.Errorf("make a backup: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()
	made := filepath.Join(work, "copy.db")
	if _, err := db.Backup(ctx, made); err != nil {
		return 0, err
	}
	if err := prove(ctx, made, secret); err != nil {
		return 0, fmt.Errorf("the copy is not sound: %w", err)
	}
	if passphrase != "" {
		if made, err = seal(made, passphrase); err != nil {
			return 0, err
		}
	}
	sum, size, err := sumOf(made)
	if err != nil {
		return 0, err
	}
	line := filepath.Join(work, "sum")
	if err := writeFile(line, []byte(sum+"  "+filepath.Base(path)+"\n")); err != nil {
		return 0, store.DiskError(err)
	}
	// The copy last: with its name it has its sum.
	if err := errors.Join(os.Rename(line, path+SumEnding), os.Rename(made, path)); err != nil {
		return 0, err
	}
	return size, syncFolder(filepath.Dir(path))
}

// prove reads a plain copy as the program would, to its end. What contradicts itself in it may do so in the database
// itself; a copy is bad when it cannot be read, or when its ledger is not whole.
func prove(ctx context.Context, path string, secret []byte) error {
	db, err := store.Open(path, store.Options{Secret: secret, ReadOnly: true})
	if err != nil {
		return err
	}
	faults, err := db.Faults(ctx)
	for _, f := range faults {
		if f.Kind == store.InLedger {
			err = errors.Join(err, errors.New(f.Says))
		}
	}
	return errors.Join(err, db.Close())
}

// seal encrypts a file, proves that the passphrase opens it to the same bytes, and returns the new file's path.
func seal(path, passphrase string) (string, error) {
	to := path + ".age"
	r, err := age.NewScryptRecipient(passphrase)
	if err != nil {
		return "", err
	}
	r.SetWorkFactor(workFactor)
	want, _, err := sumOf(path)
	if err != nil {
		return "", err
	}
	if err := sealTo(path, to, r); err != nil {
		return "", store.DiskError(err)
	}
	h := sha256.New()
	if err := unseal(to, passphrase, h); err != nil {
		return "", fmt.Errorf("read the encrypted copy back: %w", err)
	}
	if hex.EncodeToString(h.Sum(nil)) != want {
		return "", errors.New("the encrypted copy does not open to what was encrypted")
	}
	return to, nil
}

func sealTo(from, to string, r age.Recipient) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	w, err := age.Encrypt(out, r)
	if err == nil {
		_, err = io.Copy(w, in)
		err = errors.Join(err, w.Close())
	}
	return errors.Join(err, out.Sync(), out.Close())
}

// ageHeader begins every file of age's.
const ageHeader = "age-encryption.org/"

// isSealed reports whether the file is encrypted.
func isSealed(path string) (bool, error) {
	f, err := os.Open(path)
	if err != nil {
		return false, err
	}
	defer f.Close()
	head := make([]byte, len(ageHeader))
	if _, err := io.ReadFull(f, head); err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return false, err
	}
	return bytes.Equal(head, []byte(ageHeader)), nil
}

// unseal writes what is in an encrypted file to w. It fails with [store.Invalid] when the passphrase is wrong.
func unseal(path, passphrase string, w io.Writer) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	id, err := age.NewScryptIdentity(passphrase)
	if err != nil {
		return store.Errorf(store.Invalid, "This copy is encrypted. It takes its passphrase.")
	}
	r, err := age.Decrypt(bufio.NewReader(f), id)
	if _, ok := errors.AsType[*age.NoIdentityMatchError](err); ok {
		return store.Errorf(store.Invalid, "The passphrase is another.")
	}
	if err != nil {
		return err
	}
	_, err = io.Copy(w, r)
	return err
}

// sumOf returns the SHA-256 of a file, in hex, and its size.
func sumOf(path string) (string, int64, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", 0, err
	}
	h := sha256.New()
	n, err := io.Copy(h, f)
	return hexOf(h), n, errors.Join(err, f.Close())
}

func hexOf(h hash.Hash) string { return hex.EncodeToString(h.Sum(nil)) }

// sumBeside returns the SHA-256 that lies beside a file, "" if none does.
func sumBeside(path string) (string, error) {
	data, err := os.ReadFile(path + SumEnding)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	sum, _, _ := strings.Cut(string(data), " ")
	return strings.ToLower(strings.TrimSpace(sum)), err
}

func writeFile(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Sync(), f.Close())
}

func syncFolder(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
