package toolchain

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"go/build"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// inputs returns the hexadecimal SHA-256 of everything that determines the Wasm module of the
// package in root/name: the toolchain, guest.mod and guest.sum (which pin the dependencies), and
// every file, embedded ones included, of the packages that it imports from this Go module. It also
// returns the linker flags that those packages request by a line
//
//	//abacus:ldflags --flag --other=value
func inputs(root, name, toolchainID string) (digest string, ldflags []string, err error) {
	prefix, err := modulePath(filepath.Join(root, "guest.mod"))
	if err != nil {
		return "", nil, err
	}
	hash := sha256.New()
	fmt.Fprintf(hash, "%s\n%s\n", toolchainID, filepath.ToSlash(name))
	files := []string{"guest.mod", "guest.sum"}
	packages := []string{filepath.ToSlash(name)}
	for i := 0; i < len(packages); i++ {
		imports, used, err := packageFiles(root, packages[i])
		if err != nil {
			return "", nil, err
		}
		files = append(files, used...)
		for _, imported := range imports {
			local, ok := strings.CutPrefix(imported, prefix+"/")
			if ok && !slices.Contains(packages, local) {
				packages = append(packages, local)
			}
		}
	}
	slices.Sort(files)
	for _, file := range slices.Compact(files) {
		content, err := hashFile(hash, root, file)
		if err != nil {
			return "", nil, err
		}
		if path.Ext(file) == ".go" {
			ldflags = append(ldflags, linkerFlags(content)...)
		}
	}
	return hex.EncodeToString(hash.Sum(nil)), ldflags, nil
}

// linkerFlags returns the flags that a Go file requests.
func linkerFlags(source []byte) []string {
	var flags []string
	for line := range strings.Lines(string(source)) {
		if rest, ok := strings.CutPrefix(line, "//abacus:ldflags "); ok {
			flags = append(flags, strings.Fields(rest)...)
		}
	}
	return flags
}

// packageFiles returns the imports of the package in folder and the paths of its files. Folder and
// paths are relative to root and slash-separated. Build tags are ignored, so the result covers
// whatever any version of TinyGo reads.
func packageFiles(root, folder string) (imports, files []string, err error) {
	context := build.Default
	context.UseAllFiles = true
	context.CgoEnabled = true
	pkg, err := context.ImportDir(filepath.Join(root, filepath.FromSlash(folder)), 0)
	if err != nil {
		return nil, nil, err
	}
	names := slices.Concat(pkg.GoFiles, pkg.CgoFiles, pkg.CFiles, pkg.HFiles, pkg.SFiles)
	for _, name := range names {
		files = append(files, path.Join(folder, name))
	}
	tree := os.DirFS(root)
	for _, pattern := range pkg.EmbedPatterns {
		matches, err := fs.Glob(tree, path.Join(folder, strings.TrimPrefix(pattern, "all:")))
		if err != nil {
			return nil, nil, fmt.Errorf("embed pattern %s: %w", pattern, err)
		}
		for _, match := range matches {
			err := fs.WalkDir(tree, match, func(name string, entry fs.DirEntry, err error) error {
				if err == nil && entry.Type().IsRegular() {
					files = append(files, name)
				}
				return err
			})
			if err != nil {
				return nil, nil, err
			}
		}
	}
	return pkg.Imports, files, nil
}

// modulePath returns the module path that a go.mod file declares.
func modulePath(file string) (string, error) {
	text, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer text.Close()
	lines := bufio.NewScanner(text)
	for lines.Scan() {
		if module, ok := strings.CutPrefix(lines.Text(), "module "); ok {
			return strings.TrimSpace(module), nil
		}
	}
	return "", errors.Join(lines.Err(), fmt.Errorf("%s has no module line", file))
}

// hashFile adds a file of root, slash-separated, to a hash, and returns its content.
func hashFile(hash io.Writer, root, file string) ([]byte, error) {
	content, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(file)))
	if err == nil {
		fmt.Fprintf(hash, "%s %d\n%s", file, len(content), content)
	}
	return content, err
}
