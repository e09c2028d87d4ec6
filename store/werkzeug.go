package store

import (
	"context"
	"crypto/pbkdf2"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"hash"
	"math/bits"
	"strconv"
	"strings"

	"go.etcd.io/bbolt"
	"golang.org/x/crypto/scrypt"
)

// A werkzeugHash is a password hash as the older application kept it: werkzeug.security.generate_password_hash writes
// method$salt$hex, where method is scrypt:N:r:p or pbkdf2:digest:iterations, and the salt counts as text.
type werkzeugHash struct {
	digest func() hash.Hash // of pbkdf2; nil: it is scrypt
	rounds int              // iterations of pbkdf2, N of scrypt
	r, p   int
	salt   string
	sum    []byte
}

// What one check may cost: a file of hashes must not be able to stop the program.
const (
	mostIterations = 10_000_000
	mostScrypt     = 64 << 20 // bytes of memory; Werkzeug's own N=32768, r=8 needs 32 MiB
)

var errWerkzeug = errors.New("no password hash of Werkzeug")

// parseWerkzeug reads a hash. It fails with errWerkzeug for one that Werkzeug does not write or that costs too much.
func parseWerkzeug(text string) (werkzeugHash, error) {
	method, rest, _ := strings.Cut(text, "$")
	salt, sum, ok := strings.Cut(rest, "$")
	h := werkzeugHash{salt: salt}
	var err error
	if h.sum, err = hex.DecodeString(sum); err != nil || !ok || salt == "" || len(salt) > 200 {
		return h, errWerkzeug
	}
	name, numbers, _ := strings.Cut(method, ":")
	size := 64 // of scrypt, by hashlib
	switch name {
	case "scrypt":
		ok = h.readScrypt(numbers)
	case "pbkdf2":
		ok = h.readPBKDF2(numbers)
		size = map[bool]int{true: sha256.Size, false: sha512.Size}[strings.HasPrefix(numbers, "sha256:")]
	default:
		ok = false
	}
	if !ok || len(h.sum) != size {
		return h, errWerkzeug
	}
	return h, nil
}

// readScrypt reads N:r:p.
func (h *werkzeugHash) readScrypt(numbers string) bool {
	n := make([]int, 0, 3)
	for text := range strings.SplitSeq(numbers, ":") {
		one, err := strconv.Atoi(text)
		if err != nil || one < 1 || one > mostScrypt {
			return false
		}
		n = append(n, one)
	}
	if len(n) != 3 {
		return false
	}
	h.rounds, h.r, h.p = n[0], n[1], n[2]
	return h.rounds > 1 && bits.OnesCount(uint(h.rounds)) == 1 && h.r <= 32 && h.p <= 4 && 128*h.rounds*h.r <= mostScrypt
}

// readPBKDF2 reads digest:iterations.
func (h *werkzeugHash) readPBKDF2(numbers string) bool {
	digest, text, _ := strings.Cut(numbers, ":")
	h.digest = map[string]func() hash.Hash{"sha256": sha256.New, "sha512": sha512.New}[digest]
	var err error
	h.rounds, err = strconv.Atoi(text)
	return err == nil && h.digest != nil && h.rounds >= 1 && h.rounds <= mostIterations
}

// fits reports whether the password is the one that was hashed.
func (h werkzeugHash) fits(password string) (bool, error) {
	var sum []byte
	var err error
	if h.digest != nil {
		sum, err = pbkdf2.Key(h.digest, password, []byte(h.salt), h.rounds, len(h.sum))
	} else {
		sum, err = scrypt.Key([]byte(password), []byte(h.salt), h.rounds, h.r, h.p, len(h.sum))
	}
	return err == nil && subtle.ConstantTimeCompare(sum, h.sum) == 1, err
}

// anyOldHash returns a hash of the older application that somebody active still has, "" if nobody has.
func (db *DB) anyOldHash(ctx context.Context) (old string, err error) {
	err = db.view(ctx, func(tx *bbolt.Tx) error {
		for k := range withPrefix(tx.Bucket(userBucket), nil) {
			r, err := getUser(tx, firstID[UserID](k))
			if err != nil {
				return err
			}
			if _, err := parseWerkzeug(r.Hash); err == nil && r.Active {
				old = r.Hash
				return nil
			}
		}
		return nil
	})
	return old, err
}
