package toolchain

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestTargetFlags(t *testing.T) {
	wasi, wasip1 := []string{"wasi"}, []string{"wasip1", "-buildmode=c-shared"}
	tests := []struct {
		version string
		want    []string
		refusal string
	}{
		{"tinygo version 0.30.0 linux/amd64 (using go version go1.21.13 and LLVM version 16.0.6)", wasi, ""},
		{"tinygo version 0.35.0 linux/amd64 (using go version go1.21.13 and LLVM version 18.1.2)", wasip1, ""},
		{"tinygo version 0.40.0-dev-1f9a5b2 darwin/arm64 (using go version go1.21.13)", wasip1, ""},
		{"tinygo version 1.0.0 linux/amd64", wasip1, ""},
		{"tinygo version 0.29.0 linux/amd64", nil, "TinyGo 0.29 cannot compile components: install 0.30, or 0.35 or newer"},
		{"tinygo version 0.31.2 linux/amd64", nil, "TinyGo 0.31 cannot compile components"},
		{"tinygo version 0.34.0 linux/amd64", nil, "TinyGo 0.34 cannot compile components"},
		{"hello\n", nil, "prints \"hello\", which is not a version of TinyGo"},
	}
	for _, test := range tests {
		base, flags, err := targetFlags(test.version)
		if err == nil {
			flags = append([]string{base}, flags...)
		}
		if !slices.Equal(flags, test.want) {
			t.Errorf("targetFlags(%q) = %q, want %q", test.version, flags, test.want)
		}
		if (err != nil) != (test.refusal != "") || err != nil && !strings.Contains(err.Error(), test.refusal) {
			t.Errorf("targetFlags(%q): error %v, want %q", test.version, err, test.refusal)
		}
	}
}

func TestLinkerFlags(t *testing.T) {
	source := "package a\n\n// Because.\n//\n//abacus:ldflags --wrap=f --stack-first\n\n// Not //abacus:ldflags --this\nfunc f()\n"
	if got, want := linkerFlags([]byte(source)), []string{"--wrap=f", "--stack-first"}; !slices.Equal(got, want) {
		t.Errorf("linkerFlags = %q, want %q", got, want)
	}
}

// TestEnvironment checks that components are compiled with the user's settings, but not with those
// of a `go run` around the build.
func TestEnvironment(t *testing.T) {
	t.Setenv("GOROOT", "/elsewhere")
	t.Setenv("GOTOOLCHAIN_INTERNAL_SWITCH_VERSION", "go1.25.0")
	t.Setenv("GOPROXY", "file:///proxy")
	got := environment("GOFLAGS=-trimpath")
	for _, setting := range []string{"GOPROXY=file:///proxy", "GOWORK=off", "GOFLAGS=-trimpath"} {
		if !slices.Contains(got, setting) {
			t.Errorf("%s is missing", setting)
		}
	}
	for _, setting := range got {
		if strings.HasPrefix(setting, "GOROOT=") || strings.HasPrefix(setting, "GOTOOLCHAIN_INTERNAL") {
			t.Errorf("%s is still set", setting)
		}
	}
}

func TestLockWaits(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	unlock, err := lock(t.Context(), io.Discard, path, "")
	if err != nil {
		t.Fatal(err)
	}
	output, log := io.Pipe()
	second := make(chan error, 1)
	go func() {
		unlock, err := lock(t.Context(), log, path, "the first holder")
		if err == nil {
			unlock()
		}
		second <- err
	}()
	line := make([]byte, 80)
	n, err := output.Read(line)
	if got, want := string(line[:n]), "waiting for the first holder\n"; got != want || err != nil {
		t.Errorf("log %q and %v, want %q", got, err, want)
	}
	select {
	case err := <-second:
		t.Fatalf("the second holder did not wait: %v", err)
	case <-time.After(200 * time.Millisecond):
	}
	unlock()
	if err := <-second; err != nil {
		t.Error(err)
	}
}

func TestMissingPackages(t *testing.T) {
	if systemName() != "debian 12" {
		t.Skip("only Debian 12 has the packages")
	}
	missing, err := missingPackages(t.Context(), "the tool", []string{"dpkg", "no-such-package", "libc6"})
	if os.Geteuid() != 0 {
		if err == nil || !strings.Contains(err.Error(), "apt-get install --no-install-recommends no-such-package,") {
			t.Errorf("error %v, want one that says what to run", err)
		}
		return
	}
	if want := []string{"no-such-package"}; err != nil || !slices.Equal(missing, want) {
		t.Errorf("missing %q and %v, want %q", missing, err, want)
	}
}

func TestConfirm(t *testing.T) {
	const command = "    apt-get install --no-install-recommends clang-16 wasi-libc\n"
	for _, c := range []struct {
		name     string
		packages []string
		in       io.Reader
		text     []string // parts of the output
		err      string
	}{
		{"nothing missing", nil, strings.NewReader("n\n"), nil, ""},
		{"nobody to ask", []string{"clang-16", "wasi-libc"}, nil, []string{"Not on PATH: TinyGo", command}, ""},
		{"return", []string{"clang-16", "wasi-libc"}, strings.NewReader("\n"), []string{command, "[Y/n]"}, ""},
		{"yes", []string{"clang-16"}, strings.NewReader("Yes\n"), []string{"[Y/n]"}, ""},
		{"no", []string{"clang-16"}, strings.NewReader("n\n"), []string{"[Y/n]"}, "the packages were not installed: install TinyGo"},
		{"end of input", []string{"clang-16"}, strings.NewReader(""), []string{"[Y/n]"}, "the packages were not installed"},
	} {
		var out strings.Builder
		err := confirm(t.Context(), c.in, &out, "TinyGo", c.packages)
		if (err != nil) != (c.err != "") || err != nil && !strings.HasPrefix(err.Error(), c.err) {
			t.Errorf("%s: error %v, want %q", c.name, err, c.err)
		}
		for _, part := range c.text {
			if !strings.Contains(out.String(), part) {
				t.Errorf("%s: the output %q lacks %q", c.name, out.String(), part)
			}
		}
		if c.in == nil && strings.Contains(out.String(), "[Y/n]") || c.packages == nil && out.Len() > 0 {
			t.Errorf("%s: the output is %q", c.name, out.String())
		}
	}
}
