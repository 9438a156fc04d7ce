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

// options of esbuild for one entry.
func (b *bundler) options(entry string) (api.BuildOptions, error) {
	folder, err := filepath.Abs(b.folder)
	if err != nil {
		return api.BuildOptions{}, err
	}
	functions, err := functions()
	return api.BuildOptions{
		AbsWorkingDir:     folder, // paths are relative to it, so where it is changes nothing
		EntryPoints:       []string{entry},
		Outdir:            folder,
		EntryNames:        "app/[name]-[hash]",
		ChunkNames:        "app/[name]-[hash]",
		Bundle:            true,
		Splitting:         true, // what is imported by import() is fetched when it is needed
		Format:            api.FormatESModule,
		Target:            api.ES2022,
		MinifyWhitespace:  true,
		MinifyIdentifiers: true,
		MinifySyntax:      true,
		Charset:           api.CharsetUTF8,
		Sourcemap:         api.SourceMapLinked, // fetched by the tools of browsers alone
		Metafile:          true,
		Define:            map[string]string{"FUNCTIONS": functions},
		Plugins:           []api.Plugin{{Name: "addresses", Setup: b.plug}},
	}, err
}

// functions returns in JSON what the language knows, as GET /functions lists it.
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

// plug has the addresses in modules replaced before esbuild reads them.
func (b *bundler) plug(build api.PluginBuild) {
	build.OnLoad(api.OnLoadOptions{Filter: `\.js$`}, func(args api.OnLoadArgs) (api.OnLoadResult, error) {
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
			content, err = b.readdress(filepath.ToSlash(name), content)
		}
		text := string(content)
		return api.OnLoadResult{Contents: &text, Loader: api.LoaderJS}, err
	})
}

// compile bundles a module, or a style sheet, with what it imports.
func (b *bundler) compile(entry string) error {
	options, err := b.options(entry)
	if err != nil {
		return err
	}
	made, about, err := b.esbuild(options)
	if err != nil {
		return err
	}
	maps.Copy(b.files, made)
	for name, output := range about.Outputs {
		if output.EntryPoint != entry {
			continue
		}
		b.addresses["/"+entry] = "/" + name
		for _, other := range about.needs(name) {
			b.imports["/"+name] = append(b.imports["/"+name], "/"+other)
		}
	}
	return nil
}

// compileServiceWorker makes the service worker, and tells it what to keep.
func (b *bundler) compileServiceWorker() error {
	options, err := b.options(serviceWorker)
	if err != nil {
		return err
	}
	var shell []string
	for name := range b.files {
		if strings.HasPrefix(name, "app/") && path.Ext(name) != ".map" {
			shell = append(shell, "/"+name)
		}
	}
	slices.Sort(shell)
	list, err := json.Marshal(shell)
	if err != nil {
		return err
	}
	options.EntryNames, options.Splitting = "[name]", false
	options.Define["PRECACHE"] = string(list)
	made, _, err := b.esbuild(options)
	maps.Copy(b.files, made)
	return err
}

// metafile is what esbuild says about its output
// (https://esbuild.github.io/api/#metafile).
type metafile struct {
	Outputs map[string]struct {
		EntryPoint string
		Imports    []struct{ Path, Kind string }
	}
}

// needs returns the other files that are loaded with a file of the output, sorted.
func (m metafile) needs(name string) []string {
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

// esbuild returns the files that esbuild makes, by their paths in the output.
func (b *bundler) esbuild(options api.BuildOptions) (made map[string][]byte, about metafile, err error) {
	result := api.Build(options)
	for _, message := range append(result.Errors, result.Warnings...) {
		where := b.folder
		if at := message.Location; at != nil {
			where = fmt.Sprintf("%s:%d", path.Join(filepath.ToSlash(b.folder), at.File), at.Line)
		}
		err = errors.Join(err, fmt.Errorf("%s: %s", where, message.Text))
	}
	if err != nil {
		return nil, about, err
	}
	made = map[string][]byte{}
	for _, file := range result.OutputFiles {
		name, err := filepath.Rel(options.Outdir, file.Path)
		if err != nil {
			return nil, about, err
		}
		made[filepath.ToSlash(name)] = file.Contents
	}
	return made, about, json.Unmarshal([]byte(result.Metafile), &about)
}
