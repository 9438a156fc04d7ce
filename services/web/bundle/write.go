package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// write makes the folder hold exactly these files and returns how many it wrote or removed. It
// leaves files alone that are up to date, and replaces each file atomically.
func write(folder string, files map[string][]byte) (changes int, err error) {
	for name, content := range files {
		file := filepath.Join(folder, filepath.FromSlash(name))
		if old, err := os.ReadFile(file); err == nil && bytes.Equal(old, content) {
			continue
		}
		if err := replace(file, content); err != nil {
			return changes, fmt.Errorf("write %s: %w", file, err)
		}
		changes++
	}
	present, err := list(folder)
	if err != nil {
		return changes, err
	}
	for _, name := range present {
		if _, wanted := files[name]; !wanted {
			if err := os.Remove(filepath.Join(folder, filepath.FromSlash(name))); err != nil {
				return changes, err
			}
			changes++
		}
	}
	return changes, nil
}

func replace(file string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	temporary, err := os.CreateTemp(filepath.Dir(file), ".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(temporary.Name())
	_, err = temporary.Write(content)
	if err := errors.Join(err, temporary.Chmod(0o644), temporary.Close()); err != nil {
		return err
	}
	return os.Rename(temporary.Name(), file)
}
