package toolchain

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
)

const aptInstall = "apt-get install --no-install-recommends "

// alternative is the advice for systems on which packages cannot be installed.
const alternative = "install TinyGo 0.30, or 0.35 or newer, from " + releases +
	", Rust with the target " + rustTarget + ", and wasm-opt from binaryen, all on PATH"

// requirePackages installs those packages of Debian 12 that are missing. Purpose is the tool that
// needs them.
func requirePackages(ctx context.Context, log io.Writer, purpose string, packages []string) error {
	missing, err := missingPackages(ctx, purpose, packages)
	if err != nil {
		return err
	}
	if err := confirm(ctx, terminalInput(log), log, purpose, missing); err != nil {
		return err
	}
	return installPackages(ctx, log, missing)
}

// missingPackages returns the packages that are not installed. If they cannot be installed from
// here, the error says what to do instead.
func missingPackages(ctx context.Context, purpose string, packages []string) ([]string, error) {
	if system := systemName(); system != "debian 12" {
		return nil, fmt.Errorf("%s is missing and can only be installed on Debian 12, not %s: %s",
			purpose, system, alternative)
	}
	query := exec.CommandContext(ctx, "dpkg-query", "-W", "-f=${Package} ${db:Status-Status}\n")
	query.Args = append(query.Args, packages...)
	// The command fails if a package is unknown, but still lists the others.
	reply, err := query.Output()
	if _, exited := err.(*exec.ExitError); err != nil && !exited {
		return nil, fmt.Errorf("list the installed packages: %w", err)
	}
	installed := strings.Split(string(reply), "\n")
	missing := slices.DeleteFunc(slices.Clone(packages), func(name string) bool {
		return slices.Contains(installed, name+" installed")
	})
	if len(missing) > 0 && os.Geteuid() != 0 {
		return nil, fmt.Errorf("%s needs packages that only root can install: run `sudo %s`, or %s",
			purpose, aptInstall+strings.Join(missing, " "), alternative)
	}
	return missing, nil
}

// confirm prints which packages are about to be installed, and why. If in is not nil, the user must
// agree.
func confirm(
	ctx context.Context, in io.Reader, log io.Writer, purpose string, packages []string,
) error {
	if len(packages) == 0 {
		return nil
	}
	fmt.Fprintf(log, "Components are compiled with TinyGo, Rust and wasm-opt. Not on PATH: %s.\n"+
		"To provide it, this runs\n\n    %s\n\n"+
		"Or stop here and %s.\n\n", purpose, aptInstall+strings.Join(packages, " "), alternative)
	if in == nil {
		return nil
	}
	fmt.Fprint(log, "Install the packages now? [Y/n] ")
	reply := make(chan string, 1)
	go func() { // reading a terminal cannot be interrupted
		line, err := bufio.NewReader(in).ReadString('\n')
		if err != nil {
			line = "no"
		}
		reply <- strings.ToLower(strings.TrimSpace(line))
	}()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case word := <-reply:
		if word == "" || word == "y" || word == "yes" {
			return nil
		}
		return errors.New("the packages were not installed: " + alternative)
	}
}

// terminalInput returns standard input if a person can answer a question written to log there, or
// else nil.
func terminalInput(log io.Writer) io.Reader {
	if isTerminal(os.Stdin) && isTerminal(log) {
		return os.Stdin
	}
	return nil
}

// installPackages installs all packages or none: it downloads them all before it unpacks the
// first, and does not let the unpacking be interrupted.
func installPackages(ctx context.Context, log io.Writer, packages []string) error {
	if len(packages) == 0 {
		return nil
	}
	err := step(log, "downloading Debian packages", func() error {
		download := append([]string{"install", "--download-only"}, packages...)
		if aptGet(ctx, download...) == nil {
			return nil
		}
		// The package lists may be missing or too old.
		if err := aptGet(ctx, "update"); err != nil {
			return err
		}
		return aptGet(ctx, download...)
	})
	if err != nil {
		list := strings.Join(packages, " ")
		return fmt.Errorf("install the Debian packages %s, or %s: %w", list, alternative, err)
	}
	return step(log, "installing Debian packages (do not interrupt)", func() error {
		unpack := append([]string{"install", "--no-download"}, packages...)
		return aptGet(context.WithoutCancel(ctx), unpack...)
	})
}

// aptGet runs apt-get without questions, out of reach of the terminal's Ctrl-C.
func aptGet(ctx context.Context, args ...string) error {
	flags := []string{"-q", "-y", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300"}
	command := exec.CommandContext(ctx, "apt-get", append(flags, args...)...)
	command.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C")
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	_, err := run(command)
	return err
}

// systemName returns ID and VERSION_ID of os-release(5), such as "debian 12", as far as they are
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
