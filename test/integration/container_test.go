package integration

import (
	"bytes"
	"debug/elf"
	"encoding/json"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"abacus/spinhost/telemetry/otlptest"
	"abacus/test/harness"
)

// nobody is the user of the container.
const nobody = 65532

// TestContainer builds what deploy/Containerfile builds and runs it as the container does: in an
// otherwise empty file system, as a user that may write to /state alone.
func TestContainer(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root may change the root directory")
	}
	root, err := os.MkdirTemp("", "abacus-container-") // t.TempDir is closed to other users
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(root) })
	if err := os.Chmod(root, 0o755); err != nil {
		t.Fatal(err)
	}
	binary := filepath.Join(root, "bin", "abacus")
	build := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w", "-o", binary, "./cmd/abacus")
	build.Dir, build.Env = harness.Root(), append(os.Environ(), "CGO_ENABLED=0")
	if text, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	checkStatic(t, binary)
	copyApp(t, filepath.Join(root, "app"))
	const most = 40 << 20
	if size := sizeOf(t, root); size > most {
		t.Errorf("the container has %d bytes, more than %d", size, most)
	} else {
		t.Logf("the container has %.1f MB", float64(size)/1e6)
	}
	state := filepath.Join(root, "state")
	if err := os.Mkdir(state, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(state, nobody, nobody); err != nil {
		t.Fatal(err)
	}
	address := harness.FreeAddress(t)
	environment, entrypoint := containerfile(t)
	host := exec.Command(entrypoint[0], append(entrypoint[1:], "--variable", "rates_origin=http://127.0.0.1:9")...)
	host.Args[slices.Index(host.Args, "0.0.0.0:3000")] = address
	host.Path = entrypoint[0]
	host.Dir = "/"
	host.Env = environment
	host.SysProcAttr = &syscall.SysProcAttr{Chroot: root, Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	var log bytes.Buffer
	host.Stdout, host.Stderr = &log, &log
	if err := host.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = host.Process.Kill()
		_ = host.Wait()
		if t.Failed() {
			t.Log(log.String())
		}
	})
	otlptest.Wait(t, "the container serves", func() bool {
		reply, err := http.Get("http://" + address + "/health")
		if err != nil {
			return false
		}
		reply.Body.Close()
		return reply.StatusCode == http.StatusOK
	})
	decode(t, open(t, "http://"+address).Eval(t, "", "a = 1"), http.StatusOK, &struct{}{})
}

// containerfile returns what deploy/Containerfile sets: the environment and the command.
func containerfile(t *testing.T) (environment, entrypoint []string) {
	t.Helper()
	for line := range strings.Lines(deployed(t, "Containerfile")) {
		switch instruction, rest, _ := strings.Cut(line, " "); instruction {
		case "ENV":
			environment = append(environment, strings.Fields(rest)...)
		case "ENTRYPOINT":
			if err := json.Unmarshal([]byte(rest), &entrypoint); err != nil {
				t.Fatal(err)
			}
		}
	}
	return environment, entrypoint
}

// checkStatic checks that a program needs no other file to run.
func checkStatic(t *testing.T, path string) {
	t.Helper()
	file, err := elf.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for _, program := range file.Progs {
		if program.Type == elf.PT_INTERP {
			t.Errorf("%s needs a dynamic linker", path)
		}
	}
}

// copyApp copies what the app needs at run time.
func copyApp(t *testing.T, target string) {
	t.Helper()
	root := harness.Root()
	for _, pattern := range []string{"spin.toml", "services/*/*.wasm"} {
		paths, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil || len(paths) == 0 {
			t.Fatalf("no %s: %v", pattern, err)
		}
		for _, path := range paths {
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			to := filepath.Join(target, strings.TrimPrefix(path, root))
			if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(to, data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	const assets = "services/web/assets"
	if err := os.CopyFS(filepath.Join(target, assets), os.DirFS(filepath.Join(root, assets))); err != nil {
		t.Fatal(err)
	}
}

// sizeOf returns the bytes of all files below a directory.
func sizeOf(t *testing.T, dir string) (size int64) {
	t.Helper()
	err := filepath.WalkDir(dir, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err == nil {
			size += info.Size()
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return size
}
