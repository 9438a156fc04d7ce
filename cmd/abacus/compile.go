package main

import (
	"context"
	"errors"
	"os"
	"strings"

	"abacus/toolchain"
)

// compileCommand compiles one component, in Go with TinyGo or in Rust with Cargo.
type compileCommand struct {
	Name   string `arg:"" help:"A service (its module becomes services/NAME/NAME.wasm) or the folder of another package main or crate, such as ./hello."`
	Output string `short:"o" placeholder:"FILE" help:"The module to write; required for a folder."`
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
		return errors.New("a folder needs --output: the file to write its module to")
	}
	options.Log = os.Stderr
	return toolchain.Build(ctx, options)
}
