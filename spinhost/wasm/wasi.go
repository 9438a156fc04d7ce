package wasm

import (
	"context"

	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"
)

const wasiFamily = wasi_snapshot_preview1.ModuleName

// offerWASI offers wazero's WASI, and watches what guests do with their file
// descriptors: wazero keeps these beside the memory, where no snapshot reaches
// them. An instance that leaves them other than it found them serves no further
// request.
func (e *Engine) offerWASI(ctx context.Context) error {
	watched := experimental.WithFunctionListenerFactory(ctx,
		experimental.FunctionListenerFactoryFunc(func(function api.FunctionDefinition) experimental.FunctionListener {
			switch function.Name() {
			case "args_get", "args_sizes_get", "environ_get", "environ_sizes_get",
				"clock_res_get", "clock_time_get", "random_get", "poll_oneoff", "sched_yield", "proc_exit",
				"fd_write", "fd_fdstat_get", "fd_filestat_get", "fd_prestat_get", "fd_prestat_dir_name",
				"path_filestat_get":
				return nil // leaves nothing behind
			}
			return descriptors{}
		}))
	builder := wasi_snapshot_preview1.NewBuilder(e.runtime)
	compiled, err := builder.Compile(watched)
	if err != nil {
		return err
	}
	names := map[string]bool{}
	for name := range compiled.ExportedFunctions() {
		names[name] = true
	}
	e.offered[wasiFamily] = names
	_, err = builder.Instantiate(watched)
	return err
}

// descriptors notes what calls of WASI do to an instance's file descriptors.
// 0 to 2 are the standard streams, 3 is the directory of the component's files;
// what a guest opens comes after it and must be closed again.
type descriptors struct{}

const firstOpened = 4

func (descriptors) Before(ctx context.Context, _ api.Module, function api.FunctionDefinition, params []uint64, _ experimental.StackIterator) {
	in := ctx.Value(instanceKey{}).(*Instance)
	switch name := function.Name(); name {
	case "path_open":
	case "fd_close", "fd_read", "fd_pread", "fd_readdir", "fd_seek", "fd_tell", "fd_advise":
		if descriptor := uint32(params[0]); descriptor < firstOpened {
			// Standard input has no end to move; the directory and the other streams do.
			in.spent = in.spent || descriptor != 0 || name != "fd_read"
		}
	default:
		in.spent = true
	}
}

func (descriptors) After(ctx context.Context, _ api.Module, function api.FunctionDefinition, results []uint64) {
	if len(results) == 0 || results[0] != 0 {
		return // the call failed
	}
	in := ctx.Value(instanceKey{}).(*Instance)
	switch function.Name() {
	case "path_open":
		in.opened++
	case "fd_close":
		in.opened--
	}
}

func (descriptors) Abort(ctx context.Context, _ api.Module, _ api.FunctionDefinition, _ error) {
	ctx.Value(instanceKey{}).(*Instance).spent = true
}
