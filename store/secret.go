package store

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"

	"crypto/sha256"
	"errors"
	"fmt"
)

// A sealer encrypts secrets at rest with AES-256-GCM (NIST SP 800-38D) under a key derived from
// SECRET_KEY, each bound to the name it is kept under.
type sealer struct {
	aead  cipher.AEAD
	links []byte // signs mailed links
}

// errSealed means that a secret was sealed under another SECRET_KEY.
var errSealed = errors.New("sealed under another SECRET_KEY")

func newSealer(secret []byte) (sealer, error) {
	if len(secret) < 32 {
		return sealer{}, fmt.Errorf("the secret key has %d bytes; at least 32 are needed", len(secret))
	}
	key, err := hkdf.Key(sha256.New, secret, nil, "lwc-inventory settings", 32)
	if err != nil {
		return sealer{}, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return sealer{}, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return sealer{}, err
	}
	links, err := hkdf.Key(sha256.New, secret, nil, "lwc-inventory mailed links", sha256.Size)
	return sealer{aead: aead, links: links}, err
}

func (s sealer) seal(name, secret string) []byte {
	return s.aead.Seal(nil, nil, []byte(secret), []byte(name))
}

func (s sealer) open(name string, sealed []byte) (string, error) {
	plain, err := s.aead.Open(nil, nil, sealed, []byte(name))
	if err != nil {
		return "", errSealed
	}
	return string(plain), nil
}
