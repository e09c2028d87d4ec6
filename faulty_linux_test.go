package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A bad disk is one that refuses what a test wants refused, when it wants it. The kernel asks us before each
// system call of the real binary that is watched (seccomp's user notifications, which need no rights), and we let it
// happen or answer with an error of ours. See seccomp(2) and seccomp_unotify(2).

// watched are the calls that a disk may refuse.
var watchedCalls = []uint32{unix.SYS_PWRITE64, unix.SYS_WRITE, unix.SYS_FDATASYNC, unix.SYS_FSYNC, unix.SYS_FTRUNCATE, unix.SYS_OPENAT, unix.SYS_MKDIRAT, unix.SYS_UNLINKAT}

// A call is one system call of the binary's: its number, its arguments and the file it is about.
type call struct {
	nr   uint32
	args [6]uint64
	file string // the base name
}

func (c call) writes() bool { return c.nr == unix.SYS_PWRITE64 || c.nr == unix.SYS_WRITE }

func (c call) syncs() bool { return c.nr == unix.SYS_FDATASYNC || c.nr == unix.SYS_FSYNC }

// A badDisk decides on the calls of one victim.
type badDisk struct {
	t *testing.T

	mu     sync.Mutex
	refuse func(c call) syscall.Errno // 0: let it happen; nil: all may happen
}

func (b *badDisk) set(refuse func(c call) syscall.Errno) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.refuse = refuse
}

const launcher = "TEST_ON_A_BAD_DISK"

// In a process started by wrap: watch this thread, hand the watch to the test, and become the binary.
func init() {
	binary := os.Getenv(launcher)
	if binary == "" {
		return
	}
	runtime.LockOSThread()
	err := func() error {
		fd, err := watchCalls()
		if err != nil {
			return err
		}
		if err := unix.Sendmsg(3, []byte{1}, unix.UnixRights(fd), nil, 0); err != nil {
			return err
		}
		unix.Close(fd)
		return syscall.Exec(binary, []string{binary}, os.Environ())
	}()
	fmt.Fprintln(os.Stderr, "launch:", err)
	os.Exit(9)
}

// watchCalls has the kernel ask before each watched call of this thread, and of what it becomes.
func watchCalls() (fd int, err error) {
	const load, equal, ret = unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, unix.BPF_RET | unix.BPF_K
	program := []unix.SockFilter{{Code: load, K: 0}} // the number of the call
	for i, nr := range watchedCalls {
		program = append(program, unix.SockFilter{Code: equal, Jt: uint8(len(watchedCalls) - i), K: nr})
	}
	program = append(program, unix.SockFilter{Code: ret, K: unix.SECCOMP_RET_ALLOW}, unix.SockFilter{Code: ret, K: unix.SECCOMP_RET_USER_NOTIF})
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return 0, err
	}
	prog := unix.SockFprog{Len: uint16(len(program)), Filter: &program[0]}
	const newListener, waitKillable = 1 << 3, 1 << 5
	n, _, e := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, newListener|waitKillable, uintptr(unsafe.Pointer(&prog)))
	if e != 0 {
		return 0, e
	}
	return int(n), nil
}

// wrap has the victim's next start run on the bad disk.
func (b *badDisk) wrap(cmd *exec.Cmd) {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		b.t.Fatal(err)
	}
	theirs := os.NewFile(uintptr(pair[1]), "watch")
	cmd.Env = append(cmd.Env, launcher+"="+cmd.Path)
	cmd.Path, cmd.Args = os.Args[0], []string{os.Args[0]}
	cmd.ExtraFiles = []*os.File{theirs}
	go func() {
		defer unix.Close(pair[0])
		oob := make([]byte, unix.CmsgSpace(4))
		_, n, _, _, err := unix.Recvmsg(pair[0], make([]byte, 1), oob, 0)
		theirs.Close()
		var fds []int
		if err == nil && n > 0 {
			var msgs []unix.SocketControlMessage
			if msgs, err = unix.ParseSocketControlMessage(oob[:n]); err == nil {
				fds, err = unix.ParseUnixRights(&msgs[0])
			}
		}
		if err != nil || len(fds) != 1 {
			b.t.Errorf("no watch on the binary: %v", err)
			return
		}
		b.decide(fds[0])
		unix.Close(fds[0])
	}()
}

// What the kernel asks and is answered, as linux/seccomp.h has them.
type (
	notice struct {
		id    uint64
		pid   uint32
		flags uint32
		nr    int32
		arch  uint32
		ip    uint64
		args  [6]uint64
	}
	verdict struct {
		id    uint64
		val   int64
		err   int32
		flags uint32
	}
)

const (
	receiveNotice = 0xc0502100
	sendVerdict   = 0xc0182101
	letItHappen   = 1
)

// decide answers the kernel until the binary has ended.
func (b *badDisk) decide(fd int) {
	for {
		poll := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
		if _, err := unix.Poll(poll, -1); err != nil && !errors.Is(err, unix.EINTR) {
			b.t.Errorf("wait for a call: %v", err)
			return
		}
		if poll[0].Revents&unix.POLLIN == 0 {
			if poll[0].Revents&unix.POLLHUP != 0 {
				return
			}
			continue
		}
		var n notice
		if _, _, e := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), receiveNotice, uintptr(unsafe.Pointer(&n))); e != 0 {
			continue // it was killed in the call
		}
		v := verdict{id: n.id, flags: letItHappen}
		if e := b.judge(n); e != 0 {
			v = verdict{id: n.id, err: -int32(e)}
		}
		unix.Syscall(unix.SYS_IOCTL, uintptr(fd), sendVerdict, uintptr(unsafe.Pointer(&v))) // as above
	}
}

func (b *badDisk) judge(n notice) syscall.Errno {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.refuse == nil {
		return 0
	}
	c := call{nr: uint32(n.nr), args: n.args}
	if c.nr != unix.SYS_OPENAT && c.nr != unix.SYS_MKDIRAT && c.nr != unix.SYS_UNLINKAT {
		file, err := os.Readlink("/proc/" + strconv.Itoa(int(n.pid)) + "/fd/" + strconv.Itoa(int(n.args[0])))
		if err != nil {
			return 0
		}
		c.file = filepath.Base(file)
	}
	return b.refuse(c)
}
