package toolchain

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"

	"abacus/spinhost/manifest"
)

// BuildApp runs the build commands of an app's components in the order of the manifest, as
// `spin build` does (crates/build/src/lib.rs). They share this process's standard streams; log gets
// a line before each.
func BuildApp(ctx context.Context, app *manifest.Manifest, log io.Writer) error {
	for _, component := range app.Components {
		if component.Build == nil {
			continue
		}
		for _, command := range component.Build.Commands {
			fmt.Fprintf(log, "building component %s with `%s`\n", component.ID, command)
			shell := exec.CommandContext(ctx, "sh", "-c", command)
			shell.Dir = component.Build.Workdir
			shell.Stdin, shell.Stdout, shell.Stderr = os.Stdin, os.Stdout, os.Stderr
			if err := shell.Run(); err != nil {
				return fmt.Errorf("build component %s with `%s` in %s: %w",
					component.ID, command, shell.Dir, err)
			}
		}
	}
	return nil
}

// PrintSizes writes a table of the sizes of an app's modules in bytes to w. It returns an error for
// each module of more than limit bytes, unless limit is 0.
func PrintSizes(app *manifest.Manifest, limit int64, w io.Writer) error {
	type row struct {
		name string
		size int64
	}
	var rows []row
	var tooLarge []error
	for _, component := range app.Components {
		info, err := os.Stat(component.Source)
		if err != nil {
			return fmt.Errorf("component %s: its build command did not write its module: %w",
				component.ID, err)
		}
		rows = append(rows, row{component.ID, info.Size()})
		if limit > 0 && info.Size() > limit {
			excess := info.Size() - limit
			tooLarge = append(tooLarge, fmt.Errorf(
				"component %s has %s bytes, %s more than the limit of %s",
				component.ID, thousands(info.Size()), thousands(excess), thousands(limit)))
		}
	}
	if limit > 0 {
		rows = append(rows, row{"limit", limit})
	}
	width := len("component")
	for _, r := range rows {
		width = max(width, len(r.name))
	}
	fmt.Fprintf(w, "%-*s  %11s\n", width, "component", "bytes")
	for _, r := range rows {
		fmt.Fprintf(w, "%-*s  %11s\n", width, r.name, thousands(r.size))
	}
	return errors.Join(tooLarge...)
}
