// Command bundle builds the folder that the component web serves from the sources of the page:
//
//	bundle SOURCE OUTPUT
//
// It is a build command of spin.toml. The sources are plain JavaScript modules, style sheets and
// pages. The output is smaller, in fewer files, and browsers can cache it for good (see bundle).
package main

import (
	"fmt"
	"os"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: bundle SOURCE OUTPUT")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(source, output string) error {
	files, err := bundle(source)
	if err != nil {
		return err
	}
	compress(files)
	changes, err := write(output, files)
	switch {
	case err != nil:
		return err
	case changes == 0:
		fmt.Fprintf(os.Stderr, "%s is up to date\n", output)
	default:
		fmt.Fprintf(os.Stderr, "%s: %d files, %d of them changed\n", output, len(files), changes)
	}
	return nil
}
