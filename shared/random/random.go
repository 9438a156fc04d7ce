//go:build !tinygo

// Package random reads random bytes from the secure source of the system.
package random

import "crypto/rand"

// Read fills b with random bytes.
func Read(b []byte) error {
	_, err := rand.Read(b)
	return err
}
