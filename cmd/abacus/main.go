// Command abacus builds and serves a Spin app on a machine that has no Spin.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"abacus/cmd/abacus/console"
	"abacus/toolchain"
	"abacus/spinhost"
	"abacus/spinhost/manifest"

	"github.com/alecthomas/kong"
)

var commands struct {
	Up    spinhost.Up      `cmd:"" help:"Serve an app: its routes, components, storage and variables, as spin up does."`
	Build buildCommand `cmd:"" help:"Build the components of an app by the build commands of its spin.toml."`
	Compile compileCommand `cmd:"" help:"Build one component from its Go source."`
	Eval  console.Eval `cmd:"" help:"Evaluate expressions: abacus eval '2+3*4'."`
	Repl  console.Repl `cmd:"" help:"Evaluate what is typed, line by line, here or in a session of a running app."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	parser := kong.Must(&commands,
		kong.Name("abacus"),
		kong.Description("A calculator as a service: Spin components in Go, and a host that serves them where there is no Spin."),
		kong.UsageOnError(),
		kong.BindTo(ctx, (*context.Context)(nil)))
	command, err := parser.Parse(console.Arguments(os.Args[1:]))
	parser.FatalIfErrorf(err)
	err = command.Run()
	if err != nil && ctx.Err() != nil {
		err = errors.New("interrupted") // what was stopped half-way says worse things
	}
	var mistake *console.Mistake
	if errors.As(err, &mistake) {
		fmt.Fprintln(os.Stderr, mistake)
		os.Exit(1)
	}
	command.FatalIfErrorf(err)
}

type buildCommand struct {
	From  string `short:"f" placeholder:"FILE" help:"The app's spin.toml, or the folder that has it; else the nearest from here upwards."`
	Limit int64  `placeholder:"BYTES" help:"Fail if a component's module is larger than this."`
}

func (c *buildCommand) Run(ctx context.Context) error {
	path, _, err := manifest.Find(c.From)
	if err != nil {
		return err
	}
	app, err := manifest.Load(path)
	if err != nil {
		return err
	}
	if err := toolchain.BuildApp(ctx, app, os.Stderr); err != nil {
		return err
	}
	return toolchain.PrintSizes(app, c.Limit, os.Stdout)
}

type compileCommand struct {
	Name   string `arg:"" help:"A service (services/NAME/wasm becomes services/NAME/NAME.wasm), or the folder of another package main, such as ./hello."`
	Output string `short:"o" placeholder:"FILE" help:"The module to write; a folder needs it."`
}

func (c *compileCommand) Run(ctx context.Context) error {
	options := toolchain.Options{Dir: c.Name}
	if !strings.ContainsRune(c.Name, os.PathSeparator) && c.Name != "." {
		service, err := toolchain.Service(c.Name)
		if err != nil {
			return err
		}
		options = service
	}
	if c.Output != "" {
		options.Output = c.Output
	}
	if options.Output == "" {
		return errors.New("a folder's module has no place of its own: say which file to write with --output")
	}
	options.Log = os.Stderr
	return toolchain.Build(ctx, options)
}
