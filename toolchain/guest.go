// Package guest builds the Wasm modules of an app from their Go source.
//
// A guest is a package main that TinyGo compiles to a WASI reactor and wasm-opt
// makes smaller. TinyGo is the one on PATH, or version 0.30.0, which the package
// makes in the user's cache from the Go module proxy and Debian's packages: the
// last version whose module holds enough of its source. A finished module is
// kept in the cache under the digest of everything it was made from, so nothing
// is compiled twice.
package toolchain

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Options says what Build makes.
type Options struct {
	Dir    string    // folder of a package main inside a module that has a guest.mod
	Output string    // the .wasm file to write
	Log    io.Writer // progress for a person; nil for none
}

// Build compiles the guest in o.Dir to o.Output. The file is replaced whole or
// not at all, and stays untouched if it is already what would be written. Builds
// of the same guest at the same time wait for each other.
func Build(ctx context.Context, o Options) error {
	if o.Log == nil {
		o.Log = io.Discard
	}
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return err
	}
	root, err := moduleRoot(dir)
	if err != nil {
		return err
	}
	name, err := filepath.Rel(root, dir)
	if err != nil {
		return err
	}
	tools, err := findToolchain(ctx, o.Log)
	if err != nil {
		return err
	}
	digest, ldflags, err := inputs(root, name, tools.id)
	if err != nil {
		return fmt.Errorf("read the sources of %s: %w", name, err)
	}
	module, err := cached(ctx, o.Log, digest, name, func(output string) error {
		return tools.compile(ctx, o.Log, root, name, output, ldflags)
	})
	if err != nil {
		return err
	}
	return install(module, o.Output, o.Log)
}

// Service returns the options that build services/NAME/wasm to
// services/NAME/NAME.wasm in the module around the working directory.
func Service(name string) (Options, error) {
	root, err := moduleRoot(".")
	if err != nil {
		return Options{}, err
	}
	folder := filepath.Join(root, "services", name)
	shell := filepath.Join(folder, "wasm")
	if info, err := os.Stat(shell); err != nil || !info.IsDir() {
		shells, _ := filepath.Glob(filepath.Join(root, "services", "*", "wasm"))
		for i, shell := range shells {
			shells[i] = filepath.Base(filepath.Dir(shell))
		}
		return Options{}, fmt.Errorf("no service is named %q: there are %s", name, strings.Join(shells, ", "))
	}
	return Options{Dir: shell, Output: filepath.Join(folder, name+".wasm")}, nil
}

// moduleRoot returns the nearest folder at or above dir that has a guest.mod.
func moduleRoot(dir string) (string, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	for root := abs; ; root = filepath.Dir(root) {
		if _, err := os.Stat(filepath.Join(root, "guest.mod")); err == nil {
			return root, nil
		}
		if root == filepath.Dir(root) {
			return "", fmt.Errorf("no guest.mod in %s or above: a guest is built inside its module", abs)
		}
	}
}

// keep is how long a finished module stays in the cache after its last use.
const keep = 30 * 24 * time.Hour

// cached returns the cache's module of that digest. If there is none, make
// writes one to the file that it is given.
func cached(ctx context.Context, log io.Writer, digest, name string, make func(output string) error) (string, error) {
	cache, err := cacheDir()
	if err != nil {
		return "", err
	}
	folder := filepath.Join(cache, "guests")
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return "", err
	}
	module := filepath.Join(folder, digest+".wasm")
	unlock, err := lock(ctx, log, filepath.Join(folder, digest+".lock"), "another build of "+name)
	if err != nil {
		return "", err
	}
	defer unlock()
	if _, err := os.Stat(module); err == nil {
		now := time.Now()
		return module, os.Chtimes(module, now, now)
	} else if !errors.Is(err, os.ErrNotExist) {
		return "", err
	}
	sweep(folder)
	output := filepath.Join(folder, digest+".tmp")
	if err := make(output); err != nil {
		os.Remove(output)
		return "", err
	}
	return module, os.Rename(output, module)
}

// sweep removes what has not been used for long. It is best effort: what stays
// takes room and does no harm.
func sweep(folder string) {
	entries, _ := os.ReadDir(folder)
	for _, entry := range entries {
		if info, err := entry.Info(); err == nil && time.Since(info.ModTime()) > keep {
			os.Remove(filepath.Join(folder, entry.Name()))
		}
	}
}

// install copies module to output by a rename, unless output is the same.
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

// cacheDir returns the folder that all builds of this user share.
func cacheDir() (string, error) {
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("find the user's cache folder for TinyGo and finished modules: %w", err)
	}
	return filepath.Join(dir, "abacus"), nil
}
