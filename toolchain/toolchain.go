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
	// goVersion compiles the guests, whatever Go compiles this program: it is the
	// newest that TinyGo 0.30 takes, and later releases of TinyGo take it too.
	goVersion = "go1.21.13"

	releases = "https://github.com/tinygo-org/tinygo/releases"
)

// optimize is the command line of wasm-opt. The features are those that TinyGo
// compiles for: named, since version 108 does not read them from the module.
var optimize = []string{"-Oz", "--enable-bulk-memory", "--enable-sign-ext",
	"--enable-nontrapping-float-to-int", "--enable-mutable-globals"}

// A guest answers one request at a time and its memory is thrown away after it,
// so it needs neither a scheduler nor a collector.
var compile = []string{"build", "-opt=z", "-no-debug", "-gc=leaking", "-scheduler=none", "-stack-size=64KB"}

// toolchain is a TinyGo and a wasm-opt that can be run.
type toolchain struct {
	id       string   // names all that shapes a module beside its source
	tinygo   string   // path of the command
	base     string   // the target
	target   []string // flags beside it
	settings []string // environment, NAME=value
	wasmOpt  string
}

// findToolchain returns the TinyGo on PATH, or else the one that makeTinyGo
// keeps in the cache.
func findToolchain(ctx context.Context, log io.Writer) (*toolchain, error) {
	var tools *toolchain
	path, err := exec.LookPath("tinygo")
	switch {
	case err == nil:
		tools, err = tinyGoOnPath(ctx, path)
	case errors.Is(err, exec.ErrNotFound):
		tools, err = makeTinyGo(ctx, log)
	}
	if err != nil {
		return nil, err
	}
	if tools.wasmOpt, err = exec.LookPath("wasm-opt"); err != nil {
		if err := requirePackages(ctx, log, "wasm-opt", []string{"binaryen"}); err != nil {
			return nil, err
		}
		if tools.wasmOpt, err = exec.LookPath("wasm-opt"); err != nil {
			return nil, err
		}
	}
	version, err := run(exec.CommandContext(ctx, tools.wasmOpt, "--version"))
	if err != nil {
		return nil, err
	}
	tools.id = strings.Join(slices.Concat([]string{tools.id, string(version)}, compile, []string{tools.base}, tools.target, optimize), " ")
	return tools, nil
}

// tinyGoOnPath returns the toolchain of an installed TinyGo.
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

// targetFlags returns the target, and the flags beside it, that make a reactor of
// the kind that Spin's SDK expects with the TinyGo whose version line is given.
//
// Version 0.30 makes it with its target wasi (package reactor adds
// _initialize), 0.35 with wasip1 and -buildmode=c-shared. Those between have
// neither the former target nor the latter mode.
func targetFlags(version string) (base string, flags []string, err error) {
	match := versionLine.FindStringSubmatch(version)
	if match == nil {
		return "", nil, fmt.Errorf("`tinygo version` says %q, which is no version of TinyGo", strings.TrimSpace(version))
	}
	major, _ := strconv.Atoi(match[1])
	minor, _ := strconv.Atoi(match[2])
	switch {
	case major > 0 || minor >= 35:
		return "wasip1", []string{"-buildmode=c-shared"}, nil
	case minor == 30:
		return "wasi", nil, nil
	}
	return "", nil, fmt.Errorf("TinyGo %d.%d cannot build the guests: install 0.30, or 0.35 or newer, from %s, or take it off PATH to have 0.30 made",
		major, minor, releases)
}

// compile builds the package in root/name to output, with those flags for the
// linker beside the target's own, and optimises it.
func (t *toolchain) compile(ctx context.Context, log io.Writer, root, name, output string, ldflags []string) error {
	return step(log, "compiling "+name, func() error {
		target, err := json.Marshal(map[string][]string{"inherits": {t.base}, "ldflags": ldflags})
		if err != nil {
			return err
		}
		description := strings.TrimSuffix(output, ".tmp") + ".json"
		if err := os.WriteFile(description, target, 0o666); err != nil {
			return err
		}
		defer os.Remove(description)
		build := exec.CommandContext(ctx, t.tinygo, slices.Concat(compile, t.target, []string{"-target=" + description, "-o", output, "."})...)
		build.Dir = filepath.Join(root, name)
		build.Env = environment(append(t.settings,
			"GOTOOLCHAIN="+goVersion, "GOFLAGS='-modfile="+filepath.Join(root, "guest.mod")+"'")...)
		if _, err := run(build); err != nil {
			return fmt.Errorf("compile %s: %w", name, err)
		}
		shrink := exec.CommandContext(ctx, t.wasmOpt, append(optimize, output, "-o", output)...)
		if _, err := run(shrink); err != nil {
			return fmt.Errorf("optimise %s: %w", name, err)
		}
		return nil
	})
}

// environment is this process's without what would lead the go command astray:
// the settings of a `go run` that started it, a workspace, a foreign platform.
// Proxy and checksum settings stay the user's.
func environment(settings ...string) []string {
	kept := slices.DeleteFunc(os.Environ(), func(setting string) bool {
		name, _, _ := strings.Cut(setting, "=")
		return name == "GOROOT" || name == "TINYGOROOT" || strings.HasPrefix(name, "GOTOOLCHAIN_INTERNAL")
	})
	own := []string{"GOWORK=off", "GO111MODULE=on", "GOOS=" + runtime.GOOS, "GOARCH=" + runtime.GOARCH}
	return slices.Concat(kept, own, settings)
}
