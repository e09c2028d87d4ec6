//go:build unix

package main

import (
	"os/signal"
	"syscall"
)

// keepPrivate makes every file that this process creates readable by its own user only, whatever the
// library that creates it asks for.
func keepPrivate() { syscall.Umask(0o077) }

// outliveLimits has a write beyond a limit for files fail as one on a full disk does. It would end the process.
func outliveLimits() { signal.Ignore(syscall.SIGXFSZ) }
