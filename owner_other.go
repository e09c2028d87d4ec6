//go:build !unix

package main

// handOver does nothing here: what is made in a folder takes its rights.
func handOver(string) error { return nil }
