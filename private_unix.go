//go:build unix

package main

import "syscall"

// keepPrivate makes every file that this process creates readable by its own user only, whatever the
// library that creates it asks for.
func keepPrivate() { syscall.Umask(0o077) }
