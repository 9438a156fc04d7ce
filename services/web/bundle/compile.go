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
	return api.BuildOptions{
		AbsWorkingDir:     folder, // paths are relative to it, so its own path does not matter
		EntryPoints:       []string{entry},
		Outdir:            folder,
		EntryNames:        "app/[name]-[hash]",
		ChunkNames:        "app/[name]-[hash]",
		Bundle:            true,
		External:          []string{"/app/*"},
		Splitting:         true, // a module imported by import() is fetched only when needed
		Format:            api.FormatESModule,
		Target:            api.ES2022,
		MinifyWhitespace:  true,
		MinifyIdentifiers: true,
		MinifySyntax:      true,
		Charset:           api.CharsetUTF8,
		Sourcemap:         api.SourceMapLinked, // fetched by developer tools only
		Metafile:          true,
		Plugins: []api.Plugin{
			{Name: "later", Setup: joinLater},
			{Name: "urls", Setup: b.rewriteModules},
		},
	}, err
}

// functions returns the functions of the language as JSON, as GET /functions does, and their names
// by kind.
func functions() (all, kinds string, err error) {
	type function struct {
		Name      string `json:"name"`
		Signature string `json:"signature"`
		Kind      string `json:"kind"`
		Help      string `json:"help"`
	}
	var list []function
	names := map[string][]string{}
	for _, f := range calc.Functions() {
		list = append(list, function(f))
		names[f.Kind] = append(names[f.Kind], f.Name)
	}
	text, err := json.Marshal(list)
	if err != nil {
		return "", "", err
	}
	byKind, err := json.Marshal(names)
	return string(text), string(byKind), err
}

// loadedLater marks the modules that are loaded by import().
type loadedLater struct{}

// joinLater is an esbuild plugin that marks the modules which a page loads later. They then
// import its main module, which has run by that time: all that the page begins with is one file,
// whatever later modules use of it.
func joinLater(build api.PluginBuild) {
	filter := api.OnResolveOptions{Filter: `\.js$`}
	build.OnResolve(filter, func(args api.OnResolveArgs) (api.OnResolveResult, error) {
		if args.Kind != api.ResolveJSDynamicImport {
			return api.OnResolveResult{}, nil
		}
		file := filepath.Join(args.ResolveDir, args.Path)
		return api.OnResolveResult{Path: file, PluginData: loadedLater{}}, nil
	})
}

// rewriteModules is an esbuild plugin that rewrites the URL paths in modules and style sheets, and
// writes the functions of the language into the modules that name them. (What Define has goes into
// the file that the page begins with.)
func (b *bundler) rewriteModules(build api.PluginBuild) {
	list, kinds, err := functions()
	language := strings.NewReplacer("FUNCTIONS", list, "KINDS", kinds)
	filter := api.OnLoadOptions{Filter: `\.(js|css)$`}
	build.OnLoad(filter, func(args api.OnLoadArgs) (api.OnLoadResult, error) {
		if err != nil {
			return api.OnLoadResult{}, err
		}
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
		if path.Ext(name) == ".css" {
			text := string(content)
			return api.OnLoadResult{Contents: &text, Loader: api.LoaderCSS}, err
		}
		text := language.Replace(string(content))
		if args.PluginData == (loadedLater{}) {
			text += "import \"./main.js\";\n"
		}
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
		if len(output.Inputs) == 0 { // all it does is import the file that has its content
			delete(b.files, name)
			delete(b.files, name+".map")
			name = output.Imports[0].Path
		}
		b.urls["/"+entry] = "/" + name
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
	options.Define = map[string]string{"PRECACHE": string(list)}
	built, _, err := b.esbuild(options)
	maps.Copy(b.files, built)
	return err
}

// metafile is esbuild's description of its output (https://esbuild.github.io/api/#metafile).
type metafile struct {
	Outputs map[string]struct {
		EntryPoint string
		Inputs     map[string]struct{}
		Imports    []struct{ Path string }
	}
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
