// Command abacus evaluates expressions, and builds and serves the Spin app on a machine without
// Spin.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

var commandLine struct {
	Up      upCommand      `cmd:"" help:"Serve an app as spin up does: its routes, components, storage and variables."`
	Build   buildCommand   `cmd:"" help:"Run the build commands of an app's components."`
	Compile compileCommand `cmd:"" help:"Compile one component from its source, in Go or Rust."`
	Backup  backupCommand  `cmd:"" help:"Copy the data of an app, which may be running, into one archive."`
	Restore restoreCommand `cmd:"" help:"Put the data of an archive into an empty folder."`
	Eval    evalCommand    `cmd:"" help:"Evaluate expressions: abacus eval '2+3*4'."`
	Repl    replCommand    `cmd:"" help:"Evaluate line by line, here or in a session of a running app."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	parser := kong.Must(&commandLine,
		kong.Name("abacus"),
		kong.Description("A calculator as a service: Spin components in Go and Rust, "+
			"and a host that serves them without Spin."),
		kong.UsageOnError(),
		kong.BindTo(ctx, (*context.Context)(nil)))
	command, err := parser.Parse(protectMinus(os.Args[1:]))
	parser.FatalIfErrorf(err)
	err = command.Run()
	if err != nil && ctx.Err() != nil {
		err = errors.New("interrupted") // the error of the interrupted step would mislead
	}
	var mistake *expressionError
	if errors.As(err, &mistake) {
		fmt.Fprintln(os.Stderr, mistake)
		os.Exit(1)
	}
	command.FatalIfErrorf(err)
}
