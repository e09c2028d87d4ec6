package store

import (
	"slices"
	"strings"
	"testing"
)

// What is checked costs the same whoever's name was given: while somebody has a hash of the older application everybody is
// checked against one, and nobody else's password fits.
func TestChecksAreAlike(t *testing.T) {
	const (
		old   = "pbkdf2:sha256:1000$saltsalt$b27035f84d999ac3acc301b685b06f53451f39c2b8ddae19b6fce445defca2b6" // "the old password"
		other = "pbkdf2:sha256:1000$saltsalt$00000000000000000000000000000000000000000000000000000000000000aa"
	)
	h := newHasher(1)
	ours, err := h.make(t.Context(), "a password of ours")
	if err != nil {
		t.Fatal(err)
	}
	kinds := func(all []string) string {
		var names []string
		for _, one := range all {
			name, _, _ := strings.Cut(strings.TrimPrefix(one, "$"), "$")
			names = append(names, name)
		}
		slices.Sort(names)
		return strings.Join(names, " ")
	}
	for _, tt := range []struct {
		name, hash, old, password string
		fits, stale               bool
		kinds                     string
	}{
		{"nobody", "", "", "the old password", false, false, "argon2id"},
		{"ours", ours, "", "a password of ours", true, false, "argon2id"},
		{"nobody, while there are old ones", "", old, "the old password", false, false, "argon2id pbkdf2:sha256:1000"},
		{"ours, while there are old ones", ours, old, "a password of ours", true, false, "argon2id pbkdf2:sha256:1000"},
		{"ours, with another's password", ours, old, "the old password", false, false, "argon2id pbkdf2:sha256:1000"},
		{"an old one", old, other, "the old password", true, true, "argon2id pbkdf2:sha256:1000"},
		{"an old one, wrong", other, old, "the old password", false, true, "argon2id pbkdf2:sha256:1000"},
	} {
		all, _ := h.alike(tt.hash, tt.old)
		if got := kinds(all); got != tt.kinds {
			t.Errorf("%s: checked are %q, want %q", tt.name, got, tt.kinds)
		}
		fits, stale, err := h.check(t.Context(), tt.hash, tt.old, tt.password)
		if err != nil || fits != tt.fits || stale != tt.stale {
			t.Errorf("%s: fits %t, stale %t, %v", tt.name, fits, stale, err)
		}
	}
}
