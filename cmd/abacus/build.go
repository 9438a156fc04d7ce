package main

import (
	"context"
	"os"

	"abacus/spinhost/manifest"
	"abacus/toolchain"
)

// buildCommand runs the build commands of an app and prints the sizes of its modules.
type buildCommand struct {
	From  string `short:"f" placeholder:"FILE" help:"The app's spin.toml or its folder (default: the nearest spin.toml in this folder or above)."`
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
