package toolchain

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

// alternative is what a person can do where packages cannot be installed.
const alternative = "install TinyGo 0.30, or 0.35 or newer, from " + releases + ", and binaryen's wasm-opt, both on PATH"

// requirePackages installs those packages of Debian 12 that are missing.
func requirePackages(ctx context.Context, log io.Writer, purpose string, packages []string) error {
	missing, err := missingPackages(ctx, purpose, packages)
	if err != nil {
		return err
	}
	return installPackages(ctx, log, missing)
}

// missingPackages returns which of packages are not installed. If there are any
// and they cannot be installed from here, it is an error that says what to do.
func missingPackages(ctx context.Context, purpose string, packages []string) ([]string, error) {
	if system := systemName(); system != "debian 12" {
		return nil, fmt.Errorf("%s is missing, and can be had from here on debian 12 only, not on %s: %s", purpose, system, alternative)
	}
	query := exec.CommandContext(ctx, "dpkg-query", append([]string{"-W", "-f=${Package} ${db:Status-Status}\n"}, packages...)...)
	// It fails if one of them is unknown, and lists the others all the same.
	reply, err := query.Output()
	if _, exited := err.(*exec.ExitError); err != nil && !exited {
		return nil, fmt.Errorf("ask which packages are installed: %w", err)
	}
	installed := strings.Split(string(reply), "\n")
	missing := slices.DeleteFunc(slices.Clone(packages), func(name string) bool {
		return slices.Contains(installed, name+" installed")
	})
	if len(missing) > 0 && os.Geteuid() != 0 {
		return nil, fmt.Errorf("%s needs packages that only root can install: run `sudo apt-get install --no-install-recommends %s`, or %s",
			purpose, strings.Join(missing, " "), alternative)
	}
	return missing, nil
}

// installPackages fetches all packages before it unpacks the first, and does not
// let the unpacking be interrupted, so it installs all or none.
func installPackages(ctx context.Context, log io.Writer, packages []string) error {
	if len(packages) == 0 {
		return nil
	}
	list := strings.Join(packages, " ")
	err := step(log, "downloading Debian packages: "+list, func() error {
		fetch := func() error { return aptGet(ctx, append([]string{"install", "--download-only"}, packages...)...) }
		if fetch() == nil {
			return nil
		}
		// The package lists are missing or too old.
		if err := aptGet(ctx, "update"); err != nil {
			return err
		}
		return fetch()
	})
	if err != nil {
		return fmt.Errorf("install the Debian packages %s, or %s: %w", list, alternative, err)
	}
	return step(log, "installing them, not to be interrupted", func() error {
		return aptGet(context.WithoutCancel(ctx), append([]string{"install", "--no-download"}, packages...)...)
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
