package spinhost

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
)

// componentLog is the standard output or error of a component's instances. It appends to a
// file of the log folder, which appears when the component first runs, and copies to the host's
// stderr.
type componentLog struct {
	path  string // "" without a log folder
	flags int
	tee   io.Writer // nil if quiet

	mu   sync.Mutex
	file *os.File
	err  error
}

// componentLog returns a log of a component. Without a log folder all goes to stderr, as in
// Spin.
func (a *App) componentLog(id, stream string) *componentLog {
	l := &componentLog{flags: os.O_APPEND | os.O_CREATE | os.O_WRONLY}
	if a.options.TruncateLogs {
		l.flags |= os.O_TRUNC
	}
	if dir := a.options.Config.LogDir; dir != "" {
		l.path = filepath.Join(dir, id+"_"+stream+".txt")
	}
	if !a.options.Quiet || l.path == "" {
		l.tee = a.log.Writer()
	}
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
	if l.err != nil {
		l.err = fmt.Errorf("cannot log a component's output: %w", l.err)
	}
	return l.err
}

// Write implements io.Writer. A failure to log is not a failure of the component.
func (l *componentLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open() == nil && l.file != nil {
		_, _ = l.file.Write(p)
	}
	if l.tee != nil {
		_, _ = l.tee.Write(p)
	}
	return len(p), nil
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
