package host

import (
	"context"
	"fmt"

	"abacus/host/wasm"
)

// function is one import of the old core ABI. It reads its arguments from the
// guest's memory, does its work and writes the result, whose address is its
// last argument. An error traps the guest.
type function struct {
	name   string
	params int
	run    func(c *call, in *wasm.Instance, p []uint64) error
}

// family is the imports of one module name.
type family struct {
	name      string
	functions []function
}

// offerImports offers the families to the guests. Every call of every import
// passes through here.
func (a *App) offerImports(ctx context.Context) error {
	for _, family := range []family{} {
		var imports []wasm.Import
		for _, f := range family.functions {
			imports = append(imports, wasm.Import{Name: f.name, Params: f.params,
				Call: func(ctx context.Context, in *wasm.Instance, params []uint64) error {
					c, ok := ctx.Value(callKey{}).(*call)
					if !ok {
						return fmt.Errorf("imports cannot be called by _initialize")
					}
					return f.run(c, in, params)
				}})
		}
		if err := a.engine.Offer(ctx, family.name, imports); err != nil {
			return err
		}
	}
	return nil
}
