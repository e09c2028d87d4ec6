package store

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"sync"
	"time"

	"golang.org/x/crypto/argon2"
)

// Passwords are kept as argon2id hashes (RFC 9106) with 19 MiB of memory, the least that OWASP's
// password storage guide asks for with two passes; more passes where the machine is fast.
const (
	hashMemory   = 19 * 1024 // KiB
	hashThreads  = 1
	hashLength   = 32
	leastPasses  = 2
	mostPasses   = 8
	hashDuration = 60 * time.Millisecond // what a hash should cost whoever guesses
)

// A hasher makes and checks password hashes, two at a time: each needs its memory.
type hasher struct {
	slots   chan struct{}
	measure sync.Once
	passes  uint32
	decoy   string // is checked for names that nobody has, so that they take as long
}

func newHasher(passes uint32) *hasher {
	return &hasher{slots: make(chan struct{}, 2), passes: passes}
}

// cost returns how many passes to make; unless it was told, it measures once how many this machine does in hashDuration.
func (h *hasher) cost() uint32 {
	h.measure.Do(func() {
		if h.passes == 0 {
			began := time.Now()
			argon2.IDKey([]byte("how fast is it here"), make([]byte, 16), 1, hashMemory, hashThreads, hashLength)
			once := max(time.Since(began), time.Millisecond)
			h.passes = uint32(min(max(int(hashDuration/once), leastPasses), mostPasses))
		}
		h.decoy = h.format(h.passes, make([]byte, 16), make([]byte, hashLength))
	})
	return h.passes
}

func (h *hasher) take(ctx context.Context) error {
	select {
	case h.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (h *hasher) format(passes uint32, salt, sum []byte) string {
	b := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, hashMemory, passes, hashThreads,
		b.EncodeToString(salt), b.EncodeToString(sum))
}

// make returns a hash of the password to keep.
func (h *hasher) make(ctx context.Context, password string) (string, error) {
	if err := h.take(ctx); err != nil {
		return "", err
	}
	defer func() { <-h.slots }()
	salt := make([]byte, 16)
	rand.Read(salt)
	passes := h.cost()
	sum := argon2.IDKey([]byte(password), salt, passes, hashMemory, hashThreads, hashLength)
	return h.format(passes, salt, sum), nil
}

// check reports whether the password is the one that was hashed, and whether the hash should be made
// anew. An empty hash takes as long as any other and never fits. While anybody still has a hash of the older application
// one such is old: then each check takes as long as theirs, so that time tells nothing of whose name it is.
func (h *hasher) check(ctx context.Context, hash, old, password string) (fits, stale bool, err error) {
	if err := h.take(ctx); err != nil {
		return false, false, err
	}
	defer func() { <-h.slots }()
	passes := h.cost()
	all, own := h.alike(hash, old)
	for i, one := range all {
		same, err := checkHash(one, password)
		if err != nil {
			return false, false, err
		}
		fits = fits || same && i == own
	}
	return fits, hash != "" && !strings.Contains(hash, fmt.Sprintf("$m=%d,t=%d,", hashMemory, passes)), nil
}

// alike returns the hashes to check for an account, one of each kind there is, and which of them is its own; -1: none.
func (h *hasher) alike(hash, old string) (all []string, own int) {
	_, err := parseWerkzeug(hash)
	switch {
	case err == nil:
		return []string{h.decoy, hash}, 1
	case hash == "":
		all, own = []string{h.decoy}, -1
	default:
		all = []string{hash}
	}
	if old != "" {
		all = append(all, old)
	}
	return all, own
}

func checkHash(hash, password string) (bool, error) {
	if old, err := parseWerkzeug(hash); err == nil {
		return old.fits(password)
	}
	return checkArgon(hash, password)
}

func checkArgon(hash, password string) (bool, error) {
	var version, memory, passes uint32
	var threads uint8
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false, fmt.Errorf("a password hash of an unknown kind")
	}
	if _, err := fmt.Sscanf(parts[2]+" "+parts[3], "v=%d m=%d,t=%d,p=%d", &version, &memory, &passes, &threads); err != nil {
		return false, fmt.Errorf("a password hash that cannot be read: %w", err)
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil {
		return false, err
	}
	want, err := base64.RawStdEncoding.DecodeString(parts[5])
	if err != nil {
		return false, err
	}
	sum := argon2.IDKey([]byte(password), salt, passes, memory, threads, uint32(len(want)))
	return subtle.ConstantTimeCompare(sum, want) == 1, nil
}
