package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"

	"abacus/shared/calc"
)

// options returns the options of esbuild for one entry.
func (b *bundler) options(entry string) (api.BuildOptions, error) {
	folder, err := filepath.Abs(b.folder)
	if err != nil {
		return api.BuildOptions{}, err
	}
	list, err := functions()
	return api.BuildOptions{
		AbsWorkingDir:     folder, // paths are relative to it, so its own path does not matter
		EntryPoints:       []string{entry},
		Outdir:            folder,
		EntryNames:        "app/[name]-[hash]",
		ChunkNames:        "app/[name]-[hash]",
		Bundle:            true,
		Splitting:         true, // a module imported by import() is fetched only when needed
		Format:            api.FormatESModule,
		Target:            api.ES2022,
		MinifyWhitespace:  true,
		MinifyIdentifiers: true,
		MinifySyntax:      true,
		Charset:           api.CharsetUTF8,
		Sourcemap:         api.SourceMapLinked, // fetched by developer tools only
		Metafile:          true,
		Define:            map[string]string{"FUNCTIONS": list},
		Plugins:           []api.Plugin{{Name: "urls", Setup: b.rewriteModules}},
	}, err
}

// functions returns the functions of the language as JSON, as GET /functions does.
func functions() (string, error) {
	type function struct {
		Name      string `json:"name"`
		Signature string `json:"signature"`
		Kind      string `json:"kind"`
		Help      string `json:"help"`
	}
	var list []function
	for _, f := range calc.Functions() {
		list = append(list, function(f))
	}
	text, err := json.Marshal(list)
	return string(text), err
}

// rewriteModules is an esbuild plugin that rewrites the URL paths in modules.
func (b *bundler) rewriteModules(build api.PluginBuild) {
	filter := api.OnLoadOptions{Filter: `\.js$`}
	build.OnLoad(filter, func(args api.OnLoadArgs) (api.OnLoadResult, error) {
		folder, err := filepath.Abs(b.folder)
		if err != nil {
			return api.OnLoadResult{}, err
		}
		name, err := filepath.Rel(folder, args.Path)
		if err != nil {
			return api.OnLoadResult{}, err
		}
		content, err := b.read(filepath.ToSlash(name))
		if err == nil {
			content, err = b.rewriteURLs(filepath.ToSlash(name), content)
		}
		text := string(content)
		return api.OnLoadResult{Contents: &text, Loader: api.LoaderJS}, err
	})
}

// compile bundles a module or a style sheet with its imports.
func (b *bundler) compile(entry string) error {
	options, err := b.options(entry)
	if err != nil {
		return err
	}
	built, meta, err := b.esbuild(options)
	if err != nil {
		return err
	}
	maps.Copy(b.files, built)
	for name, output := range meta.Outputs {
		if output.EntryPoint != entry {
			continue
		}
		b.urls["/"+entry] = "/" + name
		for _, other := range meta.imports(name) {
			b.imports["/"+name] = append(b.imports["/"+name], "/"+other)
		}
	}
	return nil
}

// compileServiceWorker builds the service worker with the list of files to precache.
func (b *bundler) compileServiceWorker() error {
	options, err := b.options(serviceWorker)
	if err != nil {
		return err
	}
	var precache []string
	for name := range b.files {
		if strings.HasPrefix(name, "app/") && path.Ext(name) != ".map" {
			precache = append(precache, "/"+name)
		}
	}
	slices.Sort(precache)
	list, err := json.Marshal(precache)
	if err != nil {
		return err
	}
	options.EntryNames, options.Splitting = "[name]", false
	options.Define["PRECACHE"] = string(list)
	built, _, err := b.esbuild(options)
	maps.Copy(b.files, built)
	return err
}

// metafile is esbuild's description of its output (https://esbuild.github.io/api/#metafile).
type metafile struct {
	Outputs map[string]struct {
		EntryPoint string
		Imports    []struct{ Path, Kind string }
	}
}

// imports returns the files that an output file imports statically, directly or not, sorted.
func (m metafile) imports(name string) []string {
	found := []string{name}
	for i := 0; i < len(found); i++ {
		for _, imported := range m.Outputs[found[i]].Imports {
			if imported.Kind == "import-statement" && !slices.Contains(found, imported.Path) {
				found = append(found, imported.Path)
			}
		}
	}
	slices.Sort(found[1:])
	return found[1:]
}

// esbuild runs esbuild and returns its output files by path.
func (b *bundler) esbuild(
	options api.BuildOptions,
) (files map[string][]byte, meta metafile, err error) {
	result := api.Build(options)
	for _, message := range append(result.Errors, result.Warnings...) {
		where := b.folder
		if at := message.Location; at != nil {
			where = fmt.Sprintf("%s:%d", path.Join(filepath.ToSlash(b.folder), at.File), at.Line)
		}
		err = errors.Join(err, fmt.Errorf("%s: %s", where, message.Text))
	}
	if err != nil {
		return nil, meta, err
	}
	files = map[string][]byte{}
	for _, file := range result.OutputFiles {
		name, err := filepath.Rel(options.Outdir, file.Path)
		if err != nil {
			return nil, meta, err
		}
		files[filepath.ToSlash(name)] = file.Contents
	}
	return files, meta, json.Unmarshal([]byte(result.Metafile), &meta)
}
