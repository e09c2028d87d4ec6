package store

import (
	"errors"
	"fmt"
	"strings"
	"syscall"
)

// noRoom are what a system says when a file may not grow: no space, no quota, no larger file.
var noRoom = []syscall.Errno{syscall.ENOSPC, syscall.EDQUOT, syscall.EFBIG}

// DiskError turns what the disk said to a write into an [*Error] for the person who waits: [NoRoom] when it
// is full, [DiskFault] otherwise. Nothing of the write is kept in either case. It is nil for nil.
func DiskError(err error) error {
	switch {
	case err == nil:
		return nil
	case isFull(err):
		return fmt.Errorf("%w (%w)", Errorf(NoRoom, "The server's disk is full, so nothing was saved. Reading goes on. Try again once there is room."), err)
	}
	return fmt.Errorf("%w (%w)", Errorf(DiskFault, "The server's disk did not take this, so nothing was saved. Whoever looks after the server should look at its disk."), err)
}

// isFull reports whether err is a full disk's. bbolt hands some errors on as words only.
func isFull(err error) bool {
	for _, no := range noRoom {
		if errors.Is(err, no) || strings.HasSuffix(err.Error(), no.Error()) {
			return true
		}
	}
	return false
}
