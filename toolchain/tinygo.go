package toolchain

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
)

// The TinyGo that this package builds. The sum is that of the module's zip, as in go.sum.
const (
	tinyGoModule = "github.com/tinygo-org/tinygo@v0.30.0"
	tinyGoSum    = "h1:47B1x4UwZdg6CPAGxhA+8hutNzMDioQwyNgo2drlXuk="
	tinyGoName   = "tinygo-0.30.0"
)

// tinyGoPackages are the Debian 12 packages that building and running TinyGo needs. Their C library
// and compiler builtins for WASI replace the git submodules that TinyGo's Go module lacks.
var tinyGoPackages = []string{
	"clang-16", "lld-16", "llvm-16-dev", "libclang-16-dev", "liblld-16-dev",
	"libclang-rt-16-dev-wasm32", "wasi-libc", "binaryen",
}

const (
	wasiLibc = "/usr/lib/wasm32-wasi/libc.a"
	llvmAr   = "/usr/lib/llvm-16/bin/llvm-ar"
)

// target is TinyGo's targets/wasi.json with Debian's libc and builtins.
//
//go:embed target.json
var target []byte

// cachedTinyGo returns the toolchain of the TinyGo in the cache, and builds that first if
// necessary.
func cachedTinyGo(ctx context.Context, log io.Writer) (*toolchain, error) {
	cache, err := cacheDir()
	if err != nil {
		return nil, err
	}
	revision := fmt.Sprintf("%.4x", sha256.Sum256(slices.Concat(target, []byte(goVersion))))
	root := filepath.Join(cache, tinyGoName+"-"+revision)
	if _, err := os.Stat(root); errors.Is(err, os.ErrNotExist) {
		if err := buildTinyGo(ctx, log, root); err != nil {
			return nil, fmt.Errorf("build TinyGo, which is not on PATH: %w", err)
		}
	} else if err := requirePackages(ctx, log, "TinyGo", tinyGoPackages); err != nil {
		return nil, err
	}
	return &toolchain{
		id:       tinyGoName + "-" + revision,
		tinygo:   filepath.Join(root, "build", "tinygo"),
		base:     filepath.Join(root, "targets", "abacus.json"),
		settings: []string{"TINYGOROOT=" + root},
	}, nil
}

// buildTinyGo builds TinyGo in the folder root, completely or not at all.
func buildTinyGo(ctx context.Context, log io.Writer, root string) error {
	if err := os.MkdirAll(filepath.Dir(root), 0o777); err != nil {
		return err
	}
	unlock, err := lock(ctx, log, root+".lock", "another process that builds TinyGo")
	if err != nil {
		return err
	}
	defer unlock()
	if _, err := os.Stat(root); err == nil {
		return nil
	}
	// Check everything that can be refused before installing anything. If Rust is missing too, it
	// is installed along with TinyGo: one question instead of a second one when the first crate is
	// compiled.
	tool, packages := "TinyGo", tinyGoPackages
	if rustOnPath(ctx) == nil {
		tool, packages = "TinyGo and Rust", slices.Concat(packages, rustPackages)
	}
	missing, err := missingPackages(ctx, tool, packages)
	if err != nil {
		return err
	}
	if err := confirm(ctx, terminalInput(log), log, tool, missing); err != nil {
		return err
	}
	source, err := downloadTinyGo(ctx, log)
	if err != nil {
		return err
	}
	if err := installPackages(ctx, log, missing); err != nil {
		return err
	}
	partial := root + ".tmp"
	if err := os.RemoveAll(partial); err != nil {
		return err
	}
	defer os.RemoveAll(partial)
	if err := os.CopyFS(partial, os.DirFS(source)); err != nil {
		return fmt.Errorf("copy TinyGo's source: %w", err)
	}
	if err := adaptTinyGo(ctx, partial); err != nil {
		return err
	}
	err = step(log, "building TinyGo 0.30.0 (once, about a minute)", func() error {
		build := exec.CommandContext(ctx,
			"go", "build", "-tags=llvm16 osusergo", "-o=build/tinygo", ".")
		build.Dir = partial
		build.Env = environment("GOTOOLCHAIN="+goVersion, "GOFLAGS=-trimpath",
			"CGO_ENABLED=1", "CC=clang-16", "CXX=clang++-16")
		_, err := run(build)
		return err
	})
	if err != nil {
		return err
	}
	return os.Rename(partial, root)
}

// downloadTinyGo downloads TinyGo's source and the Go toolchain that it needs. It returns the
// folder of the source in the module cache.
func downloadTinyGo(ctx context.Context, log io.Writer) (source string, err error) {
	if _, err := exec.LookPath("go"); err != nil {
		return "", err
	}
	err = step(log, "downloading the source of TinyGo 0.30.0 and "+goVersion, func() error {
		download := exec.CommandContext(ctx, "go", "mod", "download", "-json", tinyGoModule)
		download.Dir = os.TempDir() // outside any module, so that no go.mod applies
		download.Env = environment("GOTOOLCHAIN="+goVersion, "GOFLAGS=-mod=mod")
		reply, err := run(download)
		if err != nil {
			return err
		}
		var module struct{ Dir, Sum string }
		if err := json.Unmarshal(reply, &module); err != nil {
			return fmt.Errorf("go mod download: %w", err)
		}
		if module.Sum != tinyGoSum {
			return fmt.Errorf("%s has the sum %s, not %s: its source was altered on the way",
				tinyGoModule, module.Sum, tinyGoSum)
		}
		source = module.Dir
		return nil
	})
	return source, err
}

// adaptTinyGo adds the target and its C library to TinyGo's source. It removes the library's
// malloc: TinyGo has its own, and with some imports the linker would find both.
func adaptTinyGo(ctx context.Context, root string) error {
	targetFile := filepath.Join(root, "targets", "abacus.json")
	if err := os.WriteFile(targetFile, target, 0o666); err != nil {
		return err
	}
	libc, err := os.ReadFile(wasiLibc)
	if err != nil {
		return err
	}
	folder := filepath.Join(root, "lib", "wasi-libc")
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return err
	}
	copied := filepath.Join(folder, "libc.a")
	if err := os.WriteFile(copied, libc, 0o666); err != nil {
		return err
	}
	_, err = run(exec.CommandContext(ctx, llvmAr, "d", copied, "dlmalloc.o"))
	return err
}
