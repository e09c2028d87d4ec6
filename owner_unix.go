//go:build unix

package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// handOver gives what a superuser's command made in the data folder of another user to that user, whose server could not open
// it. Only what is in the folder alone is given away: its user may have put links there to what is none of theirs.
func handOver(dir string) error {
	info, err := os.Stat(dir)
	if err != nil || os.Geteuid() != 0 || ownerOf(info).Uid == 0 {
		return nil // there is nobody to give it to
	}
	to := ownerOf(info)
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	return fs.WalkDir(root.FS(), ".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && (d.IsDir() || d.Type().IsRegular()) {
			err = give(root, path, int(to.Uid), int(to.Gid))
		}
		if errors.Is(err, fs.ErrNotExist) {
			return nil // the folder is not ours alone
		}
		if err != nil {
			return fmt.Errorf("%s belongs to %d, and what this command made in it does not: %w", dir, to.Uid, err)
		}
		return nil
	})
}

// give makes a superuser's file or folder another's. What it looked at is what it gives: the file that it holds open.
func give(root *os.Root, path string, uid, gid int) error {
	f, err := root.OpenFile(path, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if has := ownerOf(info); has.Uid != 0 || !info.IsDir() && (!info.Mode().IsRegular() || has.Nlink > 1) {
		return nil
	}
	return f.Chown(uid, gid)
}

func ownerOf(info fs.FileInfo) *syscall.Stat_t { return info.Sys().(*syscall.Stat_t) }
