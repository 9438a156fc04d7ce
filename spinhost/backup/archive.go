package backup

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"
)

// pack writes files to a tar archive. The archive appears under its name once it is synced to disk.
func pack(archive string, files []File) error {
	temporary, err := os.CreateTemp(filepath.Dir(archive), ".backup-*.tar")
	if err != nil {
		return fmt.Errorf("write the archive: %w", err)
	}
	defer os.Remove(temporary.Name()) // no effect after the renaming
	w := tar.NewWriter(temporary)
	for _, f := range files {
		if err == nil {
			err = add(w, f)
		}
	}
	if err = errors.Join(err, w.Close(), temporary.Sync(), temporary.Close()); err == nil {
		err = os.Rename(temporary.Name(), archive)
	}
	if err == nil {
		err = syncDir(filepath.Dir(archive))
	}
	if err != nil {
		return fmt.Errorf("write the archive: %w", err)
	}
	return nil
}

func add(w *tar.Writer, f File) error {
	data, err := os.Open(f.Path)
	if err != nil {
		return err
	}
	defer data.Close()
	info, err := data.Stat()
	if err != nil {
		return err
	}
	header := &tar.Header{Name: f.Name, Mode: 0o600, Size: info.Size(), ModTime: info.ModTime()}
	if err := w.WriteHeader(header); err != nil {
		return err
	}
	_, err = io.Copy(w, data)
	return err
}

// Restore extracts the files of an archive once it has checked all of them. It refuses if one of
// the files exists, or if the archive has a file that is not among them.
func Restore(ctx context.Context, archive string, files []File) (err error) {
	places := map[string]string{}
	for _, f := range files {
		places[f.Name] = f.Path
		for _, suffix := range []string{"", "-wal", "-journal"} {
			if _, err := os.Lstat(f.Path + suffix); !errors.Is(err, os.ErrNotExist) {
				return fmt.Errorf("%s exists: restore into an empty folder", f.Path+suffix)
			}
		}
	}
	packed, err := os.Open(archive)
	if err != nil {
		return err
	}
	defer packed.Close()
	var extracted []File
	defer func() {
		for _, f := range extracted {
			_ = os.Remove(f.Name) // no effect after the renaming
		}
	}()
	for r := tar.NewReader(packed); ; {
		header, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return fmt.Errorf("read the archive: %w", err)
		}
		path, known := places[header.Name]
		if !known {
			return fmt.Errorf("the archive has %s, which this app has no place for", header.Name)
		}
		temporary, err := extract(r, path)
		if temporary != "" {
			extracted = append(extracted, File{temporary, path})
		}
		if err == nil {
			err = check(ctx, temporary)
		}
		if err != nil {
			return fmt.Errorf("restore %s: %w", header.Name, err)
		}
	}
	if len(extracted) == 0 {
		return errors.New("the archive is empty")
	}
	for _, f := range extracted {
		// Unlike a renaming, a link fails if the file exists by now.
		err := os.Link(f.Name, f.Path)
		if err == nil {
			err = syncDir(filepath.Dir(f.Path))
		}
		if err != nil {
			return fmt.Errorf("put %s into place: %w", f.Path, err)
		}
	}
	return nil
}

// extract writes a file next to its final path. If root does, the file gets the owner of the
// folder, as whom the app runs.
func extract(r io.Reader, path string) (temporary string, err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return "", err
	}
	w, err := os.CreateTemp(filepath.Dir(path), ".restore-*.db")
	if err != nil {
		return "", err
	}
	_, err = io.Copy(w, r)
	if folder, failed := os.Stat(filepath.Dir(path)); failed == nil && os.Getuid() == 0 {
		owner := folder.Sys().(*syscall.Stat_t)
		err = errors.Join(err, w.Chown(int(owner.Uid), int(owner.Gid)))
	}
	return w.Name(), errors.Join(err, w.Chmod(0o644), w.Sync(), w.Close())
}

// syncDir makes the entries of a folder durable.
func syncDir(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
