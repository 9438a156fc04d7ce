//go:build !faults

package main

// faultFlags is empty: only a build with the tag `faults` injects faults.
type faultFlags struct{}

func (faultFlags) faults() []string { return nil }
