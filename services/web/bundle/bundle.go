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

// entries are the sources that browsers fetch by a URL of their own. Each may refer to those before
// it.
var entries = []string{"style.css", "app/worker.js", "app/main.js", "app/shared.js"}

// serviceWorker keeps its name, because browsers look for a newer version under it.
const serviceWorker = "sw.js"

// quoted matches the URL path of a file in a source. Routes of the API have no extension.
var quoted = regexp.MustCompile(`"(/[^"\s?#]+\.(?:js|css|svg|ttf|wasm|webmanifest))"`)

// indentation is what a browser ignores at the start of a line of a page.
var indentation = regexp.MustCompile(`(?m)^ +`)

// bundler builds the output for one folder of sources.
type bundler struct {
	folder  string
	sources []string          // slash-separated paths, sorted
	files   map[string][]byte // the output by path
	urls    map[string]string // the URL path of a source to that of its output
	icons   map[string]string // the URL path of an icon to a URL that holds it
}

// bundle returns the files to serve for a folder of sources, by path. They depend only on the
// sources and on the functions of the language, which the modules find in FUNCTIONS and KINDS.
//
// Files below app/ have a hash of their content in their name: modules and style sheets, bundled
// and minified, icons and Wasm. The other files keep their names. In all of them, a double-quoted
// URL path of a source becomes that of its output; pages hold their icons. A copy of the page is
// below app/, too: the service worker finds all of app/ in PRECACHE, and its copies fit together.
func bundle(folder string) (map[string][]byte, error) {
	b := bundler{
		folder: folder,
		files:  map[string][]byte{},
		urls:   map[string]string{},
		icons:  map[string]string{},
	}
	var err error
	if b.sources, err = list(folder); err != nil {
		return nil, err
	}
	steps := []func() error{
		b.copyBinaries, b.makeFont, b.compileEntries, b.copyOthers, b.compileServiceWorker,
	}
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

// copyBinaries copies the files that refer to no other file, under hashed names. Icons also keep
// their names, since browsers request those by default.
func (b *bundler) copyBinaries() error {
	for _, name := range b.sources {
		if extension := path.Ext(name); extension != ".wasm" && extension != ".svg" {
			continue
		}
		content, err := b.read(name)
		if err != nil {
			return err
		}
		b.place(name, content)
		if path.Ext(name) == ".svg" {
			b.files[name] = content
			b.icons["/"+name] = inline(content)
		}
	}
	return nil
}

// makeFont makes the font that style sheets find at /mono.ttf.
func (b *bundler) makeFont() error {
	content, err := font()
	b.place("mono.ttf", content)
	return err
}

// inline returns a URL that holds an SVG: it is shorter than the header of a reply.
func inline(svg []byte) string {
	text := strings.Join(strings.Fields(string(svg)), " ")
	return "data:image/svg+xml," + strings.NewReplacer(`"`, "'", "#", "%23").Replace(text)
}

// place puts the output of a source under a name with a hash of the content.
func (b *bundler) place(source string, content []byte) {
	sum := sha256.Sum256(content)
	extension := path.Ext(source)
	stem := strings.TrimSuffix(path.Base(source), extension)
	name := "app/" + stem + "-" + base32.StdEncoding.EncodeToString(sum[:5]) + extension
	b.files[name] = content
	b.urls["/"+source] = "/" + name
}

func (b *bundler) compileEntries() error {
	for _, entry := range entries {
		if err := b.compile(entry); err != nil {
			return err
		}
	}
	return nil
}

// copyOthers copies the files that no other step handles: pages, templates and documents.
func (b *bundler) copyOthers() error {
	for _, name := range b.sources {
		switch path.Ext(name) {
		case ".js", ".css", ".svg", ".wasm":
			continue
		}
		content, err := b.read(name)
		if err == nil {
			content, err = b.rewriteURLs(name, content)
		}
		if err != nil {
			return err
		}
		if path.Ext(name) == ".html" {
			content = indentation.ReplaceAll(content, nil)
		}
		b.files[name] = content
		if name == "index.html" {
			b.place(name, b.files[name])
		}
	}
	return nil
}

// rewriteURLs replaces the URL paths of sources in a file by those of their outputs. A path that
// leads nowhere is an error with its place.
func (b *bundler) rewriteURLs(name string, content []byte) (rewritten []byte, err error) {
	end := 0 // of the last URL
	for _, match := range quoted.FindAllSubmatchIndex(content, -1) {
		url := string(content[match[2]:match[3]])
		output, has := b.urls[url]
		if icon, is := b.icons[url]; is && path.Ext(name) == ".html" {
			output = icon
		}
		switch {
		case has:
			rewritten = append(append(rewritten, content[end:match[2]]...), output...)
			end = match[3]
		case !b.keepsName(url[1:]):
			file := path.Join(filepath.ToSlash(b.folder), name)
			line := 1 + bytes.Count(content[:match[0]], []byte("\n"))
			err = errors.Join(err, fmt.Errorf("%s:%d: nothing is served at %s", file, line, url))
		}
	}
	return append(rewritten, content[end:]...), err
}

// keepsName reports whether a source is served under its own name.
func (b *bundler) keepsName(name string) bool {
	_, has := slices.BinarySearch(b.sources, name)
	return has && (name == serviceWorker || path.Ext(name) == ".webmanifest")
}
