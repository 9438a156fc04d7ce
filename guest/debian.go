package guest

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
)

// requirePackages sees to it that packages of Debian 12 are installed, if need
// be by apt-get. If it cannot, its error says what a person has to do.
func requirePackages(ctx context.Context, log io.Writer, purpose string, packages []string) error {
	if system := systemName(); system != "debian 12" {
		return fmt.Errorf("%s is not on PATH and can be installed from here only on Debian 12, not on %s: "+
			"install TinyGo 0.30, or 0.35 or newer, from %s, and binaryen's wasm-opt", purpose, system, releases)
	}
	missing, err := missingPackages(ctx, packages)
	if err != nil || len(missing) == 0 {
		return err
	}
	list := strings.Join(missing, " ")
	if os.Geteuid() != 0 {
		return fmt.Errorf("%s needs packages that only root can install: run `sudo apt-get install --no-install-recommends %s`, "+
			"or install TinyGo 0.30, or 0.35 or newer, from %s, and binaryen's wasm-opt", purpose, list, releases)
	}
	// All is fetched before the first package is unpacked, and the unpacking is
	// never interrupted.
	err = step(log, "downloading Debian packages: "+list, func() error {
		fetch := func() error { return aptGet(ctx, append([]string{"install", "--download-only"}, missing...)...) }
		if fetch() == nil {
			return nil
		}
		if err := aptGet(ctx, "update"); err != nil {
			return err
		}
		return fetch()
	})
	if err != nil {
		return fmt.Errorf("%s needs the Debian packages %s, or install TinyGo 0.30, or 0.35 or newer, from %s, and binaryen's wasm-opt: %w",
			purpose, list, releases, err)
	}
	return step(log, "installing them, not to be interrupted", func() error {
		return aptGet(context.WithoutCancel(ctx), append([]string{"install", "--no-download"}, missing...)...)
	})
}

// aptGet runs apt-get without questions, away from the terminal's Ctrl-C.
func aptGet(ctx context.Context, args ...string) error {
	args = append([]string{"-q", "-y", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300"}, args...)
	command := exec.CommandContext(ctx, "apt-get", args...)
	command.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C")
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	_, err := run(command)
	return err
}

// missingPackages returns those packages that are not installed.
func missingPackages(ctx context.Context, packages []string) ([]string, error) {
	query := exec.CommandContext(ctx, "dpkg-query", append([]string{"-W", "-f=${Package} ${db:Status-Status}\n"}, packages...)...)
	// It fails if one of them is unknown, and lists the others all the same.
	reply, err := query.Output()
	if _, exited := err.(*exec.ExitError); err != nil && !exited {
		return nil, fmt.Errorf("ask which packages are installed: %w", err)
	}
	installed := strings.Split(string(reply), "\n")
	return slices.DeleteFunc(slices.Clone(packages), func(name string) bool {
		return slices.Contains(installed, name+" installed")
	}), nil
}

// systemName returns ID and VERSION_ID of os-release(5), or the little that is
// known.
func systemName() string {
	file, err := os.Open("/etc/os-release")
	if err != nil {
		return "this system"
	}
	defer file.Close()
	fields := map[string]string{}
	for lines := bufio.NewScanner(file); lines.Scan(); {
		name, value, _ := strings.Cut(lines.Text(), "=")
		fields[name] = strings.Trim(value, `"'`)
	}
	return strings.TrimSpace(fields["ID"] + " " + fields["VERSION_ID"])
}
