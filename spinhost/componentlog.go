package spinhost

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
)

// componentLog is the standard output or error of a component's instances. It appends to a file in
// the log folder, which it creates when the component first runs, and passes everything on to the
// log of the host.
type componentLog struct {
	path      string // "" without a log folder
	flags     int
	log       *logger
	component string
	warning   bool // it is the standard error
	quiet     bool

	mu   sync.Mutex
	file *os.File
	size int64
	err  error
}

// maxLog is the size in bytes at which a log file is renamed, with the suffix .1.
const maxLog = 16 << 20

// componentLog returns a log of a component. Without a log folder all output goes to stderr, as in
// Spin.
func (a *App) componentLog(id, stream string) *componentLog {
	l := &componentLog{
		flags:     os.O_APPEND | os.O_CREATE | os.O_WRONLY,
		log:       a.log,
		component: id,
		warning:   stream == "stderr",
	}
	if a.options.TruncateLogs {
		l.flags |= os.O_TRUNC
	}
	if dir := a.options.Config.LogDir; dir != "" {
		l.path = filepath.Join(dir, id+"_"+stream+".txt")
	}
	l.quiet = a.options.Quiet && l.path != ""
	return l
}

// Open creates the file if necessary.
func (l *componentLog) Open() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.open()
}

func (l *componentLog) open() error {
	if l.path == "" || l.file != nil || l.err != nil {
		return l.err
	}
	if l.err = os.MkdirAll(filepath.Dir(l.path), 0o755); l.err == nil {
		l.file, l.err = os.OpenFile(l.path, l.flags, 0o644)
	}
	if l.err == nil {
		l.size, l.err = l.file.Seek(0, io.SeekEnd)
	}
	if l.err != nil {
		l.err = fmt.Errorf("cannot log a component's output: %w", l.err)
	}
	return l.err
}

// write logs what a component has printed while answering the request of ctx. A failure to log is
// not a failure of the component.
func (l *componentLog) write(ctx context.Context, p []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.size+int64(len(p)) > maxLog {
		l.rotate()
	}
	if l.open() == nil && l.file != nil {
		n, _ := l.file.Write(p)
		l.size += int64(n)
	}
	l.log.output(ctx, l.component, l.warning, l.quiet, p)
}

// rotate renames the file. If that fails, the file keeps growing.
func (l *componentLog) rotate() {
	l.size = 0
	if l.file != nil && os.Rename(l.path, l.path+".1") == nil {
		_ = l.file.Close()
		l.file = nil
	}
}

// Close closes the file.
func (l *componentLog) Close() error {
	if l == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.file == nil {
		return nil
	}
	err := l.file.Close()
	l.file, l.err = nil, errors.New("closed")
	return err
}
