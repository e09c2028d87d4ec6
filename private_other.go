//go:build !unix

package main

// keepPrivate does nothing here: who may read a file is decided by its folder.
func keepPrivate() {}

// outliveLimits does nothing here: there are no such limits.
func outliveLimits() {}
