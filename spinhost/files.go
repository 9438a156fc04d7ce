package spinhost

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// filesPrefix is the start of the names of the temporary directories with copied files.
const filesPrefix = "spinhost-files-"

// filesDir is a temporary directory, locked while the process lives.
type filesDir struct {
	path string
	lock *os.File
}

// newFilesDir makes a directory, and removes those that killed processes have left behind.
func newFilesDir() (*filesDir, error) {
	removeStale(os.TempDir())
	path, err := os.MkdirTemp("", "spinhost-new-")
	if err != nil {
		return nil, err
	}
	d := &filesDir{path: path}
	if d.lock, err = os.Open(path); err == nil {
		if err = syscall.Flock(int(d.lock.Fd()), syscall.LOCK_EX); err == nil {
			// The directory is only renamed to what removeStale looks for once it is locked.
			d.path = strings.Replace(path, "spinhost-new-", filesPrefix, 1)
			err = os.Rename(path, d.path)
		}
	}
	if err != nil {
		_ = os.RemoveAll(path)
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	return d, nil
}

// removeStale removes the directories that no process has locked.
func removeStale(parent string) {
	dirs, _ := filepath.Glob(filepath.Join(parent, filesPrefix+"*"))
	for _, dir := range dirs {
		file, err := os.Open(dir)
		if err != nil {
			continue
		}
		if syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil {
			_ = os.RemoveAll(dir)
		}
		_ = file.Close()
	}
}

// Close removes the directory.
func (d *filesDir) Close() error {
	err := os.RemoveAll(d.path)
	_ = d.lock.Close()
	return err
}
