package toolchain

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

const (
	// goVersion is the newest Go that TinyGo 0.30 accepts. Later releases of TinyGo accept it, too,
	// so components are compiled the same whatever Go compiles this program.
	goVersion = "go1.21.13"

	releases = "https://github.com/tinygo-org/tinygo/releases"
)

// optimize are the flags of wasm-opt. To write all control flow anew, before and after optimising,
// makes a module up to half a percent smaller, and no slower. The first KiB of memory holds nothing
// except the end of a stack that is nearly full, so more constants can become the offsets of loads
// and stores. The --enable flags name the features that the compilers use, since version 108 does
// not read them from the module.
var optimize = []string{"--flatten", "--rereloop", "-Oz", "-Oz", "--flatten", "--rereloop", "-Oz",
	"--low-memory-unused", "--enable-bulk-memory", "--enable-sign-ext",
	"--enable-nontrapping-float-to-int", "--enable-mutable-globals"}

// compile are TinyGo's arguments. An instance serves one request and its memory is discarded
// afterwards, so it needs neither a scheduler nor a garbage collector. The program has to bring
// runtime.alloc; package abacus/shared/heap does. Spin's SDK imports net/http, whose HTTP/2 a
// component cannot use: without it the module is smaller and starts faster.
var compile = []string{
	"build", "-opt=z", "-no-debug", "-gc=none", "-scheduler=none", "-stack-size=64KB",
	"-tags=nethttpomithttp2",
}

// toolchain is a TinyGo and a wasm-opt.
type toolchain struct {
	id       string   // everything that determines a module besides its source
	tinygo   string   // path of the command
	base     string   // name of the target
	target   []string // flags to go with the target
	settings []string // environment, NAME=value
	wasmOpt  wasmOpt
}

// findToolchain returns the TinyGo on PATH, or else the one in the cache.
func findToolchain(ctx context.Context, log io.Writer) (*toolchain, error) {
	var tools *toolchain
	path, err := exec.LookPath("tinygo")
	switch {
	case err == nil:
		tools, err = tinyGoOnPath(ctx, path)
	case errors.Is(err, exec.ErrNotFound):
		tools, err = cachedTinyGo(ctx, log)
	}
	if err != nil {
		return nil, err
	}
	if tools.wasmOpt, err = findWasmOpt(ctx, log); err != nil {
		return nil, err
	}
	tools.id = strings.Join(slices.Concat([]string{tools.id, tools.wasmOpt.version},
		compile, []string{tools.base}, tools.target, optimize, unusedExports), " ")
	return tools, nil
}

// wasmOpt is binaryen's optimiser.
type wasmOpt struct {
	path, version string
}

// findWasmOpt returns the wasm-opt on PATH, or installs Debian's.
func findWasmOpt(ctx context.Context, log io.Writer) (w wasmOpt, err error) {
	if w.path, err = exec.LookPath("wasm-opt"); err != nil {
		if err := requirePackages(ctx, log, "wasm-opt", []string{"binaryen"}); err != nil {
			return w, err
		}
		if w.path, err = exec.LookPath("wasm-opt"); err != nil {
			return w, err
		}
	}
	version, err := run(exec.CommandContext(ctx, w.path, "--version"))
	w.version = string(version)
	return w, err
}

// optimize writes the optimised module to output.
func (w wasmOpt) optimize(ctx context.Context, module, output string) error {
	arguments := append(slices.Clone(optimize), module, "-o", output)
	_, err := run(exec.CommandContext(ctx, w.path, arguments...))
	return err
}

// tinyGoOnPath returns the toolchain of the TinyGo at path.
func tinyGoOnPath(ctx context.Context, path string) (*toolchain, error) {
	tools := &toolchain{tinygo: path}
	command := exec.CommandContext(ctx, path, "version")
	command.Env = environment("GOTOOLCHAIN=" + goVersion)
	version, err := run(command)
	if err != nil {
		return nil, err
	}
	tools.id = string(version)
	if tools.base, tools.target, err = targetFlags(tools.id); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return tools, nil
}

var versionLine = regexp.MustCompile(`^tinygo version (\d+)\.(\d+)\.`)

// targetFlags returns the target and further flags that make TinyGo compile a reactor, as Spin's
// SDK expects. Version is the output of `tinygo version`.
//
// Version 0.30 does so with the target wasi (package reactor adds _initialize), 0.35 and later with
// wasip1 and -buildmode=c-shared. The versions in between can do neither.
func targetFlags(version string) (base string, flags []string, err error) {
	match := versionLine.FindStringSubmatch(version)
	if match == nil {
		return "", nil, fmt.Errorf("`tinygo version` prints %q, which is not a version of TinyGo",
			strings.TrimSpace(version))
	}
	major, _ := strconv.Atoi(match[1])
	minor, _ := strconv.Atoi(match[2])
	switch {
	case major > 0 || minor >= 35:
		return "wasip1", []string{"-buildmode=c-shared"}, nil
	case minor == 30:
		return "wasi", nil, nil
	}
	return "", nil, fmt.Errorf("TinyGo %d.%d cannot compile components: "+
		"install 0.30, or 0.35 or newer, from %s, or take it off PATH to have 0.30 built",
		major, minor, releases)
}

// compile compiles the package in root/name to output and optimises it. The linker gets ldflags in
// addition to the flags of the target.
func (t *toolchain) compile(
	ctx context.Context, log io.Writer, root, name, output string, ldflags []string,
) error {
	return step(log, "compiling "+name, func() error {
		extended := map[string][]string{"inherits": {t.base}, "ldflags": ldflags}
		targetJSON, err := json.Marshal(extended)
		if err != nil {
			return err
		}
		targetFile := strings.TrimSuffix(output, ".tmp") + ".json"
		if err := os.WriteFile(targetFile, targetJSON, 0o666); err != nil {
			return err
		}
		defer os.Remove(targetFile)
		flags := []string{"-target=" + targetFile, "-o", output, "."}
		build := exec.CommandContext(ctx, t.tinygo, slices.Concat(compile, t.target, flags)...)
		build.Dir = filepath.Join(root, name)
		build.Env = environment(append(t.settings,
			"GOTOOLCHAIN="+goVersion, "GOFLAGS='-modfile="+filepath.Join(root, "guest.mod")+"'")...)
		if _, err := run(build); err != nil {
			return fmt.Errorf("compile %s: %w", name, err)
		}
		module, err := os.ReadFile(output)
		if err != nil {
			return err
		}
		if module, err = dropExports(module); err != nil {
			return fmt.Errorf("drop exports of %s: %w", name, err)
		}
		if err := os.WriteFile(output, module, 0o666); err != nil {
			return err
		}
		if err := t.wasmOpt.optimize(ctx, output, output); err != nil {
			return fmt.Errorf("optimise %s: %w", name, err)
		}
		return nil
	})
}

// environment returns this process's environment with the given settings, and without what would
// mislead the go command: settings of a `go run` around this process, a workspace, another
// platform. Proxy and checksum settings stay the user's.
func environment(settings ...string) []string {
	kept := slices.DeleteFunc(os.Environ(), func(setting string) bool {
		name, _, _ := strings.Cut(setting, "=")
		return name == "GOROOT" || name == "TINYGOROOT" ||
			strings.HasPrefix(name, "GOTOOLCHAIN_INTERNAL")
	})
	own := []string{
		"GOWORK=off", "GO111MODULE=on", "GOOS=" + runtime.GOOS, "GOARCH=" + runtime.GOARCH,
	}
	return slices.Concat(kept, own, settings)
}
