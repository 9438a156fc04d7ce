package toolchain

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// rustTarget is the target that crates are compiled for. Its standard library imports nothing, so a
// module only imports what its crate declares, and it has the same name in every version of Rust.
const rustTarget = "wasm32-unknown-unknown"

// rustPackages are the Debian 12 packages that compiling a crate needs.
var rustPackages = []string{"rustc", "cargo", "libstd-rust-dev-wasm32", "lld-14"}

// rust is a Rust toolchain and a wasm-opt.
type rust struct {
	id           string // everything that determines a module besides its source
	cargo, rustc string // paths of the commands
	wasmOpt      wasmOpt
}

// isCrate reports whether a folder is a Rust crate.
func isCrate(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "Cargo.toml"))
	return err == nil
}

// buildCrate returns the path of the module of the crate in root/name.
func buildCrate(ctx context.Context, log io.Writer, root, name string) (string, error) {
	tools, err := findRust(ctx, log)
	if err != nil {
		return "", err
	}
	digest, err := crateInputs(root, name, tools.id)
	if err != nil {
		return "", fmt.Errorf("read the source of %s: %w", name, err)
	}
	return cached(ctx, log, digest, name, func(output string) error {
		return tools.compile(ctx, log, root, name, output)
	})
}

// findRust returns the Rust on PATH if it can compile crates, or else Debian's, which it installs
// first if necessary.
func findRust(ctx context.Context, log io.Writer) (*rust, error) {
	tools := rustOnPath(ctx)
	if tools == nil {
		purpose := "Rust with the target " + rustTarget
		packages := rustPackages
		if _, err := exec.LookPath("wasm-opt"); err != nil {
			packages = append(slices.Clip(packages), "binaryen") // one question for both
		}
		if err := requirePackages(ctx, log, purpose, packages); err != nil {
			return nil, err
		}
		tools = &rust{cargo: "/usr/bin/cargo", rustc: "/usr/bin/rustc"}
	}
	version, err := run(exec.CommandContext(ctx, tools.rustc, "-vV"))
	if err != nil {
		return nil, err
	}
	if tools.wasmOpt, err = findWasmOpt(ctx, log); err != nil {
		return nil, err
	}
	id := slices.Concat([]string{string(version), tools.wasmOpt.version, rustTarget}, optimize)
	tools.id = strings.Join(id, " ")
	return tools, nil
}

// rustOnPath returns the Rust on PATH, or nil if it lacks the target or a linker.
func rustOnPath(ctx context.Context) *rust {
	cargo, err := exec.LookPath("cargo")
	if err != nil {
		return nil
	}
	rustc, err := exec.LookPath("rustc")
	if err != nil {
		return nil
	}
	sysroot, err := run(exec.CommandContext(ctx, rustc, "--print", "sysroot"))
	if err != nil {
		return nil
	}
	targets := filepath.Join(strings.TrimSpace(string(sysroot)), "lib", "rustlib")
	if _, err := os.Stat(filepath.Join(targets, rustTarget, "lib")); err != nil {
		return nil
	}
	linkers, _ := filepath.Glob(filepath.Join(targets, "*", "bin", "rust-lld"))
	if _, err := exec.LookPath("rust-lld"); err != nil && linkers == nil {
		return nil
	}
	return &rust{cargo: cargo, rustc: rustc}
}

// crateInputs returns the hexadecimal SHA-256 of everything that determines the Wasm module of the
// crate in root/name: the toolchain and the crate's files, except build output.
func crateInputs(root, name, toolchainID string) (string, error) {
	hash := sha256.New()
	fmt.Fprintf(hash, "%s\n%s\n", toolchainID, filepath.ToSlash(name))
	crate := filepath.Join(root, name)
	err := fs.WalkDir(os.DirFS(crate), ".", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case path == "target":
			return fs.SkipDir
		case entry.IsDir() || strings.HasSuffix(path, ".wasm"):
			return nil
		}
		_, err = hashFile(hash, crate, path)
		return err
	})
	return hex.EncodeToString(hash.Sum(nil)), err
}

// compile compiles the crate in root/name to output and optimises it. It needs no network: the
// crate has no dependencies, or they were fetched before.
func (r *rust) compile(ctx context.Context, log io.Writer, root, name, output string) error {
	return step(log, "compiling "+name, func() error {
		folder := output + ".target"
		defer os.RemoveAll(folder)
		build := exec.CommandContext(ctx, r.cargo, "build", "--release", "--locked", "--offline",
			"--quiet", "--target", rustTarget, "--target-dir", folder)
		build.Dir = filepath.Join(root, name)
		build.Env = append(rustEnvironment(), "RUSTC="+r.rustc)
		if _, err := run(build); err != nil {
			return fmt.Errorf("compile %s: %w", name, err)
		}
		modules, _ := filepath.Glob(filepath.Join(folder, rustTarget, "release", "*.wasm"))
		if len(modules) != 1 {
			return fmt.Errorf("compile %s: the crate makes %d modules, not 1", name, len(modules))
		}
		if err := r.wasmOpt.optimize(ctx, modules[0], output); err != nil {
			return fmt.Errorf("optimise %s: %w", name, err)
		}
		return nil
	})
}

// rustEnvironment returns this process's environment without the settings that would override the
// crate's own.
func rustEnvironment() []string {
	return slices.DeleteFunc(os.Environ(), func(setting string) bool {
		name, _, _ := strings.Cut(setting, "=")
		return strings.Contains(name, "RUSTFLAGS") || strings.HasPrefix(name, "CARGO_BUILD_")
	})
}
