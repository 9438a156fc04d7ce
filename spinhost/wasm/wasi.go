package wasm

import (
	"context"
	"io/fs"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
	"github.com/tetratelabs/wazero/experimental/sys"
	"github.com/tetratelabs/wazero/experimental/sysfs"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"
)

const wasiModule = wasi_snapshot_preview1.ModuleName

// addWASI adds wazero's WASI and listens to the calls that change file descriptors. wazero
// keeps those outside the memory, where restore does not reach them; an instance that leaves
// them changed is not reused.
func (e *Engine) addWASI(ctx context.Context) error {
	listenerOf := func(function api.FunctionDefinition) experimental.FunctionListener {
		switch function.Name() {
		case "args_get", "args_sizes_get", "environ_get", "environ_sizes_get",
			"clock_res_get", "clock_time_get", "random_get", "poll_oneoff", "sched_yield",
			"proc_exit",
			"fd_write", "fd_fdstat_get", "fd_filestat_get", "fd_prestat_get", "fd_prestat_dir_name",
			"path_filestat_get":
			return nil // changes no descriptor
		}
		return descriptorListener{}
	}
	factory := experimental.FunctionListenerFactoryFunc(listenerOf)
	ctx = experimental.WithFunctionListenerFactory(ctx, factory)
	compiled, err := wasi_snapshot_preview1.NewBuilder(e.runtime).Compile(ctx)
	if err != nil {
		return err
	}
	names := map[string]bool{}
	for name := range compiled.ExportedFunctions() {
		names[name] = true
	}
	e.imports[wasiModule] = names
	_, err = e.runtime.InstantiateModule(ctx, compiled, wazero.NewModuleConfig())
	return err
}

// descriptorListener records what calls of WASI do to an instance's file descriptors. 0 to 2
// are the standard streams, 3 is the mounted directory; higher ones are opened by the instance
// and must be closed again.
type descriptorListener struct{}

const firstFile = 4

func (descriptorListener) Before(ctx context.Context, _ api.Module, function api.FunctionDefinition,
	params []uint64, _ experimental.StackIterator) {
	in := ctx.Value(instanceKey{}).(*Instance)
	switch name := function.Name(); name {
	case "path_open":
	case "fd_close", "fd_read", "fd_pread", "fd_readdir", "fd_seek", "fd_tell", "fd_advise":
		if descriptor := uint32(params[0]); descriptor < firstFile {
			// Reading the empty standard input changes nothing; every other call does.
			in.spent = in.spent || descriptor != 0 || name != "fd_read"
		}
	default:
		in.spent = true
	}
}

func (descriptorListener) After(ctx context.Context, _ api.Module, function api.FunctionDefinition,
	results []uint64) {
	if len(results) == 0 || results[0] != 0 {
		return // the call failed
	}
	in := ctx.Value(instanceKey{}).(*Instance)
	switch function.Name() {
	case "path_open":
		in.openFiles++
	case "fd_close":
		in.openFiles--
	}
}

func (descriptorListener) Abort(ctx context.Context, _ api.Module, _ api.FunctionDefinition,
	_ error) {
	ctx.Value(instanceKey{}).(*Instance).spent = true
}

// readOnly is wazero's read-only file system, which opens a file with O_CREAT or O_TRUNC if it is
// opened for reading.
type readOnly struct {
	sysfs.ReadFS
	in *Instance
}

// maxFiles is how many files an instance may have open.
const maxFiles = 64

// OpenFile implements sys.FS.
func (r readOnly) OpenFile(path string, flag sys.Oflag, perm fs.FileMode) (sys.File, sys.Errno) {
	const change = sys.O_APPEND | sys.O_CREAT | sys.O_EXCL | sys.O_TRUNC
	if flag&change != 0 {
		return nil, sys.EROFS
	}
	if r.in.openFiles >= maxFiles {
		return nil, sys.EIO
	}
	return r.ReadFS.OpenFile(path, flag, perm)
}
