// Package mount copies the files of a component, which its instances see at /. As in Spin they
// are copied when the app starts, so that later changes have no effect
// (crates/loader/src/local.rs).
package mount

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"abacus/spinhost/manifest"
)

// Copy copies the files of a component, read-only, from the app's directory into a new one. A
// component without files needs no mount. Nothing outside the app's directory is copied; a
// symbolic link that leaves it is an error if a pattern names it.
func Copy(to, app string, component *manifest.Component) error {
	if err := os.MkdirAll(to, 0o755); err != nil {
		return err
	}
	root, err := os.OpenRoot(app)
	if err != nil {
		return err
	}
	defer root.Close()
	target, err := os.OpenRoot(to)
	if err != nil {
		return err
	}
	defer target.Close()

	c := copier{app: root.FS(), target: target}
	for i, pattern := range component.ExcludeFiles {
		g, err := compile(pattern)
		if err != nil {
			return component.At(fmt.Sprintf("exclude_files[%d]", i), err)
		}
		c.exclude = append(c.exclude, g)
	}
	for i, files := range component.Files {
		err := c.copySource(files.Source, files.Destination)
		if files.Pattern != "" {
			err = c.copyPattern(files.Pattern)
		}
		if err != nil {
			return component.At(fmt.Sprintf("files[%d]", i), err)
		}
	}
	return nil
}

type copier struct {
	app     fs.FS // cannot reach outside the directory
	target  *os.Root
	exclude []glob
}

// copyPattern copies the matches of a pattern to the same paths.
func (c *copier) copyPattern(pattern string) error {
	for _, end := range []string{"..", "."} {
		if pattern == end || strings.HasSuffix(pattern, "/"+end) {
			return fmt.Errorf("a file pattern can't end in %s; to include a directory, "+
				"use the source and destination form, or a pattern ending in **/*", end)
		}
	}
	source, err := inside(pattern)
	if err != nil {
		return err
	}
	info, err := fs.Stat(c.app, source)
	switch {
	case err == nil && info.IsDir():
		// Spin prepends the directory to paths that already begin with it.
		return c.glob(path.Join(escape(source), "**/*"), ".", source)
	case err == nil:
		return c.copyFile(source, source)
	case isPattern(source):
		return c.glob(source, ".", ".")
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%q does not exist and doesn't appear to be a glob pattern", pattern)
	}
	return c.unreachable(source, err)
}

// copySource copies a file or a directory to a path of the component.
func (c *copier) copySource(from, to string) error {
	source, err := inside(from)
	if err != nil {
		return err
	}
	destination, err := inside(strings.TrimLeft(to, "/"))
	if err != nil {
		return fmt.Errorf("destination %q leaves the guest's root", to)
	}
	info, err := fs.Stat(c.app, source)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("file or directory %q does not exist", from)
	case err != nil:
		return c.unreachable(source, err)
	case info.IsDir():
		return c.glob(path.Join(escape(source), "**/*"), source, destination)
	case destination == "." || strings.HasSuffix(to, "/"):
		return fmt.Errorf("%q is not a valid destination file name", to)
	}
	return c.copyFile(source, destination)
}

// inside returns a path of the manifest as a path in the app's directory.
func inside(name string) (string, error) {
	clean := path.Clean(filepath.ToSlash(name))
	if !filepath.IsLocal(clean) {
		return "", fmt.Errorf("%q is outside the application directory; "+
			"files must be within the application directory", name)
	}
	return clean, nil
}

// glob copies the files that match a pattern and no exclusion. Their paths relative to base become
// paths relative to destination.
func (c *copier) glob(pattern, base, destination string) error {
	if _, err := compile(pattern); err != nil {
		return err
	}
	if err := c.target.MkdirAll(destination, 0o755); err != nil {
		return err
	}
	names, err := c.find(".", strings.Split(pattern, "/"), 0)
	if err != nil {
		return err
	}
	for _, name := range names {
		if c.excluded(name) {
			continue
		}
		relative, err := filepath.Rel(base, name)
		if err != nil {
			return err
		}
		if err := c.copyFile(name, path.Join(destination, relative)); err != nil {
			return err
		}
	}
	return nil
}

func (c *copier) excluded(name string) bool {
	for _, g := range c.exclude {
		if g.match(name) {
			return true
		}
	}
	return false
}

func (c *copier) copyFile(from, to string) error {
	source, err := c.app.Open(from)
	if err != nil {
		return c.unreachable(from, err)
	}
	defer source.Close()
	if err := c.target.MkdirAll(path.Dir(to), 0o755); err != nil {
		return fmt.Errorf("copy %s: %w", from, err)
	}
	_ = c.target.Remove(to) // a later item replaces an earlier one
	destination, err := c.target.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o444)
	if err != nil {
		return fmt.Errorf("copy %s: %w", from, err)
	}
	_, err = io.Copy(destination, source)
	if err := errors.Join(err, destination.Close()); err != nil {
		return fmt.Errorf("copy %s: %w", from, err)
	}
	return nil
}

// unreachable is the error of a path that exists and cannot be read.
func (c *copier) unreachable(name string, err error) error {
	if errors.Is(err, fs.ErrPermission) {
		return err
	}
	return fmt.Errorf(
		"cannot read %s; a symbolic link must not leave the application directory: %w", name, err)
}
