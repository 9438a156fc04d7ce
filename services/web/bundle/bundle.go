package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// entries are the sources that browsers fetch by an address of their own, in the
// order in which they name one another.
var entries = []string{"style.css", "app/worker.js", "app/main.js"}

// serviceWorker keeps its name, by which browsers look for a newer one.
const serviceWorker = "sw.js"

// quoted is an address in a source. What is fetched by its bare name, such as the
// API, has no ending.
var quoted = regexp.MustCompile(`"(/[^"\s?#]+\.(?:js|css|svg|wasm|webmanifest))"`)

// bundler makes the files of one folder of sources.
type bundler struct {
	folder    string
	sources   []string            // slash-separated paths, sorted
	files     map[string][]byte   // what is made, by its path
	addresses map[string]string   // of sources, to those of what was made of them
	imports   map[string][]string // of modules, all those that are loaded with one, by address
}

// bundle returns what is to be served of a folder of sources, by path. It depends
// on the sources alone, and on the language: modules learn by FUNCTIONS what it knows.
//
// Below app/ every name has a hash of the file's content in it: modules and styles,
// bundled and made smaller, icons and Wasm. The other files keep their names. In
// all of them, addresses of the sources in double quotes become those of what was
// made of the sources. The page is below app/ as well, for the service worker: it
// learns by PRECACHE what is there, and what it keeps fits together.
func bundle(folder string) (map[string][]byte, error) {
	b := bundler{folder: folder, files: map[string][]byte{}, addresses: map[string]string{}, imports: map[string][]string{}}
	var err error
	if b.sources, err = list(folder); err != nil {
		return nil, err
	}
	steps := []func() error{b.keepBinaries, b.compileEntries, b.copyOthers, b.compileServiceWorker}
	for _, step := range steps {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return b.files, nil
}

// list returns the paths of the regular files in a folder.
func list(folder string) ([]string, error) {
	var names []string
	err := fs.WalkDir(os.DirFS(folder), ".", func(name string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() {
			names = append(names, name)
		}
		return err
	})
	return names, err
}

func (b *bundler) read(name string) ([]byte, error) {
	return os.ReadFile(filepath.Join(b.folder, filepath.FromSlash(name)))
}

// keepBinaries places what names no other file under hashed names. Icons keep
// their old names as well, which browsers try by themselves.
func (b *bundler) keepBinaries() error {
	for _, name := range b.sources {
		if ending := path.Ext(name); ending != ".wasm" && ending != ".svg" {
			continue
		}
		content, err := b.read(name)
		if err != nil {
			return err
		}
		b.place(name, content)
		if path.Ext(name) == ".svg" {
			b.files[name] = content
		}
	}
	return nil
}

// place puts a file that was made of a source under a name with a hash.
func (b *bundler) place(source string, content []byte) {
	sum := sha256.Sum256(content)
	ending := path.Ext(source)
	stem := strings.TrimSuffix(path.Base(source), ending)
	name := "app/" + stem + "-" + base32.StdEncoding.EncodeToString(sum[:5]) + ending
	b.files[name] = content
	b.addresses["/"+source] = "/" + name
}

func (b *bundler) compileEntries() error {
	for _, entry := range entries {
		if err := b.compile(entry); err != nil {
			return err
		}
	}
	return nil
}

// copyOthers takes over the files that no other step makes: pages, templates of
// pages, documents.
func (b *bundler) copyOthers() error {
	for _, name := range b.sources {
		switch path.Ext(name) {
		case ".js", ".css", ".svg", ".wasm":
			continue
		}
		content, err := b.read(name)
		if err == nil {
			content, err = b.readdress(name, content)
		}
		if err != nil {
			return err
		}
		b.files[name] = b.preload(content)
		if name == "index.html" {
			b.place(name, b.files[name])
		}
	}
	return nil
}

// readdress replaces the addresses of sources in a file. One that leads nowhere is
// an error: it says where it stands.
func (b *bundler) readdress(name string, content []byte) (made []byte, err error) {
	last := 0
	for _, at := range quoted.FindAllSubmatchIndex(content, -1) {
		address := string(content[at[2]:at[3]])
		to, has := b.addresses[address]
		switch {
		case has:
			made = append(append(made, content[last:at[2]]...), to...)
			last = at[3]
		case !b.stays(address[1:]):
			line := 1 + bytes.Count(content[:at[0]], []byte("\n"))
			err = errors.Join(err, fmt.Errorf("%s:%d: nothing is served at %s", path.Join(filepath.ToSlash(b.folder), name), line, address))
		}
	}
	return append(made, content[last:]...), err
}

// stays tells whether a source is served under its own name.
func (b *bundler) stays(name string) bool {
	_, has := slices.BinarySearch(b.sources, name)
	return has && (name == serviceWorker || path.Ext(name) == ".webmanifest")
}

// preload lets a page ask at once for all modules that its module imports.
func (b *bundler) preload(page []byte) []byte {
	for module, imports := range b.imports {
		script := []byte(`<script type="module" src="` + module + `">`)
		var links []byte
		for _, address := range imports {
			links = fmt.Appendf(links, "<link rel=\"modulepreload\" href=%q>\n  ", address)
		}
		page = bytes.Replace(page, script, append(links, script...), 1)
	}
	return page
}
