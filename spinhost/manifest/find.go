package manifest

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// searchDepth is how many directories above the working directory are searched, as in Spin.
const searchDepth = 19

// Find returns the path of a manifest. From is a manifest, a directory with a spin.toml, or ""
// to search the working directory and those above it up to the root of a Git repository
// (crates/common/src/paths.rs). Distance is how many directories up the manifest is. The path
// may be relative.
func Find(from string) (path string, distance int, err error) {
	if from != "" {
		path, err = resolve(from)
		return path, 0, err
	}
	dir := ""
	for distance = range searchDepth + 1 {
		path = filepath.Join(dir, DefaultFile)
		if isFile(path) {
			return path, distance, nil
		}
		// As in Spin, the working directory may be the root of a repository inside another app.
		if distance > 0 && isDir(filepath.Join(dir, ".git")) {
			break
		}
		dir = filepath.Join(dir, "..")
	}
	return "", 0, errors.New("no spin.toml here or above; name the application with --from")
}

func resolve(from string) (string, error) {
	switch extension := filepath.Ext(from); {
	case isDir(from):
		path := filepath.Join(from, DefaultFile)
		if !isFile(path) {
			return "", fmt.Errorf("directory %s does not contain a file named 'spin.toml'", from)
		}
		return path, nil
	case isFile(from) && (extension == ".wasm" || extension == ".wat"):
		return "", fmt.Errorf("%s is a Wasm module; running one without a spin.toml "+
			"is not supported here", from)
	case isFile(from):
		return from, nil
	case pathExists(from):
		return "", fmt.Errorf("path %s is neither a file nor a directory", from)
	case strings.Contains(from, ":"):
		return "", fmt.Errorf("file or directory '%s' not found; "+
			"applications from a registry are not supported here", from)
	}
	return "", fmt.Errorf("file or directory '%s' not found", from)
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

func pathExists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
