//go:build unix

package storetest

import (
	"os"
	"os/exec"
	"os/signal"
	"regexp"
	"syscall"
	"testing"
)

const alone = "TEST_ALONE"

// Alone reports whether the test has a process to itself, so that what it does to the process harms nobody else.
// Where it has not, Alone runs the test in one and fails as it does there; the caller then returns.
func Alone(t *testing.T) bool {
	t.Helper()
	if os.Getenv(alone) == t.Name() {
		return true
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+regexp.QuoteMeta(t.Name())+"$", "-test.v")
	cmd.Env = append(os.Environ(), alone+"="+t.Name())
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	return false
}

// FullDisk makes the disk full for the whole process of a test that is [Alone]: no file takes another byte until
// there is room again, by the function that it returns or by the end of the test.
func FullDisk(t testing.TB) (room func()) {
	t.Helper()
	if os.Getenv(alone) == "" {
		t.Fatal("a full disk is for a test that is alone")
	}
	signal.Ignore(syscall.SIGXFSZ) // as the program does
	var was syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &was); err != nil {
		t.Fatal(err)
	}
	limit := func(l syscall.Rlimit) {
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &l); err != nil {
			t.Error(err)
		}
	}
	room = func() { limit(was) }
	t.Cleanup(room)
	limit(syscall.Rlimit{Cur: 0, Max: was.Max})
	return room
}
