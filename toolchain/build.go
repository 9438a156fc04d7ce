// Package toolchain compiles the source of Spin components, in Go or in Rust, to Wasm modules.
//
// TinyGo compiles a component's package main to a WASI reactor, and wasm-opt shrinks it. The
// package uses the TinyGo on PATH. Without one, it builds version 0.30.0, the last whose Go module
// holds enough of the source, in the user's cache from the Go module proxy and Debian packages.
// Cargo, from PATH or else from Debian, compiles a crate. Modules are cached under a digest of
// everything they are made from, so nothing is compiled twice.
package toolchain

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Options are the arguments of Build.
type Options struct {
	Dir    string    // folder of a package main or a crate, inside a module that has a guest.mod
	Output string    // the .wasm file to write
	Log    io.Writer // for progress messages; nil for none
}

// Build compiles the component in o.Dir to o.Output. It replaces the file atomically, and leaves it
// alone if it is up to date. Concurrent builds of one component wait for each other.
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
	build := buildPackage
	if isCrate(dir) {
		build = buildCrate
	}
	module, err := build(ctx, o.Log, root, name)
	if err != nil {
		return err
	}
	return install(module, o.Output, o.Log)
}

// buildPackage returns the path of the module of the package main in root/name.
func buildPackage(ctx context.Context, log io.Writer, root, name string) (string, error) {
	tools, err := findToolchain(ctx, log)
	if err != nil {
		return "", err
	}
	digest, ldflags, err := inputs(root, name, tools.id)
	if err != nil {
		return "", fmt.Errorf("read the source of %s: %w", name, err)
	}
	return cached(ctx, log, digest, name, func(output string) error {
		return tools.compile(ctx, log, root, name, output, ldflags)
	})
}

// Service returns the options that build services/NAME, a crate, or else services/NAME/wasm, a
// package main, to services/NAME/NAME.wasm in the module around the working directory.
func Service(name string) (Options, error) {
	root, err := moduleRoot(".")
	if err != nil {
		return Options{}, err
	}
	folder := filepath.Join(root, "services", name)
	dir := filepath.Join(folder, "wasm")
	if isCrate(folder) {
		dir = folder
	}
	if info, err := os.Stat(dir); err == nil && info.IsDir() {
		return Options{Dir: dir, Output: filepath.Join(folder, name+".wasm")}, nil
	}
	packages, _ := filepath.Glob(filepath.Join(root, "services", "*", "wasm"))
	crates, _ := filepath.Glob(filepath.Join(root, "services", "*", "Cargo.toml"))
	names := append(packages, crates...)
	for i, match := range names {
		names[i] = filepath.Base(filepath.Dir(match))
	}
	slices.Sort(names)
	list := strings.Join(names, ", ")
	return Options{}, fmt.Errorf("no service is named %q: there are %s", name, list)
}

// moduleRoot returns the nearest folder at or above dir that has a guest.mod, the go.mod that
// TinyGo sees.
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
			return "", fmt.Errorf("no guest.mod in %s or above it: "+
				"a component is built inside its module", abs)
		}
	}
}
