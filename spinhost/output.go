package spinhost

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
)

// output takes what the instances of one component write to one of their
// standard streams: it appends it to a file of the log folder and copies it to
// the host's own stderr. The file appears when the component first runs.
type output struct {
	path  string // "" without log folder
	flags int
	copy  io.Writer // nil when quiet

	mu   sync.Mutex
	file *os.File
	err  error
}

// output returns the stream of a component. Without a log folder everything
// goes to stderr, as in Spin.
func (a *App) output(component, stream string) *output {
	o := &output{flags: os.O_APPEND | os.O_CREATE | os.O_WRONLY}
	if a.options.TruncateLogs {
		o.flags |= os.O_TRUNC
	}
	if dir := a.options.Config.LogDir; dir != "" {
		o.path = filepath.Join(dir, component+"_"+stream+".txt")
	}
	if !a.options.Quiet || o.path == "" {
		o.copy = a.log.Writer()
	}
	return o
}

// Open makes the file if it is not there yet.
func (o *output) Open() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.open()
}

func (o *output) open() error {
	if o.path == "" || o.file != nil || o.err != nil {
		return o.err
	}
	if o.err = os.MkdirAll(filepath.Dir(o.path), 0o755); o.err == nil {
		o.file, o.err = os.OpenFile(o.path, o.flags, 0o644)
	}
	if o.err != nil {
		o.err = fmt.Errorf("cannot log a component's output: %w", o.err)
	}
	return o.err
}

// Write implements io.Writer. A log that cannot be written is no failure of the
// component.
func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.open() == nil && o.file != nil {
		_, _ = o.file.Write(p)
	}
	if o.copy != nil {
		_, _ = o.copy.Write(p)
	}
	return len(p), nil
}

// Close closes the file.
func (o *output) Close() error {
	if o == nil {
		return nil
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.file == nil {
		return nil
	}
	err := o.file.Close()
	o.file, o.err = nil, errors.New("closed")
	return err
}
