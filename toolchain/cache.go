package toolchain

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// maxAge is how long a module stays in the cache after its last use.
const maxAge = 30 * 24 * time.Hour

// cacheDir returns the folder that all builds of this user share.
func cacheDir() (string, error) {
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("find the user's cache folder for TinyGo and modules: %w", err)
	}
	return filepath.Join(dir, "abacus"), nil
}

// cached returns the path of the module with this digest in the cache. If it is missing, build
// must write it to the given path.
func cached(
	ctx context.Context, log io.Writer, digest, name string, build func(output string) error,
) (string, error) {
	cache, err := cacheDir()
	if err != nil {
		return "", err
	}
	folder := filepath.Join(cache, "modules")
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return "", err
	}
	path := filepath.Join(folder, digest)
	unlock, err := lock(ctx, log, path+".lock", "another build of "+name)
	if err != nil {
		return "", err
	}
	defer unlock()
	module := path + ".wasm"
	if _, err := os.Stat(module); err == nil {
		now := time.Now()
		return module, os.Chtimes(module, now, now)
	} else if !errors.Is(err, os.ErrNotExist) {
		return "", err
	}
	sweep(folder)
	output := path + ".tmp"
	if err := build(output); err != nil {
		os.Remove(output)
		return "", err
	}
	return module, os.Rename(output, module)
}

// sweep removes modules that have not been used for maxAge. Errors are ignored: a file that stays
// only takes space.
func sweep(folder string) {
	entries, _ := os.ReadDir(folder)
	for _, entry := range entries {
		if info, err := entry.Info(); err == nil && time.Since(info.ModTime()) > maxAge {
			os.Remove(filepath.Join(folder, entry.Name()))
		}
	}
}

// install copies module to output by a rename, unless output has the same content already.
func install(module, output string, log io.Writer) error {
	wasm, err := os.ReadFile(module)
	if err != nil {
		return err
	}
	if old, err := os.ReadFile(output); err == nil && bytes.Equal(old, wasm) {
		fmt.Fprintf(log, "%s is up to date\n", filepath.Base(output))
		return nil
	}
	temporary, err := os.CreateTemp(filepath.Dir(output), filepath.Base(output)+".*")
	if err != nil {
		return err
	}
	defer os.Remove(temporary.Name())
	_, err = temporary.Write(wasm)
	if err := errors.Join(err, temporary.Chmod(0o644), temporary.Close()); err != nil {
		return err
	}
	if err := os.Rename(temporary.Name(), output); err != nil {
		return err
	}
	fmt.Fprintf(log, "%s: %s bytes\n", filepath.Base(output), thousands(int64(len(wasm))))
	return nil
}
