//go:build unix

package main

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// What a superuser's commands make in the folder of the server's user is that user's: the server starts as before. Where no
// superuser runs the test, the same user does both.
func TestCommandsOfASuperuser(t *testing.T) {
	binary, at := built(t), t.TempDir()
	for dir := at; dir != os.TempDir() && dir != "/"; dir = filepath.Dir(dir) { // the binary's is beside it
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	owner, data := os.Getuid(), filepath.Join(at, "data")
	if owner == 0 {
		owner = 65534 // nobody
	}
	foreign := filepath.Join(at, "foreign")
	goods := filepath.Join(at, "goods.csv")
	for path, text := range map[string]string{foreign: "not theirs", goods: "sku,name\nA-1,Elbow\n"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, err := range []error{os.Mkdir(data, 0o700), os.Chown(data, owner, -1), os.Link(foreign, filepath.Join(data, "hard")),
		os.Symlink(foreign, filepath.Join(data, "soft"))} {
		if err != nil {
			t.Fatal(err)
		}
	}
	run := func(uid int, stdin string, args ...string) {
		t.Helper()
		cmd := exec.Command(binary, args...)
		cmd.Dir, cmd.Env, cmd.Stdin = at, []string{"DATA_DIR=" + data}, strings.NewReader(stdin)
		if uid != os.Getuid() {
			cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(uid)}}
		}
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s as %d: %v\n%s", strings.Join(args, " "), uid, err, out)
		}
	}
	add := []string{"user", "add", "--role", "owner", "--password-stdin", "--username"}

	run(os.Getuid(), "a horse of seven colours", append(add, "boss")...)
	run(owner, "a horse of seven colours", append(add, "laura")...)
	run(os.Getuid(), "", "import", "items", goods)
	run(owner, "", "check")
	run(os.Getuid(), "", "backup", filepath.Join(at, "copy"))
	run(os.Getuid(), "", "restore", "--replace", filepath.Join(at, "copy"))
	run(owner, "a horse of eight colours", append(add, "ana")...)

	err := filepath.WalkDir(data, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err == nil && d.Name() != "hard" && d.Name() != "soft" && int(ownerOf(info).Uid) != owner {
			t.Errorf("%s belongs to %d", path, ownerOf(info).Uid)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	if info, err := os.Stat(foreign); err != nil || int(ownerOf(info).Uid) != os.Getuid() {
		t.Errorf("a file beyond a link was given away, %v", err)
	}
}
